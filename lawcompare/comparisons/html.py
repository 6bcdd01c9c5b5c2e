"""Rows of a comparison as HTML: number, heading and words of both sides, what differs marked, what is laid over them.

One row is drawn by ``RowWriter._row``, from one ``PrintedRow``, for every page that shows it. It is Python and no
template, since a page has hundreds: for 200 rows whose strings are all ready a template of Django's takes 11 ms of
processor, these functions 8 ms with making the strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lawcompare.annotations.html import ChangeRun, law_text, mark_words, marked_changes, note_mark
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.models import Level, Standing, is_unknown
from lawcompare.comparisons.rows import (
    QUIET,
    PrintedRow,
    RowFold,
    StripCell,
    Switches,
    is_passed_over,
    span,
    title,
)
from lawcompare.languages import digits, reader_language
from lawcompare.laws.html import (
    INDENT_MAX,
    ClauseAddresses,
    announced,
    as_html,
    changed,
    component,
    joined,
    lead,
    lead_of,
    redline,
    sign,
    with_lead,
)

Notes = Mapping[int, list[Annotation]]
# The languages of the old and the new text.
Languages = tuple[str, str]
# What a side leaves out: the new one shows what was taken out too, for reading inline.
SKIPPED = {"old": {"insert", "only-new"}, "new": {"only-old"}}
# The height of a cell of the strip map of which no share of changed words is known.
UNKNOWN_HEIGHT = 3
# So many unchanged paragraphs beside each other are folded, but for the one next to a change.
FOLDED_MIN = 3


# --- A row ------------------------------------------------------------------------------------------------------------


class RowWriter:
    """Writes rows of the comparison of ``old`` and ``new`` for the page of ``context``.

    Needs in it: old, new, switches; takes the notes where there are any, and corrects: for who may correct pairings.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        old, new, switches = context["old"], context["new"], context["switches"]
        self.old, self.new, self.is_inline = old, new, switches.is_inline
        self.notes: Notes = context.get("notes") or {}
        self.languages = old.language, new.language
        # The guest of a private comparison can open no page of its clauses: links stay on the page.
        self.tells_sureness = switches.by_doubt
        self.is_guest = bool(context.get("is_guest"))
        self.addresses: list[Callable[[str], str]] = [
            "#{}".format if self.is_guest else ClauseAddresses(version) for version in (old, new)
        ]
        names = [old.law.slug, old.slug, new.law.slug, new.slug]
        corrects = context.get("corrects") and not switches.edition
        self.correcting = escape(reverse("correct", args=names)) if corrects else ""
        # A row of a private text is shared with nobody; of an earlier edition the present one would be shown.
        is_shared = old.is_published and new.is_published and not switches.edition
        self.sharing = reverse("share_row", args=[*names, "row"]).removesuffix("row/") if is_shared else ""
        # Looked up once, for a page has hundreds of rows.
        self.labels = escape(_("old clause")), escape(_("new clause"))
        self.correct, self.share = escape(_("correct this pairing")), escape(_("share"))
        spoken = f'title="{escape(_("Link to this row"))}">¶<span class="sr"> {escape(_("link to this row"))}'
        self.to_itself = f"{spoken}</span></a>"
        # The sign and name of what happened to a row.
        self.kinds: dict[tuple[str, str], str] = {}

    def write(self, items: Iterable[PrintedRow | RowFold]) -> SafeString:
        """Rows, folds and headings in order."""
        return joined(*map(self._item, items))

    def _item(self, item: PrintedRow | RowFold) -> str:
        if isinstance(item, RowFold):
            rows = "".join(map(self._folded, item.rows))
            summary = f"{escape(words_of_fold(item))} ({as_html(span(item))})"
            return f'<details class="fold">\n  <summary>\n    {summary}\n  </summary>\n  {rows}\n</details>'
        return self._group_head(item) if item.is_heading else self._row(item)

    def _group_head(self, row: PrintedRow) -> str:
        """A chapter above rows."""
        look, kind = row.look, ""
        # Where a text is known in part, a heading that is missing says nothing.
        is_silent = (look == "removed" and self.new.is_partial) or (look == "added" and self.old.is_partial)
        if look not in QUIET and not is_silent:
            kind = f'<span class="kind k-{look}">{sign(look)} {escape(row.kind_label)}</span>'
        heading = heading_line(row.pair, "new", self.languages[1])
        source = self._source(row.pair.new or row.pair.old)
        return (
            f'<div class="group-head" id="{escape(row.pair.anchor)}">\n'
            f'  <h2 lang="{self.languages[1]}">{heading}</h2>\n  {kind}\n  {source}\n</div>'
        )

    def _row(self, row: PrintedRow) -> str:
        """A row: what it is, its name, what happened, links; its words; where they come from; the notes beside it."""
        pair, look, sentence = row.pair, row.look, row.sentence
        name = title(pair)
        name_html = as_html(name)
        kind = self.kinds.get((look, pair.standing))
        if kind is None:
            kind = f'<span class="kind">{sign(look)} {escape(capfirst(row.kind_label))}</span>'
            self.kinds[look, pair.standing] = kind
        happened = f"<p>{as_html(sentence)}</p>" if sentence and look != "unchanged" else ""
        if self.tells_sureness and pair.old and pair.new:
            happened += (
                f"<p>{escape(_('How sure the pairing is: %(n)s %%') % {'n': digits(round(pair.score * 100))})}</p>"
            )
        form = '<div class="correct-here" aria-live="polite"></div>\n' if self.correcting else ""
        sources = f"\n{component(self.context, 'row/_sources', row=row, pair=pair)}" if row.has_sources else ""
        notes = component(self.context, "row/_notes", row=row, name=name) if self.notes else ""
        return (
            f'<article class="row k-{look}" id="{escape(pair.anchor)}" tabindex="-1">\n'
            f"<header><h3>{kind} {name_html}</h3>{happened}\n"
            f'<p class="ways-out">{self._links(pair, name_html)}</p></header>\n'
            f'{form}<div class="pairs">\n{"\n".join(self._words(row))}{sources}\n</div>\n{notes}</article>\n'
        )

    def _links(self, pair: Any, name: str) -> str:
        """From a row to its clauses, to correcting it, to sharing it, and to itself; ``name`` is HTML."""
        anchor = escape(pair.anchor)
        to_itself = f'<a class="perma" href="#{anchor}" {self.to_itself}'
        if self.is_guest:
            return to_itself
        links = ""
        for clause, address, label in zip((pair.old, pair.new), self.addresses, self.labels, strict=True):
            if clause:
                links += _link(escape(address(clause.eid)), label, as_html(str(clause)))
        if self.correcting:
            # A script shows the form below the row.
            eids = [escape(clause.eid) if clause else "" for clause in (pair.old, pair.new)]
            asked = f"{self.correcting}?old={eids[0]}&amp;new={eids[1]}"
            script = f'hx-get="{asked}" hx-target="next .correct-here" hx-swap="innerHTML"'
            links += f'<a class="no-print" href="{asked}" {script}>{self.correct}<span class="sr"> {name}</span></a> '
        if self.sharing and (pair.old or pair.new):
            links += _link(f"{self.sharing}{anchor}/", self.share, name)
        return links + to_itself

    def _words(self, row: PrintedRow) -> Iterator[str]:
        """What is to be known before a row is read, its headings, its parts."""
        pair = row.pair
        if pair.is_replaced and not row.sentence:
            yield _remark(_("So little of the old wording is left that the text is shown as replaced."))
        if pair.is_coarse:
            yield _remark(_("The texts are so long that words were compared in larger pieces."))
        if pair.decision_id:
            yield component(self.context, "row/_decided", decision=pair.decision, pair=pair)
        new = heading_line(pair, "new", self.languages[1])
        gone = " gone" if pair.new is None else ""
        old = f'<p class="heading">{heading_line(pair, "old", self.languages[0])}</p>' if pair.old else ""
        yield sides(old, f'<p class="heading{gone}">{new}</p>', "", self.languages, self.is_inline)
        for part in row.all:
            if isinstance(part, int):
                yield gap(part, self.addresses[1](pair.new.eid) if pair.new else "")
                continue
            if part.decision_id:
                yield component(self.context, "row/_decided", decision=part.decision, pair=part)
            yield part_html(part, pair, self.languages, self.notes, self.is_inline)

    def _folded(self, row: PrintedRow) -> str:
        """A folded row: the clause as the new text has it; of a long page its name, as a link to the clause."""
        pair, anchor = row.pair, escape(row.pair.anchor)
        if not row.parts:
            clause = pair.new or pair.old
            address = escape(self.addresses[1 if pair.new else 0](clause.eid))
            return f'<p class="heading" id="{anchor}"><a href="{address}">{as_html(str(clause))}</a></p>'
        if row.look == "unknown":
            return self._row(row)
        language, parts = self.languages[1], ""
        for part in row.parts:
            if part.new is None:
                continue
            html: str = law_text(part.new, self.notes, language=language)
            if part.new_id != pair.new_id:
                html = with_lead(html, lead_of(part.new, language))
            parts += f'<div class="clause i{indent(part, pair)}">{html}</div>'
        parts += self._source(pair.new)
        heading = heading_line(pair, "new", language)
        return f'<div class="law" id="{anchor}" lang="{language}">\n<p class="heading">{heading}</p>\n{parts}</div>\n'

    def _source(self, clause: Any) -> str:
        """Where the words of a clause come from, where that differs from its text."""
        has_any = clause.text_status or clause.source_url or clause.note or clause.obtained
        return component(self.context, "clause/_source", clause=clause) if has_any else ""


