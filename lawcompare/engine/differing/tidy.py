"""Making runs of equal words readable: accidental ones dropped, borders moved to where a clause or a word begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ..script import is_number, is_word
from .match import Match

# Two words between two edits agree by accident more often than not; three in a row seldom do.
_ACCIDENTAL_WORDS = 2
# What stays in a replaced text: a run too long to be accident, at its start or end a shorter one.
_KEPT_IN_REPLACED = 12
_KEPT_AT_THE_EDGE = 5

_LITTLE_WORDS = frozenset(
    "a an and any are as at be by for from has have if in into is it its may no not of on or shall such than that the "
    "their them then there these they this those to under was were which who will with "
    "à au aux ce ces dans de des du elle en est et il la le les leur ou par pour qui que se son sur un une "
    "និង ឬ ដែល នៃ ក្នុង ដោយ ជា ការ នូវ ទៅ ពី នៅ ដល់ ចំពោះ 的 之 及 或 與 与 於 于 在 為 为 者 其 以".split()  # noqa: SIM905
)
_CLAUSE_ENDS = frozenset(";:.?!。；：？！។៕៖")
_TEXT_END, _PARAGRAPH, _SENTENCE, _PHRASE, _WORD, _SIGN = 6.0, 5.0, 4.0, 3.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Gap:
    """What lies between two runs of equal words: tokens ``old_start:old_end`` against ``new_start:new_end``."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class Pair:
    """Two token sequences with what each token weighs: its length where it is a word, else nothing."""

    def __init__(self, old: Sequence[str], new: Sequence[str], same: Callable[[str], str]) -> None:
        self.old, self.new = old, new
        self.old_keys, self.new_keys = [same(token) for token in old], [same(token) for token in new]
        self._old_weight, self._new_weight = _sums(map(_weight, old)), _sums(map(_weight, new))
        self._words = _sums(map(_tells, old))
        self._ends = _sums(map(_is_end, old))
        self._old_numbers, self._new_numbers = _sums(map(is_number, old)), _sums(map(is_number, new))

    # --- how much ---

    def ratio(self, matches: Sequence[Match]) -> float:
        """Share of the weight of both sides that no match covers."""
        total = self._old_weight[-1] + self._new_weight[-1]
        return 0.0 if total == 0 else sum(self._changed(matches)) / total

    def is_replaced(self, matches: Sequence[Match], above: float) -> bool:
        """Whether most was changed on both sides. A text that only grew or shrank is clearer as an edit."""
        deleted, inserted = self._changed(matches)
        half = above * 0.75
        return (
            self.ratio(matches) > above
            and deleted > half * self._old_weight[-1]
            and inserted > half * self._new_weight[-1]
        )

    def _changed(self, matches: Sequence[Match]) -> tuple[int, int]:
        kept_old = sum(self._old_weight[run.old_end] - self._old_weight[run.old] for run in matches)
        kept_new = sum(self._new_weight[run.new_end] - self._new_weight[run.new] for run in matches)
        return self._old_weight[-1] - kept_old, self._new_weight[-1] - kept_new

    # --- what stays ---

    def kept_in_replaced(self, matches: Sequence[Match]) -> list[Match]:
        """Of the matches in a replaced text, those long enough to be no accident."""
        return [run for run in matches if self._tell(run) >= (self._least_at_edge(run))]

    def _least_at_edge(self, run: Match) -> int:
        at_start = run.old == run.new == 0
        at_end = run.old_end == len(self.old) and run.new_end == len(self.new)
        return _KEPT_AT_THE_EDGE if at_start or at_end else _KEPT_IN_REPLACED

    def absorb(self, matches: Sequence[Match]) -> list[Match]:
        """Drop the matches that hold little and stand between larger edits, so that a phrase stays whole."""
        kept: list[Match] = []
        for position, run in enumerate(matches):
            following = matches[position + 1] if position + 1 < len(matches) else Match(len(self.old), len(self.new), 0)
            kept.append(run)
            # Dropping one makes the edit before the last kept one larger, so that one is asked again.
            while kept and self._is_accident(kept, following):
                kept.pop()
        return kept

    def _is_accident(self, kept: Sequence[Match], following: Match) -> bool:
        run = kept[-1]
        before = kept[-2] if len(kept) > 1 else Match(0, 0, 0)
        left, right = _gap(before, run), _gap(run, following)
        least = min(max(self._sizes(left)), max(self._sizes(right)))
        if _is_empty(left) or _is_empty(right) or self._tell(run) > _ACCIDENTAL_WORDS:
            return False
        weight = self._old_weight[run.old_end] - self._old_weight[run.old]
        has_end = self._ends[run.old_end] > self._ends[run.old]
        if weight == 0 or has_end:
            return not has_end
        if self._tell(run) == 0 and self._is_number_change(left) and self._is_number_change(right):
            return False
        two_sided = min(self._sizes(left)) > 0 and min(self._sizes(right)) > 0
        return (weight if two_sided or self._tell(run) == 0 else 2 * weight) <= least

    def _tell(self, run: Match) -> int:
        return self._words[run.old_end] - self._words[run.old]

    def _sizes(self, gap: Gap) -> tuple[int, int]:
        return (
            self._old_weight[gap.old_end] - self._old_weight[gap.old_start],
            self._new_weight[gap.new_end] - self._new_weight[gap.new_start],
        )

    def _is_number_change(self, gap: Gap) -> bool:
        return (
            self._old_numbers[gap.old_end] > self._old_numbers[gap.old_start]
            and self._new_numbers[gap.new_end] > self._new_numbers[gap.new_start]
        )

    # --- where it begins ---

    def shift(self, matches: Sequence[Match]) -> list[Match]:
        """Move each edit to the most natural of the places where it can stand, without changing what it does."""
        runs = [Match(0, 0, 0), *matches, Match(len(self.old), len(self.new), 0)]
        for position in range(len(runs) - 1):
            runs[position], runs[position + 1] = self._settle(runs[position], runs[position + 1])
        return _joined(runs)

    def _settle(self, before: Match, after: Match) -> tuple[Match, Match]:
        gap = _gap(before, after)
        if gap.old_start < gap.old_end and gap.new_start < gap.new_end:
            return self._trim(before, after)
        if gap.old_start == gap.old_end and gap.new_start == gap.new_end:
            return before, after
        if gap.old_start == gap.old_end:
            move = _best_move(self.new, self.new_keys, gap.new_start, gap.new_end, before.size, after.size)
        else:
            move = _best_move(self.old, self.old_keys, gap.old_start, gap.old_end, before.size, after.size)
        return (
            before._replace(size=before.size + move),
            Match(after.old + move, after.new + move, after.size - move),
        )

    def _trim(self, before: Match, after: Match) -> tuple[Match, Match]:
        """Give equal tokens at the ends of an edit back to its neighbours."""
        while before.old_end < after.old and before.new_end < after.new:
            if self.old_keys[before.old_end] != self.new_keys[before.new_end]:
                break
            before = before._replace(size=before.size + 1)
        while before.old_end < after.old and before.new_end < after.new:
            if self.old_keys[after.old - 1] != self.new_keys[after.new - 1]:
                break
            after = Match(after.old - 1, after.new - 1, after.size + 1)
        return before, after


