import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import lawcompare.core.models
from lawcompare.core.triggers import run_statements, statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContentToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("words", models.TextField()),
            ],
            options={
                "ordering": ["-day"],
            },
        ),
        migrations.CreateModel(
            name="LocalisedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=8)),
                ("original", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("words", models.TextField()),
                ("checked_by", models.CharField(blank=True, max_length=200)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("language", "digest"), name="one_text_per_language")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("is_periodic", models.BooleanField(default=False)),
                ("sealed", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=20)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("total", models.PositiveBigIntegerField(default=0)),
                ("reason", models.TextField(blank=True)),
                ("result", models.CharField(blank=True, max_length=20)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(null=True)),
                ("heartbeat", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "after",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="core.job"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "kind", "owner"], name="jobs_by_state")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_periodic", True)), fields=("kind",), name="one_job_of_a_periodic_kind"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.BigIntegerField(null=True)),
                ("organisation", models.CharField(blank=True, max_length=50)),
                ("action", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=300)),
                ("details", models.TextField(default="{}")),
                ("salt", models.CharField(default=lawcompare.core.models.new_salt, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="core.statement",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["action"], name="core_entry_action_be0d6f_idx"),
                    models.Index(fields=["subject"], name="core_entry_subject_1df5ae_idx"),
                ],
            },
        ),
        run_statements(statements),
    ]
