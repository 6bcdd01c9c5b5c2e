"""One-to-one pairs: identical text first, then the best assignment among likely pairs, with a floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from .candidates import Candidates
from .terms import Side

# Below this two clauses are not one clause, however lonely both are.
FLOOR = 0.30
# The assignment is made three times, the neighbours of each serving the next: first only with what is sure.
FLOORS = (0.6, 0.45, FLOOR)
# A pair so much worse than the best either clause could have is left open instead.
GAP = 0.25
# What neighbours, heading, number and order add to the likeness of two texts. Order only breaks ties.
CONTEXT_WEIGHT = 0.20
HEADING_WEIGHT = 0.10
NUMBER_WEIGHT = 0.08
PARENT_WEIGHT = 0.10
ORDER_WEIGHT = 0.004
# Neighbours looked at on either side.
REACH = 3
_DENSE_CELLS = 4_000_000

Pairs = dict[int, int]


def match_identical(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Pairs of equal keys that occur once in either text. Empty keys say nothing."""
    where_old, where_new = _places(old), _places(new)
    return {
        rows[0]: where_new[key][0]
        for key, rows in where_old.items()
        if len(rows) == 1 and len(where_new.get(key, ())) == 1
    }


def match_repeated(
    old: Sequence[str], new: Sequence[str], known: Pairs, parents: tuple[np.ndarray, np.ndarray] | None = None
) -> Pairs:
    """Pairs of equal keys that occur several times: told apart by paired parents and neighbours, else by order."""
    where_old, where_new = _places(old), _places(new)
    field = Neighbours(known, len(old), len(new))
    found: Pairs = {}
    for key, rows in where_old.items():
        columns = where_new.get(key, [])
        if not columns:
            continue
        pairs = (
            np.array([(row, column) for row in rows for column in columns])
            if len(rows) * len(columns) <= 250_000
            else None
        )
        if pairs is None:
            found.update(zip(rows, columns, strict=False))
            continue
        gain = field.context(pairs[:, 0], pairs[:, 1]) - field.displacement(pairs[:, 0], pairs[:, 1])
        if parents is not None:
            gain += field.parents_agree(pairs[:, 0], pairs[:, 1], parents)
        chosen = linear_sum_assignment(gain.reshape(len(rows), len(columns)), maximize=True)
        found.update((rows[i], columns[j]) for i, j in zip(*chosen, strict=True))
    return found


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if key:
            places[key].append(index)
    return places


