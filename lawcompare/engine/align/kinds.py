"""Linked rows grouped into alignments of a kind, with their evidence, in reading order of the new text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from lawcompare.engine.align.links import WORTH_ASKING, Edge, Links
from lawcompare.engine.align.model import Alignment, Clauses, Keys, Reason, number_key
from lawcompare.engine.diff.lcs import longest_run
from lawcompare.engine.document import NOTHING, Clause


def alignments_of(old: Clauses, new: Clauses, links: Links, keys: Keys) -> list[Alignment]:
    """One entry per pair, split, merge, added and removed row, in reading order.

    A row that is split and whose target is merged stands in both entries: each names all partners of one clause.
    """
    groups = list(_groups(old, new, links, keys))
    alignments = []
    # By whether it is the old text.
    paired = {column for _, column in links.score}, {row for row, _ in links.score}
    for index in reading_order([(rows, columns) for rows, columns, _ in groups]):
        rows, columns, kind = groups[index]
        edges = [(row, column) for row in rows for column in columns if (row, column) in links.score]
        if edges:
            score = min(links.score[edge] for edge in edges)
            evidence = tuple(_evidence(old, new, links, edges, kind, keys))
            pairs = {(old[row].eid, new[column].eid): round(links.score[row, column], 4) for row, column in edges}
        else:
            side, row, others = ("old", rows[0], new) if rows else ("new", columns[0], old)
            nearest, alike = links.nearest.get((side, row), (0, 0.0))
            score, pairs = 1 - alike, {}
            near = {"nearest": _title(others[nearest]), "percent": round(100 * alike)} if alike >= _WORTH_NAMING else {}
            is_alone = alike >= WORTH_ASKING and nearest not in paired[not rows]
            kind_of = "perhaps" if is_alone else "none"
            evidence = (Reason(f"{kind_of}-in-{'new' if rows else 'old'}", near or NOTHING),)
        ids = tuple(old[row].eid for row in rows), tuple(new[column].eid for column in columns)
        alignments.append(Alignment(*ids, kind, round(max(0.0, score), 4), evidence, pairs))
    return alignments


# Below this likeness nothing is worth naming as the nearest.
_WORTH_NAMING = 0.05


def _groups(
    old: Clauses, new: Clauses, links: Links, keys: Keys
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], str]]:
    """The rows of each entry on either side, and its kind."""
    of_old: dict[int, list[int]] = defaultdict(list)
    of_new: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(links.score):
        of_old[row].append(column)
        of_new[column].append(row)
    run = longest_run(links.score)
    for row, unit in enumerate(old):
        columns = of_old.get(row, [])
        if not columns:
            yield (row,), (), "removed"
        elif len(columns) > 1:
            yield (row,), tuple(columns), "split"
        elif len(of_new[columns[0]]) == 1:
            column = columns[0]
            if (row, column) not in run:
                kind = "moved"
            elif number_key(unit.num) != number_key(new[column].num):
                kind = "renumbered"
            else:
                kind = "unchanged" if keys[0][row] == keys[1][column] else "changed"
            yield (row,), (column,), kind
    for column in range(len(new)):
        rows = of_new.get(column, [])
        if len(rows) > 1:
            yield tuple(rows), (column,), "merged"
        elif not rows:
            yield (), (column,), "added"


def _evidence(
    old: Clauses, new: Clauses, links: Links, edges: Sequence[Edge], kind: str, keys: Keys
) -> Iterator[Reason]:
    row, column = edges[0]
    before, after = old[row], new[column]
    if len(edges) > 1:
        if edges[1][0] == row:
            yield Reason("parts", {"count": len(edges), "name": _title(before)})
        else:
            yield Reason("joined", {"names": [_title(old[each]) for each, _ in edges]})
        if {links.reason[edge] for edge in edges} == {"decided"}:
            yield Reason("decided")
        return
    if links.reason[row, column] in {"decided", "placeholder"}:
        yield Reason(links.reason[row, column])
    elif keys[0][row] == keys[1][column]:
        yield Reason("same-text")
    else:
        yield Reason("alike", {"percent": round(100 * links.alike.get((row, column), links.score[row, column]))})
        if before.heading and before.heading == after.heading:
            yield Reason("same-heading")
    if number_key(before.num) != number_key(after.num):
        yield Reason("new-number")
    elif before.num:
        yield Reason("same-number")
    if kind == "moved":
        yield Reason("new-place")


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
