"""What a clause would fall into if it were split at a place: the number, heading and words of what is split off."""

import re
from collections.abc import Iterator
from typing import Any

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document
from lawcompare.engine.structure.correcting.corrections import CorrectedDocument, CorrectionError
from lawcompare.engine.structure.headings import is_titlelike, parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.text.words import clusters

# What stands inside what, where the text itself shows no example.
INSIDE = {
    "article": "paragraph",
    "section": "subsection",
    "subsection": "paragraph",
    "rule": "paragraph",
    "paragraph": "subparagraph",
    "subparagraph": "point",
}
_PLACE = re.compile(r"\n+|(?<=[.;:។៕៖])\s+|(?<=[,\w]) (?=\([0-9a-zA-Z០-៩ក-អ]{1,4}\) )")
PLACES_MAX = 200


def split_values(corrected: CorrectedDocument, key: str, at: int, *, inside: bool) -> dict[str, Any]:
    """The values of a ``split`` correction at ``at`` (code points into the clause's text).

    The number and heading that the words begin with are read as a reader would. Raises CorrectionError where one side
    would be empty or ``at`` stands inside a grapheme cluster (a Khmer letter and its vowel).
    """
    clause = corrected.clause(key)
    head, tail = clause.text[:at], clause.text[at:].lstrip()
    if not head.strip() or not tail:
        raise CorrectionError("both sides of the split must have words")
    if not _between_letters(clause.text, at):
        raise CorrectionError("a letter and its signs are not parted")
    values = _numbered(tail)
    if not values["element"] or (inside and values["element"] not in UNIT_ELEMENTS):
        values["element"] = _element_inside(corrected, key) if inside else clause.element
    line = _line_of(corrected.document, clause, tail)
    return {"at": at, "inside": inside, "line": line, **values}


def places(text: str) -> Iterator[tuple[int, str]]:
    """Where a text may well be split: before its paragraphs, sentences and items, with the words that begin there.

    >>> list(places("The fee is paid. It is 4 riel; (b) none else."))
    [(17, 'It is 4 riel; (b) none else.'), (31, '(b) none else.')]
    """
    for number, match in enumerate(_PLACE.finditer(text)):
        if number >= PLACES_MAX:
            return
        if match.start() and match.end() < len(text):
            yield match.end(), " ".join(text[match.end() : match.end() + 80].split())


def _between_letters(text: str, at: int) -> bool:
    around = text[max(at - 12, 0) : at + 12]
    place = max(at - 12, 0)
    for cluster in clusters(around):
        if place == at:
            return True
        place += len(cluster)
    return place == at


def _numbered(tail: str) -> dict[str, str]:
    first, newline, more = tail.partition("\n")
    heading = parse_heading(first)
    if heading and not heading.goes_on:
        titled = is_titlelike(heading.rest)
        return {
            "element": heading.element,
            "num": heading.num,
            "heading": heading.rest if titled else "",
            "separator": heading.separator.strip(),
            "text": more if titled else heading.rest + newline + more,
        }
    mark = read_mark(tail)
    num, rest = (mark[0].printed, mark[1]) if mark else ("", tail)
    # What stands between number and words and is no space, such as a dash.
    separator = tail[len(num) : len(tail) - len(rest)].strip() if mark else ""
    return {"element": "", "num": num, "heading": "", "separator": separator, "text": rest}


def _element_inside(corrected: CorrectedDocument, key: str) -> str:
    clause = corrected.clause(key)
    children = corrected.document.children.get(clause.eid, ())
    return children[0].element if children else INSIDE.get(clause.element, "point")


def _line_of(document: Document, clause: Clause, tail: str) -> int:
    """The line of the source where the words begin, at or after the clause's own; that line where it is not found."""
    wanted = "".join(tail.split())[:16]
    for number in range(max(clause.line, 1), min(clause.line + 200, len(document.source) + 1)):
        line = "".join(document.source[number - 1].split())
        if wanted in line:
            return number
    return clause.line
