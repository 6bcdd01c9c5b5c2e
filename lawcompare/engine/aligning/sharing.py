"""Splits and merges: a clause whose words are in another one, beyond those its other partners account for.

Containment is measured on what is left: words and word pairs that a partner already explains count for nobody else, so
that a newly written clause which merely sounds like an old one is not taken for a part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import scipy.sparse as sp

from .candidates import Candidates
from .terms import Side

# Log odds of a further pair, fitted like the weights in ``odds``: those of the pair by itself, and what the unexplained
# share adds. Clauses that contain each other are parallel, not part and whole.
_BASE, _ODDS, _SHARE, _MUTUAL = 0.0, 1.15, 2.9, -2.3
FLOOR = -0.6
# Of a clause's weight so much must be left unexplained before a further partner is looked for.
UNEXPLAINED = 0.15


class _Shares:
    """What each clause says that its partners do not account for."""

    def __init__(self, old: Side, new: Side, edges: Iterable[tuple[int, int]]) -> None:
        self.old, self.new = old, new
        self.of_old: dict[int, set[int]] = defaultdict(set)
        self.of_new: dict[int, set[int]] = defaultdict(set)
        for row, column in edges:
            self.link(row, column)

    def link(self, row: int, column: int) -> None:
        self.of_old[row].add(column)
        self.of_new[column].add(row)

    def share(self, row: int, column: int) -> float:
        """0 to 1: the greater share of the unexplained part of one that is found in the other."""
        old_terms, old_weight = _row(self.old.shingles, row)
        new_terms, new_weight = _row(self.new.shingles, column)
        explained = np.union1d(
            self._union(self.new.shingles, self.of_old[row]), self._union(self.old.shingles, self.of_new[column])
        )
        old_left = ~np.isin(old_terms, explained, assume_unique=True)
        new_left = ~np.isin(new_terms, explained, assume_unique=True)
        common = np.isin(old_terms, new_terms, assume_unique=True) & old_left
        shared = float(old_weight[common].sum())
        return max(
            _share(shared, float(old_weight[old_left].sum()), float(self.old.mass[row])),
            _share(shared, float(new_weight[new_left].sum()), float(self.new.mass[column])),
        )

    def _union(self, matrix: sp.csr_matrix, rows: set[int]) -> np.ndarray:
        parts = [_row(matrix, row)[0] for row in rows]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int32)


def _row(matrix: sp.csr_matrix, row: int) -> tuple[np.ndarray, np.ndarray]:
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[part], matrix.data[part]


def _share(shared: float, left: float, mass: float) -> float:
    return shared / left if left > UNEXPLAINED * mass else 0.0


def find_shared(
    old: Side,
    new: Side,
    candidates: Candidates,
    pairs: Iterable[tuple[int, int]],
    free: np.ndarray,
    odds: np.ndarray,
) -> dict[tuple[int, int], float]:
    """Further partners ``(old, new) -> share`` among the ``free`` candidates: what makes splits and merges."""
    shares = _Shares(old, new, pairs)
    found: dict[tuple[int, int], float] = {}
    mutual = np.minimum(candidates.in_new, candidates.in_old)
    for index in np.argsort(-odds, kind="stable"):
        row, column = int(candidates.old[index]), int(candidates.new[index])
        if _BASE + _ODDS * odds[index] + _SHARE < FLOOR:
            break
        if not free[index] or column in shares.of_old[row]:
            continue
        share = shares.share(row, column)
        if _BASE + _ODDS * odds[index] + _SHARE * share + _MUTUAL * mutual[index] > FLOOR:
            found[row, column] = min(1.0, share)
            shares.link(row, column)
    return found
