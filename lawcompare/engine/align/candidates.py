"""Which pairs of clauses are compared, and how alike they are: cosines of sparse vectors of words and word pairs.

Rare words weigh more (inverse document frequency over both texts together). A script without spaces is read in
overlapping pairs of signs or clusters instead of words, so that no dictionary is needed and no language is special.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import regex
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.model import Clauses
from lawcompare.engine.text.words import is_plain

# How many partners are kept for a clause in each of four rankings (by shared weight, by likeness; from either side).
NEAREST = 6
# A term in more clauses than this tells nothing that rarer terms do not, and costs the square of its frequency.
COMMON_AT_LEAST = 60
COMMON_SHARE = 0.08
_CHUNK = 512
# Terms of sparse rows that are taken out and compared at once: some tens of megabytes.
_TERMS_AT_ONCE = 1_000_000


class Candidates(NamedTuple):
    """Pairs ``(old[i], new[i])`` of row numbers with their likeness, all arrays of one length.

    ``cosine``   of the weighted words, 0 to 1
    ``heading``  cosine of the headings
    ``shared``   weight of the words and word pairs both have
    ``in_new``   share of the old clause that is found in the new one; ``in_old`` the reverse
    """

    old: np.ndarray
    new: np.ndarray
    cosine: np.ndarray
    heading: np.ndarray
    shared: np.ndarray
    in_new: np.ndarray
    in_old: np.ndarray

    def take(self, rows: np.ndarray) -> Candidates:
        """These alone."""
        return Candidates(*(values[rows] for values in self))

    def joined(self, other: Candidates) -> Candidates:
        """These and others, in the order of their rows."""
        both = Candidates(*map(np.concatenate, zip(self, other, strict=True)))
        return both.take(np.lexsort((both.new, both.old)))


def find_candidates(old: TextVectors, new: TextVectors, extra: np.ndarray | None = None) -> Candidates:
    """The nearest partners of every clause, from both sides; ``extra`` rows ``(old, new)`` are looked at too."""
    frequency, other = (np.bincount(side.shingles.indices, minlength=side.shingles.shape[1]) for side in (old, new))
    # The limit grows with the root of the size, so that the work grows little faster than the texts do.
    clauses = max(len(old), len(new))
    limit = max(COMMON_AT_LEAST, COMMON_SHARE * clauses) if clauses < 2000 else 160 * (clauses / 2000) ** 0.25
    rare = np.flatnonzero((frequency > 0) & (other > 0) & (np.maximum(frequency, other) <= limit))
    old_rare, new_rare = old.shingles[:, rare], new.shingles[:, rare]
    of_old = _nearest(old_rare, new_rare, new.mass, len(new))
    of_new = _nearest(new_rare, old_rare, old.mass, len(old))
    pairs = [np.stack(np.divmod(of_old, max(len(new), 1)), axis=1)]
    pairs.append(np.stack(np.divmod(of_new, max(len(old), 1))[::-1], axis=1))
    if extra is not None and extra.size:
        pairs.append(extra)
    both = np.unique(np.concatenate(pairs), axis=0)
    return measure(old, new, both[:, 0], both[:, 1])


def measure(old: TextVectors, new: TextVectors, rows: np.ndarray, columns: np.ndarray) -> Candidates:
    """The likeness of given pairs."""
    shared = _dots(old.shingles, new.shingles, rows, columns, smaller=True)
    return Candidates(
        old=rows,
        new=columns,
        cosine=np.clip(_dots(old.words, new.words, rows, columns), 0, 1),
        heading=np.clip(_dots(old.headings, new.headings, rows, columns), 0, 1),
        shared=shared,
        in_new=np.clip(shared / np.maximum(old.mass[rows], 1e-9), 0, 1),
        in_old=np.clip(shared / np.maximum(new.mass[columns], 1e-9), 0, 1),
    )


def _nearest(
    rows: scipy.sparse.csr_matrix, columns: scipy.sparse.csr_matrix, mass: np.ndarray, width: int
) -> np.ndarray:
    """Keys ``row * width + column`` of the columns that share most with each row, absolutely and for their size.

    Those that are among both stand there twice.
    """
    presence = columns.copy()
    presence.data = np.ones_like(presence.data)
    presence = presence.T.tocsr()
    scale = (1 / np.sqrt(np.maximum(mass, 1e-9))).astype(np.float32)
    keys: list[np.ndarray] = []
    for start in range(0, rows.shape[0], _CHUNK):
        product = rows[start : start + _CHUNK] @ presence
        for offset in range(product.shape[0]):
            low, high = product.indptr[offset], product.indptr[offset + 1]
            nearest, weight = product.indices[low:high], product.data[low:high]
            if nearest.size > 2 * NEAREST:
                top = np.argpartition(weight, -NEAREST)[-NEAREST:]
                like = np.argpartition(weight * scale[nearest], -NEAREST)[-NEAREST:]
                nearest = nearest[np.concatenate((top, like))]
            keys.append((start + offset) * np.int64(width) + nearest)
    return np.concatenate(keys) if keys else np.zeros(0, dtype=np.int64)


def _dots(
    left: scipy.sparse.csr_matrix,
    right: scipy.sparse.csr_matrix,
    rows: np.ndarray,
    columns: np.ndarray,
    *,
    smaller: bool = False,
) -> np.ndarray:
    """Row-by-row dot products; with ``smaller`` the sum of the smaller of the two weights."""
    result = np.zeros(rows.size, dtype=np.float64)
    terms = np.diff(left.indptr)[rows] + np.diff(right.indptr)[columns]
    for part in chunks(terms, _TERMS_AT_ONCE):
        first, second = left[rows[part]], right[columns[part]]
        both = first.minimum(second) if smaller else first.multiply(second)
        result[part] = np.asarray(both.sum(axis=1)).ravel()
    return result


def chunks(sizes: np.ndarray, most: int) -> Iterable[slice]:
    """Runs of so much together: a clause of a whole law's length is compared in small portions."""
    sums = np.cumsum(sizes)
    start = 0
    while start < sizes.size:
        before = sums[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(sums, before + most, side="right")))
        yield slice(start, end)
        start = end


