"""Splits and merges: a clause whose words are in another one, beyond those its other partners account for.

Containment is measured on what is left: words and word pairs that a partner already explains count for nobody else, so
that a newly written clause which merely sounds like an old one is not taken for a part of it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.candidates import Arrays, Sides, TextVectors
from lawcompare.engine.align.scoring import Edge, Evidence, Features, Neighbours, Watch, as_share, common_features
from lawcompare.engine.scoring import probability, scorer

# Whatever else speaks for it, a part shares so much of what is left unexplained.
LEAST_SHARE = 0.22
# And so many pairs of words: a shared formula ("is fined", "; and") makes no split of clauses cut after one pattern.
# Fewer do where they are most of a short clause; more are asked for where both clauses have partners.
LEAST_SHINGLES, LEAST_SHINGLES_BESIDE_PARTNERS = 8, 20
MOST, LEAST_SHINGLES_OF_MOST = 0.6, 4
# A clause between two that went into one clause went there too where so much of what tells it from them is there,
# by the weight of its words, heading included, and so many words at least; beside one only where more is there, and of
# its heading so much.
IN_A_RUN, LEAST_WORDS_IN_A_RUN = 0.6, 2
AT_AN_END = 0.7, 0.8
# Of a clause's weight so much must be left unexplained before a further partner is looked for.
UNEXPLAINED = 0.15
# A clause of which partners leave so much unexplained is no twin of theirs.
NO_TWIN = 0.5
_NOTHING = (0.0, 0.0)


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

    def unlink(self, row: int, column: int) -> None:
        self.of_old[row].discard(column)
        self.of_new[column].discard(row)

    def share(self, row: int, column: int) -> tuple[float, float]:
        """Of the clause without partner (else the one with more to share), two shares of 0 to 1.

        How much of what partners leave unexplained of it is in the other clause; and how much they leave so: of a
        clause that reads like a partner it is little. One that has a partner itself is no such twin.
        """
        both_paired = bool(self.of_old[row]) and bool(self.of_new[column])
        least = LEAST_SHINGLES_BESIDE_PARTNERS if both_paired else min(LEAST_SHINGLES, LEAST_SHINGLES_OF_MOST)
        old_terms, old_weight = _row(self.old.shingles, row)
        new_terms, new_weight = _row(self.new.shingles, column)
        if min(old_terms.size, new_terms.size) < least:
            return _NOTHING  # as most candidates inside articles: looked at no further
        common = self._among(old_terms, [new_terms])
        if np.count_nonzero(common) < least:
            return _NOTHING
        explained = [_row(self.new.shingles, other)[0] for other in self.of_old[row]]
        explained += [_row(self.old.shingles, other)[0] for other in self.of_new[column]]
        old_left, new_left = ~self._among(old_terms, explained), ~self._among(new_terms, explained)
        in_both = old_left & common
        count = np.count_nonzero(in_both)
        if count < least:
            return _NOTHING
        shared = float(old_weight[in_both].sum())
        of_old = _share(shared, float(old_weight[old_left].sum()), float(self.old.mass[row]))
        of_new = _share(shared, float(new_weight[new_left].sum()), float(self.new.mass[column]))
        if both_paired:
            return max(of_old, of_new)[0], 1.0
        of_lonely = of_new if self.of_old[row] else of_old
        least = LEAST_SHINGLES_OF_MOST if of_lonely[0] >= MOST else LEAST_SHINGLES
        return of_lonely if count >= least else _NOTHING

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

    def told_apart(self, words: Arrays, beside: Sequence[np.ndarray], target: np.ndarray) -> float:
        """Of the words of a clause that none beside it has, the share by weight that is in another clause."""
        own = ~self._among(words[0], beside)
        there = own & self._among(words[0], [target])
        if np.count_nonzero(there) < LEAST_WORDS_IN_A_RUN:
            return 0.0
        return float(words[1][there].sum() / words[1][own].sum())

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


def _row(matrix: scipy.sparse.csr_matrix, row: int) -> Arrays:
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    return matrix.indices[part], matrix.data[part]


def _share(shared: float, left: float, mass: float) -> tuple[float, float]:
    if left <= UNEXPLAINED * mass:
        return _NOTHING
    return min(1.0, shared / left), min(1.0, left / mass / NO_TWIN)


# So near stands what was joined with it.
_RUN_REACH = 5
# How sure such a pair is by its heading alone, where all of that is in the other clause.
_BY_HEADING, _WHOLE = 0.45, 0.999
# So many candidates at once are asked whether they may be parts at all; of most of a large text none is.
_ASKED_AT_ONCE = 50_000


class Parts:
    """The candidates that may be parts of a split or merge, and what is known of them.

    ``rows`` are those of the candidates that may share; ``evidence`` and ``features`` are of the hopeful among them.
    """

    def __init__(self, sides: Sides, evidence: Evidence, rows: np.ndarray, neighbours: Neighbours) -> None:
        self._sides = sides
        self._further = scorer("further")
        self._floor = self._further.floors["last"]
        hopeful = []
        for start in range(0, rows.size, _ASKED_AT_ONCE):
            chunk = rows[start : start + _ASKED_AT_ONCE]
            asked = evidence.take(chunk)
            # What they score at most, were all that is unexplained of them in the other clause.
            most = common_features(asked, neighbours) | _hopes(asked) | {"share": np.ones(chunk.size)}
            hopeful.append(chunk[self._further(most) > self._floor])
        self._evidence = evidence.take(np.concatenate(hopeful) if hopeful else rows)
        self._features = common_features(self._evidence, neighbours)
        self._leads = as_share(self._evidence.lead_old, 1), as_share(self._evidence.lead_new, 1)
        candidates = self._evidence.candidates
        self._edges: list[Edge] = list(zip(candidates.old.tolist(), candidates.new.tolist(), strict=True))

    def find(self, pairs: Iterable[Edge], watch: Watch | None = None) -> dict[Edge, float]:
        """Further partners ``(old, new) -> how sure``, 0 to 1: what makes splits and merges.

        The likeliest are taken first, since each explains a part of its clauses.
        """
        shared = _Shares(*self._sides, pairs)
        shares: dict[Edge, float] = {}
        rank = self._further(self._features | _hopes(self._evidence))
        for index in np.argsort(-rank, kind="stable").tolist():
            row, column = self._edges[index]
            if column in shared.of_old[row] or not (shared.of_old[row] or shared.of_new[column]):
                continue
            features = self._features_of(index, shared)
            if features is None:
                continue
            if watch is not None:
                one = {name: np.array([value]) for name, value in features.items()}
                watch("further", np.array([row]), np.array([column]), np.array([True]), one)
            if self._further(features) > self._floor:
                shares[row, column] = float(probability(self._further(features)))
                shared.link(row, column)
        return shares

    def in_runs(self, pairs: Iterable[Edge]) -> dict[Edge, float]:
        """Clauses without partner beside one that was joined with others, or came of one, that went there too.

        Clauses drafted after one pattern differ in few words, which count little beside those of the pattern. The
        answer is how sure each pair is, 0 to 1; of one that the words of a heading alone speak for it is doubtful.
        """
        shared = _Shares(*self._sides, pairs)
        old, new = self._sides
        found: dict[Edge, float] = {}
        for here, there, partners in ((old, new, shared.of_old), (new, old, shared.of_new)):
            paired = sorted(partners)
            for row in sorted(set(range(len(here))) - set(paired)):
                place = bisect_left(paired, row)
                near = [beside for beside in paired[max(place - 1, 0) : place + 1] if abs(beside - row) < _RUN_REACH]
                for target in sorted({other for beside in near for other in partners[beside]}):
                    run = [beside for beside in near if target in partners[beside]]
                    words = _row(there.words, target)[0]
                    own = shared.told_apart(_row(here.words, row), [_row(here.words, each)[0] for each in run], words)
                    heading = shared.told_apart(_row(here.headings, row), [], words)
                    if len(run) == 2:
                        sure = own if own >= IN_A_RUN else _BY_HEADING * (heading >= _WHOLE)
                    else:
                        sure = own * (own >= AT_AN_END[0] and heading >= AT_AN_END[1])
                    if sure:
                        found[(row, target) if here is old else (target, row)] = sure
        return found

    def likelier(self, pairs: Collection[Edge], moved: Mapping[Edge, float]) -> set[Edge]:
        """Of pairs that went elsewhere, with their log odds, those of which a clause is likelier part of what is there.

        A clause that is joined to the one beside it leaves a like one elsewhere, its own twin, without its answer.
        """
        shared = _Shares(*self._sides, pairs)
        ends = {edge[0]: edge for edge in moved}, {edge[1]: edge for edge in moved}
        left: set[Edge] = set()
        for index, (row, column) in enumerate(self._edges):
            for edge, others in ((ends[0].get(row), shared.of_new[column]), (ends[1].get(column), shared.of_old[row])):
                if edge is None or edge == (row, column) or edge in left or not others:
                    continue
                shared.unlink(*edge)
                features = self._features_of(index, shared) if shared.beside(row, column) == 1 else None
                if features is not None and self._further(features) > max(moved[edge], self._floor):
                    left.add(edge)
                else:
                    shared.link(*edge)
        return left

    def _features_of(self, index: int, shared: _Shares) -> dict[str, float] | None:
        """What is weighed of a candidate beside the partners known so far; None where it shares too little."""
        row, column = self._edges[index]
        share, unexplained = shared.share(row, column)
        if share < LEAST_SHARE:
            return None
        lonely, other = shared.leads(row, column, float(self._leads[0][index]), float(self._leads[1][index]))
        return {name: float(values[index]) for name, values in self._features.items()} | {
            "share": share,
            "unexplained": unexplained,
            "lead_lonely": lonely,
            "lead_other": other,
            "beside_partner": shared.beside(row, column),
            "fills": shared.fills(row, column),
            "both_paired": float(bool(shared.of_old[row]) and bool(shared.of_new[column])),
        }


def _hopes(evidence: Evidence) -> Features:
    """What a candidate has at best of the features that are known only when the partners before it are."""
    leads = as_share(evidence.lead_old, 1), as_share(evidence.lead_new, 1)
    known = {"share": evidence.contained, "lead_lonely": np.maximum(*leads), "lead_other": np.minimum(*leads)}
    at_best = dict.fromkeys(("unexplained", "beside_partner", "fills"), np.ones(evidence.contained.size))
    return known | at_best | {"both_paired": np.zeros(evidence.contained.size)}
