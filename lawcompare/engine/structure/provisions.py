"""Provisions as lines -> a tree: what an act inserts, and laws whose lines carry their numbers one below another.

The level of a number follows from the numbers before it: ``(i)`` after ``(h)`` is the next letter, after ``(1)`` the
first Roman number. Where lines are indented, the indentation decides.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from lawcompare.engine.document import NOTHING, Clause
from lawcompare.engine.structure.numbering import eid_for, format_number, roman_value

# What stands in the order in which laws go down: § 1(a)(1)(A)(i)(I)(aa)(AA).
US_ELEMENTS = {
    "a": "subsection",
    "1": "paragraph",
    "A": "subparagraph",
    "i": "clause",
    "I": "subclause",
    "aa": "item",
    "AA": "subitem",
}
# Canada, the United Kingdom and most of the Commonwealth: 1(1)(a)(i)(A)(I).
COMMONWEALTH_ELEMENTS = {
    "1": "subsection",
    "a": "paragraph",
    "i": "subparagraph",
    "A": "clause",
    "I": "subclause",
    "aa": "item",
}
LEVEL_NAMES = ("section", "subsection", "paragraph", "subparagraph", "clause", "subclause", "item", "subitem")

MARK = re.compile(
    r"\((\d{1,4}[A-Za-z]{0,2}(?:\.\d{1,3})*|[a-z]{1,5}(?:\.\d{1,3})*|[A-Z]{1,5}(?:\.\d{1,3})*)\)[ \u00a0]?"
)
_SECTION = re.compile(
    r"(?:(?P<word>§{1,2}|SEC(?:TION|S?\.)|Sec(?:tion|\.))\s*)(?P<num>\d[\w.–-]*?)\.?(?:\s+(?P<rest>\S.*)|$)", re.DOTALL
)
_BARE_SECTION = re.compile(
    r"(?P<num>\d{1,4}[A-Z]{0,2}(?:\.\d{1,4})*)\.?(?:[ \t\u2002]+(?P<rest>(?:\(1\)|[A-Z“\"\[]).*)|$)", re.DOTALL
)
HEADING = re.compile(r"(?P<heading>[A-Z0-9“][^.“”—]{0,160}?)\.[ \u2001]*—\s*(?P<rest>.*)", re.DOTALL)
_SIDE_NOTE = re.compile(r"\[[^\[\]]{1,300}\]")
_DEFINITION = re.compile(
    r"(?P<term>[^\s(\[][^.;:()\u2002]{0,100}?)(?:, in (?:relation|respect)[^,]{1,80},)?,?\s"
    r"(?:means?|includes?|does not include|has the (?:same )?meaning)\b"
)
_REPEALED_DEFINITION = re.compile(r"(?P<term>[a-z][^.;:()\[\]]{0,100}?) ?\[Repealed\b")


DEEPEST = 20  # levels of a list: what would stand deeper stands beside the last
COMING_MAX = 500  # lines after one that tell whether its "(i)" is a letter or a number


@dataclass(eq=False, slots=True)
class Node:
    """A clause while it is amended: as ``document.Clause``, with its children in order."""

    element: str
    num: str = ""
    heading: str = ""
    text: str = ""
    eid: str = ""
    line: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    title: str = ""  # of a section of the US Code, the number of its title
    lead: str = ""  # lines before a section that belong to no clause, kept as they are
    is_flush: bool = False  # words after a list, which the reader gave to the last item of the list

    def walk(self) -> Iterator[Node]:
        """The node and everything below it, in order."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack += reversed(node.children)

    def last(self) -> Node:
        """The node whose text ends this one: itself, or its last descendant."""
        node = self
        while node.children:
            node = node.children[-1]
        return node

    def add(self, child: Node, at: int | None = None) -> None:
        child.parent = self
        self.children.insert(len(self.children) if at is None else at, child)

    @property
    def label(self) -> str:
        return label(self.num)


