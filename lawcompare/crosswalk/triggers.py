"""The database refuses to rewrite what people decided on a correspondence; whose account is gone may be forgotten."""

from lawcompare.triggers import any_changed, refuse_on_postgresql, refuse_on_sqlite

NAME, TABLE = "correspondence_decision_is_frozen", "crosswalk_correspondencedecision"
FROZEN = ["correspondence_id", "status", "relation", "reason", "organisation_id", "at"]
REFUSAL = "A decision on a correspondence is never changed: decide again."


def statements(vendor: str) -> list[str]:
    changed = any_changed(FROZEN, vendor)
    if vendor == "sqlite":
        return refuse_on_sqlite(NAME, "UPDATE", TABLE, changed, REFUSAL)
    return refuse_on_postgresql(NAME, "UPDATE", TABLE, f"IF {changed} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;")
