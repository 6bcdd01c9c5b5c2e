"""Read the plain text of laws of Canada: marginal notes in brackets, provisions told apart by their indentation.

Their amending acts do not quote the provisions that they put in: these are words of the clause that puts them in.
"""

import re
from collections.abc import Sequence

from lawcompare.engine.document import Document
from lawcompare.engine.structure.provisions import COMMONWEALTH_ELEMENTS, LineReader, clauses_of

NOTE_LINE = re.compile(r"\[[^\[\]]{2,200}\]")
_SECTION_LINE = re.compile(r"\d{1,4}(?:\.\d{1,4})*\.?[ \t]+(?:\(1\)|\[?[A-Z“])")
_OWN_NUMBER = re.compile(r"(?:(?P<section>\d{1,3})\.?\s+)?(?:\((?P<part>\d{1,3})\)\s*)?(?=[A-Z“])")
_AMENDING = re.compile(r"\b[Tt]he [A-Z].* (?:is|are) (?:amended|replaced|repealed|renumbered|revoked|deleted)\b")
_IN_FORCE = re.compile(r"\bcomes? into force\b")
_PUTS_IN = re.compile(r"(?<!amended as follows):\Z")
_SAID_WITHIN = 1000  # letters of a line in which it says that it amends
_FEWEST_NOTES = 2
_Line = tuple[int, int, str]  # its number, its indentation, its words


def has_bracketed_notes(lines: Sequence[str]) -> bool:
    """Whether plain text is a law whose marginal notes stand in brackets above unindented section numbers."""
    filled = [line.rstrip() for line in lines if line.strip()]
    sections = [at for at, line in enumerate(filled) if _SECTION_LINE.match(line)]
    noted = sum(1 for at in sections if at and NOTE_LINE.fullmatch(filled[at - 1]))
    return noted >= _FEWEST_NOTES and 2 * noted >= len(sections)


def is_amending_act(lines: Sequence[str]) -> bool:
    """Whether plain text is an amending act whose sections say what is replaced, the new words below not quoted."""
    sections = [text for _, _, text in _apart(lines)[0] if _SECTION_LINE.match(text)]
    return bool(sections) and 2 * sum(1 for text in sections if _AMENDING.search(text[:_SAID_WITHIN])) >= len(sections)


def read_bracketed_notes(lines: Sequence[str], language: str) -> Document:
    """The document of such a text; its indentation says which number stands under which."""
    own, put_in = _apart(lines)
    nodes = LineReader(COMMONWEALTH_ELEMENTS, by_indent=True).read(own)
    for node in {inner.line: inner for top in nodes for inner in top.walk()}.values():
        node.text = "\n".join([node.text, *(text for _, _, text in put_in.get(node.line, ()))])
    for node in nodes:
        if not node.num and not node.heading and len(node.text) <= 120:
            node.element, node.heading, node.text = "crossHeading", node.text, ""
    clauses = clauses_of(nodes, set())
    first = clauses[0]
    return Document(first.heading if first.element == "crossHeading" else "", language, tuple(clauses))


def _apart(lines: Sequence[str]) -> tuple[list[_Line], dict[int, list[_Line]]]:
    """The lines of a law's own provisions, and by the number of such a line what it puts into another law.

    That follows a line that says what is amended and ends with a colon: as far as it is indented like its first line;
    where nothing is indented, up to the next number of the act's own with words of amending.
    """
    own: list[_Line] = []
    put_in: dict[int, list[_Line]] = {}
    new: list[_Line] | None = None
    section = part = "0"
    for at, raw in enumerate((line.expandtabs(4) for line in lines), 1):
        if not (text := raw.strip()):
            continue
        indent = len(raw) - len(raw.lstrip())
        number = _OWN_NUMBER.match(text)
        numbers = (number["section"], number["part"]) if number else (None, None)
        says = text[:_SAID_WITHIN] if any(numbers) else ""
        amends = bool(_AMENDING.search(says))
        if new is not None and (new or not text.startswith(("“", '"'))):
            depth, inside = own[-1][1], new[0][1] if new else indent
            if inside > depth:
                is_own = indent <= depth or (indent < inside and any(numbers))
            else:
                is_next = numbers[0] in (str(int(section) + 1), "1") or numbers == (None, str(int(part) + 1))
                holds_sections = any(found["section"] for _, _, text in new if (found := _OWN_NUMBER.match(text)))
                begins = amends or _IN_FORCE.search(says) or (numbers[0] and is_next and not holds_sections)
                is_own = inside < depth or (is_next and bool(begins))
            if not is_own:
                new.append((at, indent, text))
                continue
            while inside == depth and len(new) > 1 and _is_heading(new[-1][2]):  # of what comes now
                own.append(new.pop())
        own.append((at, indent, text))
        if any(numbers):
            section, part = numbers[0] or section, numbers[1] or "0"
        new = put_in.setdefault(at, []) if amends and _PUTS_IN.search(text) else None
    return sorted(own), put_in


def _is_heading(text: str) -> bool:
    is_title = text[:1].isupper() and text[-1:] not in ".,;:" and len(text) < 80
    return is_title or bool(NOTE_LINE.fullmatch(text))
