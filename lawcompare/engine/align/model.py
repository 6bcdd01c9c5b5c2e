"""Alignments, the output of the aligner; when texts or numbers count as equal; the tree of the clauses compared."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import regex

from lawcompare.engine.document import NOTHING, UNIT_ELEMENTS, Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.structure.numbering import latin_suffixes
from lawcompare.engine.text.normalise import CHARACTERS, normalise
from lawcompare.engine.text.words import is_plain

type Clauses = Sequence[Clause]
# Of the clauses of either text what they are compared by: equal where two say the same, empty where one says nothing.
type Keys = tuple[Sequence[str], Sequence[str]]

KINDS = ("unchanged", "changed", "renumbered", "moved", "split", "merged", "added", "removed")


# A pair less sure than this is doubtful.
DOUBTFUL = 0.5


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that tells why clauses were set together, or that nothing was: a kind of ``wording.changes``.

    ``values``  ``percent`` of likeness; ``name``, ``names`` or ``nearest`` of clauses as their text prints them
    """

    kind: str
    values: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which clauses belong together, how, and why.

    ``old``, ``new``  ids, in document order; one empty for ``added`` and ``removed``
    ``kind``          one of ``KINDS``
    ``score``         0 to 1: how sure the pairing is. 1 is identical text or a decision; for ``split`` and ``merged``
                      that of the weakest pair; for ``added`` and ``removed`` 1 minus that of the best partner refused
    ``evidence``      the reasons; ``wording.changes`` puts them into words: ``same text, new number``
    ``pairs``         how sure each pair (old id, new id) of it is
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: str
    score: float
    evidence: tuple[Reason, ...] = ()
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def doubtful(self) -> tuple[tuple[str, str], ...]:
        """The pairs of it that are a question for people and no finding."""
        return tuple(pair for pair, score in self.pairs.items() if score < DOUBTFUL)


# Of what ``is_plain`` lets pass, what the normal form writes in another way.
_PLAIN_SIGNS = [(sign, CHARACTERS[sign]) for sign in "“”‘’–—…" if sign in CHARACTERS]
# "Article", "Sec.", "§" or a Khmer word before digits; not the A of A1.
_WORD = regex.compile(r"\A(?:(?:\p{Latin}{3,}|§+|\p{Khmer}+)\.?\s*)+(?=\p{Nd})")


def fold(text: str) -> str:
    """The normal form of ``normalise`` on one line: a difference in it is a difference in what is printed.

    >>> fold("“Act”\\u00a0means\\n this")
    '"Act" means this'
    """
    form = " ".join(_normal_signs(text).split())
    return text if form == text else form  # of a large text in normal form no second copy is kept


def _normal_signs(text: str) -> str:
    if text.isascii() and not ("`" in text or "''" in text or "--" in text):
        return text
    if is_plain(text):
        form = text
        for sign, plain in _PLAIN_SIGNS:  # several times as quick as str.translate, which looks at each letter
            form = form.replace(sign, plain)
        if not ("`" in form or "''" in form or "--" in form):
            return form
    return normalise(text, "km").text


def fold_clauses(clauses: Iterable[Clause]) -> list[Clause]:
    """The same clauses with heading and text in normal form, which all that follows presumes."""
    folded = []
    for clause in clauses:
        heading, text = fold(clause.heading), fold(clause.text)
        is_same = heading is clause.heading and text is clause.text
        folded.append(clause if is_same else replace(clause, heading=heading, text=text))
    return folded


def text_key(clause: Clause) -> str:
    """Equal for two folded clauses whose heading and text are the same; empty where both are empty."""
    return f"{clause.heading}\n{clause.text}" if clause.heading else clause.text


@lru_cache(maxsize=8192)  # asked several times of each clause
def number_key(number: str) -> str:
    """Equal for two numbers that are one, however it is printed: with or without the word before it, in Khmer digits.

    >>> number_key("Article 28."), number_key("28"), number_key("មាត្រា ២៨ (ស្ទួន)"), number_key("(A)")
    ('28', '28', '28bis', 'a')
    """
    return _WORD.sub("", latin_suffixes(fold(number)).casefold()).strip(" .:-()[]")


# --- a list of clauses with parents as rows of a comparison ---

# Elements that group units and, standing empty, are no row themselves.
GROUPING = frozenset(
    {"act", "bill", "body", "book", "chapter", "division", "hcontainer", "part"}
    | {"subchapter", "subdivision", "subpart", "subtitle", "title", "tome"}
)


