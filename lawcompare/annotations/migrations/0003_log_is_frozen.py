"""The database itself refuses to rewrite or delete the log: decisions, revisions, changes of categories.

Whose account is gone may be forgotten, and a revision may be noted as published, once. What was written before is kept
as its first revision, and the answers of its checklist take the form that has room for words.

A later migration that rebuilds one of these tables on SQLite has to freeze it again: ``freeze`` may be called twice.
"""

from django.db import migrations

REFUSAL = "The log of annotations is only added to."
FROZEN = {
    "annotations_decision": "annotation_id status reply_id flag_id reason at".split(),
    "annotations_revision": "annotation_id number content at".split(),
    "annotations_categorychange": "category_id before after organisation_id at".split(),
}
CONTENT = (
    "exact prefix suffix start end body proposed_text motivation risk checklist "
    "source_organisation source_title source_date source_url"
).split()


def _changed(table, columns, differs):
    rules = [f"NEW.{name} {differs} OLD.{name}" for name in columns]
    rules.append(f"(NEW.by_id {differs} OLD.by_id AND NEW.by_id IS NOT NULL)")
    if table == "annotations_revision":
        rules.append(f"(OLD.published_at IS NOT NULL AND NEW.published_at {differs} OLD.published_at)")
    return " OR ".join(f'({rule.replace("NEW.at", _quoted("NEW")).replace("OLD.at", _quoted("OLD"))})' for rule in rules)


def _quoted(row):
    return f'{row}."at"'


def _sqlite(table, columns):
    name = f"{table}_is_frozen"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"DROP TRIGGER IF EXISTS {name}_whole",
        f"""CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN {_changed(table, columns, "IS NOT")}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
        f"""CREATE TRIGGER {name}_whole BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    ]


def _postgresql(table, columns):
    name = f"{table}_is_frozen"
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"""CREATE OR REPLACE FUNCTION refuse_to_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
              IF {_changed(table, columns, "IS DISTINCT FROM")} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
              RETURN NEW;
            END $$""",
        f"""CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION refuse_to_change_{table}()""",
    ]


def freeze(apps, schema_editor):
    build = {"sqlite": _sqlite, "postgresql": _postgresql}[schema_editor.connection.vendor]
    for table, columns in FROZEN.items():
        for statement in build(table, columns):
            schema_editor.execute(statement, params=None)


def thaw(apps, schema_editor):
    for table in FROZEN:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_frozen", params=None)
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_frozen_whole", params=None)
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_frozen ON {table}", params=None)
            schema_editor.execute(f"DROP FUNCTION IF EXISTS refuse_to_change_{table}()", params=None)


def keep_what_was_said(apps, schema_editor):
    revisions = apps.get_model("annotations", "Revision").objects
    for annotation in apps.get_model("annotations", "Annotation").objects.filter(revision=0):
        annotation.checklist = {
            test: answer if isinstance(answer, dict) else {"answer": answer, "words": ""}
            for test, answer in annotation.checklist.items()
        }
        annotation.revision = 1
        annotation.save(update_fields=["checklist", "revision"])
        content = {name: getattr(annotation, name) for name in CONTENT}
        content["categories"] = sorted(annotation.categories.values_list("code", flat=True))
        for name in ("standards", "answers"):
            content[name] = sorted(getattr(annotation, name).values_list("pk", flat=True))
        is_public = annotation.status == "published"
        revisions.create(
            annotation=annotation,
            number=1,
            content=content,
            by_id=annotation.creator_id,
            published_at=annotation.published_at if is_public else None,
        )


class Migration(migrations.Migration):
    dependencies = [("annotations", "0002_history")]

    operations = [
        migrations.RunPython(keep_what_was_said, migrations.RunPython.noop),
        migrations.RunPython(freeze, thaw),
    ]
