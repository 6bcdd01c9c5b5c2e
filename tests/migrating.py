"""A site of 0.1.0, with rows in it, brought to today's release: run as a program on a database of its own.

Prints as JSON what became of it: rows before and after, and what pages and triggers answer.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROWS = Path(__file__).parent / "data" / "release-0.1.0" / "rows.json"
APPS = ["accounts", "core", "laws", "annotations", "crosswalk", "comparisons"]
RELEASE = [(app, "0001_initial") for app in APPS]
# What freezes a row is set last, as it was when the row was made.
SET_LAST = {
    "laws.version": "published_at",
    "comparisons.comparison": "finished_at",
    "crosswalk.examination": "finished_at",
}


def load_release() -> dict[str, int]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    state = executor.migrate([*RELEASE, *(leaf for leaf in executor.loader.graph.leaf_nodes() if not _ours(leaf[0]))])
    counts: dict[str, int] = {}
    late = []
    for row in json.loads(ROWS.read_text("utf-8")):
        model = state.apps.get_model(row["model"])
        counts[row["model"]] = counts.get(row["model"], 0) + 1
        values, many = _values(model, row["fields"])
        if (name := SET_LAST.get(row["model"])) is not None:
            late.append((model, row["pk"], name, values.pop(name)))
        made = model.objects.create(pk=row["pk"], **values)
        for name, keys in many.items():
            getattr(made, name).set(keys)
    for model, pk, name, value in late:
        model.objects.filter(pk=pk).update(**{name: value})
    return counts


OF_NOTES = "content_token_annotations_annotation"


def set_trigger_of_release() -> None:
    """On PostgreSQL the trigger on notes as 0.1.0 had it: on a change of any column."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            body = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
            cursor.execute(f"CREATE FUNCTION {OF_NOTES}() {body}")
            cursor.execute(
                f"CREATE CONSTRAINT TRIGGER {OF_NOTES} AFTER INSERT OR DELETE OR UPDATE ON annotations_annotation "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {OF_NOTES}()"
            )


def columns_of_trigger() -> list[str]:
    """The columns of a note at whose change the token of the content is renewed, by what the database says."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = "SELECT event_object_column FROM information_schema.triggered_update_columns"
            cursor.execute(f"{columns} WHERE trigger_name = %s ORDER BY 1", [OF_NOTES])
            return [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{OF_NOTES}_update"])
        return sorted(cursor.fetchone()[0].partition(" OF ")[2].partition(" ON ")[0].split(", "))


def _ours(app: str) -> bool:
    from django.apps import apps

    return apps.get_app_config(app).name.startswith("lawcompare.")


def _values(model: Any, fields: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    values, many = {}, {}
    for name, value in fields.items():
        field = model._meta.get_field(name)
        field.auto_now = field.auto_now_add = False  # the file says when the row was really written
        if field.many_to_many:
            many[name] = value
        elif field.is_relation:
            values[field.attname] = value
        else:
            values[name] = field.to_python(value) if field.get_internal_type() != "JSONField" else value
    return values, many


def count_now(names: list[str]) -> dict[str, int]:
    from django.apps import apps

    return {name: apps.get_model(name).objects.count() for name in names}


def text_hashes() -> dict[str, bool]:
    """Whether the clauses of each version still give the hash noted when they were imported."""
    from lawcompare.laws.documents import load_document, text_hash
    from lawcompare.laws.models import Version

    return {v.slug: text_hash(load_document(v).clauses) == v.text_hash for v in Version.objects.select_related("law")}


def refusals() -> list[str]:
    """What the database says to one who would change published words, a finished comparison or the log."""
    from django.db import DatabaseError, transaction

    from lawcompare.comparisons.models import ClausePair
    from lawcompare.laws.models import Clause, Version

    lines = []
    for rows, change in (
        (Clause.objects.all(), {"text": "other"}),
        (Version.objects.all(), {"title": "other"}),
        (ClausePair.objects.all(), {"kind": "added"}),
    ):
        try:
            with transaction.atomic():
                rows.update(**change)
            lines.append("changed")
        except DatabaseError:
            lines.append("refused")
    return lines


def pages() -> dict[str, int]:
    from django.test import Client

    from lawcompare.annotations.models import Annotation

    notes = list(Annotation.objects.order_by("pk"))
    addresses = {
        "home": "/",
        "version": "/laws/draft/new/",
        "comparison": "/compare/draft/old/with/draft/new/",
        "published note": notes[0].get_absolute_url(),
        "draft note": notes[1].get_absolute_url(),
        "topic": "/topics/illegal-access/",
    }
    client = Client(headers={"host": "localhost"})
    return {name: client.get(address).status_code for name, address in addresses.items()}


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command

    before = load_release()
    set_trigger_of_release()
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)  # a second time changes nothing
    counts = {"before": before, "after": count_now(list(before)), "hashes": text_hashes()}
    counts |= {"refusals": refusals(), "pages": pages(), "columns": columns_of_trigger()}
    print(json.dumps(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