def _link(address: str, words: str, spoken: str) -> str:
    """A link, of pieces of HTML; ``spoken`` are more words for those who listen."""
    return f'<a href="{address}">{words}<span class="sr"> {spoken}</span></a> '


def _remark(sentence: str) -> str:
    return f'<p class="remark">{escape(sentence)}</p>'


def words_of_fold(fold: RowFold) -> str:
    """How many rows are folded, and what they have in common."""
    count, standing = len(fold.rows), fold.first.standing
    if standing == Standing.NOT_IN_NEW:
        words = ngettext(
            "%(n)s clause of which no words are known, not reported in the new text",
            "%(n)s clauses of which no words are known, not reported in the new text",
            count,
        )
    elif standing == Standing.SAME_SUBJECT:
        words = ngettext(
            "%(n)s clause of which no words are known in either text",
            "%(n)s clauses of which no words are known in either text",
            count,
        )
    else:
        words = ngettext("%(n)s unchanged clause", "%(n)s unchanged clauses", count)
    return words % {"n": digits(count)}


def unchanged_paragraphs(count: int) -> str:
    """The words that stand for so many paragraphs left out."""
    return ngettext("%(n)s unchanged paragraph", "%(n)s unchanged paragraphs", count) % {"n": digits(count)}


def gap(count: int, address: str) -> str:
    """So many unchanged paragraphs left out of a row, as a link to the clause."""
    link = f'<a href="{escape(address)}">{escape(unchanged_paragraphs(count))}</a>' if address else ""
    return f'<p class="gap">{link}</p>'


