"""Notes as HTML: their Markdown, the words of a text they are on, and clauses of a text with their notes."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, pairwise
from typing import Any

import nh3
from django.db.models.functions import Left
from django.template import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markdown_it import MarkdownIt

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import NOTE_WORDS, Annotation, Risk
from lawcompare.core.translations.texts import localised
from lawcompare.languages import digits, reader_language
from lawcompare.laws.amendments.access import own_amendment
from lawcompare.laws.amendments.html import InstructionLinks
from lawcompare.laws.formatting import heading_in_name
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
    """The words of a note in a text: code points ``start`` up to and without ``end``."""

    start: int
    end: int
    risk: int
    # On the last to end of spans that overlap: their annotations, for the one mark that stands after them.
    group: tuple[Any, ...] = ()


@dataclass(slots=True)
class MarkedRun:
    """A run of a text, or of a redline, under the same annotations: ``risk`` is the highest of theirs, if any."""

    op: str
    text: str
    noise: str = ""
    risk: int | None = None
    # The annotations on overlapping words that end here.
    closes: tuple[Any, ...] = ()


def grouped(annotations: Iterable[Any]) -> list[list[Any]]:
    """Annotations on words that overlap, directly or through others, together; in the order of the text.

    >>> [[(s.start, s.end) for s in one] for one in grouped([NoteSpan(9, 12, 3), NoteSpan(0, 5, 1), NoteSpan(3, 8, 2)])]
    [[(0, 5), (3, 8)], [(9, 12)]]
    """
    groups: list[list[Any]] = []
    reach = -1
    on_words = (note for note in annotations if note.start is not None)
    for note in sorted(on_words, key=lambda note: (note.start, -note.end)):
        if groups and note.start < reach:
            groups[-1].append(note)
        else:
            groups.append([note])
        reach = max(reach, note.end)
    return groups


def cut(text: str, spans: Iterable[NoteSpan], op: str = "equal", noise: str = "") -> list[MarkedRun]:
    """Cut a text where annotations begin and end. Joining the runs gives the text.

    >>> [(run.text, run.risk) for run in cut("deemed to hinder", [NoteSpan(0, 9, 1), NoteSpan(7, 16, 2)])]
    [('deemed ', 1), ('to', 2), (' hinder', 2)]
    """
    ends: dict[int, tuple[Any, ...]] = {}
    # By edge and risk, how many annotations begin less those that end: each is looked at once, not in every run.
    edges: dict[int, Counter[int]] = defaultdict(Counter, {0: Counter(), len(text): Counter()})
    for span in spans:
        if span.start < span.end <= len(text):
            edges[span.start][span.risk] += 1
            edges[span.end][span.risk] -= 1
            if span.group:
                ends[span.end] = span.group
    over: Counter[int] = Counter()
    runs = []
    for start, end in pairwise(sorted(edges)):
        over += edges[start]
        runs.append(MarkedRun(op, text[start:end], noise, max(over, default=None), ends.get(end, ())))
    return runs


def marked_changes(
    changes: Sequence[Sequence[str]], old: Clause | None, new: Clause | None, notes: NoteMap
) -> list[MarkedRun]:
    """The runs of a redline, each with the highest risk of the annotations on its words on either side."""
    old_spans, new_spans = _marked(old, notes), _marked(new, notes)
    if not old_spans and not new_spans:
        return [MarkedRun(op, text, noise) for op, text, noise in changes if text]
    runs: list[MarkedRun] = []
    old_at = new_at = 0
    for op, text, noise in changes:
        spans: list[NoteSpan] = []
        if op in {"equal", "delete", "only-old"}:
            spans += _shifted(old_spans, old_at, len(text))
            old_at += len(text)
        if op in {"equal", "insert", "only-new"}:
            spans += _shifted(new_spans, new_at, len(text))
            new_at += len(text)
        runs += cut(text, spans, op, noise)
    return runs


def _marked(clause: Clause | None, notes: NoteMap) -> list[NoteSpan]:
    """The marked runs of a clause as spans in its order, of which none overlap."""
    if clause is None or not notes.get(clause.pk):
        return []
    runs = cut(clause.text, spans_of(notes[clause.pk]))
    ends = accumulate(len(run.text) for run in runs)
    spans = zip(runs, ends, strict=True)
    return [NoteSpan(end - len(run.text), end, run.risk, run.closes) for run, end in spans if run.risk is not None]


def _shifted(spans: Sequence[NoteSpan], at: int, length: int) -> list[NoteSpan]:
    """The parts of spans that fall into the ``length`` code points from ``at``, counted from there."""
    first = bisect_right(spans, at, key=lambda span: span.end)
    after = bisect_left(spans, at + length, key=lambda span: span.start)
    return [
        NoteSpan(
            max(span.start - at, 0),
            min(span.end - at, length),
            span.risk,
            span.group if span.end <= at + length else (),
        )
        for span in spans[first:after]
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
                mark_words(run.text, run.risk, language) + (note_mark(run.closes) if is_linked else "") for run in runs
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
                risk = None if cell == "\t" else run.risk
                paragraphs[-1].append(replace(run, text=cell, risk=risk, closes=closes))
    return [paragraph for paragraph in paragraphs if paragraph]


def spans_of(annotations: Iterable[Any]) -> list[NoteSpan]:
    """The words that notes are on, as spans of the clause's text; notes on the whole clause have none."""
    spans = []
    for group in grouped(annotations):
        last = max(range(len(group)), key=lambda place: group[place].end)
        notes = tuple(group)
        spans += [NoteSpan(a.start, a.end, a.risk, notes if n == last else ()) for n, a in enumerate(group)]
    return spans


