import django.db.models.deletion
from django.db import migrations, models

import lawcompare.audit.models
from lawcompare.audit.triggers import statements
from lawcompare.triggers import run_statements


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
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
            name="Entry",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("actor", models.BigIntegerField(null=True)),
                ("organisation", models.CharField(blank=True, max_length=50)),
                ("action", models.CharField(max_length=60)),
                ("subject", models.CharField(max_length=300)),
                ("details", models.TextField(default="{}")),
                ("salt", models.CharField(default=lawcompare.audit.models.new_salt, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "statement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="audit.statement",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "ordering": ["-number"],
                "indexes": [
                    models.Index(fields=["action"], name="audit_entry_action_b2bdd6_idx"),
                    models.Index(fields=["subject"], name="audit_entry_subject_63dbdf_idx"),
                ],
            },
        ),
        run_statements(statements),
    ]
