"""A redline as HTML, and names and links of rows. Not written in a template, since a page has thousands of runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.reading.marks import ChangeRun
from lawcompare.annotations.templatetags.annotations import (
    INDENT_MAX,
    changed_words,
    in_groups,
    mark_words,
    marked_changes,
    note_mark,
)
from lawcompare.comparisons.models import ClausePair, PairKind
from lawcompare.comparisons.reading.change_list import told
from lawcompare.comparisons.reading.rows import Cell, Fold, Row, Switches, is_passed_over
from lawcompare.comparisons.versions.multi_version import whole_text
from lawcompare.languages import digits

register = template.Library()

UNKNOWN_HEIGHT = 3


def redline_words(runs: Iterable[ChangeRun], side: str) -> str:
    """The runs of a redline: on the old side without what was put in; on the new side all, for reading inline."""
    return "".join(
        # Inside what was taken out, so that it is hidden with it.
        changed_words(run.op, mark_words(run.text, run.annotations) + note_mark(run.closes), run.noise)
        for run in runs
        if run.op != "insert" or side == "new"
    )


@register.simple_tag
def numbered(pair: ClausePair, side: str) -> SafeString:
    """A clause's number, and on the new side what it was before where it differs."""
    old, new = (pair.old.num if pair.old else ""), (pair.new.num if pair.new else "")
    if not (pair.old and pair.new) or old == new:
        return mark_safe(escape(new or old))  # noqa: S308
    if side == "old":
        return mark_safe(changed_words("delete", escape(old), "renumbering") if old else "")  # noqa: S308
    was = changed_words("delete", escape(old), "renumbering") + " " if old else ""
    return mark_safe(was + (changed_words("insert", escape(new), "renumbering") if new else ""))  # noqa: S308


@register.simple_tag
def headed(pair: ClausePair, side: str) -> SafeString:
    """A clause's heading as a redline."""
    if pair.heading_changes:
        return mark_safe(redline_words(marked_changes(pair.heading_changes, None, None, {}), side))  # noqa: S308
    clause = (pair.old if side == "old" else pair.new) or pair.new or pair.old
    return mark_safe(escape(clause.heading if clause else ""))  # noqa: S308


@register.simple_tag
def heading_line(pair: ClausePair, side: str) -> SafeString:
    """Number and heading as one line; a stop between them where that side has both."""
    number, heading = numbered(pair, side), headed(pair, side)
    clause = (pair.old if side == "old" else pair.new) or pair.old or pair.new
    stop = ". " if clause and clause.num and clause.heading else " " if number and heading else ""
    return format_html("{}{}{}", number, stop, heading)


NOTES_SHOWN = 2
SideNotes = list[tuple[Annotation, bool]]


@dataclass(frozen=True)
class NotesOfRow:
    """Groups of (note, whether it is on the old text): those shown at once, and the others."""

    first: list[SideNotes]
    more: list[SideNotes]

    @property
    def more_count(self) -> int:
        return sum(map(len, self.more))


@register.simple_tag
def notes_of_row(row: Row, notes: dict[int, list[Annotation]]) -> NotesOfRow:
    """What was said of a row's clauses, the gravest first, notes on words that overlap together."""
    groups: dict[int, SideNotes] = {}
    # The second row of a split repeats the old clause: what was said of that one stands beside the first.
    shown = row.parts if row.pair.kind in {PairKind.SPLIT, PairKind.MERGED} else [row.pair, *row.parts]
    for pair in shown:
        for clause, is_old in ((pair.old, True), (pair.new, False)):
            for group in in_groups(notes.get(clause.pk, [])) if clause else []:
                groups.setdefault(group[0].pk, [(note, is_old) for note in group])
    ranked = sorted(groups.values(), key=lambda group: -group[0][0].risk)
    count, place = 0, 0
    while place < len(ranked) and (not place or count + len(ranked[place]) <= NOTES_SHOWN):
        count += len(ranked[place])
        place += 1
    return NotesOfRow(ranked[:place], ranked[place:])


@register.filter
def span(fold: Fold) -> str:
    """The names of a run's first and last row."""
    names = list(dict.fromkeys([title(fold.first), title(fold.last)]))
    return " – ".join(names)


@register.filter
def indent(part: ClausePair, row: ClausePair) -> int:
    """How many steps a part stands inside its row's clause."""
    for one, top in ((part.new, row.new), (part.old, row.old)):
        if one and top:
            return min(max(one.depth - top.depth, 0), INDENT_MAX)
    return 1


@register.filter
def title(pair: ClausePair) -> str:
    """The row's name: its number, or both where they differ, or its heading where it has no number."""
    names = [clause.num or clause.heading or clause.eid for clause in (pair.old, pair.new) if clause]
    if len(names) == 2 and names[0] != names[1]:
        return f"{names[0]} → {names[1]}"
    return names[-1] if names else ""


@register.filter
def said(cell: Cell) -> str:
    """A cell of the strip map in words."""
    size = round(cell.pair.size * 100)
    if cell.pair.kind == PairKind.UNCHANGED or cell.look == "unknown" or not (cell.pair.old and cell.pair.new):
        return f"{title(cell.pair)}: {cell.kind_label}"
    return _("%(clause)s: %(kind)s, %(size)s %% of the words") % {
        "clause": title(cell.pair),
        "kind": cell.kind_label,
        "size": digits(size),
    }


@register.simple_tag
def strip_cells(cells: list[Cell], switches: Switches, page: int) -> SafeString:
    """The cells as links: on this page to the row, else to the page with the row."""
    return format_html_join(
        "\n",
        '<li><a href="{}#{}" title="{}"{}><i class="cell k-{} h{}"></i><span class="sr">{}</span></a></li>',
        (
            (
                "" if cell.page == page else switches.address(cell.page),
                cell.pair.anchor,
                words := said(cell),
                "" if is_passed_over(cell, switches) else mark_safe(" data-change"),
                cell.look,
                UNKNOWN_HEIGHT if cell.look == "unknown" else cell.height,
                words,
            )
            for cell in cells
        ),
    )


@register.simple_tag
def changes_in(cells: list[Cell], switches: Switches) -> list[Cell]:
    return [cell for cell in cells if not is_passed_over(cell, switches)]


@register.simple_tag
def address(switches: Switches, page: int = 1, **turned: bool) -> str:
    return switches.address(page, **turned)


@register.simple_tag
def against_base(pieces: list[tuple[str, list[tuple[str, str, str]]]]) -> SafeString:
    """The words of a text against those of the base, a paragraph for each piece."""
    said = (
        (number, mark_safe("".join(changed_words(op, escape(words), noise) for op, words, noise in runs)))  # noqa: S308
        for number, runs in pieces
    )
    return format_html_join("", "<p>{} {}</p>", [one for one in said if one[1]])


register.filter("whole", whole_text)
register.filter(told)
