"""Blocks of text in source order -> clauses, with warnings for what is doubtful.

A reader of some format makes the blocks (paragraphs and headings). ``outline`` says which of them are headings and how
the kinds of heading nest, this module builds the tree of headings, and ``lists.list_parser`` what is under each.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lawcompare.engine.document import NOTHING, Clause, Document
from lawcompare.engine.structure.front_matter import (
    MOTTO,
    find_title,
    first_law_name,
    is_chapter_of_laws,
    is_closing,
    is_letterhead,
    set_aside,
)
from lawcompare.engine.structure.headings import IN_BRACKETS, Heading, is_titlelike
from lawcompare.engine.structure.lists.bare_numbers import read_bare_number, with_bare_units, with_headings_on_own_lines
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.lists.list_parser import LETTERS_A_POINT, POINTS_ALWAYS, Filler
from lawcompare.engine.structure.nodes import Aside, Node, flatten, walk, warn_of_clauses
from lawcompare.engine.structure.numbering import ORDER, element_of_eid
from lawcompare.engine.structure.outline import (
    CROSS_HEADING,
    LEAD_END,
    LEAD_START,
    MOSTLY,
    UNITS,
    Block,
    OutlineItem,
    division_names,
    elements_by_level,
    order_of,
    read_items,
    with_cross_headings,
    with_headings_in_brackets,
)

# "1. Ins. by Act 4 of 2005, s. 2 (w.e.f. 1-2-2005).": what Indian prints say of an amendment at the foot of a page.
AMENDMENT_NOTE = re.compile(
    r"(?:\d{1,3}|\*)\.? ?.{0,200}?\b(?:ins|subs|added|omitted|rep|renumbered)\.?(?: and \w{3,9}\.?)? (?:by|vide) "
    r"(?:the )?(?:act|a\.o\.|ordinance|notification|s\.) ?(?:no\. )?\d.{0,160}",
    re.IGNORECASE | re.DOTALL,
)
# Vietnamese has no f, j, w and z.
VIETNAMESE_SKIPS = {("skipped-number-inside", letter) for letter in "gkx"}
SHOWN = 60  # letters of a line in a warning
RULE = re.compile(r"[-_=–—~\s]{5,}")  # a line drawn between two parts of a print
CONTAINERS = [kind for kind in ORDER if kind not in (*UNITS, "schedule", "preamble", "subsection")]
# Furniture that a person may want back, and the kind of its one warning.
SET_ASIDE_WARNINGS = {"table-of-contents": "contents-aside", "cover": "cover-aside", "endnotes": "endnotes-aside"}

__all__ = ["LEAD_END", "LEAD_START", "Block", "segment"]


def segment(
    blocks: Sequence[Block], language: str = "", *, title: str = "", is_code: bool = False, with_contents: bool = False
) -> Document:
    """Make a document in ``language`` of blocks.

    ``title`` is the title where the source states it elsewhere; otherwise it is taken from the first block. ``is_code``
    says that it is a print of a code, whose contents tables are marked by its publisher and need no warning;
    ``with_contents`` that what looks like a contents table is law.

    >>> found = segment([Block("Chapter 1. Scope"), Block("Article 1. Aim"), Block("(1) This law…"), Block("(2) It…")])
    >>> [clause.eid for clause in found.clauses]
    ['chp_1', 'chp_1__art_1', 'chp_1__art_1__para_1', 'chp_1__art_1__para_2']
    """
    return _Segmenter(title, is_code, with_contents).run(blocks, language)


class _Segmenter:
    """One run: collects furniture and warnings while the tree is built."""

    def __init__(self, title: str, is_code: bool, with_contents: bool) -> None:
        self.title = title
        self.is_code = is_code
        self.with_contents = with_contents
        self.aside = Aside()
        self.unit = ""
        self.root = Node("")

    def run(self, blocks: Sequence[Block], language: str) -> Document:
        law = []
        for block in blocks:
            if block.furniture:
                self.aside.put(block.furniture, block.text, block.line)
            elif AMENDMENT_NOTE.fullmatch(block.plain):
                self.aside.put("footnote", block.plain, block.line)
            elif RULE.fullmatch(block.plain):
                self.aside.put("rule", block.plain, block.line)
            elif block.text.strip() or block.attributes:
                law.append(block)
        items = self._without_set_aside(self._without_chapter_of_laws(read_items(law)))
        items = with_headings_on_own_lines(with_headings_in_brackets(with_bare_units(items)))
        items = self._without_closing(with_cross_headings(items))
        for item in items:
            if item.is_doubtful and item.heading is None:
                self.aside.warn(item.block.line, "heading-inside-text", item.block.plain[:SHOWN])
        self._build(items)
        self._take_front()
        schedules = [node for node in walk(self.root) if node.element == "schedule"]
        beside = sum(1 for item in items if item.title) >= MOSTLY * sum(1 for item in items if item.element in UNITS)
        in_schedules = {id(node) for each in schedules for node in walk(each)}
        points = max(POINTS_ALWAYS, sum(len(block.text) for block in law) // LETTERS_A_POINT)
        filler = Filler(self.aside, self.unit, in_schedules, has_marginal_notes=beside, points_left=points)
        for node in list(walk(self.root)):
            filler.fill(node)
        warn_of_clauses(self.root, self.aside)
        clauses: list[Clause] = []
        flatten(self.root, None, -1, set(), clauses)
        warnings = sorted(self.aside.warnings, key=lambda warning: warning.line)
        if language == "vi":
            warnings = [each for each in warnings if (each.kind, each.subject[:1]) not in VIETNAMESE_SKIPS]
        furniture = sorted(self.aside.furniture, key=lambda furniture: furniture.line)
        title = self.title
        if not title and len(self.root.children) == 1 and self.root.children[0].element not in UNITS:
            only = self.root.children[0]  # a file that holds one title or chapter of a code is called by it
            title = " ".join(f"{only.num} {only.heading}".split())
        return Document(title, language, tuple(clauses), tuple(warnings), tuple(furniture))

    # --- contents, cover, endnotes ----------------------------------------------------------------------------------

    def _without_chapter_of_laws(self, items: list[OutlineItem]) -> list[OutlineItem]:
        """ "CHAPTER 6" over the title of an act is where it stands among the laws of its country, and no chapter."""
        words = [*(item.block.plain for item in items), ""]
        headings = [at for at, item in enumerate(items) if item.heading is not None]
        places = {at for at in headings if is_chapter_of_laws(words[at], words[at + 1])}
        first_unit = next((at for at in headings if items[at].element in UNITS), len(items))
        on_cover = {words[at] for at in places}  # where it stands again
        places.update(at for at in headings if at <= first_unit and words[at] in on_cover)
        for at in sorted(places):
            self.aside.put("front-matter", words[at], items[at].block.line)
        return [item for at, item in enumerate(items) if at not in places]

    def _without_set_aside(self, items: list[OutlineItem]) -> list[OutlineItem]:
        """Contents tables, covers and endnotes become furniture, each with one warning."""
        if self.with_contents:
            return items
        law: list[OutlineItem] = []
        start = 0
        marked = next((each.line for each in self.aside.furniture if each.name == "table-of-contents"), 0)
        for name, begin, end in set_aside(items, marked):
            law += items[start:begin]
            start = end
            for item in items[begin:end]:
                self.aside.put(name, item.block.plain, item.block.line)
        for name, kind in SET_ASIDE_WARNINGS.items():
            lines = [each for each in self.aside.furniture if each.name == name]
            if lines and not (self.is_code and name == "table-of-contents"):
                first = lines[0].text.split("\n")[0][:60]
                count = sum(each.text.count("\n") + 1 for each in lines)
                self.aside.warn(lines[0].line, kind, first, lines=str(count))
        return law + items[start:]

    # --- the closing formula ----------------------------------------------------------------------------------------

    def _without_closing(self, items: list[OutlineItem]) -> list[OutlineItem]:
        """Place, date and signature under the last article; what is headed after them, as an annex is, is law again."""
        units = [at for at, item in enumerate(items) if item.element in UNITS]
        after = units[-1] + 1 if units else len(items)
        start = next((at for at in range(after, len(items)) if is_closing(items[at].block.plain)), None)
        if start is None:
            return items
        end = next((at for at in range(start, len(items)) if items[at].heading or items[at].named), len(items))
        for item in items[start:end]:
            self.aside.put("signatures", item.block.plain, item.block.line)
        return items[:start] + items[end:]

    # --- the tree of headings ---------------------------------------------------------------------------------------

    def _build(self, items: list[OutlineItem]) -> None:
        order = order_of(items)
        division = division_names(items, order)
        order |= {name: order[kind] for kind, name in division.items() if kind in order}
        order.setdefault(CROSS_HEADING, min((order[kind] for kind in order if kind in UNITS), default=0))
        kinds = Counter(division.get(item.element, item.element) for item in items if item.heading)
        self.unit = max((kind for kind in kinds if kind in UNITS), key=kinds.__getitem__, default="")
        levels = elements_by_level(items, division)
        path: list[Node] = [self.root]
        before: list[Node] = []  # the path as it was before its headings began to be repeated
        for at, item in enumerate(items):
            here = path[-1]
            if item.heading:
                repeated = _same_on_path(before or path, item, bool(before))
                if repeated:
                    before = before or list(path)
                    path[:] = before[: before.index(repeated) + 1]
                    self.aside.put("repeated-heading", item.block.plain, item.block.line)
                    continue
                self._open(path, order, self._node(item, item.heading, division))
            elif item.named and item.named[0] == CROSS_HEADING:
                self._open(path, order, Node(CROSS_HEADING, "", item.named[1], item.block.line))
            elif item.named and here.num and not here.heading and not here.body and not item.block.level:
                here.body.append(item.block)  # "Article 5" and under it "Annex": its heading
            elif item.named and (item.block.level or not here.num or _ends_articles(items, at)):
                self._open(path, order, Node(item.named[0], "", item.named[1], item.block.line, level=item.block.level))
                path[-1].attributes.update(item.block.attributes)
            elif item.block.level and ("eid" in item.block.attributes or read_mark(item.block.plain) is None):
                self._unnumbered(path, order, levels, item)
            else:
                here.body.append(item.block)
            before = []

    def _node(self, item: OutlineItem, heading: Heading, division: Mapping[str, str]) -> Node:
        block = item.block
        node = Node(
            division.get(heading.element, heading.element), heading.num, "", block.line, heading.value, heading.until
        )
        node.level = block.level
        node.source = block.plain
        node.attributes.update(block.attributes)
        self.aside.put("separator", heading.separator, block.line)
        if item.title:
            node.heading = self.aside.without_point(item.title, block.line)
        rest = heading.rest
        bracketed = IN_BRACKETS.match(rest)
        if bracketed and bracketed.end() < len(rest):
            node.heading, rest = bracketed["heading"], rest[bracketed.end() :]
        elif rest and block.level:
            node.heading, rest = self.aside.without_point(rest, block.line), ""
        if rest:
            node.body.append(replace(block, text=_after(block.text, rest), level=0, attributes=NOTHING))
            node.runs_in = True
        return node

    def _open(self, path: list[Node], order: Mapping[str, int], node: Node) -> None:
        rank = _rank(order, node.element)
        while len(path) > 1 and _rank(order, path[-1].element) >= rank:
            path.pop()
        path[-1].children.append(node)
        path.append(node)

    def _unnumbered(
        self, path: list[Node], order: Mapping[str, int], levels: Mapping[int, str], item: OutlineItem
    ) -> None:
        """A marked heading without a number: the law's title, the heading of the clause just begun, or a clause."""
        block, here = item.block, path[-1]
        words = block.plain
        own_attributes = block.attributes.get("eid", "") or block.attributes.get("text_status", "")
        if len(path) == 1 and not self.root.children and not own_attributes:
            here.body.append(block)
        elif here.num and not here.heading and not here.body:
            here.heading = words
            here.attributes.update(block.attributes)
        else:
            element = element_of_eid(block.attributes.get("eid", "")) or _element_of_level(
                levels, block.level, bool(self.unit)
            )
            if element in UNITS and self.unit and not any(node.element in UNITS for node in walk(self.root)):
                element = "preamble"  # what stands above the first numbered unit is none
            precedes = element == "schedule" and not any(node.element in UNITS for node in walk(self.root))
            if precedes or (element == "paragraph" and (here.element in UNITS or here.element == "schedule")):
                here.body.append(block)
                return
            node = Node(element, "", words, block.line, level=block.level)
            in_schedule = any(above.element == "schedule" for above in path)
            if in_schedule and (bare := read_bare_number(block)) and bare.rest:
                node.num, node.heading, node.value = bare.num, bare.rest, bare.value
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
            self.root.children.insert(0, Node("preamble", "", "", first.line, body=front))
        else:
            for block in front:
                self.aside.put("front", block.text, block.line)

    def _take_title(self, front: list[Block]) -> None:
        self._move("motto", front, [each for each in front[:6] if MOTTO.search(each.plain) and len(each.plain) < 80])
        if (found := find_title(front)) and not any(block.level for block in front):
            title, blocks = found
            self._move("title", front, blocks)
            # A letterhead is set aside where nothing else is left; above a formula its lines belong to the formula.
            if all(is_letterhead(block) for block in front):
                self._move("front-matter", front, list(front))
            self.title = self.title or title
            return
        candidates = [block for block in front if block.level and block.plain]
        if not candidates and front:
            first = first_law_name(front[:6])
            if is_titlelike(first.plain) and re.search(r"[^\W\d]", first.plain):
                candidates = [first]
        self._move("title", front, candidates)
        if candidates and not self.title:
            titles = [re.sub(r"\s+", " ", block.plain) for block in candidates]
            # Of a title in two languages the one in the language of the text; the first where that does not decide.
            self.title = max(titles, key=lambda words: len(re.findall(r"\b(?:on|the|of|and|for|to)\b", words)))

    def _move(self, name: str, front: list[Block], blocks: Sequence[Block]) -> None:
        for block in blocks:
            front.remove(block)
            self.aside.put(name, block.plain, block.line)


