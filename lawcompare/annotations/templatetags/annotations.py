"""Annotations in the margin, for pages of rooms below and above this one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, cast

from django import template
from django.http import QueryDict
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from lawcompare.annotations.access import visible_annotations
from lawcompare.annotations.filters import PAGE_NAMES, FilterChoices, NoteFilter, page_filter
from lawcompare.annotations.models import Annotation, Category, Risk
from lawcompare.annotations.reading.marks import ChangeRun, MarkedRun, NoteSpan, closing, cut, cut_changes, grouped
from lawcompare.engine.diff import diff
from lawcompare.languages import digits
from lawcompare.laws import rendering
from lawcompare.laws.models import Clause

register = template.Library()

INDENT_MAX = 6
# Characters, before and after together, of a proposal that a margin shows at once.
PROPOSAL_SHOWN = 600


@register.simple_tag(takes_context=True)
def annotations_on(context: Any, clauses: Iterable[Clause]) -> Notes:
    """What the reader may see on these clauses and asks for, by clause. Three queries, however many clauses.

    With them come the notes on the clauses that say the same ``in_other_language``. Kept in the context as ``notes``,
    where the other tags find it.
    """
    rows = list(clauses)
    rows += [other for clause in rows for other in getattr(clause, "in_other_language", ())]
    request = context["request"]
    annotations: Iterable[Annotation] = ()
    if rows:
        visible = visible_annotations(request.user).for_reading()
        annotations = visible.on_versions(*{clause.version_id for clause in rows})
    return notes_among(request.GET, annotations, {clause.pk for clause in rows})


def notes_among(query: QueryDict, annotations: Iterable[Annotation], clauses: Collection[int]) -> Notes:
    """Of the notes that the reader may see on some texts, those on the clauses of a page that the address asks for."""
    notes = Notes(page_filter(query))
    notes.take(annotations, clauses)
    notes.kept = [(name, value) for name, values in query.lists() if name not in PAGE_NAMES for value in values]
    return notes


class Notes(dict[int, list[Annotation]]):
    """The notes shown on the clauses of a page, by clause; how many the filter hides, and what it may be set to."""

    def __init__(self, chosen: NoteFilter) -> None:
        super().__init__()
        self.filter = chosen
        self.total = self.hidden = 0
        self.choices = FilterChoices([], [], [])
        # What else is in the address, which the filter's form takes along.
        self.kept: list[tuple[str, str]] = []

    def take(self, annotations: Iterable[Annotation], clauses: Collection[int]) -> None:
        """Of the notes on a text: what the filter may be set to, and those of the page's clauses that it shows."""
        rows = list(annotations)
        self.choices = FilterChoices.among(rows, self.filter)
        for note in rows:
            if note.clause_id not in clauses:
                continue
            self.total += 1
            if self.filter.shows(note):
                self.setdefault(note.clause_id, []).append(note)
            else:
                self.hidden += 1

    @property
    def shown(self) -> int:
        return self.total - self.hidden


@register.filter
def with_rendered(notes: dict[int, list[Annotation]], clause: Clause | None) -> list[Annotation]:
    """The notes on a clause, then those on the clauses of the other language that say the same."""
    if clause is None:
        return []
    own = notes.get(clause.pk, [])
    return [*own, *(note for other in getattr(clause, "in_other_language", ()) for note in notes.get(other.pk, []))]


@register.filter
def of_clause(notes: dict[int, list[Annotation]], clause: Clause | None) -> list[Annotation]:
    return notes.get(clause.pk, []) if clause else []


@register.simple_tag
def marked(clause: Clause, notes: Mapping[int, list[Annotation]]) -> list[list[MarkedRun]]:
    """The clause's text as paragraphs of runs, each run with the annotations on it."""
    return _paragraphs(cut(clause.text, spans_of(notes.get(clause.pk, []))))


def spans_of(annotations: Iterable[Annotation]) -> list[NoteSpan]:
    """The words that notes are on, as spans of the clause's text; notes on the whole clause have none."""
    return closing(NoteSpan(a.start, a.end, a) for a in annotations if a.start is not None and a.end is not None)


@register.filter
def in_groups(notes: Sequence[Annotation]) -> list[list[Annotation]]:
    """Notes on words that overlap together, the gravest of each group first, and the gravest group first."""
    on_words = [[cast(Annotation, span.annotation) for span in group] for group in grouped(spans_of(notes))]
    alone = [[note] for note in notes if note.start is None]
    groups = [sorted(group, key=lambda note: -note.risk) for group in [*on_words, *alone]]
    return sorted(groups, key=lambda group: -group[0].risk)


