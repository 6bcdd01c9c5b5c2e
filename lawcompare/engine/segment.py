"""Blocks of text in source order -> the tree of clauses, with what is doubtful said as warnings.

A reader of some format makes the blocks (paragraphs and headings); this module decides which of them begin a clause,
how the clauses nest, and what belongs to no clause. Inside an article the levels are found by ``enumeration``.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from lawcompare.engine.document import NOTHING, Clause, Furniture, Warning
from lawcompare.engine.eid import eid_for, element_of_eid
from lawcompare.engine.enumeration import Mark, Placed, place, read_mark
from lawcompare.engine.headings import is_titlelike
from lawcompare.engine.numbering import Number
from lawcompare.engine.outline import (
    LEAD_END,
    LEAD_START,
    UNITS,
    Block,
    Item,
    contents_run,
    division_names,
    elements_by_level,
    is_marked,
    order_of,
    read_items,
)

_LEAD = re.compile(f"^{LEAD_START}(?P<lead>[^{LEAD_END}]*){LEAD_END}(?P<separator>\\s*[.:]?\\s*[—–-]?\\s*)")
_RUN_IN = re.compile(r"^(?P<lead>[A-Z“\"‘'\[][^.;:]{1,150}?)(?P<separator>\.\s?[-–—]\s?|\.\s+)(?=[A-Z“\"‘'(\[]|$)")
_RUN_IN_DASH = re.compile(r"^(?P<lead>[A-Z“\"‘'\[].{1,200}?)(?P<separator>\.\s?[-–—]+\s?)(?=\S|$)")
_DEFINED = re.compile(
    r"^[“\"‘'«`]{1,2}(?P<term>[^”\"’'»]{1,120})[”\"’'»]{1,2}.{0,60}?"
    r"\b(?:means?|includes?|refers? to|has the (?:same )?meaning|shall (?:mean|include))\b"
    r"|^[^។]{1,60}?\s*(?:សំដៅ|មានន័យថា)"
)
_DEFINITIONS = re.compile(r"\bdefinitions?\b|\binterpretation\b|និយមន័យ|សទ្ទានុក្រម", re.IGNORECASE)
# What Cambodian laws print above their title, and how titles begin.
_MOTTO = re.compile(
    r"^\W*(?:kingdom of cambodia|nation,? religion,? king)\W*$|^\s*(?:ព្រះរាជាណាចក្រកម្ពុជា|ជាតិ\s*សាសនា\s*ព្រះមហាក្សត្រ)\s*$",
    re.I,
)
_LAW_NAME = re.compile(
    r"(?:សេចក្តីព្រាង|សេចក្ដីព្រាង|ច្បាប់|ក្រម|អនុក្រឹត្យ|រដ្ឋធម្មនុញ្ញ|(?:draft |organic )?(?:law|act|code) (?:on|of)\b)", re.I
)
_GOES_ON = re.compile(r"(?:of|and|or|through|shall|is|are|above|below)\b")
_REPEALED = re.compile(
    r"^\W*(?:repealed|reserved|omitted|deleted|vacant|transferred|renumbered)\b|និរាករណ៍", re.IGNORECASE
)
_US_LEVELS = ("subsection", "paragraph", "subparagraph", "clause", "subclause", "item", "subitem")
_US_RANK = {"letter": 0, "khmer": 0, "digit": 1, "capital": 2, "roman": 3, "ROMAN": 4, "double": 5, "DOUBLE": 6}


@dataclass(frozen=True, slots=True)
class Segmented:
    """What a text falls into; the parts of a Document."""

    title: str
    clauses: tuple[Clause, ...]
    warnings: tuple[Warning, ...]
    furniture: tuple[Furniture, ...]


@dataclass(slots=True)
class _Node:
    element: str
    num: str = ""
    heading: str = ""
    line: int = 0
    value: Number | None = None
    level: int = 0
    source: str = ""
    runs_in: bool = False  # whether the first paragraph stands on the line of the number
    attributes: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    parts: list[_Node] = field(default_factory=list)  # sub-clauses, which come before the headings inside


@dataclass(frozen=True, slots=True)
class _Found:
    """A number that a paragraph begins with, the words after it, and the heading between it and a next number."""

    mark: Mark
    rest: str
    lead: str = ""
    separator: str = ""


def segment(blocks: Sequence[Block], *, title: str = "") -> Segmented:
    """Make clauses of blocks.

    ``title`` is the title where the source states it elsewhere; otherwise it is taken from the first block.

    >>> found = segment([Block("Chapter 1. Scope"), Block("Article 1. Aim"), Block("(1) This law…"), Block("(2) It…")])
    >>> [clause.eid for clause in found.clauses]
    ['chp_1', 'chp_1__art_1', 'chp_1__art_1__para_1', 'chp_1__art_1__para_2']
    """
    return _Segmenter(title).run(blocks)


class _Segmenter:
    """One run: collects furniture and warnings while the tree is built."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.furniture: list[Furniture] = []
        self.warnings: list[Warning] = []
        self.has_units = False
        self.root = _Node("")

    def run(self, blocks: Sequence[Block]) -> Segmented:
        law = []
        for block in blocks:
            if block.furniture:
                self._set_aside(block.furniture, block.text, block.line)
            elif block.text.strip() or block.attributes:
                law.append(block)
        items = self._without_contents(read_items(law))
        self._build(items)
        self._take_front()
        for node in list(_walk(self.root)):
            self._fill(node)
        self._doubt_units()
        clauses: list[Clause] = []
        _flatten(self.root, None, -1, set(), clauses)
        self.warnings.sort(key=lambda warning: warning.line)
        self.furniture.sort(key=lambda furniture: furniture.line)
        title = self.title or self._title_of_only_part()
        return Segmented(title, tuple(clauses), tuple(self.warnings), tuple(self.furniture))

    def _set_aside(self, name: str, text: str, line: int) -> None:
        if text.strip():
            self.furniture.append(Furniture(name, text.strip(), line))

    # --- contents ---------------------------------------------------------------------------------------------------

    def _without_contents(self, items: list[Item]) -> list[Item]:
        """A table of contents names every clause before the clauses come: headings without text that come again."""
        run = contents_run(items)
        if not run:
            return items
        start, end = run
        for item in items[start:end]:
            self._set_aside("table-of-contents", item.block.plain, item.block.line)
        return items[:start] + items[end:]

    # --- the tree of headings ---------------------------------------------------------------------------------------

    def _build(self, items: list[Item]) -> None:
        order = order_of(items)
        division = division_names(items, order)
        order |= {name: order[kind] for kind, name in division.items() if kind in order}
        self.has_units = any(item.heading and division.get(item.element, item.element) in UNITS for item in items)
        levels = elements_by_level(items, division)
        path: list[_Node] = [self.root]
        before: list[_Node] = []  # the path as it was before its headings began to be repeated
        for item in items:
            here = path[-1]
            if item.heading:
                repeated = _same_on_path(before or path, item, bool(before))
                if repeated:
                    before = before or list(path)
                    path[:] = before[: before.index(repeated) + 1]
                    self._set_aside("repeated-heading", item.block.plain, item.block.line)
                    continue
                self._open(path, order, self._node(item, division))
            elif item.named and (item.block.level or not here.num):
                self._open(
                    path, order, _Node(item.named[0], "", item.named[1], item.block.line, level=item.block.level)
                )
                path[-1].attributes.update(item.block.attributes)
            elif item.block.level and ("eid" in item.block.attributes or not is_marked(item.block)):
                self._unnumbered(path, order, levels, item)
            else:
                here.body.append(item.block)
            before = []

    def _node(self, item: Item, division: Mapping[str, str]) -> _Node:
        heading, block = item.heading, item.block
        assert heading is not None
        node = _Node(division.get(heading.element, heading.element), heading.num, "", block.line, heading.value)
        node.level = block.level
        node.source = block.plain
        node.attributes.update(block.attributes)
        self._set_aside("separator", heading.separator, block.line)
        if heading.rest and block.level:
            node.heading = self._without_point(heading.rest, block.line)
        elif heading.rest:
            node.body.append(replace(block, text=_after(block.text, heading.rest), attributes=NOTHING))
            node.runs_in = True
        return node

    def _open(self, path: list[_Node], order: Mapping[str, int], node: _Node) -> None:
        rank = order.get(node.element, len(order))
        while len(path) > 1 and order.get(path[-1].element, len(order)) >= rank:
            path.pop()
        path[-1].children.append(node)
        path.append(node)

    def _unnumbered(self, path: list[_Node], order: Mapping[str, int], levels: Mapping[int, str], item: Item) -> None:
        """A marked heading without a number: the law's title, the heading of the clause just begun, or a clause."""
        block, here = item.block, path[-1]
        words = block.plain
        said = block.attributes.get("eid", "") or block.attributes.get("text_status", "")
        if len(path) == 1 and not self.root.children and not said:
            here.body.append(block)
        elif here.num and not here.heading and not here.body:
            here.heading = words
            here.attributes.update(block.attributes)
        else:
            element = element_of_eid(block.attributes.get("eid", "")) or _element_of_level(
                levels, block.level, self.has_units
            )
            if element == "paragraph" and (here.element in UNITS or here.element == "schedule"):
                here.body.append(block)
                return
            node = _Node(element, "", words, block.line, level=block.level)
            node.attributes.update(block.attributes)
            self._open(path, order, node)

    def _take_front(self) -> None:
        """What stands before the first clause: the title of the law, then its preamble."""
        front, self.root.body = self.root.body, []
        if not self.root.children:
            self.root.body = front
            if front and front[0].level:
                self._take_title(self.root.body)
            return
        self._take_title(front)
        if any(re.search(r"\w", block.text) for block in front):
            first = next(block for block in front if block.text.strip())
            self.root.children.insert(0, _Node("preamble", "", "", first.line, body=front))
        else:
            for block in front:
                self._set_aside("front", block.text, block.line)

    def _title_of_only_part(self) -> str:
        """A file that holds one title or chapter of a code is called by it."""
        if len(self.root.children) != 1 or self.root.children[0].element in UNITS:
            return ""
        only = self.root.children[0]
        return " ".join(f"{only.num} {only.heading}".split())

    def _take_title(self, front: list[Block]) -> None:
        for block in [block for block in front[:6] if _MOTTO.search(block.plain) and len(block.plain) < 80]:
            front.remove(block)
            self._set_aside("motto", block.plain, block.line)
        candidates = [block for block in front if block.level and block.plain]
        if not candidates and front:
            first = next((block for block in front[:6] if _LAW_NAME.match(block.plain)), front[0])
            if is_titlelike(first.plain) and re.search(r"[^\W\d]", first.plain):
                candidates = [first]
        for block in candidates:
            front.remove(block)
            self._set_aside("title", block.plain, block.line)
        if candidates and not self.title:
            titles = [re.sub(r"\s+", " ", block.plain) for block in candidates]
            # Of a title in two languages the one in the language of the text; the first where that does not decide.
            self.title = max(titles, key=lambda words: len(re.findall(r"\b(?:on|the|of|and|for|to)\b", words)))

    # --- inside one heading -----------------------------------------------------------------------------------------

    def _fill(self, node: _Node) -> None:
        """Give the paragraphs under one heading to the heading's clause and to the sub-clauses they begin."""
        blocks = self._take_heading(node)
        entries: list[tuple[Block, list[_Found]]] = [(block, _marks(block)) for block in blocks]
        marks: list[Mark] = []
        for at, (_block, found) in enumerate(entries):
            after_text = at > 0 and not entries[at - 1][1]
            marks.extend(replace(each.mark, after_text=after_text) for each in found)
        places_left = place(marks)
        open_nodes: list[_Node] = []
        current = node
        defining = bool(_DEFINITIONS.search(node.heading))
        for at, (block, found) in enumerate(entries):
            places, places_left = places_left[: len(found)], places_left[len(found) :]
            following = entries[at + 1] if at + 1 < len(entries) else None
            if places and places[0].depth >= 0:
                current = self._begin(node, open_nodes, block, found, places, following)
            elif block.flush is not None:
                after = next((place.depth for place in places_left if place.depth >= 0), None)
                current = self._flush(node, open_nodes, block, after)
            elif defining and not open_nodes and _is_definition(block, entries):
                current = _Node("point", "", "", block.line)
                node.parts.append(current)
                _add_text(current, block)
            else:
                _add_text(current, block)
            current.attributes.update(block.attributes)

    def _take_heading(self, node: _Node) -> list[Block]:
        """The heading of a clause may stand in the paragraph of its number, or in the next one."""
        blocks, node.body = node.body, []
        if node.heading or not node.num or not blocks:
            return blocks
        first, rest = blocks[0], blocks[1:]
        same_line = node.runs_in
        words = first.plain
        lead = _LEAD.match(first.text.lstrip())
        if read_mark(words) or (not same_line and first.level == 0 and not self._heads(node, first, rest)):
            return blocks
        split = lead or (same_line and (_RUN_IN_DASH.match(words) or _RUN_IN.match(words)))
        if split and is_titlelike(split["lead"], most_words=20 if "-" in split["separator"] or lead else 10):
            return self._split_heading(node, first, split, rest)
        bare = words.removesuffix(".")
        followed = bool(rest) or bool(node.children) or node.element not in UNITS
        if is_titlelike(words) or (followed and is_titlelike(bare, most_words=14)) or not same_line:
            node.heading = self._without_point(words, first.line)
            node.attributes.update(first.attributes)
            return rest
        if not followed and is_titlelike(bare, most_words=10):
            node.heading = self._without_point(words, first.line)
            return rest
        return blocks

    def _without_point(self, heading: str, line: int) -> str:
        """A heading without the point that ends it, unless the point is that of an abbreviation."""
        if not heading.endswith(".") or heading.endswith("..") or re.search(r"\b(?:etc|\w)\.$", heading):
            return heading
        self._set_aside("separator", ".", line)
        return heading[:-1].rstrip()

    def _split_heading(self, node: _Node, block: Block, split: re.Match[str], rest: list[Block]) -> list[Block]:
        node.heading = self._without_point(split["lead"].strip(), block.line)
        self._set_aside("separator", split["separator"], block.line)
        words = (block.text.lstrip() if split.re is _LEAD else block.plain)[split.end() :]
        return [replace(block, text=words), *rest] if words.strip() else rest

    def _heads(self, node: _Node, first: Block, rest: list[Block]) -> bool:
        """Whether the paragraph after a number is the clause's heading rather than its text."""
        words = first.plain
        if not first.starts or not is_titlelike(words, most_words=20):
            return False
        if node.element not in UNITS:
            return True
        return bool(rest) and first.flush is None

    def _begin(
        self,
        node: _Node,
        open_nodes: list[_Node],
        block: Block,
        found: list[_Found],
        places: list[Placed],
        following: tuple[Block, list[_Found]] | None,
    ) -> _Node:
        """Begin the sub-clauses of one paragraph (two of them for ``(a)(1) …``); return the innermost."""
        rest = found[-1].rest
        for at, (each, placed) in enumerate(zip(found, places, strict=True)):
            if placed.depth < 0:  # "(a) (1) of this section": the second is a word of the text
                rest = found[at - 1].rest
                break
            mark = each.mark
            del open_nodes[placed.depth :]
            parent = open_nodes[-1] if open_nodes else node
            part = _Node(self._element(node, open_nodes, placed), mark.printed, "", block.line, placed.value)
            parent.parts.append(part)
            open_nodes.append(part)
            if each.lead and at + 1 < len(places) and places[at + 1].depth >= 0:
                part.heading = self._without_point(each.lead, block.line)
                self._set_aside("separator", each.separator, block.line)
            if placed.doubt:
                self._doubt(block.line, f"{placed.doubt} inside {_name(node)}", mark.printed)
        current = open_nodes[-1]
        self._give(current, replace(block, text=rest), following)
        return current

    def _give(self, part: _Node, block: Block, following: tuple[Block, list[_Found]] | None) -> None:
        """Divide the words after a number into heading and text."""
        words = block.plain
        split = _LEAD.match(block.text.lstrip()) or _RUN_IN_DASH.match(words)
        if split and (split.re is _LEAD or is_titlelike(split["lead"], most_words=15)):
            part.heading = self._without_point(split["lead"].strip(), block.line)
            self._set_aside("separator", split["separator"], block.line)
            rest = block.text.lstrip()[split.end() :] if split.re is _LEAD else words[split.end() :]
            if rest.strip():
                _add_text(part, replace(block, text=rest))
            return
        text_follows = following is not None and not following[1] and following[0].flush is None
        text_follows = text_follows and following is not None and following[0].starts
        text_follows = text_follows or (part.element == "section" and following is not None)
        if is_titlelike(words, most_words=14) and (text_follows or block.level) and part.element != "point":
            part.heading = words
        elif words:
            _add_text(part, block)

    def _flush(self, node: _Node, open_nodes: list[_Node], block: Block, after: int | None) -> _Node:
        """Begin the wrapUp of the clause whose sub-clauses are over.

        ``^`` leaves open which: it is the clause at the level of the next number (``after``), for the lists inside it
        end here; after the last number it is the outermost lettered clause.
        """
        owner = node
        if block.flush == "^":
            if after is None:
                after = 0 if open_nodes and open_nodes[0].element == "subsection" else -1
            del open_nodes[after + 1 :]
            owner = open_nodes[-1] if open_nodes else node
        elif block.flush:
            for at in range(len(open_nodes) - 1, -1, -1):
                if open_nodes[at].num == block.flush:
                    owner = open_nodes[at]
                    del open_nodes[at + 1 :]
                    break
        part = _Node("wrapUp", "", "", block.line)
        owner.parts.append(part)
        _add_text(part, block)
        return part

    def _element(self, node: _Node, open_nodes: list[_Node], placed: Placed) -> str:
        if not open_nodes and node.element not in UNITS and not self.has_units and placed.kind in ("digit",):
            return "section"
        top = open_nodes[0].element if open_nodes and open_nodes[0].element == "section" else node.element
        if top == "section":
            above = open_nodes[-1].element if open_nodes else ""
            least = _US_LEVELS.index(above) + 1 if above in _US_LEVELS else 0
            return _US_LEVELS[min(max(_US_RANK.get(placed.kind, 0), least), len(_US_LEVELS) - 1)]
        numeric = placed.kind == "digit" or placed.kind.startswith("decimal")
        return "paragraph" if numeric and not open_nodes else "point"

    # --- doubts -----------------------------------------------------------------------------------------------------

    def _doubt(self, line: int, kind: str, what: str) -> None:
        self.warnings.append(Warning(line, f"{kind}: {what}"))

    def _doubt_units(self) -> None:
        units = [node for node in _walk(self.root) if node.element in UNITS and node.num]
        headed = sum(1 for unit in units if unit.heading)
        for unit in units:
            has_words = unit.text or unit.parts or unit.children
            said = unit.attributes.get("text_status") in ("heading-only", "not-known")
            if not has_words and not said and not _REPEALED.search(unit.heading.lstrip("[ ")):
                self._doubt(unit.line, "heading without text", _name(unit))
            if not unit.heading and headed > len(units) * 0.8:
                self._doubt(unit.line, "text without a heading", _name(unit))
        for node in _walk(self.root):
            if node.text and node.num and node.children and node.element not in (*UNITS, "schedule"):
                self._doubt(node.line, "text without a heading", f"words between {_name(node)} and its first clause")
        _doubt_sequences(self.root, self._doubt)


