"""Warnings about the clauses that a reader has made, each with its line."""

import re
from collections import defaultdict
from collections.abc import Sequence

from lawcompare.engine.structure.nodes import Aside, Node, name_of, walk
from lawcompare.engine.structure.numbering import ClauseNumber
from lawcompare.engine.structure.outline import UNITS

_REPEALED = re.compile(
    r"^\W*(?:repealed|reserved|omitted|deleted|vacant|transferred|renumbered)\b|និរាករណ៍", re.IGNORECASE
)


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
    for child, parent in run:
        value = child.value
        assert value is not None  # see _warn_of_sequences
        if last is not None and value.base == 1 and not value.suffixes and parent is not under:
            last, seen = None, set()
        if value in seen:
            aside.warn(child.line, "repeated-number", child.num)
        elif last is not None and last.value is not None and not value.follows(last.until or last.value):
            if last.value < value and parent is not under and value.base > _COUNTED and value.base % 10 in (0, 1):
                pass  # the sections of each title or part are counted from a round number on
            elif last.value < value:
                aside.warn(child.line, "skipped-number", child.num, after=last.num)
            else:
                aside.warn(child.line, "number-out-of-order", child.num, after=last.num)
        seen.add(value)
        last, under = child, parent
