"""A list of clauses with parents as rows of a comparison: units, the containers they stand in, the parts they hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lawcompare.engine.align.linking.links import check_ids
from lawcompare.engine.align.model import number_key, text_key
from lawcompare.engine.document import UNIT_ELEMENTS, Clause
from lawcompare.engine.errors import ComparisonError

# Elements that group units and, standing empty, are no row themselves.
GROUPING = frozenset(
    {"act", "bill", "body", "book", "chapter", "division", "hcontainer", "part"}
    | {"subchapter", "subdivision", "subpart", "subtitle", "title", "tome"}
)


@dataclass(frozen=True)
class Tree:
    """Folded clauses in document order. Rows are places in ``clauses``."""

    clauses: Sequence[Clause]
    which: str

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
            self._wholes[row] = self._join(row)
        return self._wholes[row]

    @cached_property
    def _wholes(self) -> dict[int, Clause]:
        return {}

    def _join(self, row: int) -> Clause:
        clause = self.clauses[row]
        below = [self.clauses[each] for each in self.subtree(row)][1:]
        parts = [clause.text, *(words for each in below for words in (each.heading, each.text))]
        return replace(clause, text="\n".join(part for part in parts if part))

    def whole_key(self, row: int) -> str:
        """Equal for two clauses that read the same, numbers inside them included but for their own.

        Where a paragraph ends and flush text begins is a matter of markup: the words in their order decide.
        """
        if not self.children[row]:
            return text_key(self.clauses[row]).replace("\n", " ")
        if row not in self._whole_keys:
            self._whole_keys[row] = self._join_key(row)
        return self._whole_keys[row]

    @cached_property
    def _whole_keys(self) -> dict[int, str]:
        return {}

    def _join_key(self, row: int) -> str:
        below = [self.clauses[each] for each in self.subtree(row)][1:]
        inside = (
            words
            for each in below
            for words in (f"\n{number_key(each.num)}" if each.num else "", each.heading, each.text)
        )
        return " ".join(filter(None, [text_key(self.clauses[row]).replace("\n", " "), *inside]))
