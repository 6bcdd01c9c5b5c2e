"""Which clause of a text renders which clause of its translation: by numbers and structure, never by words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from lawcompare.engine.align.candidates import Arrays
from lawcompare.engine.align.model import Clauses, Tree, Trees, check_decided, number_key
from lawcompare.engine.structure.numbering import from_khmer, read_number

# What each agreement is worth, in shares of a whole. Equal numbers nearly decide; different ones forbid.
_NUMBER, _KIND, _PLACE, _SHAPE, _LENGTH, _CITED = 0.5, 0.1, 0.15, 0.1, 0.05, 0.1
_ONE_NUMBER = -0.1
# A pair that agrees in less is none.
_FLOOR = 0.3
# A pair found out of order, by its number alone.
_OUT_OF_ORDER = 0.5
# The share of common articles counts for so much when chapters are set together.
_HELD = 0.4
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A clause and the one that renders it in the other language.

    ``old``, ``new``  ids
    ``confidence``    0 to 1; 1 is a decision
    ``evidence``      in what they agree, or ``decided``: words among ``number kind place shape cited``
    """

    old: str
    new: str
    confidence: float
    evidence: tuple[str, ...]


def pair_translations(old: Clauses, new: Clauses, decided: Iterable[tuple[str | None, str | None]]) -> list[Rendering]:
    """Pairs in document order of the old text; see ``engine.align.align_translations``."""
    matcher = _TranslationMatcher((Tree(old, "old"), Tree(new, "new")))
    matcher.keep(check_decided(decided, matcher.trees[0].rows, matcher.trees[1].rows))
    matcher.pair(matcher.trees[0].units, matcher.trees[1].units)
    matcher.pair_inside()
    matcher.pair_containers()
    return [matcher.renderings[edge] for edge in sorted(matcher.renderings)]


@dataclass(frozen=True)
class _Facts:
    """What is known of a row without reading a word: one entry for each clause of one text."""

    values: list[frozenset[object]]
    elements: list[str]
    sizes: list[int]
    children: list[int]
    lengths: list[int]
    cited: list[frozenset[str]]


