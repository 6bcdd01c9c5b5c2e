"""The rows of a finished comparison as places without words, and the order in which they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lawcompare.comparisons.computing.draft_rows import Row
from lawcompare.comparisons.models import Comparison, Level
from lawcompare.engine.align import reading_order
from lawcompare.laws.models import Clause


class Side(NamedTuple):
    """A clause as a place in its text."""

    pk: int
    parent: int | None
    start: int
    end: int
    num: str


class Top(NamedTuple):
    """A row or heading of a comparison, with the number of rows it takes with its parts."""

    source: int
    position: int
    span: int
    level: str
    group: int
    kind: str
    standing: str
    old: Side | None
    new: Side | None

    @property
    def clauses(self) -> set[int]:
        return {side.pk for side in (self.old, self.new) if side}


_SIDE = ("pk", "parent_id", "position", "end", "num")
_FIELDS = ("position", "level", "group", "kind", "standing")


def tops_of(comparison: Comparison) -> list[Top]:
    """All rows and headings in reading order. One query, which reads no words."""
    names = [*_FIELDS, *(f"{side}__{name}" for side in ("old", "new") for name in _SIDE)]
    rows = list(comparison.pairs.exclude(level=Level.PART).order_by("position").values_list(*names))
    starts = [row[0] for row in rows] + [comparison.pairs.count()]
    count = len(_FIELDS)
    return [
        Top(comparison.pk, row[0], after - row[0], *row[1:count], *_sides(row[count:]))
        for row, after in zip(rows, starts[1:], strict=True)
    ]


def _sides(values: Sequence[object]) -> Iterator[Side | None]:
    for side in (values[: len(_SIDE)], values[len(_SIDE) :]):
        yield None if side[0] is None else Side(*side)  # type: ignore[arg-type]


def touched(tops: Iterable[Top], olds: Collection[int], news: Collection[int]) -> list[Top]:
    """The rows in which places of the old or new text stand, with those of one split or merge with them."""
    units = [top for top in tops if top.level == Level.UNIT]
    chosen = {at for at, top in enumerate(units) if _covers(top.old, olds) or _covers(top.new, news)}
    waiting = list(chosen)
    by_clause: dict[int, list[int]] = {}
    for at, top in enumerate(units):
        for clause in top.clauses:
            by_clause.setdefault(clause, []).append(at)
    while waiting:
        for clause in units[waiting.pop()].clauses:
            fresh = set(by_clause[clause]) - chosen
            chosen |= fresh
            waiting += fresh
    return [units[at] for at in sorted(chosen)]


def _covers(side: Side | None, places: Collection[int]) -> bool:
    return side is not None and any(side.start <= place < side.end for place in places)


@dataclass(frozen=True)
class Group:
    """The rows of one pair, split or merge: as they stand in an edition, or computed anew."""

    olds: tuple[Side, ...]
    news: tuple[Side, ...]
    rows: tuple[Top | Row, ...]


def groups_of(tops: Iterable[Top]) -> list[Group]:
    found: dict[tuple[int, int], list[Top]] = {}
    for top in tops:
        if top.level == Level.UNIT:
            found.setdefault((top.source, top.group), []).append(top)
    return [_group(rows) for rows in found.values()]


def _group(rows: Sequence[Top]) -> Group:
    return Group(_apart(top.old for top in rows), _apart(top.new for top in rows), tuple(rows))


def _apart(sides: Iterable[Side | None]) -> tuple[Side, ...]:
    return tuple(sorted({side for side in sides if side}, key=lambda side: side.start))


def group_rows(rows: Iterable[Row], olds: Mapping[str, Clause], news: Mapping[str, Clause]) -> list[Group]:
    """Rows computed anew, a group for each pair, split or merge."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return [
        Group(
            _apart(side_of(olds[row.old.eid]) for row in group if row.old),
            _apart(side_of(news[row.new.eid]) for row in group if row.new),
            tuple(group),
        )
        for group in found.values()
    ]


def side_of(clause: Clause) -> Side:
    return Side(clause.pk, clause.parent_id, clause.position, clause.end, clause.num)


def in_reading_order(groups: Sequence[Group], headings: Iterable[Top]) -> list[Top | Row]:
    """All rows as a comparison prints them: each heading before the first row that stands inside it."""
    above = _Above(headings)
    places = [(tuple(s.start for s in group.olds), tuple(s.start for s in group.news)) for group in groups]
    found: list[Top | Row] = []
    for at in reading_order(places):
        found += above.of(groups[at])
        found += groups[at].rows
    return [*found, *above.rest()]


class _Above:
    """Headings, each given out once."""

    def __init__(self, headings: Iterable[Top]) -> None:
        self.waiting_new: dict[int, Top] = {}
        self.waiting_old: dict[int, Top] = {}
        self.parents: dict[int, int | None] = {}
        for top in headings:
            for side in (top.old, top.new):
                if side:
                    self.parents[side.pk] = side.parent
            if top.new:
                self.waiting_new[top.new.pk] = top
            elif top.old:
                self.waiting_old[top.old.pk] = top

    def of(self, group: Group) -> Iterator[Top]:
        for sides, waiting in ((group.news, self.waiting_new), (group.olds, self.waiting_old)):
            path = []
            parent = sides[0].parent if sides else None
            while parent is not None:
                path.append(parent)
                parent = self.parents.get(parent)
            for clause in reversed(path):
                if clause in waiting:
                    yield waiting.pop(clause)

    def rest(self) -> Iterator[Top]:
        yield from self.waiting_new.values()
        yield from self.waiting_old.values()
