"""The database refuses to change or delete an entry of the log or a statement; a statement may take an entry, once."""

from lawcompare.core.triggers import any_changed, refuse_on_postgresql, refuse_on_sqlite

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
