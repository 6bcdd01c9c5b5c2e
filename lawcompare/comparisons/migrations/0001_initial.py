import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lawcompare.comparisons.triggers import statements
from lawcompare.core.triggers import run_statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("core", "0001_initial"),
        ("laws", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MapDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("names_person", models.BooleanField(default=False)),
                ("reason", models.TextField()),
                ("touched", models.JSONField(default=list)),
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
                    "new_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "old_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="comparisons.mapdecision",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Concordance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("author", models.CharField(max_length=300)),
                ("reason", models.TextField()),
                ("is_moved", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "new",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="laws.clause",
                    ),
                ),
                (
                    "new_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "old",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="laws.clause",
                    ),
                ),
                (
                    "old_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="made",
                        to="comparisons.mapdecision",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended",
                        to="comparisons.mapdecision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(default="2", max_length=20)),
                ("edition", models.PositiveIntegerField(default=1)),
                ("stats", models.JSONField(default=dict)),
                ("tally", models.JSONField(default=dict)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
                (
                    "made_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comparisons.comparison",
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comparisons_to", to="laws.version"
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comparisons_from", to="laws.version"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="comparisons.mapdecision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ComparisonFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(choices=[("docx", "DOCX"), ("pdf", "PDF"), ("xlsx", "XLSX")], max_length=4)),
                ("language", models.CharField(max_length=5)),
                ("root", models.CharField(max_length=300)),
                ("content", models.BinaryField(default=bytes)),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="comparisons.comparison"
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("comparison", "form", "language"), name="one_file_of_a_comparison")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClausePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                (
                    "level",
                    models.CharField(
                        choices=[("unit", "Unit"), ("container", "Container"), ("part", "Part")], max_length=10
                    ),
                ),
                ("group", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("unchanged", "unchanged"),
                            ("changed", "changed"),
                            ("renumbered", "renumbered"),
                            ("moved", "moved"),
                            ("split", "split"),
                            ("merged", "merged"),
                            ("added", "added"),
                            ("removed", "removed"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("unchanged", "unchanged"),
                            ("changed", "changed"),
                            ("renumbered", "renumbered"),
                            ("moved", "moved"),
                            ("split", "split"),
                            ("merged", "merged"),
                            ("added", "added"),
                            ("removed", "removed"),
                            ("same-subject", "same subject"),
                            ("not-in-old", "first reported"),
                            ("not-in-new", "not reported in the new text"),
                        ],
                        max_length=12,
                    ),
                ),
                ("score", models.FloatField()),
                ("reasons", models.JSONField(default=list)),
                ("changes", models.JSONField(default=list)),
                ("heading_changes", models.JSONField(default=list)),
                ("size", models.FloatField(default=0)),
                ("is_coarse", models.BooleanField(default=False)),
                ("is_replaced", models.BooleanField(default=False)),
                ("is_noise", models.BooleanField(default=False)),
                ("is_unseen", models.BooleanField(default=False)),
                ("is_flat", models.BooleanField(default=False)),
                ("is_near", models.BooleanField(default=True)),
                ("weight", models.PositiveIntegerField(default=0)),
                ("sentences", models.JSONField(default=list)),
                (
                    "new",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairs_as_new",
                        to="laws.clause",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairs_as_old",
                        to="laws.clause",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="comparisons.clausepair",
                    ),
                ),
                (
                    "comparison",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pairs", to="comparisons.comparison"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comparisons.concordance",
                    ),
                ),
            ],
            options={
                "ordering": ["comparison", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("comparison", "position"), name="pair_position_in_comparison")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="concordance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_by__isnull", True)),
                fields=("old", "new"),
                name="one_word_in_force_per_pair_of_clauses",
            ),
        ),
        migrations.AddConstraint(
            model_name="concordance",
            constraint=models.CheckConstraint(
                condition=models.Q(("old__isnull", False), ("new__isnull", False), _connector="OR"),
                name="a_concordance_names_a_clause",
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(
                fields=("old", "new", "engine", "edition"), name="one_comparison_per_pair_engine_and_edition"
            ),
        ),
        run_statements(statements),
    ]
