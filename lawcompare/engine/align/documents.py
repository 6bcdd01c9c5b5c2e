"""Alignment of two trees: units among themselves, then what is inside paired units, then what they stand in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from types import MappingProxyType

import numpy as np
import regex
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.candidates import words
from lawcompare.engine.align.kinds import alignments_of
from lawcompare.engine.align.links import Decisions, Edge, Frame, Links, assign, find_links
from lawcompare.engine.align.model import (
    Alignment,
    Clauses,
    Keys,
    Tree,
    Trees,
    check_decided,
    check_ids,
    fold_clauses,
    number_key,
    text_key,
)
from lawcompare.engine.align.scoring import Watch
from lawcompare.engine.document import Clause
from lawcompare.engine.scoring import scorer


@dataclass(frozen=True)
class DocumentAlignment:
    """Which clauses of two documents belong together. All in reading order of the new text.

    ``units``       articles, sections and what stands beside them: the rows of a comparison. Kind and score are those
                    of the whole clause with all inside it
    ``containers``  chapters, parts, titles, by number, heading and the units they hold
    ``parts``       index in ``units`` -> how the clauses inside that row belong together, the units themselves included
                    as the outermost parts; kind by a part's own number, heading and text. Absent where neither side has
                    clauses inside
    """

    units: tuple[Alignment, ...]
    containers: tuple[Alignment, ...] = ()
    parts: Mapping[int, tuple[Alignment, ...]] = field(default_factory=lambda: MappingProxyType({}))


def align_trees(
    old: Clauses,
    new: Clauses,
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
    in_part: bool = False,
    watch: Watch | None = None,
) -> DocumentAlignment:
    """Align two lists of clauses by their parents."""
    trees = Tree(fold_clauses(old), "old"), Tree(fold_clauses(new), "new")
    decisions = check_decided(decided, trees[0].rows, trees[1].rows)
    links = link_units(trees, decisions, ignore_numbers, watch, in_part)
    old_units, new_units = ([tree.whole(row) for row in tree.units] for tree in trees)
    units = alignments_of(old_units, new_units, links, _whole_keys(trees))
    old_containers, new_containers = ([tree.clauses[row] for row in tree.containers] for tree in trees)
    container_links = link_containers(*trees, links, decisions, ignore_numbers)
    container_keys = _text_keys(old_containers, new_containers)
    return DocumentAlignment(
        units=tuple(units),
        containers=tuple(alignments_of(old_containers, new_containers, container_links, container_keys)),
        parts=MappingProxyType(align_parts(trees, links, units, decisions, ignore_numbers, in_part)),
    )


def _text_keys(old: Clauses, new: Clauses) -> Keys:
    return [text_key(clause) for clause in old], [text_key(clause) for clause in new]


def _whole_keys(trees: Trees) -> tuple[list[str], list[str]]:
    old, new = trees
    return [old.whole_key(row) for row in old.units], [new.whole_key(row) for row in new.units]


def link_units(
    trees: Trees, decisions: Decisions, ignore_numbers: bool, watch: Watch | None = None, in_part: bool = False
) -> Links:
    """Which articles and sections of two texts belong together, by their places among the units."""
    among_units = _decided_among(decisions, trees[0].units, trees[1].units)
    units = [[tree.whole(row) for row in tree.units] for tree in trees]
    chapters = [[tree.home(row) for row in tree.units] for tree in trees]
    frame = Frame(_whole_keys(trees), homes=(chapters[0], chapters[1]), in_part=in_part)
    links = find_links(units[0], units[1], ignore_numbers=ignore_numbers, decided=among_units, frame=frame, watch=watch)
    if not ignore_numbers:
        link_placeholders(units[0], units[1], links, among_units)
    # A decision about clauses inside units pairs their units too, beside whatever else those are paired with.
    homes = [{row: place for place, unit in enumerate(tree.units) for row in tree.subtree(unit)} for tree in trees]
    for old, new in decisions:
        if old is not None and new is not None and old in homes[0] and new in homes[1]:
            edge = homes[0][old], homes[1][new]
            links.score.setdefault(edge, 1.0)
            links.reason.setdefault(edge, "decided")
    return links


def _decided_among(
    decisions: Decisions, rows: Sequence[int], columns: Sequence[int]
) -> list[tuple[int | None, int | None]]:
    """The decisions about some rows of either text alone, by their places among these."""
    places = [{row: place for place, row in enumerate(side)} for side in (rows, columns)]
    return [
        (None if old is None else places[0][old], None if new is None else places[1][new])
        for old, new in decisions
        if (old is None or old in places[0]) and (new is None or new in places[1])
    ]


def align_flat(
    old: Clauses,
    new: Clauses,
    *,
    ignore_numbers: bool = False,
    decided: Iterable[tuple[str | None, str | None]] = (),
    watch: Watch | None = None,
) -> list[Alignment]:
    """Align two lists in document order; every clause is a unit of its own."""
    decisions = check_decided(decided, check_ids(old, "old"), check_ids(new, "new"))
    old, new = fold_clauses(old), fold_clauses(new)
    keys = _text_keys(old, new)
    links = find_links(old, new, ignore_numbers=ignore_numbers, decided=decisions, frame=Frame(keys), watch=watch)
    return alignments_of(old, new, links, keys)


# What is printed where a clause was taken out and its number was left: "[Repealed. Pub. L. …]", "Reserved".
_PLACEHOLDER = regex.compile(r"(?i)\A\W*(?:repealed|omitted|reserved|transferred|vacant|deleted|abrogée?s?|លុបចោល)\b")


def is_placeholder(unit: Clause) -> bool:
    """Whether a clause with all it holds says no more than that its number is free.

    >>> is_placeholder(Clause("a", "article", "§ 710", "Repealed. Pub. L. 106–379", ""))
    True
    """
    return (not unit.text.strip() and _PLACEHOLDER.match(unit.heading) is not None) or (
        not unit.heading.strip() and len(unit.text) < 200 and _PLACEHOLDER.match(unit.text) is not None
    )


def link_placeholders(old: list[Clause], new: list[Clause], links: Links, decided: Decisions = ()) -> None:
    """Pair what is left over where one of the two is a placeholder under the other's number, and no third has it.

    There is no text to decide against the number, and readers look for the new clause where the old one stood.
    """
    paired_old = {row for row, _ in (*links.score, *decided)}
    paired_new = {column for _, column in (*links.score, *decided)}
    by_number: dict[str, list[int]] = {}
    for column, unit in enumerate(new):
        if column not in paired_new and number_key(unit.num):
            by_number.setdefault(number_key(unit.num), []).append(column)
    for row, unit in enumerate(old):
        columns = by_number.get(number_key(unit.num), [])
        if row in paired_old or len(columns) != 1:
            continue
        if is_placeholder(unit) or is_placeholder(new[columns[0]]):
            links.score[row, columns[0]], links.reason[row, columns[0]] = 0.5, "placeholder"


# --- what is inside paired units ---


@dataclass(frozen=True)
class _Inside:
    """The clauses of one text that take part: rows of its tree, and the number of the group of units each is in."""

    tree: Tree
    rows: list[int]
    group: list[int]

    def whole(self) -> list[Clause]:
        return [self.tree.whole(row) for row in self.rows]

    def own(self) -> list[Clause]:
        return [self.tree.clauses[row] for row in self.rows]

    @cached_property
    def silent(self) -> list[bool]:
        """Per clause whether it has no words of its own."""
        return [not clause.text.strip() for clause in self.own()]

    @cached_property
    def roots(self) -> set[int]:
        """Places of the units themselves."""
        units = set(self.tree.units)
        return {place for place, row in enumerate(self.rows) if row in units}

    def spoken(self) -> list[Clause]:
        """With their own words, or if they have none with those of the clauses below."""
        clauses = zip(self.own(), self.whole(), self.silent, strict=True)
        return [whole if is_silent else own for own, whole, is_silent in clauses]

    def keys(self) -> list[str]:
        """Own words and those below: a heading over one paragraph is not the paragraph."""
        wholes = zip(self.own(), map(self.tree.whole_key, self.rows), strict=True)
        return [whole and f"{text_key(clause)}\0{whole}" for clause, whole in wholes]

    def classes(self) -> np.ndarray:
        """Group and whether there are own words: a clause with words is never set against a mere heading."""
        return 2 * np.array(self.group, dtype=np.int64) + np.array(self.silent, dtype=np.int64)

    def parents(self) -> np.ndarray:
        places = {row: place for place, row in enumerate(self.rows)}
        return np.array([places.get(self.tree.parents[row], -1) for row in self.rows], dtype=np.int64)


def align_parts(
    trees: Trees,
    links: Links,
    units: Sequence[Alignment],
    decisions: Decisions,
    ignore_numbers: bool,
    in_part: bool,
) -> dict[int, tuple[Alignment, ...]]:
    """Index in ``units`` -> how the clauses inside belong together, for entries that have clauses inside."""
    old, new = _take_part(trees, links)
    if not old.rows and not new.rows:
        return {}
    roots = {*old.roots, None}, {*new.roots, None}
    decided = [  # what is decided about two units says nothing about their outermost parts
        (row, column)
        for row, column in _decided_among(decisions, old.rows, new.rows)
        if row not in roots[0] or column not in roots[1]
    ]
    frame = Frame(
        keys=(old.keys(), new.keys()),
        groups=(old.classes(), new.classes()),
        parents=(old.parents(), new.parents()),
        own=(old.spoken(), new.spoken()),
        given=_given_roots(old, new, {row for row, _ in decided}, {column for _, column in decided}),
        in_part=in_part,
    )
    part_links = find_links(old.whole(), new.whole(), ignore_numbers=ignore_numbers, decided=decided, frame=frame)
    return _distribute(old, new, part_links, units)


def _take_part(trees: Trees, links: Links) -> tuple[_Inside, _Inside]:
    """All clauses of the groups of paired units in which a unit has clauses inside."""
    # Units that are paired, directly or through others, are one group.
    height = len(trees[0].units)
    size = height + len(trees[1].units)
    edges = np.array(list(links.score), dtype=np.int64).reshape(-1, 2)
    graph = scipy.sparse.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1] + height)), shape=(size, size))
    labels = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].tolist()
    members = [
        [(row, group) for unit, group in zip(tree.units, label, strict=True) for row in tree.subtree(unit)]
        for tree, label in zip(trees, (labels[:height], labels[height:]), strict=True)
    ]
    units = [set(tree.units) for tree in trees]
    deep = {group for side, part in zip(units, members, strict=True) for row, group in part if row not in side}
    old, new = (
        _Inside(tree, [row for row, group in part if group in deep], [group for _, group in part if group in deep])
        for tree, part in zip(trees, members, strict=True)
    )
    return old, new


def _given_roots(old: _Inside, new: _Inside, closed_old: set[int | None], closed_new: set[int | None]) -> list[Edge]:
    """The units of a one-to-one pair are each other's outermost part, if both or neither have words of their own."""
    alone: list[dict[tuple[int, bool], int]] = []
    for side in (old, new):
        counts = Counter(side.group[place] for place in side.roots)
        single = [place for place in side.roots if counts[side.group[place]] == 1]
        alone.append({(side.group[place], side.silent[place]): place for place in single})
    given = sorted((alone[0][key], alone[1][key]) for key in alone[0].keys() & alone[1].keys())
    return [(row, column) for row, column in given if row not in closed_old and column not in closed_new]


