"""Notes on a text, as they stand on the same clauses of a rendering of it."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from lawcompare.annotations.access import visible_annotations_on
from lawcompare.annotations.models import Annotation, Motivation
from lawcompare.laws.access import name_to
from lawcompare.laws.models import Clause, ClauseTranslation, Version


def clauses_with_versions(notes: Iterable[Annotation]) -> list[Clause]:
    """Returns the clauses of notes, each with the version of its note, which is loaded."""
    clauses = []
    for note in notes:
        note.clause.version = note.version
        clauses.append(note.clause)
    return clauses


def notes_with_originals(user: Any, *versions: Version) -> list[Annotation]:
    """Returns the notes on some texts, and those on what they render: each on the whole clause that renders its own.

    The words of such a note are in the other language, so that none are marked. Six queries at most for each text.
    """
    notes = list(visible_annotations_on(user, *versions).for_reading())
    for version in versions:
        original = name_to(user, version.translates) if version.translates_id else None
        if original is not None:
            notes += _placed(list(visible_annotations_on(user, original).for_reading()), version)
    return notes


def _placed(notes: list[Annotation], rendering: Version) -> list[Annotation]:
    """Returns copies of notes on the clauses of a rendering; a note on what it does not render is left out."""
    rows = ClauseTranslation.objects.filter(
        original__in={note.clause_id for note in notes}, translation_version=rendering
    ).select_related("translation")
    places = {row.original_id: row.translation for row in rows.order_by("-translation__position")}
    placed = []
    for note in notes:
        if note.clause_id in places:
            there = copy(note)
            there.clause, there.version = places[note.clause_id], rendering
            there.exact, there.start, there.end = "", None, None
            there.proposed_text = ""  # what was proposed for some words is not proposed for all of a clause
            if there.motivation == Motivation.EDITING:
                there.motivation = Motivation.COMMENTING
            placed.append(there)
    return placed
