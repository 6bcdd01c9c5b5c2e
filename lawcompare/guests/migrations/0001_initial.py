import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("crosswalk", "0001_initial"),
        ("laws", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuestLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_subject", models.BooleanField(default=False)),
                ("sealed_name", models.TextField()),
                ("token_digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="crosswalk.draftcomparison",
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
                (
                    "old",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="guest_links",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="GuestOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.PositiveIntegerField(default=1)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="openings", to="guests.guestlink"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("old", models.F("new")), _negated=True), name="two_texts_or_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="guestlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_subject", True), ("old__isnull", False)),
                    models.Q(("by_subject", False), ("draft__isnull", True)),
                    _connector="OR",
                ),
                name="by_subject_are_two_texts",
            ),
        ),
    ]