def _walk(node: _Node) -> Iterator[_Node]:
    """The heading clauses under a node (and itself), in document order; sub-clauses are left out."""
    yield node
    for child in node.children:
        yield from _walk(child)


def _same_on_path(path: Sequence[_Node], item: Item, after_another: bool) -> _Node | None:
    """The open clause that a heading merely repeats, as collections of excerpts do above each of them.

    A part or chapter that is open cannot begin again; an article is only taken to go on where the heading of its
    chapter has just been repeated too, for otherwise it is a repeated number.
    """
    words = item.block.plain
    for node in path[1:]:
        if node.source == words and node.num and (node.element not in UNITS or after_another):
            return node
    return None


def _marks(block: Block) -> list[_Found]:
    """The numbers a paragraph begins with, outermost first: two for ``(a)(1) …`` and for ``(a) Aim.—(1) …``."""
    if block.flush is not None:
        return []
    found: list[_Found] = []
    text = block.text.strip()
    doubt = 0.0 if block.starts else 0.85
    while read := read_mark(text, doubt=doubt, indent=block.indent if not found else None):
        mark, rest = read
        if found and not mark.style.endswith(")"):
            break
        if rest.startswith((",", ";", ")")):  # "(3)(A), (4) or (5) of subsection (a)": no clause begins so
            return []
        if _GOES_ON.match(rest):  # "(a) of this section": more likely a reference
            mark = replace(mark, doubt=0.7 if block.starts else 0.95)
        found.append(_Found(mark, rest))
        text, doubt = rest, max(doubt, 0.3)
        split = _LEAD.match(rest) or _RUN_IN_DASH.match(rest)
        if split and rest[split.end() :].startswith("(") and is_titlelike(split["lead"], most_words=15):
            found[-1] = _Found(mark, rest, split["lead"].strip(), split["separator"])
            text = rest[split.end() :]
    if found and found[-1].mark.doubt > found[0].mark.doubt + 0.3:  # "(a)(6) of this section"
        found = [replace(each, mark=replace(each.mark, doubt=found[-1].mark.doubt)) for each in found]
    if found and found[-1].lead:  # no number came after the heading after all
        found[-1] = replace(found[-1], lead="", separator="")
    return found


