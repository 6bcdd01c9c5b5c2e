import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lawcompare.core.standard_names
import lawcompare.laws.models
from lawcompare.core.triggers import run_statements
from lawcompare.laws.triggers import statements


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("core", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Law",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_other_languages", models.JSONField(blank=True, default=dict)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=300)),
                (
                    "jurisdiction",
                    models.CharField(choices=lawcompare.core.standard_names.jurisdiction_choices, max_length=3),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("statute", "Statute"),
                            ("treaty", "Treaty"),
                            ("instrument", "International instrument"),
                            ("constitution", "Constitution"),
                        ],
                        max_length=12,
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "date",
                    models.CharField(
                        default=lawcompare.laws.models.this_year,
                        max_length=10,
                        validators=[lawcompare.laws.models.check_date],
                    ),
                ),
                ("organisation", models.SlugField(blank=True, max_length=20)),
            ],
            options={
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Original",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("key", models.CharField(max_length=16)),
                ("stored_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Clause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("depth", models.PositiveSmallIntegerField()),
                ("eid", models.CharField(max_length=250)),
                ("element", models.CharField(max_length=30)),
                ("num", models.CharField(blank=True, max_length=120)),
                ("heading", models.TextField(blank=True)),
                ("text", models.TextField(blank=True)),
                (
                    "text_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("official", "Official text"),
                            ("unofficial-translation", "Unofficial translation"),
                            ("leaked", "Leaked text"),
                            ("quotation", "Quotation"),
                            ("restatement", "Restated in our own words"),
                            ("headings-only", "Headings only"),
                            ("heading-only", "Heading only: the text has not been seen"),
                            ("not-known", "Not known"),
                        ],
                        max_length=24,
                    ),
                ),
                ("source_url", models.CharField(blank=True, max_length=500)),
                ("note", models.TextField(blank=True)),
                ("identifier", models.CharField(blank=True, max_length=250)),
                (
                    "obtained",
                    models.CharField(
                        choices=[
                            ("text-layer", "taken from the text of the PDF"),
                            ("converted-font", "put into Unicode from an old font"),
                            ("recognised", "recognised from a picture"),
                        ],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("confidence", models.FloatField(null=True)),
                ("is_corrected", models.BooleanField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="laws.clause",
                    ),
                ),
            ],
            options={
                "ordering": ["version", "position"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_other_languages", models.JSONField(blank=True, default=dict)),
                ("slug", models.SlugField(max_length=80)),
                ("date", models.CharField(max_length=10, validators=[lawcompare.laws.models.check_date])),
                ("date_is_inferred", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("drafting", "Drafting"),
                            ("text", "A text becomes known"),
                            ("consultation", "Workshop or meeting"),
                            ("us-law", "US law and training"),
                            ("criticism", "Criticism"),
                            ("treaty", "International law"),
                            ("other-law", "Another law"),
                        ],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                ("body", models.TextField(blank=True)),
                ("sources", models.JSONField()),
                ("is_retired", models.BooleanField(default=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "law",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="laws.law"
                    ),
                ),
            ],
            options={
                "ordering": ["date", "slug"],
            },
        ),
        migrations.CreateModel(
            name="EventChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField()),
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
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="laws.event"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LawChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fields", models.JSONField()),
                ("reason", models.TextField(blank=True)),
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
                    "law",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="laws.law"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("title", models.CharField(max_length=300)),
                (
                    "language",
                    models.CharField(
                        choices=lawcompare.core.standard_names.language_choices, default="en", max_length=2
                    ),
                ),
                (
                    "date",
                    models.CharField(
                        blank=True, max_length=10, validators=[lawcompare.laws.models.check_date], verbose_name="date"
                    ),
                ),
                (
                    "text_status",
                    models.CharField(
                        choices=[
                            ("official", "Official text"),
                            ("unofficial-translation", "Unofficial translation"),
                            ("leaked", "Leaked text"),
                            ("restatement", "Restated in our own words"),
                            ("headings-only", "Headings only"),
                        ],
                        max_length=24,
                    ),
                ),
                ("source_url", models.URLField(blank=True, max_length=500)),
                ("became_public", models.TextField(blank=True, verbose_name="how it became public")),
                (
                    "became_public_on",
                    models.CharField(blank=True, max_length=10, validators=[lawcompare.laws.models.check_date]),
                ),
                ("note", models.TextField(blank=True)),
                ("pages_total", models.PositiveIntegerField(blank=True, null=True)),
                ("pages_proofread", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "articles_total",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="articles, as reported"),
                ),
                (
                    "chapters_total",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="chapters, as reported"),
                ),
                ("file_hash", models.CharField(max_length=64)),
                ("text_hash", models.CharField(max_length=64)),
                ("selection", models.CharField(blank=True, max_length=500)),
                ("reader_warnings", models.JSONField(blank=True, default=list)),
                ("clause_count", models.PositiveIntegerField(default=0)),
                ("imported_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="laws.version",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed_by",
                        to="laws.version",
                    ),
                ),
                (
                    "index_job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.job",
                    ),
                ),
                (
                    "law",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="laws.law"
                    ),
                ),
                (
                    "mapping_job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.job",
                    ),
                ),
                (
                    "news_job",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.job",
                    ),
                ),
                (
                    "translates",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translations",
                        to="laws.version",
                    ),
                ),
            ],
            options={
                "ordering": ["law", "date", "slug"],
            },
        ),
        migrations.CreateModel(
            name="TranslationReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_checked", models.BooleanField()),
                ("credit", models.CharField(blank=True, max_length=200)),
                ("note", models.TextField(blank=True)),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reviews", to="laws.version"
                    ),
                ),
            ],
            options={
                "ordering": ["version", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_confirmed", models.BooleanField(default=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="origin", to="laws.version"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormerAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "law",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="former_addresses", to="laws.law"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_addresses",
                        to="laws.version",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "former addresses",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="versions",
            field=models.ManyToManyField(blank=True, related_name="events", to="laws.version"),
        ),
        migrations.CreateModel(
            name="ClauseTranslation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("confidence", models.FloatField()),
                ("evidence", models.JSONField(default=list)),
                ("confirmed_by", models.CharField(blank=True, max_length=300)),
                (
                    "original",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="translations", to="laws.clause"
                    ),
                ),
                (
                    "translation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="translated", to="laws.clause"
                    ),
                ),
                (
                    "original_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
                (
                    "translation_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clause_translations",
                        to="laws.version",
                    ),
                ),
            ],
            options={
                "ordering": ["translation_version", "original__position", "translation__position"],
            },
        ),
        migrations.AddField(
            model_name="clause",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="clauses", to="laws.version"
            ),
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason, as readers will see it")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("restored_at", models.DateTimeField(blank=True, null=True)),
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
                    "law",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="withdrawals",
                        to="laws.law",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "restored_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="withdrawals",
                        to="laws.version",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("law", "slug"), name="version_slug_of_law"),
        ),
        migrations.AddConstraint(
            model_name="translationreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_checked", False), models.Q(("credit", ""), _negated=True), _connector="OR"),
                name="check_has_credit",
            ),
        ),
        migrations.AddConstraint(
            model_name="formeraddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("version__isnull", True)), fields=("slug",), name="one_law_was_called_so"
            ),
        ),
        migrations.AddConstraint(
            model_name="formeraddress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("version__isnull", False)),
                fields=("law", "slug"),
                name="one_version_of_a_law_was_called_so",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("law", "slug"), name="event_slug_of_law"),
        ),
        migrations.AddConstraint(
            model_name="clausetranslation",
            constraint=models.UniqueConstraint(fields=("original", "translation"), name="one_translation_per_pair"),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.UniqueConstraint(fields=("version", "position"), name="clause_position_in_version"),
        ),
        migrations.AddConstraint(
            model_name="clause",
            constraint=models.UniqueConstraint(fields=("version", "eid"), name="clause_eid_in_version"),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("law__isnull", False), ("version__isnull", True)),
                    models.Q(("law__isnull", True), ("version__isnull", False)),
                    _connector="OR",
                ),
                name="a_law_or_a_version_is_withdrawn",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("restored_at__isnull", True)),
                fields=("version",),
                name="a_version_is_withdrawn_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("restored_at__isnull", True)), fields=("law",), name="a_law_is_withdrawn_once"
            ),
        ),
        run_statements(statements),
    ]
