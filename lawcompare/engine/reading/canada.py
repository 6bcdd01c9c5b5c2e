"""Read the laws of Canada: the XML of the Department of Justice, and plain text with its marginal notes in brackets.

The XML holds consolidated laws (``Statute``, ``Regulation``) and the laws of a year (``Bill``), whose new words for
another law are text of the provision that gives them: one line a provision, a marginal note in brackets before it.
"""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse
from lawcompare.engine.reading.xml_levels import BREAK, LevelReader, name_of, plain_words
from lawcompare.engine.structure.numbering import eid_for
from lawcompare.engine.structure.provisions import COMMONWEALTH_ELEMENTS, LineReader, Node

ROOTS = frozenset({"Statute", "Regulation", "Bill"})
_QUOTE = "AmendedText"
_NOTE_LINE = re.compile(r"\[[^\[\]]{2,200}\]")
_SECTION_LINE = re.compile(r"\d{1,4}(?:\.\d{1,4})*[ \t]+(?:\(1\)|\[?[A-Z“])")
_AMENDING = re.compile(r" of the [A-Z].* (?:is|are) (?:amended|replaced|repealed|renumbered)\b")
_FEWEST_NOTES = 2


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law of Canada. Raises ReadingError for other XML and for one without a section.

    >>> law = read(b"<Statute><Body><Section><MarginalNote>Aim</MarginalNote><Label>1</Label><Text>It aims.</Text>"
    ...            b"</Section></Body></Statute>")
    >>> [(clause.num, clause.heading, clause.text) for clause in law.clauses]
    [('1', 'Aim', 'It aims.')]
    """
    root = parse(data)
    if name_of(root) not in ROOTS:
        raise ReadingError("this XML is no law of Canada: its root is none of Statute, Regulation and Bill")
    try:
        return _CanadianLevels().read(root, language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _CanadianLevels(LevelReader):
    levels = frozenset(
        {"Heading", "Section", "Subsection", "Paragraph", "Subparagraph", "Clause", "Subclause", "Definition"}
    )
    blocks = frozenset({"Text", "Provision", "ContinuedSectionSubsection", "ContinuedParagraph", "ContinuedDefinition"})
    runs_on = frozenset({"Text"})
    asides: ClassVar = {
        "HistoricalNote": "source-credit",
        "Footnote": "footnote",
        "Introduction": "front-matter",
        "RelatedOrNotInForce": "note",
        "RecentAmendments": "note",
    }
    renamed: ClassVar = {"Heading": "crossHeading", "Definition": "alinea"}
    kinds: ClassVar = {"Label": "num", "MarginalNote": "heading", "TitleText": "heading"}
    quotes = frozenset({_QUOTE})

    def read(self, root: Any, language: str | None) -> Document:
        for part in root.iterchildren("*"):
            if name_of(part) in ("Body", "Schedule"):
                self.read_parts(self.nested(self.parts(part)), None, 0)
            elif name_of(part) != "Identification":
                self.keep_aside(part, self.asides.get(name_of(part), "end-matter"))
        if not any(clause.num for clause in self.clauses):
            raise ReadingError("this law of Canada holds no section")
        title = next((words for name in ("ShortTitle", "LongTitle") for words in map(plain_words, root.iter(name))), "")
        declared = (root.get("{http://www.w3.org/XML/1998/namespace}lang") or "en")[:2].lower()
        return self.document(title or "Untitled law", language or declared, {"format": "canada"})

    def element_of(self, level: Any) -> str:
        return super().element_of(level).lower() if name_of(level) != "Heading" else "crossHeading"

    def gather(self, element: Any, pieces: list[str]) -> None:
        """A marginal note of quoted provisions stands on a line of its own."""
        name = name_of(element)
        is_history = any(name_of(each) == "HistoricalNote" for each in element)
        if (
            name == "MarginalNote"
            and not is_history
            and any(name_of(each) == _QUOTE for each in element.iterancestors())
        ):
            pieces.append(f"{BREAK}[{plain_words(element)}]{BREAK}")
        else:
            super().gather(element, pieces)


def has_bracketed_notes(lines: Sequence[str]) -> bool:
    """Whether plain text is a law whose marginal notes stand in brackets above unindented section numbers."""
    filled = [line.rstrip() for line in lines if line.strip()]
    sections = [at for at, line in enumerate(filled) if _SECTION_LINE.match(line)]
    noted = sum(1 for at in sections if at and _NOTE_LINE.fullmatch(filled[at - 1]))
    return noted >= _FEWEST_NOTES and 2 * noted >= len(sections)


def is_amending_act(lines: Sequence[str]) -> bool:
    """Whether plain text is an amending act whose sections say what is replaced, the new words indented below them."""
    sections = [line for line in lines if _SECTION_LINE.match(line)]
    return bool(sections) and 2 * sum(1 for line in sections if _AMENDING.search(line)) >= len(sections)


def read_bracketed_notes(lines: Sequence[str], language: str) -> Document:
    """The document of such a text; its indentation says which number stands under which."""
    numbered = [(at, len(line) - len(line.lstrip()), line.strip()) for at, line in enumerate(lines, 1) if line.strip()]
    reader = LineReader(COMMONWEALTH_ELEMENTS, by_indent=True)
    clauses: list[Clause] = []
    taken: set[str] = set()

    def flatten(nodes: Sequence[Node], parent: str | None, depth: int) -> None:
        places: dict[str, int] = {}
        for node in nodes:
            if depth == 0 and not node.num and not node.heading and len(node.text) <= 120:
                node.element, node.heading, node.text = "crossHeading", node.text, ""
            places[node.element] = places.get(node.element, 0) + 1
            eid = eid_for(parent, node.element, node.num, taken, places[node.element])
            clauses.append(Clause(eid, node.element, node.num, node.heading, node.text, depth, parent, node.line))
            flatten(node.children, eid, depth + 1)

    flatten(reader.read(numbered), None, 0)
    first = clauses[0]
    return Document(first.heading if first.element == "crossHeading" else "", language, tuple(clauses))
