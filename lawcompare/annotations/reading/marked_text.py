"""Words of a law with the words marked on which there are notes, as HTML."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from lawcompare.annotations.models import Annotation, Risk
from lawcompare.annotations.reading.marks import ChangeRun, MarkedRun, NoteSpan, closing, cut, cut_changes, grouped
from lawcompare.languages import digits
from lawcompare.laws.html import as_html, joined, mark, note_link, paragraphs, paragraphs_of, with_lead
from lawcompare.laws.models import Clause


def law_text(
    clause: Clause | None, notes: Mapping[int, list[Annotation]] | None, lead: str = "", language: str = ""
) -> SafeString:
    """The clause's text as HTML paragraphs, annotated words marked. ``lead``, HTML, begins the first of them.

    ``language`` is that of its text, for whoever has it at hand.
    """
    if clause is None:
        return joined()
    language = language or clause.version.language
    if notes and notes_on(notes, clause):
        # A text with one note alone, on that note's own page, needs no way to it.
        is_linked = getattr(notes, "is_linked", False)
        words = paragraphs_of(_marked_runs(runs, language, is_linked) for runs in marked_paragraphs(clause, notes))
    else:
        words = paragraphs(clause.text, language)
    return joined(with_lead(words, conditional_escape(lead)))


def _marked_runs(runs: Iterable[MarkedRun], language: str, is_linked: bool) -> str:
    return "".join(
        mark_words(run.text, run.annotations, language) + (note_mark(run.closes) if is_linked else "") for run in runs
    )


def marked_paragraphs(clause: Clause, notes: Mapping[int, list[Annotation]]) -> list[list[MarkedRun]]:
    """The clause's text as paragraphs of runs, each run with the annotations on it."""
    return _paragraphs(cut(clause.text, spans_of(notes_on(notes, clause))))


def notes_on(notes: Mapping[int, list[Annotation]], clause: Clause) -> list[Annotation]:
    """The notes whose words are marked in a clause: its own, and those of what it renders on the words set for them."""
    rendered: Mapping[int, list[Annotation]] = getattr(notes, "rendered", {})
    return [*notes.get(clause.pk, []), *rendered.get(clause.pk, [])]


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


def spans_of(annotations: Iterable[Annotation]) -> list[NoteSpan]:
    """The words that notes are on, as spans of the clause's text; notes on the whole clause have none."""
    return closing(NoteSpan(a.start, a.end, a) for a in annotations if a.start is not None and a.end is not None)


def marked_changes(
    changes: Sequence[Sequence[str]], old: Clause | None, new: Clause | None, notes: Mapping[int, list[Annotation]]
) -> list[ChangeRun]:
    """The runs of a redline, each with the annotations on its words on either side."""
    old_spans = spans_of(notes.get(old.pk, [])) if old else []
    new_spans = spans_of(notes.get(new.pk, [])) if new else []
    return cut_changes(changes, old_spans, new_spans)


def mark_words(words: str, annotations: Sequence[Any], language: str) -> str:
    """Words of a text in ``language`` as HTML, underlined where there are notes on them, by the highest risk."""
    html = as_html(words, language)
    return mark(html, max(a.risk for a in annotations)) if annotations else html


def note_mark(notes: Sequence[Any]) -> str:
    """The one mark after words with notes on them, that leads to the notes: their gravest risk and number."""
    if not notes:
        return ""
    gravest = max(notes, key=lambda note: note.risk)
    spoken = ngettext("%(n)s note: %(risk)s", "%(n)s notes, the gravest: %(risk)s", len(notes)) % {
        "n": digits(len(notes)),
        "risk": Risk(gravest.risk).label,
    }
    return note_link(gravest.slug, gravest.risk, digits(len(notes)) if len(notes) > 1 else "", spoken)


def in_groups(notes: Sequence[Annotation]) -> list[list[Annotation]]:
    """Notes on words that overlap together, the gravest of each group first, and the gravest group first."""
    on_words = [[cast(Annotation, span.annotation) for span in group] for group in grouped(spans_of(notes))]
    alone = [[note] for note in notes if note.start is None]
    groups = [sorted(group, key=lambda note: -note.risk) for group in [*on_words, *alone]]
    return sorted(groups, key=lambda group: -group[0].risk)
