"""What laws and versions were called before. A published version's name may change, and nothing else of it, once the
name it had leads to it."""

import django.db.models.deletion
from django.db import migrations, models

FROZEN = (
    "law_id title language date text_status source_url became_public became_public_on note articles_total "
    "chapters_total file_hash text_hash selection clause_count published_at"
).split()
REFUSAL = "A published text is never changed: import a corrected version that names the one it corrects."
LEADS_HERE = "EXISTS (SELECT 1 FROM laws_formeraddress f WHERE f.version_id = OLD.id AND f.slug = OLD.slug)"


def _changed(differs: str, may_be_renamed: bool) -> str:
    found = [f"NEW.{name} {differs} OLD.{name}" for name in FROZEN]
    renamed = f"NEW.slug {differs} OLD.slug"
    return " OR ".join([*found, f"({renamed} AND NOT {LEADS_HERE})" if may_be_renamed else renamed])


def _freeze(schema_editor, may_be_renamed):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER version_is_frozen")
        schema_editor.execute(
            f"""CREATE TRIGGER version_is_frozen BEFORE UPDATE ON laws_version
                WHEN OLD.published_at IS NOT NULL AND ({_changed("IS NOT", may_be_renamed)})
                BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
            params=None,
        )
        return
    schema_editor.execute(
        f"""CREATE OR REPLACE FUNCTION refuse_to_change_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.published_at IS NOT NULL
                 AND (TG_OP = 'DELETE' OR {_changed("IS DISTINCT FROM", may_be_renamed)}) THEN
                RAISE EXCEPTION '{REFUSAL}';
              END IF;
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$""",
        params=None,
    )


def let_rename(apps, schema_editor):
    _freeze(schema_editor, may_be_renamed=True)


def keep_names(apps, schema_editor):
    _freeze(schema_editor, may_be_renamed=False)


class Migration(migrations.Migration):
    dependencies = [("laws", "0005_origins_and_withdrawals")]
    operations = [
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("version__isnull", True)), fields=("slug",), name="one_law_was_called_so"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("version__isnull", False)),
                        fields=("law", "slug"),
                        name="one_version_of_a_law_was_called_so",
                    ),
                ],
            },
        ),
        migrations.RunPython(let_rename, keep_names),
    ]
