"""Pairs into named entries with their evidence in words, in reading order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence


def longest_run(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The longest run of pairs in order in both texts (a longest increasing subsequence).

    The parts of a split follow one another in the run; of a merge one pair stands in it.

    >>> sorted(longest_run([(0, 1), (1, 2), (2, 0), (3, 3)]))
    [(0, 1), (1, 2), (3, 3)]
    """
    ordered = sorted(pairs)
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, new) in enumerate(ordered):
        place = bisect_left(tails, new)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [new]
        ends[place : place + 1] = [index]
    run: set[tuple[int, int]] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        run.add(ordered[index])
        index = before[index]
    return run


def reading_order(entries: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> list[int]:
    """Indices of entries by their first place in the new text; removed ones follow what preceded them in the old.

    >>> reading_order([((0,), (0,)), ((2,), (1,)), ((1,), ()), ((), (2,))])
    [0, 2, 1, 3]
    """
    home: dict[int, int] = {}
    for old, new in entries:
        for row in old:
            if new and (row not in home or home[row] > new[0]):
                home[row] = new[0]
    keys: list[tuple[float, int, int, int]] = []
    for index, (old, new) in enumerate(entries):
        if new:
            keys.append((new[0], 0, old[0] if old else -1, index))
        else:
            row = old[0]
            previous = row - 1
            while previous >= 0 and previous not in home:
                previous -= 1
            keys.append((home[previous] if previous >= 0 else -1, 1, row, index))
    return [key[-1] for key in sorted(keys)]
