"""Words of a text as they are searched, with their places: the same for what is indexed and what is asked.

Words are in the engine's normal form, lower case, with Latin digits and letters, marks and digits alone, so that a word
can be written into a query of either database as it is.
"""

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


class SearchWord(NamedTuple):
    """A word and its place, in code points into the normal form of the text."""

    text: str
    start: int
    end: int

    @property
    def is_khmer(self) -> bool:
        """Whether it is of a script without spaces, where dictionaries disagree on the borders of words."""
        return has_no_spaces(self.text)


def read_words(form: Normalised, language: str) -> Iterator[SearchWord]:
    """Yields the words of a text in normal form.

    >>> [word.text for word in read_words(normalise("The provider’s 100,000 users—"), "en")]
    ['the', 'provider', '100000', 'users']
    >>> [word.text for word in read_words(normalise("មាត្រា ២៨"), "km")]
    ['មាត្រា', '28']
    """
    at = 0
    for piece in cut(form.text, language):
        if piece.isascii() and piece.isalpha():
            yield SearchWord(piece.lower()[:LENGTH_MAX], at, at + len(piece))
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
    """Returns whether a word may have endings: English ones do."""
    return _STEMMED.fullmatch(word) is not None


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Returns an English word without its endings, by the Snowball algorithm; anything else unchanged.

    >>> stem("intercepting"), stem("interception"), stem("1030")
    ('intercept', 'intercept', '1030')
    """
    # One of its own for each: it keeps the word it is at, and threads would read each other's.
    return snowballstemmer.stemmer("english").stemWord(word) if has_stem(word) else word


def runs(words: Iterable[SearchWord]) -> Iterator[list[SearchWord]]:
    """Yields the words of a script without spaces that stand together, and every other word alone."""
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
    """Returns each two neighbouring clusters of a run of Khmer, by which words are found that a dictionary cuts
    otherwise.

    >>> pairs_of_clusters(["ទោស", "ព្រហ្ម"])
    ['ទោស', 'សព្រ', 'ព្រហ្ម']
    """
    return [first + second for first, second in pairwise(clusters("".join(run)))]


def neighbours(words: Iterable[str]) -> Iterator[str]:
    """Yields each word joined to the next by a sign that no text has, by which phrases are found.

    >>> list(neighbours(["freedom", "of", "expression"]))
    ['freedom·of', 'of·expression']
    """
    return (f"{first}·{second}" for first, second in pairwise(words))