def _paragraphs(runs: Iterable[MarkedRun]) -> list[list[MarkedRun]]:
    paragraphs: list[list[MarkedRun]] = [[]]
    for run in runs:
        lines = run.text.split("\n")
        last = len(lines) - 1
        for number, line in enumerate(lines):
            if number:
                paragraphs.append([])
            if line:
                paragraphs[-1].append(replace(run, text=line, closes=run.closes if number == last else ()))
    return [paragraph for paragraph in paragraphs if paragraph]


@register.simple_tag
def law_text(clause: Clause | None, notes: Mapping[int, list[Annotation]], lead: str = "") -> SafeString:
    """The clause's text as HTML paragraphs, annotated words marked. ``lead``, HTML, begins the first of them."""
    if clause is None:
        return mark_safe("")
    html = (
        _marked_paragraphs(clause, notes) if notes.get(clause.pk) else clause.html or rendering.paragraphs(clause.text)
    )
    return mark_safe(rendering.with_lead(html, str(conditional_escape(lead))))  # noqa: S308


def _marked_paragraphs(clause: Clause, notes: Mapping[int, list[Annotation]]) -> str:
    # A text with one note alone, on that note's own page, needs no way to it.
    is_linked = isinstance(notes, Notes)
    return rendering.paragraphs_of(
        "".join(mark_words(run.text, run.annotations) + (note_mark(run.closes) if is_linked else "") for run in runs)
        for runs in marked(clause, notes)
    )


@register.simple_tag
def own_notes(annotation: Annotation | None) -> dict[int, list[Annotation]]:
    """One annotation as the notes of its clause: a text with its words alone marked; none, with no words marked."""
    return {annotation.clause_id: [annotation]} if annotation else {}


@register.simple_tag
def proposed(annotation: Annotation) -> SafeString:
    """The words an annotation proposes, as a redline of those it is on, or of all of its clause."""
    words = annotation.exact or annotation.clause.text
    redline = diff(words, annotation.proposed_text, language=annotation.version.language)
    runs = (rendering.changed(c.op, escape(c.text), c.noise) for c in redline.changes)
    return rendering.in_language("".join(runs))


@register.filter
def is_short_proposal(annotation: Annotation) -> bool:
    """Whether the redline of a proposal fits a margin."""
    return len(annotation.exact or annotation.clause.text) + len(annotation.proposed_text) <= PROPOSAL_SHOWN


@register.filter
def risk_name(risk: int | str | None) -> str:
    return str(Risk(int(risk or 0)).label)


@register.simple_tag
def category_names() -> dict[str, str]:
    """What the codes of categories are called, in the reader's language."""
    return {category.code: str(category) for category in Category.objects.all()}


@register.filter
def get(names: dict[str, str], code: str) -> str:
    return names.get(code, code)


@register.filter
def steps_inside(part: Clause, clause: Clause) -> int:
    """How many steps a clause stands inside another."""
    return min(max(part.depth - clause.depth, 0), INDENT_MAX)


@register.simple_tag
def clause_lead(clause: Clause) -> SafeString:
    """The number and heading that run into a clause's first line."""
    return mark_safe(rendering.lead(escape(clause.num), escape(clause.heading)))  # noqa: S308


def mark_words(words: str, annotations: Sequence[Any]) -> str:
    """Words as HTML, underlined where there are notes on them, by the highest risk."""
    return rendering.mark(words, max(a.risk for a in annotations)) if annotations else escape(words)


def note_mark(notes: Sequence[Any]) -> str:
    """The one mark after words with notes on them, that leads to the notes: their gravest risk and number."""
    if not notes:
        return ""
    gravest = max(notes, key=lambda note: note.risk)
    spoken = ngettext("%(n)s note: %(risk)s", "%(n)s notes, the gravest: %(risk)s", len(notes)) % {
        "n": digits(len(notes)),
        "risk": Risk(gravest.risk).label,
    }
    return rendering.note_link(gravest.slug, gravest.risk, digits(len(notes)) if len(notes) > 1 else "", spoken)


@register.filter
def redlined(changes: Iterable[tuple[str, str]]) -> SafeString:
    """Runs of (what happened, words) as HTML."""
    return rendering.in_language("".join(rendering.changed(op, escape(words)) for op, words in changes))


@register.simple_tag
def marked_changes(
    changes: Sequence[Sequence[str]], old: Clause | None, new: Clause | None, notes: Mapping[int, list[Annotation]]
) -> list[ChangeRun]:
    """The runs of a redline, each with the annotations on its words on either side."""
    old_spans = spans_of(notes.get(old.pk, [])) if old else []
    new_spans = spans_of(notes.get(new.pk, [])) if new else []
    return cut_changes(changes, old_spans, new_spans)
