"""The database refuses to change what was decided on a clause map. Who decided may be forgotten, and not be named."""

from django.db import migrations

TABLE = "comparisons_mapdecision"
REFUSAL = "A decision on a clause map is never changed: another one follows it."
FROZEN = "old_version_id new_version_id organisation_id reason undoes_id touched at".split()


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
        statements = [
            f"""CREATE TRIGGER map_decision_is_frozen BEFORE UPDATE ON {TABLE}
                WHEN {changed} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""
        ]
    else:
        changed = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in FROZEN)
        statements = [
            f"""CREATE FUNCTION refuse_to_change_map_decision() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF {changed} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
                  RETURN NEW;
                END $$""",
            f"""CREATE TRIGGER map_decision_is_frozen BEFORE UPDATE ON {TABLE}
                FOR EACH ROW EXECUTE FUNCTION refuse_to_change_map_decision()""",
        ]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS map_decision_is_frozen", params=None)
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS map_decision_is_frozen ON {TABLE}", params=None)
        schema_editor.execute("DROP FUNCTION IF EXISTS refuse_to_change_map_decision()", params=None)


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0003_editions")]
    operations = [migrations.RunPython(freeze, thaw)]
