"""Which pairs of clauses are compared, and how alike they are: cosines of sparse vectors of words and word pairs.

Rare words weigh more (inverse document frequency over both texts together). A script without spaces is read in
overlapping pairs of signs or clusters instead of words, so that no dictionary is needed and no language is special.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex
import scipy  # loads its parts when they are first used

from lawcompare.engine.align.model import Unit

# How many partners are kept for a clause in each of four rankings (by shared weight, by likeness; from either side).
NEAREST = 6
# A term in more clauses than this tells nothing that rarer terms do not, and costs the square of its frequency.
COMMON_AT_LEAST = 60
COMMON_SHARE = 0.08
_CHUNK = 512
# Terms of sparse rows that are taken out and compared at once: some tens of megabytes.
_TERMS_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Candidates:
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

    def __len__(self) -> int:
        return self.old.size


def find_candidates(old: TextVectors, new: TextVectors, extra: np.ndarray | None = None) -> Candidates:
    """The nearest partners of every clause, from both sides; ``extra`` rows ``(old, new)`` are looked at too."""
    rare = _rare_terms(old, new)
    old_rare, new_rare = old.shingles[:, rare], new.shingles[:, rare]
    keys = [_nearest(old_rare, new_rare, new.mass, len(new)), _nearest(new_rare, old_rare, old.mass, len(old))]
    pairs = [np.stack([keys[0] // max(len(new), 1), keys[0] % max(len(new), 1)], axis=1)]
    pairs.append(np.stack([keys[1] % max(len(old), 1), keys[1] // max(len(old), 1)], axis=1))
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


def _rare_terms(old: TextVectors, new: TextVectors) -> np.ndarray:
    frequency = np.bincount(old.shingles.indices, minlength=old.shingles.shape[1])
    other = np.bincount(new.shingles.indices, minlength=new.shingles.shape[1])
    # The limit grows with the root of the size, so that the work grows little faster than the texts do.
    clauses = max(len(old), len(new))
    limit = max(COMMON_AT_LEAST, COMMON_SHARE * clauses) if clauses < 2000 else 160 * (clauses / 2000) ** 0.25
    return np.flatnonzero((frequency > 0) & (other > 0) & (np.maximum(frequency, other) <= limit))


def _nearest(
    rows: scipy.sparse.csr_matrix, columns: scipy.sparse.csr_matrix, mass: np.ndarray, width: int
) -> np.ndarray:
    """Keys ``row * width + column`` of the columns that share most with each row, absolutely and for their size."""
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
                nearest = nearest[np.union1d(top, like)]
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
    for part in _chunks(terms):
        first, second = left[rows[part]], right[columns[part]]
        both = first.minimum(second) if smaller else first.multiply(second)
        result[part] = np.asarray(both.sum(axis=1)).ravel()
    return result


def _chunks(terms: np.ndarray) -> Iterable[slice]:
    """Runs of pairs with so many terms together: a clause of a whole law's length is compared in small portions."""
    sums = np.cumsum(terms)
    start = 0
    while start < terms.size:
        before = sums[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(sums, before + _TERMS_AT_ONCE, side="right")))
        yield slice(start, end)
        start = end


# A run of letters with their marks, or a run of digits. `\p{M}`: Khmer vowels are marks. U+200B separates Khmer words
# in some sources and not in others, so it is deleted before the text comes here.
_RUN = regex.compile(r"\p{N}+|[\p{L}\p{M}\u200c\u200d]+")
_ASCII_RUN = re.compile(r"[0-9]+|[a-z]+")
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}]+|[\p{Khmer}\p{Thai}\p{Lao}\p{Myanmar}\p{Tibetan}\u200c\u200d]+"
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
    if text.isascii():
        return _ASCII_RUN.findall(text)
    runs = _RUN.findall(text)
    if not _UNSPACED.search(text):
        return runs
    return [piece for run in runs for piece in ((run,) if run.isascii() else _pieces(run))]


