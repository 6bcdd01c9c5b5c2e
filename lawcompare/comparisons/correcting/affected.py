"""Which rows of a comparison a decision on some of its clauses affects."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from lawcompare.comparisons.models import Comparison, Level
from lawcompare.laws.models import Clause


def affected_clauses(comparison: Comparison, clauses: Collection[int]) -> set[int]:
    """Ids of the articles in which the clauses stand, with those set together with them, directly or through others."""
    units: list[Any] = [
        (row[:3], row[3:])
        for row in comparison.pairs.filter(level=Level.UNIT).values_list(
            "old", "old__position", "old__end", "new", "new__position", "new__end"
        )
    ]
    rows = Clause.objects.filter(pk__in=clauses, version__in=[comparison.old_id, comparison.new_id])
    places = defaultdict(list)
    for version, position in rows.values_list("version", "position"):
        places[version].append(position)
    sides = places[comparison.old_id], places[comparison.new_id]
    together = defaultdict(set)
    for old, new in units:
        for clause, other in ((old[0], new[0]), (new[0], old[0])):
            if clause and other:
                together[clause].add(other)
    waiting = [pk for unit in units for side, at in zip(unit, sides, strict=True) for pk in _holding(side, at)]
    affected: set[int] = set()
    while waiting:
        clause = waiting.pop()
        if clause not in affected:
            affected.add(clause)
            waiting += together[clause]
    return affected


def _holding(side: tuple[int | None, int, int], positions: Collection[int]) -> list[int]:
    """The clause of one side, where one of the positions lies in it."""
    pk, start, end = side
    return [pk] if pk is not None and any(start <= position < end for position in positions) else []