class _TranslationMatcher:
    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.facts = gather_facts(trees[0]), gather_facts(trees[1])
        self.renderings: dict[tuple[int, int], Rendering] = {}
        self.taken: tuple[set[int], set[int]] = set(), set()

    def keep(self, decided: Iterable[tuple[int | None, int | None]]) -> None:
        """Take over what was decided; a clause it names gets no other partner."""
        for row, column in decided:
            if row is not None and column is not None:
                self._add(row, column, 1.0, ("decided",))
            if row is not None:
                self.taken[0].add(row)
            if column is not None:
                self.taken[1].add(column)

    def pair(self, rows: Sequence[int], columns: Sequence[int]) -> None:
        """Set clauses together that stand side by side in their texts, in order; then what its number alone tells."""
        places = np.linspace(0, 1, len(rows)), np.linspace(0, 1, len(columns))
        self._pair_scored(rows, columns, self._agreement(rows, columns, places))

    def _pair_scored(self, rows: Sequence[int], columns: Sequence[int], scores: np.ndarray) -> None:
        open_ = (
            [at for at, row in enumerate(rows) if row not in self.taken[0]],
            [at for at, column in enumerate(columns) if column not in self.taken[1]],
        )
        left = scores[np.ix_(*open_)]
        for at, other in match_in_order(left - _FLOOR):
            row, column = rows[open_[0][at]], columns[open_[1][other]]
            self._take(row, column, float(left[at, other]))
        for row, column in self._out_of_order(rows, columns):
            self._take(row, column, _OUT_OF_ORDER)

    def pair_inside(self) -> None:
        """What stands inside a pair is paired with what stands inside its partner."""
        waiting = sorted(self.renderings)
        while waiting:
            row, column = waiting.pop()
            before = set(self.renderings)
            self.pair(self.trees[0].children[row], self.trees[1].children[column])
            waiting.extend(self.renderings.keys() - before)

    def pair_containers(self) -> None:
        """Chapters and titles: by the articles they hold, beside all else."""
        old, new = self.trees
        rows, columns = old.containers, new.containers
        held: list[list[set[int]]] = []  # per container the articles in it
        for tree in self.trees:
            units = set(tree.units)
            held.append([{row for row in tree.subtree(part) if row in units} for part in tree.containers])
        places = np.linspace(0, 1, len(rows)), np.linspace(0, 1, len(columns))
        scores = (1 - _HELD) * self._agreement(rows, columns, places)
        partner = dict(self.renderings.keys())
        for at, inside in enumerate(held[0]):
            rendered = {partner[row] for row in inside if row in partner}
            for other, others in enumerate(held[1]):
                both = len(rendered & others)
                scores[at, other] += _HELD * both / max(len(inside), len(others), 1)
        self._pair_scored(rows, columns, scores)

    def _agreement(self, rows: Sequence[int], columns: Sequence[int], places: Arrays) -> np.ndarray:
        """Per pair 0 to 1: in how much of what can be seen without reading the two agree."""
        scores = _PLACE * (1 - np.abs(places[0][:, None] - places[1][None, :]))
        one, other = self.facts
        by_value: dict[object, set[int]] = {}
        for there, column in enumerate(columns):
            for value in other.values[column] or {None}:
                by_value.setdefault(value, set()).add(there)
        bare = by_value.get(None, set())
        for at, row in enumerate(rows):
            # Two different numbers forbid a pair whatever else agrees: it need not be looked at.
            near = set().union(bare, *(by_value.get(value, ()) for value in one.values[row]))
            if not one.values[row]:
                near = set(range(len(columns)))
            far = np.ones(len(columns), dtype=bool)
            for there in near:
                scores[at, there] += _alike(one, other, row, columns[there])
                far[there] = False
            scores[at, far] = 0
        return np.clip(scores, 0, 1)

    def _out_of_order(self, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of rows left over whose number no other row beside them has."""
        by_number: list[dict[frozenset[object], list[int]]] = []
        for side, part in enumerate((rows, columns)):
            by_value: dict[frozenset[object], list[int]] = {}
            for row in part:
                if self.facts[side].values[row] and row not in self.taken[side]:
                    by_value.setdefault(self.facts[side].values[row], []).append(row)
            by_number.append(by_value)
        alone = [value for value in by_number[0] if len(by_number[0][value]) == len(by_number[1].get(value, ())) == 1]
        return [(by_number[0][value][0], by_number[1][value][0]) for value in alone]

    def _take(self, row: int, column: int, confidence: float) -> None:
        self._add(row, column, confidence, _evidence(self.facts[0], self.facts[1], row, column))
        self.taken[0].add(row)
        self.taken[1].add(column)

    def _add(self, row: int, column: int, confidence: float, evidence: tuple[str, ...]) -> None:
        names = self.trees[0].clauses[row].eid, self.trees[1].clauses[column].eid
        self.renderings[row, column] = Rendering(*names, round(confidence, 4), evidence)


def gather_facts(tree: Tree) -> _Facts:
    clauses = tree.clauses
    below = [list(tree.subtree(row)) for row in range(len(clauses))]
    texts = [from_khmer(clause.text) for clause in clauses]
    return _Facts(
        values=[values_of(clause.num) for clause in clauses],
        elements=[clause.element for clause in clauses],
        sizes=[len(rows) for rows in below],
        children=[len(rows) for rows in tree.children],
        lengths=[sum(len(clauses[row].text) for row in rows) for rows in below],
        cited=[frozenset(n for row in rows for n in _DIGITS.findall(texts[row])) for rows in below],
    )


def values_of(number: str) -> frozenset[object]:
    """What a number may be worth: ``(c)`` is the third letter or a Roman hundred, and so is its Khmer letter.

    >>> values_of("Article 28") == values_of("មាត្រា ២៨"), bool(values_of("(c)") & values_of("គ.")), values_of("")
    (True, True, frozenset())
    """
    key = number_key(number)
    if not key:
        return frozenset()
    for word in (key, key.split()[-1]):
        read = {read_number(word), read_number(word, roman=False)} - {None}
        if read:
            return frozenset(read)
    return frozenset()


def match_in_order(gain: np.ndarray) -> list[tuple[int, int]]:
    """The one-to-one pairs, in order in both, whose gains add up to most; pairs of no gain are left out.

    >>> match_in_order(np.array([[0.5, -1.0], [-1.0, -1.0], [-1.0, 0.2]]))
    [(0, 0), (2, 1)]
    """
    height, width = gain.shape
    best = np.zeros((height + 1, width + 1))
    for at in range(height):
        with_pair = best[at, :-1] + np.maximum(gain[at], 0)
        best[at + 1, 1:] = np.maximum.accumulate(np.maximum(best[at, 1:], with_pair))
    pairs = []
    at, other = height, width
    while at and other:
        if best[at, other] == best[at - 1, other]:
            at -= 1
        elif best[at, other] == best[at, other - 1]:
            other -= 1
        else:
            at, other = at - 1, other - 1
            pairs.append((at, other))
    return pairs[::-1]


def _alike(old: _Facts, new: _Facts, row: int, column: int) -> float:
    numbers = old.values[row], new.values[column]
    # Where neither has a number structure alone can speak, and it does so more quietly.
    without = _ONE_NUMBER if numbers[0] or numbers[1] else _NUMBER / 2
    score = _NUMBER if numbers[0] & numbers[1] else without
    score += _KIND * (old.elements[row] == new.elements[column])
    score += _SHAPE * (old.children[row] == new.children[column]) * _ratio(old.sizes[row], new.sizes[column])
    score += _LENGTH * _ratio(old.lengths[row], new.lengths[column])
    cited = old.cited[row], new.cited[column]
    return score + _CITED * (len(cited[0] & cited[1]) / len(cited[0] | cited[1]) if cited[0] | cited[1] else 0.5)


def _ratio(one: int, other: int) -> float:
    """1 where two lengths are equal, falling to 0 where one is ten times the other."""
    return max(0.0, 1 - abs(log((one + 1) / (other + 1))) / log(10))


def _evidence(old: _Facts, new: _Facts, row: int, column: int) -> tuple[str, ...]:
    reasons = []
    if old.values[row] & new.values[column]:
        reasons.append("number")
    if old.elements[row] == new.elements[column]:
        reasons.append("kind")
    if old.children[row] == new.children[column] and old.sizes[row] == new.sizes[column]:
        reasons.append("shape")
    if old.cited[row] and old.cited[row] == new.cited[column]:
        reasons.append("cited")
    return tuple(reasons)