class Neighbours:
    """Where the pairs found so far say that other clauses should be."""

    def __init__(self, pairs: Pairs, old_size: int, new_size: int) -> None:
        self.partner_of_old = np.full(old_size, -1, dtype=np.int64)
        self.partner_of_new = np.full(new_size, -1, dtype=np.int64)
        for row, column in pairs.items():
            self.partner_of_old[row] = column
            self.partner_of_new[column] = row
        self._anchors = np.array(sorted(pairs.items()), dtype=np.float64).reshape(-1, 2)
        self._scale = max(old_size, new_size, 1)

    def context(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """0 to 1: how far the neighbours of both clauses are paired with each other."""
        return (self._side(self.partner_of_old, rows, columns) + self._side(self.partner_of_new, columns, rows)) / 2

    def _side(self, partner: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        total = np.zeros(rows.size)
        weight = np.zeros(rows.size)
        for step in (*range(-REACH, 0), *range(1, REACH + 1)):
            place = rows + step
            inside = (place >= 0) & (place < partner.size)
            there = np.where(inside, partner[np.clip(place, 0, partner.size - 1)], -1)
            known = there >= 0
            off = np.abs(there - (columns + step))
            closeness = np.clip(1 - off / (2 * REACH), 0, 1)
            share = 1 / abs(step)
            total += np.where(known, share * closeness, 0)
            weight += np.where(inside, share, 0)
        return total / np.maximum(weight, 1e-9)

    def parents_agree(
        self, rows: np.ndarray, columns: np.ndarray, parents: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """1 where the parents of both are paired with each other or neither has one, else 0."""
        above, beside = parents[0][rows], parents[1][columns]
        paired = (above >= 0) & (self.partner_of_old[np.maximum(above, 0)] == beside)
        return (paired | ((above < 0) & (beside < 0))).astype(float)

    def displacement(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Small: how far a pair lies off the line through the pairs around it. Breaks ties in favour of order."""
        if len(self._anchors):
            expected = np.interp(rows, self._anchors[:, 0], self._anchors[:, 1])
            before = rows < self._anchors[0, 0]
            after = rows > self._anchors[-1, 0]
            expected = np.where(before, rows - self._anchors[0, 0] + self._anchors[0, 1], expected)
            expected = np.where(after, rows - self._anchors[-1, 0] + self._anchors[-1, 1], expected)
        else:
            expected = rows.astype(np.float64)
        off = np.abs(columns - expected) / self._scale
        return ORDER_WEIGHT * (off + off * off)


@dataclass(frozen=True)
class Support:
    """What beside the text speaks for a pair: ``same_number`` per candidate 0 to 1, ``parents`` per row."""

    same_number: np.ndarray
    parents: tuple[np.ndarray, np.ndarray] | None = None


def measure_likeness(candidates: Candidates, sides: tuple[Side, Side]) -> np.ndarray:
    """0 to 1 per candidate: half the cosine of weighted words, half the share of weighted word pairs in common."""
    mass = sides[0].mass[candidates.old] + sides[1].mass[candidates.new]
    return 0.5 * candidates.cosine + 0.5 * np.clip(2 * candidates.shared / np.maximum(mass, 1e-9), 0, 1)


def score_candidates(
    candidates: Candidates, sides: tuple[Side, Side], neighbours: Neighbours, support: Support
) -> np.ndarray:
    """Per candidate the likeness of the texts and what heading, neighbours, parents and number add."""
    rows, columns = candidates.old, candidates.new
    score = (
        measure_likeness(candidates, sides)
        + HEADING_WEIGHT * candidates.heading
        + CONTEXT_WEIGHT * neighbours.context(rows, columns)
        + NUMBER_WEIGHT * support.same_number
        - neighbours.displacement(rows, columns)
    )
    if support.parents is not None:
        score += PARENT_WEIGHT * neighbours.parents_agree(rows, columns, support.parents)
    return score


def match_alike(candidates: Candidates, score: np.ndarray, free: np.ndarray, floor: float = FLOOR) -> Pairs:
    """The assignment of greatest total score over the floor, among the candidates that are ``free``."""
    rows, columns = candidates.old, candidates.new
    best_old, best_new = _best(rows, score), _best(columns, score)
    near = score >= np.maximum(best_old[rows], best_new[columns]) - GAP
    keep = free & near & (score > floor)
    return dict(assign(rows[keep], columns[keep], score[keep] - floor))


def _best(index: np.ndarray, score: np.ndarray) -> np.ndarray:
    best = np.zeros(int(index.max(initial=-1)) + 1)
    np.maximum.at(best, index, score)
    return best


def assign(rows: np.ndarray, columns: np.ndarray, gain: np.ndarray) -> Iterator[tuple[int, int]]:
    """The assignment ``(row, column)`` of greatest total gain among the given pairs; gains are positive."""
    if not rows.size:
        return
    row_names, row = np.unique(rows, return_inverse=True)
    column_names, column = np.unique(columns, return_inverse=True)
    size = row_names.size + column_names.size
    graph = sp.coo_matrix((np.ones(row.size), (row, column + row_names.size)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[row], kind="stable")
    cuts = np.flatnonzero(np.diff(label[row][order])) + 1
    for part in np.split(order, cuts):
        if part.size == 1:
            yield int(rows[part[0]]), int(columns[part[0]])
        else:
            yield from _assign_component(rows[part], columns[part], gain[part])


def _assign_component(rows: np.ndarray, columns: np.ndarray, gain: np.ndarray) -> Iterator[tuple[int, int]]:
    row_names, row = np.unique(rows, return_inverse=True)
    column_names, column = np.unique(columns, return_inverse=True)
    if row_names.size * column_names.size <= _DENSE_CELLS:
        matrix = np.zeros((row_names.size, column_names.size))
        matrix[row, column] = gain
        picked = [
            (i, j) for i, j in zip(*linear_sum_assignment(matrix, maximize=True), strict=True) if matrix[i, j] > 0
        ]
    else:
        picked = _assign_sparse(row, column, gain, row_names.size, column_names.size)
    for i, j in picked:
        yield int(row_names[i]), int(column_names[j])


def _assign_sparse(
    row: np.ndarray, column: np.ndarray, gain: np.ndarray, height: int, width: int
) -> list[tuple[int, int]]:
    """The same on a sparse graph: every row may also take a place of its own, worth next to nothing."""
    rows = np.concatenate([row, np.arange(height)])
    columns = np.concatenate([column, width + np.arange(height)])
    weight = np.concatenate([gain, np.full(height, 1e-6)])
    graph = sp.csr_matrix((weight, (rows, columns)), shape=(height, width + height))
    chosen = min_weight_full_bipartite_matching(graph, maximize=True)
    return [(int(i), int(j)) for i, j in zip(*chosen, strict=True) if j < width]
