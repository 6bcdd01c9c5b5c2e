"""Making runs of equal words readable: accidental ones dropped, borders moved to where a clause or a word begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

from lawcompare.engine.diff.lcs import Match
from lawcompare.engine.text.numerals import is_amount
from lawcompare.engine.text.words import is_number, is_word

# Two words between two edits agree by accident more often than not; three in a row seldom do.
_ACCIDENTAL_WORDS = 2
# Tokens of an edit that is a number with a sign and a space beside it.
_NUMBER_AND_SIGNS = 3
# What stays in a replaced text: a run too long to be accident, at its start or end a shorter one.
_KEPT_IN_REPLACED = 12
_KEPT_AT_THE_EDGE = 5

_LITTLE = """
    a an and any are as at be by for from has have if in into is it its may no not of on or shall such than that the
    their them then there these they this those to under was were which who will with
    à au aux ce ces dans de des du elle en est et il la le les leur ou par pour qui que se son sur un une
    និង ឬ ដែល នៃ ក្នុង ដោយ ជា ការ នូវ ទៅ ពី នៅ ដល់ ចំពោះ 的 之 及 或 與 与 於 于 在 為 为 者 其 以
"""
_LITTLE_WORDS = frozenset(_LITTLE.split())
_CLAUSE_ENDS = frozenset(";:.?!。；：？！។៕៖")
_TEXT_END, _PARAGRAPH, _SENTENCE, _PHRASE, _WORD, _SIGN = 6.0, 5.0, 4.0, 3.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class TokenGap:
    """What lies between two runs of equal words: tokens ``old_start:old_end`` against ``new_start:new_end``."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class TokenPair:
    """Two token sequences, the keys they are compared by, and what each weighs: its length where it is a word."""

    def __init__(
        self, old: Sequence[str], new: Sequence[str], old_keys: Sequence[str], new_keys: Sequence[str]
    ) -> None:
        self.old, self.new, self.old_keys, self.new_keys = old, new, old_keys, new_keys

    # Sums up to each place, so that a run is weighed by two of them; each is made when it is first asked for.

    @cached_property
    def _old_weight(self) -> list[int]:
        return _sums(map(_weight, self.old))

    @cached_property
    def _new_weight(self) -> list[int]:
        return _sums(map(_weight, self.new))

    @cached_property
    def _old_count(self) -> list[int]:
        return _sums(map(is_word, self.old))

    @cached_property
    def _new_count(self) -> list[int]:
        return _sums(map(is_word, self.new))

    @cached_property
    def _telling(self) -> list[int]:
        return _sums(map(_tells, self.old))

    @cached_property
    def _ends(self) -> list[int]:
        return _sums(map(_is_end, self.old))

    @cached_property
    def _old_numbers(self) -> list[int]:
        return _sums(map(_counts, self.old))

    @cached_property
    def _new_numbers(self) -> list[int]:
        return _sums(map(_counts, self.new))

    # --- how much ---

    def ratio(self, matches: Sequence[Match]) -> float:
        """Share of the words of both sides that no match covers."""
        total = self._old_count[-1] + self._new_count[-1]
        return 0.0 if total == 0 else sum(self._changed(matches)) / total

    def is_replaced(self, matches: Sequence[Match], above: float) -> bool:
        """Whether most was changed on both sides. A text that only grew or shrank is clearer as an edit."""
        deleted, inserted = self._changed(matches)
        least = above * 0.75
        return (
            self.ratio(matches) > above
            and deleted > least * self._old_count[-1]
            and inserted > least * self._new_count[-1]
        )

    def _changed(self, matches: Sequence[Match]) -> tuple[int, int]:
        kept_old = sum(self._old_count[run.old_end] - self._old_count[run.old] for run in matches)
        kept_new = sum(self._new_count[run.new_end] - self._new_count[run.new] for run in matches)
        return self._old_count[-1] - kept_old, self._new_count[-1] - kept_new

    # --- what stays ---

    def kept_in_replaced(self, matches: Sequence[Match]) -> list[Match]:
        """Of the matches in a replaced text, those long enough to be no accident."""
        return [run for run in matches if self._tell(run) >= self._least_kept(run)]

    def _least_kept(self, run: Match) -> int:
        at_start = run.old == run.new == 0
        at_end = run.old_end == len(self.old) and run.new_end == len(self.new)
        return _KEPT_AT_THE_EDGE if at_start or at_end else _KEPT_IN_REPLACED

    def absorb(self, matches: Sequence[Match]) -> list[Match]:
        """Drop the matches that hold little and stand between larger edits, so that a phrase stays whole.

        Those without a word go first: how large an edit is, and whether it is a number's, shows only then.
        """
        return self._drop(self._drop(matches, self._is_blank), self._is_accident)

    def _drop(self, matches: Sequence[Match], is_droppable: Callable[[Match, TokenGap, TokenGap], bool]) -> list[Match]:
        kept: list[Match] = []
        for position, run in enumerate(matches):
            following = matches[position + 1] if position + 1 < len(matches) else Match(len(self.old), len(self.new), 0)
            kept.append(run)
            # Dropping one makes the edit before the last kept one larger, so that one is asked again.
            while kept:
                before = kept[-2] if len(kept) > 1 else Match(0, 0, 0)
                left, right = _gap(before, kept[-1]), _gap(kept[-1], following)
                if _is_empty(left) or _is_empty(right) or not is_droppable(kept[-1], left, right):
                    break
                kept.pop()
        return kept

    def _is_blank(self, run: Match, left: TokenGap, right: TokenGap) -> bool:
        weight = self._old_weight[run.old_end] - self._old_weight[run.old]
        return weight == 0 and self._ends[run.old_end] == self._ends[run.old]

    def _is_accident(self, run: Match, left: TokenGap, right: TokenGap) -> bool:
        if self._tell(run) > _ACCIDENTAL_WORDS or self._ends[run.old_end] > self._ends[run.old]:
            return False
        if self._is_only_a_number(left) and self._is_only_a_number(right):
            return False  # "from 1 (one) month to 1 (one) year": each end of the range is a change of its own
        weight = self._old_weight[run.old_end] - self._old_weight[run.old]
        least = min(max(self._sizes(left)), max(self._sizes(right)))
        if self._tell(run) == 0:
            is_range = self._is_number_change(left) and self._is_number_change(right)
            return weight <= least and not is_range
        is_two_sided = min(self._sizes(left)) > 0 and min(self._sizes(right)) > 0
        return (weight if is_two_sided else 2 * weight) <= least

    def _tell(self, run: Match) -> int:
        return self._telling[run.old_end] - self._telling[run.old]

    def _sizes(self, gap: TokenGap) -> tuple[int, int]:
        return (
            self._old_weight[gap.old_end] - self._old_weight[gap.old_start],
            self._new_weight[gap.new_end] - self._new_weight[gap.new_start],
        )

    def _is_number_change(self, gap: TokenGap) -> bool:
        return (
            self._old_numbers[gap.old_end] > self._old_numbers[gap.old_start]
            and self._new_numbers[gap.new_end] > self._new_numbers[gap.new_start]
        )

    def _is_only_a_number(self, gap: TokenGap) -> bool:
        is_short = max(gap.old_end - gap.old_start, gap.new_end - gap.new_start) <= _NUMBER_AND_SIGNS
        return is_short and self._is_number_change(gap)

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
            side = _Side(self.new, self.new_keys, gap.new_start, gap.new_end, self.old, gap.old_start)
        else:
            side = _Side(self.old, self.old_keys, gap.old_start, gap.old_end, self.new, gap.new_start)
        move = side.best_move(before.size, after.size)
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


