"""The paragraphs under one heading: what of them is its heading, its text, and which begin sub-clauses."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from lawcompare.engine.structure.headings import is_titlelike
from lawcompare.engine.structure.lists.list_levels import Mark, Placed, place, read_mark
from lawcompare.engine.structure.nodes import Aside, Node, name_of
from lawcompare.engine.structure.numbering import ClauseNumber
from lawcompare.engine.structure.outline import LEAD_END, LEAD_START, ROW, UNITS, Block
from lawcompare.engine.structure.provisions import LEVEL_NAMES

_LEAD = re.compile(f"^{LEAD_START}(?P<lead>[^{LEAD_END}]*){LEAD_END}(?P<separator>\\s*[.:]?\\s*[—–-]?\\s*)")
_RUN_IN = re.compile(
    r"^(?P<lead>[A-Z“\"‘'\[][^.;:]{1,150}?)(?<!\s[A-Z])(?P<separator>\.\s?[-–—]\s?|\.\s+)(?=[A-Z“\"‘'(\[]|$)"
)
_RUN_IN_DASH = re.compile(r"^(?P<lead>[A-Z“\"‘'\[].{1,200}?)(?P<separator>\.\s?[-–—]+\s?)(?=\S|$)")
_DEFINED = re.compile(
    r"^[“\"‘'«`]{1,2}(?P<term>[^”\"’'»]{1,120})[”\"’'»]{1,2}.{0,60}?"
    r"\b(?:means?|includes?|refers? to|has the (?:same )?meaning|shall (?:mean|include))\b"
    r"|^[^។]{1,60}?\s*(?:សំដៅ|មានន័យថា)"
)
_DEFINITIONS = re.compile(r"\bdefinitions?\b|\binterpretation\b|និយមន័យ|សទ្ទានុក្រម", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:of|and|or|through|shall|is|are|above|below)\b")
_SENTENCE = re.compile(r"[.;]['\"”’)]*\s*$")
_BULLET = re.compile("^[-–—•▪]\\s?[ក-ឳ«]")
_US_LEVELS = LEVEL_NAMES[1:]
_US_RANK = {"letter": 0, "khmer": 0, "digit": 1, "capital": 2, "roman": 3, "ROMAN": 4, "double": 5, "DOUBLE": 6}


@dataclass(frozen=True, slots=True)
class _LeadingNumber:
    """A number that a paragraph begins with, the words after it, and the heading between it and a next number."""

    mark: Mark
    rest: str
    lead: str = ""
    separator: str = ""


# No law has more points than this, or than one in so many letters. A damaged file of "(a) (1) (i) (A)" has, and each
# clause costs kilobytes until two texts are compared.
POINTS_ALWAYS = 50_000
LETTERS_A_POINT = 20
# More numbers in a row are no list: "(a)(a)(a)…" of a damaged file must not cost memory by its square.
_MOST_NUMBERS = 8


@dataclass
class Filler:
    """Gives the paragraphs gathered under the headings of one law to clauses and sub-clauses."""

    aside: Aside
    unit: str  # the kind of clause that the law mostly consists of; empty where none has a heading
    in_schedules: Collection[int]  # the ids of the nodes inside schedules, whose points are no units
    has_marginal_notes: bool  # headings stand above the numbers
    points_left: int  # as many points the law may still have; what comes after stays text
    reached: ClauseNumber | None = None  # by the paragraphs of the schedule so far

    def fill(self, node: Node) -> None:
        """Give the paragraphs under one heading to the heading's clause and to the sub-clauses they begin."""
        blocks = self._take_heading(node)
        bare = node.element == "schedule" or id(node) in self.in_schedules
        if not bare or node.element == "schedule":
            self.reached = None
        entries = [(block, self._numbers_of(block, bare)) for block in blocks]
        if node.element == "preamble":
            entries = _without_formulas(entries)
        marks: list[Mark] = []
        for at, (_block, numbers) in enumerate(entries):
            after_text = at > 0 and not entries[at - 1][1]
            marks.extend(replace(each.mark, after_text=after_text) for each in numbers)
        all_places, next_place = place(marks), 0
        open_nodes: list[Node] = []
        current = node
        # The paragraphs of Khmer lists with a dash before each item; one dash alone makes no list.
        dashed = [at for at, (block, marks) in enumerate(entries) if not marks and _BULLET.match(block.plain)]
        bullets = {at for at in dashed if at - 1 in dashed or at + 1 in dashed}
        notes = _marginal_notes(entries) if self.has_marginal_notes and node.element in UNITS else frozenset()
        terms = sum(1 for block, numbers in entries if not numbers and _DEFINED.match(block.plain))
        defining = bool(_DEFINITIONS.search(node.heading)) and terms > 1
        for at, (block, numbers) in enumerate(entries):
            places = all_places[next_place : next_place + len(numbers)]
            next_place += len(numbers)
            following = entries[at + 1] if at + 1 < len(entries) else None
            if places and places[0].depth >= 0:
                current = self._begin(node, open_nodes, block, numbers, places, following)
                if at - 1 in notes and places[0].depth == 0:
                    open_nodes[0].heading = f"{entries[at - 1][0].plain} {open_nodes[0].heading}".strip()
            elif at in notes and next_place < len(all_places) and all_places[next_place].depth == 0:
                continue
            elif block.flush == ROW:
                _add_text(current, block)
            elif block.flush is not None:
                after = next((each.depth for each in islice(all_places, next_place, None) if each.depth >= 0), None)
                current = self._flush(node, open_nodes, block, after)
            elif defining and not open_nodes and _DEFINED.match(block.plain):
                current = Node("point", "", "", block.line)
                node.parts.append(current)
                _add_text(current, block)
            elif at in bullets or (at - 1 in bullets and block.starts):
                owner = open_nodes[-1] if open_nodes else node
                current = Node("point" if at in bullets else "wrapUp", "", "", block.line)
                owner.parts.append(current)
                _add_text(current, block)
            else:
                _add_text(current, block)
            current.attributes.update(block.attributes)

    def _numbers_of(self, block: Block, bare: bool) -> list[_LeadingNumber]:
        if self.points_left <= 0:
            return []
        numbers = _leading_numbers(block, bare)
        self.points_left -= len(numbers)
        if self.points_left <= 0:
            self.aside.warn(block.line, "points-undivided", block.plain[:80])
        return numbers

    def _take_heading(self, node: Node) -> list[Block]:
        """The heading of a clause may stand in the paragraph of its number, or in the next one."""
        blocks, node.body = node.body, []
        if node.heading or not node.num or not blocks:
            return blocks
        first, rest = blocks[0], blocks[1:]
        if first.flush == ROW:
            return blocks
        same_line = node.runs_in
        words = first.plain
        lead = _LEAD.match(first.text.lstrip())
        # Whether the paragraph after a number is the clause's heading rather than its text.
        heads = first.starts and is_titlelike(words, most_words=20)
        heads = heads and (node.element not in UNITS or (bool(rest) and first.flush is None))
        if read_mark(words) or (not same_line and first.level == 0 and not heads):
            return blocks
        split = lead or (same_line and (_RUN_IN_DASH.match(words) or _RUN_IN.match(words)))
        if split and is_titlelike(split["lead"], most_words=20 if "-" in split["separator"] or lead else 10):
            after = self._cut_lead(node, first, split)
            return [replace(first, text=after), *rest] if after.strip() else rest
        bare = words.removesuffix(".")
        followed = bool(rest) or bool(node.children) or node.element not in UNITS
        most = 20 if rest and read_mark(rest[0].plain) else 14 if followed else 10  # a lead to a list ends otherwise
        if is_titlelike(words) or is_titlelike(bare, most_words=most) or not same_line:
            node.heading = self.aside.without_point(words, first.line)
            node.attributes.update(first.attributes)
            return rest
        return blocks

    def _cut_lead(self, node: Node, block: Block, split: re.Match[str]) -> str:
        """Make what a paragraph begins with the heading of its clause; return the words after it."""
        node.heading = self.aside.without_point(split["lead"].strip(), block.line)
        self.aside.put("separator", split["separator"], block.line)
        return split.string[split.end() :]

    def _begin(
        self,
        node: Node,
        open_nodes: list[Node],
        block: Block,
        numbers: list[_LeadingNumber],
        places: list[Placed],
        following: tuple[Block, list[_LeadingNumber]] | None,
    ) -> Node:
        """Begin the sub-clauses of one paragraph (two of them for ``(a)(1) …``); return the innermost."""
        rest = numbers[-1].rest
        for at, (each, placed) in enumerate(zip(numbers, places, strict=True)):
            if placed.depth < 0:  # "(a) (1) of this section": the second is a word of the text
                rest = numbers[at - 1].rest
                break
            mark = each.mark
            del open_nodes[placed.depth :]
            parent = open_nodes[-1] if open_nodes else node
            part = Node(self._element(node, open_nodes, placed, mark), mark.printed, "", block.line, placed.value)
            parent.parts.append(part)
            open_nodes.append(part)
            if each.lead and at + 1 < len(places) and places[at + 1].depth >= 0:
                part.heading = self.aside.without_point(each.lead, block.line)
                self.aside.put("separator", each.separator, block.line)
            skips = placed.warning == "skipped-number" and not at and len(open_nodes) == 1
            # A paragraph of a schedule may go on counting from the part of the schedule above it.
            runs_on = skips and self.reached and placed.value and placed.value.follows(self.reached)
            if placed.warning and not runs_on:
                # A kind of its own: an importer refuses a repeated article, not a repeated sub-clause.
                self.aside.warn(block.line, f"{placed.warning}-inside", mark.printed, inside=name_of(node))
        if places[0].depth == 0:
            self.reached = places[0].value
        current = open_nodes[-1]
        self._give(current, replace(block, text=rest), following)
        return current

    def _give(self, part: Node, block: Block, following: tuple[Block, list[_LeadingNumber]] | None) -> None:
        """Divide the words after a number into heading and text."""
        words = block.plain
        split = _LEAD.match(block.text.lstrip()) or _RUN_IN_DASH.match(words)
        if split and (split.re is _LEAD or is_titlelike(split["lead"], most_words=15)):
            if (rest := self._cut_lead(part, block, split)).strip():
                _add_text(part, replace(block, text=rest))
            return
        text_follows = following is not None and not following[1] and following[0].flush is None
        text_follows = text_follows and following is not None and following[0].starts
        text_follows = text_follows or (part.element in UNITS and following is not None)
        if is_titlelike(words, most_words=14) and (text_follows or block.level) and part.element != "point":
            part.heading = words
        elif words:
            _add_text(part, block)

    def _flush(self, node: Node, open_nodes: list[Node], block: Block, after: int | None) -> Node:
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
        part = Node("wrapUp", "", "", block.line)
        owner.parts.append(part)
        _add_text(part, block)
        return part

    def _element(self, node: Node, open_nodes: list[Node], placed: Placed, mark: Mark) -> str:
        if placed.kind.startswith("named "):
            return placed.kind.removeprefix("named ").replace("subpoint", "point")
        # "5." right under a part or chapter, or in a text without headings, is a section by itself.
        may_hold_units = node.element not in (*UNITS, "schedule") and id(node) not in self.in_schedules
        may_hold_units = may_hold_units and (not self.unit or (bool(node.num) and not mark.style.startswith("(")))
        if not open_nodes and placed.kind == "digit" and may_hold_units:
            return self.unit or "section"
        top = open_nodes[0].element if open_nodes and open_nodes[0].element in UNITS else node.element
        if top == "section":
            above = open_nodes[-1].element if open_nodes else ""
            least = _US_LEVELS.index(above) + 1 if above in _US_LEVELS else 0
            return _US_LEVELS[min(max(_US_RANK.get(placed.kind, 0), least), len(_US_LEVELS) - 1)]
        numeric = placed.kind == "digit" or placed.kind.startswith("decimal")
        return "paragraph" if numeric and not open_nodes else "point"


