"""Notes on a text, as they stand on the same clauses of a rendering of it."""

from collections.abc import Iterable
from typing import Any

from lawcompare.annotations.access import visible_annotations_on
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.renderings.words import placed
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
    """Returns the notes on some texts, and those on what they render: each on the clause that renders its own.

    There the words are marked that a person set, or none: those of the note are in the other language. Seven queries at
    most for each text.
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
    for clause in places.values():
        clause.version = rendering
    return placed({note: places[note.clause_id] for note in notes if note.clause_id in places})