def _rank(order: Mapping[str, int], element: str) -> float:
    """The place of an element from the outside in; a heading of a kind that has no numbers stands above the units."""
    if element in order:
        return order[element]
    units = [rank for kind, rank in order.items() if kind in UNITS]
    if element not in CONTAINERS or not units:
        return len(order)
    return min(units) - 1 + (CONTAINERS.index(element) + 1) / (len(CONTAINERS) + 1)


def _ends_articles(items: Sequence[OutlineItem], at: int) -> bool:
    """Whether "ANNEX" on a line of its own is the annex, and no article of the law goes on after it."""
    named = items[at].named
    if named is None or named[0] != "schedule" or not items[at].block.starts:
        return False
    later = next((item.heading for item in items[at + 1 :] if item.heading and item.element in UNITS), None)
    return later is None or (later.value is not None and later.value.base == 1 and not later.value.suffixes)


def _same_on_path(path: Sequence[Node], item: OutlineItem, after_another: bool) -> Node | None:
    """The open clause that a heading merely repeats, as collections of excerpts do above each of them.

    A part or chapter that is open cannot begin again; an article is only taken to go on where the heading of its
    chapter has just been repeated too, for otherwise it is a repeated number.
    """
    for node in path[1:]:
        goes_on = bool(item.rest) if node.element not in UNITS else after_another
        if goes_on and node.num and node.source == item.block.plain:
            return node
    return None


def _after(text: str, rest: str) -> str:
    """The end of ``text`` that reads ``rest`` once the marks of a heading inside the paragraph are left out."""
    at, wanted = len(text.rstrip()), len(rest)
    while wanted and at:
        at -= 1
        wanted -= text[at] not in (LEAD_START, LEAD_END)
    if at and text[at - 1] == LEAD_START:
        at -= 1
    return text[at:]


def _element_of_level(levels: Mapping[int, str], level: int, has_units: bool) -> str:
    """What a heading without a number begins: the same as the numbered headings of its level."""
    if level in levels:
        return levels[level]
    if not has_units:
        return "section"
    unit_level = min((each for each, element in levels.items() if element in UNITS), default=7)
    return "paragraph" if level > unit_level else "division"