def _distribute(
    old: _Inside, new: _Inside, links: Links, units: Sequence[Alignment]
) -> dict[int, tuple[Alignment, ...]]:
    """The links entry by entry; a clause without partner stands once."""
    homes: list[dict[str, list[int]]] = []  # id of a unit -> the places of the clauses in it
    for side in (old, new):
        places = {row: place for place, row in enumerate(side.rows)}
        inside = (
            (unit, [places[row] for row in side.tree.subtree(unit)]) for unit in side.tree.units if unit in places
        )
        homes.append({side.tree.clauses[unit].eid: rows for unit, rows in inside})
    keys = _text_keys(old.own(), new.own())
    partnered = {row for row, _ in links.score}, {column for _, column in links.score}
    by_row: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(links.score):
        by_row[row].append(column)
    listed: tuple[set[int], set[int]] = set(), set()
    parts: dict[int, tuple[Alignment, ...]] = {}
    for index, entry in enumerate(units):
        rows = [place for unit in entry.old for place in homes[0].get(unit, ())]
        columns = [place for unit in entry.new for place in homes[1].get(unit, ())]
        known = set(columns)
        edges = [(row, column) for row in rows for column in by_row.get(row, ()) if column in known]
        touched = {row for row, _ in edges}, {column for _, column in edges}
        rows = [row for row in rows if row in touched[0] or _is_unlisted(row, old, partnered[0], listed[0])]
        columns = [
            column for column in columns if column in touched[1] or _is_unlisted(column, new, partnered[1], listed[1])
        ]
        if rows or columns:
            parts[index] = _name_local((old, new), links, keys, rows, columns, edges)
    return parts


