"""The database itself refuses to change or delete an entry of the log, whoever asks."""

from django.db import migrations

REFUSAL = "The audit log only grows."


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"""CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON audit_entry
                    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
                params=None,
            )
        return
    schema_editor.execute(
        f"""CREATE FUNCTION refuse_to_change_audit() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
        params=None,
    )
    schema_editor.execute(
        "CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_to_change_audit()"
    )


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_refuses_update")
        schema_editor.execute("DROP TRIGGER audit_refuses_delete")
        return
    schema_editor.execute("DROP TRIGGER audit_refuses ON audit_entry")
    schema_editor.execute("DROP FUNCTION refuse_to_change_audit()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