# A run of letters with their marks, or a run of digits. `\p{M}`: Khmer vowels are marks. U+200B separates Khmer words
# in some sources and not in others, so it is deleted before the text comes here.
_RUN = regex.compile(r"\p{N}+|[\p{L}\p{M}\u200c\u200d]+")
_ASCII_RUN = re.compile(r"[0-9]+|[a-z]+")
# Per sign of ASCII a small letter, a digit, or a space: ``str.translate`` and ``split`` are a third of the expression.
_ASCII_SIGNS = "".join(chr(code).lower() if chr(code).isalnum() else " " for code in range(128))
_UNSPACED = regex.compile(
    r"([\p{Han}\p{Hiragana}\p{Katakana}]+|[\p{Khmer}\p{Thai}\p{Lao}\p{Myanmar}\p{Tibetan}\u200c\u200d]+)"
)
_CLUSTER = regex.compile(r"\X")
# A digit string is mostly a reference to another clause, which renumbering changes everywhere at once.
_DIGIT_WEIGHT = 0.3


def words(text: str) -> list[str]:
    """The words of a text for likeness, case folded.

    >>> words("The Minister may make Regulations.")
    ['the', 'minister', 'may', 'make', 'regulations']
    >>> words("法官在職進修")
    ['法官', '官在', '在職', '職進', '進修']
    """
    text = text.casefold()
    if is_plain(text):
        return _ASCII_RUN.findall(text)
    runs = _RUN.findall(text)
    if not _UNSPACED.search(text):
        return runs
    return [piece for run in runs for piece in ((run,) if run.isascii() else _pieces(run))]


def _pieces(run: str) -> Iterable[str]:
    for part in filter(None, _UNSPACED.split(run)):
        clusters = _CLUSTER.findall(part) if _UNSPACED.match(part) else [part]
        yield from map("".join, pairwise(clusters)) if len(clusters) > 1 else clusters


class _Mixed(Exception):
    """A word has letters and digits, which ``words`` tells apart."""


class _Vocabulary(dict[str, int]):
    """Word -> number. A word not met before is given the next number by the look-up itself."""

    def __missing__(self, word: str) -> int:
        if word.isascii() and not (word.isalpha() or word.isdecimal()):
            raise _Mixed
        number = self[word] = len(self)
        return number

    def add_numbers(self, text: str, numbers: array[int]) -> None:
        """Append the numbers of the words of a text."""
        before = len(numbers)
        try:
            quick = text.translate(_ASCII_SIGNS).split() if text.isascii() else words(text)
            numbers.extend(map(self.__getitem__, quick))
        except _Mixed:
            # The words before it have got the numbers that they get here.
            del numbers[before:]
            numbers.extend(map(self.__getitem__, words(text)))


@dataclass(frozen=True)
class TextVectors:
    """One text. Row i of every matrix is its i-th clause.

    ``words``     TF-IDF of the words of heading and text, each row of length 1
    ``headings``  the same of the heading alone; an empty row where there is none
    ``shingles``  which words and word pairs the text has, weighted by rarity (row sums in ``mass``)
    """

    words: scipy.sparse.csr_matrix
    headings: scipy.sparse.csr_matrix
    shingles: scipy.sparse.csr_matrix
    mass: np.ndarray

    def __len__(self) -> int:
        return self.mass.size

    def take(self, rows: np.ndarray) -> TextVectors:
        """These rows alone."""
        return TextVectors(self.words[rows], self.headings[rows], self.shingles[rows], self.mass[rows])