class _Side(NamedTuple):
    """A one-sided edit ``tokens[start:end]``, and the token of the other text before which it stands."""

    tokens: Sequence[str]
    keys: Sequence[str]
    start: int
    end: int
    other: Sequence[str]
    at: int

    def best_move(self, back: int, forth: int) -> int:
        """By how many tokens to move the edit, negative towards the start, within its neighbours' sizes."""
        lowest = highest = 0
        while -lowest < back and self.keys[self.start + lowest - 1] == self.keys[self.end + lowest - 1]:
            lowest -= 1
        while highest < forth and self.keys[self.start + highest] == self.keys[self.end + highest]:
            highest += 1
        if lowest == highest:
            return 0
        return max(range(lowest, highest + 1), key=lambda move: (self._score(move), -abs(move), move))

    def _score(self, move: int) -> float:
        start, end, at = self.start + move, self.end + move, self.at + move
        score = _border(self.tokens, start) + _border(self.tokens, end)
        # A neighbour that is equal but written otherwise would run together with the edit.
        if end < len(self.tokens) and at < len(self.other) and self.tokens[end] != self.other[at]:
            score -= _SENTENCE
        if start > 0 and at > 0 and self.tokens[start - 1] != self.other[at - 1]:
            score -= _SENTENCE
        return score


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
        if earlier in _CLAUSE_ENDS:
            return _SENTENCE
        return _PHRASE if earlier.startswith("(") or not is_word(earlier) else _WORD
    if right.isspace():
        return (_SENTENCE if left in _CLAUSE_ENDS else _WORD) - 0.5
    if left in _CLAUSE_ENDS:
        return _SENTENCE
    return _PHRASE if right.startswith("(") else _SIGN if not (is_word(left) and is_word(right)) else 0.0


def _joined(runs: Sequence[Match]) -> list[Match]:
    joined: list[Match] = []
    for run in runs:
        if run.size == 0:
            continue
        if joined and joined[-1].old_end == run.old and joined[-1].new_end == run.new:
            joined[-1] = joined[-1]._replace(size=joined[-1].size + run.size)
        else:
            joined.append(run)
    return joined


def _gap(before: Match, after: Match) -> TokenGap:
    return TokenGap(before.old_end, after.old, before.new_end, after.new)


def _is_empty(gap: TokenGap) -> bool:
    return gap.old_start == gap.old_end and gap.new_start == gap.new_end


def _sums(values: map[int] | map[bool]) -> list[int]:
    return list(accumulate(values, initial=0))


@lru_cache(maxsize=1 << 16)
def _weight(token: str) -> int:
    return len(token) if is_word(token) else 0


@lru_cache(maxsize=1 << 16)
def _counts(token: str) -> bool:
    """Whether a token is a number, in digits or in words."""
    return is_number(token) or is_amount(token)


@lru_cache(maxsize=1 << 16)
def _tells(token: str) -> bool:
    """Whether a word says something by itself: not so ``the``, ``of``."""
    return is_word(token) and token.lower() not in _LITTLE_WORDS


@lru_cache(maxsize=1 << 16)
def _is_end(token: str) -> bool:
    return token in _CLAUSE_ENDS or "\n" in token
