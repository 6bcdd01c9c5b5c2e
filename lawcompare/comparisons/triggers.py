"""The database refuses to change a finished comparison or a decision on a clause map, so that links keep their meaning.

Who decided may be forgotten, and not be named.
"""

from lawcompare.core.triggers import any_changed, refuse_on_postgresql, refuse_on_sqlite

REFUSAL = "A finished comparison is never changed: another engine version makes a new one beside it."
DECISION_REFUSAL = "A decision on a clause map is never changed: another one follows it."
DECISION = ["old_version_id", "new_version_id", "organisation_id", "reason", "undoes_id", "touched", "at"]


def statements(vendor: str) -> list[str]:
    return _on_sqlite() if vendor == "sqlite" else _on_postgresql()


def _on_sqlite() -> list[str]:
    is_done = "(SELECT finished_at FROM comparisons_comparison WHERE id = {row}.comparison_id) IS NOT NULL"
    of_old, of_new = is_done.format(row="OLD"), is_done.format(row="NEW")
    decided = any_changed(DECISION, "sqlite")
    return [
        *refuse_on_sqlite(
            "comparison_is_frozen", "UPDATE", "comparisons_comparison", "OLD.finished_at IS NOT NULL", REFUSAL
        ),
        *refuse_on_sqlite("pair_is_frozen", "UPDATE", "comparisons_clausepair", of_old, REFUSAL),
        *refuse_on_sqlite("pair_is_not_added", "INSERT", "comparisons_clausepair", of_new, REFUSAL),
        *refuse_on_sqlite("map_decision_is_frozen", "UPDATE", "comparisons_mapdecision", decided, DECISION_REFUSAL),
    ]


def _on_postgresql() -> list[str]:
    # With a text that never was public goes what was computed of it.
    of_comparison = f"""IF OLD.finished_at IS NOT NULL AND NOT (TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM laws_version v WHERE v.id IN (OLD.old_id, OLD.new_id) AND v.published_at IS NULL)) THEN
        RAISE EXCEPTION '{REFUSAL}';
      END IF;"""
    is_private = """TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM comparisons_comparison c JOIN laws_version v
        ON v.id IN (c.old_id, c.new_id) WHERE c.id = comparison AND v.published_at IS NULL)"""
    of_pair = f"""IF NOT ({is_private})
        AND EXISTS (SELECT 1 FROM comparisons_comparison WHERE id = comparison AND finished_at IS NOT NULL) THEN
        RAISE EXCEPTION '{REFUSAL}';
      END IF;"""
    declare = (
        "DECLARE comparison bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.comparison_id ELSE OLD.comparison_id END;"
    )
    # As text: the type json, of which ``touched`` is, cannot be compared.
    decided = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in DECISION)
    of_decision = f"IF {decided} THEN RAISE EXCEPTION '{DECISION_REFUSAL}'; END IF;"
    change, any_event = "UPDATE OR DELETE", "INSERT OR UPDATE OR DELETE"
    return [
        *refuse_on_postgresql("comparison_is_frozen", change, "comparisons_comparison", of_comparison),
        *refuse_on_postgresql("pair_is_frozen", any_event, "comparisons_clausepair", of_pair, declare),
        *refuse_on_postgresql("map_decision_is_frozen", "UPDATE", "comparisons_mapdecision", of_decision),
    ]
