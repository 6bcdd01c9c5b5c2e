"""The database itself refuses to change a published text, whoever asks: Django, a shell or a person with SQL.

Publishing is the one change that an unpublished version takes. A correction is a new version.
"""

from django.db import migrations

FROZEN = (
    "law_id slug title language date text_status source_url became_public became_public_on note articles_total "
    "chapters_total file_hash text_hash selection clause_count published_at"
).split()

REFUSAL = "A published text is never changed: import a corrected version that names the one it corrects."


def sqlite() -> list[str]:
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
    is_published = "EXISTS (SELECT 1 FROM laws_version v WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)"
    return [
        f"""CREATE TRIGGER version_is_frozen BEFORE UPDATE ON laws_version
            WHEN OLD.published_at IS NOT NULL AND ({changed})
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER clause_is_frozen BEFORE UPDATE ON laws_clause
            WHEN {is_published.format(row="OLD")}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER clause_is_not_added BEFORE INSERT ON laws_clause
            WHEN {is_published.format(row="NEW")}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    ]


def postgresql() -> list[str]:
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FROZEN)
    return [
        f"""CREATE FUNCTION refuse_to_change_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR {changed}) THEN
                RAISE EXCEPTION '{REFUSAL}';
              END IF;
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$""",
        f"""CREATE FUNCTION refuse_to_change_published_clause() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE version bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
            BEGIN
              IF EXISTS (SELECT 1 FROM laws_version WHERE id = version AND published_at IS NOT NULL) THEN
                RAISE EXCEPTION '{REFUSAL}';
              END IF;
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$""",
        """CREATE TRIGGER version_is_frozen BEFORE UPDATE OR DELETE ON laws_version
           FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published_version()""",
        """CREATE TRIGGER clause_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON laws_clause
           FOR EACH ROW EXECUTE FUNCTION refuse_to_change_published_clause()""",
    ]


def freeze(apps, schema_editor):
    statements = {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("version_is_frozen", "clause_is_frozen", "clause_is_not_added"):
            schema_editor.execute(f"DROP TRIGGER {name}")
        return
    schema_editor.execute("DROP TRIGGER version_is_frozen ON laws_version")
    schema_editor.execute("DROP TRIGGER clause_is_frozen ON laws_clause")
    schema_editor.execute("DROP FUNCTION refuse_to_change_published_version()")
    schema_editor.execute("DROP FUNCTION refuse_to_change_published_clause()")


class Migration(migrations.Migration):
    dependencies = [("laws", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
