"""Alignment of two flat lists of clauses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ComparisonError
from .candidates import Candidates, find_candidates
from .keys import number_key, text_key
from .kinds import longest_run, reading_order
from .matching import (
    FLOORS,
    Neighbours,
    Pairs,
    match_alike,
    match_identical,
    match_repeated,
    score_candidates,
)
from .model import Alignment, Unit
from .sharing import find_shared
from .terms import vectorise


@dataclass(frozen=True)
class Links:
    """Which rows belong together: ``score`` per pair, and how each was found (``decided same alike shared``)."""

    score: dict[tuple[int, int], float]
    reason: dict[tuple[int, int], str]


def align_flat(
    old: Sequence[Unit], new: Sequence[Unit], *, ignore_numbers: bool, decided: Iterable[tuple[str | None, str | None]]
) -> list[Alignment]:
    """Align without regard to parents."""
    rows, columns = check_ids(old, "old"), check_ids(new, "new")
    links = find_links(old, new, ignore_numbers=ignore_numbers, decided=check_decided(decided, rows, columns))
    return name_links(old, new, links)


def find_links(
    old: Sequence[Unit],
    new: Sequence[Unit],
    *,
    ignore_numbers: bool = False,
    decided: Collection[tuple[int | None, int | None]] = (),
) -> Links:
    """All pairs of rows that belong together. A row that is ``decided`` gets no partner but the decided ones."""
    free_old, free_new = np.ones(len(old), bool), np.ones(len(new), bool)
    reason: dict[tuple[int, int], str] = {}
    for row, column in decided:
        if row is not None:
            free_old[row] = False
        if column is not None:
            free_new[column] = False
        if row is not None and column is not None:
            reason[row, column] = "decided"
    pairs: Pairs = dict(reversed(reason.keys()))
    old_keys = [text_key(unit) if free_old[row] else "" for row, unit in enumerate(old)]
    new_keys = [text_key(unit) if free_new[column] else "" for column, unit in enumerate(new)]
    same = match_identical(old_keys, new_keys)
    same |= match_repeated(old_keys, new_keys, pairs | same)
    reason.update(dict.fromkeys(same.items(), "same"))
    pairs |= same
    old_side, new_side = vectorise(old, new)
    candidates = find_candidates(old_side, new_side, np.array(list(reason), dtype=np.int64).reshape(-1, 2))
    same_number = np.zeros(len(candidates)) if ignore_numbers else _same_numbers(old, new, candidates, same)
    known_old, known_new = ~free_old, ~free_new
    known_old[list(same.keys())] = True
    known_new[list(same.values())] = True
    free = ~known_old[candidates.old] & ~known_new[candidates.new]
    found: Pairs = {}
    for floor in FLOORS:
        field = Neighbours(pairs | found, len(old), len(new))
        scored = score_candidates(candidates, old_side.mass, new_side.mass, field, same_number)
        found = match_alike(candidates, scored, free, floor)
    reason.update(dict.fromkeys(found.items(), "alike"))
    likeness = dict(
        zip(zip(candidates.old.tolist(), candidates.new.tolist(), strict=True), scored.likeness.tolist(), strict=True)
    )
    score = {pair: min(1.0, likeness[pair]) if why == "alike" else 1.0 for pair, why in reason.items()}
    field = Neighbours(pairs | found, len(old), len(new))
    free = free_old[candidates.old] & free_new[candidates.new]
    shared = find_shared(old_side, new_side, candidates, reason, free, field.context(candidates.old, candidates.new))
    reason.update(dict.fromkeys(shared, "shared"))
    return Links(score | shared, reason)


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


def _same_numbers(old: Sequence[Unit], new: Sequence[Unit], candidates: Candidates, same: Pairs) -> np.ndarray:
    """Per candidate 0 to 1: whether the numbers are equal, as far as numbers can be trusted in these texts."""
    left = np.array([number_key(unit.number) for unit in old], dtype=object)[candidates.old]
    right = np.array([number_key(unit.number) for unit in new], dtype=object)[candidates.new]
    return _trust_in_numbers(old, new, same) * ((left == right) & (left != "")).astype(float)


def _trust_in_numbers(old: Sequence[Unit], new: Sequence[Unit], pairs: Pairs) -> float:
    """0 to 1: how many of the pairs with identical text also kept their number."""
    if not pairs:
        return 0.5
    kept = sum(number_key(old[row].number) == number_key(new[column].number) != "" for row, column in pairs.items())
    return kept / len(pairs)


def name_links(old: Sequence[Unit], new: Sequence[Unit], links: Links) -> list[Alignment]:
    """Entries in reading order."""
    of_old: dict[int, list[int]] = defaultdict(list)
    of_new: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(links.score):
        of_old[row].append(column)
        of_new[column].append(row)
    run = longest_run(links.score)
    groups: list[tuple[tuple[int, ...], tuple[int, ...], str]] = []
    for row in range(len(old)):
        columns = of_old.get(row, [])
        if not columns:
            groups.append(((row,), (), "removed"))
        elif len(columns) > 1:
            groups.append(((row,), tuple(columns), "split"))
        elif len(of_new[columns[0]]) == 1:
            groups.append(((row,), (columns[0],), _pair_kind(old[row], new[columns[0]], (row, columns[0]) in run)))
    for column in range(len(new)):
        rows = of_new.get(column, [])
        if not rows:
            groups.append(((), (column,), "added"))
        elif len(rows) > 1:
            groups.append((tuple(rows), (column,), "merged"))
    entries = [_entry(old, new, group, links) for group in groups]
    return [entries[index] for index in reading_order([group[:2] for group in groups])]


def _pair_kind(old: Unit, new: Unit, in_order: bool) -> str:
    if not in_order:
        return "moved"
    if number_key(old.number) != number_key(new.number):
        return "renumbered"
    return "unchanged" if text_key(old) == text_key(new) else "changed"


def _entry(
    old: Sequence[Unit], new: Sequence[Unit], group: tuple[tuple[int, ...], tuple[int, ...], str], links: Links
) -> Alignment:
    rows, columns, kind = group
    scores = [links.score[row, column] for row in rows for column in columns if (row, column) in links.score]
    score = min(scores) if scores else 1.0
    return Alignment(
        tuple(old[row].id for row in rows), tuple(new[column].id for column in columns), kind, round(score, 4), kind
    )


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
