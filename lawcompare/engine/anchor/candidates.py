"""Where quoted words may be: by the words themselves and what stands around them, or by the redline of their clause."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice
from math import log

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from lawcompare.engine.anchor.scoring import CONTEXT, Sighting, Spot
from lawcompare.engine.diff.lcs import match
from lawcompare.engine.diff.tokens import pair_texts
from lawcompare.engine.text.normalise import Normalised, normalise
from lawcompare.engine.text.words import borders, is_word, words

# A fuzzy hit needs a quote of this length, and this likeness (0 to 1) to it.
LEAST_WORDS = 4
LEAST_LENGTH = 16
# Longer ones are not looked for: it takes the square of their length, in one call in which no heartbeat is sent.
MOST_LENGTH = 2000
FLOOR = 0.75
# What the words themselves count, and what the context does.
_WORDS, _CONTEXT = 0.6, 0.4
# Clauses that share most rare words with a quote: no other can hold it at the floor.
_CLAUSES_TRIED = 12
_OCCURRENCES_TRIED = 200
# Letters around a place in which the borders of clusters are looked for.
_AROUND = 1000


def _best_first(places: Iterable[Sighting]) -> list[Sighting]:
    return sorted(places, key=lambda place: -(_WORDS * place.words + _CONTEXT * place.around))


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

    def exact(self, quote: str, prefix: str, suffix: str, clauses: Sequence[str] | None = None) -> list[Sighting]:
        """Each place where the words stand, best context first."""
        form = normalise(quote, self.language).text
        if not form.strip():
            return []
        around = (normalise(prefix, self.language).text, normalise(suffix, self.language).text)
        places = []
        for clause, at in self._occurrences(form, clauses):
            end = at + len(form)
            spot = Spot(clause, *self.form(clause).to_source(at, end))
            if is_whole(self.texts[clause], spot.start, spot.end):
                places.append(Sighting(spot, True, 1.0, _context(self.form(clause).text, at, end, around)))
        return _best_first(places)

    def _occurrences(self, form: str, clauses: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        if clauses is not None:
            for clause in clauses:
                yield from ((clause, at) for at in islice(_all(self.form(clause).text, form), _OCCURRENCES_TRIED))
            return
        whole, starts, ids = self._whole
        for at in islice(_all(whole, form), _OCCURRENCES_TRIED):
            number = bisect_right(starts, at) - 1
            yield ids[number], at - starts[number]

    def fuzzy(
        self, quote: str, prefix: str, suffix: str, clauses: Sequence[str] | None = None, floor: float = FLOOR
    ) -> list[Sighting]:
        """The best place in each likely clause whose words are like the quote by at least ``floor``, best first."""
        form = normalise(quote, self.language).text
        quoted_words = [word for word in words(form, self.language) if is_word(word)]
        if len(quoted_words) < LEAST_WORDS or not LEAST_LENGTH <= len(form) <= MOST_LENGTH:
            return []
        around = (normalise(prefix, self.language).text, normalise(suffix, self.language).text)
        places = []
        for clause in self._likely(quoted_words) if clauses is None else clauses:
            text = self.form(clause).text
            if len(text) < len(form):  # taken whole
                first, last, likeness = 0, len(text), Indel.normalized_similarity(form, text)
                if not text or likeness < floor:
                    continue
            else:
                hit = fuzz.partial_ratio_alignment(form, text, score_cutoff=100 * floor)
                if hit is None:
                    continue
                first, last, likeness = hit.dest_start, hit.dest_end, hit.score / 100
            start, end = to_words(self.texts[clause], *self.form(clause).to_source(first, last), self.language)
            places.append(Sighting(Spot(clause, start, end), False, likeness, _context(text, first, last, around)))
        return _best_first(places)

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
    base = max(0, start - _AROUND)
    allowed = [base + at for at in borders(text[base : end + _AROUND])]
    return allowed[bisect_right(allowed, start) - 1], allowed[bisect_left(allowed, end)]


def to_words(text: str, start: int, end: int, language: str) -> tuple[int, int]:
    """The smallest range of whole words around one, without white space at its ends."""
    edges = list(accumulate(map(len, words(text, language)), initial=0))
    low = edges[bisect_right(edges, start) - 1]
    whole = text[low : edges[bisect_left(edges, end)]]
    low += len(whole) - len(whole.lstrip())
    return low, low + len(whole.strip())


# Words before and after a span that are asked whether they went the same way.
_NEIGHBOURS = 8
# Kept words further apart than this in the new text are not one place.
_GAP_MAX = 25


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in the new text, with the shares (0 to 1) of the span's words and of its neighbours that went there.

    ``neighbours`` is None where the span has none: it is the whole clause.
    """

    start: int
    end: int
    kept: float
    neighbours: float | None


