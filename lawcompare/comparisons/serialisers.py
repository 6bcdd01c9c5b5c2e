"""A finished comparison and its pairs as data, for the command, the ``.json`` address and the API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from lawcompare.accounts.models import VISITOR, Person
from lawcompare.comparisons.access import lead_of
from lawcompare.comparisons.elements import ElementChange, element_changes
from lawcompare.comparisons.models import ClausePair, Comparison, Level, slips_in
from lawcompare.crosswalk.models import Correspondence, Value
from lawcompare.crosswalk.provisions import values_of_clauses
from lawcompare.crosswalk.values.exchange import value_data
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import change_sentences, evidence_in_words
from lawcompare.laws.amendments.access import Instructions, amendment_between
from lawcompare.laws.models import Clause, Version

_SAID = ("act", "eid", "operation", "by_hand")


def comparison_data(comparison: Comparison, reader: Person = VISITOR) -> dict[str, Any]:
    """``{"old", "new", "engine", "stats", "pairs"}``; a pair is a row, with ``parts`` for what stands inside it."""
    act = Instructions(amendment_between(reader, comparison.old, comparison.new))
    pairs: list[dict[str, Any]] = []
    lead = lead_of(comparison.old, comparison.new)
    elements = element_changes(comparison)
    related = ["old", "new", "decision__decision__organisation", "decision__decision__by"]
    for pair in comparison.pairs.select_related(*related).order_by("position"):
        if pair.level == Level.PART:
            pairs[-1].setdefault("parts", []).append(pair_data(pair))
        else:
            pairs.append(pair_data(pair, elements.get(pair.pk, ()), act.of_row(pair.old, pair.new)))
    return {
        "old": comparison.old.address,
        "new": comparison.new.address,
        "text_status": [comparison.old.text_status, comparison.new.text_status],
        "proposed_by": [str(comparison.old.unchecked_of or ""), str(comparison.new.unchecked_of or "")],
        "is_partial": [comparison.old.is_partial, comparison.new.is_partial],
        "lead": {"sentence": lead.body, "proposed_by": lead.proposed_by} if lead else None,
        "engine": comparison.engine,
        "edition": comparison.edition,
        "text_hashes": [comparison.old.text_hash, comparison.new.text_hash],
        "stats": comparison.stats,
        "standings": comparison.tally,
        "corrected_by": comparison.corrected_by,
        "pairs": [pair for pair in pairs if pair["level"] == Level.UNIT],
        "headings": [pair for pair in pairs if pair["level"] == Level.CONTAINER],
    }


def pair_data(
    pair: ClausePair, elements: Sequence[ElementChange] = (), instructions: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """A pair for programs: ``kind`` is what the clause map has, ``standing`` what may be said of it. A clause missing
    from a text that is known in part is ``not-in-new``, and not ``removed``. ``elements`` are what changed in two
    restatements, whose words in ``changes`` are ``only-old`` and ``only-new``; ``instructions`` those of the act that
    amends the one text into the other.
    """
    data: dict[str, Any] = {
        "kind": pair.kind,
        "standing": pair.standing,
        "old": _clause_data(pair.old),
        "new": _clause_data(pair.new),
        "score": pair.score,
        "group": pair.group,
        "level": pair.level,
        "size": pair.size,
        "noise": pair.is_noise,
        "slips": slips_in(pair.sentences),
        "evidence": evidence_in_words(ENGLISH, pair.reasons),
        "reasons": pair.reasons,
        "sentence": change_sentences(ENGLISH, pair.sentences),
        "sentence_by": "program",
    }
    if pair.decision:
        data["decided"] = {"by": pair.decision.credit, "reason": pair.decision.reason}
    if names := pair.may_rest_on:
        data["corrected_by"] = names
    if elements:
        data["elements"] = [one.as_data() for one in elements]
    if instructions:
        data["instructions"] = [{name: one[name] for name in _SAID} for one in instructions]
    if pair.is_unseen:
        data["unseen"] = True
    if pair.changes:
        data["changes"] = pair.changes
    if pair.heading_changes:
        data["heading_changes"] = pair.heading_changes
    return data


def _clause_data(clause: Clause | None) -> dict[str, str] | None:
    return {"eid": clause.eid, "num": clause.num, "heading": clause.heading} if clause else None


def correspondence_data(
    old: Version, new: Version, stated: Sequence[Correspondence], values: QuerySet[Value]
) -> dict[str, Any]:
    """How two laws answer each other: what a pair that was not compared as texts has instead of ``pairs``.

    ``values`` are those that the reader may see; those of the clauses named are listed by text.
    """
    clauses = [clause for row in stated for clause in (row.subject, row.object) if clause]
    by_clause = values_of_clauses(values, clauses)
    return {
        "old": old.address,
        "new": new.address,
        "proposed_by": [str(old.unchecked_of or ""), str(new.unchecked_of or "")],
        "text_hashes": [old.text_hash, new.text_hash],
        "correspondences": [
            {
                "topic": row.stated_topic.slug,
                "subject": {"text": row.subject_version.address, **(_clause_data(row.subject) or {})},
                "relation": row.relation,
                "basis": row.basis,
                "object": {"text": row.object_version.address, **(_clause_data(row.object) or {})},
                "elements": row.elements,
                "reasoning": row.reasoning,
                "searched": row.searched,
                "author": row.credit,
                "proposed_by": row.proposed_by,
                "standing": row.standing,
            }
            for row in stated
        ],
        "values": {
            version.address: [
                value_data(value) for rows in by_clause.values() for value in rows if value.version_id == version.pk
            ]
            for version in (old, new)
        },
    }