def clauses_of(nodes: Sequence[Node], taken: set[str]) -> list[Clause]:
    """The clauses of provisions and all inside them; those without an address get one that is not ``taken``."""
    found: list[Clause] = []
    stack: list[tuple[Node, str | None, int]] = [(node, None, 0) for node in reversed(nodes)]
    places: dict[tuple[str | None, str], int] = {}
    while stack:
        node, parent, depth = stack.pop()
        if node.lead and found:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{node.lead}".lstrip("\n"))
        if node.is_flush and found:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{node.text}".strip("\n"))
            node.eid = found[-1].eid
            continue
        if not node.eid:
            place = places[parent, node.element] = places.get((parent, node.element), 0) + 1
            node.eid = eid_for(parent, node.element, node.num, taken, place)
        attributes = MappingProxyType(node.attributes) if node.attributes else NOTHING
        found.append(
            Clause(node.eid, node.element, node.num, node.heading, node.text, depth, parent, node.line, attributes)
        )
        stack += [(child, node.eid, depth + 1) for child in reversed(node.children)]
    return found


@lru_cache(maxsize=65536)
def label(num: str) -> str:
    """The number alone, as targets name it: ``§ 467g–1`` is ``467g-1``, ``(1.5)`` ``1.5``, ``SEC. 11`` ``11``.

    >>> label("§\\u202f467g–1"), label("(j.1)"), label("SEC. 11."), label("Article 3")
    ('467g-1', 'j.1', '11', '3')
    """
    words = re.sub("[\u00a0\u202f\u2009]", " ", num).replace("–", "-").replace("‑", "-").strip(" .—:-").split()
    text = "".join(words[1:] if len(words) > 1 and words[0].strip("§.").isalpha() else words).lstrip("§").strip("[]")
    return text.replace("(", "").replace(")", "") if text.count("(") < 2 else text


# --- numbers and their order ---------------------------------------------------------------------------------------


def readings(token: str) -> list[tuple[str, tuple[int, ...]]]:
    """What a number can be: its style and its place in the order of that style.

    >>> readings("i"), readings("1.5"), readings("bb")
    ([('a', (9,)), ('i', (1,))], [('1', (1, 5))], [('aa', (2,)), ('a', (28,))])
    """
    base, _, rest = token.partition(".")
    more = tuple(int(each) for each in rest if each.isdigit())  # 4.101 stands between 4.1 and 4.11
    if digits := re.fullmatch(r"(\d+)([A-Za-z]*)", base):
        return [("1", (int(digits[1]), *(ord(each.lower()) - 96 for each in digits[2]), *more))]
    found: list[tuple[str, tuple[int, ...]]] = []
    lower, is_upper = base.lower(), base.isupper()
    if len(lower) == 1:
        found.append(("A" if is_upper else "a", (ord(lower) - 96, *more)))
    if value := roman_value(lower):
        found.append(("I" if is_upper else "i", (value, *more)))
    if len(lower) == 2 and lower[0] == lower[1]:  # the first double letter, or aa after z
        found.append(("AA" if is_upper else "aa", (ord(lower[0]) - 96, *more)))
        found.append(("A" if is_upper else "a", (26 + ord(lower[0]) - 96, *more)))
    return found


def style_of(token: str, like: Sequence[str] = ()) -> str:
    """The style of a number; ``like`` are its siblings', which decide where it has two.

    >>> style_of("v", ["i", "ii"]), style_of("i", ["g", "h"]), style_of("i")
    ('i', 'a', 'a')
    """
    styles = [style for style, _ in readings(token)]
    for sibling in like:
        shared = [style for style in styles if style in dict(readings(sibling))]
        styles = shared or styles
    roman = [style for style in styles if style in ("i", "I")] if like and like[0].lower() == "i" else []
    return next(iter(roman or styles), "")


def follows(new: tuple[int, ...], old: tuple[int, ...]) -> bool:
    """Whether a number comes directly after another: 2 or 1.1 after 1, 2 or 1.2 after 1.1."""
    if new == (old[0] + 1,) or (len(new) > len(old) and new[: len(old)] == old):
        return True
    return len(new) == len(old) > 1 and new[:-1] == old[:-1] and new[-1] > old[-1]


def expand(first: str, last: str, *, is_roman: bool = False) -> list[str]:
    """The numbers from one to another, both included; only the two where they are no run.

    ``is_roman`` decides what ``i`` and ``v`` are where they may be letters too.

    >>> expand("c", "f"), expand("8", "11"), expand("ii", "iv"), expand("a", "b.1")
    (['c', 'd', 'e', 'f'], ['8', '9', '10', '11'], ['ii', 'iii', 'iv'], ['a', 'b.1'])
    """
    for style, low in sorted(readings(first), key=lambda each: (each[0] in "iI") != is_roman):
        for other, high in readings(last):
            if style == other and len(low) == len(high) == 1 and 0 < high[0] - low[0] < 500:
                return [number_in(style, value) for value in range(low[0], high[0] + 1)]
    return [first, last]


