"""Read the plain text of laws of Canada: marginal notes in brackets, provisions told apart by their indentation."""

import re
from collections.abc import Sequence

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.structure.numbering import eid_for
from lawcompare.engine.structure.provisions import COMMONWEALTH_ELEMENTS, LineReader, Node

_NOTE_LINE = re.compile(r"\[[^\[\]]{2,200}\]")
_SECTION_LINE = re.compile(r"\d{1,4}(?:\.\d{1,4})*[ \t]+(?:\(1\)|\[?[A-Z“])")
_AMENDING = re.compile(r" of the [A-Z].* (?:is|are) (?:amended|replaced|repealed|renumbered)\b")
_FEWEST_NOTES = 2


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
