"""The passage of the later text that a carried note is to stand on: widened or narrowed by words, or to a sentence."""

import re
from dataclasses import dataclass

from lawcompare.engine.text.words import is_word, words

# Where a sentence ends, in English and in Khmer.
_SENTENCE_END = re.compile(r"[.;:?!]\s+|[។៕៖]\s*|\n")


@dataclass(frozen=True)
class Passage:
    """A run of code points of a clause's text that begins and ends with a word."""

    start: int
    end: int


@dataclass(frozen=True)
class Step:
    """A passage one step wider or narrower; ``name`` says which."""

    name: str
    passage: Passage


def passage_at(text: str, start: int, end: int) -> Passage | None:
    """The passage, where it lies in the text and holds a word; else None."""
    if not 0 <= start < end <= len(text) or not any(map(is_word, words(text[start:end]))):
        return None
    return Passage(start, end)


def steps(text: str, passage: Passage, language: str) -> list[Step]:
    """The passages that one press leads to, those that are none left out.

    >>> text = "Whoever enters a computer is punished. A fine is due."
    >>> [(step.name, text[step.passage.start:step.passage.end]) for step in steps(text, Passage(8, 25), "en")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('more-before', 'Whoever enters a computer'), ('less-before', 'a computer'),
     ('less-after', 'enters a'), ('more-after', 'enters a computer is'),
     ('sentence', 'Whoever enters a computer is punished.')]
    """
    starts, ends = _bounds(text, language)
    wanted = {
        "more-before": (max((at for at in starts if at < passage.start), default=-1), passage.end),
        "less-before": (min((at for at in starts if at > passage.start), default=-1), passage.end),
        "less-after": (passage.start, max((at for at in ends if at < passage.end), default=-1)),
        "more-after": (passage.start, min((at for at in ends if at > passage.end), default=-1)),
        "sentence": _sentence(text, passage),
    }
    passages = [(name, passage_at(text, *span)) for name, span in wanted.items()]
    return [Step(name, wider) for name, wider in passages if wider is not None and wider != passage]


def _bounds(text: str, language: str) -> tuple[list[int], list[int]]:
    """Where words begin, and where they end."""
    starts, ends, at = [], [], 0
    for word in words(text, language):
        if is_word(word):
            starts.append(at)
            ends.append(at + len(word))
        at += len(word)
    return starts, ends


def _sentence(text: str, passage: Passage) -> tuple[int, int]:
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, passage.start)]
    after = _SENTENCE_END.search(text, max(passage.end - 1, 0))
    end = len(text) if after is None else after.start() + len(after.group().rstrip())
    return (before[-1] if before else 0), max(end, passage.end)