def _is_unlisted(place: int, side: _Inside, partnered: set[int], listed: set[int]) -> bool:
    """Whether a clause without a partner is to be listed here; a unit without words of its own is not."""
    if place in partnered or place in listed or (side.silent[place] and place in side.roots):
        return False
    listed.add(place)
    return True


def _name_local(
    sides: tuple[_Inside, _Inside],
    all_links: Links,
    keys: Keys,
    rows: list[int],
    columns: list[int],
    edges: list[Edge],
) -> tuple[Alignment, ...]:
    """Entries of one row of the comparison, with order and moves as seen inside it."""
    at_old = {row: place for place, row in enumerate(rows)}
    at_new = {column: place for place, column in enumerate(columns)}
    links = Links(
        {(at_old[row], at_new[column]): all_links.score[row, column] for row, column in edges},
        {(at_old[row], at_new[column]): all_links.reason[row, column] for row, column in edges},
        {(at_old[row], at_new[column]): all_links.alike.get((row, column), 1.0) for row, column in edges},
    )
    for side, here, there in (("old", at_old, at_new), ("new", at_new, at_old)):
        for row, place in here.items():
            nearest = all_links.nearest.get((side, row))
            if nearest and nearest[0] in there:
                links.nearest[side, place] = (there[nearest[0]], nearest[1])
    old, new = sides
    clauses = (
        [old.tree.clauses[old.rows[row]] for row in rows],
        [new.tree.clauses[new.rows[column]] for column in columns],
    )
    local = [keys[0][row] for row in rows], [keys[1][column] for column in columns]
    return tuple(alignments_of(*clauses, links, local))


