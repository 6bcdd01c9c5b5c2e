"""Finding quoted words in a whole text by the words themselves and by what stands around them."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import log
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from lawcompare.engine.anchor.model import CONTEXT
from lawcompare.engine.text.normalise import Normalised, normalise
from lawcompare.engine.text.words import borders, is_word, words

# A fuzzy hit needs a quote of this length, and this likeness (0 to 1) to it.
LEAST_WORDS = 4
LEAST_LENGTH = 16
FLOOR = 0.75
# What the words themselves count, and what the context does.
_WORDS, _CONTEXT = 0.6, 0.4
# Clauses that share most rare words with a quote: no other can hold it at the floor.
_CLAUSES_TRIED = 12
_OCCURRENCES_TRIED = 200


class Place(NamedTuple):
    """Where words were found: offsets into the clause's text, and how good it is, 0 to 1.

    ``context`` is the likeness of what stands around, ``words`` that of the words.
    """

    clause: str
    start: int
    end: int
    score: float
    context: float
    is_exact: bool
    words: float = 1.0


class SearchedText:
    """The clauses of one text, ready to be searched. ``texts``: clause id -> its own text, in document order."""

    def __init__(self, texts: Mapping[str, str], language: str) -> None:
        self.texts, self.language = texts, language
        self._forms: dict[str, Normalised] = {}

    def form(self, clause: str) -> Normalised:
        if clause not in self._forms:
            self._forms[clause] = normalise(self.texts[clause], self.language)
        return self._forms[clause]

    @cached_property
    def _whole(self) -> tuple[str, list[int], list[str]]:
        """All normal forms in one string, where each begins, and the ids."""
        parts, starts, at = [], [], 0
        for clause in self.texts:
            starts.append(at)
            parts.append(self.form(clause).text)
            at += len(parts[-1]) + 1
        return "\0".join(parts), starts, list(self.texts)

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        clauses_by_word: defaultdict[str, list[str]] = defaultdict(list)
        for clause in self.texts:
            for word in dict.fromkeys(words(self.form(clause).text, self.language)):
                if is_word(word):
                    clauses_by_word[word].append(clause)
        return clauses_by_word

    def count(self, quote: str) -> int:
        """How often the words stand in the whole text, variants of spelling being the same."""
        return self._whole[0].count(normalise(quote, self.language).text)

    def exact(self, quote: str, prefix: str, suffix: str, clauses: Sequence[str] | None = None) -> list[Place]:
        """Each place where the words stand, best context first."""
        form = normalise(quote, self.language).text
        if not form.strip():
            return []
        around = (normalise(prefix, self.language).text, normalise(suffix, self.language).text)
        places = (self._place(clause, at, form, around) for clause, at in self._occurrences(form, clauses))
        return sorted((place for place in places if place), key=lambda place: -place.score)

    def _occurrences(self, form: str, clauses: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        if clauses is not None:
            for clause in clauses:
                for at, _ in zip(_all(self.form(clause).text, form), range(_OCCURRENCES_TRIED), strict=False):
                    yield clause, at
            return
        whole, starts, ids = self._whole
        number = 0
        for at, _ in zip(_all(whole, form), range(_OCCURRENCES_TRIED), strict=False):
            while number + 1 < len(starts) and starts[number + 1] <= at:
                number += 1
            yield ids[number], at - starts[number]

    def _place(self, clause: str, at: int, form: str, around: tuple[str, str]) -> Place | None:
        text = self.form(clause).text
        start, end = self.form(clause).to_source(at, at + len(form))
        if not is_whole(self.texts[clause], start, end):
            return None
        context = _context(text, at, at + len(form), around)
        return Place(clause, start, end, _WORDS + _CONTEXT * context, context, True)

    def fuzzy(
        self, quote: str, prefix: str, suffix: str, clauses: Sequence[str] | None = None, floor: float = FLOOR
    ) -> list[Place]:
        """The best place in each likely clause whose words are like the quote by at least ``floor``, best first."""
        form = normalise(quote, self.language).text
        quoted_words = [word for word in words(form, self.language) if is_word(word)]
        if len(quoted_words) < LEAST_WORDS or len(form) < LEAST_LENGTH:
            return []
        around = (normalise(prefix, self.language).text, normalise(suffix, self.language).text)
        places = []
        for clause in self._likely(quoted_words) if clauses is None else clauses:
            text = self.form(clause).text
            hit = _likest(form, text, 100 * floor)
            if hit is None:
                continue
            start, end = self.form(clause).to_source(hit.dest_start, hit.dest_end)
            start, end = to_words(self.texts[clause], start, end, self.language)
            context = _context(text, hit.dest_start, hit.dest_end, around)
            score = _WORDS * hit.score / 100 + _CONTEXT * context
            places.append(Place(clause, start, end, score, context, False, hit.score / 100))
        return sorted(places, key=lambda place: -place.score)

    def context(self, clause: str, start: int, end: int, prefix: str, suffix: str) -> float:
        """Likeness, 0 to 1, of what stands before and after a place to what stood before and after a quote."""
        text = self.texts[clause]
        before, after = text[max(0, start - 2 * CONTEXT) : start], text[end : end + 2 * CONTEXT]
        forms = [normalise(each, self.language).text for each in (before, after, prefix, suffix)]
        return _context(forms[0] + forms[1], len(forms[0]), len(forms[0]), (forms[2], forms[3]))

    def _likely(self, quoted_words: Sequence[str]) -> list[str]:
        weights: Counter[str] = Counter()
        for word in set(quoted_words):
            holders = self._index.get(word, ())
            for clause in holders:
                weights[clause] += log(1 + len(self.texts) / len(holders))  # type: ignore[assignment]
        return [clause for clause, _ in weights.most_common(_CLAUSES_TRIED)]


class _Hit(NamedTuple):
    score: float
    dest_start: int
    dest_end: int


def _likest(form: str, text: str, floor: float) -> _Hit | None:
    """The part of the text that is likest; a text shorter than the quote is taken whole."""
    if len(text) < len(form):
        score = 100 * Indel.normalized_similarity(form, text)
        return _Hit(score, 0, len(text)) if text and score >= floor else None
    hit = fuzz.partial_ratio_alignment(form, text, score_cutoff=floor)
    return None if hit is None else _Hit(hit.score, hit.dest_start, hit.dest_end)


def _all(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _context(text: str, start: int, end: int, around: tuple[str, str]) -> float:
    """Likeness of what stands before and after to what stood there, 0 to 1; half where nothing is known of it.

    A quote with context on one side only stood at an end of its clause.
    """
    prefix, suffix = around
    if not prefix and not suffix:
        return 0.5
    before, after = text[max(0, start - len(prefix or suffix)) : start], text[end : end + len(suffix or prefix)]
    return (Indel.normalized_similarity(before, prefix) + Indel.normalized_similarity(after, suffix)) / 2


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether the words stand there as words: ``art`` is not in ``part``; in scripts without spaces clusters count."""
    if text[start:end][:1].isalnum() and start and text[start - 1].isalnum() and text[start].isascii():
        return False
    if text[start:end][-1:].isalnum() and text[end : end + 1].isalnum() and text[end - 1].isascii():
        return False
    edges = borders(text[max(0, start - 16) : end + 16])
    base = max(0, start - 16)
    return start - base in edges and end - base in edges


def to_clusters(text: str, start: int, end: int) -> tuple[int, int]:
    """The smallest range of whole clusters around one."""
    allowed = borders(text)
    return allowed[bisect_right(allowed, start) - 1], allowed[bisect_left(allowed, end)]


def to_words(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """The smallest range of whole words around one, without white space at its ends."""
    at = 0
    low, high = start, end
    for word in words(text, language):
        stop = at + len(word)
        if at < start < stop:
            low = at
        if at < end < stop:
            high = stop
        at = stop
    while low < high and text[low].isspace():
        low += 1
    while high > low and text[high - 1].isspace():
        high -= 1
    return low, high