# The vectors of either text, and per row or pair one value in each of two arrays.
type Sides = tuple[TextVectors, TextVectors]
type Arrays = tuple[np.ndarray, np.ndarray]


def vectorise(old: Clauses, new: Clauses) -> Sides:
    """Both texts as vectors over one vocabulary."""
    vocabulary = _Vocabulary()
    headings = _Rows.of((unit.heading for unit in (*old, *new)), vocabulary)
    texts = _Rows.of((unit.text for unit in (*old, *new)), vocabulary)
    size = max(len(vocabulary), 1)
    heading_rows, text_rows = headings.counts(size), texts.counts(size)
    word_rows = heading_rows + text_rows if headings.ids.size else text_rows
    rarity = _rarity(word_rows)
    for word, index in vocabulary.items():
        if word.isdecimal():
            rarity[index] *= _DIGIT_WEIGHT
    silent = texts.sizes == 0
    spoken, spoken_rows = texts, text_rows
    if silent.any() and headings.ids.size:
        spoken = headings.instead_of(texts, silent)
        spoken_rows = spoken.counts(size)
    del texts, text_rows
    shingle_rows = _shingles(spoken, spoken_rows, rarity)
    del spoken, spoken_rows
    word_rows = _unit_length(word_rows, rarity)
    heading_rows = _unit_length(heading_rows, rarity)
    mass = np.asarray(shingle_rows.sum(axis=1)).ravel()
    cut = len(old)

    def text(start: int, end: int) -> TextVectors:
        rows, shingles = _run(word_rows, start, end), _run(shingle_rows, start, end)
        return TextVectors(rows, _run(heading_rows, start, end), shingles, mass[start:end])

    return text(0, cut), text(cut, mass.size)


def _run(matrix: scipy.sparse.csr_matrix, start: int, end: int) -> scipy.sparse.csr_matrix:
    """A run of rows, in the memory of the whole: the constructor would copy what is less than a half of it."""
    low, high = matrix.indptr[start], matrix.indptr[end]
    run = scipy.sparse.csr_matrix((end - start, matrix.shape[1]), dtype=matrix.dtype)
    run.data, run.indices = matrix.data[low:high], matrix.indices[low:high]
    run.indptr = matrix.indptr[start : end + 1] - low
    return run


class _Rows(NamedTuple):
    """Numbers of words, row after row in one array."""

    ids: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, texts: Iterable[str], vocabulary: _Vocabulary) -> _Rows:
        """The words of texts."""
        ids, sizes = array("i"), array("q")
        for text in texts:
            before = len(ids)
            if text:
                vocabulary.add_numbers(text, ids)
            sizes.append(len(ids) - before)
        return cls(np.array(ids, dtype=np.int32), np.array(sizes, dtype=np.int64))

    def counts(self, width: int) -> scipy.sparse.csr_matrix:
        """How often each number stands in each row."""
        indptr = np.concatenate(([0], np.cumsum(self.sizes))).astype(np.int32)
        # The matrix sorts what it is given in its place.
        data = np.ones(self.ids.size, dtype=np.float32)
        matrix = scipy.sparse.csr_matrix((data, self.ids.astype(np.int32), indptr), shape=(self.sizes.size, width))
        matrix.sum_duplicates()
        return matrix

    def instead_of(self, texts: _Rows, where: np.ndarray) -> _Rows:
        """The texts, but for these rows, of which ours are taken."""
        ours, theirs = np.split(self.ids, np.cumsum(self.sizes)[:-1]), np.split(texts.ids, np.cumsum(texts.sizes)[:-1])
        rows = [own if take else other for own, other, take in zip(ours, theirs, where.tolist(), strict=True)]
        return _Rows(np.concatenate(rows), np.where(where, self.sizes, texts.sizes))


def _rarity(counts: scipy.sparse.csr_matrix) -> np.ndarray:
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log1p(counts.shape[0] / np.maximum(frequency, 1)).astype(np.float32)


def _unit_length(counts: scipy.sparse.csr_matrix, rarity: np.ndarray) -> scipy.sparse.csr_matrix:
    """Log term frequency × rarity, rows of length 1."""
    data = (1 + np.log(counts.data)) * rarity[counts.indices]
    sums = np.concatenate(([0.0], np.cumsum(np.square(data, dtype=np.float64))))
    norms = np.sqrt(sums[counts.indptr[1:]] - sums[counts.indptr[:-1]])
    data /= np.repeat(np.maximum(norms, 1e-9).astype(np.float32), np.diff(counts.indptr))
    return scipy.sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)


