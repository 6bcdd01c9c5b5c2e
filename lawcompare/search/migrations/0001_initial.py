import django.db.models.deletion
from django.db import migrations, models

import lawcompare.core.standard_names
from lawcompare.core.triggers import run_statements
from lawcompare.search.triggers import statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("laws", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("clause", "Clauses"), ("annotation", "Annotations"), ("topic", "Topics")],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=250)),
                ("language", models.CharField(choices=lawcompare.core.standard_names.language_choices, max_length=2)),
                ("date", models.CharField(blank=True, max_length=10)),
                ("risk", models.PositiveSmallIntegerField(null=True)),
                ("categories", models.CharField(blank=True, max_length=500)),
                ("is_whole", models.BooleanField(default=True)),
                ("citation", models.CharField(blank=True, max_length=200)),
                ("title", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                ("heading", models.TextField(blank=True)),
                ("words", models.TextField(blank=True)),
                ("tokens", models.TextField(blank=True)),
                (
                    "clause",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.clause"
                    ),
                ),
                (
                    "law",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.law"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["citation"], name="search_by_place"),
                    models.Index(fields=["kind", "key"], name="search_by_key"),
                ],
            },
        ),
        run_statements(statements),
    ]
