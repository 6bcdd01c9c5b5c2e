"""Clauses while they are made: the tree between the blocks of a source and a document's clauses, and warnings."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from lawcompare.engine.document import NOTHING, Clause, Furniture, ReadingWarning, Warnings
from lawcompare.engine.structure.numbering import ClauseNumber, eid_for
from lawcompare.engine.structure.outline import UNITS, Block


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
        self.warnings = Warnings()

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


_REPEALED = re.compile(
    r"^\W*(?:repealed|reserved|omitted|deleted|vacant|transferred|renumbered)\b|និរាករណ៍", re.IGNORECASE
)


_MANY = 20
_COUNTED = 100  # numbers above it may begin anew at a round number in each part


def warn_of_clauses(root: Node, aside: Aside) -> None:
    """Warn of headings without text, text without a heading, and of numbers skipped, repeated or out of order."""
    units = [node for node in walk(root) if node.element in UNITS and node.num]
    headed = sum(1 for unit in units if unit.heading)
    for unit in units:
        has_words = unit.text or unit.parts or unit.children
        known_empty = unit.attributes.get("text_status") in ("heading-only", "not-known")
        if not has_words and not known_empty and not _REPEALED.search(unit.heading.lstrip("[ ")):
            aside.warn(unit.line, "heading-without-text", name_of(unit))
        if not unit.heading and headed > len(units) * 0.8:
            aside.warn(unit.line, "text-without-heading", name_of(unit))
    for node in walk(root):
        if node.text and node.num and node.children and node.element not in (*UNITS, "schedule"):
            aside.warn(node.line, "text-between", name_of(node))
    _warn_of_sequences(root, aside)


def _warn_of_sequences(node: Node, aside: Aside) -> None:
    """Warn of numbers that are skipped, repeated or out of order; articles are counted through the whole law."""
    by_scope: dict[tuple[int, str], list[tuple[Node, Node]]] = defaultdict(list)

    def collect(parent: Node, scope: Node) -> None:
        for child in parent.children:
            if child.num and child.value:
                whole = scope if child.element in UNITS else parent
                by_scope[id(whole), child.element].append((child, parent))
            collect(child, child if child.element in (*UNITS, "schedule") else scope)

    collect(node, node)
    for run in by_scope.values():
        _warn_of_run(run, aside)


def _warn_of_run(run: Sequence[tuple[Node, Node]], aside: Aside) -> None:
    last: Node | None = None
    under: Node | None = None
    seen: set[ClauseNumber] = set()
    # Some codes number every other chapter, and leave room after the sections of each: there a gap says nothing.
    borders = [
        other.value.follows(one.until or one.value)
        for (one, above), (other, beside) in pairwise(run)
        if one.value and other.value and one.value < other.value and (one.element not in UNITS or above is not beside)
    ]
    leaves_room = len(borders) >= _MANY and 3 * sum(borders) <= 2 * len(borders)
    for child, parent in run:
        value = child.value
        assert value is not None  # see _warn_of_sequences
        if last is not None and value.base == 1 and not value.suffixes and parent is not under:
            last, seen = None, set()
        if value in seen:
            aside.warn(child.line, "repeated-number", child.num)
        elif last is not None and last.value is not None and not value.follows(last.until or last.value):
            rises = last.value < value
            # The sections of each title or part are counted from a round number on.
            is_round = parent is not under and value.base > _COUNTED and value.base % 10 in (0, 1)
            is_border = child.element not in UNITS or parent is not under
            if not (rises and (is_round or (leaves_room and is_border))):
                aside.warn(child.line, "skipped-number" if rises else "number-out-of-order", child.num, after=last.num)
        seen.add(value)
        last, under = child, parent
