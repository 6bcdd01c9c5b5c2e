"""The database refuses to rewrite or delete the log of annotations: decisions, revisions, changes of categories.

Whose account is gone may be forgotten, and a revision may be noted as published, once.
"""

from lawcompare.core.triggers import DIFFERS, any_changed, refuse_on_postgresql, refuse_on_sqlite

REFUSAL = "The log of annotations is only added to."
FROZEN = {
    "annotations_notedecision": ["annotation_id", "status", "reply_id", "flag_id", "reason", "at"],
    "annotations_revision": ["annotation_id", "number", "content", "at"],
    "annotations_categorychange": ["category_id", "before", "after", "organisation_id", "at"],
}


def statements(vendor: str) -> list[str]:
    made = []
    for table, columns in FROZEN.items():
        differs = DIFFERS[vendor]
        rules = [any_changed(columns, vendor), f"(NEW.by_id {differs} OLD.by_id AND NEW.by_id IS NOT NULL)"]
        if table == "annotations_revision":
            rules.append(f"(OLD.published_at IS NOT NULL AND NEW.published_at {differs} OLD.published_at)")
        changed = " OR ".join(rules)
        if vendor == "sqlite":
            made += refuse_on_sqlite(f"{table}_is_frozen", "UPDATE", table, changed, REFUSAL)
            made += refuse_on_sqlite(f"{table}_is_kept", "DELETE", table, "", REFUSAL)
        else:
            body = f"""IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{REFUSAL}'; END IF;
      IF {changed} THEN RAISE EXCEPTION '{REFUSAL}'; END IF;"""
            made += refuse_on_postgresql(f"{table}_is_frozen", "UPDATE OR DELETE", table, body)
    return made
