"""Which clause of a text renders which clause of its translation: by numbers and structure, never by words."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log
from typing import NamedTuple

import numpy as np

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
# Of more pairs, numbers alone decide: to weigh each takes memory and time that grow with the square.
PAIRS_MAX = 4_000_000
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


class _Facts(NamedTuple):
    """What is known of a clause without reading a word."""

    values: frozenset[object]
    element: str
    size: int
    children: int
    length: int
    cited: frozenset[str]


class _TranslationMatcher:
    def __init__(self, trees: Trees) -> None:
        self.trees = trees
        self.facts = _facts(trees[0]), _facts(trees[1])
        self.renderings: dict[tuple[int, int], Rendering] = {}
        self.taken: tuple[set[int], set[int]] = set(), set()

    def keep(self, decided: Iterable[tuple[int | None, int | None]]) -> None:
        """Take over what was decided; a clause it names gets no other partner."""
        for row, column in decided:
            if row is not None and column is not None:
                self._take(row, column, 1.0, ("decided",))
            elif row is not None:
                self.taken[0].add(row)
            elif column is not None:
                self.taken[1].add(column)

    def pair(self, rows: Sequence[int], columns: Sequence[int], held: Callable[[], np.ndarray] | None = None) -> None:
        """Set clauses together that stand side by side in their texts, in order; then what its number alone tells.

        ``held``: how much of what they hold is set together, of chapters.
        """
        if len(rows) * len(columns) <= PAIRS_MAX:
            scores = self._agreement(rows, columns)
            self._pair_scored(rows, columns, scores if held is None else (1 - _HELD) * scores + _HELD * held())
        for row, column in self._out_of_order(rows, columns):
            self._take(row, column, _OUT_OF_ORDER, self._evidence(row, column))

    def _pair_scored(self, rows: Sequence[int], columns: Sequence[int], scores: np.ndarray) -> None:
        open_ = (
            [at for at, row in enumerate(rows) if row not in self.taken[0]],
            [at for at, column in enumerate(columns) if column not in self.taken[1]],
        )
        left = scores[np.ix_(*open_)]
        for at, other in match_in_order(left - _FLOOR):
            row, column = rows[open_[0][at]], columns[open_[1][other]]
            self._take(row, column, float(left[at, other]), self._evidence(row, column))

    def pair_inside(self) -> None:
        """What stands inside a pair is paired with what stands inside its partner."""
        waiting = sorted(self.renderings)
        while waiting:
            row, column = waiting.pop()
            before = len(self.renderings)
            self.pair(self.trees[0].children[row], self.trees[1].children[column])
            waiting.extend(islice(reversed(self.renderings), len(self.renderings) - before))

    def pair_containers(self) -> None:
        """Chapters and titles: by the articles they hold, beside all else."""
        old, new = self.trees
        self.pair(old.containers, new.containers, self._held)

    def _held(self) -> np.ndarray:
        """Per pair of chapters 0 to 1: how much of their articles, in pairs, stand in both."""
        held: list[list[set[int]]] = []  # per container the articles in it
        for tree in self.trees:
            units = set(tree.units)
            held.append([{row for row in tree.subtree(part) if row in units} for part in tree.containers])
        shares = np.zeros((len(held[0]), len(held[1])))
        partner = dict(self.renderings.keys())
        for at, inside in enumerate(held[0]):
            rendered = {partner[row] for row in inside if row in partner}
            for other, others in enumerate(held[1]):
                shares[at, other] = len(rendered & others) / max(len(inside), len(others), 1)
        return shares

    def _agreement(self, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        """Per pair 0 to 1: in how much of what can be seen without reading the two agree."""
        scores = _PLACE * (1 - np.abs(np.linspace(0, 1, len(rows))[:, None] - np.linspace(0, 1, len(columns))))
        others = [self.facts[1][column] for column in columns]
        by_value: dict[object, set[int]] = defaultdict(set)
        for there, other in enumerate(others):
            for value in other.values or {None}:
                by_value[value].add(there)
        for at, row in enumerate(rows):
            one = self.facts[0][row]
            # Two different numbers forbid a pair whatever else agrees: it need not be looked at.
            near = set().union(*(by_value[value] for value in (None, *one.values)))
            if not one.values:
                near = set(range(len(columns)))
            far = np.ones(len(columns), dtype=bool)
            for there in near:
                scores[at, there] += _alike(one, others[there])
                far[there] = False
            scores[at, far] = 0
        return np.clip(scores, 0, 1)

    def _out_of_order(self, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, int]]:
        """Pairs of rows left over whose number no other row beside them has."""
        by_number: tuple[dict[frozenset[object], list[int]], ...] = defaultdict(list), defaultdict(list)
        for side, part in enumerate((rows, columns)):
            for row in part:
                if (values := self.facts[side][row].values) and row not in self.taken[side]:
                    by_number[side][values].append(row)
        old, new = by_number
        return [(old[number][0], new[number][0]) for number in old if len(old[number]) == len(new[number]) == 1]

    def _evidence(self, row: int, column: int) -> tuple[str, ...]:
        one, other = self.facts[0][row], self.facts[1][column]
        agreed = {
            "number": one.values & other.values,
            "kind": one.element == other.element,
            "shape": (one.children, one.size) == (other.children, other.size),
            "cited": one.cited and one.cited == other.cited,
        }
        return tuple(name for name, is_so in agreed.items() if is_so)

    def _take(self, row: int, column: int, confidence: float, evidence: tuple[str, ...]) -> None:
        names = self.trees[0].clauses[row].eid, self.trees[1].clauses[column].eid
        self.renderings[row, column] = Rendering(*names, round(confidence, 4), evidence)
        self.taken[0].add(row)
        self.taken[1].add(column)


def _facts(tree: Tree) -> list[_Facts]:
    cited = [_DIGITS.findall(from_khmer(clause.text)) for clause in tree.clauses]
    facts = []
    for row, clause in enumerate(tree.clauses):
        rows = list(tree.subtree(row))
        length = sum(len(tree.clauses[each].text) for each in rows)
        numbers = frozenset(number for each in rows for number in cited[each])
        facts.append(_Facts(values_of(clause.num), clause.element, len(rows), len(tree.children[row]), length, numbers))
    return facts


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


def _alike(one: _Facts, other: _Facts) -> float:
    # Where neither has a number structure alone can speak, and it does so more quietly.
    without = _ONE_NUMBER if one.values or other.values else _NUMBER / 2
    score = _NUMBER if one.values & other.values else without
    score += _KIND * (one.element == other.element)
    score += _SHAPE * (one.children == other.children) * _ratio(one.size, other.size)
    score += _LENGTH * _ratio(one.length, other.length)
    cited = one.cited | other.cited
    return score + _CITED * (len(one.cited & other.cited) / len(cited) if cited else 0.5)


def _ratio(one: int, other: int) -> float:
    """1 where two lengths are equal, falling to 0 where one is ten times the other."""
    return max(0.0, 1 - abs(log((one + 1) / (other + 1))) / log(10))