def _is_definition(block: Block, entries: Sequence[tuple[Block, list[_Found]]]) -> bool:
    """A defined term without a number, in an article that has more than one of them."""
    if not _DEFINED.match(block.plain):
        return False
    return sum(1 for other, marks in entries if not marks and _DEFINED.match(other.plain)) > 1


def _add_text(node: _Node, block: Block) -> None:
    words = block.plain
    if not words:
        return
    if not block.starts and node.text:
        node.text[-1] += " " + words
    else:
        node.text.append(words)


def _after(text: str, rest: str) -> str:
    """The end of ``text`` that reads ``rest`` once the marks of a heading inside the paragraph are left out."""
    at, wanted = len(text.rstrip()), len(rest)
    while wanted and at:
        at -= 1
        wanted -= text[at] not in (LEAD_START, LEAD_END)
    if at and text[at - 1] == LEAD_START:
        at -= 1
    return text[at:]


def _name(node: _Node) -> str:
    return node.num or node.heading or node.element or "the text"


def _element_of_level(levels: Mapping[int, str], level: int, has_units: bool) -> str:
    """What a heading without a number begins: the same as the numbered headings of its level."""
    if level in levels:
        return levels[level]
    if not has_units:
        return "section"
    unit_level = min((each for each, element in levels.items() if element in UNITS), default=7)
    return "paragraph" if level > unit_level else "division"


