"""Invented law, for the style guide alone: every component is shown there without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lawcompare.annotations.models import Risk
from lawcompare.comparisons.models import ClausePair, Level
from lawcompare.comparisons.reading.rows import Fold, Row, StripCell, Switches
from lawcompare.crosswalk.elements import values as side_by_side
from lawcompare.crosswalk.elements.differences import Differences, Direction, ElementDifference
from lawcompare.laws.models import Clause, Law, TextStatus, Version
from lawcompare.laws.reading.version_page import ClauseLine

LAW = Law(pk=1, slug="sample", title="Sample Act on Lanterns", jurisdiction="int", kind="draft")


def _version(pk: int, slug: str, title: str, date: str, status: str, language: str = "en") -> Version:
    return Version(
        pk=pk, law=LAW, slug=slug, title=title, date=date, text_status=status, language=language,
        source_url="https://example.org/lanterns", became_public="published for comment", articles_total=12,
        file_hash="0" * 64, note="Invented, to show how a text is set.",
    )  # fmt: skip


OLD = _version(1, "first", "First draft", "2031", TextStatus.LEAKED)
NEW = _version(2, "second", "Second draft", "2032-05-04", TextStatus.UNOFFICIAL_TRANSLATION)
KHMER = _version(3, "khmer", "សេចក្តីព្រាងគំរូ", "2032-05-04", TextStatus.OFFICIAL, "km")


def _clause(version: Version, place: int, eid: str, num: str, heading: str, text: str, **more: Any) -> Clause:
    said = {"depth": 0, "element": "article", "end": place + 1} | more
    key = version.pk * 100 + place
    return Clause(pk=key, version=version, position=place, eid=eid, num=num, heading=heading, text=text, **said)


def _pair(kind: str, old: Clause | None, new: Clause | None, **more: Any) -> ClausePair:
    return ClausePair(
        **(
            {
                "kind": kind,
                "standing": kind,
                "old": old,
                "new": new,
                "level": Level.UNIT,
                "position": 0,
                "size": 0.4,
                "score": 1,
            }
            | more
        )
    )


def _note(clause: Clause, risk: Risk, exact: str, body: str, category: str) -> SimpleNamespace:
    start = clause.text.index(exact) if exact else None
    return SimpleNamespace(
        pk=clause.pk, risk=risk, get_risk_display=risk.label, exact=exact, start=start,
        end=None if start is None else start + len(exact), body_html=f"<p>{body}</p>",
        categories=SimpleNamespace(all=[category]), organisation="Lantern Society", source_organisation="",
        proposes=False, slug=f"lantern-{clause.pk}", is_published=True, version=clause.version, clause=clause,
        get_absolute_url="#notes",
    )  # fmt: skip


BEFORE = "Whoever carries a lantern after dark is punished by a fine where it is deemed too bright."
AFTER = "Whoever carries a lantern in a public place after dark is punished by a fine."
CHANGES = [
    ["equal", "Whoever carries a lantern ", ""],
    ["insert", "in a public place ", ""],
    ["equal", "after dark is punished by a fine", ""],
    ["delete", " where it is deemed too bright", ""],
    ["equal", ".", ""],
]
PART: dict[str, Any] = {"element": "paragraph", "depth": 1}
ARTICLE_OLD = _clause(OLD, 3, "art_3", "Article 3", "Lanterns", BEFORE, text_status=TextStatus.QUOTATION)
ARTICLE_NEW = _clause(NEW, 4, "art_4", "Article 4", "Lanterns", AFTER)
GONE = _clause(OLD, 4, "art_3__para_1", "(1)", "", "A lantern of paper is not a lantern.", **PART)
COME = _clause(NEW, 5, "art_4__para_1", "(1)", "", "Fireflies are not lanterns.", **PART)
SAME = [_clause(version, 1, "art_1", "Article 1", "Purpose", "This Act is about lanterns.") for version in (OLD, NEW)]
# The same article once more, since each note bears its name on a page and stands there once.
ARTICLE_READ = _clause(NEW, 14, "art_4", "Article 4", "Lanterns", AFTER)
ARTICLE_NOTED = _clause(OLD, 13, "art_3", "Article 3", "Lanterns", BEFORE)
NAMED = _clause(NEW, 9, "art_9", "Article 9", "Lighthouses", "", text_status=TextStatus.HEADING_ONLY)
IN_KHMER = _clause(KHMER, 1, "art_km", "មាត្រា ១", "គោលបំណង", "ច្បាប់នេះនិយាយអំពីគោម។")
KINDS = ["changed", "added", "removed", "moved", "renumbered", "split", "merged", "unchanged"]
HEIGHTS = [4, 10, 10, 3, 2, 6, 5, 1]


def _comparison() -> dict[str, Any]:
    parts = [
        _pair("changed", ARTICLE_OLD, ARTICLE_NEW, changes=CHANGES, level=Level.PART),
        _pair("removed", GONE, None, level=Level.PART),
        _pair("added", None, COME, level=Level.PART),
    ]
    pairs = [
        _pair(kind, None if kind == "added" else ARTICLE_OLD, None if kind == "removed" else ARTICLE_NEW)
        for kind in KINDS
    ]
    # The new article stands on the page as law text too, and that bears its name.
    pairs[0].repeats_new = pairs[0].is_coarse = True
    words = [(kind, pair.get_kind_display(), 1) for kind, pair in zip(KINDS, pairs, strict=True)]
    unchanged = _pair("unchanged", *SAME)
    return {
        "row_and_fold": [Row(pairs[0], parts), Fold([Row(unchanged, [unchanged])])],
        "cells": [StripCell(pair, 1, height) for pair, height in zip(pairs, HEIGHTS, strict=True)],
        "kinds": [*words, ("unknown", "not known in the new text", 1)],
        "page": SimpleNamespace(number=1),
        "switches": Switches(is_inline=False, only_changes=True, hides_noise=False),
        "hidden_count": 2,
    }


def _table() -> side_by_side.ElementTable:
    columns = [side_by_side.ElementColumn(OLD, [ARTICLE_OLD]), side_by_side.ElementColumn(NEW, [ARTICLE_NEW, COME])]
    fine = side_by_side.ElementValue("A fine.", [side_by_side.Quote("a fine", "art_3")], "about 2 US dollars")
    said = side_by_side.ElementCell(columns[0], [side_by_side.SharedValues([ARTICLE_OLD], [fine])], {})
    partly = side_by_side.ElementCell(
        columns[1], [side_by_side.SharedValues([ARTICLE_NEW], [fine])], {"none stated": [COME]}
    )
    return side_by_side.ElementTable(
        columns, [side_by_side.ElementRow("Penalty", [said, partly], False)], ["Time limits"]
    )


def _differences() -> Differences:
    lighter = ElementDifference("No harm is required; Article 4 requires “a public place”.", [])
    heavier = ElementDifference("Minimum of 1 month; Article 4 has none.", [])
    return Differences(
        [Direction("Article 3 beside Article 4", [lighter])], Direction("Heavier online than offline", [heavier])
    )


def sample() -> dict[str, Any]:
    """The context of the style guide."""
    grave = _note(
        ARTICLE_OLD, Risk.CRITICAL, "deemed too bright", "Nobody can foresee what will be deemed.", "Vagueness"
    )
    alone = _note(
        ARTICLE_NOTED, Risk.CRITICAL, "deemed too bright", "Nobody can foresee what will be deemed.", "Vagueness"
    )
    read = _note(ARTICLE_READ, Risk.MEDIUM, "", "The fine has no upper bound.", "Penalty")
    other = _note(ARTICLE_NEW, Risk.MEDIUM, "", "The fine has no upper bound.", "Penalty")
    return _comparison() | {
        "old": OLD,
        "new": NEW,
        "version": NEW,
        "khmer": KHMER,
        "versions": [OLD, NEW],
        "notes": {ARTICLE_OLD.pk: [grave], ARTICLE_NEW.pk: [other], ARTICLE_READ.pk: [read]},
        "note": alone,
        "lines": [ClauseLine(ARTICLE_READ, 0, 4), ClauseLine(COME, 1, 0), ClauseLine(NAMED, 0, 4)],
        "khmer_lines": [ClauseLine(IN_KHMER, 0, 4)],
        "asked": {ARTICLE_READ.pk: [SimpleNamespace()]},
        "table": _table(),
        "differences": _differences(),
        "topic": {"elsewhere": ["Sample country: Charter of Light"]},
        "risk_levels": list(Risk)[::-1],
        "risks": [{"clause": ARTICLE_NEW, "risk": int(risk), "label": risk.label, "count": 1} for risk in Risk],
    }
