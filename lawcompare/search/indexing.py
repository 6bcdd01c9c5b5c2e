"""From a text to the tokens under which it is found.

A token is a letter for its class and a word: ``x`` a word as it stands, ``s`` its stem, ``h`` and ``g`` the same of
the heading, ``u`` the stem of a word of the headings and titles it stands under, ``b`` two neighbouring Khmer clusters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lawcompare.search.words import SMALL, Word, has_stem, pairs_of_clusters, runs, stem, words_of


@dataclass(frozen=True)
class Indexed:
    heading: str
    words: str
    tokens: str


def index(heading: str, text: str, context: Iterable[str], language: str) -> Indexed:
    """What is stored of a text. ``context``: stems of what it stands under (:func:`stems_of`).

    >>> index("Illegal access", "Whoever accesses", ["law"], "en").tokens
    ' gaccess gilleg haccess hillegal saccess silleg swhoever ulaw xaccess xaccesses xillegal xwhoever '
    """
    above, below = words_of(heading, language), words_of(text, language)
    tokens = {f"u{word}" for word in context}
    for words, exact, loose in ((above, "h", "g"), (above, "x", "s"), (below, "x", "s")):
        for word in words:
            if word.text not in SMALL:
                tokens.add(exact + word.text)
                if has_stem(word.text):
                    tokens.add(loose + stem(word.text))
    tokens |= {f"b{pair}" for words in (above, below) for pair in _cluster_pairs(words)}
    both = [word.text for word in [*above, *below]]
    return Indexed(_joined([word.text for word in above]), _joined(both), _joined(sorted(tokens)))


def stems_of(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word.text) for word in words_of(text, language) if word.text not in SMALL)


def _cluster_pairs(words: list[Word]) -> Iterable[str]:
    for run in runs(words):
        if run[0].is_khmer:
            yield from pairs_of_clusters(word.text for word in run)


def _joined(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""
