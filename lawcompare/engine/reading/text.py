"""Plain text -> Document. The lines may be broken anywhere, carry page numbers and hold what is no law text.

``read_lines`` names page numbers, running heads, contents and the notes of US codes; ``paragraphs`` puts together what
was broken at the width of a page, also a word broken by a hyphen.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.reading.canada import has_bracketed_notes, is_amending_act, read_bracketed_notes
from lawcompare.engine.reading.decoding import decode
from lawcompare.engine.reading.legacy_fonts import convert_lines, is_torn
from lawcompare.engine.structure.front_matter import stands_alone
from lawcompare.engine.structure.headings import ends_sentence, parse_heading, parse_unnumbered
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.structure.outline import CONTENTS, ROW, Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.languages import detect_language

_PAGE_MARKED = re.compile(
    r"^\s*(?:[-–—]\s*[0-9០-៩]{1,4}\s*[-–—]|\[?page\s+\d{1,4}(?:\s+of\s+\d+)?\]?|ទំព័រ(?:ទី)?\s*[0-9០-៩]+)\s*$", re.I
)
_PAGE_BARE = re.compile(r"^\s*[0-9០-៩]{1,4}\s*$")
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

CELL = "\ufdef"  # between the cells of a table row, as another reader puts it; no text holds it

_CONNECTIVE = re.compile(r"\b(?:and|or|of|the|a|an|for|in|with|to|by|on|from|as|at|nor)$|,$", re.IGNORECASE)
_DASH_ITEM = re.compile(r"^[-–—•▪*]\s?(?=[^\s\d\-–—])")
_KHMER_BULLET = re.compile("^[-–—•▪][ក-ឳ«]")
# Looked for from the beginning of a word alone: from each of its letters a line without spaces took hours.
_HYPHEN = re.compile(r"(?<![^\W\d_])(?P<head>[^\W\d_]+)[-\u00ad]$")
_STRONG_END = re.compile(r"[.;:។៕៖]['\"”’)]*\s*$|(?:[–—]|--|\s-)\s*$|;\s*(?:and|or)\s*$")
_WIDE_NUMBER = re.compile(r"\d{1,4}[A-Z]{0,3}(?:\t| {2,})\s*[A-Z]")  # "12  Short title"
_LOWER = re.compile(r"[a-z]")
_WIDEST_PAGE = 140  # columns
# A line is broken where the next word would not have fitted. Where so many lines end so much before the width that a
# tenth of all lines has, the width did not end them: they are headings, and paragraphs stand on one line each.
_EARLY, _MOST_EARLY, _FEWEST_EARLY = 0.75, 0.7, 3
_ALIKE, _MOSTLY, _NARROWEST_COLUMN = 0.2, 0.6, 30


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from plain text; raises ReadingError for text in no known encoding.

    Khmer typed in an old font is taken for Limon or ABC and put into Unicode where that gives words, with a warning.

    >>> read("មាត្រា ១.- គោលបំណង\\nច្បាប់នេះមានគោលបំណង ។\\n".encode()).clauses[0].num
    'មាត្រា ១'
    """
    text = decode(data)
    converted = convert_lines(text) if is_torn(text) else None
    if converted is not None:
        text, family = converted
    lines = text.split("\n")
    if has_bracketed_notes(lines) or is_amending_act(lines):
        return read_bracketed_notes(lines, language or detect_language(text))
    blocks = sorted(paragraphs(read_lines(text)), key=lambda block: block.line)
    document = segment(blocks, language or detect_language(text))
    if converted is None:
        return document
    warnings = (ReadingWarning(0, "font-guessed", family), *document.warnings)
    return replace(document, warnings=warnings, meta={"text": "converted-font"}, source=tuple(text.split("\n")))


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
        gap, page = CELL in raw, False
    for step in (_name_fields, _name_pages, _name_running_heads, _name_contents, _name_us_notes, _close_page_gaps):
        step(lines)
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


def _name_running_heads(lines: Sequence[TextLine]) -> None:
    """Short lines that come again and again at the edge of a page; ``§ 1028`` alone among headings ``§ 1028. …``."""
    if not any(line.furniture == "page-number" or line.after_page for line in lines):
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
        if line.furniture == "page-number" or line.after_page:
            below = 3 if line.furniture == "page-number" else 2
            near_edges.update(range(max(at - 2, 0), min(at + below, len(lines))))
    return {at for at in near_edges if not lines[at].furniture and len(lines[at].words) <= 90}


def _shape(line: TextLine) -> str:
    """The words of a line; the page number that a running head may end or begin with is left out."""
    if parse_heading(line.words) or read_mark(line.words):
        return line.words
    return re.sub(r"^[0-9០-៩]+\s+|\s+[0-9០-៩]+$", "", line.words)


