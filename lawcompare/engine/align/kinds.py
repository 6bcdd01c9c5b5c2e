"""Linked rows grouped into alignments of a kind, with their evidence, in reading order of the new text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lawcompare.engine.align.links import Links
from lawcompare.engine.align.model import Alignment, Clauses, Keys, Reason, number_key
from lawcompare.engine.diff.lcs import longest_run
from lawcompare.engine.document import Clause


@dataclass(frozen=True)
class RowGroup:
    """The rows of one alignment on either side, and its kind."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    kind: str


def group_links(old: Clauses, new: Clauses, links: Links, keys: Keys) -> list[RowGroup]:
    """One entry per pair, split, merge, added and removed row, in reading order.

    A row that is split and whose target is merged stands in both entries: each names all partners of one clause.
    """
    of_old: dict[int, list[int]] = defaultdict(list)
    of_new: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(links.score):
        of_old[row].append(column)
        of_new[column].append(row)
    run = longest_run(links.score)
    entries: list[RowGroup] = []
    for row, unit in enumerate(old):
        columns = of_old.get(row, [])
        if not columns:
            entries.append(RowGroup((row,), (), "removed"))
        elif len(columns) > 1:
            entries.append(RowGroup((row,), tuple(columns), "split"))
        elif len(of_new[columns[0]]) == 1:
            column = columns[0]
            if (row, column) not in run:
                kind = "moved"
            elif number_key(unit.num) != number_key(new[column].num):
                kind = "renumbered"
            else:
                kind = "unchanged" if keys[0][row] == keys[1][column] else "changed"
            entries.append(RowGroup((row,), (column,), kind))
    for column in range(len(new)):
        rows = of_new.get(column, [])
        if len(rows) > 1:
            entries.append(RowGroup(tuple(rows), (column,), "merged"))
        elif not rows:
            entries.append(RowGroup((), (column,), "added"))
    return [entries[index] for index in reading_order([(entry.old, entry.new) for entry in entries])]


def name_entries(old: Clauses, new: Clauses, links: Links, entries: Sequence[RowGroup], keys: Keys) -> list[Alignment]:
    """Entries with ids, score and evidence."""
    named = []
    for entry in entries:
        edges = [(row, column) for row in entry.old for column in entry.new if (row, column) in links.score]
        if edges:
            score = min(links.score[edge] for edge in edges)
        else:
            side, row = ("old", entry.old[0]) if entry.old else ("new", entry.new[0])
            score = 1 - links.nearest.get((side, row), (0, 0.0))[1]
        named.append(
            Alignment(
                old=tuple(old[row].eid for row in entry.old),
                new=tuple(new[column].eid for column in entry.new),
                kind=entry.kind,
                score=round(max(0.0, score), 4),
                evidence=_evidence(old, new, links, entry, keys),
            )
        )
    return named


def _evidence(old: Clauses, new: Clauses, links: Links, entry: RowGroup, keys: Keys) -> tuple[Reason, ...]:
    if not entry.new:
        return (_refused("none-in-new", links.nearest.get(("old", entry.old[0])), new),)
    if not entry.old:
        return (_refused("none-in-old", links.nearest.get(("new", entry.new[0])), old),)
    ways = {links.reason[row, column] for row in entry.old for column in entry.new if (row, column) in links.reason}
    if len(entry.new) > 1:
        together = Reason("parts", {"count": len(entry.new), "name": _title(old[entry.old[0]])})
    elif len(entry.old) > 1:
        together = Reason("joined", {"names": [_title(old[row]) for row in entry.old]})
    else:
        return tuple(_pair_evidence(old, new, links, entry, keys))
    return (together, Reason("decided")) if ways == {"decided"} else (together,)


def _pair_evidence(old: Clauses, new: Clauses, links: Links, entry: RowGroup, keys: Keys) -> Iterator[Reason]:
    row, column = entry.old[0], entry.new[0]
    before, after = old[row], new[column]
    if links.reason[row, column] in {"decided", "placeholder"}:
        yield Reason(links.reason[row, column])
    elif keys[0][row] == keys[1][column]:
        yield Reason("same-text")
    else:
        yield Reason("alike", {"percent": round(100 * links.score[row, column])})
        if before.heading and before.heading == after.heading:
            yield Reason("same-heading")
    if number_key(before.num) != number_key(after.num):
        yield Reason("new-number")
    elif before.num:
        yield Reason("same-number")
    if entry.kind == "moved":
        yield Reason("new-place")


# Below this likeness nothing is worth naming as the nearest.
_WORTH_NAMING = 0.05


def _refused(kind: str, nearest: tuple[int, float] | None, clauses: Clauses) -> Reason:
    if nearest is None or nearest[1] < _WORTH_NAMING:
        return Reason(kind)
    return Reason(kind, {"nearest": _title(clauses[nearest[0]]), "percent": round(100 * nearest[1])})


def _title(clause: Clause) -> str:
    return clause.num or clause.heading or clause.eid


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
