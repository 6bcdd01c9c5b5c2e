"""Extracts of what was found, with the words asked for highlighted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from lawcompare.engine.text.normalise import Normalised, normalise
from lawcompare.engine.text.words import borders
from lawcompare.search.everyday import asking_words
from lawcompare.search.question import QueryTerm, Question
from lawcompare.search.words import SearchWord, read_words, stem

# Clusters of a text that are shown, and how many of them before the first mark.
SHOWN, BEFORE = 260, 60
# Code points of a long text that are cut into words at a time, and in all; and where it may be parted.
EXTRACT_LENGTH, READ_MAX = 2000, 40_000
_BORDER = regex.compile(r"(?<=\S)[ \n](?=[\p{L}\p{N}])")


@dataclass(frozen=True, slots=True)
class HighlightRun:
    """A run of text, highlighted or not. ``is_gap``: words are left out here."""

    text: str
    is_mark: bool = False
    is_gap: bool = False


def mark(text: str, language: str, question: Question, shown: int = SHOWN) -> list[HighlightRun]:
    """Returns an extract of about ``shown`` clusters as runs, around the place with most highlights.

    >>> from lawcompare.search.question import read_question
    >>> [(run.text, run.is_mark) for run in mark("Illegal accessing.", "en", read_question("access "))]
    [('Illegal ', False), ('accessing', True), ('.', False)]
    """
    if not text:
        return []
    best = _best_extract(text, language, question, shown)
    length = len(best.text)
    start, end = (0, length) if length <= shown else _window(best, shown)
    runs = list(_runs(best.text, best.places, start, end))
    before = [HighlightRun("… ", is_gap=True)] if best.at + start else []
    return [*before, *runs, *([HighlightRun(" …", is_gap=True)] if best.at + end < len(text) else [])]


@dataclass(frozen=True, slots=True)
class _Extract:
    """A part of a text, cut into words. ``places`` are its ranges to highlight.

    ``answered``: how many terms and phrases they answer before ``until``; what comes after belongs to the next part.
    """

    at: int
    text: str
    form: Normalised
    words: list[SearchWord]
    cuts: list[int] | None
    places: list[tuple[int, int]]
    until: int
    answered: int


def _best_extract(text: str, language: str, question: Question, shown: int) -> _Extract:
    """Returns the first part with all terms, else the one with most: a long text is seldom read to its end."""
    text, sought = text[:READ_MAX], len(question.terms) + len(question.phrases)
    best: _Extract | None = None
    at = end = 0
    long = max(EXTRACT_LENGTH, 4 * shown)
    while end < len(text):
        border = _BORDER.search(text, at + long)
        end = border.start() if border else len(text)
        extract = _read(at, text[at:end], language, question, end - at - shown if border else end - at)
        if best is None or extract.answered > best.answered:
            best = extract
        if best.answered == sought:
            break
        # The next begins earlier, so that what stands near the border is found with the words around it.
        border = _BORDER.search(text, end - 2 * shown)
        at = border.start() if border else end
    assert best is not None
    return best


def _read(at: int, text: str, language: str, question: Question, until: int) -> _Extract:
    form = normalise(text, language)
    words = list(read_words(form, language))
    cuts = None if text.isascii() else borders(text)
    matches = sorted(_places(form.text, words, question), key=lambda place: place[:2])
    places = _in_source(form, cuts, [(start, end) for start, end, _what in matches])
    answered = {what for start, _end, what in matches if start < until}
    return _Extract(at, text, form, words, cuts, places, until, len(answered))


def _places(
    form: str, words: list[SearchWord], question: Question
) -> Iterator[tuple[int, int, QueryTerm | tuple[str, ...]]]:
    """Yields the ranges of the normal form to highlight, with the term or phrase of each."""
    single = {term.words[0]: term for term in question.terms if len(term.words) == 1}
    stems = {stem(word): term for word, term in single.items()}
    begun = next((term for term in single.values() if term.is_open), None)
    for word in words:
        term = single.get(word.text) or stems.get(stem(word.text))
        if not term and begun and word.text.startswith(begun.words[0]):
            term = begun
        if term:
            yield word.start, word.end, term
    for phrase in question.phrases:
        for start, end in _phrase_places(words, phrase):
            yield start, end, phrase
    for term in question.terms:
        if term.is_khmer:
            for start, end in _khmer_places(form, words, term):
                yield start, end, term


def _phrase_places(words: list[SearchWord], phrase: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for at in range(len(words) - len(phrase) + 1):
        run = words[at : at + len(phrase)]
        if run[0].text == phrase[0] and tuple(word.text for word in run) == phrase:
            yield run[0].start, run[-1].end


def _khmer_places(form: str, words: list[SearchWord], term: QueryTerm) -> Iterator[tuple[int, int]]:
    """Yields the ranges where the letters asked for stand together, else those of its words that say something."""
    at = form.find(term.text)
    if at < 0:
        telling = set(term.words) - asking_words()
        for word in words:
            if word.text in telling:
                yield word.start, word.end
    while at >= 0:
        yield at, at + len(term.text)
        at = form.find(term.text, at + len(term.text))


def _in_source(form: Normalised, cuts: list[int] | None, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the ranges in the printed text, widened to whole clusters and joined where they touch."""
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


def _window(read: _Extract, shown: int) -> tuple[int, int]:
    """Returns the range to show: the most highlights, the earliest of equals, cut where words begin."""
    marks = [start for start, _end in read.places]
    first = [at for at in marks if at < read.until] or marks
    best = max(first, key=lambda at: (bisect_left(marks, at + shown - BEFORE) - bisect_left(marks, at), -at), default=0)

    def begins(word: SearchWord) -> int:
        return read.form.to_source(word.start, word.end)[0]

    def is_cut(at: int) -> bool:
        return read.cuts is None or read.cuts[bisect_left(read.cuts, at)] == at

    start = 0
    if best > BEFORE:
        before = bisect_right(read.words, best - BEFORE, key=begins)
        start = next((at for word in reversed(read.words[:before]) if is_cut(at := begins(word))), 0)
    after = bisect_right(read.words, start + shown, key=begins)
    return start, next((at for word in read.words[after:] if is_cut(at := begins(word))), len(read.text))


def _runs(text: str, places: list[tuple[int, int]], start: int, end: int) -> Iterator[HighlightRun]:
    at = start
    for first, last in places:
        if last <= start or first >= end:
            continue
        if first > at:
            yield HighlightRun(text[at:first])
        yield HighlightRun(text[max(first, at) : min(last, end)], is_mark=True)
        at = min(last, end)
    if at < end:
        yield HighlightRun(text[at:end].rstrip() if end < len(text) else text[at:end])