def _name_contents(lines: Sequence[TextLine]) -> None:
    """Lines with dots or dashes that lead to a page number, and what stands between such lines."""
    hits = [at for at, line in enumerate(lines) if _LEADER.search(line.text, 0, 2000) and not line.furniture]
    runs: list[list[int]] = []
    for at in hits:
        if not runs or at - runs[-1][-1] > 8:
            runs.append([])
        runs[-1].append(at)
    for run in runs:
        if len(run) < 3:
            continue
        first, end = run[0], run[-1]
        while any(CONTENTS.match(line.text) for line in lines[max(first - 6, 0) : first]):
            first -= 1  # up to the title of the contents
        if len(lines) - end <= 16 and first > len(lines) * 0.5:
            end = len(lines) - 1  # contents at the end of a print: the rest of the last page
        for line in lines[first : end + 1]:
            line.furniture = line.furniture or "table-of-contents"


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


@dataclass
class _Paragraph:
    lines: list[TextLine] = field(default_factory=list)
    starts: bool = True
    flush: bool = False
    is_heading: bool = False
    is_title: bool = False  # the words of a heading whose number stands alone on the line above

    @property
    def last(self) -> str:
        return self.lines[-1].words


def paragraphs(lines: Sequence[TextLine]) -> Iterator[Block]:
    """The blocks of a text: its paragraphs where it is hard-wrapped, else its lines; furniture is named.

    >>> [block.text for block in paragraphs(read_lines("Article 1. Aim\\nThis law has the docu-\\nment as aim."))]
    ['Article 1. Aim', 'This law has the document as aim.', '-']
    """
    law = [line for line in lines if not line.furniture and CELL not in line.text]
    for line in lines:
        if line.furniture:
            yield Block(line.words, line.number, furniture=line.furniture)
        elif CELL in line.text:
            yield Block(line.text.replace(CELL, "\t"), line.number, flush=ROW)
    page = page_width(law)
    if not is_wrapped(law, page):
        for line in law:
            yield Block(line.words, line.number, indent=None)
        return
    vocabulary = _vocabulary(law)
    # Where sub-clauses are set in, the columns say on which level they are.
    indented = len({line.indent for line in law if read_mark(line.words)}) > 1
    for paragraph in _gather(law, page):
        text, hyphens = _join([line.words for line in paragraph.lines], vocabulary)
        first = paragraph.lines[0]
        indent = first.indent if indented else None
        yield Block(text, first.number, indent=indent, starts=paragraph.starts, flush="^" if paragraph.flush else None)
        if hyphens:
            yield Block(" ".join(hyphens), first.number, furniture="line-end-hyphen")


def page_width(lines: Sequence[TextLine]) -> int:
    """The width at which lines are broken, from the lines that end inside a sentence; some may hang over."""
    broken = [above for above, _line in _broken(lines)]
    widths = sorted(width(line.text.rstrip()) for line in broken or lines)
    return widths[int((len(widths) - 1) * 0.75)] if widths else 0


def _broken(lines: Sequence[TextLine]) -> list[tuple[TextLine, TextLine]]:
    """The lines that end inside a sentence, each with the one after it."""
    return [
        (above, line)
        for above, line in pairwise(lines)
        if not (ends_sentence(above.words) or line.gap or _begins_clause(line.words) or _is_bare(above.words))
    ]


def _ends_early(lines: Sequence[TextLine]) -> bool:
    """Whether most lines that end inside a sentence had room for the next word."""
    pairs = _broken(lines)
    widths = sorted(width(line.text.rstrip()) for line in lines)
    full = widths[int((len(widths) - 1) * 0.9)] if widths else 0
    page = page_width(lines)
    inside = [width(above.text.rstrip()) for above, _line in pairs if not _begins_clause(above.words)]
    alike = sum(1 for each in inside if abs(each - page) < _ALIKE * page)
    if page >= _NARROWEST_COLUMN and 2 * len(inside) >= len(pairs) and alike > _MOSTLY * len(inside):
        return False  # a column narrower than some of the lines
    early = sum(
        1 for above, line in pairs if width(above.text.rstrip()) + 1 + width(line.words.split()[0]) < _EARLY * full
    )
    return early >= max(_FEWEST_EARLY, _MOST_EARLY * len(pairs))


def is_wrapped(lines: Sequence[TextLine], page: int) -> bool:
    """Whether lines are broken inside sentences."""
    if page > _WIDEST_PAGE or _ends_early(lines):
        return False
    lower = other = 0
    for above, line in pairwise(lines):
        if line.gap or _begins_clause(line.words) or ends_sentence(above.words):
            continue
        full = width(above.words) > page * 0.8 and page > 35 and not parse_heading(above.words)
        if _LOWER.match(line.words) or (full and _is_khmer(above.words[-1]) and _is_khmer(line.words[0])):
            lower += 1
        elif not parse_heading(above.words) and width(above.words) > page * 0.6:
            other += 1
    return lower >= 1 or other > max(2, len(lines) * 0.15)


def _gather(lines: Sequence[TextLine], page: int) -> Iterator[_Paragraph]:
    current = _Paragraph()
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if not current.lines:
            current = _Paragraph([line], is_heading=_is_heading(line.words))
            continue
        if _goes_on(current, line, following, page):
            current.lines.append(line)
            continue
        yield current
        ended = line.gap or current.is_heading or current.is_title or ends_sentence(current.last)
        ended = ended or (width(current.lines[-1].text.rstrip()) < page * 0.6 and not _CONNECTIVE.search(current.last))
        title = current.is_heading and _is_bare(current.lines[0].words)
        flush = _is_flush(lines[at - 1], line)
        current = _Paragraph([line], ended, flush, _is_heading(line.words), is_title=title)
    if current.lines:
        yield current


