"""Two texts as words, what makes two words the same, and how runs of equal words are made readable.

Accidental runs are dropped, borders moved to where a clause or a word begins, and an edit in a script without spaces
is narrowed: to words where these mark little more, else to clusters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from lawcompare.engine.diff.lcs import Match, adjoined, match
from lawcompare.engine.text.amounts import fold_spelling, is_amount, join_amounts
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import atoms, is_number, is_word, words

# After these the number of a list item may stand.
_BEFORE_ITEM = frozenset(";:.។៖；：。")
_LAST_ITEM = frozenset(("and", "or", "et", "ou", "និង", "ឬ"))


def pair_texts(old: str, new: str, language: str) -> TokenPair:
    """The words of two texts with the keys they are compared by."""
    old_words, new_words = _tokens(old, language), _tokens(new, language)
    return TokenPair(old_words, new_words, _keys(old_words, language), _keys(new_words, language))


def _tokens(text: str, language: str) -> list[str]:
    """Words, an amount being one. A zero-width space goes with the word before it, as a variant of it."""
    joined: list[str] = []
    for word in join_amounts(words(text, language)):
        if word == "\u200b" and joined:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _keys(tokens: Sequence[str], language: str) -> list[str]:
    """What tokens are compared by. The numbers of list items are one, so that an item put in moves no other."""
    keys = [_key(token, language) for token in tokens]
    position = 0
    for begin in (-1, *(at for at, opens in enumerate(map(_opens_item, tokens)) if opens)):
        if begin + 1 < position:  # else a run of line breaks is walked again from each of them
            continue
        position = begin + 1
        while position < len(tokens):
            token = tokens[position]
            begins_line = position == 0 or "\n" in tokens[position - 1]
            if token[0] == "(" and len(token) > 1:
                keys[position] = "(#)"
            elif begins_line and is_number(token) and tokens[position + 1 : position + 2] in (["."], [")"]):
                keys[position] = "#"
            if not _leads_to_item(tokens[position]):
                break
            position += 1
    return keys


@lru_cache(maxsize=1 << 16)
def _opens_item(token: str) -> bool:
    """Whether the number of a list item may stand after a token."""
    return "\n" in token or token in _BEFORE_ITEM


@lru_cache(maxsize=1 << 16)
def _leads_to_item(token: str) -> bool:
    """Whether a token may stand between what opens an item and its number."""
    return token.isspace() or token in _LAST_ITEM


@lru_cache(maxsize=1 << 16)
def _key(token: str, language: str) -> str:
    """Spelling variants of a word are one, any white space is one."""
    return " " if token.isspace() else fold_spelling(normalise(token, language).text, language)


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
_TEXT_END_BORDER, _PARAGRAPH_BORDER, _SENTENCE_BORDER = 6.0, 5.0, 4.0
_PHRASE_BORDER, _WORD_BORDER, _SIGN_BORDER = 3.0, 2.0, 1.0


class _Gap(NamedTuple):
    """What lies between two runs of equal words: tokens ``old:old_end`` against ``new:new_end``."""

    old: int
    old_end: int
    new: int
    new_end: int


class TokenPair:
    """Two token sequences, and the keys they are compared by."""

    def __init__(
        self, old: Sequence[str], new: Sequence[str], old_keys: Sequence[str], new_keys: Sequence[str]
    ) -> None:
        self.old, self.new, self.old_keys, self.new_keys = old, new, old_keys, new_keys
        self._sums: dict[tuple[Callable[[str], int], int], list[int]] = {}

    # --- how much ---

    def _sum(self, value: Callable[[str], int], part: Match | _Gap, side: int = 0) -> int:
        """A value of all tokens of a part: the difference of sums up to each place, made when first asked for."""
        if (value, side) not in self._sums:
            self._sums[value, side] = list(accumulate(map(value, (self.old, self.new)[side]), initial=0))
        sums = self._sums[value, side]
        return sums[part.new_end] - sums[part.new] if side else sums[part.old_end] - sums[part.old]

    def changed(self, matches: Sequence[Match], above: float) -> tuple[float, bool]:
        """Share of the words of both sides that no match covers, and whether it is ``above`` that and most of either.

        A text that only grew or shrank is clearer as an edit.
        """
        whole = _Gap(0, len(self.old), 0, len(self.new))
        total = [self._sum(is_word, whole, side) for side in (0, 1)]
        lost = [total[side] - sum(self._sum(is_word, run, side) for run in matches) for side in (0, 1)]
        ratio = sum(lost) / sum(total) if any(total) else 0.0
        return ratio, ratio > above and all(lost[side] > above * 0.75 * total[side] for side in (0, 1))

    # --- what stays ---

    def kept_in_replaced(self, matches: Sequence[Match]) -> list[Match]:
        """Of the matches in a replaced text, those long enough to be no accident."""
        least = {True: _KEPT_AT_THE_EDGE, False: _KEPT_IN_REPLACED}
        return [run for run in matches if self._sum(_tells, run) >= least[self.is_at_edge(run)]]

    def is_at_edge(self, run: Match) -> bool:
        """Whether a match begins or ends both texts."""
        at_start = run.old == run.new == 0
        return at_start or (run.old_end == len(self.old) and run.new_end == len(self.new))

    def absorb(self, matches: Sequence[Match]) -> list[Match]:
        """Drop the matches that hold little and stand between larger edits, so that a phrase stays whole.

        Those without a word go first: how large an edit is, and whether it is a number's, shows only then.
        """
        return self._drop(self._drop(matches, self._is_blank), self._is_accident)

    def _drop(self, matches: Sequence[Match], is_droppable: Callable[[Match, _Gap, _Gap], bool]) -> list[Match]:
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

    def _is_blank(self, run: Match, _left: _Gap, _right: _Gap) -> bool:
        return self._sum(_weight, run) == self._sum(_is_end, run) == 0

    def _is_accident(self, run: Match, left: _Gap, right: _Gap) -> bool:
        telling, weight = self._sum(_tells, run), self._sum(_weight, run)
        if telling > _ACCIDENTAL_WORDS or self._sum(_is_end, run):
            return False
        gaps = left, right
        is_range = all(self._sum(_counts, gap, side) for gap in gaps for side in (0, 1))
        if is_range and all(max(gap.old_end - gap.old, gap.new_end - gap.new) <= _NUMBER_AND_SIGNS for gap in gaps):
            return False  # "from 1 (one) month to 1 (one) year": each end of the range is a change of its own
        sizes = [[self._sum(_weight, gap, side) for side in (0, 1)] for gap in gaps]
        least = min(map(max, sizes))
        if telling == 0:
            return weight <= least and not is_range
        is_two_sided = all(map(all, sizes))
        return (weight if is_two_sided else 2 * weight) <= least

    # --- where it begins ---

    def shift(self, matches: Sequence[Match]) -> list[Match]:
        """Move each edit to the most natural of the places where it can stand, without changing what it does."""
        runs = [Match(0, 0, 0), *matches, Match(len(self.old), len(self.new), 0)]
        for position in range(len(runs) - 1):
            runs[position], runs[position + 1] = self._settle(runs[position], runs[position + 1])
        return adjoined(runs)

    def _settle(self, before: Match, after: Match) -> tuple[Match, Match]:
        gap = _gap(before, after)
        if _is_empty(gap):
            return before, after
        if gap.old < gap.old_end and gap.new < gap.new_end:
            return self._trim(before, after)
        if gap.old == gap.old_end:
            side = _Side(self.new, self.new_keys, gap.new, gap.new_end, self.old, gap.old)
        else:
            side = _Side(self.old, self.old_keys, gap.old, gap.old_end, self.new, gap.new)
        move = side.best_move(before.size, after.size)
        moved = Match(after.old + move, after.new + move, after.size - move)
        return before._replace(size=before.size + move), moved

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
            score -= _SENTENCE_BORDER
        if start > 0 and at > 0 and self.tokens[start - 1] != self.other[at - 1]:
            score -= _SENTENCE_BORDER
        return score


def _border(tokens: Sequence[str], position: int) -> float:
    """How natural it is to begin or end an edit before this token."""
    if position in (0, len(tokens)):
        return _TEXT_END_BORDER
    left, right = tokens[position - 1], tokens[position]
    if "\n" in left:
        return _PARAGRAPH_BORDER
    if "\n" in right:
        return _PARAGRAPH_BORDER - 0.5
    if left.isspace():
        earlier = tokens[position - 2] if position > 1 else "."
        if earlier in _CLAUSE_ENDS:
            return _SENTENCE_BORDER
        return _PHRASE_BORDER if earlier.startswith("(") or not is_word(earlier) else _WORD_BORDER
    if right.isspace():
        return (_SENTENCE_BORDER if left in _CLAUSE_ENDS else _WORD_BORDER) - 0.5
    if left in _CLAUSE_ENDS:
        return _SENTENCE_BORDER
    return _PHRASE_BORDER if right.startswith("(") else _SIGN_BORDER if not (is_word(left) and is_word(right)) else 0.0


def _gap(before: Match, after: Match) -> _Gap:
    return _Gap(before.old_end, after.old, before.new_end, after.new)


def _is_empty(gap: _Gap) -> bool:
    return gap.old == gap.old_end and gap.new == gap.new_end


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


# Between two edits inside words, so many equal clusters are an accident.
_ACCIDENTAL_CLUSTERS = 3


def narrow(old: Sequence[str], new: Sequence[str], *, to_words: bool) -> tuple[TokenPair, list[Match]] | None:
    """The clusters of an edit's words, and which are equal; None where all its words are of scripts with spaces.

    The dictionary may cut the same letters otherwise where their neighbours changed, so words alone mark too much.
    With ``to_words`` the marks are then widened to whole words, as far as that marks no more than as much again.
    """
    old_atoms, new_atoms = [_pieces(token) for token in old], [_pieces(token) for token in new]
    old_pieces, new_pieces = ([piece for pieces in side for piece in pieces] for side in (old_atoms, new_atoms))
    if len(old_pieces) == len(old) and len(new_pieces) == len(new):
        return None
    pair = TokenPair(old_pieces, new_pieces, old_pieces, new_pieces)
    matches, _ = match(old_pieces, new_pieces)
    kept = pair.shift([run for run in matches if run.size > _ACCIDENTAL_CLUSTERS or pair.is_at_edge(run)])
    if to_words and kept:
        borders = [set(accumulate(map(len, side), initial=0)) for side in (old_atoms, new_atoms)]
        kept = _widen(pair, kept, *borders)
    return pair, kept


def _pieces(token: str) -> list[str]:
    """The clusters of a word; a number is not cut, for half of it is another number."""
    return [token] if is_amount(token) else atoms(token)


def _widen(pair: TokenPair, kept: list[Match], old_borders: set[int], new_borders: set[int]) -> list[Match]:
    """Let the equal runs at either end stop where a word ends.

    On one side is enough: the dictionary takes ដោយមាន for one word and ដោយគ្មាន for two.
    """
    marked = [sum(map(len, side)) for side in (pair.old, pair.new)]  # characters that no match covers
    for run in kept:
        marked[0] -= sum(map(len, pair.old[run.old : run.old_end]))
        marked[1] -= sum(map(len, pair.new[run.new : run.new_end]))
    if not all(marked):
        return kept
    budget = sum(marked)
    widened = list(kept)
    first, last = kept[0], kept[-1]
    if first.old == first.new == 0:
        size = max(end for end in range(first.size + 1) if end in old_borders or end in new_borders)
        cost = 2 * len("".join(pair.old[size : first.size]))
        if cost <= budget:
            widened[0], budget = first._replace(size=size), budget - cost
    if last.old_end == len(pair.old) and last.new_end == len(pair.new) and (len(kept) > 1 or first.old or first.new):
        skip = min(n for n in range(last.size + 1) if last.old + n in old_borders or last.new + n in new_borders)
        if 2 * len("".join(pair.old[last.old : last.old + skip])) <= budget:
            widened[-1] = Match(last.old + skip, last.new + skip, last.size - skip)
    return [run for run in widened if run.size]