class TokenMap:
    """Two texts and which token of the old became which of the new."""

    def __init__(self, old: str, new: str, language: str) -> None:
        pair = pair_texts(old, new, language)
        self._old, self._new = pair.old, pair.new
        self._old_ends, self._new_ends = _ends(pair.old), _ends(pair.new)
        self._became = [-1] * len(pair.old)
        matches, _ = match(pair.old_keys, pair.new_keys)
        for run in pair.absorb(matches):
            self._became[run.old : run.old_end] = range(run.new, run.new_end)

    def trace(self, start: int, end: int) -> Trace | None:
        """Follow ``old_text[start:end]``; None where none of its words went anywhere."""
        first, last = bisect_right(self._old_ends, start), bisect_right(self._old_ends, end - 1)
        group = self._densest([token for token in range(first, last + 1) if self._became[token] >= 0])
        if not group:
            return None
        low, high = self._became[group[0]], self._became[group[-1]]
        total = sum(map(self._weight, range(first, last + 1)))
        kept = sum(map(self._weight, group)) / total if total else len(group) / (last - first + 1)
        low, high = self._widen(low, high, first, last, group)
        return Trace(
            self._place(start, first, low, group[0] == first, at_end=False),
            self._place(end, last, high, group[-1] == last, at_end=True),
            kept,
            self._neighbours(first, last, low, high),
        )

    def spot(self, start: int, end: int) -> tuple[int, int] | None:
        """What stands in the new text where the words stood: what was put in for them, else the words around.

        None where what stood around them is gone as well.
        """
        first, last = bisect_right(self._old_ends, start), bisect_right(self._old_ends, end - 1)
        before = next((token for token in range(first - 1, -1, -1) if self._became[token] >= 0), None)
        after = next((token for token in range(last + 1, len(self._old)) if self._became[token] >= 0), None)
        if not self._new or (before is None and after is None):
            return None
        low = 0 if before is None else self._became[before] + 1
        high = len(self._new) - 1 if after is None else self._became[after] - 1
        if not any(is_word(token) for token in self._new[low : high + 1]):
            low, high = max(0, low - _NEIGHBOURS), min(len(self._new) - 1, high + _NEIGHBOURS)
        low, high = self._trim(low, high)
        return self._new_ends[low] - len(self._new[low]), self._new_ends[high]

    def _trim(self, low: int, high: int) -> tuple[int, int]:
        while low < high and self._new[low].isspace():
            low += 1
        while high > low and self._new[high].isspace():
            high -= 1
        return low, high

    def _weight(self, token: int) -> int:
        return len(self._old[token]) if is_word(self._old[token]) else 0

    def _densest(self, tokens: Sequence[int]) -> list[int]:
        """Of kept tokens, in groups that stand together in the new text, the group that weighs most."""
        groups: list[list[int]] = []
        for token in tokens:
            if groups and self._became[token] - self._became[groups[-1][-1]] <= _GAP_MAX + token - groups[-1][-1]:
                groups[-1].append(token)
            else:
                groups.append([token])
        return max(groups, key=lambda group: (sum(map(self._weight, group)), len(group)), default=[])

    def _widen(self, low: int, high: int, first: int, last: int, group: Sequence[int]) -> tuple[int, int]:
        """Take in what was put in place of the span's first and last words, if these were changed."""
        missing = group[0] - first
        if missing and (first == 0 or self._became[first - 1] >= 0):
            beginning = self._became[first - 1] + 1 if first else 0
            if 0 < low - beginning <= 2 * missing + 4:
                low = beginning
        missing = last - group[-1]
        if missing and (last + 1 == len(self._old) or self._became[last + 1] >= 0):
            ending = self._became[last + 1] - 1 if last + 1 < len(self._old) else len(self._new) - 1
            if 0 < ending - high <= 2 * missing + 4:
                high = ending
        return self._trim(low, high)

    def _place(self, offset: int, old: int, new: int, is_same: bool, *, at_end: bool) -> int:
        """Offset in the new text; inside a word only where the word is the same."""
        if is_same and self._old[old] == self._new[new]:
            return self._new_ends[new] - (self._old_ends[old] - offset)
        return self._new_ends[new] if at_end else self._new_ends[new] - len(self._new[new])

    def _neighbours(self, first: int, last: int, low: int, high: int) -> float | None:
        before = self._words_from(first - 1, -1)
        after = self._words_from(last + 1, 1)
        if not before and not after:
            return None
        together = [token for token in before if 0 <= low - self._became[token] <= _GAP_MAX + first - token]
        together += [token for token in after if 0 <= self._became[token] - high <= _GAP_MAX + token - last]
        together = [token for token in together if self._became[token] >= 0]
        return sum(map(self._weight, together)) / sum(map(self._weight, before + after))

    def _words_from(self, token: int, step: int) -> list[int]:
        tokens: list[int] = []
        while 0 <= token < len(self._old) and len(tokens) < _NEIGHBOURS:
            if is_word(self._old[token]):
                tokens.append(token)
            token += step
        return tokens


def _ends(tokens: Sequence[str]) -> list[int]:
    return list(accumulate(map(len, tokens)))