def _goes_on(current: _Paragraph, line: TextLine, following: TextLine | None, page: int) -> bool:
    """Whether a line belongs to the paragraph above it."""
    words, above = line.words, current.last
    if _begins_clause(words) or _KHMER_BULLET.match(words):
        return False
    if any(parse_unnumbered(each) or CONTENTS.match(each) or stands_alone(each) for each in (words, above)):
        return False
    if line.gap and not (_LOWER.match(words) and not ends_sentence(above)):
        return False
    if current.is_heading or current.is_title:
        return _heading_goes_on(current, line, following, page)
    if _DASH_ITEM.match(words) and (ends_sentence(above) or _DASH_ITEM.match(current.lines[0].words)):
        return False
    if not _STRONG_END.search(above):
        # A line that ends early inside a sentence was ended on purpose: one of several centred lines.
        early = width(above) < page * 0.55 and not _LOWER.match(words) and not _CONNECTIVE.search(above)
        return not early or line.after_page
    if _is_flush(current.lines[-1], line):
        return False
    if _LOWER.match(words):
        return True
    # A full line that ends as a sentence: the paragraph goes on where the next word would not have fitted.
    first = re.split(r"[\s\u200b]", words, maxsplit=1)[0]
    if line.indent > current.lines[-1].indent + 1 and len(current.lines) > 1:
        return False
    return width(current.lines[-1].text.rstrip()) + 1 + width(first) > page


def _heading_goes_on(current: _Paragraph, line: TextLine, following: TextLine | None, page: int) -> bool:
    above, words = current.last, line.words
    if _is_bare(current.lines[0].words) and len(current.lines) == 1:
        return False  # the number stands alone; what follows is a block of its own
    if _STRONG_END.search(above) and not above.endswith(("-", "–", "—")):
        return False
    if _LOWER.match(words) or _CONNECTIVE.search(above):
        return True
    if not _is_khmer(words) or _DASH_ITEM.match(words):
        return False
    # A Khmer heading has no capitals to go by: its second line is short, ends no sentence, is not the last.
    short = width(words) < page * 0.72 and not ends_sentence(words)
    return width(above) > page * (0.5 if current.is_title else 0.7) and short and following is not None


def _is_flush(above: TextLine, line: TextLine) -> bool:
    """Words that go on after a list: the item above ends with a semicolon, and a small letter follows."""
    words = line.words
    if not above.words.endswith(";") or re.match(r"(?:and|or)\b", words):
        return False
    return bool(_LOWER.match(words)) and not _begins_clause(words)


def _is_heading(words: str) -> bool:
    heading = parse_heading(words)
    return heading is not None and not heading.goes_on


def _is_bare(words: str) -> bool:
    """Whether a heading line is a number alone."""
    heading = parse_heading(words)
    return heading is not None and not heading.rest


def _begins_clause(words: str) -> bool:
    return _is_heading(words) or read_mark(words) is not None or _WIDE_NUMBER.match(words) is not None


def _is_khmer(words: str) -> bool:
    return any("ក" <= character <= "៿" for character in words)


def _vocabulary(lines: Sequence[TextLine]) -> set[str]:
    """The words that stand in the text whole: the two halves of a word broken at a line end are left out."""
    vocabulary: set[str] = set()
    after_break = False
    for line in lines:
        words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.words.lower())
        broken = bool(_HYPHEN.search(line.words))
        vocabulary.update(words[1 if after_break else 0 : -1 if broken else None])
        after_break = broken
    return vocabulary


def _join(lines: Sequence[str], vocabulary: set[str]) -> tuple[str, list[str]]:
    """Lines as one text; a hyphen at the end of a line goes unless the word is written with it elsewhere."""
    pieces, dropped = [lines[0]], []
    for above, line in pairwise(lines):
        broken = _HYPHEN.search(above)
        rest = re.match(r"[^\W\d_]+", line)
        if not broken or not rest or not rest[0][0].islower():
            pieces += [space_between(above, line), line]
            continue
        head, tail = broken["head"].lower(), rest[0].lower()
        compound = f"{head}-{tail}" in vocabulary
        if not compound and (head + tail in vocabulary or not {head, tail} <= vocabulary):
            dropped.append(above[-1])
            pieces[-1] = pieces[-1][:-1]
        pieces.append(line)
    return "".join(pieces), dropped


def space_between(above: str, line: str) -> str:
    """What a line break stands for: nothing after a dash and inside Khmer, which has no spaces between words."""
    if above.endswith("—") or (above.endswith("–") and not above.endswith(" –")):
        return ""
    if "ក" <= above[-1:] <= "៓" and "ក" <= line[:1] <= "ឳ" and not re.match(r"(?:និង|ឬ)(?![\u17b6-\u17d3])", line):
        return ""
    return " "
