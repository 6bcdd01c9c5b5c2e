"""Finding which rows of two lists of clauses belong together."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.candidates import Arrays, Candidates, Sides, chunks, find_candidates, measure, vectorise
from lawcompare.engine.align.model import Clauses, Keys, number_key
from lawcompare.engine.align.scoring import (
    Edge,
    Evidence,
    Neighbours,
    Pairs,
    Watch,
    equal_features,
    gather_evidence,
    is_left_in_place,
    pair_features,
    sureness,
    weigh,
)
from lawcompare.engine.align.split_merge import LEAST_SHARE, Parts
from lawcompare.engine.diff.lcs import longest_run
from lawcompare.engine.scoring import scorer

Decisions = Collection[tuple[int | None, int | None]]
# In a group of at most so many pairs all are looked at.
_GRID = 4000
# The assignment is made three times, the neighbours of each serving the next; the first two keep to what is likelier.
ROUNDS = ("first", "second", "last")


@dataclass(frozen=True)
class Links:
    """Which rows belong together.

    ``score``    how sure each pair is, 0 to 1
    ``alike``    how alike the two of a pair are, 0 to 1, where they are not the same
    ``reason``   how it was found: ``decided same alike shared placeholder``
    ``nearest``  for rows without partner, by side and row: the best partner refused and its likeness
    """

    score: dict[Edge, float]
    reason: dict[Edge, str]
    alike: dict[Edge, float] = field(default_factory=dict)
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
    ``in_part``  whether either text is known in part only: more must be alike then
    """

    keys: Keys
    groups: Arrays | None = None
    parents: Arrays | None = None
    own: tuple[Clauses, Clauses] | None = None
    homes: Keys | None = None
    given: Collection[Edge] = ()
    in_part: bool = False


