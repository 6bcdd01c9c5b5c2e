"""The database refuses to change a published text, whoever asks: Django, a shell or a person with SQL.

An unpublished version takes any change. A published one may get another slug once its former address leads to it; a
correction of its words is a new version.
"""

from lawcompare.core.triggers import any_changed, refuse_on_postgresql, refuse_on_sqlite, refuse_update

REFUSAL = "A published text is never changed: import a corrected version that names the one it corrects."
FROZEN = [
    "law_id",
    "title",
    "language",
    "date",
    "text_status",
    "source_url",
    "became_public",
    "became_public_on",
    "note",
    "articles_total",
    "chapters_total",
    "file_hash",
    "text_hash",
    "selection",
    "clause_count",
    "published_at",
    "pages_total",
    "pages_proofread",
]
HISTORY_REFUSAL = "The history of events is only added to."
LAW_HISTORY_REFUSAL = "The history of a law is only added to."
FROZEN_LAW_CHANGE = ["law_id", "fields", "reason", "organisation_id", "at"]
FROZEN_CHANGE = ["event_id", "before", "after", "at"]
HAS_FORMER_ADDRESS = "EXISTS (SELECT 1 FROM laws_formeraddress f WHERE f.version_id = OLD.id AND f.slug = OLD.slug)"


def statements(vendor: str) -> list[str]:
    renamed = f"({any_changed(['slug'], vendor)} AND NOT {HAS_FORMER_ADDRESS})"
    changed = f"{any_changed(FROZEN, vendor)} OR {renamed}"
    event, law = any_changed(FROZEN_CHANGE, vendor), any_changed(FROZEN_LAW_CHANGE, vendor)
    return [
        *(_on_sqlite(changed) if vendor == "sqlite" else _on_postgresql(changed)),
        *refuse_update(vendor, "event_change_is_frozen", "laws_eventchange", event, HISTORY_REFUSAL),
        *refuse_update(vendor, "law_change_is_frozen", "laws_lawchange", law, LAW_HISTORY_REFUSAL),
    ]


def _on_sqlite(changed: str) -> list[str]:
    is_published = "EXISTS (SELECT 1 FROM laws_version v WHERE v.id = {row}.version_id AND v.published_at IS NOT NULL)"
    of_old, of_new = is_published.format(row="OLD"), is_published.format(row="NEW")
    when = f"OLD.published_at IS NOT NULL AND ({changed})"
    return [
        *refuse_on_sqlite("version_is_frozen", "UPDATE", "laws_version", when, REFUSAL),
        *refuse_on_sqlite("clause_is_frozen", "UPDATE", "laws_clause", of_old, REFUSAL),
        *refuse_on_sqlite("clause_is_not_added", "INSERT", "laws_clause", of_new, REFUSAL),
    ]


def _on_postgresql(changed: str) -> list[str]:
    of_version = f"""IF OLD.published_at IS NOT NULL AND (TG_OP = 'DELETE' OR {changed}) THEN
        RAISE EXCEPTION '{REFUSAL}';
      END IF;"""
    of_clause = f"""IF EXISTS (SELECT 1 FROM laws_version WHERE id = version AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION '{REFUSAL}';
      END IF;"""
    declare = "DECLARE version bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;"
    return [
        *refuse_on_postgresql("version_is_frozen", "UPDATE OR DELETE", "laws_version", of_version),
        *refuse_on_postgresql("clause_is_frozen", "INSERT OR UPDATE OR DELETE", "laws_clause", of_clause, declare),
    ]
