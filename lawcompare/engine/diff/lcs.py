"""Longest common subsequence of two token sequences, within a number of steps that is the same on every machine.

Nearly equal sequences go to diff-match-patch (one private code point per token), others to rapidfuzz's bit matrix. What
is too large for either is cut at the tokens that stand once in both.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel, Postfix, Prefix

# diff-match-patch takes time by the square of the edits. Beyond this many, rapidfuzz finds a subsequence of the same
# length in its bit matrix, as long as that has no more cells than this (50 MB).
_EDITS_FOR_BISECT = 600
_CELLS_FOR_INDEL = 400_000_000
# Cells that all matrices of one pair of texts may have together: a second or two.
STEPS = 4_000_000_000
# How often a part is cut again at the tokens that stand once in it.
_MOST_CUTS = 12
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


@dataclass(slots=True)
class _Budget:
    """Steps that are left, and whether some part had to be left unread."""

    steps: int
    is_spent: bool = False

    def take(self, steps: int) -> bool:
        """Take steps from what is left; False, and the budget is spent, where there are not as many."""
        if steps > self.steps:
            self.is_spent = True
            return False
        self.steps -= steps
        return True


def match(old: Sequence[Hashable], new: Sequence[Hashable], steps: int = STEPS) -> tuple[list[Match], bool]:
    """The runs two token sequences have in common, in order, and whether ``steps`` did not suffice to find them all.

    A step is a comparison of two tokens.

    >>> match("abxd", "abyd")
    ([Match(old=0, new=0, size=2), Match(old=3, new=3, size=1)], False)
    """
    tokens = dict.fromkeys([*old, *new])
    budget = _Budget(steps)
    if len(tokens) > _CODES:
        return [], True
    code = dict(zip(tokens, (chr(sign) for area in _CODE_AREAS for sign in area), strict=False))
    texts = "".join(map(code.__getitem__, old)), "".join(map(code.__getitem__, new))
    return _match(*texts, budget, cuts=0), budget.is_spent


def _match(old: str, new: str, budget: _Budget, *, cuts: int) -> list[Match]:
    """What two sequences of codes have in common: their edges, then what lies between."""
    start = Prefix.similarity(old, new)
    end = min(Postfix.similarity(old, new), min(len(old), len(new)) - start)
    matches = [Match(0, 0, start)] if start else []
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if inner_old and inner_new:
        inner = _match_inner(inner_old, inner_new, budget, cuts)
        matches += [Match(run.old + start, run.new + start, run.size) for run in inner]
    if end:
        matches.append(Match(len(old) - end, len(new) - end, end))
    return matches


def _match_inner(old: str, new: str, budget: _Budget, cuts: int) -> list[Match]:
    cells = len(old) * len(new)
    few_edits = Indel.distance(old, new, score_cutoff=_EDITS_FOR_BISECT) <= _EDITS_FOR_BISECT
    if few_edits and (not cuts or cells > _CELLS_FOR_INDEL) and budget.take(_EDITS_FOR_BISECT * (len(old) + len(new))):
        matcher = diff_match_patch()
        matcher.Diff_Timeout = 0  # no clock: the number of edits bounds the work
        matches, at_old, at_new = [], 0, 0
        for op, run in matcher.diff_main(old, new, False):
            if op == diff_match_patch.DIFF_EQUAL:
                matches.append(Match(at_old, at_new, len(run)))
            at_old += len(run) if op <= 0 else 0
            at_new += len(run) if op >= 0 else 0
        return matches
    if cells <= _CELLS_FOR_INDEL:
        if not budget.take(cells):
            return []
        blocks = Indel.opcodes(old, new)
        equal = (block for block in blocks if block.tag == "equal")
        return [Match(block.src_start, block.dest_start, block.src_end - block.src_start) for block in equal]
    # The longest run in order of the codes that stand once in both.
    counts = Counter(old), Counter(new)
    places = {code: at for at, code in enumerate(new) if counts[1][code] == 1}
    once = [(at, places[code]) for at, code in enumerate(old) if counts[0][code] == 1 and code in places]
    anchors = sorted(longest_run(once)) if cuts < _MOST_CUTS else []
    if not anchors:
        budget.is_spent = True
        return []
    matches = []
    last = (0, 0)
    for anchor in [*anchors, (len(old), len(new))]:
        part = _match(old[last[0] : anchor[0]], new[last[1] : anchor[1]], budget, cuts=cuts + 1)
        matches += [Match(run.old + last[0], run.new + last[1], run.size) for run in part]
        last = anchor
    return adjoined(matches)


def longest_run(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The longest run of pairs in order in both texts (a longest increasing subsequence).

    The parts of a split follow one another in the run; of a merge one pair stands in it.

    >>> sorted(longest_run([(0, 1), (1, 2), (2, 0), (3, 3)]))
    [(0, 1), (1, 2), (3, 3)]
    """
    ordered = sorted(pairs)
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, new) in enumerate(ordered):
        place = bisect_left(tails, new)
        before.append(ends[place - 1] if place else -1)
        tails[place : place + 1] = [new]
        ends[place : place + 1] = [index]
    run: set[tuple[int, int]] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        run.add(ordered[index])
        index = before[index]
    return run


def adjoined(matches: Iterable[Match]) -> list[Match]:
    """Matches that follow one another as one, without empty ones."""
    joined: list[Match] = []
    for run in matches:
        if run.size == 0:
            continue
        if joined and joined[-1].old_end == run.old and joined[-1].new_end == run.new:
            joined[-1] = joined[-1]._replace(size=joined[-1].size + run.size)
        else:
            joined.append(run)
    return joined
