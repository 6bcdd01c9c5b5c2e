import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from lawcompare.crosswalk.triggers import statements
from lawcompare.triggers import run_statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("laws", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correspondence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("equivalent", "equivalent"),
                            ("narrower", "narrower"),
                            ("broader", "broader"),
                            ("partial", "partial"),
                            ("contrary", "contrary"),
                            ("none", "none found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reasoning", models.TextField(blank=True)),
                ("elements", models.JSONField(blank=True, default=list)),
                ("searched", models.TextField(blank=True)),
                ("author", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[("suggested", "suggested"), ("confirmed", "confirmed"), ("refused", "refused")],
                        default="suggested",
                        max_length=10,
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("score", models.FloatField(blank=True, null=True)),
                ("reasons", models.JSONField(blank=True, default=list)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carried_to",
                        to="crosswalk.correspondence",
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correspondences_to",
                        to="laws.clause",
                    ),
                ),
                (
                    "object_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="correspondences", to="laws.clause"
                    ),
                ),
                (
                    "subject_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
            ],
            options={
                "ordering": ["topic__position", "subject__position", "object__position"],
            },
        ),
        migrations.CreateModel(
            name="CorrespondenceDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(
                        choices=[("suggested", "suggested"), ("confirmed", "confirmed"), ("refused", "refused")],
                        max_length=10,
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("equivalent", "equivalent"),
                            ("narrower", "narrower"),
                            ("broader", "broader"),
                            ("partial", "partial"),
                            ("contrary", "contrary"),
                            ("none", "none found"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "correspondence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="crosswalk.correspondence",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("title_km", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                ("description_km", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("elsewhere", models.JSONField(blank=True, default=list)),
                ("clauses", models.ManyToManyField(blank=True, related_name="topics", to="laws.clause")),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="correspondence",
            name="topic",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="correspondences",
                to="crosswalk.topic",
            ),
        ),
        migrations.CreateModel(
            name="SuggestionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("heartbeat", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "object_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
                (
                    "subject_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
            ],
            options={
                "verbose_name": "search for counterparts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_version", "object_version"), name="one_run_per_pair_of_texts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("not-known", "not known"), ("absent", "none found")], max_length=10),
                ),
                (
                    "version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="silences", to="crosswalk.topic"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("topic", "version"), name="one_silence_per_text")],
            },
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("object__isnull", False)),
                fields=("topic", "subject", "object"),
                name="one_statement_per_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("object__isnull", True)),
                fields=("topic", "subject", "object_version"),
                name="one_none_found_per_version",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic__isnull", True)),
                fields=("subject", "object"),
                name="one_suggestion_without_topic_per_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(("object__isnull", False), ("relation", "none"), _connector="OR"),
                name="no_counterpart_means_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "confirmed"), _negated=True),
                    models.Q(("topic__isnull", False), models.Q(("relation", ""), _negated=True)),
                    _connector="OR",
                ),
                name="confirmed_says_topic_and_relation",
            ),
        ),
        run_statements(statements),
    ]
