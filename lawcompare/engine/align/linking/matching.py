"""One-to-one pairs: identical text first, then the best assignment among likely pairs, with a floor."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.scoring import Evidence, Neighbours, Pairs

# Likeness, and lead over all rivals, of a pair taken for sure before neighbours are looked at.
SURE = 0.5
SURE_LEAD = 0.2
# What the chapter's name weighs beside neighbours, which weigh at most 1.
HOME_WEIGHT = 0.5
# What order weighs beside neighbours: nothing but between equals.
ORDER_WEIGHT = 0.01
# A matrix of more cells is not made: equal clauses are then paired in order, components assigned as sparse graphs.
_DENSE_CELLS = 1_000_000

Group = tuple[list[int], list[int]]


def match_identical(old: Sequence[str], new: Sequence[str]) -> Pairs:
    """Pairs of equal keys that occur once in either text. Empty keys say nothing."""
    where_old, where_new = _places(old), _places(new)
    return {
        rows[0]: where_new[key][0]
        for key, rows in where_old.items()
        if len(rows) == 1 and len(where_new.get(key, ())) == 1
    }


def match_repeated(
    old: Sequence[str],
    new: Sequence[str],
    known: Pairs,
    parents: tuple[np.ndarray, np.ndarray] | None = None,
    homes: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Pairs:
    """Pairs of equal keys that occur several times.

    They are distinguished by parents and neighbours already paired, by the name of their chapter, else by order.
    """
    where_old, where_new = _places(old), _places(new)
    shared = [(rows, where_new[key]) for key, rows in where_old.items() if key in where_new]
    pairs: Pairs = {}
    for rows, columns in shared:
        if len(rows) * len(columns) > _DENSE_CELLS:
            pairs.update(zip(rows, columns, strict=False))
    neighbours = Neighbours(known, len(old), len(new))
    groups = [(rows, columns) for rows, columns in shared if len(rows) * len(columns) <= _DENSE_CELLS]
    for batch in _batches(groups):
        # One of either side needs no weighing.
        weighed = [group for group in batch if len(group[0]) * len(group[1]) > 1]
        gain = np.zeros(0)
        if weighed:
            grid = [np.repeat(np.array(rows), len(columns)) for rows, columns in weighed]
            across = [np.tile(np.array(columns), len(rows)) for rows, columns in weighed]
            gain = _gain_of_equals(neighbours, np.concatenate(grid), np.concatenate(across), parents, homes)
        start = 0
        for rows, columns in batch:
            if len(rows) * len(columns) == 1:
                pairs[rows[0]] = columns[0]
                continue
            end = start + len(rows) * len(columns)
            matrix = gain[start:end].reshape(len(rows), len(columns))
            start = end
            chosen = scipy.optimize.linear_sum_assignment(matrix, maximize=True)
            pairs.update((rows[i], columns[j]) for i, j in zip(*chosen, strict=True))
    return pairs


def _batches(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Groups of equal clauses, small ones together, so that the pairs of a batch are never too many at once."""
    batch: list[Group] = []
    cells = 0
    for group in groups:
        size = len(group[0]) * len(group[1])
        if batch and cells + size > _DENSE_CELLS:
            yield batch
            batch, cells = [], 0
        batch.append(group)
        cells += size
    if batch:
        yield batch


def _gain_of_equals(
    neighbours: Neighbours,
    rows: np.ndarray,
    columns: np.ndarray,
    parents: tuple[np.ndarray, np.ndarray] | None,
    homes: tuple[Sequence[str], Sequence[str]] | None,
) -> np.ndarray:
    agree, contradict = neighbours.agreement(rows, columns)
    gain = agree - contradict - ORDER_WEIGHT * neighbours.displacement(rows, columns)
    if homes is not None:
        old, new = np.array(homes[0], dtype=object)[rows], np.array(homes[1], dtype=object)[columns]
        gain += HOME_WEIGHT * (old == new).astype(float)
    return gain if parents is None else gain + neighbours.parents_agree(rows, columns, parents)


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if key:
            places[key].append(index)
    return places


def match_surest(evidence: Evidence, free: np.ndarray) -> Pairs:
    """Pairs that are each other's best partner by likeness and far ahead of the second best: a first orientation."""
    rows, columns, likeness = evidence.candidates.old, evidence.candidates.new, evidence.likeness
    sure = free & (likeness >= SURE) & (evidence.lead >= SURE_LEAD)
    return dict(assign(rows[sure], columns[sure], likeness[sure]))


def match_likely(evidence: Evidence, odds: np.ndarray, free: np.ndarray, floor: float) -> Pairs:
    """The assignment of greatest total log odds over the floor, among the candidates that are ``free``."""
    rows, columns = evidence.candidates.old, evidence.candidates.new
    keep = free & (odds > floor)
    return dict(assign(rows[keep], columns[keep], odds[keep] - floor))


def assign(rows: np.ndarray, columns: np.ndarray, gain: np.ndarray) -> Iterator[tuple[int, int]]:
    """The assignment ``(row, column)`` of greatest total gain among the given pairs; gains are positive."""
    if not rows.size:
        return
    row_names, row = np.unique(rows, return_inverse=True)
    column_names, column = np.unique(columns, return_inverse=True)
    size = row_names.size + column_names.size
    graph = scipy.sparse.coo_matrix((np.ones(row.size), (row, column + row_names.size)), shape=(size, size))
    _, label = scipy.sparse.csgraph.connected_components(graph, directed=False)
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
            (i, j)
            for i, j in zip(*scipy.optimize.linear_sum_assignment(matrix, maximize=True), strict=True)
            if matrix[i, j] > 0
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
    graph = scipy.sparse.csr_matrix((weight, (rows, columns)), shape=(height, width + height))
    chosen = scipy.sparse.csgraph.min_weight_full_bipartite_matching(graph, maximize=True)
    return [(int(i), int(j)) for i, j in zip(*chosen, strict=True) if j < width]