def _leading_numbers(block: Block, bare: bool) -> list[_LeadingNumber]:
    """The numbers a paragraph begins with, outermost first: two for ``(a)(1) …`` and for ``(a) Aim.—(1) …``."""
    if block.flush is not None:
        return []
    numbers: list[_LeadingNumber] = []
    text = block.text.strip()
    uncertainty = 0.0 if block.starts else 0.85
    indent = block.indent
    while read := read_mark(text, uncertainty=uncertainty, indent=indent, bare=bare and not numbers):
        indent = None
        mark, rest = read
        if len(numbers) == _MOST_NUMBERS or (numbers and not mark.style.endswith(")")):
            break
        if rest.startswith((",", ";", ")")):  # "(3)(A), (4) or (5) of subsection (a)": no clause begins so
            return []
        if _GOES_ON.match(rest):  # "(a) of this section": more likely a reference
            mark = replace(mark, uncertainty=0.7 if block.starts else 0.95)
        numbers.append(_LeadingNumber(mark, rest))
        text, uncertainty = rest, max(uncertainty, 0.3)
        split = _LEAD.match(rest) or _RUN_IN_DASH.match(rest)
        if split and rest[split.end() :].startswith("(") and is_titlelike(split["lead"], most_words=15):
            numbers[-1] = _LeadingNumber(mark, rest, split["lead"].strip(), split["separator"])
            text = rest[split.end() :]
    if numbers and numbers[-1].mark.uncertainty > numbers[0].mark.uncertainty + 0.3:  # "(a)(6) of this section"
        numbers = [replace(each, mark=replace(each.mark, uncertainty=numbers[-1].mark.uncertainty)) for each in numbers]
    return numbers


