"""Which words of a rendering a note stands on: those that a person set, there or in a text it corrects."""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from typing import Any

from lawcompare.annotations.access import visible_annotations_on
from lawcompare.annotations.models import Annotation, Motivation, RenderedWords
from lawcompare.laws.access import name_to
from lawcompare.laws.models import Clause, ClauseTranslation, Version


def placed(notes: Mapping[Annotation, Clause]) -> list[Annotation]:
    """Returns copies of notes, each on the clause that renders its own: on the words that a person set there, else on
    the whole clause. The clauses have their versions. One query, or none.

    Words that were set in an earlier text (one that this rendering corrects, or of the note that this one takes up in
    the same words) are the note's where they stand in the clause once.
    """
    words = _words_set(notes)
    return [_placed(note, clause, words.get(note.pk, [])) for note, clause in notes.items()]


def _words_set(notes: Collection[Annotation]) -> dict[int, list[RenderedWords]]:
    """Returns note -> the words set for it or for the note that it takes up, its own first, the last set first."""
    if not notes:
        return {}
    earlier = {note.descends_from_id: note for note in notes if note.descends_from_id}
    wanted = {note.pk for note in notes} | set(earlier)
    words: dict[int, list[RenderedWords]] = {}
    for row in RenderedWords.objects.filter(annotation__in=wanted).order_by("-pk"):
        words.setdefault(row.annotation_id, []).append(row)
    return {
        note.pk: [
            row
            for pk in filter(None, (note.pk, note.descends_from_id))
            for row in words.get(pk, [])
            if row.of_exact == note.exact
        ]
        for note in notes
    }


def _placed(note: Annotation, clause: Clause, words: Iterable[RenderedWords]) -> Annotation:
    there = copy(note)
    there.clause, there.version = clause, clause.version
    span = _span(note, clause, list(words))
    there.exact, there.start, there.end = "", None, None
    if span is not None:
        there.exact, there.start, there.end = clause.text[slice(*span)], *span
    there.proposed_text = ""  # what was proposed for words in one language is not proposed for those of another
    if there.motivation == Motivation.EDITING:
        there.motivation = Motivation.COMMENTING
    return there


def _span(note: Annotation, clause: Clause, words: list[RenderedWords]) -> tuple[int, int] | None:
    for row in words:
        if row.version_id == clause.version_id and row.annotation_id == note.pk:
            is_here = row.clause_id == clause.pk and row.start is not None and row.end is not None
            return (row.start, row.end) if is_here else None  # type: ignore[return-value]
    for row in words:
        if row.exact and clause.text.count(row.exact) == 1:
            start = clause.text.index(row.exact)
            return start, start + len(row.exact)
    return None


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
            there = list(visible_annotations_on(user, original).for_reading())
            rows = ClauseTranslation.objects.filter(
                original__in={note.clause_id for note in there}, translation_version=version
            ).select_related("translation")
            places = {row.original_id: row.translation for row in rows.order_by("-translation__position")}
            for clause in places.values():
                clause.version = version
            # A note on what the rendering does not render is left out.
            notes += placed({note: places[note.clause_id] for note in there if note.clause_id in places})
    return notes
