"""Notes as HTML: their Markdown, the words of a text they are on, and clauses of a text with their notes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise
from typing import Any, cast

import nh3
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.core.translations.texts import localised
from lawcompare.languages import digits, reader_language
from lawcompare.laws.amendments.access import own_amendment
from lawcompare.laws.amendments.html import InstructionLinks
from lawcompare.laws.html import (
    ClauseAddresses,
    as_html,
    component,
    joined,
    lead,
    mark,
    paragraphs,
    paragraphs_of,
    with_lead,
)
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.version_page import ClauseLine

# By key of a clause.
NoteMap = Mapping[int, list[Annotation]]


@dataclass(frozen=True)
class NoteSpan:
    """An annotation's words in a text: code points ``start`` up to and without ``end``."""

    start: int
    end: int
    annotation: object
    # On the last to end of spans that overlap: their annotations, for the one mark that stands after them.
    group: tuple[object, ...] = ()


@dataclass(frozen=True)
class MarkedRun:
    """A run of text under the same annotations."""

    text: str
    annotations: tuple[object, ...] = ()
    # The annotations on overlapping words that end here.
    closes: tuple[object, ...] = ()


def grouped(spans: Iterable[NoteSpan]) -> list[list[NoteSpan]]:
    """Spans that overlap, directly or through others, together; in the order of the text.

    >>> [[s.annotation for s in one] for one in grouped([NoteSpan(9, 12, 3), NoteSpan(0, 5, 1), NoteSpan(3, 8, 2)])]
    [[1, 2], [3]]
    """
    groups: list[list[NoteSpan]] = []
    reach = -1
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if groups and span.start < reach:
            groups[-1].append(span)
        else:
            groups.append([span])
        reach = max(reach, span.end)
    return groups


def closing(spans: Iterable[NoteSpan]) -> list[NoteSpan]:
    """The same spans; the last to end of each group knows the group's annotations."""
    closed: list[NoteSpan] = []
    for group in grouped(spans):
        last = max(range(len(group)), key=lambda place: group[place].end)
        notes = tuple(span.annotation for span in group)
        closed += [replace(span, group=notes) if place == last else span for place, span in enumerate(group)]
    return closed


def cut(text: str, spans: Iterable[NoteSpan]) -> list[MarkedRun]:
    """Cut a text where annotations begin and end. Joining the runs gives the text.

    >>> [(run.text, run.annotations) for run in cut("deemed to hinder", [NoteSpan(0, 9, 1), NoteSpan(7, 16, 2)])]
    [('deemed ', (1,)), ('to', (1, 2)), (' hinder', (2,))]
    """
    held = [span for span in spans if span.start < span.end <= len(text)]
    if not held:
        return [MarkedRun(text)] if text else []
    edges = sorted({0, len(text)} | {span.start for span in held} | {span.end for span in held})
    ends = {span.end: span.group for span in held if span.group}
    return [
        MarkedRun(
            text[start:end],
            tuple(span.annotation for span in held if span.start <= start and end <= span.end),
            ends.get(end, ()),
        )
        for start, end in pairwise(edges)
    ]


@dataclass(slots=True)
class ChangeRun:
    """A run of a redline under the same annotations of either side."""

    op: str
    text: str
    noise: str = ""
    annotations: tuple[object, ...] = ()
    closes: tuple[object, ...] = ()


def marked_changes(
    changes: Sequence[Sequence[str]], old: Clause | None, new: Clause | None, notes: NoteMap
) -> list[ChangeRun]:
    """The runs of a redline, each with the annotations on its words on either side."""
    old_spans = spans_of(notes.get(old.pk, [])) if notes and old else []
    new_spans = spans_of(notes.get(new.pk, [])) if notes and new else []
    if not old_spans and not new_spans:
        return [ChangeRun(op, text, noise) for op, text, noise in changes if text]
    runs: list[ChangeRun] = []
    old_at = new_at = 0
    for op, text, noise in changes:
        spans: list[NoteSpan] = []
        if op in {"equal", "delete", "only-old"}:
            spans += _shifted(old_spans, old_at, len(text))
            old_at += len(text)
        if op in {"equal", "insert", "only-new"}:
            spans += _shifted(new_spans, new_at, len(text))
            new_at += len(text)
        runs += [ChangeRun(op, run.text, noise, run.annotations, run.closes) for run in cut(text, spans)]
    return runs


def _shifted(spans: Sequence[NoteSpan], at: int, length: int) -> list[NoteSpan]:
    """The parts of spans that fall into the ``length`` code points from ``at``, counted from there."""
    return [
        NoteSpan(
            max(span.start - at, 0),
            min(span.end - at, length),
            span.annotation,
            span.group if span.end <= at + length else (),
        )
        for span in spans
        if span.start < at + length and span.end > at
    ]


# --- A text with its words marked -------------------------------------------------------------------------------------


