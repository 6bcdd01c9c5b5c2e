"""What the database itself guards: triggers of each app, in SQLite's and PostgreSQL's words.

An app lists its statements in ``<app>/triggers.py``; its first migration runs them, and so does each later one that
makes a table anew, since SQLite then forgets the triggers of it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import migrations

DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def any_changed(columns: Iterable[str], vendor: str) -> str:
    """A condition for an UPDATE trigger: one of the columns gets another value."""
    return " OR ".join(f"NEW.{name} {DIFFERS[vendor]} OLD.{name}" for name in columns)


def refuse_on_sqlite(name: str, event: str, table: str, when: str, refusal: str) -> list[str]:
    """Statements that make the trigger ``name`` anew: it refuses ``event`` (UPDATE …) where ``when`` holds."""
    condition = f"WHEN {when} " if when else ""
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
    ]


def refuse_on_postgresql(name: str, events: str, table: str, body: str, declare: str = "") -> list[str]:
    """Statements that make the trigger ``name`` and its function anew; ``body`` raises, or falls through to allow."""
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            {declare}
            BEGIN
              {body}
              RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
            END $$""",
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def refuse_update(vendor: str, name: str, table: str, when: str, refusal: str) -> list[str]:
    """Statements that make the trigger ``name`` anew: it refuses an UPDATE of a row for which ``when`` holds."""
    if vendor == "sqlite":
        return refuse_on_sqlite(name, "UPDATE", table, when, refusal)
    return refuse_on_postgresql(name, "UPDATE", table, f"IF {when} THEN RAISE EXCEPTION '{refusal}'; END IF;")


def run_statements(statements: Callable[[str], Sequence[str]]) -> migrations.RunPython:
    """The operation of a migration that runs ``statements(vendor)``, ``sqlite`` or ``postgresql``.

    Going back needs nothing: a trigger goes with its table.
    """

    def run(apps: Any, schema_editor: Any) -> None:
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(run, migrations.RunPython.noop)


# --- Of this app: nobody changes or deletes an entry or a statement of the log; a statement takes an entry once -------

REFUSAL = "The activity log only grows."
FIXED = ["number", "at", "actor", "organisation", "action", "subject", "details", "salt", "digest"]


def statements(vendor: str) -> list[str]:
    refused = {
        ("core_entry", "UPDATE"): f"OLD.statement_id IS NOT NULL OR {any_changed(FIXED, vendor)}",
        ("core_entry", "DELETE"): "true",
        # Its words are written once its entries are known, in the same transaction.
        ("core_statement", "UPDATE"): "OLD.words <> ''",
        ("core_statement", "DELETE"): "true",
    }
    lines = []
    for (table, event), when in refused.items():
        name = f"{table}_refuses_{event.lower()}"
        if vendor == "sqlite":
            lines += refuse_on_sqlite(name, event, table, when, REFUSAL)
        else:
            lines += refuse_on_postgresql(name, event, table, f"IF {when} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;")
    return lines