def sides(old: str, new: str, place: str, languages: Languages, is_inline: bool = False) -> str:
    """Words set side by side; ``is_inline``: the new side alone, in which what was taken out stands too.

    ``place``: the class that says how far they are set in.
    """
    beside = "" if is_inline else f'<div class="old law{place}" lang="{languages[0]}">{old}</div>\n'
    return f'<div class="pair">{beside}<div class="new law{place}" lang="{languages[1]}">{new}</div></div>'


# --- The strip map ----------------------------------------------------------------------------------------------------


def strip_cells(cells: Sequence[StripCell], switches: Switches, page: int) -> SafeString:
    """The cells of the map above a comparison as links: on this page to the row, else to the page with the row."""
    pages, html = _addresses(cells, switches, page), ""
    for cell in cells:
        address = escape(f"{pages[cell.page]}#{cell.pair.anchor}")
        height = UNKNOWN_HEIGHT if cell.look == "unknown" else cell.height
        change = "" if is_passed_over(cell, switches) else " data-change"
        html += (
            f'<li><a href="{address}" title="{escape(cell.words)}"{change}><i class="cell k-{cell.look} h{height}"></i>'
            f'<span class="sr">{as_html(cell.words)}</span></a></li>\n'
        )
    return joined(html)


def strip_lines(cells: Sequence[StripCell], switches: Switches, page: int) -> SafeString:
    """The same as lines of a list."""
    pages, html = _addresses(cells, switches, page), ""
    for cell in cells:
        address = escape(f"{pages[cell.page]}#{cell.pair.anchor}")
        html += f'<li><a href="{address}">{sign(cell.look)} {as_html(cell.words)}</a></li>'
    return joined(html)


