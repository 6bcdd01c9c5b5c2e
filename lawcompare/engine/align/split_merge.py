"""Splits and merges: a clause whose words are in another one, beyond those its other partners account for.

Containment is measured on what is left: words and word pairs that a partner already explains count for nobody else, so
that a newly written clause which merely sounds like an old one is not taken for a part of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.candidates import TextVectors
from lawcompare.engine.align.scoring import Evidence, Features, Watch, as_share
from lawcompare.engine.scoring import scorer

# Whatever else speaks for it, a part shares so much of what is left unexplained.
LEAST_SHARE = 0.22
# And so many pairs of words: a shared formula ("is fined", "; and") makes no split of clauses cut after one pattern.
# Fewer do where they are most of a short clause; more are asked for where both clauses have partners.
LEAST_SHINGLES, LEAST_SHINGLES_BESIDE_PARTNERS = 8, 20
MOST, LEAST_SHINGLES_OF_MOST = 0.6, 4
# Of a clause's weight so much must be left unexplained before a further partner is looked for.
UNEXPLAINED = 0.15


class _Shares:
    """What each clause says that its partners do not account for."""

    def __init__(self, old: TextVectors, new: TextVectors, edges: Iterable[tuple[int, int]]) -> None:
        self.old, self.new = old, new
        self._marked = np.zeros(old.shingles.shape[1], dtype=bool)
        self.of_old: dict[int, set[int]] = defaultdict(set)
        self.of_new: dict[int, set[int]] = defaultdict(set)
        for row, column in edges:
            self.link(row, column)

    def link(self, row: int, column: int) -> None:
        self.of_old[row].add(column)
        self.of_new[column].add(row)

    def share(self, row: int, column: int) -> float:
        """0 to 1: how much of the unexplained part of the clause without partner is in the other (else the greater)."""
        old_terms, old_weight = _row(self.old.shingles, row)
        new_terms, new_weight = _row(self.new.shingles, column)
        explained = [_row(self.new.shingles, other)[0] for other in self.of_old[row]]
        explained += [_row(self.old.shingles, other)[0] for other in self.of_new[column]]
        old_left, new_left = ~self._among(old_terms, explained), ~self._among(new_terms, explained)
        in_both = old_left & self._among(old_terms, [new_terms])
        shared = float(old_weight[in_both].sum())
        of_old = _share(shared, float(old_weight[old_left].sum()), float(self.old.mass[row]))
        of_new = _share(shared, float(new_weight[new_left].sum()), float(self.new.mass[column]))
        if self.of_old[row] and self.of_new[column]:
            return max(of_old, of_new) if in_both.sum() >= LEAST_SHINGLES_BESIDE_PARTNERS else 0.0
        of_lonely = of_new if self.of_old[row] else of_old
        least = LEAST_SHINGLES_OF_MOST if of_lonely >= MOST else LEAST_SHINGLES
        return of_lonely if in_both.sum() >= least else 0.0

    def beside(self, row: int, column: int) -> float:
        """How near the clause stands to the other's nearest partner: 1 beside it, a half if one stands between."""
        gaps = [abs(column - other) for other in self.of_old[row]] + [abs(row - other) for other in self.of_new[column]]
        return 1 / min(gaps) if gaps else 0.0

    def fills(self, row: int, column: int) -> float:
        """How far the clause makes up what its partner's other parts lack in size: above a half it does, below not."""
        whole, parts = float(self.old.mass[row]), [float(self.new.mass[other]) for other in self.of_old[row]]
        added = float(self.new.mass[column])
        if not parts:
            whole, parts = float(self.new.mass[column]), [float(self.old.mass[other]) for other in self.of_new[column]]
            added = float(self.old.mass[row])
        if not parts:
            return 0.5
        return 0.5 + (_evenness(whole, sum(parts) + added) - _evenness(whole, sum(parts))) / 2

    def leads(self, row: int, column: int, lead_old: float, lead_new: float) -> tuple[float, float]:
        """The lead of the share of the clause without partner, else the greater; and the other lead."""
        if not self.of_old[row]:
            return lead_old, lead_new
        if not self.of_new[column]:
            return lead_new, lead_old
        return max(lead_old, lead_new), min(lead_old, lead_new)

    def _among(self, terms: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
        """Which of the terms are among the others."""
        for other in others:
            self._marked[other] = True
        occurrences = self._marked[terms]
        for other in others:
            self._marked[other] = False
        return occurrences


def _evenness(one: float, other: float) -> float:
    return min(one, other) / max(one, other, 1e-9)


def _row(matrix: scipy.sparse.csr_matrix, row: int) -> tuple[np.ndarray, np.ndarray]:
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[part], matrix.data[part]


def _share(shared: float, left: float, mass: float) -> float:
    return shared / left if left > UNEXPLAINED * mass else 0.0


def find_shared(
    sides: tuple[TextVectors, TextVectors],
    evidence: Evidence,
    pairs: Iterable[tuple[int, int]],
    features: Features,
    watch: Watch | None = None,
) -> dict[tuple[int, int], float]:
    """Further partners ``(old, new) -> share`` among the candidates: what makes splits and merges.

    ``features`` are those of ``scoring.further_features``. The likeliest are taken first, since each explains a part of
    its clauses.
    """
    further = scorer("further")
    floor = further.floors["last"]
    shared = _Shares(*sides, pairs)
    shares: dict[tuple[int, int], float] = {}
    leads = as_share(evidence.lead_old, 1), as_share(evidence.lead_new, 1)
    hopes = features | {
        "share": evidence.contained,
        "lead_lonely": np.maximum(*leads),
        "lead_other": np.minimum(*leads),
        "both_paired": np.zeros(len(evidence.candidates)),
        "beside_partner": np.ones(len(evidence.candidates)),
        "fills": np.ones(len(evidence.candidates)),
    }
    rank = further(hopes)
    most = further(hopes | {"share": np.ones(len(evidence.candidates))})
    hopeful = np.flatnonzero(most > floor)
    for index in hopeful[np.argsort(-rank[hopeful], kind="stable")]:
        row, column = int(evidence.candidates.old[index]), int(evidence.candidates.new[index])
        if column in shared.of_old[row] or not (shared.of_old[row] or shared.of_new[column]):
            continue
        share = shared.share(row, column)
        if share < LEAST_SHARE:
            continue
        lonely, other = shared.leads(row, column, float(leads[0][index]), float(leads[1][index]))
        known = {name: float(values[index]) for name, values in features.items()}
        known |= {"share": min(1.0, share), "lead_lonely": lonely, "lead_other": other}
        known["beside_partner"] = shared.beside(row, column)
        known["fills"] = shared.fills(row, column)
        known["both_paired"] = float(bool(shared.of_old[row]) and bool(shared.of_new[column]))
        if watch is not None:
            one = {name: np.array([value]) for name, value in known.items()}
            watch("further", np.array([row]), np.array([column]), np.array([True]), one)
        if further(known) > floor:
            shares[row, column] = min(1.0, share)
            shared.link(row, column)
    return shares