# --- which chapters, parts and titles belong together ---


def link_containers(old: Tree, new: Tree, units: Links, decisions: Decisions, ignore_numbers: bool) -> Links:
    """Links between places in ``old.containers`` and ``new.containers``."""
    above: list[list[list[int]]] = []  # per unit the places of the containers it stands in
    for tree in (old, new):
        places = {row: place for place, row in enumerate(tree.containers)}
        above.append([[places[row] for row in tree.ancestors(unit) if row in places] for unit in tree.units])
    sizes = [Counter(container for containers in part for container in containers) for part in above]
    shared = Counter(edge for row, column in units.score for edge in product(above[0][row], above[1][column]))
    clauses = [[tree.clauses[row] for row in tree.containers] for tree in (old, new)]
    decided = _decided_among(decisions, old.containers, new.containers)
    score: dict[Edge, float] = {}
    reason: dict[Edge, str] = {}
    for row, column in decided:
        if row is not None and column is not None:
            score[row, column], reason[row, column] = 1.0, "decided"
    closed = {row for row, _ in decided}, {column for _, column in decided}
    ranked: dict[Edge, float] = {}
    for edge in shared.keys() | set(_like_headings(clauses[0], clauses[1])):
        if edge[0] not in closed[0] and edge[1] not in closed[1]:
            held = 2 * shared[edge] / max(sizes[0][edge[0]] + sizes[1][edge[1]], 1)
            ranked[edge] = _rank(clauses[0][edge[0]], clauses[1][edge[1]], min(held, 1.0), ignore_numbers)
    floor = scorer("containers").floors["least"]
    if kept := sorted(edge for edge, rank in ranked.items() if rank > floor):
        rows, columns = np.array(kept).T
        for edge in assign(rows, columns, np.array([ranked[edge] - floor for edge in kept])):
            score[edge], reason[edge] = round(min(1.0, ranked[edge]), 4), "alike"
    for edge in _taken_in(shared, sizes, clauses, set(score), closed):
        score[edge], reason[edge] = shared[edge] / max(sizes[0][edge[0]], sizes[1][edge[1]], 1), "shared"
    return Links(score, reason)


def _like_headings(old: list[Clause], new: list[Clause]) -> Iterator[Edge]:
    """Pairs with the same heading or, where headings are empty, the same number."""
    names: dict[str, list[int]] = defaultdict(list)
    for column, clause in enumerate(new):
        names[_container_name(clause)].append(column)
    for row, clause in enumerate(old):
        if _container_name(clause):
            yield from ((row, column) for column in names[_container_name(clause)])


def _container_name(clause: Clause) -> str:
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
