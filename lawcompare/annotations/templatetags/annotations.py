"""Annotations in the margin, for pages of apps below and above this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString

from lawcompare.accounts.models import Person
from lawcompare.annotations.access import may_set_words, visible_annotations, visible_annotations_on
from lawcompare.annotations.filters import Notes, notes_among
from lawcompare.annotations.html import (
    ClauseWriter,
    body_in_reader_language,
    in_groups,
    law_text,
    with_rendered,
)
from lawcompare.annotations.models import Annotation, Category, OwnNote, Risk
from lawcompare.annotations.own_notes import own_note_on
from lawcompare.annotations.rendered_words import placed
from lawcompare.engine.diff import diff
from lawcompare.laws.html import INDENT_MAX, changed, joined, lead_of, marked
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.version_page import ClauseLine

register = template.Library()
register.simple_tag(law_text)
register.filter(in_groups)
register.filter(with_rendered)
register.filter(body_in_reader_language)

# Characters, before and after together, of a proposal that a margin shows, and of all that a page has in its margin.
PROPOSAL_SHOWN, PROPOSALS_SHOWN = 600, 20_000


@register.simple_tag(takes_context=True)
def annotations_on(context: Any, clauses: Iterable[Clause]) -> Notes:
    """What the reader may see on these clauses and asks for, by clause. Four queries, however many clauses.

    With them come the notes on the clauses that say the same ``in_other_language``. Kept in the context as ``notes``,
    where the other tags find it.
    """
    rows = list(clauses)
    rows += [other for clause in rows for other in getattr(clause, "in_other_language", ())]
    request = context["request"]
    annotations = _visible_on(request.user, rows) if rows else ()
    notes = notes_among(request.GET, annotations, {clause.pk for clause in rows})
    notes.rendered = _on_words_of_renderings(notes, rows)
    return notes


@register.simple_tag(takes_context=True)
def own_note_on_clause(context: Any, clause: Clause) -> OwnNote | None:
    """The note of the person who reads to themselves; a query for who has signed in, none for a visitor."""
    user = context["request"].user
    return own_note_on(user, clause) if user.is_authenticated else None


def _on_words_of_renderings(notes: Notes, clauses: Iterable[Clause]) -> dict[int, list[Annotation]]:
    """By clause of a rendering, the notes on what it renders whose words a person set there. One query, or none."""
    renderings: dict[Annotation, Clause] = {}
    for clause in clauses:
        for other in getattr(clause, "in_other_language", ()):
            pairs = ((clause, other), (other, clause))
            for original, renders in pairs:
                if notes.get(original.pk) and renders.version.translates_id == original.version_id:
                    for note in notes[original.pk]:
                        renderings.setdefault(note, renders)
    rendered: dict[int, list[Annotation]] = {}
    for note, there in zip(renderings, placed(renderings), strict=True):
        if there.exact:
            rendered.setdefault(there.clause_id, []).append(there)
            note.in_rendering = there
    return rendered


def _visible_on(user: Person, clauses: Sequence[Clause]) -> Iterable[Annotation]:
    """The annotations on the versions of clauses of a page; asked simply where the versions themselves are loaded."""
    if not all(Clause.version.is_cached(clause) for clause in clauses):
        return visible_annotations(user).for_reading().without_words().on_versions(*{one.version_id for one in clauses})
    by_pk = {clause.pk: clause for clause in clauses}
    versions = {clause.version_id: clause.version for clause in clauses}
    visible = visible_annotations_on(user, *versions.values())
    # On most texts nobody wrote: the little question spares the one for all columns.
    notes = list(visible.with_labels().without_words()) if visible.exists() else []
    for note in notes:
        note.version = versions[note.version_id]
        if note.clause_id in by_pk:
            note.clause = by_pk[note.clause_id]
    return notes


@register.simple_tag(takes_context=True)
def write_clauses(context: Any, lines: Iterable[ClauseLine], version: Version) -> SafeString:
    """Clauses as HTML. Takes from the context: notes, asked, membership, is_preview, beside, translation."""
    return ClauseWriter(version, context).write(lines)


@register.filter
def of_clause(notes: dict[int, list[Annotation]], clause: Clause | None) -> list[Annotation]:
    return notes.get(clause.pk, []) if clause else []


@register.simple_tag
def notes_on_rendering(annotation: Annotation, clause: Clause) -> dict[int, list[Annotation]]:
    """One annotation as the notes of the clause that renders its own: on the words a person set there, or on none."""
    return {note.clause_id: [note] for note in placed({annotation: clause})}


@register.simple_tag(takes_context=True)
def words_address(context: Any, note: Annotation) -> str:
    """Returns the page on which the reader may set the words of a note on the rendering that is shown; else nothing."""
    user = context["request"].user
    texts = [context.get("translation"), context.get("version")]
    of = getattr(note, "version_id", None)  # a note of the style guide has none
    shown = next((text for text in texts if isinstance(text, Version) and text.translates_id == of), None)
    if shown is None or of is None or not note.is_published or not may_set_words(user, note):
        return ""
    return reverse("rendered_words", args=[note.slug, shown.law.slug, shown.slug])


@register.simple_tag
def own_notes(annotation: Annotation | None) -> dict[int, list[Annotation]]:
    """One annotation as the notes of its clause: a text with its words alone marked; none, with no words marked."""
    return {annotation.clause_id: [annotation]} if annotation else {}


# The words of a proposal are the same on every page; long ones would fill the memory.
_diff, DIFF_KEPT = lru_cache(maxsize=256)(diff), 10_000


@register.simple_tag
def proposed(annotation: Annotation) -> SafeString:
    """The words an annotation proposes, as a redline of those it is on, or of all of its clause."""
    words = annotation.exact or annotation.clause.text
    language = annotation.version.language
    is_kept = len(words) + len(annotation.proposed_text) <= DIFF_KEPT
    redline = (_diff if is_kept else diff)(words, annotation.proposed_text, language=language)
    runs = (changed(c.op, marked(c.text, language), c.noise) for c in redline.changes)
    return joined("".join(runs))


@register.simple_tag(takes_context=True)
def short_proposal(context: Any, annotation: Annotation) -> SafeString | str:
    """The redline of a proposal that fits a margin; empty of a longer one, and where the page has no room for more."""
    letters = len(annotation.exact or annotation.clause.text) + len(annotation.proposed_text)
    request = context["request"]
    room = getattr(request, "room_for_proposals", PROPOSALS_SHOWN) - letters
    if letters > PROPOSAL_SHOWN or room < 0:
        return ""
    request.room_for_proposals = room
    return proposed(annotation)


@register.filter
def risk_name(risk: int | str | None) -> str:
    return str(Risk(int(risk or 0)).label)


@register.simple_tag
def category_names() -> dict[str, str]:
    """What the codes of categories are called, in the reader's language."""
    return {category.code: str(category) for category in Category.objects.known()}


@register.filter
def get(names: dict[str, str], code: str) -> str:
    return names.get(code, code)


@register.filter
def steps_inside(part: Clause, clause: Clause) -> int:
    """How many steps a clause stands inside another."""
    return min(max(part.depth - clause.depth, 0), INDENT_MAX)


@register.simple_tag
def clause_lead(clause: Clause, language: str) -> SafeString:
    """The number and heading that run into the first line of a clause; ``language`` is that of its text."""
    return joined(lead_of(clause, language))


@register.filter
def redlined(changes: Iterable[tuple[str, str]], language: str = "") -> SafeString:
    """Runs of (what happened, words) as HTML; ``language`` is that of the words, if not of the page."""
    runs = (changed(op, marked(words, language)) for op, words in changes)
    return joined("".join(runs))
