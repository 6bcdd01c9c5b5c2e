"""The database itself refuses to rewrite what people decided on a correspondence; whose account is gone may be."""

from django.db import migrations

FROZEN = "correspondence_id status relation reason organisation_id at".split()
TABLE = "crosswalk_correspondencedecision"
REFUSAL = "A decision on a correspondence is never changed: decide again."


def freeze(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}[vendor]
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in FROZEN)
    if vendor == "sqlite":
        statements = [
            f"""CREATE TRIGGER correspondence_decision_is_frozen BEFORE UPDATE ON {TABLE}
                WHEN {changed} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""
        ]
    else:
        statements = [
            f"""CREATE FUNCTION refuse_to_change_correspondence_decision() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF {changed} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
                  RETURN NEW;
                END $$""",
            f"""CREATE TRIGGER correspondence_decision_is_frozen BEFORE UPDATE ON {TABLE}
                FOR EACH ROW EXECUTE FUNCTION refuse_to_change_correspondence_decision()""",
        ]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS correspondence_decision_is_frozen", params=None)
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS correspondence_decision_is_frozen ON {TABLE}", params=None)
        schema_editor.execute("DROP FUNCTION IF EXISTS refuse_to_change_correspondence_decision()", params=None)


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0002_suggestions")]

    operations = [migrations.RunPython(freeze, thaw)]
