"""The law that is amended, as a tree that can be changed: which provision a target is, and the clauses at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from lawcompare.engine.amend.instructions import ADDRESS, Step, Target
from lawcompare.engine.amend.quotations import TooMuch
from lawcompare.engine.document import NOTHING, Clause, Document
from lawcompare.engine.structure.numbering import from_khmer, number_part
from lawcompare.engine.structure.provisions import Node, clauses_of, definition_term, label

# What it costs to look at a provision, at the name of a law, and at a neighbour in a list, in letters.
OF_A_NODE, OF_A_NAME, LOOKED_AT = 200, 4_000, 12
_NAME_MAX = 300  # letters of the name of a law
_ALIKE = 70  # of a hundred: two names of one law in Khmer, which differ in spelling
SECTIONS = frozenset({"section", "article", "rule", "regulation"})
_ANNOUNCES = ("—", "–", ":", "៖")  # what the words before a list end with
# What acts call the divisions of a law, and what they are here.
_DIVISIONS = {kind: kind for kind in ("schedule", "chapter", "part", "title", "subtitle", "subchapter", "division")}
_DIVISIONS |= {"annex": "schedule", "appendix": "schedule"}
# "## 33 U.S.C. 467a": where a section of the Code begins in a file of several of its titles.
_CODE_LINE = re.compile(r"^#* ?(?P<title>\d+[A-Z]?) U\.S\.C\. (?P<section>.+)$")
_CODE_IDENTIFIER = re.compile(r"^/us/usc/t(?P<title>\d+[A-Za-z]?)/s(?P<section>[^/]+)$")
_CITED_AS = re.compile(
    r"(?:may\s+be cited as|is called|short\s+title(?: of this Act)? is) (?:the |“the |“)?([A-Z][^.”]{3,100})"
)
_KHMER_LINE = re.compile(r"^(?:ច្បាប់|ជំពូក|ផ្នែក|មាតិកា)[^។៖]*$")


class Refusal(Exception):
    """An instruction cannot be carried out; ``reason`` and ``values`` as in ``wording.amending``."""

    def __init__(self, reason: str, **values: str | int | Target) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(slots=True)
class Base:
    """A law while it is amended.

    ``sections`` holds the sections and articles by their number; ``titles`` the titles of the US Code of which the file
    has some; ``names`` how the law is called; ``known`` the numbers that an act's own sections have here.
    """

    document: Document
    root: Node = field(default_factory=lambda: Node(""))
    sections: dict[str, list[Node]] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    known: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    trailing: str = ""  # lines at the end that belong to no clause
    numbers: Mapping[str, str] = NOTHING
    has_laws: bool = False
    _numbered: dict[int, dict[str, list[Node]]] = field(default_factory=dict)
    _all: list[Node] | None = None
    _by_eid: dict[str, Node] = field(default_factory=dict)
    widest: int = 0  # provisions that stand side by side, of most that do
    # Letters that may be looked at for all instructions together; for hints of slips alone, which then are not given.
    letters: int = 250_000_000
    hints: int = 5_000_000

    def spend(self, letters: int) -> None:
        """Note what was looked at. Raises TooMuch: an act costs what it and the law are long, not one by the other."""
        self.letters -= letters
        if self.letters < 0:
            raise TooMuch

    def may_hint(self, letters: int) -> bool:
        self.hints -= letters
        return self.hints >= 0

    @classmethod
    def of(cls, document: Document, numbers: Mapping[str, str] = NOTHING) -> Base:
        """The tree of a document; ``numbers`` gives for numbers of the act's provisions those of the base."""
        base = cls(document, numbers=numbers)
        nodes: dict[str, Node] = {}
        lead = law = ""
        for clause in document.clauses:
            text, after = _without_trailing_lines(clause.text)
            node = Node(
                clause.element, clause.num, clause.heading, text, clause.eid, clause.line, dict(clause.attributes)
            )
            node.lead, lead = lead, after
            law = next((line for line in node.lead.split("\n") if line.startswith("ច្បាប់")), law)
            node.title = law
            nodes[clause.eid] = node
            (nodes[clause.parent] if clause.parent is not None else base.root).add(node)
            base.taken.add(clause.eid)
            if clause.element in SECTIONS:
                base._note_section(node)
        base._by_eid = nodes
        base.widest = max((len(node.children) for node in (base.root, *nodes.values())), default=0)
        base.trailing = lead
        laws = {node.title for nodes in base.sections.values() for node in nodes if node.title and not base.titles}
        base.has_laws = bool(laws)
        cited = [match[1] for clause in document.clauses[:12] if (match := _CITED_AS.search(clause.text))]
        base.names = [name for name in (document.title, *cited, *sorted(laws)) if name]
        return base

    def _note_section(self, node: Node) -> None:
        code = _CODE_LINE.match(node.lead.split("\n")[-1]) if node.lead else None
        code = code or _CODE_IDENTIFIER.match(node.attributes.get("identifier", ""))
        if code is None and not self.sections and self.document.title:
            code = _CODE_LINE.match(self.document.title)
        if code:
            node.title = code["title"]
            self.titles.add(node.title)
        self.enter(node)

    def enter(self, node: Node) -> None:
        """A section or article has a number by which it is found."""
        if node.element in SECTIONS:
            self.sections.setdefault(section_label(node), []).append(node)

    def leave(self, node: Node) -> None:
        """A section or article no longer has its number, or is no longer there."""
        known = self.sections.get(section_label(node), []) if node.element in SECTIONS else []
        if node in known:
            known.remove(node)

    def clauses(self) -> tuple[Clause, ...]:
        """The clauses as they are now; new ones get the addresses that are free."""
        found = clauses_of(self.root.children, self.taken)
        if self.trailing and found:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{self.trailing}".lstrip("\n"))
        return tuple(found)

    # --- which provision a target is -------------------------------------------------------------------------------

    def resolve(self, target: Target) -> Node:
        """The provision; raises Refusal where there is none, or where another law is meant."""
        self.spend(LOOKED_AT * self.widest)
        steps = target.steps
        if not steps:
            return self._whole_law(target)
        if steps[0].kind == ADDRESS:
            return self.at(steps[0].number)
        node = self._outermost(target)
        for at, step in enumerate(steps[1:], 1):
            found = self.child(node, step)
            if found is None:
                raise Refusal("no-target", missing=Target((step,)), where=replace(target, steps=steps[:at], part=""))
            node = found
        return node

    def at(self, eid: str) -> Node:
        """The provision with an address of the base."""
        node = self._by_eid.get(eid)
        if node is None or not self.holds(node):
            raise Refusal("no-target", missing=eid)
        return node

    def holds(self, node: Node) -> bool:
        """Whether a provision is still in the law."""
        while node.parent is not None:
            node = node.parent
        return node is self.root

    def child(self, parent: Node, step: Step) -> Node | None:
        """The child with a number; levels that have no number of their own are looked through."""
        if step.kind == "definition":
            wanted = step.number.lower()
            nodes = [node for node in parent.walk() if node is not parent]
            self.spend(OF_A_NODE * len(nodes))
            return next((node for node in nodes if definition_term(node.text).lower() == wanted), None)
        found = self.numbered(parent).get(step.number, [])
        if len(found) > 1:
            raise Refusal("several-places", missing=Target((step,)), count=len(found))
        return found[0] if found else None

    def numbered(self, parent: Node) -> dict[str, list[Node]]:
        """The children with numbers, by number; levels that have no number of their own are looked through."""
        if id(parent) not in self._numbered:
            index: dict[str, list[Node]] = {}
            self.spend(OF_A_NODE // 4 * len(parent.children))
            stack = list(reversed(parent.children))
            while stack:
                node = stack.pop()
                if node.num:
                    index.setdefault(node.label, []).append(node)
                elif node.element == "wrapUp" or (node.element == "alinea" and not definition_term(node.text)):
                    stack += reversed(node.children)
            self._numbered[id(parent)] = index
        return self._numbered[id(parent)]

    def all_nodes(self) -> list[Node]:
        """Every provision in order."""
        if self._all is None:
            self._all = [node for node in self.root.walk() if node is not self.root]
            self.spend(OF_A_NODE // 4 * len(self._all))
        return self._all

    def note(self, parent: Node, new: Sequence[Node]) -> None:
        """Provisions have been put in: keep what is known of their neighbours."""
        index = self.numbered(parent)
        for node in new:
            if node.num and node not in index.get(node.label, ()):
                index.setdefault(node.label, []).append(node)
        self._all = None

    def forget(self) -> None:
        """The tree has changed: what was kept of its order and numbers is looked up again."""
        self._numbered.clear()
        self._all = None

    def _outermost(self, target: Target) -> Node:
        """The section or division that a target names first."""
        first = target.steps[0]
        if first.kind in SECTIONS:
            return self.section(target, first.number)
        if first.kind in _DIVISIONS:
            found = [node for node in self.all_nodes() if node.element == _DIVISIONS[first.kind]]
            self.spend(OF_A_NODE // 4 * len(self.all_nodes()) + OF_A_NODE * len(found))
            found = [node for node in found if number_part(node.num).removesuffix("-") == first.number]
            if len(found) == 1:
                return found[0]
            raise Refusal("no-target" if not found else "several-places", missing=Target((first,)))
        found_here = self.child(self.root, first) if len(self.root.children) == 1 else None
        if found_here is None:
            raise Refusal("no-target", missing=target)
        return found_here

    def section(self, target: Target, number: str) -> Node:
        """A section by the number that the act gives it, or by the citation beside it."""
        title, wanted = self._place_of(target, number)
        found = self.sections.get(wanted, []) or self.sections.get(wanted.lower(), [])
        if title and self.titles:
            if title not in self.titles:
                raise Refusal("names-another-act", law=target.law or Target(title=title))
            found = [node for node in found if node.title in ("", title)]
        if found and not self.titles and target.law and self.has_laws:  # of several laws, the first without its name
            self.spend(OF_A_NAME * (len(self.names) + len(found)))
            others = [name for name in self.names[1:] if _is_same_law(target.law, name)]
            found = [node for node in found if (_is_same_law(target.law, node.title) if node.title else not others)]
        if not found:
            shown = wanted if title or not target.law else number
            raise Refusal("no-target", missing=Target((Step(target.steps[0].kind, shown),)))
        if len(found) > 1:
            raise Refusal("several-places", missing=Target((Step(target.steps[0].kind, wanted),)), count=len(found))
        return found[0]

    def _place_of(self, target: Target, number: str) -> tuple[str, str]:
        """Title and section here: of the citation, of one before, of what the caller said, or as named."""
        if target.law == "?":
            raise Refusal("not-understood")
        if target.law == "this Act":  # the amending act speaks of itself
            raise Refusal("names-another-act", law=target.law, itself=1)
        if number in self.numbers and not target.title:
            return "", self.numbers[number]
        if target.cited:
            title, section, rest = target.cited
            if "note" in rest:
                raise Refusal("names-another-act", law=target.law)
            if "seq" not in rest and (self.titles or self._looks_like_code()):
                self.known[target.law, number] = (title, section)
                return title, section
        if target.title:
            if not self.titles and not self._looks_like_code():
                raise Refusal("names-another-act", law=target.law)
            return target.title, number
        if (target.law, number) in self.known:
            return self.known[target.law, number]
        if target.law and self.titles:
            reason = "no-target" if any(name == target.law for name, _ in self.known) else "names-another-act"
            raise Refusal(reason, law=target.law, missing=Target((Step(target.steps[0].kind, number),)))
        if target.law and not self.is_called(target.law):
            raise Refusal("names-another-act", law=target.law)
        return "", number

    def _looks_like_code(self) -> bool:
        return any(node.num.startswith("§") for nodes in list(self.sections.values())[:3] for node in nodes)

    def is_called(self, law: str) -> bool:
        """Whether the base can be the law of this name; unknown names of the base exclude none."""
        if not self.names or law in ("Act", "Code", "law", ""):
            return True
        self.spend(OF_A_NAME * len(self.names))
        return any(_is_same_law(law, name) for name in self.names)

    def _whole_law(self, target: Target) -> Node:
        """All of the law; of one cited "33 U.S.C. 467 et seq." the sections from there with the same number."""
        if target.cited and "seq" in target.cited[2] and self.titles:
            title, first, _ = target.cited
            stem = re.match(r"\d+", first)
            self.spend(OF_A_NODE * 4 * sum(map(len, self.sections.values())))
            here = [node for nodes in self.sections.values() for node in nodes if node.title == title and stem]
            chosen = [node for node in here if stem and re.match(rf"{stem[0]}(?!\d)", section_label(node))]
            if not chosen:
                reason = "no-target" if title in self.titles else "names-another-act"
                raise Refusal(reason, law=target.law, missing=Target((Step("section", first),)))
            whole = Node("")
            whole.children = chosen  # shown, not moved: their parents stay
            return whole
        if target.law and (self.titles or not self.is_called(target.law)):
            raise Refusal("names-another-act", law=target.law)
        return self.root


def set_flush_words_apart(root: Node) -> None:
    """Words after a list that a reader of plain text gave to its last item become a child of the clause they end."""
    for node in list(root.walk()):
        owner, (words, _, flush) = node.parent, node.text.partition("\n")
        is_item = owner is not None and owner.children[-1] is node and owner.text.rstrip().endswith(_ANNOUNCES)
        if owner is not None and is_item and flush and node.num and not node.children and not words.endswith(":"):
            node.text = words
            owner.add(Node("wrapUp", text=flush, is_flush=True))


def section_label(node: Node) -> str:
    """The number of a section or article: digits of Khmer as Latin ones, without «ថ្មី»."""
    if node.element == "article":
        number = number_part(node.num)
        return re.sub(r"new\d*$", "", number)
    return label(from_khmer(node.num))


def number_of(node: Node) -> str:
    """The number of a provision as targets name it."""
    return section_label(node) if node.element in SECTIONS else node.label


def _bare(name: str) -> str:
    name = name[:_NAME_MAX].replace("ដ", "ត")  # ស្ដីពី and ស្តីពី are one word
    name = re.sub(r"ច្បាប់\s*ស្តីពី(?=.)", "", name)  # with which all begin
    name = re.sub(r"\b(?:the|of|act|law|code|an|a|\d{4})\b|\W", " ", name.lower())
    return ("" if not name.isascii() else " ").join(name.split())


def _is_same_law(one: str, other: str) -> bool:
    one, other = _bare(one), _bare(other)
    is_khmer = not one.isascii()
    return bool(one and other) and (
        one in other or other in one or (is_khmer and fuzz.partial_ratio(one, other) >= _ALIKE)
    )


def _without_trailing_lines(text: str) -> tuple[str, str]:
    """The text, and the lines at its end that announce the provision after it."""
    lines = text.split("\n")
    at = len(lines)
    while at > 0 and (_CODE_LINE.match(lines[at - 1]) or (at > 1 and _KHMER_LINE.match(lines[at - 1]))):
        at -= 1
    return "\n".join(lines[:at]), "\n".join(lines[at:])