def _pieces(run: str) -> Iterable[str]:
    start = 0
    for match in _UNSPACED.finditer(run):
        if match.start() > start:
            yield run[start : match.start()]
        start = match.end()
        clusters = _CLUSTER.findall(match.group())
        if len(clusters) == 1:
            yield clusters[0]
        for left, right in pairwise(clusters):
            yield left + right
    if start < len(run):
        yield run[start:]


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


def vectorise(old: Sequence[Unit], new: Sequence[Unit]) -> tuple[TextVectors, TextVectors]:
    """Both texts as vectors over one vocabulary."""
    vocabulary: defaultdict[str, int] = defaultdict()
    vocabulary.default_factory = vocabulary.__len__
    headings = [_ids(unit.heading, vocabulary) for unit in (*old, *new)]
    texts = [_ids(unit.text, vocabulary) for unit in (*old, *new)]
    whole = [np.concatenate(pair) for pair in zip(headings, texts, strict=True)]
    size = max(len(vocabulary), 1)
    word_rows = _counts(whole, size)
    rarity = _rarity(word_rows)
    for word, index in vocabulary.items():
        if word.isdecimal():
            rarity[index] *= _DIGIT_WEIGHT
    heading_rows = _unit_length(_counts(headings, size), rarity)
    shingle_rows = _shingles([text if text.size else head for head, text in zip(headings, texts, strict=True)], rarity)
    word_rows = _unit_length(word_rows, rarity)
    mass = np.asarray(shingle_rows.sum(axis=1)).ravel()
    cut = len(old)
    return (
        TextVectors(word_rows[:cut], heading_rows[:cut], shingle_rows[:cut], mass[:cut]),
        TextVectors(word_rows[cut:], heading_rows[cut:], shingle_rows[cut:], mass[cut:]),
    )


def _ids(text: str, vocabulary: Mapping[str, int]) -> np.ndarray:
    # A word not met before is given the next number by the look-up itself.
    return np.array([vocabulary[word] for word in words(text)], dtype=np.int64)


def _counts(rows: Sequence[np.ndarray], width: int) -> scipy.sparse.csr_matrix:
    lengths = np.array([row.size for row in rows])
    columns = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    matrix = scipy.sparse.csr_matrix(
        (np.ones(columns.size, dtype=np.float32), columns, indptr), shape=(len(rows), width)
    )
    matrix.sum_duplicates()
    return matrix


def _rarity(counts: scipy.sparse.csr_matrix) -> np.ndarray:
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.log1p(counts.shape[0] / np.maximum(frequency, 1)).astype(np.float32)


def _unit_length(counts: scipy.sparse.csr_matrix, rarity: np.ndarray) -> scipy.sparse.csr_matrix:
    """Log term frequency × rarity, rows of length 1."""
    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * rarity[weighted.indices]
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted.data /= np.repeat(np.maximum(norms, 1e-9), np.diff(weighted.indptr)).astype(np.float32)
    return weighted


def _shingles(rows: Sequence[np.ndarray], rarity: np.ndarray) -> scipy.sparse.csr_matrix:
    """Words and word pairs present in each row; a pair weighs by its own rarity, a word by half of its."""
    width = rarity.size
    pairs = [row[:-1] * width + row[1:] for row in rows]
    known, columns = np.unique(np.concatenate(pairs) if pairs else np.zeros(0, np.int64), return_inverse=True)
    cuts = np.cumsum([pair.size for pair in pairs])[:-1]
    pair_rows = _counts(np.split(columns, cuts) if pairs else [], max(known.size, 1))
    pair_rarity = _rarity(pair_rows)
    digits = np.minimum(rarity[known // width], rarity[known % width]) if known.size else rarity[:1]
    pair_rows.data = np.minimum(pair_rarity, 4 * digits)[pair_rows.indices].astype(np.float32)
    word_rows = _counts(rows, width)
    word_rows.data = (0.5 * rarity[word_rows.indices]).astype(np.float32)
    return scipy.sparse.hstack([pair_rows, word_rows], format="csr")
