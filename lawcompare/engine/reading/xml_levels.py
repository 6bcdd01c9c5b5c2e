"""What the readers of legal XML share: nested levels with number, heading and text become clauses.

A reader says by its sets which elements are levels, blocks and asides; this walks the tree once, in document order.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from lxml import etree

from lawcompare.engine.document import NOTHING, Clause, Document, Furniture, ReadingWarning, Warnings
from lawcompare.engine.reading.paragraphs import OF_A_TABLE, table_blocks
from lawcompare.engine.structure.numbering import eid_for
from lawcompare.engine.structure.outline import Block

# Put between pieces of text while they are gathered; it cannot occur in XML 1.0.
BREAK = "\x1e"
# Tabs between the cells of a row, and what an empty one holds, until white space is settled.
HIDDEN_CELLS, SHOWN_CELLS = str.maketrans("\t\u00a0", "\x0e\x0f"), str.maketrans("\x0e\x0f", "\t\u00a0")
ROWS = frozenset({"tr", "row"})
SPACE = re.compile(r"[ \t\r\n]+")
BREAKS = re.compile(f" ?{BREAK}[{BREAK} ]*")

type Part = tuple[str, list[Any]]  # kind (num, heading, text, level) and its elements and strings
type Nested = tuple[str, list[Any], list[Nested]]  # a part, with the levels that stand beside it but belong below it


class LevelReader:
    """One pass over one file, gathering clauses, furniture and warnings in document order."""

    levels: ClassVar[frozenset[str]]  # begin a clause
    blocks: ClassVar[frozenset[str]]  # begin a line of text
    runs_on: ClassVar[frozenset[str]]  # blocks that in a quotation stand on the line of their number
    asides: ClassVar[Mapping[str, str]]  # are no law text, and the name of the furniture they are
    renamed: ClassVar[Mapping[str, str]] = NOTHING  # where Akoma Ntoso has another word for the same level
    kinds: ClassVar[Mapping[str, str]] = {"num": "num", "heading": "heading", "subheading": "heading"}
    quotes: ClassVar[frozenset[str]]  # hold provisions of another law, which are text here
    cells: ClassVar[frozenset[str]] = frozenset({"td", "th", "column", "designator", "label"})

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self.furniture: list[Furniture] = []
        self.warnings = Warnings()
        self.taken: set[str] = set()
        self.places: Counter[tuple[str | None, str]] = Counter()
        self.numbers: set[tuple[str | None, str, str]] = set()
        self.rows: dict[Any, str] = {}  # the words of the rows of tables that were met

    def document(self, title: str, language: str, meta: Mapping[str, Any]) -> Document:
        """What was read."""
        return Document(title, language, tuple(self.clauses), tuple(self.warnings), tuple(self.furniture), meta)

    # What a format says in its own way.

    def element_of(self, level: Any) -> str:
        name = name_of(level)
        return self.renamed.get(name, name)

    def attributes_of(self, level: Any) -> Mapping[str, str]:
        return NOTHING

    def eid_of(self, level: Any) -> str:
        """The address the source gives, if it gives one."""
        return ""

    def printed(self, level: Any, num: str, heading: str, text: str) -> tuple[str, str, str]:
        """Number, heading and text of a level as a Clause has them."""
        return num, heading, text

    def mark_of(self, element: Any) -> str:
        """The mark of a footnote that is set at an inline element, if it is one."""
        return ""

    def rank_of(self, level: Any) -> int | None:
        """From 1 for the outermost of a level that has those after it below it; 0 of one that is below none."""
        return None

    def nested(self, parts: Iterable[Part]) -> list[Nested]:
        """What stands after a level with a rank, up to one of its rank or above it, is below it."""
        top: list[Nested] = []
        open_ = [(0, top)]
        for kind, nodes in parts:
            rank = self.rank_of(nodes[0]) if kind == "level" else None
            while rank is not None and len(open_) > 1 and open_[-1][0] >= rank:
                open_.pop()
            below: list[Nested] = []
            open_[-1][1].append((kind, nodes, below))
            if rank:
                open_.append((rank, below))
        return top

    # The walk.

    def read_level(self, level: Any, parent: str | None, depth: int, below: list[Nested]) -> None:
        parts = list(self.parts(level))
        split = next((at for at, (kind, _) in enumerate(parts) if kind == "level"), len(parts))
        own, rest = parts[:split], parts[split:]
        texts = []
        for wanted, separator in (("num", " "), ("heading", " "), ("text", "\n")):
            words = (self.words(nodes, separator) for kind, nodes in own if kind == wanted)
            texts.append(separator.join(filter(None, words)))
        num, heading, text = self.printed(level, *texts)
        element = self.element_of(level)
        line = level.sourceline or 0
        if num and (parent, element, num) in self.numbers:
            kind, details = ("repeated-label-inside", {"inside": parent}) if parent else ("repeated-label", NOTHING)
            self.warnings.append(ReadingWarning(line, kind, num, details))
        self.numbers.add((parent, element, num))
        eid = self.add(
            parent,
            element=element,
            eid=self.eid_of(level),
            num=num,
            heading=heading,
            text=text,
            depth=depth,
            line=line,
            attributes=self.attributes_of(level) or NOTHING,
        )
        self.read_parts([*self.nested(rest), *below], eid, depth + 1)

    def read_parts(self, parts: list[Nested], parent: str | None, depth: int) -> None:
        """Children in order: levels, and the flush text that stands after or between them."""
        flush: list[str] = []
        line = 0
        for kind, nodes, below in [*parts, ("end", [], [])]:
            if kind in ("level", "end"):
                if flush:
                    element = "wrapUp" if parent is not None else "hcontainer"
                    self.add(parent, element=element, text="\n".join(flush), depth=depth, line=line)
                    flush = []
                if kind == "level":
                    self.read_level(nodes[0], parent, depth, below)
            elif words := self.words(nodes):
                if not flush:
                    line = next((node.sourceline or 0 for node in nodes if not isinstance(node, str)), 0)
                flush.append(words)

    def add(self, parent: str | None, *, element: str, eid: str = "", num: str = "", **fields: Any) -> str:
        self.places[parent, element] += 1
        if not eid:
            eid = eid_for(parent, element, num, self.taken, self.places[parent, element])
        self.taken.add(eid)
        self.clauses.append(Clause(eid=eid, element=element, num=num, parent=parent, **fields))
        return eid

    def parts(self, container: Any) -> Iterator[Part]:
        """What a level is made of, in order; whatever is neither number, heading nor level runs together as text."""
        run: list[Any] = [container.text] if container.text else []
        for child in container:
            name = name_of(child)
            kind = "level" if name in self.levels else self.kinds.get(name, "")
            if kind or (name and name not in self.asides and self.holds_levels(child)):
                if run:
                    yield "text", run
                run = []
                if kind:
                    yield kind, [child]
                else:
                    yield from self.parts(child)
            elif name:
                run.append(child)
            if child.tail:
                run.append(child.tail)
        if run:
            yield "text", run

    def holds_levels(self, block: Any) -> bool:
        """Whether levels of the law itself, not quoted ones, are inside."""
        if name_of(block) in self.quotes:
            return False
        return any(name_of(child) in self.levels or (len(child) and self.holds_levels(child)) for child in block)

    # Words.

    def words(self, nodes: list[Any], separator: str = "\n") -> str:
        """The words of a run of elements and strings, white space settled, notes and footnotes put aside.

        ``separator`` stands between blocks.
        """
        pieces: list[str] = []
        for node in nodes:
            if isinstance(node, str):
                pieces.append(node)
            else:
                self.gather(node, pieces)
        return settled("".join(pieces), separator)

    def gather(self, element: Any, pieces: list[str]) -> None:
        name = name_of(element)
        if name in ("table", "tgroup") and next(element.iterdescendants("{*}table", "{*}tgroup"), None) is None:
            self.keep_rows(element)
        if mark := self.mark_of(element):
            # Set apart from the number or word it hangs on: "section 115(b),[1] of".
            pieces.append(f"[{mark}]")
        if name in self.asides:
            self.keep_aside(element)
        elif mark or not name:
            return
        elif name == "br":
            pieces.append(BREAK)
        elif element in self.rows:
            pieces += [BREAK, self.rows[element].translate(HIDDEN_CELLS), BREAK]
        elif name in self.blocks or name in self.levels:
            pieces.append(" " if self.is_on_line_of_number(element) else BREAK)
            self.gather_inside(element, pieces)
            pieces.append(BREAK)
        else:
            if "after-quoted-block" in (name, element.get("role")):  # it stands on the last line of the quotation
                while pieces and not pieces[-1].strip(f"{BREAK} \t\r\n"):
                    pieces.pop()
            self.gather_inside(element, pieces)
            if name in self.cells or name in self.kinds:
                pieces.append(" ")

    def keep_rows(self, table: Any) -> None:
        """Note the words of each row of a table as it is kept, with a warning where they have no shape of one."""
        rows = list(table.iterdescendants(*(f"{{*}}{name}" for name in ROWS)))
        cells = [[cell for cell in row if name_of(cell) in self.cells] for row in rows]
        if sum(len(row) >= OF_A_TABLE for row in cells) < OF_A_TABLE:
            return
        aside = len(self.furniture)
        words = [[[Block(self.words([cell], " "), at)] for cell in row] for at, row in enumerate(cells)]
        if kept := table_blocks(words):
            self.rows |= dict.fromkeys(rows, "") | {rows[block.line]: block.text for block in kept}
        else:
            del self.furniture[aside:]  # they are read once more, as lines
            first = " ".join(cell[0].text for cell in words[0])
            self.warnings.append(ReadingWarning(table.sourceline or 0, "table-flattened", first[:80]))

    def is_on_line_of_number(self, block: Any) -> bool:
        """In a quoted provision the text runs on after number and heading, as in print."""
        if name_of(block) not in self.runs_on:
            return False
        before, above = block.getprevious(), block.getparent()
        if before is not None:
            return name_of(before) in self.kinds
        return above is not None and not (above.text or "").strip() and self.is_on_line_of_number(above)

    def gather_inside(self, element: Any, pieces: list[str]) -> None:
        if element.text:
            pieces.append(element.text)
        for child in element:
            self.gather(child, pieces)
            if child.tail:
                pieces.append(child.tail)

    def leave_out_struck(self, elements: Iterable[Any]) -> None:
        """Put aside what a committee struck out, with a warning; the words after it stay where they are."""
        for element in list(elements):
            above = element.getparent()
            if above is None or not is_struck(element):
                continue
            self.keep_aside(element, "deleted-text")
            self.warnings.append(ReadingWarning(element.sourceline or 0, "deleted-text", plain_words(element)[:80]))
            before, tail = element.getprevious(), element.tail or ""
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                above.text = (above.text or "") + tail
            above.remove(element)

    def keep_aside(self, element: Any, name: str = "") -> None:
        words = settled("".join(self.all_words(element)))
        if words:
            name = name or self.asides[name_of(element)]
            self.furniture.append(Furniture(name, words, element.sourceline or 0))

    def all_words(self, element: Any) -> Iterator[str]:
        for event, walked in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
            name = name_of(walked)
            starts_line = name in self.blocks or name in self.levels or name in self.asides or name == "heading"
            edge = BREAK if starts_line else ""
            if event == "start":
                yield edge
                yield walked.text or ""
            else:
                yield edge or (" " if name in self.cells else "")
                if walked is not element:
                    yield walked.tail or ""


def name_of(element: Any) -> str:
    """Local name; empty for a comment or a processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def plain_words(element: Any) -> str:
    """All words of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def is_struck(element: Any) -> bool:
    """Whether the source says that a committee struck the element out."""
    return "deleted" in (element.get("changed"), *(element.get("class") or "").split())


def settled(raw: str, separator: str = "\n") -> str:
    """White space of the markup made one space; ``separator`` where a block begins or ends."""
    return BREAKS.sub(separator, SPACE.sub(" ", raw)).strip().translate(SHOWN_CELLS)
