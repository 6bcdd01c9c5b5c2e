"""How likely it is that two clauses are one: the evidence weighed, as log odds (0: as likely as not).

The weights come from a logistic regression over judged pairs of some sixty texts: amended statutes and regulations in
English, French and Chinese, whose identifiers or article numbers outlive amendments, and a recodification with its
official source table. They were checked on laws left out of the fit, rounded, and are not meant for one language or
kind of law: no word and no number of any text takes part, only likeness, place and what rivals there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .candidates import Candidates
from .neighbours import Neighbours
from .terms import Side

_BASE = 0.6
# Share of the smaller clause found in the other; headings alike.
_CONTAINED = 4.7
_HEADING = 0.4
# Neighbours paired with each other, or with others. Where the new text keeps the order of the old one, a pair must fit
# in, and one that does not needs the more likeness.
_AGREE, _AGREE_IN_ORDER = 2.0, 1.2
_CONTRADICT_IN_ORDER = -5.2
_ORDER_KEPT, _LIKE_IN_ORDER = -5.0, -2.0
# Lead over the second-best partner of either clause (or lag behind the best), in likeness and in share contained.
_LEAD = 3.6
_LEAD_CONTAINED_OLD, _LEAD_CONTAINED_NEW = 4.2, 5.8
_LEAD_LIMIT = 0.3
# Support where it applies: same number (as far as numbers are to be trusted), parents paired with each other.
_SAME_NUMBER = 2.0
_PARENTS = 1.5
# The same for clauses left over when the likely pairs are made; same gap: between the same pairs of the longest run.
_LEFT_BASE = -8.6
_LEFT_CONTAINED, _LEFT_COSINE, _LEFT_LIKENESS, _LEFT_HEADING = 1.5, 0.8, 1.0, 2.2
_LEFT_AGREE, _LEFT_CONTRADICT, _LEFT_SAME_GAP = 5.7, -0.6, 3.2
_LEFT_LEAD, _LEFT_LEAD_CONTAINED = 1.5, 1.7
# The place alone makes no pair: below this likeness, and without the same heading, an old clause was removed and another
# put where it stood.
LEFT_LIKENESS, LEFT_SAME_HEADING = 0.15, 0.95
# Decides between equals alone.
_DISPLACED = -0.02


@dataclass(frozen=True)
class Evidence:
    """What is known of each candidate pair before any pair is made."""

    candidates: Candidates
    likeness: np.ndarray
    contained: np.ndarray
    lead: np.ndarray
    same_number: np.ndarray
    parents: tuple[np.ndarray, np.ndarray] | None = None


def gather_evidence(
    candidates: Candidates,
    sides: tuple[Side, Side],
    same_number: np.ndarray,
    parents: tuple[np.ndarray, np.ndarray] | None = None,
) -> Evidence:
    """Evidence of all candidates; ``same_number`` is 0 to 1 per candidate, ``parents`` a row per row of either text."""
    likeness = measure_likeness(candidates, sides)
    lead = (
        _LEAD * (_lead(candidates.old, likeness) + _lead(candidates.new, likeness))
        + _LEAD_CONTAINED_OLD * _lead(candidates.old, candidates.in_new)
        + _LEAD_CONTAINED_NEW * _lead(candidates.new, candidates.in_old)
    )
    contained = np.maximum(candidates.in_new, candidates.in_old)
    return Evidence(candidates, likeness, contained, lead, same_number, parents)


def measure_likeness(candidates: Candidates, sides: tuple[Side, Side]) -> np.ndarray:
    """0 to 1 per candidate: half the cosine of weighted words, half the share of weighted word pairs in common."""
    mass = sides[0].mass[candidates.old] + sides[1].mass[candidates.new]
    return 0.5 * candidates.cosine + 0.5 * np.clip(2 * candidates.shared / np.maximum(mass, 1e-9), 0, 1)


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


def weigh(evidence: Evidence, neighbours: Neighbours) -> np.ndarray:
    """Log odds per candidate, given the pairs found so far."""
    rows, columns = evidence.candidates.old, evidence.candidates.new
    agree, contradict = neighbours.agreement(rows, columns)
    order = neighbours.order_kept
    odds = (
        _BASE
        + _CONTAINED * evidence.contained
        + _HEADING * evidence.candidates.heading
        + (_AGREE + _AGREE_IN_ORDER * order) * agree
        + _CONTRADICT_IN_ORDER * order * contradict
        + _ORDER_KEPT * order
        + _LIKE_IN_ORDER * order * evidence.likeness
        + evidence.lead
        + _SAME_NUMBER * evidence.same_number
        + _DISPLACED * neighbours.displacement(rows, columns)
    )
    if evidence.parents is not None:
        odds += _PARENTS * (2 * neighbours.parents_agree(rows, columns, evidence.parents) - 1)
    return odds


def weigh_left(evidence: Evidence, neighbours: Neighbours, left: np.ndarray) -> np.ndarray:
    """Log odds for candidates both of whose clauses found no partner (``left``): rivals that have one no longer count.

    Two clauses left over at the same place of both texts need little likeness to be one clause rewritten.
    """
    rows, columns = evidence.candidates.old, evidence.candidates.new
    agree, contradict = neighbours.agreement(rows, columns)
    lead = sum(
        weight * _lead_among(left, index, value)
        for weight, index, value in (
            (_LEFT_LEAD, rows, evidence.likeness),
            (_LEFT_LEAD, columns, evidence.likeness),
            (_LEFT_LEAD_CONTAINED, rows, evidence.candidates.in_new),
            (_LEFT_LEAD_CONTAINED, columns, evidence.candidates.in_old),
        )
    )
    odds = (
        _LEFT_BASE
        + _LEFT_CONTAINED * evidence.contained
        + _LEFT_COSINE * evidence.candidates.cosine
        + _LEFT_LIKENESS * evidence.likeness
        + _LEFT_HEADING * evidence.candidates.heading
        + _LEFT_AGREE * agree
        + _LEFT_CONTRADICT * neighbours.order_kept * contradict
        + _LEFT_SAME_GAP * neighbours.same_gap(rows, columns)
        + lead
        + _SAME_NUMBER * evidence.same_number
        + _DISPLACED * neighbours.displacement(rows, columns)
    )
    if evidence.parents is not None:
        odds += _PARENTS * (2 * neighbours.parents_agree(rows, columns, evidence.parents) - 1)
    words_alike = np.maximum(evidence.likeness, LEFT_LIKENESS * (evidence.candidates.heading > LEFT_SAME_HEADING))
    return np.where(left & (words_alike >= LEFT_LIKENESS), odds, -np.inf)


def _lead_among(left: np.ndarray, index: np.ndarray, value: np.ndarray) -> np.ndarray:
    lead = np.zeros(value.size)
    lead[left] = _lead(index[left], value[left])
    return lead