def _best_move(tokens: Sequence[str], keys: Sequence[str], start: int, end: int, back: int, forth: int) -> int:
    """By how many tokens to move a one-sided edit: negative towards the start."""
    lowest = 0
    while -lowest < back and keys[start + lowest - 1] == keys[end + lowest - 1]:
        lowest -= 1
    highest = 0
    while highest < forth and keys[start + highest] == keys[end + highest]:
        highest += 1
    if lowest == highest:
        return 0
    return max(
        range(lowest, highest + 1),
        key=lambda move: (_border(tokens, start + move) + _border(tokens, end + move), -abs(move), move),
    )


def _border(tokens: Sequence[str], position: int) -> float:
    """How natural it is to begin or end an edit before this token."""
    if position in (0, len(tokens)):
        return _TEXT_END
    left, right = tokens[position - 1], tokens[position]
    if "\n" in left:
        return _PARAGRAPH
    if "\n" in right:
        return _PARAGRAPH - 0.5
    if left.isspace():
        earlier = tokens[position - 2] if position > 1 else "."
        return _SENTENCE if earlier in _CLAUSE_ENDS else _PHRASE if not is_word(earlier) else _WORD
    if right.isspace():
        return (_SENTENCE if left in _CLAUSE_ENDS else _WORD) - 0.5
    if left in _CLAUSE_ENDS:
        return _SENTENCE
    return _PHRASE if right.startswith("(") else _SIGN if not (is_word(left) and is_word(right)) else 0.0


def _joined(runs: Sequence[Match]) -> list[Match]:
    found: list[Match] = []
    for run in runs:
        if run.size == 0:
            continue
        if found and found[-1].old_end == run.old and found[-1].new_end == run.new:
            found[-1] = found[-1]._replace(size=found[-1].size + run.size)
        else:
            found.append(run)
    return found


def _gap(before: Match, after: Match) -> Gap:
    return Gap(before.old_end, after.old, before.new_end, after.new)


def _is_empty(gap: Gap) -> bool:
    return gap.old_start == gap.old_end and gap.new_start == gap.new_end


def _sums(values: map[int] | map[bool]) -> list[int]:
    return list(accumulate(values, initial=0))


@lru_cache(maxsize=1 << 16)
def _weight(token: str) -> int:
    return len(token) if is_word(token) else 0


@lru_cache(maxsize=1 << 16)
def _tells(token: str) -> bool:
    """Whether a word says something by itself: not so ``the``, ``of``."""
    return is_word(token) and token.lower() not in _LITTLE_WORDS


@lru_cache(maxsize=1 << 16)
def _is_end(token: str) -> bool:
    return token in _CLAUSE_ENDS or "\n" in token
