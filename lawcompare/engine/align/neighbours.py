"""What the pairs found so far say about where other clauses should be."""

from __future__ import annotations

import numpy as np

from lawcompare.engine.align.kinds import longest_run

Pairs = dict[int, int]

# Neighbours looked at on either side; the nearest counts most.
REACH = 3
# So many imaginary pairs in order are counted with the real ones: with few pairs known, order is presumed kept.
_PRESUMED = 5


class Neighbours:
    """Pairs found so far, as a field in which other pairs stand well or badly."""

    def __init__(self, pairs: Pairs, old_size: int, new_size: int) -> None:
        self.partner_of_old = np.full(old_size, -1, dtype=np.int64)
        self.partner_of_new = np.full(new_size, -1, dtype=np.int64)
        for row, column in pairs.items():
            self.partner_of_old[row] = column
            self.partner_of_new[column] = row
        self._anchors = np.array(sorted(pairs.items()), dtype=np.float64).reshape(-1, 2)
        self._scale = max(old_size, new_size, 1)
        run = sorted(longest_run(pairs.items()))
        self._run = np.array(run, dtype=np.int64).reshape(-1, 2)
        # 0 to 1: how far the new text keeps the order of the old one.
        self.order_kept = (len(run) + _PRESUMED) / (len(pairs) + _PRESUMED)

    def agreement(self, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How far the neighbours of both clauses are paired with each other, and how far with others, each 0 to 1.

        The two do not add up to 1: a neighbour without partner says nothing.
        """
        first = self._side(self.partner_of_old, rows, columns)
        second = self._side(self.partner_of_new, columns, rows)
        return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2

    @staticmethod
    def _side(partner: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        agree, contradict = np.zeros(rows.size), np.zeros(rows.size)
        for step in (*range(-REACH, 0), *range(1, REACH + 1)):
            place = rows + step
            inside = (place >= 0) & (place < partner.size)
            there = np.where(inside, partner[np.clip(place, 0, partner.size - 1)], -1)
            close = np.clip(1 - np.abs(there - (columns + step)) / (2 * REACH), 0, 1)
            agree += np.where(there >= 0, close / abs(step), 0)
            contradict += np.where(there >= 0, (1 - close) / abs(step), 0)
        total = 2 * sum(1 / step for step in range(1, REACH + 1))
        return agree / total, contradict / total

    def parents_agree(
        self, rows: np.ndarray, columns: np.ndarray, parents: tuple[np.ndarray, np.ndarray]
    ) -> np.ndarray:
        """1 where the parents of both are paired with each other or neither has one, else 0."""
        above, beside = parents[0][rows], parents[1][columns]
        paired = (above >= 0) & (self.partner_of_old[np.maximum(above, 0)] == beside)
        return (paired | ((above < 0) & (beside < 0))).astype(float)

    def same_gap(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """1 where both clauses stand between the same two pairs of the longest run in order, else 0."""
        before = np.searchsorted(self._run[:, 0], rows)
        return (before == np.searchsorted(self._run[:, 1], columns)).astype(float)

    def displacement(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """0 to 2: how far a pair lies off the line through the pairs around it, in lengths of the text."""
        anchors = self._anchors
        if len(anchors):
            expected = np.interp(rows, anchors[:, 0], anchors[:, 1])
            expected = np.where(rows < anchors[0, 0], rows - anchors[0, 0] + anchors[0, 1], expected)
            expected = np.where(rows > anchors[-1, 0], rows - anchors[-1, 0] + anchors[-1, 1], expected)
        else:
            expected = rows.astype(np.float64)
        off = np.abs(columns - expected) / self._scale
        # The square makes the pairing of equal clauses in order the only best one.
        return off + off * off
