"""Which pairs of clauses are worth looking at, and how alike they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from lawcompare.engine.align.vectors import TextVectors

# How many partners are kept for a clause in each of four rankings (by shared weight, by likeness; from either side).
NEAREST = 6
# A term in more clauses than this tells nothing that rarer terms do not, and costs the square of its frequency.
COMMON_AT_LEAST = 60
COMMON_SHARE = 0.08
_CHUNK = 512


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


def _nearest(rows: sp.csr_matrix, columns: sp.csr_matrix, mass: np.ndarray, width: int) -> np.ndarray:
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
    left: sp.csr_matrix, right: sp.csr_matrix, rows: np.ndarray, columns: np.ndarray, *, smaller: bool = False
) -> np.ndarray:
    """Row-by-row dot products; with ``smaller`` the sum of the smaller of the two weights."""
    result = np.zeros(rows.size, dtype=np.float64)
    for start in range(0, rows.size, 20_000):
        part = slice(start, start + 20_000)
        first, second = left[rows[part]], right[columns[part]]
        both = first.minimum(second) if smaller else first.multiply(second)
        result[part] = np.asarray(both.sum(axis=1)).ravel()
    return result
