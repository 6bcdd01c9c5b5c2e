"""Clauses while they are made: the tree between the blocks of a source and the clauses of a document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from lawcompare.engine.document import NOTHING, Clause, Furniture, ReadingWarning
from lawcompare.engine.structure.eid import eid_for
from lawcompare.engine.structure.numbering import ClauseNumber
from lawcompare.engine.structure.outline import Block


@dataclass(slots=True)
class Node:
    """A clause while it is made. ``body`` holds its paragraphs until they are given to it and to its sub-clauses."""

    element: str
    num: str = ""
    heading: str = ""
    line: int = 0
    value: ClauseNumber | None = None
    until: ClauseNumber | None = None  # the last of several numbers
    level: int = 0
    source: str = ""
    runs_in: bool = False  # whether the first paragraph stands on the line of the number
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    parts: list[Node] = field(default_factory=list)  # sub-clauses, which come before the headings inside


class Aside:
    """What a reader keeps beside the clauses: text that belongs to none of them, and warnings."""

    def __init__(self) -> None:
        self.furniture: list[Furniture] = []
        self.warnings: list[ReadingWarning] = []

    def put(self, name: str, text: str, line: int) -> None:
        """Set text aside that is no law text."""
        if text.strip():
            self.furniture.append(Furniture(name, text.strip(), line))

    def warn(self, line: int, kind: str, subject: str, **details: str) -> None:
        """Add a warning; ``kind`` is one of those of ``wording.warnings``."""
        self.warnings.append(ReadingWarning(line, kind, subject, details))

    def without_point(self, heading: str, line: int) -> str:
        """A heading without the point that ends it, unless the point is that of an abbreviation."""
        if not heading.endswith(".") or heading.endswith("..") or re.search(r"\b(?:etc|\w)\.$", heading):
            return heading
        self.put("separator", ".", line)
        return heading[:-1].rstrip()


def walk(node: Node) -> Iterator[Node]:
    """The heading clauses under a node (and itself), in document order; sub-clauses are left out."""
    yield node
    for child in node.children:
        yield from walk(child)


def name_of(node: Node) -> str:
    """What a clause is called in a warning."""
    return node.num or node.heading or node.element or "the text"


def flatten(node: Node, eid: str | None, depth: int, taken: set[str], clauses: list[Clause]) -> None:
    """Give each clause its address and put it in document order: sub-clauses before the clauses headed inside."""
    positions: Counter[str] = Counter()
    if depth < 0 and (node.text or node.heading):
        clauses.append(Clause(eid_for(None, "preamble", "", taken, 1), "preamble", text="\n".join(node.text)))
    for child in (*node.parts, *node.children):
        positions[child.element] += 1
        fixed = child.attributes.pop("eid", "")
        if fixed and fixed not in taken and not re.search(r"\s", fixed):
            taken.add(fixed)
            own = fixed
        else:
            own = eid_for(eid, child.element, child.num, taken, positions[child.element])
        clauses.append(
            Clause(
                own, child.element, child.num, child.heading, "\n".join(child.text), depth + 1, eid, child.line,
                MappingProxyType(child.attributes) if child.attributes else NOTHING,
            )
        )  # fmt: skip
        flatten(child, own, depth + 1, taken, clauses)
