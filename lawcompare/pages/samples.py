"""Invented law, for the style guide alone: every component is shown there without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lawcompare.annotations.models import Risk
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.comparisons.rows import Cell, Fold, Row, Switches
from lawcompare.laws.models import Clause, Law, TextStatus, Version
from lawcompare.laws.reading import Line

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
    return Clause(
        pk=version.pk * 100 + place, version=version, position=place, eid=eid, num=num, heading=heading, text=text, **said
    )


def _pair(kind: str, old: Clause | None, new: Clause | None, **more: Any) -> ClausePair:
    return ClausePair(**({"kind": kind, "old": old, "new": new, "level": Level.UNIT, "size": 0.4, "score": 1} | more))


def _note(clause: Clause, risk: Risk, exact: str, start: int | None, body: str, category: str) -> SimpleNamespace:
    return SimpleNamespace(
        pk=clause.pk, risk=risk, get_risk_display=risk.label, exact=exact, start=start,
        end=start + len(exact) if start is not None else None, body_html=f"<p>{body}</p>",
        categories=SimpleNamespace(all=[category]), organisation="Lantern Society", source_organisation="",
        is_published=True, version=clause.version, clause=clause, get_absolute_url="#notes",
    )  # fmt: skip


def sample() -> dict[str, Any]:
    """The context of the style guide."""
    before = "Whoever carries a lantern after dark is punished by a fine where it is deemed too bright."
    after = "Whoever carries a lantern in a public place after dark is punished by a fine."
    changes = [
        ["equal", "Whoever carries a lantern ", ""], ["insert", "in a public place ", ""], ["equal", "after dark", ""],
        ["equal", " is punished by a fine", ""], ["delete", " where it is deemed too bright", ""], ["equal", ".", ""],
    ]  # fmt: skip
    old = _clause(OLD, 3, "art_3", "Article 3", "Lanterns", before, text_status=TextStatus.QUOTATION)
    new = _clause(NEW, 4, "art_4", "Article 4", "Lanterns", after)
    gone = _clause(OLD, 4, "art_3__para_1", "(1)", "", "A lantern of paper is not a lantern.", element="paragraph", depth=1)
    come = _clause(NEW, 5, "art_4__para_1", "(1)", "", "Fireflies are not lanterns.", element="paragraph", depth=1)
    same = [_clause(v, 1, "art_1", "Article 1", "Purpose", "This Act is about lanterns.") for v in (OLD, NEW)]
    named = _clause(OLD, 9, "art_9", "Article 9", "Lighthouses", "", text_status=TextStatus.HEADING_ONLY)
    khmer = _clause(KHMER, 1, "art_1", "មាត្រា ១", "គោលបំណង", "ច្បាប់នេះនិយាយអំពីគោម។")
    notes = {
        old.pk: [_note(old, Risk.CRITICAL, "deemed too bright", before.index("deemed"), "Nobody can foresee what will be deemed.", "Vagueness")],
        new.pk: [_note(new, Risk.MEDIUM, "", None, "The fine has no upper bound.", "Penalty")],
    }  # fmt: skip
    comparison = Comparison(pk=1, old=OLD, new=NEW)
    changed = _pair("changed", old, new, changes=changes, is_replaced=False)
    kinds = ["changed", "added", "removed", "moved", "renumbered", "split", "merged", "unchanged"]
    pairs = {kind: _pair(kind, None if kind == "added" else old, None if kind == "removed" else new) for kind in kinds}
    row = Row(changed, comparison, [changed, _pair("removed", gone, None, level=Level.PART), _pair("added", None, come, level=Level.PART)])
    fold = Fold([Row(_pair("unchanged", *same), comparison, [_pair("unchanged", *same)])])
    return {
        "old": OLD, "new": NEW, "version": NEW, "khmer": KHMER, "versions": [OLD, NEW], "notes": notes, "row": row, "fold": fold,
        "note": notes[old.pk][0], "lines": [Line(new, 0, 4), Line(come, 1, 0), Line(named, 0, 4)],
        "khmer_line": Line(khmer, 0, 4), "page": SimpleNamespace(number=1), "switches": Switches(False, True, False),
        "cells": [Cell(pair, comparison, 1, height) for height, pair in zip((4, 10, 10, 3, 2, 6, 5, 1), pairs.values(), strict=True)],
        "kinds": [*((kind, pairs[kind].get_kind_display(), 1) for kind in kinds), ("unknown", "not known in the new text", 1)],
        "hidden_count": 2, "risk_levels": list(Risk)[::-1],
        "risks": [{"clause": new, "risk": int(risk), "label": risk.label, "count": 1} for risk in Risk],
    }  # fmt: skip
