"""Index tokens of a text.

A token is a letter for its class and a word: ``x`` a word as it stands, ``s`` its stem, ``h`` and ``g`` the same of the
heading, ``u`` the stem of a word of the headings and titles above and two neighbouring Khmer clusters there, ``b`` two
neighbouring Khmer clusters, ``p`` two words that follow each other.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.search.words import (
    SearchWord,
    has_stem,
    neighbours,
    pairs_of_clusters,
    runs,
    stem,
    words_of,
)

# PostgreSQL refuses a vector of 1,048,576 bytes.
BYTES_MAX = 1_000_000


@dataclass(frozen=True)
class Indexed:
    """What is stored of a text: words of heading and text with a space around each, and its tokens."""

    heading: str
    words: str
    tokens: str


def index(heading: str, text: str, context: Iterable[str], language: str) -> Indexed:
    """Returns what is stored of a text. ``context``: stems of the headings and titles it stands under
    (:func:`stems_of`).

    >>> index("Access", "Whoever accesses", ["law"], "en").tokens
    ' gaccess haccess saccess swhoever ulaw xaccess xaccesses xwhoever paccess·whoever pwhoever·accesses '
    """
    above, below = words_of(heading, language), words_of(text, language)
    tokens = {f"u{word}" for word in context}
    for words, exact, loose in ((above, "h", "g"), (above, "x", "s"), (below, "x", "s")):
        for word in words:
            if word.text not in STOP_WORDS:
                tokens.add(exact + word.text)
                if has_stem(word.text):
                    tokens.add(loose + stem(word.text))
    tokens |= {f"b{pair}" for words in (above, below) for pair in _cluster_pairs(words)}
    both = [word.text for word in [*above, *below]]
    held = _holdable([*sorted(tokens), *dict.fromkeys(f"p{pair}" for pair in neighbours(both))])
    return Indexed(_joined([word.text for word in above]), _joined(both), _joined(held))


def stems_of(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's words without stop words."""
    return frozenset(stem(word.text) for word in words_of(text, language) if word.text not in STOP_WORDS)


def stems_above(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a heading or title under which others stand, and the pairs of its Khmer clusters: a
    dictionary cuts a name by what stands around it.

    >>> sorted(stems_above("The Access Law", "en"))
    ['access', 'law']
    """
    return stems_of(text, language).union(_cluster_pairs(words_of(text, language)))


def _cluster_pairs(words: list[SearchWord]) -> Iterable[str]:
    for run in runs(words):
        if run[0].is_khmer:
            yield from pairs_of_clusters(word.text for word in run)


def _holdable(tokens: list[str]) -> list[str]:
    """Returns the first tokens, as many as a vector of PostgreSQL holds: a clause as long as a book loses its last
    pairs.
    """
    sizes = accumulate(len(token.encode()) for token in tokens)
    return tokens[: bisect_right(list(sizes), BYTES_MAX)]


def _joined(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""