def _without_formulas(entries: list[tuple[Block, list[_LeadingNumber]]]) -> list[tuple[Block, list[_LeadingNumber]]]:
    """A list in Khmer letters begins with ក; "ជ. ក្រុមប្រឹក្សារដ្ឋ" is how a decree is signed for somebody."""
    first = ("khmer", ClauseNumber(1))
    if any(first in each.mark.readings for _block, numbers in entries for each in numbers):
        return entries
    return [
        (block, [] if any(each.mark.readings[0][0] == "khmer" for each in numbers) else numbers)
        for block, numbers in entries
    ]


def _marginal_notes(entries: Sequence[tuple[Block, list[_LeadingNumber]]]) -> frozenset[int]:
    """The lines that stand above a subsection as its heading, as "Exception" above "(2)" in laws of Canada."""
    return frozenset(
        at
        for at, (block, numbers) in enumerate(entries[:-1])
        if not numbers and at and is_titlelike(block.plain, most_words=10) and block.starts
        and [each.mark.readings[0][0] for each in entries[at + 1][1]][:1] == ["digit"]
        and _SENTENCE.search(entries[at - 1][0].plain)
    )  # fmt: skip


def _add_text(node: Node, block: Block) -> None:
    words = block.text if block.flush == ROW else block.plain
    if not words:
        return
    if not block.starts and node.text:
        node.text[-1] += " " + words
    else:
        node.text.append(words)
