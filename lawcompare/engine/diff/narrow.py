"""Narrowing an edit in a script without spaces: to words where these mark little more, else to clusters."""

from collections.abc import Sequence
from itertools import accumulate

from lawcompare.engine.diff.cleanup import TokenPair
from lawcompare.engine.diff.lcs import Match, match
from lawcompare.engine.text.numerals import is_amount
from lawcompare.engine.text.words import atoms

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
    kept = pair.shift([run for run in matches if run.size > _ACCIDENTAL_CLUSTERS or _is_at_edge(pair, run)])
    if to_words and kept:
        borders = [set(accumulate(map(len, side), initial=0)) for side in (old_atoms, new_atoms)]
        kept = _widen(pair, kept, *borders)
    return pair, kept


def _pieces(token: str) -> list[str]:
    """The clusters of a word; a number is not cut, for half of it is another number."""
    return [token] if is_amount(token) else atoms(token)


def _is_at_edge(pair: TokenPair, run: Match) -> bool:
    at_start = run.old == run.new == 0
    return at_start or (run.old_end == len(pair.old) and run.new_end == len(pair.new))


def _widen(pair: TokenPair, kept: list[Match], old_borders: set[int], new_borders: set[int]) -> list[Match]:
    """Let the equal runs at either end stop where a word ends.

    On one side is enough: the dictionary takes ដោយមាន for one word and ដោយគ្មាន for two.
    """
    deleted, inserted = _marked(pair, kept)
    if not deleted or not inserted:
        return kept
    budget = deleted + inserted
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


def _marked(pair: TokenPair, kept: Sequence[Match]) -> tuple[int, int]:
    """Characters that no match covers, old and new."""
    old, new = sum(map(len, pair.old)), sum(map(len, pair.new))
    for run in kept:
        old -= sum(map(len, pair.old[run.old : run.old_end]))
        new -= sum(map(len, pair.new[run.new : run.new_end]))
    return old, new
