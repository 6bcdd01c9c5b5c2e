import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("annotations", "0001_initial"),
        ("core", "0001_initial"),
        ("crosswalk", "0001_initial"),
        ("laws", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Memo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField(auto_now=True)),
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
            ],
            options={
                "ordering": ["-changed_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="MemoItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("words", "Own paragraph"),
                            ("subject", "Two laws on a subject"),
                            ("change", "What changed in an article"),
                            ("comparison", "A whole comparison"),
                            ("topic", "A topic"),
                            ("matrix", "Topics by laws"),
                            ("note", "An annotation"),
                            ("concerns", "Chart of concerns"),
                        ],
                        max_length=10,
                    ),
                ),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("old_eid", models.CharField(blank=True, max_length=250)),
                ("new_eid", models.CharField(blank=True, max_length=250)),
                ("columns", models.JSONField(blank=True, default=list)),
                ("seen_digest", models.CharField(blank=True, max_length=64)),
                ("seen_at", models.DateTimeField(auto_now_add=True)),
                ("seen_words", models.JSONField(blank=True, default=dict)),
                ("seen_texts", models.JSONField(blank=True, default=list)),
                (
                    "annotation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="annotations.annotation",
                    ),
                ),
                (
                    "law",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="laws.law"
                    ),
                ),
                (
                    "memo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="memos.memo"
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="laws.version"
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="laws.version"
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="crosswalk.topic"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MemoFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(choices=[("docx", "DOCX"), ("xlsx", "XLSX")], max_length=4)),
                ("language", models.CharField(max_length=5)),
                ("root", models.CharField(max_length=300)),
                ("content", models.BinaryField(default=bytes)),
                ("of_revision", models.PositiveIntegerField(default=0)),
                ("texts", models.JSONField(default=list)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.job"),
                ),
                (
                    "memo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="memos.memo"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("memo", "form", "language"), name="one_file_of_a_memo")
                ],
            },
        ),
    ]
