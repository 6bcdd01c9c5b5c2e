"""The database refuses to change a finished comparison, so that a published link never changes its meaning."""

from django.db import migrations

REFUSAL = "A finished comparison is never changed: another engine version makes a new one beside it."

SQLITE = [
    f"""CREATE TRIGGER comparison_is_frozen BEFORE UPDATE ON comparisons_comparison
        WHEN OLD.state = 'done' BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER pair_is_frozen BEFORE UPDATE ON comparisons_clausepair
        WHEN (SELECT state FROM comparisons_comparison WHERE id = OLD.comparison_id) = 'done'
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER pair_is_not_added BEFORE INSERT ON comparisons_clausepair
        WHEN (SELECT state FROM comparisons_comparison WHERE id = NEW.comparison_id) = 'done'
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
]

POSTGRESQL = [
    f"""CREATE FUNCTION refuse_to_change_finished_comparison() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.state = 'done' THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$""",
    f"""CREATE FUNCTION refuse_to_change_finished_pair() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE comparison bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.comparison_id ELSE OLD.comparison_id END;
        BEGIN
          IF EXISTS (SELECT 1 FROM comparisons_comparison WHERE id = comparison AND state = 'done') THEN
            RAISE EXCEPTION '{REFUSAL}';
          END IF;
          RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        END $$""",
    """CREATE TRIGGER comparison_is_frozen BEFORE UPDATE OR DELETE ON comparisons_comparison
       FOR EACH ROW EXECUTE FUNCTION refuse_to_change_finished_comparison()""",
    """CREATE TRIGGER pair_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON comparisons_clausepair
       FOR EACH ROW EXECUTE FUNCTION refuse_to_change_finished_pair()""",
]


def freeze(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("comparison_is_frozen", "pair_is_frozen", "pair_is_not_added"):
            schema_editor.execute(f"DROP TRIGGER {name}")
        return
    schema_editor.execute("DROP TRIGGER comparison_is_frozen ON comparisons_comparison")
    schema_editor.execute("DROP TRIGGER pair_is_frozen ON comparisons_clausepair")
    schema_editor.execute("DROP FUNCTION refuse_to_change_finished_comparison()")
    schema_editor.execute("DROP FUNCTION refuse_to_change_finished_pair()")


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0001_initial")]
    operations = [migrations.RunPython(freeze, thaw)]
