"""Comparisons for templates: rows, the strip map, notes beside a row; a clause through the texts of its law."""

from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from lawcompare.annotations.html import in_groups
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons import html
from lawcompare.comparisons.access import drafts_beside_other_law, successive_drafts
from lawcompare.comparisons.clause_history import former_ids, life_of
from lawcompare.comparisons.models import ClausePair, PairKind
from lawcompare.comparisons.row_filter import RowFilter
from lawcompare.comparisons.rows import (
    PrintedRow,
    RowFold,
    Switches,
    span,
    title,
)
from lawcompare.comparisons.versions import whole_text
from lawcompare.laws.html import ClauseAddresses, changed, joined, marked, paragraphs_of
from lawcompare.laws.models import Jurisdiction, Version
from lawcompare.laws.translations.services import original_of

register = template.Library()
register.simple_tag(html.strip_cells)
register.simple_tag(html.rail)
register.simple_tag(former_ids)
register.simple_tag(life_of)
register.filter(title)
register.filter(span)
register.filter("whole", whole_text)

NOTES_SHOWN = 2


@register.simple_tag
def notes_of_row(row: PrintedRow, notes: dict[int, list[Annotation]]) -> dict[str, Any]:
    """Returns the notes on a row's clauses, the gravest first, those on words that overlap in one group.

    ``first`` and ``more`` are groups of (note, whether it is on the old text); ``more`` are folded, ``more_count``
    notes.
    """
    groups: dict[int, list[tuple[Annotation, bool]]] = {}
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
    more = ranked[place:]
    return {"first": ranked[:place], "more": more, "more_count": sum(map(len, more))}


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
    paragraphs = []
    for number, runs in pieces:
        redline = "".join(changed(op, marked(words, language), noise) for op, words, noise in runs)
        if redline:
            paragraphs.append(f"{conditional_escape(number)} {redline}")
    return joined(paragraphs_of(paragraphs))


@register.simple_tag(takes_context=True)
def write_rows(context: Any, rows: list[PrintedRow | RowFold]) -> SafeString:
    """Rows as HTML. Needs in the context: old, new, switches; notes and corrects where there are any."""
    return html.RowWriter(context).write(rows)


@register.simple_tag
def gap_of(pair: ClausePair, count: int) -> SafeString:
    """So many unchanged paragraphs of a pair, left out."""
    address = pair.new.get_absolute_url() if pair.new else ""
    return joined(html.gap(count, address))


@register.simple_tag
def goes_on(row: PrintedRow, old: Version, new: Version) -> SafeString:
    """That a row has more than the page, where it has."""
    return joined(html.goes_on(row, [ClauseAddresses(old), ClauseAddresses(new)]) if row.is_cut else "")


@register.simple_tag(takes_context=True)
def pairs_here(context: Any) -> list[tuple[Version, list[list[tuple[Version, Version]]]]]:
    """Returns each draft with the (old, new) pairs it is set in: with drafts, US law, treaties, law of its country."""
    user, columns = context["request"].user, {Jurisdiction.UNITED_STATES: 1, Jurisdiction.INTERNATIONAL: 2}
    beside = drafts_beside_other_law(user)
    placed = [(draft, columns.get(other.law.jurisdiction, 3), draft, other) for draft, other in beside]
    placed += [(one.new, 0, one.old, one.new) for one in successive_drafts(user)]
    grid: dict[int, tuple[Version, list[list[tuple[Version, Version]]]]] = {}
    for draft, column, old, new in placed:
        _draft, cells = grid.setdefault(original_of(draft), (draft, [[], [], [], []]))
        cells[column].append((old, new))
    return list(grid.values())