def number_in(style: str, value: int) -> str:
    """A number in a style: ``number_in("i", 4)`` is ``iv``."""
    if style == "1":
        return str(value)
    text = format_number(value, "lowerRoman" if style in ("i", "I") else "lowerLetter") * len(style)
    return text.upper() if style.isupper() else text


# --- lines to nodes ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    """A level of the tree that may still get children."""

    node: Node
    style: str
    place: tuple[int, ...]
    indent: int


class LineReader:
    """Makes nodes of lines; ``elements`` names each style of numbers, ``by_indent`` says that indentation decides."""

    def __init__(self, elements: dict[str, str], *, by_indent: bool = False, first_style: str = "") -> None:
        self.elements = elements
        self.by_indent = by_indent
        self.first_style = first_style
        self.root = Node("")
        self.open: list[_Open] = []
        self.side_note = ""
        self.more: dict[Node, list[str]] = {}  # lines after the first of a node

    def read(self, lines: Sequence[tuple[int, int, str]]) -> list[Node]:
        """Nodes of ``(line number, indentation, text)``; text before the first number makes a node without one."""
        marks = [MARK.match(text) for _, _, text in lines]
        tokens = [match[1] if match else "" for match in marks]
        for at, (line, indent, text) in enumerate(lines):
            self._line(line, indent, text, tokens[at + 1 : at + 1 + COMING_MAX])
        if self.side_note:  # a note on nothing: words of the text
            self._words(0, self.side_note, 0)
        for node, more in self.more.items():
            node.text = "\n".join(filter(None, [node.text, *more])).strip()
        return self.root.children

    def _line(self, line: int, indent: int, text: str, coming: Sequence[str]) -> None:
        if _SIDE_NOTE.fullmatch(text) and not text.startswith("[Repealed"):
            self.side_note = text
            return
        section = _SECTION.match(text)
        if section is None and (indent == 0 or not self.open or self.open[0].style == "section"):
            bare = _BARE_SECTION.match(text)
            section = bare if bare and ("1" not in self.elements or self.elements["1"] != "paragraph") else None
        # "12 Persons may …" set in is a line of a list: sections stand outside.
        is_inside = self.by_indent and self.open and self.open[0].style == "section" and indent > self.open[0].indent
        if section and not is_inside:
            self._section(section, line, indent)
        elif MARK.match(text):
            self._marks(text, line, indent, coming)
        else:
            self._words(line, text, indent)

    def _section(self, found: re.Match[str], line: int, indent: int) -> None:
        word, rest = found.groupdict().get("word"), (found["rest"] or "").strip()
        num = found["num"] if not word else f"{word} {found['num']}"
        heading, self.side_note = self.side_note, ""
        if word and rest:
            heading, _, rest = rest.partition("\n")
            if body := re.search(r"\.[ \u2001]+(?=[“(A-Z])", heading):  # "SEC. 11. HEADING. The Administrator shall"
                is_heading = heading[: body.start()].isupper() or bool(re.match(r"[“(]", heading[body.end() :]))
                if is_heading:
                    heading, rest = heading[: body.start()], heading[body.end() :].strip(" “") + f"\n{rest}".rstrip()
            heading = heading.rstrip(" .")
        node = Node("section", num, heading, line=line)
        self.root.add(node)
        self.open = [_Open(node, "section", (), indent)]
        for part in rest.split("\n"):
            if part and MARK.match(part):
                self._marks(part, line, indent + 1, ())
            elif part:
                self._words(line, part, indent + 1)

    def _marks(self, text: str, line: int, indent: int, coming: Sequence[str]) -> None:
        """A line that begins with one number or with several: ``(2)(A) Where …``."""
        at = 0
        while match := MARK.match(text, at):
            self._open_level(match[1], line, indent + bool(at), coming)
            at = match.end()
            if not MARK.match(text, at) or (text[at - 1] == " " and not self._opens(MARK.match(text, at))):
                break
        node, rest = self.open[-1].node, text[at:].strip()
        node.heading, self.side_note = self.side_note, ""
        if heading := HEADING.match(rest):
            node.heading, rest = heading["heading"], heading["rest"]
            if MARK.match(rest) and self._opens(MARK.match(rest)):
                self._marks(rest, line, indent + 1, coming)
                return
        node.text = rest

    def _opens(self, mark: re.Match[str] | None) -> bool:
        return bool(mark) and any(place == (1,) for _, place in readings(mark[1] if mark else ""))

    def _open_level(self, token: str, line: int, indent: int, coming: Sequence[str]) -> None:
        found = readings(token) or [("a", (0,))]
        if self.by_indent:
            while self.open and self.open[-1].indent >= indent and self.open[-1].style != "section":
                self.open.pop()
            if self.open and any(
                style == self.open[-1].style and follows(at, self.open[-1].place) for style, at in found
            ):
                self.open.pop()  # "(2)" after the "(1)" that stands on the line of its section
            levels = [self.open[-1]] if self.open else []
            siblings = [each.label for each in (levels[0].node if levels else self.root).children if each.num]
            style = style_of(token, siblings[-1:] or ()) or found[0][0]
            if not siblings and len(found) > 1 and token in ("i", "I"):
                style = found[1][0]
            self._push(token, style, dict(found).get(style, (0,)), line, indent)
            return
        if not self.open and self.first_style in dict(found):
            self._push(token, self.first_style, dict(found)[self.first_style], line, indent)
            return
        if token in ("i", "I") and any(level.node.label.lower() == "h" for level in self.open):
            next_one = next((each.lower() for each in coming if each.lower() in ("ii", "j")), "")
            if next_one == "ii" or (not next_one and self.open[-1].node.label.lower() != "h"):
                found = [each for each in found if each[0].lower() == "i"]

        def goes_on(is_next: Callable[[tuple[int, ...], tuple[int, ...]], bool]) -> bool:
            for depth in range(len(self.open) - 1, -1, -1):
                level = self.open[depth]
                for style, place in found:
                    if style == level.style and is_next(place, level.place):
                        del self.open[depth:]
                        self._push(token, style, place, line, indent)
                        return True
            return False

        if goes_on(follows):
            return
        used = {level.style for level in self.open}
        firsts = [(style, place) for style, place in reversed(found) if place == (1,) and style not in used]
        if firsts:
            self._push(token, *firsts[0], line, indent)
            return
        if goes_on(operator.gt):
            return
        while len(self.open) > 1 and self.open[-1].style in dict(found):
            self.open.pop()
        self._push(token, *found[0], line, indent)

    def _push(self, token: str, style: str, place: tuple[int, ...], line: int, indent: int) -> None:
        del self.open[DEEPEST:]
        node = Node(self.elements.get(style, "point"), f"({token})", line=line)
        (self.open[-1].node if self.open else self.root).add(node)
        self.open.append(_Open(node, style, place, indent))

    def _words(self, line: int, text: str, indent: int) -> None:
        """A line without number: the first words of its clause, a definition, or words after a list."""
        if self.by_indent:
            while self.open and self.open[-1].indent >= indent:
                self.open.pop()
        term = _DEFINITION.match(text) or _REPEALED_DEFINITION.match(text)
        in_definitions = self.by_indent and term and self.open and self.open[-1].indent < indent
        if in_definitions and (
            self.open[-1].node.text or self.open[-1].node in self.more or self.open[-1].node.children
        ):
            node = Node("alinea", "", "", text, line=line)
            self.open[-1].node.add(node)
            self.open.append(_Open(node, "definition", (), indent))
        elif not self.by_indent and term and (not self.open or self.open[0].style == "definition"):
            node = Node("alinea", "", "", text, line=line)
            self.root.add(node)
            self.open = [_Open(node, "definition", (), indent)]
        elif not self.open:
            self.root.add(Node("alinea", "", self.side_note, text, line=line))
            self.side_note = ""
        else:
            node = self.open[-1].node
            if self.by_indent and node.children:
                node.add(Node("wrapUp", "", "", text, line=line))
            else:
                self.more.setdefault(node, []).append(text.rstrip())


def definition_term(text: str) -> str:
    """The word that a paragraph defines, empty where it defines none.

    >>> definition_term("circumvent means,"), definition_term("The term “dam” means any barrier")
    ('circumvent', 'dam')
    """
    quoted = re.match(r"(?:The terms? |An? )?[“\"‘]([^”\"’]{1,100})[”\"’]", text)
    term = _DEFINITION.match(text) or _REPEALED_DEFINITION.match(text)
    return quoted[1] if quoted else term["term"] if term else ""