def _addresses(cells: Iterable[StripCell], switches: Switches, page: int) -> dict[int, str]:
    """By number of a page its address, seen from one of them."""
    return {number: "" if number == page else switches.address(number) for number in {cell.page for cell in cells}}


# --- Numbers and headings ---------------------------------------------------------------------------------------------


def heading_line(pair: Any, side: str, language: str) -> str:
    """Number and heading as one line; a stop between them where that side has both.

    ``language`` is that of the element which the side is: words of the other text stand in it too, taken out.
    """
    number, heading = _number(pair, side, language), _heading(pair, side, language)
    clause = (pair.old if side == "old" else pair.new) or pair.old or pair.new
    stop = ". " if clause and clause.num and clause.heading else " " if number and heading else ""
    return f"{number}{stop}{heading}"


def _number(pair: Any, side: str, language: str) -> str:
    """A clause's number, and on the new side what it was before where it differs."""
    old, new = (pair.old.num if pair.old else ""), (pair.new.num if pair.new else "")
    if not (pair.old and pair.new) or old == new:
        return as_html(new or old, language)
    if pair.level == Level.UNIT and not (old and new):
        return as_html(old if side == "old" else new, language)  # the other's number is not known
    was = changed("delete", as_html(old, language), "renumbering") if old else ""
    if side == "old":
        return was
    now = changed("insert", as_html(new, language), "renumbering") if new else ""
    return f"{was} {now}" if was else now


def _heading(pair: Any, side: str, language: str) -> str:
    """A clause's heading as a redline."""
    if pair.heading_changes:
        return _redline(marked_changes(pair.heading_changes, None, None, {}), side, language)
    clause = (pair.old if side == "old" else pair.new) or pair.new or pair.old
    return as_html(clause.heading if clause else "", language)


def _lead(part: Any, row: Any, side: str, language: str) -> str:
    """The number and heading that run into a part's first line; none for the article's own words."""
    is_own = {"old": _is_same(part.old, row.old), "new": _is_same(part.new, row.new)}
    if not any(is_own.values()):
        return lead(_number(part, side, language), _heading(part, side, language))
    # What was the article's own text stands beside a part that has a number, or the other way round.
    clause = part.old if side == "old" else part.new
    if clause is None or is_own[side]:
        return ""
    op = "delete" if side == "old" else "insert"
    number, heading = (changed(op, as_html(words, language)) if words else "" for words in (clause.num, clause.heading))
    return lead(number, heading)


def _is_same(one: Any, other: Any) -> bool:
    return (one and one.eid) == (other and other.eid)


def indent(part: Any, row: Any) -> int:
    """How many steps a part stands inside its row's clause."""
    for one, top in ((part.new, row.new), (part.old, row.old)):
        if one and top:
            return min(max(one.depth - top.depth, 0), INDENT_MAX)
    return 1


# --- Words ------------------------------------------------------------------------------------------------------------


def part_html(part: Any, row: Any, languages: Languages, notes: Notes | None = None, is_inline: bool = False) -> str:
    """The words of a part of a row, old and new, with marks where there are ``notes``."""
    notes, place = notes or {}, f" i{indent(part, row)}"
    leads = _lead(part, row, "old", languages[0]), _lead(part, row, "new", languages[1])
    blocks = []
    paragraphs: list[DiffParagraph] = []  # none where nothing differs
    if part.changes and part.old and part.new:
        # Notes point into a clause's own words; a flat redline goes over all that stands inside it.
        noted = (None, None, {}) if part.is_flat else (part.old, part.new, notes)
        paragraphs = cut_paragraphs(marked_changes(part.changes, *noted))
    if not paragraphs:
        blocks.append(sides(*_without_redline(part, row, leads, languages, notes), place, languages, is_inline))
    for number, paragraph in enumerate(paragraphs):
        if paragraph.inside:
            words = "".join(redline(_redline(one.runs, "new", languages[1])) for one in paragraph.inside)
            summary = escape(unchanged_paragraphs(len(paragraph.inside)))
            law = f'<div class="law{place}" lang="{languages[1]}">{words}</div>'
            blocks.append(f'<details class="gap"><summary>{summary}</summary>{law}</details>')
            continue
        old, new = leads if number == 0 else ("", "")
        old = "" if is_inline else redline(_redline(paragraph.runs, "old", languages[0]), old)
        new = redline(_redline(paragraph.runs, "new", languages[1]), new)
        blocks.append(sides(old, new, place, languages, is_inline))
    if part.kind == "moved" and leads[1] and part.old and part.new:
        stood = " ".join(filter(None, [part.old.num, part.old.heading])) or str(part.old.eid)
        words = escape(_("moved; it stood at %(place)s") % {"place": stood})
        blocks.append(f'<div class="pair"><div></div><p class="moved-note{place}">{words}</p></div>')
    return "\n".join(blocks)