def law_text(clause: Clause | None, notes: NoteMap | None, lead: str = "", language: str = "") -> SafeString:
    """The clause's text as HTML paragraphs, annotated words marked. ``lead``, HTML, begins the first of them.

    ``language`` is that of its text, for whoever has it at hand.
    """
    if clause is None:
        return joined()
    language = language or clause.version.language
    if notes and notes_on(notes, clause):
        # A text with one note alone, on that note's own page, needs no way to it.
        is_linked = getattr(notes, "is_linked", False)
        rows = _paragraphs(cut(clause.text, spans_of(notes_on(notes, clause))))
        words = paragraphs_of(
            "".join(
                mark_words(run.text, run.annotations, language) + (note_mark(run.closes) if is_linked else "")
                for run in runs
            )
            for runs in rows
        )
    else:
        words = paragraphs(clause.text, language)
    return joined(with_lead(words, conditional_escape(lead)))


def notes_on(notes: NoteMap, clause: Clause) -> list[Annotation]:
    """The notes whose words are marked in a clause: its own, and those of what it renders on the words set for them."""
    rendered: NoteMap = getattr(notes, "rendered", {})
    return [*notes.get(clause.pk, []), *rendered.get(clause.pk, [])]


def _paragraphs(runs: Iterable[MarkedRun]) -> list[list[MarkedRun]]:
    paragraphs: list[list[MarkedRun]] = [[]]
    for run in runs:
        lines = run.text.split("\n")
        last = len(lines) - 1
        for number, line in enumerate(lines):
            if number:
                paragraphs.append([])
            cells = [cell for cell in re.split("(\t)", line) if cell]  # a mark ends with the cell of a table
            for place, cell in enumerate(cells, 1):
                closes = run.closes if number == last and place == len(cells) else ()
                notes = () if cell == "\t" else run.annotations
                paragraphs[-1].append(replace(run, text=cell, annotations=notes, closes=closes))
    return [paragraph for paragraph in paragraphs if paragraph]


def spans_of(annotations: Iterable[Annotation]) -> list[NoteSpan]:
    """The words that notes are on, as spans of the clause's text; notes on the whole clause have none."""
    return closing(NoteSpan(a.start, a.end, a) for a in annotations if a.start is not None and a.end is not None)


def mark_words(words: str, annotations: Sequence[Any], language: str) -> str:
    """Words of a text in ``language`` as HTML, underlined where there are notes on them, by the highest risk."""
    html = as_html(words, language)
    return mark(html, max(a.risk for a in annotations)) if annotations else html


def note_mark(notes: Sequence[Any]) -> str:
    """The one sign after words with notes on them, that leads to the gravest and tells its risk and their number.

    It holds no text: a program that looks for quoted words in the text of the page finds them whole (W3C
    TextQuoteSelector), as it finds them in the clause.
    """
    if not notes:
        return ""
    gravest = max(notes, key=lambda note: note.risk)
    spoken = ngettext("%(n)s note: %(risk)s", "%(n)s notes, the gravest: %(risk)s", len(notes)) % {
        "n": digits(len(notes)),
        "risk": Risk(gravest.risk).label,
    }
    number = f' data-count="{digits(len(notes))}"' if len(notes) > 1 else ""
    link = f'<a class="ref r{gravest.risk}" href="#note-{gravest.slug}" aria-label="{escape(spoken)}"{number}>'
    return f"{link}<span></span></a>"


def in_groups(notes: Sequence[Annotation]) -> list[list[Annotation]]:
    """Notes on words that overlap together, the gravest of each group first, and the gravest group first."""
    on_words = [[cast(Annotation, span.annotation) for span in group] for group in grouped(spans_of(notes))]
    alone = [[note] for note in notes if note.start is None]
    groups = [sorted(group, key=lambda note: -note.risk) for group in [*on_words, *alone]]
    return sorted(groups, key=lambda group: -group[0].risk)


# --- Clauses of a page ------------------------------------------------------------------------------------------------


