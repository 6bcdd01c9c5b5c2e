"""Why two given clauses were paired, or were not: what was weighed of them at each stage, feature by weight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lawcompare.engine.align.documents import align_flat, align_trees
from lawcompare.engine.align.model import Alignment
from lawcompare.engine.align.scoring import Features
from lawcompare.engine.align.tree import Tree
from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.scoring import probability, scorer


@dataclass(frozen=True, slots=True)
class Weighing:
    """One look at a pair: ``terms`` are (feature, its value from 0 to 1, what it adds to the score)."""

    stage: str
    score: float
    floor: float
    bias: float
    terms: tuple[tuple[str, float, float], ...]

    @property
    def probability(self) -> float:
        return float(probability(self.score))


@dataclass(frozen=True, slots=True)
class Explanation:
    """``entry`` is what the clause map says of the old clause; no weighing: the pair is identical or was never near."""

    is_paired: bool
    entry: Alignment
    weighings: tuple[Weighing, ...]


def explain(old: Sequence[Clause], new: Sequence[Clause], pair: tuple[str, str]) -> Explanation:
    """Why ``pair`` (ids) is in the clause map or not; of whole articles where clauses stand in articles.

    >>> old = [Clause("a", text="The register of ships is public."), Clause("b", text="This Act starts on 1 May.")]
    >>> new = [Clause("c", text="The register of ships is open."), Clause("d", text="Fees are set by rule.")]
    >>> explain(old, new, ("a", "c")).is_paired
    True
    """
    flat = not any(unit.parent is not None for unit in (*old, *new))
    row, column = _row(old, pair[0], "old", flat), _row(new, pair[1], "new", flat)
    weighings: dict[str, Weighing] = {}

    def watch(stage: str, rows: np.ndarray, columns: np.ndarray, weighed: np.ndarray, features: Features) -> None:
        for place in np.flatnonzero(weighed & (rows == row) & (columns == column)):
            weighings[stage] = _weighing(stage, {name: float(values[place]) for name, values in features.items()})

    entries = align_flat(old, new, watch=watch) if flat else align_trees(old, new, watch=watch).units
    with_old = [entry for entry in entries if pair[0] in entry.old]
    together = [entry for entry in with_old if pair[1] in entry.new]
    return Explanation(bool(together), (together or with_old)[0], tuple(weighings.values()))


def _weighing(stage: str, features: dict[str, float]) -> Weighing:
    weigh = scorer(stage)
    terms = [(name, round(features[name], 3), round(term, 3)) for name, term in weigh.terms(features).items()]
    terms.sort(key=lambda each: -abs(each[2]))
    return Weighing(stage, round(float(weigh(features)), 3), weigh.floors["last"], weigh.bias, tuple(terms))


def _row(units: Sequence[Clause], name: str, which: str, flat: bool) -> int:
    tree = Tree(units, which)
    if name not in tree.rows:
        raise ComparisonError(f"{name!r} is not in the {which} text")
    row = tree.rows[name]
    if flat:
        return row
    if row not in tree.units:
        raise ComparisonError(f"{name!r} of the {which} text is no article or section; only these are weighed whole")
    return tree.units.index(row)
