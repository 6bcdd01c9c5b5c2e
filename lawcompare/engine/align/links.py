"""Finding which rows of two lists of clauses belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lawcompare.engine.align.candidates import Candidates, TextVectors, find_candidates, measure, vectorise
from lawcompare.engine.align.matching import match_identical, match_likely, match_repeated, match_surest
from lawcompare.engine.align.model import Unit, number_key, text_key
from lawcompare.engine.align.scoring import (
    Evidence,
    Neighbours,
    Pairs,
    gather_evidence,
    weigh,
    weigh_further,
    weigh_left,
)
from lawcompare.engine.align.split_merge import find_shared
from lawcompare.engine.errors import ComparisonError

Edge = tuple[int, int]
Decisions = Collection[tuple[int | None, int | None]]
# In a group of at most so many pairs all are looked at.
_GRID = 4000
# The assignment is made three times, the neighbours of each serving the next; the first two keep to what is likelier.
FLOORS = (1.0, 0.5, 0.0)
LEFT_FLOOR = -0.9


@dataclass(frozen=True)
class Links:
    """Which rows belong together.

    ``score``    0 to 1 per pair
    ``reason``   how it was found: ``decided same alike shared placeholder``
    ``nearest``  for rows without partner, by side and row: the best partner refused and its likeness
    """

    score: dict[Edge, float]
    reason: dict[Edge, str]
    nearest: dict[tuple[str, int], tuple[int, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """What is known of the rows beside their text.

    ``keys``     per row, equal where two rows say the same; empty where a row says nothing
    ``groups``   per row a number; only rows of one group may be paired
    ``parents``  per row the row of its parent, or -1
    ``own``      the clauses with their own words alone, where the rows carry those of the clauses below them too
    ``homes``    per row the name of the chapter it stands in
    ``given``    pairs that are certain for another reason than their text
    """

    keys: tuple[Sequence[str], Sequence[str]]
    groups: tuple[np.ndarray, np.ndarray] | None = None
    parents: tuple[np.ndarray, np.ndarray] | None = None
    own: tuple[Sequence[Unit], Sequence[Unit]] | None = None
    homes: tuple[Sequence[str], Sequence[str]] | None = None
    given: Collection[Edge] = ()


def find_links(
    old: Sequence[Unit],
    new: Sequence[Unit],
    *,
    ignore_numbers: bool = False,
    decided: Decisions = (),
    frame: Frame | None = None,
) -> Links:
    """All pairs of rows that belong together. A row that is ``decided`` gets no partner but the decided ones."""
    frame = frame or Frame(([text_key(unit) for unit in old], [text_key(unit) for unit in new]))
    free = _free(len(old), [row for row, _ in decided]), _free(len(new), [row for _, row in decided])
    reason: dict[Edge, str] = dict.fromkeys(frame.given, "alike")
    reason |= {(row, column): "decided" for row, column in decided if row is not None and column is not None}
    certain: Pairs = dict(reversed(reason.keys()))
    open_ = _free(len(old), certain.keys()) & free[0], _free(len(new), certain.values()) & free[1]
    same = _match_same(frame, open_, certain)
    reason.update(dict.fromkeys(same.items(), "same"))
    certain |= same
    sides = vectorise(old, new)
    candidates = _candidates(sides, frame, list(reason))
    numbers = np.zeros(len(candidates)) if ignore_numbers else _same_numbers(old, new, candidates, same, frame)
    heading = _own_headings(old, new, candidates)
    evidence = gather_evidence(candidates, sides, heading, numbers, frame.parents)
    open_ = open_[0] & _free(len(old), same.keys()), open_[1] & _free(len(new), same.values())
    alike = _match_alike(evidence, open_, certain)
    reason.update(dict.fromkeys(alike.items(), "alike"))
    if frame.own is not None:
        sides = vectorise(*frame.own)
        candidates = measure(*sides, candidates.old, candidates.new)
        evidence = gather_evidence(candidates, sides, heading, numbers, frame.parents)
    likeness = _by_pair(candidates, evidence.likeness)
    score = {pair: likeness[pair] if why == "alike" else 1.0 for pair, why in reason.items()}
    odds = weigh_further(evidence, Neighbours(certain | alike, len(old), len(new)))
    shared = find_shared(sides, evidence, reason, _may_share(old, new, free, candidates), odds)
    reason.update(dict.fromkeys(shared, "shared"))
    score |= shared
    silent = _match_silent(old, new, frame, free, score)
    score |= dict.fromkeys(silent, 1.0)
    reason.update(dict.fromkeys(silent, "same"))
    return Links(score, reason, _nearest_refused(candidates, evidence.likeness, score))


def _match_silent(
    old: Sequence[Unit], new: Sequence[Unit], frame: Frame, free: tuple[np.ndarray, np.ndarray], score: Collection[Edge]
) -> list[Edge]:
    """Pair clauses that say nothing, in order, where there are as many of one number on either side."""
    paired = {row for row, _ in score}, {column for _, column in score}
    silent: list[dict[tuple[int, str], list[int]]] = []
    for side, units in enumerate((old, new)):
        by_number: dict[tuple[int, str], list[int]] = {}
        for row, unit in enumerate(units):
            if not frame.keys[side][row] and free[side][row] and row not in paired[side]:
                group = int(frame.groups[side][row]) if frame.groups is not None else 0
                by_number.setdefault((group, number_key(unit.number)), []).append(row)
        silent.append(by_number)
    same = [key for key, rows in silent[0].items() if len(silent[1].get(key, ())) == len(rows)]
    return [pair for key in same for pair in zip(silent[0][key], silent[1][key], strict=True)]


def _may_share(
    old: Sequence[Unit], new: Sequence[Unit], free: tuple[np.ndarray, np.ndarray], candidates: Candidates
) -> np.ndarray:
    """Per candidate: whether it may be part of a split or merge. A clause without words has none to share."""
    worded = [np.array([bool(unit.text.strip()) for unit in units], dtype=bool) for units in (old, new)]
    sides = free[0] & worded[0], free[1] & worded[1]
    return sides[0][candidates.old] & sides[1][candidates.new]


def _match_alike(evidence: Evidence, open_: tuple[np.ndarray, np.ndarray], certain: Pairs) -> Pairs:
    """One-to-one pairs of open rows beside the certain ones: the surest, the likely, then what is left in place."""
    candidates = evidence.candidates
    height, width = open_[0].size, open_[1].size
    unpaired = open_[0][candidates.old] & open_[1][candidates.new]
    pairs = match_surest(evidence, unpaired)
    for floor in FLOORS:
        odds = weigh(evidence, Neighbours(certain | pairs, height, width))
        pairs = match_likely(evidence, odds, unpaired, floor)
    left = unpaired & _free(height, pairs.keys())[candidates.old] & _free(width, pairs.values())[candidates.new]
    odds = weigh_left(evidence, Neighbours(certain | pairs, height, width), left)
    return pairs | match_likely(evidence, odds, left, LEFT_FLOOR)


def _free(size: int, rows: Iterable[int | None]) -> np.ndarray:
    free = np.ones(size, dtype=bool)
    free[[row for row in rows if row is not None]] = False
    return free


def _match_same(frame: Frame, open_: tuple[np.ndarray, np.ndarray], known: Pairs) -> Pairs:
    groups = frame.groups or (None, None)
    old = _open_keys(frame.keys[0], open_[0], groups[0])
    new = _open_keys(frame.keys[1], open_[1], groups[1])
    same = match_identical(old, new)
    return same | match_repeated(old, new, known | same, frame.parents, frame.homes)


def _open_keys(keys: Sequence[str], open_: np.ndarray, groups: np.ndarray | None) -> list[str]:
    """The keys of rows still open, made unequal between groups."""
    spoken = [key if free else "" for key, free in zip(keys, open_.tolist(), strict=True)]
    if groups is None:
        return spoken
    return [key and f"{group}\0{key}" for key, group in zip(spoken, groups.tolist(), strict=True)]


def _candidates(sides: tuple[TextVectors, TextVectors], frame: Frame, known: list[Edge]) -> Candidates:
    extra = np.array(known, dtype=np.int64).reshape(-1, 2)
    if frame.groups is None:
        return find_candidates(*sides, extra)
    pairs = [extra]
    places = [_places(groups) for groups in frame.groups]
    for group in places[0].keys() & places[1].keys():
        rows, columns = places[0][group], places[1][group]
        if rows.size * columns.size <= _GRID:
            pairs.append(np.stack([np.repeat(rows, columns.size), np.tile(columns, rows.size)], axis=1))
        else:
            near = find_candidates(sides[0].take(rows), sides[1].take(columns))
            pairs.append(np.stack([rows[near.old], columns[near.new]], axis=1))
    both = np.unique(np.concatenate(pairs), axis=0)
    return measure(*sides, both[:, 0], both[:, 1])


def _places(groups: np.ndarray) -> dict[int, np.ndarray]:
    order = np.argsort(groups, kind="stable")
    names, starts = np.unique(groups[order], return_index=True)
    if not len(names):  # np.split of nothing is one empty piece
        return {}
    return dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True))


def _same_numbers(
    old: Sequence[Unit], new: Sequence[Unit], candidates: Candidates, same: Pairs, frame: Frame
) -> np.ndarray:
    """Per candidate 0 to 1: whether the numbers are equal, as far as numbers can be trusted in these texts."""
    old_numbers = np.array([number_key(unit.number) for unit in old], dtype=object)
    new_numbers = np.array([number_key(unit.number) for unit in new], dtype=object)
    trust = 1.0
    if frame.groups is None:
        kept = sum(old_numbers[row] == new_numbers[column] != "" for row, column in same.items())
        trust = kept / len(same) if same else 0.5
    left, right = old_numbers[candidates.old], new_numbers[candidates.new]
    return trust * ((left == right) & (left != "")).astype(float)


def _own_headings(old: Sequence[Unit], new: Sequence[Unit], candidates: Candidates) -> np.ndarray:
    """Per candidate 1 where both have the same heading and no other clause of either text has it, else 0."""
    headings = [np.array([unit.heading.casefold() for unit in units], dtype=object) for units in (old, new)]
    counts = [Counter(part.tolist()) for part in headings]
    alone = {heading for heading in counts[0] if heading and counts[0][heading] == counts[1][heading] == 1}
    left, right = headings[0][candidates.old], headings[1][candidates.new]
    single = np.array([heading in alone for heading in left.tolist()], dtype=bool)
    return ((left == right) & single).astype(float)


def _by_pair(candidates: Candidates, values: np.ndarray) -> dict[Edge, float]:
    pairs = zip(candidates.old.tolist(), candidates.new.tolist(), strict=True)
    return dict(zip(pairs, values.tolist(), strict=True))


def _nearest_refused(
    candidates: Candidates, likeness: np.ndarray, score: Mapping[Edge, float]
) -> dict[tuple[str, int], tuple[int, float]]:
    partnered_old, partnered_new = {row for row, _ in score}, {column for _, column in score}
    nearest: dict[tuple[str, int], tuple[int, float]] = {}
    for index in np.argsort(likeness, kind="stable"):
        row, column = int(candidates.old[index]), int(candidates.new[index])
        if row not in partnered_old:
            nearest["old", row] = (column, float(likeness[index]))
        if column not in partnered_new:
            nearest["new", column] = (row, float(likeness[index]))
    return nearest


def check_ids(units: Sequence[Unit], which: str) -> dict[str, int]:
    """Id -> row. Raises ComparisonError when an id is missing or appears twice."""
    places: dict[str, int] = {}
    for row, unit in enumerate(units):
        if not unit.id:
            raise ComparisonError(f"clause {row + 1} of the {which} text has no id")
        if unit.id in places:
            raise ComparisonError(f"the id {unit.id!r} appears twice in the {which} text")
        places[unit.id] = row
    return places


def check_decided(
    decided: Iterable[tuple[str | None, str | None]], rows: Mapping[str, int], columns: Mapping[str, int]
) -> list[tuple[int | None, int | None]]:
    """Decisions as rows. Raises ComparisonError for unknown ids and for decisions that contradict each other."""
    known = list(dict.fromkeys(decided))
    paired_old = {old for old, new in known if old is not None and new is not None}
    paired_new = {new for old, new in known if old is not None and new is not None}
    for old, new in known:
        if old is None and new is None:
            raise ComparisonError("a decision names neither an old nor a new clause")
        if old is not None and old not in rows:
            raise ComparisonError(f"a decision names {old!r}, which is not in the old text")
        if new is not None and new not in columns:
            raise ComparisonError(f"a decision names {new!r}, which is not in the new text")
        if (new is None and old in paired_old) or (old is None and new in paired_new):
            raise ComparisonError(f"the decisions give {old or new!r} a partner and none")
    return [(None if old is None else rows[old], None if new is None else columns[new]) for old, new in known]
