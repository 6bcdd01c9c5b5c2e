import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lawcompare.core.triggers import run_statements
from lawcompare.crosswalk.triggers import statements


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
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "seconded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seconded_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
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
            name="DraftComparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=20, unique=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
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
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
                (
                    "target",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Examination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(default="4", max_length=20)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="examinations", to="laws.version"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=60)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("quote", models.TextField(blank=True)),
                ("values", models.JSONField(default=dict)),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="laws.clause"
                    ),
                ),
                (
                    "examination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="crosswalk.examination"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="laws.version"
                    ),
                ),
            ],
            options={
                "ordering": ["clause__position", "start", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FindingDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("dismissed", "dismissed"), ("reopened", "reopened")], max_length=10),
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
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="crosswalk.finding"
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
            name="SuggestionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
                (
                    "object_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
                (
                    "subject_version",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.version"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("in_other_languages", models.JSONField(blank=True, default=dict)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("elsewhere", models.JSONField(blank=True, default=list)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                ("clauses", models.ManyToManyField(blank=True, related_name="topics", to="laws.clause")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_topics",
                        to="crosswalk.topic",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
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
        ),
        migrations.CreateModel(
            name="DraftPair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "status",
                    models.CharField(choices=[("confirmed", "confirmed"), ("refused", "refused")], max_length=10),
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
                ("reasoning", models.TextField()),
                ("elements", models.JSONField(blank=True, default=list)),
                ("searched", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now=True)),
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pairs",
                        to="crosswalk.draftcomparison",
                    ),
                ),
                (
                    "object",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="laws.clause",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="laws.clause"),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crosswalk.topic",
                    ),
                ),
            ],
            options={
                "ordering": ["topic__position", "subject__position", "pk"],
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
            name="TopicChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("changed", "changed"),
                            ("merged", "merged into another"),
                            ("retired", "retired"),
                            ("restored", "in use again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("content", models.JSONField(default=dict)),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="crosswalk.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Value",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "element",
                    models.CharField(
                        choices=[
                            ("conduct", "Conduct"),
                            ("mental", "Mental element"),
                            ("harm", "Threshold of harm"),
                            ("defences", "Exception or defence"),
                            ("penalties", "Penalty"),
                            ("authorisation", "Who authorises"),
                            ("time_limits", "Time limits"),
                            ("scope", "Scope"),
                        ],
                        max_length=15,
                    ),
                ),
                ("values", models.JSONField(blank=True, default=dict)),
                ("start", models.PositiveIntegerField(blank=True, null=True)),
                ("end", models.PositiveIntegerField(blank=True, null=True)),
                ("quote", models.TextField(blank=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("stated", "stated by one person"),
                            ("confirmed", "confirmed by a second person"),
                            ("disputed", "disputed"),
                            ("struck", "struck out"),
                        ],
                        default="stated",
                        max_length=10,
                    ),
                ),
                ("stated_at", models.DateTimeField(auto_now_add=True)),
                (
                    "carried_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="carried_to",
                        to="crosswalk.value",
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stated_values", to="laws.clause"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "disputes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="disputed_by",
                        to="crosswalk.value",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laws.version"),
                ),
                (
                    "words_clause",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="laws.clause",
                    ),
                ),
            ],
            options={
                "ordering": ["version", "clause__position", "element", "words_clause__position", "start", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ValueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("stated", "stated"),
                            ("taken-over", "taken over from what the program read"),
                            ("corrected", "corrected"),
                            ("confirmed", "confirmed"),
                            ("disputed", "disputed"),
                            ("settled", "no longer disputed"),
                            ("struck", "struck out"),
                            ("carried", "carried over from an earlier text"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("stated", "stated by one person"),
                            ("confirmed", "confirmed by a second person"),
                            ("disputed", "disputed"),
                            ("struck", "struck out"),
                        ],
                        max_length=10,
                    ),
                ),
                ("values", models.JSONField(default=dict)),
                ("words_eid", models.CharField(blank=True, max_length=250)),
                ("quote", models.TextField(blank=True)),
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
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "value",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="crosswalk.value"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="draftcomparison",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at__isnull", True)),
                fields=("source", "target", "organisation"),
                name="one_open_draft_of_two_texts_and_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="examination",
            constraint=models.UniqueConstraint(fields=("version", "engine"), name="one_examination_per_engine"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["version", "rule"], name="crosswalk_f_version_1f57de_idx"),
        ),
        migrations.AddConstraint(
            model_name="suggestionrun",
            constraint=models.UniqueConstraint(
                fields=("subject_version", "object_version"), name="one_run_per_pair_of_texts"
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.UniqueConstraint(fields=("topic", "version"), name="one_silence_per_text"),
        ),
        migrations.AddConstraint(
            model_name="draftpair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("object__isnull", False)),
                fields=("draft", "subject", "object"),
                name="one_decision_per_pair_in_a_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftpair",
            constraint=models.UniqueConstraint(
                condition=models.Q(("object__isnull", True)),
                fields=("draft", "subject"),
                name="one_none_found_per_clause_in_a_draft",
            ),
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
        migrations.AddIndex(
            model_name="value",
            index=models.Index(fields=["version", "status"], name="value_of_text"),
        ),
        migrations.AddConstraint(
            model_name="value",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end__isnull", True), ("quote", ""), ("start__isnull", True), ("words_clause__isnull", True)
                    ),
                    models.Q(("end__gt", models.F("start")), ("start__isnull", False), ("words_clause__isnull", False)),
                    _connector="OR",
                ),
                name="value_has_its_words_or_none",
            ),
        ),
        run_statements(statements),
    ]