def mark_words(words: str, risk: int | None, language: str) -> str:
    """Words of a text in ``language`` as HTML, underlined by the highest risk of the notes on them, if any."""
    html = as_html(words, language)
    return html if risk is None else mark(html, risk)


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
    alone = [[note] for note in notes if note.start is None]
    groups = [sorted(group, key=lambda note: -note.risk) for group in [*grouped(notes), *alone]]
    return sorted(groups, key=lambda group: -group[0].risk)


# --- Clauses of a page ------------------------------------------------------------------------------------------------


# Letters of clauses on one page; four times those of the longest known. Eight readers at once of a page of 20 million
# had the others wait for a quarter of a minute.
LETTERS_ON_PAGE = 1_000_000


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
        self.room = LETTERS_ON_PAGE

    def write(self, lines: Iterable[ClauseLine]) -> SafeString:
        """Lines in order."""
        return joined(*map(self._line, lines))

    def _line(self, line: ClauseLine) -> str:
        """A heading above articles, an article, or what stands inside one."""
        clause, language = line.clause, self.language
        self.room -= len(clause.heading) + len(clause.note)
        full = clause.heading if self.room >= 0 else heading_in_name(clause.heading)
        eid, number, heading = escape(clause.eid), as_html(clause.num, language), as_html(full, language)
        # Empty places with the ids that the clause had before, so that old links land on it.
        former = "".join(
            f'<span class="former-id" id="{escape(old)}"></span>' for old in self.former.get(clause.pk, ())
        )
        own = with_rendered(self.notes, clause)
        notes = component(self.context, "note/_notes", own=own) if own else ""
        text = self._text(clause)
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

    def _text(self, clause: Clause) -> str:
        """The words of a clause, or, on a page that has no room for more, the way to them."""
        self.room -= len(clause.text)
        if self.room >= 0 or not self.addresses:
            return law_text(clause, self.notes, language=self.language)
        words = escape(_("This page is full: read these words by themselves."))
        return f'<p class="remark"><a href="{self.addresses(clause.eid)}">{words}</a></p>'

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
        return component(self.context, "clause/_source", clause=clause, is_full=self.room < 0) if has_any else ""


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


# Characters of a note that a margin reads: sixteen for each letter that it shows.
OPENING = 2_500
AT_ONCE = 100  # notes


def read_openings(notes: Iterable[Annotation]) -> None:
    """Read, of notes that came ``without_words``, the beginning of what they say in the language of the page, which is
    all that a margin shows. One query, or none.
    """
    waiting: dict[int, list[Annotation]] = defaultdict(list)
    for note in notes:
        if note.get_deferred_fields():
            waiting[note.pk].append(note)
    if not waiting:
        return
    columns = ("pk", "body", Left("body_html", OPENING), Left("proposed_text", OPENING))
    rows = Annotation.objects.filter(pk__in=waiting).order_by().values_list(*columns)
    for pk, body, html, proposed in rows.iterator(AT_ONCE):
        words = localised(body)
        said = ("", html if words == body else render_body(words)[:OPENING], proposed)
        for note in waiting[pk]:
            missing = note.get_deferred_fields()
            for name, value in zip(NOTE_WORDS, said, strict=True):
                if name in missing:
                    setattr(note, name, value)


def body_in_reader_language(annotation: Any) -> SafeString:
    """Returns the body of a note as HTML: rendered in the language of the page, or as its author wrote it."""
    words = localised(annotation.body)
    return joined(annotation.body_html if words == annotation.body else render_body(words))