def find_links(
    old: Clauses,
    new: Clauses,
    *,
    ignore_numbers: bool,
    decided: Decisions,
    frame: Frame,
    watch: Watch | None = None,
) -> Links:
    """All pairs of rows that belong together. A row that is ``decided`` gets no partner but the decided ones."""
    free = _free(len(old), [row for row, _ in decided]), _free(len(new), [row for _, row in decided])
    reason: dict[Edge, str] = dict.fromkeys(frame.given, "alike")
    reason |= {(row, column): "decided" for row, column in decided if row is not None and column is not None}
    certain: Pairs = dict(reversed(reason.keys()))
    open_ = _free_pairs(free, certain)
    keys = _keys_of_groups(frame, open_)
    same = match_identical(*keys)
    same |= match_repeated(*keys, certain | same, frame.parents, frame.homes)
    certain |= same
    sides = vectorise(old, new)
    candidates = _candidates(sides, frame, list(reason))
    evidence = _gather(old, new, sides, candidates, same, frame, ignore_numbers)
    settled = _free_pairs(open_, same)
    alike = _match_alike(evidence, settled, certain)
    # A second look, now that most pairs are known: at equal clauses, and at what stands beside them without a partner.
    same = _settle_equal(frame, same, certain | alike, watch)
    certain = {row: column for row, column in certain.items() if (row, column) in reason} | same
    reason.update(dict.fromkeys(same.items(), "same"))
    settled = _free_pairs(open_, same)
    if frame.groups is None:
        del evidence  # of large texts two at once are many megabytes
        extra = _side_by_side(certain | alike, settled, alike)
        width = np.int64(max(len(sides[1]), 1))
        known = candidates.old.astype(np.int64) * width + candidates.new
        further = np.setdiff1d(extra[:, 0] * width + extra[:, 1], known)
        if further.size:
            candidates = candidates.joined(measure(*sides, further // width, further % width))
        evidence = _gather(old, new, sides, candidates, same, frame, ignore_numbers)
    alike = {row: column for row, column in alike.items() if settled[0][row] and settled[1][column]}
    alike = _match_alike(evidence, settled, certain, alike, watch)
    equal = {row for row, column in alike.items() if frame.keys[0][row] == frame.keys[1][column] != ""}
    reason.update({(row, column): "same" if row in equal else "alike" for row, column in alike.items()})
    if frame.own is not None:
        del evidence
        sides = vectorise(*frame.own)
        candidates = measure(*sides, candidates.old, candidates.new)
        evidence = _gather(old, new, sides, candidates, same, frame, ignore_numbers)
    neighbours = Neighbours(certain | alike, len(old), len(new))
    paired = _candidates_of(evidence, [pair for pair, why in reason.items() if why == "alike"])
    likeness = dict(zip(paired, evidence.likeness[list(paired.values())].tolist(), strict=True))
    there = evidence.take(np.array(list(paired.values()), dtype=np.int64))
    sure = dict(zip(paired, sureness(pair_features(there, neighbours)).tolist(), strict=True))
    score = dict.fromkeys(reason, 1.0) | sure
    # A clause without words has none to share in a split or merge.
    worded = [np.array([bool(unit.text.strip()) for unit in units], dtype=bool) for units in (old, new)]
    may_share = (free[0] & worded[0])[evidence.candidates.old] & (free[1] & worded[1])[evidence.candidates.new]
    may_share &= (evidence.contained >= LEAST_SHARE) & ~evidence.refused
    parts = Parts(sides, evidence, np.flatnonzero(may_share), neighbours)
    for edge in parts.likelier(reason, _moved_odds(evidence, neighbours, reason, frame.given)):
        del reason[edge], score[edge]
    shared = parts.find(reason, watch)
    for (row, column), share in parts.in_runs([*reason, *shared]).items() if not frame.in_part else ():
        is_apart = frame.groups is not None and frame.groups[0][row] != frame.groups[1][column]
        if free[0][row] and free[1][column] and worded[0][row] and worded[1][column] and not is_apart:
            shared[row, column] = share
    reason.update(dict.fromkeys(shared, "shared"))
    score |= shared
    silent = _match_silent(old, new, frame, free, score)
    score |= dict.fromkeys(silent, 1.0)
    reason.update(dict.fromkeys(silent, "same"))
    return Links(score, reason, likeness, _nearest_refused(candidates, evidence.likeness, score))


def _match_silent(old: Clauses, new: Clauses, frame: Frame, free: Arrays, score: Collection[Edge]) -> list[Edge]:
    """Pair clauses that say nothing, in order, where there are as many of one number on either side."""
    paired = {row for row, _ in score}, {column for _, column in score}
    silent: list[dict[tuple[int, str], list[int]]] = []
    for side, units in enumerate((old, new)):
        by_number: dict[tuple[int, str], list[int]] = {}
        for row, unit in enumerate(units):
            if not frame.keys[side][row] and free[side][row] and row not in paired[side]:
                group = int(frame.groups[side][row]) if frame.groups is not None else 0
                by_number.setdefault((group, number_key(unit.num)), []).append(row)
        silent.append(by_number)
    same = [key for key, rows in silent[0].items() if len(silent[1].get(key, ())) == len(rows)]
    return [pair for key in same for pair in zip(silent[0][key], silent[1][key], strict=True)]


def _moved_odds(
    evidence: Evidence, neighbours: Neighbours, reason: Mapping[Edge, str], given: Collection[Edge]
) -> dict[Edge, float]:
    """The log odds of pairs of like clauses that do not stand in the order of the others."""
    settled = {*longest_run(reason), *given}
    moved = {edge for edge, why in reason.items() if why == "alike" and edge not in settled}
    rows = np.array([row for row, _ in moved], dtype=np.int64)
    there = evidence.take(np.flatnonzero(np.isin(evidence.candidates.old, rows)))
    odds = weigh("pairs", there, pair_features(there, neighbours)).tolist()
    edges = zip(there.candidates.old.tolist(), there.candidates.new.tolist(), strict=True)
    return {edge: each for edge, each in zip(edges, odds, strict=True) if edge in moved}


def _gather(
    old: Clauses, new: Clauses, sides: Sides, candidates: Candidates, same: Pairs, frame: Frame, ignore_numbers: bool
) -> Evidence:
    numbers = np.zeros(candidates.old.size) if ignore_numbers else _same_numbers(old, new, candidates, same, frame)
    return gather_evidence(
        candidates, sides, _own_headings(old, new, candidates), numbers, frame.parents, frame.in_part
    )


def _free_pairs(open_: Arrays, pairs: Pairs) -> Arrays:
    """The open rows of either side that are in no pair."""
    return open_[0] & _free(open_[0].size, pairs.keys()), open_[1] & _free(open_[1].size, pairs.values())


def _settle_equal(frame: Frame, same: Pairs, known: Pairs, watch: Watch | None) -> Pairs:
    """Equal clauses paired again among themselves by all pairs known; without those that only look the same.

    A clause that is alone of its words on either side keeps its partner, wherever it went. Of a clause that the law
    repeats ("An attempt is punished.") another of the same words far from its place is another clause.
    """
    keys = frame.keys
    repeated = [Counter(keys[0]), Counter(keys[1])]
    alone = {row: column for row, column in same.items() if max(each[keys[0][row]] for each in repeated) == 1}
    rows = [row for row in same if row not in alone]
    if not rows:
        return same
    open_ = np.zeros(len(keys[0]), dtype=bool), np.zeros(len(keys[1]), dtype=bool)
    open_[0][rows] = True
    open_[1][[same[row] for row in rows]] = True
    again = match_repeated(*_keys_of_groups(frame, open_), known, frame.parents, frame.homes)
    old, new = np.array(list(again.items()), dtype=np.int64).T
    neighbours = Neighbours(known | again, len(keys[0]), len(keys[1]))
    features = equal_features(neighbours, old, new, frame.parents, frame.homes)
    if watch is not None:
        watch("equal", old, new, np.ones(old.size, dtype=bool), features)
    odds = scorer("equal")(features)
    return alone | dict(zip(old[odds > 0].tolist(), new[odds > 0].tolist(), strict=True))


# Clauses without a partner are compared with so many on either side of where they are expected.
_BESIDE = 2


def _side_by_side(pairs: Pairs, settled: Arrays, alike: Pairs) -> np.ndarray:
    """Pairs of a clause without partner and the clauses where its partner or its other half would stand."""
    run = np.array(sorted(longest_run(pairs.items())), dtype=np.int64).reshape(-1, 2)
    open_ = _free_pairs(settled, alike)
    links = []
    for side, other in ((0, 1), (1, 0)):
        rows = np.flatnonzero(open_[side])
        if not len(run) or not rows.size:
            continue
        expected = np.rint(np.interp(rows, run[:, side], run[:, other])).astype(np.int64)
        for step in range(-_BESIDE, _BESIDE + 1):
            place = expected + step
            inside = (place >= 0) & (place < open_[other].size)
            pair = rows[inside], place[inside]
            links.append(np.stack(pair if side == 0 else pair[::-1], axis=1))
    return np.concatenate(links) if links else np.zeros((0, 2), dtype=np.int64)


def _match_alike(
    evidence: Evidence, open_: Arrays, certain: Pairs, pairs: Pairs | None = None, watch: Watch | None = None
) -> Pairs:
    """One-to-one pairs of open rows beside the certain ones: the surest, the likely, then what is left in place.

    With ``pairs`` of an earlier look they are weighed once more.
    """
    candidates = evidence.candidates
    height, width = open_[0].size, open_[1].size
    unpaired = open_[0][candidates.old] & open_[1][candidates.new]
    rounds: Sequence[str] = ROUNDS[-1:]
    if pairs is None:
        pairs, rounds = match_surest(evidence, unpaired), ROUNDS
    for name in rounds:
        features = pair_features(evidence, Neighbours(certain | pairs, height, width))
        odds = weigh("pairs", evidence, features)
        pairs = match_likely(evidence, odds, unpaired, scorer("pairs").floors[name])
    if watch is not None:
        watch("pairs", candidates.old, candidates.new, unpaired & np.isfinite(odds), features)
    del features, odds
    left = unpaired & _free(height, pairs.keys())[candidates.old] & _free(width, pairs.values())[candidates.new]
    features = pair_features(evidence, Neighbours(certain | pairs, height, width), left)
    left &= is_left_in_place(features)
    odds = weigh("left", evidence, features)
    if watch is not None:
        watch("left", candidates.old, candidates.new, left & np.isfinite(odds), features)
    return pairs | match_likely(evidence, odds, left, scorer("left").floors["last"])


def _free(size: int, rows: Iterable[int | None]) -> np.ndarray:
    free = np.ones(size, dtype=bool)
    free[[row for row in rows if row is not None]] = False
    return free


type _GroupKeys = list[tuple[int, str] | None]


def _keys_of_groups(frame: Frame, open_: Arrays) -> tuple[_GroupKeys, _GroupKeys]:
    """The keys of rows still open with their groups, which make them unequal; of the others nothing."""
    rows = (
        zip(keys, free.tolist(), groups.tolist(), strict=True)
        for keys, free, groups in zip(frame.keys, open_, frame.groups or open_, strict=True)
    )
    old, new = ([(group, key) if key and is_free else None for key, is_free, group in side] for side in rows)
    return old, new


def _candidates(sides: Sides, frame: Frame, known: list[Edge]) -> Candidates:
    extra = np.array(known, dtype=np.int64).reshape(-1, 2)
    if frame.groups is None:
        return find_candidates(*sides, extra)
    pairs = [extra]
    places: list[dict[int, np.ndarray]] = []
    for groups in frame.groups:
        order = np.argsort(groups, kind="stable")
        names, starts = np.unique(groups[order], return_index=True)
        parts = np.split(order, starts[1:]) if len(names) else []  # of nothing it would be one empty piece
        places.append(dict(zip(names.tolist(), parts, strict=True)))
    for group in places[0].keys() & places[1].keys():
        rows, columns = places[0][group], places[1][group]
        if rows.size * columns.size <= _GRID:
            pairs.append(np.stack([np.repeat(rows, columns.size), np.tile(columns, rows.size)], axis=1))
        else:
            near = find_candidates(sides[0].take(rows), sides[1].take(columns))
            pairs.append(np.stack([rows[near.old], columns[near.new]], axis=1))
    both = np.unique(np.concatenate(pairs), axis=0)
    return measure(*sides, both[:, 0], both[:, 1])


def _same_numbers(old: Clauses, new: Clauses, candidates: Candidates, same: Pairs, frame: Frame) -> np.ndarray:
    """Per candidate 0 to 1: whether the numbers are equal, as far as numbers can be trusted in these texts."""
    old_numbers = np.array([number_key(unit.num) for unit in old], dtype=object)
    new_numbers = np.array([number_key(unit.num) for unit in new], dtype=object)
    trust = 1.0
    if frame.groups is None:
        kept = sum(old_numbers[row] == new_numbers[column] != "" for row, column in same.items())
        trust = kept / len(same) if same else 0.5
    left, right = old_numbers[candidates.old], new_numbers[candidates.new]
    return trust * ((left == right) & (left != "")).astype(float)


def _own_headings(old: Clauses, new: Clauses, candidates: Candidates) -> np.ndarray:
    """Per candidate 1 where both have the same heading and no other clause of either text has it, else 0."""
    headings = [np.array([unit.heading.casefold() for unit in units], dtype=object) for units in (old, new)]
    counts = [Counter(part.tolist()) for part in headings]
    alone = {heading for heading in counts[0] if heading and counts[0][heading] == counts[1][heading] == 1}
    left, right = headings[0][candidates.old], headings[1][candidates.new]
    single = np.array([heading in alone for heading in left.tolist()], dtype=bool)
    return ((left == right) & single).astype(float)


def _candidates_of(evidence: Evidence, pairs: Sequence[Edge]) -> dict[Edge, int]:
    """The places among the candidates of those that are paired."""
    partner = np.full(int(evidence.candidates.old.max(initial=-1)) + 1, -1, dtype=np.int64)
    for row, column in pairs:
        partner[row] = column
    places = np.flatnonzero(partner[evidence.candidates.old] == evidence.candidates.new)
    rows, columns = evidence.candidates.old[places].tolist(), evidence.candidates.new[places].tolist()
    return dict(zip(zip(rows, columns, strict=True), places.tolist(), strict=True))


def _nearest_refused(
    candidates: Candidates, likeness: np.ndarray, score: Mapping[Edge, float]
) -> dict[tuple[str, int], tuple[int, float]]:
    partnered_old, partnered_new = {row for row, _ in score}, {column for _, column in score}
    nearest: dict[tuple[str, int], tuple[int, float]] = {}
    alone = ~np.isin(candidates.old, list(partnered_old)) | ~np.isin(candidates.new, list(partnered_new))
    # One that has no partner either may be asked about: it comes before likelier ones that have.
    both = ~(np.isin(candidates.old, list(partnered_old)) | np.isin(candidates.new, list(partnered_new)))
    order = np.lexsort((likeness, both & (likeness >= WORTH_ASKING)))
    order = order[alone[order]]
    refused = candidates.old[order].tolist(), candidates.new[order].tolist(), likeness[order].tolist()
    for row, column, alike in zip(*refused, strict=True):
        if row not in partnered_old:
            nearest["old", row] = (column, alike)
        if column not in partnered_new:
            nearest["new", column] = (row, alike)
    return nearest


# --- one-to-one pairs: identical text first, then the best assignment among likely pairs, with a floor ---

# Two clauses without partner so much alike are put before people as perhaps one.
WORTH_ASKING = 0.2
# Likeness, and lead over all rivals, of a pair taken for sure before neighbours are looked at.
SURE = 0.5
SURE_LEAD = 0.2
# What the chapter's name weighs beside neighbours, which weigh at most 1.
HOME_WEIGHT = 0.5
# What order weighs beside neighbours: nothing but between equals.
ORDER_WEIGHT = 0.01
# A matrix of more cells is not made: equal clauses are then paired in order, components assigned as sparse graphs.
_DENSE_CELLS = 1_000_000


def match_identical(old: _GroupKeys, new: _GroupKeys) -> Pairs:
    """Pairs of equal keys that occur once in either text. Empty keys say nothing."""
    where_old, where_new = _places(old), _places(new)
    return {
        rows[0]: where_new[key][0]
        for key, rows in where_old.items()
        if len(rows) == 1 and len(where_new.get(key, ())) == 1
    }


def match_repeated(
    old: _GroupKeys, new: _GroupKeys, known: Pairs, parents: Arrays | None = None, homes: Keys | None = None
) -> Pairs:
    """Pairs of equal keys that occur several times.

    They are distinguished by parents and neighbours already paired, by the name of their chapter, else by order.
    """
    where_old, where_new = _places(old), _places(new)
    pairs: Pairs = {}
    groups: list[tuple[list[int], list[int]]] = []
    for key, rows in where_old.items():
        columns = where_new.get(key, [])
        if 1 < len(rows) * len(columns) <= _DENSE_CELLS:
            groups.append((rows, columns))
        else:  # one of either side needs no weighing
            pairs.update(zip(rows, columns, strict=False))
    neighbours = Neighbours(known, len(old), len(new))
    # Small groups are weighed together, so that the pairs are never too many at once.
    for batch in chunks(np.array([len(rows) * len(columns) for rows, columns in groups]), _DENSE_CELLS):
        grid = np.concatenate([np.repeat(rows, len(columns)) for rows, columns in groups[batch]])
        across = np.concatenate([np.tile(columns, len(rows)) for rows, columns in groups[batch]])
        gain = _gain_of_equals(neighbours, grid, across, parents, homes)
        for rows, columns in groups[batch]:
            matrix, gain = np.split(gain, [len(rows) * len(columns)])
            chosen = scipy.optimize.linear_sum_assignment(matrix.reshape(len(rows), -1), maximize=True)
            pairs.update((rows[i], columns[j]) for i, j in zip(*chosen, strict=True))
    return pairs


def _gain_of_equals(
    neighbours: Neighbours, rows: np.ndarray, columns: np.ndarray, parents: Arrays | None, homes: Keys | None
) -> np.ndarray:
    agree, contradict = neighbours.agreement(rows, columns)
    gain = agree - contradict - ORDER_WEIGHT * neighbours.displacement(rows, columns)
    if homes is not None:
        old, new = np.array(homes[0], dtype=object)[rows], np.array(homes[1], dtype=object)[columns]
        gain += HOME_WEIGHT * (old == new).astype(float)
    return gain if parents is None else gain + neighbours.parents_agree(rows, columns, parents)


def _places(keys: _GroupKeys) -> dict[tuple[int, str], list[int]]:
    places: dict[tuple[int, str], list[int]] = defaultdict(list)
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
