"""Lines of a text file, and which of them are no law text: page numbers, running heads, contents, notes of US codes."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import from_khmer

_PAGE_MARKED = re.compile(
    r"^\s*(?:[-–—]\s*[0-9០-៩]{1,4}\s*[-–—]|\[?page\s+\d{1,4}(?:\s+of\s+\d+)?\]?|ទំព័រ(?:ទី)?\s*[0-9០-៩]+)\s*$", re.I
)
_PAGE_BARE = re.compile(r"^\s*[0-9០-៩]{1,4}\s*$")
_CONTENTS = re.compile(
    r"^\s*(?:(?:table of |arrangement of )?(?:contents|articles|sections)|មាតិកា(?:ពិស្តារ|ពិស្ដារ)?|សារបាញ)\s*:?\s*$", re.I
)
_LEADER = re.compile(r"(?<![-–_.…·])(?:[-–_.…·]\s?){4,}+\s*[-–—]?\s*[0-9០-៩ivxlc]+\b")
# The parts of a section in the plain-text form in which the OLRC published the US Code until 2013.
_FIELD = re.compile(r"^-(?P<name>[A-Z]+[0-9]*|End)-\s*$")
_LAW_FIELDS = ("EXPCITE", "HEAD", "STATUTE")
_US_HEADING = re.compile(
    r"^\[?§§?[\s\u00a0\u202f]?\d+[A-Za-z]*(?:[-–]\d+)?(?:\s*(?:to|,|and)\s*\d+[A-Za-z]*)?\.\]?\s+\S"
)
_US_BARE_HEAD = re.compile(r"^\s*§[\s\u00a0\u202f]?\d+[A-Za-z]{0,2}(?:[-–]\d+)?\s*$")
_US_CREDIT = re.compile(
    r"^\s*\((?:Added |Pub\. L\.|(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*\.? \d{1,2}, \d{4}, ch\. )"
)
_US_NOTE = re.compile(
    r"^\s*(?:Editorial Notes|Statutory Notes and Related Subsidiaries|Historical and Revision Notes)\s*$", re.I
)
_US_FOOTNOTE = re.compile(r"^\d{1,2} So in (?:original|law)\b|^\d{1,2} See References in Text note")


@dataclass(slots=True)
class TextLine:
    """A line of the source. ``furniture`` names what is no law text; ``gap``: a blank line is above."""

    text: str
    number: int
    furniture: str = ""
    after_page: bool = False
    gap: bool = False

    @property
    def words(self) -> str:
        return self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def read_lines(text: str) -> list[TextLine]:
    """The lines of a text that are not blank, with what is no law text named.

    >>> [(line.words, line.furniture) for line in read_lines("Article 1. Aim\\n\\n- 1 -\\n\\fText.")]
    [('Article 1. Aim', ''), ('- 1 -', 'page-number'), ('Text.', '')]
    """
    lines: list[TextLine] = []
    gap, page = True, False
    for number, raw in enumerate(text.split("\n"), 1):
        page = page or "\f" in raw
        words = raw.replace("\f", "").replace("\v", " ").expandtabs(4)
        if not words.strip():
            gap = True
            continue
        lines.append(TextLine(words, number, after_page=page, gap=gap))
        gap, page = False, False
    for step in (_name_fields, _name_pages, _name_contents, _name_us_notes):
        step(lines)
    _close_page_gaps(lines)
    return lines


def width(text: str) -> int:
    """Columns a line takes: Khmer vowel signs and subscript letters stand above or below.

    >>> width("ក្រមព្រហ្មទណ្ឌ"), width("law")
    (6, 3)
    """
    return len(re.sub("\u17d2.|[\u17b4-\u17d3\u200b]", "", text))


def _name_fields(lines: Sequence[TextLine]) -> None:
    if sum(1 for line in lines if _FIELD.match(line.text)) < 2:
        return
    name = ""
    for line in lines:
        if match := _FIELD.match(line.text):
            name = match["name"]
            line.furniture = "field-name"
        elif name == "CITE":
            line.furniture = "citation"
        elif name and name not in _LAW_FIELDS:
            line.furniture = "note"


def _name_pages(lines: Sequence[TextLine]) -> None:
    bare = [line for line in lines if _PAGE_BARE.match(line.text) and not line.furniture]
    numbers = [int(from_khmer(line.words)) for line in bare]
    rising = len(bare) >= 3 and sum(a < b for a, b in pairwise(numbers)) >= len(bare) * 0.8
    for at, line in enumerate(lines):
        if line.furniture:
            continue
        breaks = line.after_page or (at + 1 < len(lines) and lines[at + 1].after_page)
        if _PAGE_MARKED.match(line.text) or (_PAGE_BARE.match(line.text) and (rising or breaks)):
            line.furniture = "page-number"
    _name_running_heads(lines)


def _name_running_heads(lines: Sequence[TextLine]) -> None:
    """Short lines that come again and again at the edge of a page; ``§ 1028`` alone among headings ``§ 1028. …``."""
    pages = any(line.furniture == "page-number" or line.after_page for line in lines)
    if not pages:
        return
    edges = _page_edges(lines)
    words = Counter(_shape(line) for line in lines if not line.furniture)
    at_edge = Counter(_shape(lines[at]) for at in edges)
    us_code = sum(1 for line in lines if _US_HEADING.match(line.words)) >= 2
    for at, line in enumerate(lines):
        shape = _shape(line)
        runs = at in edges and at_edge[shape] >= 3 and at_edge[shape] >= words[shape] * 0.8
        if not line.furniture and (runs or (us_code and _US_BARE_HEAD.match(line.text))):
            line.furniture = "running-head"


def _page_edges(lines: Sequence[TextLine]) -> set[int]:
    """Indexes of the short lines next to a page number or a page break (two above it, two below)."""
    near_edges: set[int] = set()
    for at, line in enumerate(lines):
        if line.furniture == "page-number":
            near_edges.update(range(max(at - 2, 0), min(at + 3, len(lines))))
        elif line.after_page:
            near_edges.update(range(max(at - 2, 0), min(at + 2, len(lines))))
    return {at for at in near_edges if not lines[at].furniture and len(lines[at].words) <= 90}


def _shape(line: TextLine) -> str:
    """The words of a line; the page number that a running head may end or begin with is left out."""
    if parse_heading(line.words) or read_mark(line.words):
        return line.words
    return re.sub(r"^[0-9០-៩]+\s+|\s+[0-9០-៩]+$", "", line.words)


def _name_contents(lines: Sequence[TextLine]) -> None:
    """Lines with dots or dashes that lead to a page number, and what stands between such lines."""
    hits = [at for at, line in enumerate(lines) if _LEADER.search(line.text, 0, 2000) and not line.furniture]
    if len(hits) < 3:
        return
    start = last = hits[0]
    runs: list[tuple[int, int, int]] = []
    count = 1
    for at in hits[1:]:
        if at - last > 8:
            runs.append((start, last, count))
            start, count = at, 0
        last = at
        count += 1
    runs.append((start, last, count))
    for first, end, count in runs:
        if count < 3:
            continue
        while first > 0 and _leads_in(lines, first):
            first -= 1
        if len(lines) - end <= 16 and first > len(lines) * 0.5:
            end = len(lines) - 1  # contents at the end of a print: the rest of the last page
        for line in lines[first : end + 1]:
            line.furniture = line.furniture or "table-of-contents"


def _leads_in(lines: Sequence[TextLine], first: int) -> bool:
    """Whether the line above belongs to the contents: its title within a few lines, or page furniture."""
    above = lines[max(first - 6, 0) : first]
    return any(_CONTENTS.match(line.text) for line in above)


def _name_us_notes(lines: Sequence[TextLine]) -> None:
    """In a print of the US Code: what follows the source credit of a section, up to the next section."""
    if not any(_US_HEADING.match(line.words) for line in lines):
        return
    noting = listing = False
    for line in lines:
        if line.furniture:
            continue
        if _US_HEADING.match(line.words) or re.match(r"^(?:SUB)?(?:CHAPTER|PART|TITLE) \S+\s?[—–-]", line.words):
            noting = listing = False
        elif _US_CREDIT.match(line.text) or _US_NOTE.match(line.text):
            noting, listing = True, False
        elif line.words == "Sec.":
            listing = True
        if noting:
            line.furniture = "note"
        elif listing:
            line.furniture = "table-of-contents"
        elif _US_FOOTNOTE.match(line.words):
            line.furniture = "footnote"


def _close_page_gaps(lines: Sequence[TextLine]) -> None:
    """Blank lines around a page break end no paragraph; notes and contents do."""
    broken = parted = False
    for line in lines:
        if line.furniture:
            broken = True
            parted = parted or line.furniture not in ("page-number", "running-head", "footnote")
            continue
        if parted:
            line.gap = True
        elif broken or line.after_page:
            line.gap = False
            line.after_page = True
        broken = parted = False
