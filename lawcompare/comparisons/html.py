"""Rows of a comparison as HTML: number, heading and words of both sides, what differs marked, what is laid over them.

One row is drawn by ``RowWriter._row``, from one ``PrintedRow``, for every page that shows it. It is Python and no
template, since a page has hundreds: for 200 rows whose strings are all ready a template of Django's takes 11 ms of
processor, these functions 8 ms with making the strings.
"""

from __future__ import annotations

from collections import Counter
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

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.html import MarkedRun, law_text, mark_words, marked_changes, note_mark
from lawcompare.annotations.models import Annotation, Risk
from lawcompare.comparisons.elements import ElementOutcome
from lawcompare.comparisons.models import Comparison, Level, Standing, is_unknown, slips_in
from lawcompare.comparisons.rows import (
    BOTH,
    ONLY,
    ONLY_NEW,
    QUIET,
    PrintedRow,
    RowFold,
    RowGroup,
    Strip,
    StripCell,
    Switches,
    group_of,
    name_of,
    span,
    title,
)
from lawcompare.crosswalk.elements import ElementValue
from lawcompare.languages import digits, in_a_row, reader_language
from lawcompare.laws.amendments.access import amendment_between
from lawcompare.laws.amendments.html import InstructionLinks
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
# Standings that the heading of a group says.
GROUPED = {Standing.SAME_SUBJECT, Standing.NOT_IN_OLD, Standing.NOT_IN_NEW, Standing.ADDED, Standing.REMOVED}
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
        self.plain: Mapping[int, Any] = context.get("plain") or {}
        self.languages = old.language, new.language
        # The guest of a private comparison can open no page of its clauses: links stay on the page.
        self.tells_sureness = switches.by_doubt
        self.is_guest = bool(context.get("is_guest"))
        self.addresses: list[Callable[[str], str]] = [
            "#{}".format if self.is_guest else ClauseAddresses(version) for version in (old, new)
        ]
        names = [old.law.slug, old.slug, new.law.slug, new.slug]
        corrects = context.get("corrects") and not (switches.edition or self.is_guest)
        self.correcting = escape(reverse("correct", args=names)) if corrects else ""
        # A row of a private text is shared with nobody; of an earlier edition the present one would be shown.
        is_shared = old.is_published and new.is_published and not (switches.edition or self.is_guest)
        self.sharing = reverse("share_row", args=[*names, "row"]).removesuffix("row/") if is_shared else ""
        # Looked up once, for a page has hundreds of rows.
        self.names = old.short_name, new.short_name
        self.spoken_in = reader_language().code
        self.is_grouped = old.is_partial or new.is_partial
        third = [] if self.is_guest else context.get("third") or []
        address = reverse("comparison_beside", args=[*names, "row"]).removesuffix("row/beside/")
        links = (f'<a href="{address}\0/beside/?beside={escape(key)}">{as_html(words)}</a> ' for key, words in third)
        self.third = "".join(links)  # to a third text beside a row, which a script shows in place; a null is its anchor
        self.beside_it = f'<p class="beside no-print"><span>{escape(_("Set beside it:"))}<span class="sr"> '
        self.labels = tuple(f"{escape(_('Cite'))} ({as_html(name)})" for name in self.names)
        self.correct, self.share = escape(_("Correct this pairing")), escape(_("Share or embed"))
        self.to_itself = escape(_("Link to this row"))
        self.more_on = f'<span aria-hidden="true">⋯</span><span class="sr">{escape(_("More on"))} '
        self.word, self.word_of_row = reverse("comparison_docx", args=names), escape(_("Word file of this row"))
        self.takes_over = context.get("imports") and not switches.edition
        self.annotates = context.get("annotates") and not self.is_guest
        addresses = f"old={old.address}&amp;new={new.address}"
        self.memo_part = addresses if context.get("membership") and not self.is_guest else ""
        # Which instruction of an act changed a row, where the one text is the other as an act amends it.
        request = context.get("request")
        reader = request.user if request and not self.is_guest else VISITOR
        amendment = amendment_between(reader, old, new)
        self.amended = InstructionLinks(amendment) if amendment else None
        # The sign and name of what happened to a row.
        self.kinds: dict[tuple[str, str], str] = {}

    def write(self, items: Iterable[PrintedRow | RowFold | RowGroup]) -> SafeString:
        """Rows, folds and headings in order; chapters, which groups of rows leave out, are places alone."""
        strip = self.context.get("strip")
        chapters = strip.headings if self.is_grouped and strip else ()
        return joined(*(f'<span id="{escape(pair.anchor)}"></span>' for pair in chapters), *map(self._item, items))

    def _item(self, item: PrintedRow | RowFold | RowGroup) -> str:
        if isinstance(item, RowGroup):
            remark = _remark(item.remark) if item.remark else ""
            head = f'{escape(item.words)} <span class="count">{digits(item.count)}</span>'
            return f'<div class="group-head" id="{item.anchor}" tabindex="-1">\n  <h2>{head}</h2>\n  {remark}\n</div>\n'
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
        alone, beside, anchor = is_alone(row), is_beside(row), escape(row.pair.anchor)
        name = title(pair, self.spoken_in)
        name_html = as_html(name, self.spoken_in)
        kind = self._kind(row)
        is_said = pair.standing == Standing.UNCHANGED or (
            self.is_grouped and pair.standing in GROUPED - {Standing.SAME_SUBJECT}
        )
        if alone:
            side = "new" if pair.new else "old"
            heading = heading_line(pair, side, self.languages[side == "new"])
            name_html = f'<span lang="{self.languages[side == "new"]}">{heading}</span>'
        happened = f'<p class="happened">{as_html(sentence, self.spoken_in)}</p>' if sentence and not is_said else ""
        if self.tells_sureness and pair.old and pair.new:
            sure = _("How sure the pairing is: %(n)s %%") % {"n": digits(round(pair.score * 100))}
            happened += f'<p class="happened">{escape(sure)}</p>'
        if self.takes_over and slips_in(pair.sentences):
            words = f'{escape(_("Correct these slips by the other text"))}<span class="sr">: {name_html}</span>'
            happened += f'<button form="correct-slips" name="row" value="{anchor}">{words}</button>'
        if self.amended:
            happened += self.amended.write(self.amended.of_row(pair.old, pair.new))
        form = '<div class="correct-here" aria-live="polite"></div>\n' if self.correcting else ""
        clauses = [clause for clause in (pair.old, pair.new) if clause]
        sources = ""
        if row.has_sources:
            sources = component(self.context, "row/_sources", row=row, pair=pair, clauses=clauses)
        notes = component(self.context, "row/_notes", row=row, name=name) if self.notes else ""
        told = ""
        if self.plain:
            in_plain = [(side, self.plain.get(one.pk)) for side, one in (("old", pair.old), ("new", pair.new)) if one]
            if any(words and words.words for _side, words in in_plain):
                told = component(self.context, "row/_plain_words", told=in_plain)
        third = ""
        if self.third and clauses:
            links = self.third.replace("\0", anchor)
            third = f"{self.beside_it}{name_html}</span></span> {links}</p>\n"
        looks = " is-beside" if beside else " is-alone" if alone else ""
        return (
            f'<article class="row k-{look}{looks}" id="{anchor}" tabindex="-1">\n'
            f"<header><h3>{kind} {name_html}</h3>{self._menu(pair, anchor, name_html)}{happened}</header>\n"
            f'{form}{told}<div class="pairs">\n{"\n".join(self._words(row, alone, beside))}\n{sources}\n</div>\n'
            f"{goes_on(row, self.addresses)}{self._elements(row)}{notes}{third}</article>\n"
        )

    def _kind(self, row: PrintedRow) -> str:
        """The sign and name of what happened to a row; none where the heading of its group says it."""
        pair, look = row.pair, row.look
        if self.is_grouped and pair.standing in GROUPED:
            return ""
        kind = self.kinds.get((look, pair.standing))
        if kind is None:
            kind = f'<span class="kind">{sign(look)} {escape(capfirst(row.kind_label))}</span>'
            self.kinds[look, pair.standing] = kind
        return kind

    def _elements(self, row: PrintedRow) -> str:
        """What changed in a row of two restatements, element by element; or that nothing was confirmed of it."""
        if not row.elements:
            return _remark(_("No element of it is confirmed in either text.")) if row.is_told else ""
        lines = ""
        for one in row.elements:
            cells = ""
            for values, version, name in zip((one.old, one.new), (self.old, self.new), self.names, strict=True):
                words = "<br>".join(self._value(value, version.language) for value in values)
                cells += f'<td><span class="whose">{as_html(name)}</span> {words or escape(_("not reported"))}</td>'
            outcome = f'<span class="outcome">{escape(str(one.outcome.label))}</span>'
            head = f'<th scope="row">{escape(str(one.element.label))} {outcome}</th>'
            lines += f'<tr class="f-{one.outcome}">{head}{cells}</tr>\n'
        caption = f'<caption class="sr">{escape(_("What changed, element by element"))}</caption>'
        return f'<table class="elements-changed">{caption}<tbody>\n{lines}</tbody></table>\n'

    def _value(self, value: ElementValue, language: str) -> str:
        said = f"<b>{as_html(value.label)}</b>" if value.label else ""
        if not said and value.quotes:
            said = f'<q lang="{language}">{as_html(value.quotes[0].words, language)}</q>'
        return f"{said} ({as_html(value.credit)})" if value.credit else said

    def _menu(self, pair: Any, anchor: str, name: str) -> str:
        """What a reader can do with a row, behind a sign that is named after it; ``anchor`` and ``name`` are HTML."""
        links = ""
        if self.annotates:
            address, clause = (self.addresses[1], pair.new) if pair.new else (self.addresses[0], pair.old)
            links = f'<a href="{escape(address(clause.eid))}annotate/">{escape(_("Annotate"))}</a> '
        links += f'<a class="perma" href="#{anchor}">{self.to_itself}</a> '
        if not self.is_guest:
            for clause, address, label in zip((pair.old, pair.new), self.addresses, self.labels, strict=True):
                links += f'<a href="{escape(address(clause.eid))}">{label}</a> ' if clause else ""
            links += f'<a href="{self.word}?row={anchor}">{self.word_of_row}</a> '
        if self.memo_part:
            part = f"{self.memo_part}&amp;row={anchor}"
            words = f'{escape(_("+ memo"))}<span class="sr">: {name}</span>'
            links += f'<button class="to-memo no-print" form="to-memo" name="part" value="{part}">{words}</button>'
        if self.sharing and (pair.old or pair.new):
            links += f'<a href="{self.sharing}{anchor}/">{self.share}</a> '
        if self.correcting:
            # A script shows the form below the row.
            eids = [escape(clause.eid) if clause else "" for clause in (pair.old, pair.new)]
            asked = f"{self.correcting}?old={eids[0]}&amp;new={eids[1]}"
            script = f'hx-get="{asked}" hx-target="next .correct-here" hx-swap="innerHTML"'
            links += f'<a href="{asked}" {script}>{self.correct}</a> '
        return (
            f'<details class="row-menu no-print"><summary>{self.more_on}{name}</span></summary><p>{links}</p></details>'
        )

    def _words(self, row: PrintedRow, alone: bool, beside: bool) -> Iterator[str]:
        """What is to be known before a row is read, its headings, its parts."""
        pair = row.pair
        if pair.is_replaced and not row.sentence:
            yield _remark(_("So little of the old wording is left that the text is shown as replaced."))
        if pair.is_coarse:
            yield _remark(_("The texts are so long that words were compared in larger pieces."))
        if pair.decision_id:
            yield component(self.context, "row/_decided", decision=pair.decision, pair=pair)
        for one in pair.proposed:
            yield component(self.context, "row/_decided", decision=one, pair=pair)
        if alone:  # its name stands in the head of the row
            side = "new" if pair.new else "old"
            yield f'<div class="law" lang="{self.languages[side == "new"]}">{self._side(row, side)}</div>'
            return
        if beside:
            yield self._both(row)
            return
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
            yield part_html(part, pair, self.languages, self.notes, self.is_inline, self.spoken_in)

    def _both(self, row: PrintedRow) -> str:
        """Two texts of which one is a paraphrase or not known, each under its name, one below the other on a phone."""
        columns = []
        for side, name, language in zip(("old", "new"), self.names, self.languages, strict=True):
            label = f'<p class="side-label" lang="{self.spoken_in}">{as_html(name)}</p>'
            clause = row.pair.old if side == "old" else row.pair.new
            names = (as_html(one, language) for one in (clause.num, clause.heading) if one)
            heading = f'<p class="heading">{". ".join(names)}</p>'
            columns.append(label + heading + self._side(row, side))
        return sides(columns[0], columns[1], "", self.languages)

    def _side(self, row: PrintedRow, side: str) -> str:
        """The words of one side of a row, each part by itself; what both quote is marked."""
        pair, language, words = row.pair, self.languages[side == "new"], ""
        for part in row.parts:
            clause = part.new if side == "new" else part.old
            if clause is None:
                continue
            text: str = law_text(clause, self.notes, language=language)
            if part.old and part.new and any(op not in ONLY for op, *_words in part.changes):
                text = redline(_redline(marked_changes(part.changes, part.old, part.new, self.notes), side, language))
            words += f'<div class="i{indent(part, pair)}">{with_lead(text, _lead(part, pair, side, language))}</div>'
        return words

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