@dataclass(frozen=True)
class Tree:
    """Folded clauses in document order. Rows are places in ``clauses``."""

    clauses: Clauses
    which: str
    _wholes: dict[int, Clause] = field(default_factory=dict)
    _whole_keys: dict[int, str] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Id -> row. Raises ComparisonError for ids missing or repeated."""
        return check_ids(self.clauses, self.which)

    @cached_property
    def parents(self) -> list[int]:
        """Per row the row of the parent, or -1. A parent that is not in the list counts as none."""
        parents = []
        for row, clause in enumerate(self.clauses):
            parent = self.rows.get(clause.parent, -1) if clause.parent is not None else -1
            if parent >= row:
                reason = f"clause {clause.eid!r} of the {self.which} text stands before its parent {clause.parent!r}"
                raise ComparisonError(reason)
            parents.append(parent)
        return parents

    @cached_property
    def children(self) -> list[list[int]]:
        below: list[list[int]] = [[] for _ in self.clauses]
        for row, parent in enumerate(self.parents):
            if parent >= 0:
                below[parent].append(row)
        return below

    def subtree(self, row: int) -> Iterator[int]:
        """The row and all below it, in document order."""
        if not self.children[row]:
            yield row
            return
        pending = [row]
        while pending:
            row = pending.pop()
            yield row
            pending.extend(reversed(self.children[row]))

    def ancestors(self, row: int) -> Iterator[int]:
        """The rows above, nearest first."""
        row = self.parents[row]
        while row >= 0:
            yield row
            row = self.parents[row]

    @cached_property
    def holds_units(self) -> list[bool]:
        """Whether a row has below it a unit that makes the row itself a container.

        An article inside a section (Khmer codes) or a rule inside a schedule is the unit; a section quoted inside a
        section is part of it.
        """
        above: list[set[str]] = [set() for _ in self.clauses]
        for row in range(len(self.clauses) - 1, -1, -1):
            parent = self.parents[row]
            if parent >= 0:
                element = self.clauses[row].element
                above[parent] |= above[row] | ({element} if element in UNIT_ELEMENTS else set())
        return [bool(below - {clause.element}) for below, clause in zip(above, self.clauses, strict=True)]

    @cached_property
    def units(self) -> list[int]:
        """Rows that are set against each other, in document order."""
        return [row for row in self._walk() if not self._is_container(row)]

    @cached_property
    def containers(self) -> list[int]:
        """Rows that hold units, or headings that hold nothing."""
        return [row for row in self._walk() if self._is_container(row)]

    def _walk(self) -> Iterator[int]:
        pending = [row for row in range(len(self.clauses) - 1, -1, -1) if self.parents[row] < 0]
        while pending:
            row = pending.pop()
            yield row
            if self._is_container(row):
                pending.extend(reversed(self.children[row]))

    def _is_container(self, row: int) -> bool:
        clause = self.clauses[row]
        if self.holds_units[row]:
            return True
        return clause.element in GROUPING and (bool(self.children[row]) or not clause.text.strip())

    def home(self, row: int) -> str:
        """The heading, or else the number, of what the row stands in; empty where it stands in nothing."""
        parent = self.parents[row]
        return "" if parent < 0 else self.clauses[parent].heading or number_key(self.clauses[parent].num)

    def whole(self, row: int) -> Clause:
        """The clause with the words of all below it as its text."""
        if not self.children[row]:
            return self.clauses[row]
        if row not in self._wholes:
            clause, *below = (self.clauses[each] for each in self.subtree(row))
            parts = [clause.text, *(words for each in below for words in (each.heading, each.text))]
            self._wholes[row] = replace(clause, text="\n".join(filter(None, parts)))
        return self._wholes[row]

    def whole_key(self, row: int) -> str:
        """Equal for two clauses that read the same, numbers inside them included but for their own.

        Where a paragraph ends and flush text begins is a matter of markup: the words in their order decide.
        """
        if not self.children[row]:
            return text_key(self.clauses[row]).replace("\n", " ")
        if row not in self._whole_keys:
            clause, *below = (self.clauses[each] for each in self.subtree(row))
            words = [text_key(clause).replace("\n", " ")]
            for each in below:
                words += [f"\n{number_key(each.num)}" if each.num else "", each.heading, each.text]
            self._whole_keys[row] = " ".join(filter(None, words))
        return self._whole_keys[row]


type Trees = tuple[Tree, Tree]


def check_ids(units: Clauses, which: str) -> dict[str, int]:
    """Id -> row. Raises ComparisonError when an id is missing or appears twice."""
    places: dict[str, int] = {}
    for row, unit in enumerate(units):
        if not unit.eid:
            raise ComparisonError(f"clause {row + 1} of the {which} text has no id")
        if unit.eid in places:
            raise ComparisonError(f"the id {unit.eid!r} appears twice in the {which} text")
        places[unit.eid] = row
    return places


def check_decided(
    decided: Iterable[tuple[str | None, str | None]], rows: Mapping[str, int], columns: Mapping[str, int]
) -> list[tuple[int | None, int | None]]:
    """Decisions as rows. Raises ComparisonError for unknown ids and for decisions that contradict each other."""
    known = list(dict.fromkeys(decided))
    paired_old = {old for old, new in known if old is not None and new is not None}
    paired_new = {new for old, new in known if old is not None and new is not None}
    for old, new in known:
        if old is None and new is None:
            raise ComparisonError("a decision names neither an old nor a new clause")
        if old is not None and old not in rows:
            raise ComparisonError(f"a decision names {old!r}, which is not in the old text")
        if new is not None and new not in columns:
            raise ComparisonError(f"a decision names {new!r}, which is not in the new text")
        if (new is None and old in paired_old) or (old is None and new in paired_new):
            raise ComparisonError(f"the decisions give {old or new!r} a partner and none")
    return [(None if old is None else rows[old], None if new is None else columns[new]) for old, new in known]
