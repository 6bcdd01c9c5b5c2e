"""A text as the words that are searched, with where each stands. The same for what is indexed and what is asked.

Words are in the engine's normal form, in small letters, with Latin digits and without signs: letters, marks and digits
alone, so that a word can be written into a query of either database as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

import regex
import snowballstemmer

from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.text.normalise import Normalised, normalise
from lawcompare.engine.text.words import clusters, has_no_spaces, is_word
from lawcompare.engine.text.words import words as cut

_PIECE = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:'\p{L}+)*")
_POSSESSIVE = regex.compile(r"'s?\b|'")
# 100,000 and ១០០.០០០ are one number whichever sign groups it.
_GROUPING = regex.compile(r"(?<=\p{Nd})[.,\x20\u00a0\u202f](?=\p{Nd}{3}(?!\p{Nd}))")
_STEMMED = regex.compile(r"[a-z]{3,}")
# Neither database takes a word of any length.
LENGTH_MAX = 100
_stemmer = snowballstemmer.stemmer("english")

# In nearly every clause, so that they tell none from another. "not" and "without" do.
STOP_WORDS = frozenset(
    regex.findall(
        r"\w+",
        """
        a an and any are as at be been by can do does for from had has have her his if in into is it its may of on or
        our shall should so such than that the their them then there these they this those through to under until upon
        was we were when where which while who whom whose will with within would
        """,
    )
)


class SearchWord(NamedTuple):
    """A word and its place: code points into the normal form of the text."""

    text: str
    start: int
    end: int

    @property
    def is_khmer(self) -> bool:
        """Whether it is of a script without spaces, where borders of words are a matter of opinion."""
        return has_no_spaces(self.text)


def read_words(form: Normalised, language: str) -> Iterator[SearchWord]:
    """The words of a text in normal form.

    >>> [word.text for word in read_words(normalise("The provider’s 100,000 users—"), "en")]
    ['the', 'provider', '100000', 'users']
    >>> [word.text for word in read_words(normalise("មាត្រា ២៨"), "km")]
    ['មាត្រា', '28']
    """
    at = 0
    for piece in cut(form.text, language):
        if piece.isascii() and piece.isalpha():
            yield SearchWord(piece.lower(), at, at + len(piece))
        elif is_word(piece):
            yield from _inside(piece, at)
        at += len(piece)


def _inside(piece: str, at: int) -> Iterator[SearchWord]:
    if _GROUPING.search(piece):
        whole = _GROUPING.sub("", piece)
        for match in _PIECE.finditer(whole):
            yield SearchWord(_folded(match[0]), at, at + len(piece))
        return
    for match in _PIECE.finditer(piece):
        yield SearchWord(_folded(match[0]), at + match.start(), at + match.end())


def _folded(word: str) -> str:
    return from_khmer(_POSSESSIVE.sub("", word).casefold())[:LENGTH_MAX]


def words_of(text: str, language: str) -> list[SearchWord]:
    return list(read_words(normalise(text, language), language))


def has_stem(word: str) -> bool:
    """Whether a word may have endings: English ones do."""
    return _STEMMED.fullmatch(word) is not None


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """An English word without its endings; anything else as it is.

    >>> stem("intercepting"), stem("interception"), stem("1030")
    ('intercept', 'intercept', '1030')
    """
    return _stemmer.stemWord(word) if has_stem(word) else word


def runs(words: Iterable[SearchWord]) -> Iterator[list[SearchWord]]:
    """Words of a script without spaces that stand together; every other word alone."""
    number = 0
    numbered = []
    last: SearchWord | None = None
    for word in words:
        goes_on = last is not None and last.end == word.start and last.is_khmer and word.is_khmer
        number += not goes_on
        numbered.append((number, word))
        last = word
    for _number, together in groupby(numbered, key=lambda pair: pair[0]):
        yield [word for _n, word in together]


def pairs_of_clusters(run: Iterable[str]) -> list[str]:
    """Neighbouring clusters of a run of Khmer: what finds words that the dictionary cuts otherwise, or does not know.

    >>> pairs_of_clusters(["ទោស", "ព្រហ្ម"])
    ['ទោស', 'សព្រ', 'ព្រហ្ម']
    """
    return [first + second for first, second in pairwise(clusters("".join(run)))]


def neighbours(words: Iterable[str]) -> Iterator[str]:
    """Each word with the one after it, in one word that no text has: what finds words that follow each other.

    >>> list(neighbours(["freedom", "of", "expression"]))
    ['freedom·of', 'of·expression']
    """
    return (f"{first}·{second}" for first, second in pairwise(words))
