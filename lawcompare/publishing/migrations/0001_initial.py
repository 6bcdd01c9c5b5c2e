import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("annotations", "0001_initial"),
        ("core", "0001_initial"),
        ("laws", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Carrying",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="carryings_to", to="laws.version"
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="carryings_from", to="laws.version"
                    ),
                ),
            ],
            options={
                "ordering": ["-job__requested_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kept", "words kept"),
                            ("changed", "words changed"),
                            ("review", "needs review"),
                            ("lost", "lost"),
                        ],
                        max_length=10,
                    ),
                ),
                ("exact", models.TextField(blank=True)),
                ("prefix", models.CharField(blank=True, max_length=64)),
                ("suffix", models.CharField(blank=True, max_length=64)),
                ("start", models.PositiveIntegerField(null=True)),
                ("end", models.PositiveIntegerField(null=True)),
                ("score", models.FloatField(default=0)),
                ("probability", models.FloatField(null=True)),
                ("rival_start", models.PositiveIntegerField(null=True)),
                ("rival_end", models.PositiveIntegerField(null=True)),
                ("second", models.FloatField(default=0)),
                ("by_concordance", models.BooleanField(default=False)),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("confirmed", "carried over"),
                            ("edited", "taken up in a new note"),
                            ("closed", "closed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "fate",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kept", "kept"),
                            ("softened", "softened"),
                            ("worsened", "worsened"),
                            ("removed", "removed"),
                            ("not-known", "not known"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "annotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="carried", to="annotations.annotation"
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.clause"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rival_clause",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.clause"
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carried_from",
                        to="annotations.annotation",
                    ),
                ),
                (
                    "carrying",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="carried", to="publishing.carrying"
                    ),
                ),
            ],
            options={
                "ordering": ["carrying", "annotation__clause__position", "annotation__start", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="carrying",
            constraint=models.UniqueConstraint(fields=("old", "new"), name="one_carrying_per_pair_of_versions"),
        ),
        migrations.AddConstraint(
            model_name="carried",
            constraint=models.UniqueConstraint(fields=("carrying", "annotation"), name="a_note_is_carried_once"),
        ),
    ]