def _doubt_sequences(node: _Node, doubt: Callable[[int, str, str], None]) -> None:
    """Warn of numbers that are skipped, repeated or out of order; articles are counted through the whole law."""
    by_scope: dict[tuple[int, str], list[tuple[_Node, _Node]]] = defaultdict(list)

    def collect(parent: _Node, scope: _Node) -> None:
        for child in parent.children:
            if child.num and child.value:
                whole = scope if child.element in UNITS else parent
                by_scope[id(whole), child.element].append((child, parent))
            collect(child, child if child.element in (*UNITS, "schedule") else scope)

    collect(node, node)
    for run in by_scope.values():
        _doubt_run(run, doubt)


def _doubt_run(run: Sequence[tuple[_Node, _Node]], doubt: Callable[[int, str, str], None]) -> None:
    last: _Node | None = None
    under: _Node | None = None
    seen: set[Number] = set()
    for child, parent in run:
        value = child.value
        assert value is not None  # see _doubt_sequences
        if last is not None and value.base == 1 and not value.suffixes and parent is not under:
            last, seen = None, set()
        if value in seen:
            doubt(child.line, "repeated number", child.num)
        elif last is not None and last.value is not None and not value.follows(last.value):
            if last.value < value:
                doubt(child.line, "skipped number", f"{child.num} comes after {last.num}")
            else:
                doubt(child.line, "number out of order", f"{child.num} comes after {last.num}")
        seen.add(value)
        last, under = child, parent


def _flatten(node: _Node, eid: str | None, depth: int, taken: set[str], clauses: list[Clause]) -> None:
    """Give each clause its address and put it in document order: sub-clauses before the clauses headed inside."""
    positions: Counter[str] = Counter()
    if depth < 0 and (node.text or node.heading):
        clauses.append(Clause(eid_for(None, "preamble", "", taken, 1), "preamble", text="\n".join(node.text)))
    for child in (*node.parts, *node.children):
        positions[child.element] += 1
        fixed = child.attributes.pop("eid", "")
        if fixed and fixed not in taken:
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
        _flatten(child, own, depth + 1, taken, clauses)
