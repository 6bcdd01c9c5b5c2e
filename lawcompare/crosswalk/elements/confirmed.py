"""The values that people confirmed, in the engine's form, for setting two clauses side by side."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.differences import ConfirmedElements
from lawcompare.crosswalk.elements.values import (
    ElementCell,
    ElementColumn,
    ElementRow,
    ElementTable,
    ElementValue,
    Quote,
    SharedValues,
    value_in_words,
)
from lawcompare.crosswalk.models import Element, Value, ValueStatus
from lawcompare.engine.compare_laws.elements import Elements, Excerpt
from lawcompare.laws.citing.find_clause import cite_address
from lawcompare.laws.formatting import format_in_dollars
from lawcompare.laws.models import Clause, Version

# The scope of a clause makes no difference sentence.
COMPARED = frozenset(Element.values) - {Element.SCOPE}


def values_of_clauses(values: QuerySet[Value], clauses: Iterable[Clause]) -> dict[int, list[Value]]:
    """Those of ``values`` that are stated of the clauses, by the key of the clause. One query."""
    by_clause: dict[int, list[Value]] = {}
    for value in values.filter(clause__in={clause.pk for clause in clauses}):
        by_clause.setdefault(value.clause_id, []).append(value)
    return by_clause


def confirmed_elements(by_clause: Mapping[int, Sequence[Value]]) -> dict[int, ConfirmedElements]:
    """What was confirmed of each clause, by its key, in the engine's form; a clause of which nothing was is left out.

    An element with a disputed value is left out too: no sentence about a difference rests on it.
    """
    excerpts: dict[int, dict[str, list[Excerpt]]] = defaultdict(lambda: defaultdict(list))
    absent: dict[int, set[str]] = defaultdict(set)
    for values in by_clause.values():
        disputed = {value.element for value in values if value.status != ValueStatus.CONFIRMED}
        for value in values:
            if value.element in COMPARED - disputed:
                _add(value, excerpts, absent)
    return {
        clause: ConfirmedElements(_elements(excerpts[clause]), frozenset(absent[clause]))
        for clause in excerpts.keys() | absent.keys()
    }


def _elements(by_name: Mapping[str, Sequence[Excerpt]]) -> Elements:
    named: dict[str, Any] = {name: tuple(excerpts) for name, excerpts in by_name.items()}
    return Elements(**named)


def _add(value: Value, excerpts: dict[int, dict[str, list[Excerpt]]], absent: dict[int, set[str]]) -> None:
    if value.is_absence:
        absent[value.clause_id].add(value.element)
    elif (excerpt := excerpt_of(value)) is not None:
        excerpts[value.clause_id][value.element].append(excerpt)


def excerpt_of(value: Value) -> Excerpt | None:
    """The words of a value in the engine's form; None where it says that there are none."""
    if value.words_clause is None or value.start is None or value.end is None:
        return None
    return Excerpt(value.words_clause.eid, value.start, value.end, value.quote, value.values)


# --- showing ----------------------------------------------------------------------------------------------------------


def build_confirmed_table(
    shelves: Iterable[tuple[Version, Sequence[Clause]]], by_clause: Mapping[int, Sequence[Value]]
) -> ElementTable | None:
    """What people confirmed of each law's clauses, side by side, or None where there is nothing."""
    columns = []
    for version, clauses in shelves:
        distinct = {clause.pk: clause for clause in clauses}.values()
        if stated := sorted((c for c in distinct if c.pk in by_clause), key=lambda clause: clause.position):
            columns.append(ElementColumn(version, stated))
    if not columns:
        return None
    credits = {value.credit for column in columns for clause in column.clauses for value in by_clause[clause.pk]}
    only = next(iter(credits)) if len(credits) == 1 else ""
    lines = []
    for element, name in Element.choices:
        cells = [_cell(column, element, by_clause, credited=not only) for column in columns]
        if any(cell.entries for cell in cells):
            lines.append(ElementRow(str(name), cells, is_text=False))
    return ElementTable(columns, lines, [], only)


def _cell(
    column: ElementColumn, element: str, by_clause: Mapping[int, Sequence[Value]], *, credited: bool
) -> ElementCell:
    entries: list[SharedValues] = []
    for clause in column.clauses:
        values = [shown(value, credited=credited) for value in by_clause[clause.pk] if value.element == element]
        same = next((entry for entry in entries if entry.values == values), None)
        if same:
            same.clauses.append(clause)
        elif values:
            entries.append(SharedValues([clause], values))
    return ElementCell(column, entries, {} if entries else {_("not confirmed yet"): column.clauses})


def shown(value: Value, *, credited: bool = True) -> ElementValue:
    """A value in the reader's words, with its status, and with who stands for it where ``credited``."""
    status = "" if value.status == ValueStatus.CONFIRMED and not credited else value.status_label
    excerpt, credit = excerpt_of(value), value.credit if credited else ""
    if excerpt is None:
        return ElementValue(_("none in the whole text"), [], "", status, credit)
    place = cite_address(excerpt.eid)
    place = "" if place == cite_address(value.clause.eid) else place  # its continuation is cited as the clause itself
    quote = Quote(" ".join(excerpt.quote.split()), excerpt.eid, place)
    dollars = format_in_dollars(excerpt.values) if value.element == Element.PENALTIES else ""
    return ElementValue(value_in_words(value.element, excerpt), [quote], dollars, status, credit)
