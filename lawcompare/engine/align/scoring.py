"""How likely it is that two clauses are one: the evidence weighed, as log odds (0: as likely as not).

The weights come from logistic regressions over some 150 pairs of texts with a known answer: amended statutes and
regulations in English, French and Chinese whose identifiers or article numbers outlive amendments, a recodification
with its official source table, and laws in four languages split, merged, moved, mixed with foreign clauses and reworded
at random. They were checked on laws left out of the fit, and rounded. No word and no number of any text takes part:
only likeness, place, and what rivals there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lawcompare.engine.align.candidates import Arrays, Candidates, Sides
from lawcompare.engine.align.model import Keys
from lawcompare.engine.diff.lcs import longest_run
from lawcompare.engine.scoring import probability, scorer

_LEAD_LIMIT = 0.3
# Place and number alone make no pair. Unless so much is alike, or so much of one clause found in the other, or they
# have one heading, an old clause was removed and another put where it stood.
_LEAST_LIKENESS, _LEAST_CONTAINED, _SAME_HEADING = 0.15, 0.3, 0.95
# A few words are found in any long clause; they must be some part of it too.
_LEAST_BESIDE_CONTAINED = 0.08
# Of clauses left over the gap alone says little: such a share of one of these must speak for the pair too.
_LEAST_OF_LEFT = {"likeness": 0.5, "heading": 0.6, "neighbours_in_order": 0.3, "same_number": 0.5}
# What is seen of a pair beside its odds; none is surer than the share of the greatest of these.
_SEEN = {"likeness": 0.4, "contained": 0.7, "heading": 0.6, "neighbours_in_order": 0.7, "same_number": 0.8}
# Of a text that is known from reports, both of the words and of the headings: reports are put in the same forms.
_LEAST_IN_PART = 0.4


class Evidence(NamedTuple):
    """What is known of each candidate pair before any pair is made, one value per candidate.

    ``contained``    share of the smaller clause found in the other
    ``own_heading``  1 where both have the same heading and no other clause has it
    ``lead``         how far the likeness is over the next-best of either clause, or under the best
    ``lead_old``     the same for the share of the old clause found in its candidates, ``lead_new`` of the new one
    ``same_number``  0 to 1, as far as numbers are to be trusted
    ``parents``      per row of either text the row of its parent
    ``refused``      of texts known in part: whether too little is alike for more than chance
    """

    candidates: Candidates
    likeness: np.ndarray
    contained: np.ndarray
    own_heading: np.ndarray
    lead: np.ndarray
    lead_old: np.ndarray
    lead_new: np.ndarray
    same_number: np.ndarray
    refused: np.ndarray
    parents: Arrays | None = None

    def take(self, rows: np.ndarray) -> Evidence:
        """That of these candidates alone."""
        chosen = {name: value[rows] for name, value in self._asdict().items() if isinstance(value, np.ndarray)}
        return self._replace(candidates=self.candidates.take(rows), **chosen)


def gather_evidence(
    candidates: Candidates,
    sides: Sides,
    own_heading: np.ndarray,
    same_number: np.ndarray,
    parents: Arrays | None = None,
    in_part: bool = False,
) -> Evidence:
    """Evidence of all candidates."""
    # Half the cosine of weighted words, half the share of weighted word pairs in common.
    mass = sides[0].mass[candidates.old] + sides[1].mass[candidates.new]
    likeness = 0.5 * candidates.cosine + 0.5 * np.clip(2 * candidates.shared / np.maximum(mass, 1e-9), 0, 1)
    return Evidence(
        candidates,
        likeness,
        contained=np.maximum(candidates.in_new, candidates.in_old),
        own_heading=own_heading,
        lead=_lead(candidates.old, likeness) + _lead(candidates.new, likeness),
        lead_old=_lead(candidates.old, candidates.in_new),
        lead_new=_lead(candidates.new, candidates.in_old),
        same_number=same_number,
        refused=_is_chance(candidates, sides, likeness) if in_part else np.zeros(likeness.size, dtype=bool),
        parents=parents,
    )


def _is_chance(candidates: Candidates, sides: Sides, likeness: np.ndarray) -> np.ndarray:
    """Per candidate: whether words and headings have no more in common than any two reports."""
    headed = [np.diff(side.headings.indptr) > 0 for side in sides]
    by_words = ~(headed[0][candidates.old] & headed[1][candidates.new]) | (candidates.heading >= _LEAST_IN_PART)
    return ~((by_words & (likeness >= _LEAST_IN_PART)) | (candidates.heading >= _SAME_HEADING))


def _lead(index: np.ndarray, value: np.ndarray) -> np.ndarray:
    """How far each value is over the second greatest of its index, or under the greatest."""
    size = int(index.max(initial=-1)) + 1
    best, second = np.zeros(size), np.zeros(size)
    np.maximum.at(best, index, value)
    first = np.full(size, -1)
    leaders = np.flatnonzero(value >= best[index])
    first[index[leaders[::-1]]] = leaders[::-1]
    leads = first[index] == np.arange(index.size)
    np.maximum.at(second, index[~leads], value[~leads])
    rival = np.where(leads, second[index], best[index])
    return np.clip(value - rival, -_LEAD_LIMIT, _LEAD_LIMIT)


Features = dict[str, np.ndarray]


# Told of each stage, the candidates (old rows, new rows), which of them were weighed, and their features.
Watch = Callable[[str, np.ndarray, np.ndarray, np.ndarray, Features], None]


def weigh(stage: str, evidence: Evidence, features: Features) -> np.ndarray:
    """Log odds per candidate; of too little in common none, wherever the two stand."""
    is_alike = ~evidence.refused & (
        (evidence.likeness >= _LEAST_LIKENESS)
        | ((evidence.contained >= _LEAST_CONTAINED) & (evidence.likeness >= _LEAST_BESIDE_CONTAINED))
        | (evidence.candidates.heading >= _SAME_HEADING)
    )
    return np.where(is_alike, scorer(stage)(features), -np.inf)


def is_left_in_place(features: Features) -> np.ndarray:
    """Whether a pair of clauses left over has more for it than the gap: words, heading, number or neighbours."""
    return np.any([features[name] >= least for name, least in _LEAST_OF_LEFT.items()], axis=0)


def sureness(features: Features) -> np.ndarray:
    """How sure pairs are, 0 to 1: their probability, and no more than what can be seen in both."""
    seen = np.max([np.minimum(features[name] / most, 1) for name, most in _SEEN.items()], axis=0)
    return np.asarray(probability(scorer("pairs")(features)) * seen)


def pair_features(evidence: Evidence, neighbours: Neighbours, left: np.ndarray | None = None) -> Features:
    """What is weighed of every candidate, each 0 to 1; with ``left``, the lead among these that are left over."""
    lead, contained = evidence.lead, evidence.lead_old + evidence.lead_new
    if left is not None:
        there, likeness = evidence.candidates.take(left), evidence.likeness[left]
        lead, contained = np.zeros(left.size), np.zeros(left.size)
        lead[left] = _lead(there.old, likeness) + _lead(there.new, likeness)
        contained[left] = _lead(there.old, there.in_new) + _lead(there.new, there.in_old)
    return common_features(evidence, neighbours) | {
        "likeness": evidence.likeness,
        "lead": as_share(lead, 2),
        "lead_contained": as_share(contained, 2),
    }


def equal_features(
    neighbours: Neighbours, rows: np.ndarray, columns: np.ndarray, parents: Arrays | None, homes: Keys | None
) -> Features:
    """What is weighed of two clauses of the same words which both texts repeat: where they stand."""
    agree, contradict = neighbours.agreement(rows, columns)
    order = neighbours.order_kept
    same_home = np.full(rows.size, 0.5)
    if homes is not None:
        old, new = np.array(homes[0], dtype=object)[rows], np.array(homes[1], dtype=object)[columns]
        same_home = (old == new).astype(float)
    same_parent = np.full(rows.size, 0.5) if parents is None else neighbours.parents_agree(rows, columns, parents)
    return {
        "neighbours": agree,
        "same_gap_in_order": order * neighbours.same_gap(rows, columns),
        "same_home": same_home,
        "same_parent": same_parent,
        "out_of_order": order * contradict,
        "displaced": np.minimum(neighbours.displacement(rows, columns) / 2, 1.0),
    }


def common_features(evidence: Evidence, neighbours: Neighbours) -> Features:
    """What is weighed of all candidates; ``split_merge`` adds the share left unexplained."""
    candidates = evidence.candidates
    rows, columns = candidates.old, candidates.new
    agree, contradict = neighbours.agreement(rows, columns)
    order = neighbours.order_kept
    same_gap = neighbours.same_gap(rows, columns)
    parents = np.full(rows.size, 0.5)
    if evidence.parents is not None:
        parents = neighbours.parents_agree(rows, columns, evidence.parents)
    return {
        "contained": evidence.contained,
        "heading": candidates.heading,
        "own_heading": evidence.own_heading,
        "neighbours": agree,
        "neighbours_in_order": order * agree,
        "same_gap": same_gap,
        "same_gap_in_order": order * same_gap,
        "same_number": evidence.same_number,
        "same_parent": parents,
        "out_of_order": order * contradict,
        "order_kept": np.full(rows.size, order),
        "displaced": neighbours.displacement(rows, columns) / 2,
    }


def as_share(lead: np.ndarray, count: int) -> np.ndarray:
    """A lead, or the sum of so many, as 0 to 1."""
    return (lead / (count * _LEAD_LIMIT) + 1) / 2


Edge = tuple[int, int]
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
        rows, columns = np.fromiter(pairs.keys(), np.int64), np.fromiter(pairs.values(), np.int64)
        self.partner_of_old[rows] = columns
        self.partner_of_new[columns] = rows
        order = np.argsort(rows)  # each old row has one pair
        self._anchors = np.stack([rows[order], columns[order]], axis=1).astype(np.float64)
        self._scale = max(old_size, new_size, 1)
        run = sorted(longest_run(pairs.items()))
        self._run = np.array(run, dtype=np.int64).reshape(-1, 2)
        # 0 to 1: how far the new text keeps the order of the old one.
        self.order_kept = (len(run) + _PRESUMED) / (len(pairs) + _PRESUMED)

    def agreement(self, rows: np.ndarray, columns: np.ndarray) -> Arrays:
        """How far the neighbours of both clauses are paired with each other, and how far with others, each 0 to 1.

        The two do not add up to 1: a neighbour without partner says nothing.
        """
        first = self._side(self.partner_of_old, rows, columns)
        second = self._side(self.partner_of_new, columns, rows)
        return (first[0] + second[0]) / 2, (first[1] + second[1]) / 2

    @staticmethod
    def _side(partner: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> Arrays:
        agree, contradict = np.zeros(rows.size), np.zeros(rows.size)
        around = np.pad(partner, REACH, constant_values=-1)  # beyond either end nothing is paired
        for step in (*range(-REACH, 0), *range(1, REACH + 1)):
            there = around[rows + (REACH + step)]
            close = np.clip(1 - np.abs(there - (columns + step)) / (2 * REACH), 0, 1)
            is_paired = there >= 0
            agree += np.where(is_paired, close / abs(step), 0)
            contradict += np.where(is_paired, (1 - close) / abs(step), 0)
        total = 2 * sum(1 / step for step in range(1, REACH + 1))
        return agree / total, contradict / total

    def parents_agree(self, rows: np.ndarray, columns: np.ndarray, parents: Arrays) -> np.ndarray:
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