def _redline(runs: Sequence[ChangeRun], side: str, language: str) -> str:
    """The runs of a redline: on the old side without what was put in; on the new side all, for reading inline.

    ``language`` is that of the element which they stand in.
    """
    html = ""
    for run in runs:
        if run.op in SKIPPED[side]:
            continue
        words = mark_words(run.text, run.annotations, language)
        if run.closes:
            words += note_mark(run.closes)  # inside what was taken out, so that it is hidden with it
        html += changed(run.op, words, run.noise)
    return html


def _without_redline(
    part: Any, row: Any, leads: tuple[str, str], languages: Languages, notes: Notes
) -> tuple[str, str]:
    """The words of both sides where they are shown without a redline."""
    old, new = (
        with_lead(law_text(clause, notes, language=language), words)
        for clause, language, words in zip((part.old, part.new), languages, leads, strict=True)
    )
    if is_unknown(row) or is_unknown(part):
        # Set against nothing, since too little is known.
        before = f'<div class="only">{old}</div>' if part.old else ""
        if part.new:
            return before, f'<div class="only">{new}</div>'
        label = f'<p class="side-label" lang="{reader_language().code}">{escape(_("Old text"))}</p>'
        return before, f'<div class="only inline-only">{label}{old}</div>'
    if part.new is None:
        words = f"{announced('delete')}{old}</del>"
        return f'<del class="whole">{words}', f'<del class="whole gone">{words}'
    if part.old is None:
        return "", f'<ins class="whole">{announced("insert")}{new}</ins>'
    return old, new


# --- A long redline ---------------------------------------------------------------------------------------------------


@dataclass
class DiffParagraph:
    """Runs from one place where both texts begin a paragraph to the next, or ``inside``: paragraphs that are folded."""

    runs: list[ChangeRun] = field(default_factory=list)
    inside: list[DiffParagraph] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing in it changed and nobody wrote a note on it."""
        return all(run.op == "equal" and not run.annotations for run in self.runs)


def cut_paragraphs(runs: Iterable[ChangeRun]) -> list[DiffParagraph]:
    """Cut where both texts begin a paragraph, and fold what is unchanged.

    >>> runs = [ChangeRun("equal", "one\\ntwo"), ChangeRun("insert", " and more"), ChangeRun("equal", "\\nthree")]
    >>> [[run.text for run in paragraph.runs] for paragraph in cut_paragraphs(runs)]
    [['one'], ['two', ' and more'], ['three']]
    """
    paragraphs = [DiffParagraph()]
    for run in runs:
        if run.op != "equal" or "\n" not in run.text:
            paragraphs[-1].runs += [run] if run.text else []
            continue
        lines = run.text.split("\n")
        for number, line in enumerate(lines):
            if number:
                paragraphs.append(DiffParagraph())
            if line:
                closes = run.closes if number == len(lines) - 1 else ()
                paragraphs[-1].runs.append(replace(run, text=line, closes=closes))
    return _fold([paragraph for paragraph in paragraphs if paragraph.runs])


def _fold(paragraphs: Sequence[DiffParagraph]) -> list[DiffParagraph]:
    folded: list[DiffParagraph] = []
    quiet: list[DiffParagraph] = []
    for paragraph in [*paragraphs, None]:
        if paragraph is not None and paragraph.is_quiet:
            quiet.append(paragraph)
            continue
        # The clause's first paragraph stays, and those beside a change.
        end = len(quiet) - (1 if paragraph is not None else 0)
        if len(quiet[1:end]) >= FOLDED_MIN:
            folded += [quiet[0], DiffParagraph(inside=quiet[1:end]), *quiet[end:]]
        else:
            folded += quiet
        quiet = []
        if paragraph is not None:
            folded.append(paragraph)
    return folded
