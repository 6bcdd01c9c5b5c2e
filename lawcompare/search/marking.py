"""The words of an answer that were asked for, marked in their context. Nothing is cut inside a cluster."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from lawcompare.engine.normalise import Normalised, normalise
from lawcompare.engine.script import borders
from lawcompare.search.asking import Question, Term
from lawcompare.search.words import Word, read_words, stem

# Clusters of a text that are shown, and how many of them before the first mark.
SHOWN, BEFORE = 260, 60


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a text, marked or not. ``is_gap``: words are left out here."""

    text: str
    is_mark: bool = False
    is_gap: bool = False


def mark(text: str, language: str, question: Question, shown: int = SHOWN) -> list[Run]:
    """A text with marks, no more than about ``shown`` clusters of it, around where most marks stand.

    >>> from lawcompare.search.asking import read_question
    >>> [(run.text, run.is_mark) for run in mark("Illegal accessing.", "en", read_question("access "))]
    [('Illegal ', False), ('accessing', True), ('.', False)]
    """
    form = normalise(text, language)
    words = list(read_words(form, language))
    places = _in_source(text, form, sorted(_places(form.text, words, question)))
    start, end = _window(text, form, words, places, shown)
    runs = list(_runs(text, places, start, end))
    return [*([Run("… ", is_gap=True)] if start else []), *runs, *([Run(" …", is_gap=True)] if end < len(text) else [])]


def _places(form: str, words: list[Word], question: Question) -> Iterator[tuple[int, int]]:
    """What is marked, as ranges of the normal form."""
    single = {term.words[0]: term for term in question.terms if len(term.words) == 1}
    open_words = tuple(term.words[0] for term in question.terms if term.is_open and len(term.words) == 1)
    stems = {stem(word) for word in single}
    for word in words:
        if word.text in single or stem(word.text) in stems or (open_words and word.text.startswith(open_words)):
            yield word.start, word.end
    for phrase in question.phrases:
        yield from _phrase_places(words, phrase)
    for term in question.terms:
        if term.is_khmer:
            yield from _khmer_places(form, words, term)


def _phrase_places(words: list[Word], phrase: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for at in range(len(words) - len(phrase) + 1):
        run = words[at : at + len(phrase)]
        if run[0].text == phrase[0] and tuple(word.text for word in run) == phrase:
            yield run[0].start, run[-1].end


def _khmer_places(form: str, words: list[Word], term: Term) -> Iterator[tuple[int, int]]:
    """Wherever the letters asked for stand together; else its words, wherever they stand."""
    at = form.find(term.text)
    if at < 0:
        for word in words:
            if word.text in term.words:
                yield word.start, word.end
    while at >= 0:
        yield at, at + len(term.text)
        at = form.find(term.text, at + len(term.text))


def _in_source(text: str, form: Normalised, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in the text as it is printed, widened to whole clusters and joined where they touch."""
    cuts = None if text.isascii() else borders(text)
    joined: list[tuple[int, int]] = []
    for place in places:
        start, end = form.to_source(*place)
        if cuts:
            start, end = cuts[bisect_right(cuts, start) - 1], cuts[bisect_left(cuts, end)]
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _window(
    text: str, form: Normalised, words: list[Word], places: list[tuple[int, int]], shown: int
) -> tuple[int, int]:
    """The stretch with the most marks, the earliest of equals, cut where words begin."""
    if len(text) <= shown:
        return 0, len(text)
    starts = [form.to_source(word.start, word.end)[0] for word in words] or [0]
    cuts = starts if text.isascii() else sorted(set(starts) & set(borders(text))) or [0]
    best = max(
        (start for start, _end in places),
        key=lambda at: (sum(at <= start < at + shown - BEFORE for start, _end in places), -at),
        default=0,
    )
    start = cuts[max(bisect_right(cuts, max(best - BEFORE, 0)) - 1, 0)] if best > BEFORE else 0
    after = bisect_right(cuts, start + shown)
    return start, cuts[after] if after < len(cuts) else len(text)


def _runs(text: str, places: list[tuple[int, int]], start: int, end: int) -> Iterator[Run]:
    at = start
    for first, last in places:
        if last <= start or first >= end:
            continue
        if first > at:
            yield Run(text[at:first])
        yield Run(text[max(first, at) : min(last, end)], is_mark=True)
        at = min(last, end)
    if at < end:
        yield Run(text[at:end].rstrip() if end < len(text) else text[at:end])