class ClauseWriter:
    """Writes clauses of ``version`` for the page of ``context``: with its notes, its questions, a text set beside."""

    def __init__(self, version: Version, context: Context) -> None:
        self.context, self.language = context, version.language
        self.notes: NoteMap = context.get("notes") or {}
        self.questions: Mapping[int, Any] = context.get("asked") or {}
        self.former: Mapping[int, list[str]] = context.get("former") or {}
        self.is_beside = bool(context.get("beside"))
        # Which article of an act changed what, of a text that the program made.
        request = context.get("request")
        self.amended = InstructionLinks(own_amendment(request.user if request else VISITOR, version))
        # In a preview the pages of clauses are not there yet.
        self.addresses = None if context.get("is_preview") else ClauseAddresses(version)
        self.annotates = bool(context.get("membership"))
        # Looked up once, for a page has hundreds of clauses.
        self.before_link = f'<span class="tools" lang="{reader_language().code}"><a href="#'
        self.to_itself = f'" title="{escape(_("Link to this clause"))}">¶<span class="sr"> {escape(_("link to"))} '
        self.opens, self.annotate = escape(_("open")), escape(_("annotate"))

    def write(self, lines: Iterable[ClauseLine]) -> SafeString:
        """Lines in order."""
        return joined(*map(self._line, lines))

    def _line(self, line: ClauseLine) -> str:
        """A heading above articles, an article, or what stands inside one."""
        clause, language = line.clause, self.language
        eid, number, heading = escape(clause.eid), as_html(clause.num, language), as_html(clause.heading, language)
        # Empty places with the ids that the clause had before, so that old links land on it.
        former = "".join(
            f'<span class="former-id" id="{escape(old)}"></span>' for old in self.former.get(clause.pk, ())
        )
        own = with_rendered(self.notes, clause)
        notes = component(self.context, "note/_notes", own=own) if own else ""
        text: str = law_text(clause, self.notes, language=language)
        if line.is_division:
            numbered = f'<span class="num">{number}</span> ' if number else ""
            if text:
                text = f'<div class="clause law" lang="{language}"><div data-eid="{eid}">{text}</div></div>\n'
            words = f"{numbered}{former}{heading}"
            return (
                f'<h{line.level} class="division" id="{eid}" lang="{language}">{words}</h{line.level}>\n'
                f'{text}<div class="clause">{notes}{self._sources(clause)}</div>\n'
            )
        if line.is_unit:
            stop = ". " if number and heading else ""
            head = f'<h{line.level} class="heading">{number}{stop}{heading} {self._tools(clause)}</h{line.level}>\n'
            body = f"{head}{notes}" + (f'<div data-eid="{eid}">{text}</div>' if text else "")
        else:
            text = with_lead(text, lead(number, heading))
            body = f'{notes}<div data-eid="{eid}">{text}</div>\n{self._tools(clause)}'
        unit = " unit" if line.is_unit else ""
        return (
            f'<div class="clause law{unit} i{line.indent}" id="{eid}" lang="{language}">\n'
            f"{former}{body}{self._after(clause)}\n</div>\n"
        )

    def _tools(self, clause: Clause) -> str:
        """The links at a clause: to itself, to its own page, to writing a note on it."""
        name = as_html(str(clause))
        links = f"{self.before_link}{escape(clause.eid)}{self.to_itself}{name}</span></a>"
        if self.addresses:
            address = self.addresses(clause.eid)
            links += f' <a href="{address}">{self.opens}<span class="sr"> {name}</span></a>'
            if self.annotates:
                links += f' <a href="{address}annotate/">{self.annotate}<span class="sr"> {name}</span></a>'
        return f"{links}</span>"

    def _after(self, clause: Clause) -> str:
        """What stands below the words of a clause."""
        html = ""
        if not clause.text and clause.end == clause.position + 1 and clause.element != "crossHeading":
            html += component(self.context, "clause/_unseen", clause=clause)
        if self.is_beside:
            html += component(self.context, "clause/_rendered", clause=clause)
        html += self._sources(clause)
        html += self.amended.write(self.amended.of_clause(clause.eid))
        if questions := self.questions.get(clause.pk):
            html += component(self.context, "clause/_questions", clause=clause, questions=questions)
        return html

    def _sources(self, clause: Clause) -> str:
        has_any = clause.text_status or clause.source_url or clause.note
        return component(self.context, "clause/_source", clause=clause) if has_any else ""


def with_rendered(notes: NoteMap, clause: Clause | None) -> list[Annotation]:
    """The notes on a clause, then those on the clauses of the other language that say the same."""
    if clause is None:
        return []
    others = getattr(clause, "in_other_language", ())
    return [note for one in (clause, *others) for note in notes.get(one.pk, ())]


# --- The Markdown in which notes and replies are written --------------------------------------------------------------

TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "blockquote", "a", "code"}
MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "heading", "lheading"])
WITH_HTML = MarkdownIt("commonmark", {"html": True, "linkify": False})


class BodyError(ValueError):
    """A body holds what is no Markdown of ours."""


def check_body(body: str) -> None:
    """Refuse tags of HTML, which would be shown as letters. Raises ``BodyError``."""
    for token in WITH_HTML.parse(body):
        if token.type == "html_block" or any(inner.type == "html_inline" for inner in token.children or []):
            raise BodyError(_("HTML tags are not allowed. Use Markdown, or put code between backticks."))


def render_body(body: str) -> str:
    """Markdown to HTML, sanitised: once, on writing, so that no page has to trust it again."""
    return nh3.clean(MARKDOWN.render(body), tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})


def body_in_reader_language(annotation: Any) -> SafeString:
    """Returns the body of a note as HTML: rendered in the language of the page, or as its author wrote it."""
    words = localised(annotation.body)
    return joined(annotation.body_html if words == annotation.body else render_body(words))
