"""Rows and the strip map of a comparison for templates, and the notes beside a row."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.safestring import SafeString

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.templatetags.annotations import in_groups
from lawcompare.comparisons.models import ClausePair, PairKind
from lawcompare.comparisons.reading.assemble_rows import RowWriter
from lawcompare.comparisons.reading.change_list import list_changes
from lawcompare.comparisons.reading.row_filter import RowFilter
from lawcompare.comparisons.reading.rows import PrintedRow, RowFold, StripCell, Switches, is_passed_over, title
from lawcompare.comparisons.versions.multi_version import whole_text
from lawcompare.laws import rendering

register = template.Library()

UNKNOWN_HEIGHT = 3


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
def notes_of_row(row: PrintedRow, notes: dict[int, list[Annotation]]) -> NotesOfRow:
    """The notes on a row's clauses, the gravest first, notes on words that overlap together."""
    groups: dict[int, SideNotes] = {}
    # The second row of a split repeats the old clause: the notes on that one stand beside the first.
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
def span(fold: RowFold) -> str:
    """The names of a run's first and last row."""
    names = list(dict.fromkeys([title(fold.first), title(fold.last)]))
    return " – ".join(names)


register.filter(title)


@register.simple_tag
def strip_cells(cells: list[StripCell], switches: Switches, page: int) -> SafeString:
    """The cells as links: on this page to the row, else to the page with the row."""
    pages = _pages(cells, switches, page)
    return rendering.joined(
        *(
            rendering.strip_cell(
                f"{pages[cell.page]}#{cell.pair.anchor}",
                cell.look,
                UNKNOWN_HEIGHT if cell.look == "unknown" else cell.height,
                cell.words,
                not is_passed_over(cell, switches),
            )
            for cell in cells
        )
    )


@register.simple_tag(takes_context=True)
def strip_lines(context: Any, cells: list[StripCell], switches: Switches, page: int) -> SafeString:
    """The same as lines of a list."""
    pages = _pages(cells, switches, page)
    signs = {look: rendering.component(context, "_sign", look=look) for look in {cell.look for cell in cells}}
    return rendering.joined(
        *(
            rendering.strip_line(f"{pages[cell.page]}#{cell.pair.anchor}", signs[cell.look], cell.words)
            for cell in cells
        )
    )


def _pages(cells: list[StripCell], switches: Switches, page: int) -> dict[int, str]:
    """By number of a page its address, seen from one of them."""
    return {number: "" if number == page else switches.address(number) for number in {cell.page for cell in cells}}


@register.simple_tag
def changes_in(cells: list[StripCell], switches: Switches) -> list[StripCell]:
    return [cell for cell in cells if not is_passed_over(cell, switches)]


@register.simple_tag
def address(switches: Switches, page: int = 1, **turned: bool) -> str:
    return switches.address(page, **turned)


@register.simple_tag
def unfiltered(switches: Switches) -> str:
    """The address of all rows, read in the same way."""
    return switches.address(filter=RowFilter())


@register.simple_tag
def against_base(pieces: list[tuple[str, list[tuple[str, str, str]]]], language: str) -> SafeString:
    """The words of a text against those of the base, a paragraph for each piece."""
    html = ""
    for number, runs in pieces:
        words = "".join(rendering.changed(op, rendering.marked(words, language), noise) for op, words, noise in runs)
        html += rendering.numbered_paragraph(number, words) if words else ""
    return rendering.in_language(html)


@register.simple_tag(takes_context=True)
def write_rows(context: Any, rows: list[PrintedRow | RowFold]) -> SafeString:
    """Rows as HTML. Needs in the context: old, new, switches; notes and corrects where there are any."""
    return RowWriter(context).write(rows)


@register.simple_tag
def gap_of(pair: ClausePair, count: int) -> SafeString:
    """So many unchanged paragraphs of a pair, left out."""
    address = pair.new.get_absolute_url() if pair.new else ""
    return rendering.joined(rendering.gap(count, address))


register.filter("whole", whole_text)
register.filter(list_changes)
