"""What is inside paired units: their paragraphs and points, aligned among themselves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.kinds import RowGroup, group_links, name_entries
from lawcompare.engine.align.linking.links import Decisions, Edge, Frame, Links, find_links
from lawcompare.engine.align.model import Alignment, text_key
from lawcompare.engine.align.tree import Tree
from lawcompare.engine.document import Clause


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

    def spoken(self) -> list[Clause]:
        """With their own words, or if they have none with those of the clauses below."""
        pairs = zip(self.own(), self.whole(), strict=True)
        return [clause if clause.text.strip() else whole for clause, whole in pairs]

    def keys(self) -> list[str]:
        """Own words and those below: a heading over one paragraph is not the paragraph."""
        keys = []
        for row, clause in zip(self.rows, self.own(), strict=True):
            whole = self.tree.whole_key(row)
            keys.append(whole and f"{text_key(clause)}\0{whole}")
        return keys

    def classes(self) -> np.ndarray:
        """Group and whether there are own words: a clause with words is never set against a mere heading."""
        silent = [not clause.text.strip() for clause in self.own()]
        return np.array([2 * group + flag for group, flag in zip(self.group, silent, strict=True)], dtype=np.int64)

    def parents(self) -> np.ndarray:
        places = {row: place for place, row in enumerate(self.rows)}
        return np.array([places.get(self.tree.parents[row], -1) for row in self.rows], dtype=np.int64)

    @cached_property
    def frames(self) -> set[int]:
        """Places of units without words of their own."""
        units = set(self.tree.units)
        return {
            place
            for place, (row, clause) in enumerate(zip(self.rows, self.own(), strict=True))
            if row in units and not clause.text.strip()
        }

    def roots(self) -> dict[int, list[int]]:
        """Group -> places of the units themselves."""
        units = set(self.tree.units)
        roots: dict[int, list[int]] = defaultdict(list)
        for place, (row, group) in enumerate(zip(self.rows, self.group, strict=True)):
            if row in units:
                roots[group].append(place)
        return roots


def align_parts(
    trees: tuple[Tree, Tree],
    links: Links,
    entries: Sequence[RowGroup],
    decisions: Decisions,
    ignore_numbers: bool,
    in_part: bool = False,
) -> dict[int, tuple[Alignment, ...]]:
    """Index of entry -> how the clauses inside belong together, for entries that have clauses inside."""
    old, new = _take_part(trees, links)
    if not old.rows and not new.rows:
        return {}
    places = [{row: place for place, row in enumerate(side.rows)} for side in (old, new)]
    decided = [
        (None if row is None else places[0][row], None if column is None else places[1][column])
        for row, column in decisions
        if (row is None or row in places[0]) and (column is None or column in places[1])
    ]
    units_old, units_new = set(old.tree.units), set(new.tree.units)
    decided = [  # what is decided about two units says nothing about their outermost parts
        (row, column)
        for row, column in decided
        if (row is not None and old.rows[row] not in units_old)
        or (column is not None and new.rows[column] not in units_new)
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
    return _distribute(old, new, part_links, entries)


def _take_part(trees: tuple[Tree, Tree], links: Links) -> tuple[_Inside, _Inside]:
    """All clauses of the groups of paired units in which a unit has clauses inside."""
    labels = _label_groups(links, len(trees[0].units), len(trees[1].units))
    members = []
    for tree, label in zip(trees, labels, strict=True):
        members.append(
            [(row, group) for unit, group in zip(tree.units, label, strict=True) for row in tree.subtree(unit)]
        )
    units = [set(tree.units) for tree in trees]
    deep = {group for side, part in zip(units, members, strict=True) for row, group in part if row not in side}
    old, new = (
        _Inside(tree, [row for row, group in part if group in deep], [group for _, group in part if group in deep])
        for tree, part in zip(trees, members, strict=True)
    )
    return old, new


def _label_groups(links: Links, height: int, width: int) -> tuple[list[int], list[int]]:
    """Per unit the number of the group of units it is paired with, directly or through others."""
    edges = np.array(list(links.score), dtype=np.int64).reshape(-1, 2)
    size = height + width
    graph = scipy.sparse.coo_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1] + height)), shape=(size, size))
    labels = scipy.sparse.csgraph.connected_components(graph, directed=False)[1].tolist()
    return labels[:height], labels[height:]


def _given_roots(old: _Inside, new: _Inside, closed_old: set[int | None], closed_new: set[int | None]) -> list[Edge]:
    """The units of a one-to-one pair are each other's outermost part, if both or neither have words of their own."""
    given = []
    roots_old, roots_new = old.roots(), new.roots()
    silent = [[not clause.text.strip() for clause in side.own()] for side in (old, new)]
    for group in roots_old.keys() & roots_new.keys():
        rows, columns = roots_old[group], roots_new[group]
        alone = len(rows) == len(columns) == 1 and silent[0][rows[0]] == silent[1][columns[0]]
        if alone and rows[0] not in closed_old and columns[0] not in closed_new:
            given.append((rows[0], columns[0]))
    return sorted(given)


def _distribute(
    old: _Inside, new: _Inside, links: Links, entries: Sequence[RowGroup]
) -> dict[int, tuple[Alignment, ...]]:
    """The links entry by entry; a clause without partner stands once."""
    homes = [_places_by_unit(side) for side in (old, new)]
    keys = [text_key(clause) for clause in old.own()], [text_key(clause) for clause in new.own()]
    partnered = {row for row, _ in links.score}, {column for _, column in links.score}
    by_row: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(links.score):
        by_row[row].append(column)
    listed: tuple[set[int], set[int]] = set(), set()
    parts: dict[int, tuple[Alignment, ...]] = {}
    for index, entry in enumerate(entries):
        rows = [place for unit in entry.old for place in homes[0].get(unit, ())]
        columns = [place for unit in entry.new for place in homes[1].get(unit, ())]
        inside = set(columns)
        edges = [(row, column) for row in rows for column in by_row.get(row, ()) if column in inside]
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
    if place in partnered or place in listed or place in side.frames:
        return False
    listed.add(place)
    return True


def _places_by_unit(side: _Inside) -> dict[int, list[int]]:
    """Place of a unit in ``tree.units`` -> places of the clauses in it."""
    places = {row: place for place, row in enumerate(side.rows)}
    return {
        number: [places[row] for row in side.tree.subtree(unit)]
        for number, unit in enumerate(side.tree.units)
        if unit in places
    }


def _name_local(
    sides: tuple[_Inside, _Inside],
    all_links: Links,
    keys: tuple[list[str], list[str]],
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
    )
    for place, row in enumerate(rows):
        nearest = all_links.nearest.get(("old", row))
        if nearest and nearest[0] in at_new:
            links.nearest["old", place] = (at_new[nearest[0]], nearest[1])
    for place, column in enumerate(columns):
        nearest = all_links.nearest.get(("new", column))
        if nearest and nearest[0] in at_old:
            links.nearest["new", place] = (at_old[nearest[0]], nearest[1])
    old, new = sides
    clauses = (
        [old.tree.clauses[old.rows[row]] for row in rows],
        [new.tree.clauses[new.rows[column]] for column in columns],
    )
    local = [keys[0][row] for row in rows], [keys[1][column] for column in columns]
    entries = group_links(*clauses, links, local)
    return tuple(name_entries(*clauses, links, entries, local))
