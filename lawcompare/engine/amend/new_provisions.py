"""New provisions of an act: read on the level where they come, and checked against the numbers that stand there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lawcompare.engine.amend.base import SECTIONS, Base, Refusal, section_label
from lawcompare.engine.amend.text_edits import number_like, path_of
from lawcompare.engine.amend.words import as_law
from lawcompare.engine.structure.numbering import KHMER_LETTERS
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.provisions import LEVEL_NAMES, MARK, LineReader, Node, readings, style_of
from lawcompare.engine.structure.segment import segment

KHMER_ARTICLE = re.compile(r"(?:មាត្រា|ប្រការ)")
_NEAR = 8  # numbers of a list that tell its style
_WIDEST_GAP = 2  # between the last number of a list and the first that is added at its end
_SIDE_NOTE_LINE = re.compile(r"\[[^\[\]]{1,300}\]")


def read_new(
    elements: dict[str, str], lines: list[str], parent: Node, siblings: Sequence[Node], like: Node | None
) -> list[Node]:
    """New provisions, on the level of the siblings beside which they come."""
    if all(_SIDE_NOTE_LINE.fullmatch(line) for line in lines):
        raise Refusal("not-understood")
    if KHMER_ARTICLE.match(lines[0]):
        return read_khmer(lines)
    point = re.match(rf"([{KHMER_LETTERS}])(?:\s*[-–.)៖]|\s)[-–.)៖\s]*", lines[0])
    if like is not None and point and like.label in KHMER_LETTERS:
        num = number_like(like.num, point[1])
        return [Node(like.element, num, "", "\n".join([lines[0][point.end() :], *lines[1:]]))]
    numbered = [child.label for child in siblings if child.num]
    mark = MARK.match(next((line for line in lines if not _SIDE_NOTE_LINE.fullmatch(line)), ""))
    style = style_of(mark[1], numbered[-3:]) if mark else ""
    nodes = LineReader(elements, first_style=style).read([(0, 0, line) for line in lines])
    if not nodes:
        raise Refusal("not-understood")
    for node in nodes:
        tidy(node)
    if like is not None and like.element in (*SECTIONS, "crossHeading"):
        for node in nodes:
            if not node.num and not node.children and len(node.text) < 120:
                node.element, node.heading, node.text = "crossHeading", node.text, ""
    first = head_of(nodes)
    if first.element == "section" and like is not None:
        if like.element in SECTIONS:
            for node in nodes:
                node.element = like.element
        elif not any(child.element in SECTIONS for child in parent.children):
            # "41.12 (1)" for a subsection: the number of its section is printed again.
            if len(nodes) == 1 and first.children and first.children[0].label == like.label:
                inner = first.children[0]
                inner.heading = inner.heading or first.heading
                inner.parent = None
                first.children.remove(inner)
                nodes = [inner, *first.children]
            else:
                raise Refusal("does-not-fit", words=first.num)
    elif first.num and like is not None and like.num:
        is_inner = like.element not in SECTIONS
        own, its = style_of(first.label, numbered[-3:]), style_of(like.label, [first.label])
        styles = dict(readings(like.label)).keys() & dict(readings(first.label)).keys()
        if own != its and is_inner and like.element != "alinea" and not styles:
            raise Refusal("does-not-fit", words=first.num)
        for node in nodes:
            if node.num and is_inner and node.element not in SECTIONS:
                _set_element(node, like.element)
    numbers = [node.num for node in nodes if node.num]
    if len(set(numbers)) < len(numbers):
        raise Refusal("does-not-fit", words=first.num, taken="1")
    return nodes


def _set_element(node: Node, element: str) -> None:
    """The level of a new provision and of those under it, counted down from its neighbour's."""
    node.element = element
    if element in LEVEL_NAMES:
        below = LEVEL_NAMES[min(LEVEL_NAMES.index(element) + 1, len(LEVEL_NAMES) - 1)]
        for child in node.children:
            if child.num:
                _set_element(child, below)


def tidy(node: Node) -> None:
    for inner in node.walk():
        inner.text, inner.heading = as_law(inner.text), as_law(inner.heading)


def check_numbers(base: Base, parent: Node, at: int, new: list[Node], leaving: Sequence[Node] = ()) -> None:
    """Refuse new provisions whose numbers stand there already, or do not belong at the place in the list."""
    gone = {id(node) for node in leaving}
    head = head_of(new)
    if head.element in SECTIONS:
        here = (node for each in new for node in base.sections.get(section_label(each), ()) if each.num)
        if not base.titles and any(id(node) not in gone for node in here):
            raise Refusal("does-not-fit", words=head.num, taken="1")
        return
    index = base.numbered(parent)
    there = (node.num for node in new for old in index.get(node.label, ()) if node.num and id(old) not in gone)
    if clash := next(there, ""):
        raise Refusal("does-not-fit", words=clash, place=path_of(parent), taken="1")
    if not head.num:
        return
    near = range(max(0, at - _NEAR), min(len(parent.children), at + len(leaving) + _NEAR))
    beside = [(place < at, parent.children[place]) for place in near]
    beside = [(is_before, child) for is_before, child in beside if child.num and id(child) not in gone]
    style = style_of(head.label, [child.label for _, child in beside])
    place, last = (dict(readings(node.label)).get(style, ()) for node in (head, [node for node in new if node.num][-1]))
    known = [(is_before, dict(readings(child.label)).get(style)) for is_before, child in beside]
    before = next((each for is_before, each in reversed(known) if is_before and each), None)
    after = next((each for is_before, each in known if not is_before and each), None)
    fits = (before is None or before < place) and (after is None or last < after)
    if after is None and not leaving:  # at the end of a list, or the first of a new one
        fits = fits and (place[0] <= before[0] + _WIDEST_GAP if before else place == (1,))
    if not fits:
        raise Refusal("does-not-fit", words=head.num, place=path_of(parent), order="1")


def take_addresses(old: Node, new: Node) -> None:
    new.eid, new.line = old.eid, old.line
    if old.element == new.element or old.element in SECTIONS:
        new.element = old.element
    new.attributes = dict(old.attributes)
    before = {(child.element, child.label): child for child in old.children if child.num}
    for child in new.children:
        match = before.get((child.element, child.label)) if child.num else None
        if match is not None and match.eid:
            take_addresses(match, child)


def head_of(nodes: Sequence[Node]) -> Node:
    """The first that has a number: headings may come before it."""
    return next((node for node in nodes if node.num), nodes[0])


def after_word(num: str) -> str:
    """``មាត្រា ២៨`` -> ``២៨``."""
    return num.split(None, 1)[-1]


def read_khmer(lines: list[str]) -> list[Node]:
    """New articles in Khmer, read as a law is."""
    document = segment([Block(line) for line in lines], "km")
    nodes = Base.of(document).root.children
    for node in nodes:
        node.parent = None
        for inner in node.walk():
            inner.eid, inner.line = "", 0
    return nodes