def _shingles(spoken: _Rows, word_rows: scipy.sparse.csr_matrix, rarity: np.ndarray) -> scipy.sparse.csr_matrix:
    """Words and word pairs present in each row; a pair weighs by its own rarity, a word by half of its.

    What stands once in both texts together is in no second row and can be shared by none: most pairs of words, in one
    column for each row with the weight of all.
    """
    height, width = word_rows.shape
    row_of = np.repeat(np.arange(height, dtype=np.int32), spoken.sizes)
    inside = row_of[:-1] == row_of[1:]
    row_of = row_of[:-1][inside]
    pairs = spoken.ids[:-1].astype(np.int64)
    pairs *= width
    pairs += spoken.ids[1:]
    pairs = pairs[inside]
    known, column, frequency = number_keys(pairs)
    del pairs, inside
    single = frequency == 1
    del frequency
    weight = np.minimum(rarity[known // width], rarity[known % width]) * 4 if known.size else rarity[:0]
    del known
    alone = single[column]
    ours = np.minimum(np.float32(np.log1p(height)), weight[column[alone]])
    own = np.bincount(row_of[alone], weights=ours, minlength=height).astype(np.float32)
    del ours
    sizes = np.bincount(row_of, weights=~alone, minlength=height).astype(np.int64)
    del row_of
    column = column[~alone]
    places = np.cumsum(~single, dtype=np.int32)
    places -= 1
    column = places[column]
    pair_count = max(int(places[-1]) + 1 if places.size else 0, 1)
    del alone, places
    pairs = _Rows(column, sizes).counts(pair_count)
    del column
    rarest = np.minimum(_rarity(pairs), weight[~single] if weight.size else 0)
    shingles = _Beside((height, pair_count + width + height), (np.diff(pairs.indptr), np.diff(word_rows.indptr), 1))
    shingles.put(pairs.indices, rarest[pairs.indices])
    del pairs
    shingles.put(word_rows.indices, np.float32(0.5) * rarity[word_rows.indices], first_column=pair_count)
    shingles.put(np.arange(height), own, first_column=pair_count + width)
    return shingles.matrix()


class _Beside:
    """A matrix whose rows are several parts beside each other, put in one after the other.

    ``sizes`` are per part how many values each row has. scipy's own ``hstack`` holds all parts twice beside the whole.
    """

    def __init__(self, shape: tuple[int, int], sizes: Sequence[np.ndarray | int]) -> None:
        self._shape = shape
        self._sizes = [np.broadcast_to(np.asarray(size, dtype=np.int64), shape[:1]) for size in sizes]
        ends = np.cumsum(np.sum(self._sizes, axis=0))
        self._indptr = np.concatenate(([0], ends))
        self._next = self._indptr[:-1].copy()
        self._data = np.empty(int(self._indptr[-1]), dtype=np.float32)
        self._indices = np.empty(self._data.size, dtype=np.int32)

    def put(self, columns: np.ndarray, values: np.ndarray, first_column: int = 0) -> None:
        sizes = self._sizes.pop(0)
        before = np.cumsum(sizes) - sizes
        place = np.repeat((self._next - before).astype(np.int32), sizes)
        place += np.arange(place.size, dtype=np.int32)
        self._data[place] = values
        self._indices[place] = columns
        if first_column:
            self._indices[place] += first_column
        self._next = self._next + sizes

    def matrix(self) -> scipy.sparse.csr_matrix:
        indptr = self._indptr.astype(np.int32)
        return scipy.sparse.csr_matrix((self._data, self._indices, indptr), shape=self._shape)


def number_keys(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different keys in order, for each key its place among them, and how often each stands there.

    The array of keys is used up: in a large text it is the greatest that there is.
    """
    ordered, order = _sort(keys)
    first = np.ones(ordered.size, dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    known = ordered[first]
    del ordered
    numbers = np.cumsum(first, dtype=np.int32)
    numbers -= 1
    place = np.empty(order.size, dtype=np.int32)
    place[order] = numbers
    del order, numbers
    frequency = np.diff(np.append(np.flatnonzero(first), first.size))
    return known, place, frequency


def _sort(keys: np.ndarray) -> Arrays:
    """The keys in order, and the place each has come from. Key and place are sorted as one number where that fits."""
    size = max(keys.size, 1)
    if int(keys.max(initial=0)) >= np.iinfo(np.int64).max // size:
        order = np.argsort(keys, kind="stable")
        return keys[order], order
    keys *= size
    keys += np.arange(keys.size)
    keys.sort()
    order = np.empty(keys.size, dtype=np.int32 if size < np.iinfo(np.int32).max else np.int64)
    np.remainder(keys, size, out=order, casting="unsafe")
    keys //= size
    return keys, order
