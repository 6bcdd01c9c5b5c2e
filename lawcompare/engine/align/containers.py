"""Which chapters, parts and titles belong together: by the units they hold, by heading, by number."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from lawcompare.engine.align.linking.candidates import words
from lawcompare.engine.align.linking.links import Decisions, Edge, Links
from lawcompare.engine.align.linking.matching import assign
from lawcompare.engine.align.model import number_key
from lawcompare.engine.align.tree import Tree
from lawcompare.engine.document import Clause
from lawcompare.engine.scoring import scorer


def link_containers(old: Tree, new: Tree, units: Links, decisions: Decisions, ignore_numbers: bool) -> Links:
    """Links between places in ``old.containers`` and ``new.containers``."""
    trees = old, new
    places = [{row: place for place, row in enumerate(tree.containers)} for tree in trees]
    decided = [
        (None if row is None else places[0][row], None if column is None else places[1][column])
        for row, column in decisions
        if (row is None or row in places[0]) and (column is None or column in places[1])
    ]
    above = [_containers_above(tree, place) for tree, place in zip(trees, places, strict=True)]
    sizes = [Counter(container for containers in part for container in containers) for part in above]
    shared = _shared_units(units, above[0], above[1])
    clauses = [[tree.clauses[row] for row in tree.containers] for tree in trees]
    score: dict[Edge, float] = {}
    reason: dict[Edge, str] = {}
    edges = [edge for edge in decided if None not in edge]
    for row, column in edges:
        score[row, column], reason[row, column] = 1.0, "decided"  # type: ignore[index]
    closed = {row for row, _ in decided}, {column for _, column in decided}
    ranked: dict[Edge, float] = {}
    for edge in shared.keys() | set(_like_headings(clauses[0], clauses[1])):
        if edge[0] not in closed[0] and edge[1] not in closed[1]:
            held = 2 * shared[edge] / max(sizes[0][edge[0]] + sizes[1][edge[1]], 1)
            ranked[edge] = _rank(clauses[0][edge[0]], clauses[1][edge[1]], min(held, 1.0), ignore_numbers)
    for edge in _best_pairs(ranked):
        score[edge], reason[edge] = round(min(1.0, ranked[edge]), 4), "alike"
    for edge in _taken_in(shared, sizes, clauses, set(score), closed):
        score[edge], reason[edge] = shared[edge] / max(sizes[0][edge[0]], sizes[1][edge[1]], 1), "shared"
    return Links(score, reason)


def _containers_above(tree: Tree, places: dict[int, int]) -> list[list[int]]:
    """Per unit the places of the containers it stands in."""
    return [[places[row] for row in tree.ancestors(unit) if row in places] for unit in tree.units]


def _shared_units(units: Links, above_old: list[list[int]], above_new: list[list[int]]) -> Counter[Edge]:
    shared: Counter[Edge] = Counter()
    for row, column in units.score:
        shared.update((before, after) for before in above_old[row] for after in above_new[column])
    return shared


def _like_headings(old: list[Clause], new: list[Clause]) -> Iterator[Edge]:
    """Pairs with the same heading or, where headings are empty, the same number."""
    names: dict[str, list[int]] = defaultdict(list)
    for column, clause in enumerate(new):
        names[_name(clause)].append(column)
    for row, clause in enumerate(old):
        if _name(clause):
            yield from ((row, column) for column in names[_name(clause)])


def _name(clause: Clause) -> str:
    return " ".join(words(clause.heading)) or number_key(clause.num)


def _rank(old: Clause, new: Clause, held: float, ignore_numbers: bool) -> float:
    before, after = set(words(old.heading)), set(words(new.heading))
    heading = 2 * len(before & after) / max(len(before) + len(after), 1) if before or after else 0.5
    number = not ignore_numbers and number_key(old.num) == number_key(new.num) != ""
    return scorer("containers")(
        {
            "held": held,
            "heading": heading,
            "same_number": float(number),
            "same_element": float(old.element == new.element),
        }
    )


def _best_pairs(ranked: dict[Edge, float]) -> Iterator[Edge]:
    floor = scorer("containers").floors["least"]
    kept = sorted(edge for edge, rank in ranked.items() if rank > floor)
    if not kept:
        return
    rows, columns = np.array(kept).T
    yield from assign(rows, columns, np.array([ranked[edge] - floor for edge in kept]))


def _taken_in(
    shared: Counter[Edge],
    sizes: list[Counter[int]],
    clauses: list[list[Clause]],
    linked: set[Edge],
    closed: tuple[set[int | None], set[int | None]],
) -> Iterator[Edge]:
    """Pairs of a container left over and one of the same element that holds most of its units."""
    taken_in = scorer("containers").floors["taken_in"]
    with_partner = {row for row, _ in linked}, {column for _, column in linked}
    for edge, count in sorted(shared.items()):
        row, column = edge
        if row in closed[0] or column in closed[1] or clauses[0][row].element != clauses[1][column].element:
            continue
        lost_old = row not in with_partner[0] and count >= taken_in * sizes[0][row]
        lost_new = column not in with_partner[1] and count >= taken_in * sizes[1][column]
        if lost_old or lost_new:
            yield edge
