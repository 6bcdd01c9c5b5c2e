"""Where the words of a span went, read off the redline of its clause."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from lawcompare.engine.diff.lcs import match
from lawcompare.engine.diff.tokens import pair_texts
from lawcompare.engine.text.words import is_word

# Words before and after a span that are asked whether they went the same way.
_NEIGHBOURS = 8
# Kept words further apart than this in the new text are not one place.
_GAP_MAX = 25


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in the new text, with the shares (0 to 1) of the span's words and of its neighbours that went there.

    ``neighbours`` is None where the span has none: it is the whole clause.
    """

    start: int
    end: int
    kept: float
    neighbours: float | None


class TokenMap:
    """Two texts and which token of the old became which of the new."""

    def __init__(self, old: str, new: str, language: str) -> None:
        pair = pair_texts(old, new, language)
        self._old, self._new = pair.old, pair.new
        self._old_ends, self._new_ends = _ends(pair.old), _ends(pair.new)
        self._became = [-1] * len(pair.old)
        matches, _ = match(pair.old_keys, pair.new_keys)
        for run in pair.absorb(matches):
            self._became[run.old : run.old_end] = range(run.new, run.new_end)

    def trace(self, start: int, end: int) -> Trace | None:
        """Follow ``old_text[start:end]``; None where none of its words went anywhere."""
        first, last = bisect_right(self._old_ends, start), bisect_right(self._old_ends, end - 1)
        group = self._densest([token for token in range(first, last + 1) if self._became[token] >= 0])
        if not group:
            return None
        low, high = self._became[group[0]], self._became[group[-1]]
        total = sum(map(self._weight, range(first, last + 1)))
        kept = sum(map(self._weight, group)) / total if total else len(group) / (last - first + 1)
        low, high = self._widen(low, high, first, last, group)
        return Trace(
            self._place(start, first, low, group[0] == first, at_end=False),
            self._place(end, last, high, group[-1] == last, at_end=True),
            kept,
            self._neighbours(first, last, low, high),
        )

    def spot(self, start: int, end: int) -> tuple[int, int] | None:
        """What stands in the new text where the words stood: what was put in for them, else the words around.

        None where what stood around them is gone as well.
        """
        first, last = bisect_right(self._old_ends, start), bisect_right(self._old_ends, end - 1)
        before = next((token for token in range(first - 1, -1, -1) if self._became[token] >= 0), None)
        after = next((token for token in range(last + 1, len(self._old)) if self._became[token] >= 0), None)
        if not self._new or (before is None and after is None):
            return None
        low = 0 if before is None else self._became[before] + 1
        high = len(self._new) - 1 if after is None else self._became[after] - 1
        if not any(is_word(token) for token in self._new[low : high + 1]):
            low, high = max(0, low - _NEIGHBOURS), min(len(self._new) - 1, high + _NEIGHBOURS)
        low, high = self._trim(low, high)
        return self._new_ends[low] - len(self._new[low]), self._new_ends[high]

    def _trim(self, low: int, high: int) -> tuple[int, int]:
        while low < high and self._new[low].isspace():
            low += 1
        while high > low and self._new[high].isspace():
            high -= 1
        return low, high

    def _weight(self, token: int) -> int:
        return len(self._old[token]) if is_word(self._old[token]) else 0

    def _densest(self, tokens: Sequence[int]) -> list[int]:
        """Of kept tokens, in groups that stand together in the new text, the group that weighs most."""
        groups: list[list[int]] = []
        for token in tokens:
            if groups and self._became[token] - self._became[groups[-1][-1]] <= _GAP_MAX + token - groups[-1][-1]:
                groups[-1].append(token)
            else:
                groups.append([token])
        return max(groups, key=lambda group: (sum(map(self._weight, group)), len(group)), default=[])

    def _widen(self, low: int, high: int, first: int, last: int, group: Sequence[int]) -> tuple[int, int]:
        """Take in what was put in place of the span's first and last words, if these were changed."""
        missing = group[0] - first
        if missing and (first == 0 or self._became[first - 1] >= 0):
            beginning = self._became[first - 1] + 1 if first else 0
            if 0 < low - beginning <= 2 * missing + 4:
                low = beginning
        missing = last - group[-1]
        if missing and (last + 1 == len(self._old) or self._became[last + 1] >= 0):
            ending = self._became[last + 1] - 1 if last + 1 < len(self._old) else len(self._new) - 1
            if 0 < ending - high <= 2 * missing + 4:
                high = ending
        return self._trim(low, high)

    def _place(self, offset: int, old: int, new: int, is_same: bool, *, at_end: bool) -> int:
        """Offset in the new text; inside a word only where the word is the same."""
        if is_same and self._old[old] == self._new[new]:
            return self._new_ends[new] - (self._old_ends[old] - offset)
        return self._new_ends[new] if at_end else self._new_ends[new] - len(self._new[new])

    def _neighbours(self, first: int, last: int, low: int, high: int) -> float | None:
        before = self._words_from(first - 1, -1)
        after = self._words_from(last + 1, 1)
        if not before and not after:
            return None
        together = [token for token in before if 0 <= low - self._became[token] <= _GAP_MAX + first - token]
        together += [token for token in after if 0 <= self._became[token] - high <= _GAP_MAX + token - last]
        together = [token for token in together if self._became[token] >= 0]
        return sum(map(self._weight, together)) / sum(map(self._weight, before + after))

    def _words_from(self, token: int, step: int) -> list[int]:
        tokens: list[int] = []
        while 0 <= token < len(self._old) and len(tokens) < _NEIGHBOURS:
            if is_word(self._old[token]):
                tokens.append(token)
            token += step
        return tokens


def _ends(tokens: Sequence[str]) -> list[int]:
    return list(accumulate(map(len, tokens)))
