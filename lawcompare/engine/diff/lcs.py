"""Longest common subsequence of two token sequences, by diff-match-patch on one private code point per token."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

# diff-match-patch takes time by the square of the edits. Beyond this many, rapidfuzz finds a subsequence of the same
# length in its bit matrix, as long as that has no more cells than this (50 MB).
_EDITS_FOR_BISECT = 600
_CELLS_FOR_INDEL = 400_000_000
# Where token codes are taken from: the private use areas, then the planes between. No surrogate and no line end.
_CODE_AREAS = (range(0xE000, 0xF900), range(0xF0000, 0x110000), range(0x10000, 0xF0000))
_CODES = sum(map(len, _CODE_AREAS))


class Match(NamedTuple):
    """``size`` tokens from index ``old`` on that equal as many from index ``new`` on."""

    old: int
    new: int
    size: int

    @property
    def old_end(self) -> int:
        return self.old + self.size

    @property
    def new_end(self) -> int:
        return self.new + self.size


def match(old: Sequence[Hashable], new: Sequence[Hashable], timeout: float) -> tuple[list[Match], bool]:
    """The runs two token sequences have in common, in order, and whether ``timeout`` seconds did not suffice.

    >>> match("abxd", "abyd", 1.0)
    ([Match(old=0, new=0, size=2), Match(old=3, new=3, size=1)], False)
    """
    shorter = min(len(old), len(new))
    start = _common(zip(old, new, strict=False))
    end = min(_common(zip(reversed(old), reversed(new), strict=False)), shorter - start)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    matches = [Match(0, 0, start)] if start else []
    inner, coarse = _match_middle(middle_old, middle_new, timeout) if middle_old and middle_new else ([], False)
    matches += [Match(run.old + start, run.new + start, run.size) for run in inner]
    if end:
        matches.append(Match(len(old) - end, len(new) - end, end))
    return matches, coarse


def _common(pairs: Iterable[tuple[Hashable, Hashable]]) -> int:
    count = 0
    for one, other in pairs:
        if one != other:
            break
        count += 1
    return count


def _match_middle(old: Sequence[Hashable], new: Sequence[Hashable], timeout: float) -> tuple[list[Match], bool]:
    index = {token: number for number, token in enumerate(dict.fromkeys([*old, *new]))}
    if len(index) > _CODES:
        return [], True
    code = {token: _code(number) for token, number in index.items()}
    old_code, new_code = "".join(map(code.__getitem__, old)), "".join(map(code.__getitem__, new))
    if len(old) * len(new) <= _CELLS_FOR_INDEL and Indel.distance(old_code, new_code) > _EDITS_FOR_BISECT:
        blocks = Indel.opcodes(old_code, new_code)
        equal = (block for block in blocks if block.tag == "equal")
        return [Match(block.src_start, block.dest_start, block.src_end - block.src_start) for block in equal], False
    matcher = _Matcher(timeout)
    return _runs(matcher.diff_main(old_code, new_code, False)), matcher.gave_up


def _code(number: int) -> str:
    for area in _CODE_AREAS:
        if number < len(area):
            return chr(area[number])
        number -= len(area)
    raise IndexError(number)


def _runs(diffs: list[tuple[int, str]]) -> list[Match]:
    matches, old, new = [], 0, 0
    for op, run in diffs:
        if op == diff_match_patch.DIFF_EQUAL:
            matches.append(Match(old, new, len(run)))
        old += len(run) if op <= 0 else 0
        new += len(run) if op >= 0 else 0
    return matches


class _Matcher(diff_match_patch):
    """diff-match-patch that says when it gave up for lack of time; by itself it keeps silent."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.Diff_Timeout = timeout
        self.gave_up = False

    def diff_bisect(self, old: str, new: str, deadline: float) -> list[tuple[int, str]]:
        diffs: list[tuple[int, str]] = super().diff_bisect(old, new, deadline)
        if len(diffs) == 2 and diffs[0][1] == old and time.time() > deadline:
            self.gave_up = True
        return diffs