def is_alone(row: PrintedRow) -> bool:
    """Whether the clause is of one text alone, and what is known of the other says nothing of it."""
    return not (row.pair.old and row.pair.new) and is_unknown(row.pair)


def is_beside(row: PrintedRow) -> bool:
    """Whether its two texts stand beside each other without a redline, and one below the other on a phone."""
    return bool(row.pair.old and row.pair.new) and (row.is_told or is_unknown(row.pair))


def _remark(sentence: str) -> str:
    return f'<p class="remark">{escape(sentence)}</p>'


def words_of_fold(fold: RowFold) -> str:
    """How many rows are folded, and what they have in common."""
    count, standing = len(fold.rows), fold.rows[0].pair.standing
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
    elif standing == Standing.SLIPS:
        words = ngettext(
            "%(n)s clause that differs by probable slips of reading alone",
            "%(n)s clauses that differ by probable slips of reading alone",
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


def goes_on(row: PrintedRow, addresses: Sequence[Callable[[str], str]]) -> str:
    """That a row has more than the page, as a link to its clause; ``addresses``: those of old and new clauses."""
    if not row.is_cut:
        return ""
    clause, address = (row.pair.new, addresses[1]) if row.pair.new else (row.pair.old, addresses[0])
    words = escape(_("This row is longer than a page has room for: read on in the text"))
    return f'<p class="gap"><a href="{escape(address(clause.eid))}">{words}</a></p>\n'


def sides(old: str, new: str, place: str, languages: Languages, is_inline: bool = False) -> str:
    """Words set side by side; ``is_inline``: the new side alone, in which what was taken out stands too.

    ``place``: the class that says how far they are set in.
    """
    beside = "" if is_inline else f'<div class="old law{place}" lang="{languages[0]}">{old}</div>\n'
    return f'<div class="pair">{beside}<div class="new law{place}" lang="{languages[1]}">{new}</div></div>'


# --- The strip map ----------------------------------------------------------------------------------------------------


def strip_cells(strip: Strip, switches: Switches, page: int) -> SafeString:
    """The cells of the map above a comparison as links: on this page to the row, else to the page with the row."""
    cells, language, html = strip.listed(page), reader_language().code, ""
    pages = _addresses(cells, switches, page)
    for cell in cells:
        to_row = f' href="{escape(f"{pages[cell.page]}#{cell.anchor}")}"' if cell.has_row else ""
        height = UNKNOWN_HEIGHT if cell.look == "unknown" else cell.height
        change = "" if cell.is_passed_over else " data-change"
        html += (
            f'<li><a{to_row} title="{escape(cell.words)}"{change}><i class="cell k-{cell.look} h{height}"></i>'
            f'<span class="sr">{as_html(cell.words, language)}</span></a></li>\n'
        )
    return joined(html)


def rail(strip: Strip, switches: Switches, page: int) -> SafeString:
    """The clauses as a list of links, in groups where there are any, each with its sign and the gravest risk stated."""
    cells, html, group = strip.listed(page), "", ""
    pages, language = _addresses(cells, switches, page), reader_language().code
    for cell in cells:
        if not cell.has_row:
            continue
        pair, look, risk = cell.pair, cell.look, strip.risk_of(cell.pair)
        address = escape(f"{pages[cell.page]}#{cell.anchor}")
        if strip.groups and group != (group := group_of(pair)):
            one = strip.groups[group]
            link = (
                f'<a href="{escape(pages[cell.page])}#{one.anchor}">{escape(one.words)} <b>{digits(one.count)}</b></a>'
            )
            html += f'<li class="rail-group">{link}</li>'
        mark = "" if strip.groups and pair.standing in GROUPED else sign(look)
        change = "" if cell.is_passed_over and not strip.groups else " data-change"
        words = name_of(pair) if strip.groups else cell.name
        kind = f'<span class="sr"> {as_html(cell.words.removeprefix(cell.name), language)}</span>'
        risk_sign = ""
        if risk:
            label = escape(str(Risk(risk).label))
            risk_sign = f'<span class="risk r{risk}" title="{label}">{sign(risk)}<span class="sr">{label}</span></span>'
        link = f'<a href="{address}"{change}><span class="k-{look}">{mark}</span> {as_html(words, language)}{kind}</a>'
        html += f"<li>{link}{risk_sign}</li>\n"
    return joined(html)


def _addresses(cells: Iterable[StripCell], switches: Switches, page: int) -> dict[int, str]:
    """By number of a page its address, seen from one of them."""
    return {number: "" if number == page else switches.address(number) for number in {cell.page for cell in cells}}


# --- What a comparison found, in one paragraph: what was counted, each count a link to its rows -----------------------


# So many clauses are named, more are counted.
NAMED_MAX = 3


def findings_of(comparison: Comparison, strip: Strip, switches: Switches, page: int) -> SafeString:
    """Returns the sentences as HTML: of two texts known in part by group, of whole ones by kind of change.

    A group of which a filter leaves no row is named without a link.
    """
    if not strip.groups:
        counted = [
            f'<a href="?change={one}#rows">{digits(comparison.tally[one])} {escape(words)}</a>'
            for one, words in comparison.standings
        ]
        total = sum(comparison.tally.values())
        sentence = ngettext("Of %(n)s article: %(kinds)s.", "Of %(n)s articles: %(kinds)s.", total)
        return joined(sentence % {"n": digits(total), "kinds": in_a_row(counted)} if counted else "")
    sentences = []
    pages = _addresses(strip.cells, switches, page)
    for name, group in sorted(strip.groups.items(), key=lambda one: one[0] != ONLY_NEW):  # what is new leads
        cells = [cell for cell in strip.cells if group_of(cell.pair) == name]
        names = list(dict.fromkeys(name_of(cell.pair) for cell in cells))
        first = next((cell for cell in cells if cell.has_row), None)
        if len(names) <= NAMED_MAX:
            linked = in_a_row([f"<b>{as_html(one)}</b>" for one in names])
        else:
            linked = ngettext("%(n)s clause", "%(n)s clauses", group.count) % {"n": digits(group.count)}
        link = f'<a href="{escape(pages[first.page])}#{group.anchor}">{linked}</a>' if first else linked
        sentences.append(
            _sentence(name, comparison, len(names)) % {"clauses": link, "text": as_html(comparison.new.short_name)}
        )
        if name == BOTH and (changed := _changed_elements(strip)):
            sentences.append(changed)
    return joined(" ".join(sentences))


def _changed_elements(strip: Strip) -> str:
    """Which elements of the clauses that are in both changed, as far as it is confirmed; other words are no change."""
    told = [one for changes in strip.elements.values() for one in changes]
    sentences = {
        ElementOutcome.CHANGED: _("Changed in them: %(elements)s."),
        ElementOutcome.GONE: _("No longer reported in them: %(elements)s."),
    }
    said = []
    for outcome, sentence in sentences.items():
        counts = Counter(one.name for one in told if one.outcome == outcome)
        if counts:
            names = [name for name, _count in counts.most_common()]
            said.append(sentence % {"elements": as_html(in_a_row(names))})
    return " ".join(said)


def _sentence(group: str, comparison: Comparison, count: int) -> str:
    if group == BOTH:
        return ngettext("%(clauses)s is in both texts.", "%(clauses)s are in both texts.", count)
    if group == ONLY_NEW and comparison.old.is_partial:
        return ngettext(
            "%(clauses)s is reported for the first time.", "%(clauses)s are reported for the first time.", count
        )
    if group == ONLY_NEW:
        return ngettext("%(clauses)s was added.", "%(clauses)s were added.", count)
    if comparison.new.is_partial:
        return ngettext(
            "%(clauses)s is not reported in the %(text)s.", "%(clauses)s are not reported in the %(text)s.", count
        )
    return ngettext("%(clauses)s was removed.", "%(clauses)s were removed.", count)


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
    # A text that has nothing of the row has no article's own words either.
    is_old_own = part.old and row.old and part.old.eid == row.old.eid
    is_new_own = part.new and row.new and part.new.eid == row.new.eid
    if not (is_old_own or is_new_own):
        return lead(_number(part, side, language), _heading(part, side, language))
    # What was the article's own text stands beside a part that has a number, or the other way round.
    clause, is_own = (part.old, is_old_own) if side == "old" else (part.new, is_new_own)
    if clause is None or is_own:
        return ""
    op = "delete" if side == "old" else "insert"
    number, heading = (changed(op, as_html(words, language)) if words else "" for words in (clause.num, clause.heading))
    return lead(number, heading)


def indent(part: Any, row: Any) -> int:
    """How many steps a part stands inside its row's clause."""
    for one, top in ((part.new, row.new), (part.old, row.old)):
        if one and top:
            return min(max(one.depth - top.depth, 0), INDENT_MAX)
    return 1


# --- Words ------------------------------------------------------------------------------------------------------------


def part_html(
    part: Any, row: Any, languages: Languages, notes: Notes | None = None, is_inline: bool = False, spoken: str = ""
) -> str:
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
            words = "".join(redline(_redline(one.runs, "new", languages[1], spoken)) for one in paragraph.inside)
            summary = escape(unchanged_paragraphs(len(paragraph.inside)))
            law = f'<div class="law{place}" lang="{languages[1]}">{words}</div>'
            blocks.append(f'<details class="gap"><summary>{summary}</summary>{law}</details>')
            continue
        old, new = leads if number == 0 else ("", "")
        old = "" if is_inline else redline(_redline(paragraph.runs, "old", languages[0], spoken), old)
        new = redline(_redline(paragraph.runs, "new", languages[1], spoken), new)
        blocks.append(sides(old, new, place, languages, is_inline))
    if part.kind == "moved" and leads[1] and part.old and part.new:
        stood = " ".join(filter(None, [part.old.num, part.old.heading])) or str(part.old.eid)
        words = escape(_("moved; it stood at %(place)s") % {"place": stood})
        blocks.append(f'<div class="pair"><div></div><p class="moved-note{place}">{words}</p></div>')
    return "\n".join(blocks)


def _redline(runs: Sequence[MarkedRun], side: str, language: str, spoken: str = "") -> str:
    """The runs of a redline: on the old side without what was put in; on the new side all, for reading inline.

    ``language`` is that of the element which they stand in.
    """
    html = ""
    for run in runs:
        if run.op in SKIPPED[side]:
            continue
        words = mark_words(run.text, run.risk, language)
        if run.closes:
            words += note_mark(run.closes)  # inside what was taken out, so that it is hidden with it
        html += changed(run.op, words, run.noise, spoken)
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
        return old if part.old else "", new if part.new else ""  # set against nothing, since too little is known
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

    runs: list[MarkedRun] = field(default_factory=list)
    inside: list[DiffParagraph] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing in it changed and nobody wrote a note on it."""
        return all(run.op == "equal" and run.risk is None for run in self.runs)


def cut_paragraphs(runs: Iterable[MarkedRun]) -> list[DiffParagraph]:
    """Cut where both texts begin a paragraph, and fold what is unchanged.

    >>> runs = [MarkedRun("equal", "one\\ntwo"), MarkedRun("insert", " and more"), MarkedRun("equal", "\\nthree")]
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
