"""One page of a PDF -> its lines of text in reading order: columns found, words spaced, small capitals understood."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from lawcompare.engine.document import LineBox
from lawcompare.engine.reading.paragraphs import table_blocks
from lawcompare.engine.reading.pdf_tables import RuledTable, ruled_tables
from lawcompare.engine.reading.pdf_words import SAME_LINE, Glyph, GlyphRun, PageBox, PageTraits, box_of, runs_of
from lawcompare.engine.reading.reporting import box_on, image_number
from lawcompare.engine.structure.outline import Block

# Around a raised number, until it is known whether it is the mark of a footnote.
RAISED_START, RAISED_END = "\ue000", "\ue001"
# Around words set in bold, italics or small capitals.
STYLED_START, STYLED_END = "\ue002", "\ue003"
STYLES = str.maketrans("", "", STYLED_START + STYLED_END)
MARKS = str.maketrans("", "", RAISED_START + RAISED_END + STYLED_START + STYLED_END)

WIDEST_PAGE = 5000  # points; columns are looked for on no wider one
NARROWEST_GUTTER = 3  # points
WORD_SPACE = 1.3  # times the usual space between words of a line: what is wider parts columns
RAISED_RUN = 0.9  # of the size of its line: how large a raised mark may be
ASCENT, DESCENT = 0.95, 0.4  # of the size of a line: how far Khmer letters reach above and below its base
RAISED = 0.75  # a digit smaller than this part of its line's size is a mark


@dataclass(slots=True)
class PdfLine:
    """A line as printed. Lengths are in points; ``base`` is the height of its baseline above the foot of the page.

    ``hyphen`` says that the last word is broken at the end of the line; the hyphen is not in ``text``.
    ``margin`` is where the lines of its column end on the right, ``bold`` whether the whole line is.
    """

    text: str
    page: int
    column: int
    left: float
    right: float
    base: float
    size: float
    bold: bool
    hyphen: bool
    first_word: float
    margin: float = 0.0
    furniture: str = ""  # where it is known already what it is
    is_heading: bool = False  # where the sequence of numbers has proven it
    is_row: bool = False  # of a table, tabs between its cells
    box: LineBox | None = None  # its place on the image of its page
    confidence: float | None = None  # of a recogniser, 0 to 1, where the line was read off a picture

    @property
    def words(self) -> str:
        """The text without the marks around raised and styled words."""
        return self.text.translate(MARKS)

    @property
    def unstyled(self) -> str:
        """The text without the marks around styled words."""
        return self.text.translate(STYLES)

    @property
    def starts_styled(self) -> bool:
        return self.text.startswith(STYLED_START)


@dataclass(slots=True)
class PdfPage:
    """Lines in reading order, and what tells whether they can be trusted.

    ``origin`` is ``text-layer``, ``converted-font`` or ``recognised``; ``confidence`` that of a recogniser, 0 to 1.
    """

    lines: list[PdfLine]
    traits: PageTraits
    origin: str = "text-layer"
    confidence: float = 1.0
    is_covered: bool = False  # by pictures, on most of it
    unread_font: str = ""  # an old font of the page, for whose letters no table is: why its picture was read instead
    # The index of the first line whose words are not those of the picture, and what that shows instead; "" for nothing.
    disagreement: tuple[int, str] | None = None
    joined: list[int] = field(default_factory=list)  # indexes of the first lines of pictures of text among its lines
    has_unread_picture: bool = False  # large enough to show text
    # Of a page, or pictures on it, that was recognised: what else was read of each line, and the words in doubt, each
    # with the index of its line.
    readings: list[tuple[str, ...]] = field(default_factory=list)
    doubtful: list[tuple[int, str]] = field(default_factory=list)


def read_page(page: Any, number: int) -> PdfPage:
    """Return the lines of a pypdfium2 page; ``number`` is 1-based."""
    traits = PageTraits()
    box = box_of(page)
    lines = lines_of(list(runs_of(page, box, traits)), number, box, page)
    return PdfPage(lines, traits, "converted-font" if traits.converted else "text-layer")


def usual_size(lines: Iterable[PdfLine]) -> float:
    """The size in points in which most of the letters are set, 0 where there are none."""
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def lines_of(runs: list[GlyphRun], number: int, box: PageBox, page: Any) -> list[PdfLine]:
    """The lines of the runs of a pypdfium2 page in reading order, and the rows of its ruled tables, each with its place
    on the picture of the page."""
    tables: list[tuple[RuledTable, list[PdfLine]]] = []
    for table in ruled_tables(page, box):
        runs, rows = _rows(runs, table, number)
        tables.append((table, rows))
    lines = _in_reading_order(runs, number, box.width)
    for table, rows in tables:
        below = (
            at
            for at, line in enumerate(lines)
            if line.base < table.up[-1] and line.left < table.across[-1] and line.right > table.across[0]
        )
        at = next(below, len(lines))
        lines[at:at] = rows
    for line in lines:
        top, foot = box.height - line.base - ASCENT * line.size, box.height - line.base + DESCENT * line.size
        line.box = box_on(image_number(number), line.left, top, line.right, foot, box.width, box.height)
    return lines


def _rows(runs: list[GlyphRun], table: RuledTable, number: int) -> tuple[list[GlyphRun], list[PdfLine]]:
    """The runs that are outside a table, and its rows; all runs and no row where the words have no shape of a table."""
    outside: list[GlyphRun] = []
    cells: defaultdict[tuple[int, int], list[GlyphRun]] = defaultdict(list)
    for run in runs:
        for cell, words in groupby(run.words, key=table.cell_of):
            part = GlyphRun()
            for word in words:
                part.add(word)
            (outside if cell is None else cells[cell]).append(part)
    inside = {cell: _lines(parts, number, 0) for cell, parts in cells.items()}
    grid = [
        [
            [Block("".join(f"{each.words}{'' if each.hyphen else ' '}" for each in inside.get((row, column), ())), row)]
            for column in range(len(table.across) - 1)
        ]
        for row in range(len(table.up) - 1)
    ]
    rows = []
    for block in table_blocks(grid):
        parts = [line for (row, _column), lines in inside.items() if row == block.line for line in lines]
        left, right = min(line.left for line in parts), max(line.right for line in parts)
        base, size = min(line.base for line in parts), parts[0].size
        row = PdfLine(block.text, number, 0, left, right, base, size, False, False, right - left, right, is_row=True)
        rows.append(row)
    return (outside, rows) if rows else (runs, [])


def _in_reading_order(runs: list[GlyphRun], number: int, width: float) -> list[PdfLine]:
    if not runs:
        return []
    gutter = _gutter(runs, width) if width < WIDEST_PAGE else None
    if gutter is None:
        return _lines(runs, number, 0)
    runs = [part for run in runs for part in _split(run, *gutter)]
    across = [run for run in runs if _crosses(run, *gutter)]
    bases = sorted((run.base for run in across), reverse=True)
    # What stands across the columns parts the page into bands; inside a band the left column is read first.
    bands: dict[tuple[int, int], list[GlyphRun]] = {}
    for run in runs:
        beside = any(abs(run.base - base) < 0.4 * run.size for base in bases)
        above = sum(base > run.base + (0.4 * run.size if beside else 0) for base in bases)
        column = 1 + (run.left > gutter[0])
        bands.setdefault((2 * above + 1, 0) if beside else (2 * above, column), []).append(run)
    return [line for (_, column), part in sorted(bands.items()) for line in _lines(part, number, column)]


def _crosses(run: GlyphRun, left: float, right: float) -> bool:
    return run.left < left - 2 and run.right > right + 2


def _split(run: GlyphRun, left: float, right: float) -> list[GlyphRun]:
    """A line of each column at one height comes as one run where the gutter is narrow."""
    if not _crosses(run, left, right):
        return [run]
    parts = [GlyphRun(), GlyphRun()]
    for word in run.words:
        parts[word[0].left > left].add(word)
    if not all(part.words for part in parts) or parts[0].right > left + 2:
        return [run]
    gap = parts[1].left - parts[0].right
    # A few lines of the right column may begin inside the strip: then the gap must be wider than those of the words.
    others = [after[0].left - before[-1].right for part in parts for before, after in pairwise(part.words)]
    is_column_gap = gap >= 0.8 * (right - left) or gap > max(NARROWEST_GUTTER, 1.5 * max(others, default=0.0))
    return parts if is_column_gap else [run]


def _gutter(runs: list[GlyphRun], width: float) -> tuple[float, float] | None:
    """The empty strip between two columns, or None where the page has one."""
    low, high = min(run.left for run in runs), max(run.right for run in runs)
    taken = Counter(
        place for run in runs for word in run.words for place in range(int(word[0].left), int(word[-1].right) + 1)
    )
    # A running head or a few headings may lie across it.
    rows = len({round(run.base) for run in runs})
    allowed = rows // 12 + (2 if rows > 20 else 0)
    inner = range(int(low + 0.25 * (high - low)), int(low + 0.75 * (high - low)) + 2)
    free = (list(group) for is_free, group in groupby(inner, lambda place: taken[place] <= allowed) if is_free)
    strips = [(strip[0], strip[-1]) for strip in free if strip[-1] < inner[-1]]
    middle = (low + high) / 2
    strips.sort(key=lambda strip: strip[0] - strip[1] + 0.5 * abs(sum(strip) / 2 - middle))
    return next((strip for strip in strips if _parts_columns(runs, strip, width)), None)


def _parts_columns(runs: list[GlyphRun], strip: tuple[int, int], width: float) -> bool:
    if strip[1] - strip[0] < NARROWEST_GUTTER or _lies_between_words(runs, strip):
        return False
    # Page numbers at the right of a table of contents, or a few words beside the text, are no column.
    left, right = strip
    parts = [part for run in runs for part in _split(run, left, right)]
    return all(
        len(side) >= 4 and max(run.right for run in side) - min(run.left for run in side) > 0.08 * width
        for side in ([part for part in parts if part.right <= left + 2], [part for part in parts if part.left > left])
    )


def _lies_between_words(runs: list[GlyphRun], strip: tuple[int, int]) -> bool:
    """Whether the strip is no wider than the spaces of the lines that cross it, as on a page with a few long lines."""
    crossing = spaces = 0
    for run in runs:
        gaps = [(before[-1].right, after[0].left) for before, after in pairwise(run.words)]
        across = [right - left for left, right in gaps if left <= strip[0] + 2 and right >= strip[1] - 2]
        others = sorted(right - left for left, right in gaps if not (left <= strip[0] + 2 and right >= strip[1] - 2))
        if across and others:
            crossing += 1
            spaces += across[0] <= WORD_SPACE * others[len(others) // 2]
    return crossing > 0 and 2 * spaces >= crossing


def _lines(runs: list[GlyphRun], number: int, column: int) -> list[PdfLine]:
    rows: list[list[GlyphRun]] = []
    for run in sorted(runs, key=lambda each: -each.base):
        if rows and _is_level(rows[-1], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    lines = [line for row in rows if (line := _line(sorted(row, key=lambda run: run.left), number, column))]
    if lines:
        ends = sorted(line.right for line in lines)
        margin = ends[int(0.95 * (len(ends) - 1))]
        for line in lines:
            line.margin = margin
    return lines


def _is_level(row: list[GlyphRun], run: GlyphRun) -> bool:
    if abs(row[0].base - run.base) < 0.4 * min(run.size, row[0].size):
        return True
    # A raised mark stands higher than its line, and right beside or inside it.
    raised = row[0].size < RAISED_RUN * run.size and row[0].base - run.base < SAME_LINE * run.size
    return raised and all(run.left - run.size < mark.left < run.right + run.size for mark in row)


def _line(row: list[GlyphRun], number: int, column: int) -> PdfLine | None:
    glyphs: list[Glyph] = []
    for word in (word for run in row for word in run.words):
        if glyphs and not word[0].goes_on:
            before = glyphs[-1]
            glyphs.append(Glyph(" ", before.right, before.right, before.base, before.size, False, False))
        glyphs += word
    printed = [glyph for glyph in glyphs if glyph.text != " "]
    if not printed:
        return None
    sizes = Counter(glyph.size for glyph in printed)
    size = max((each for each, count in sizes.items() if count > 1), default=max(sizes))
    hyphen = (
        len(printed) > 1
        and printed[-1].text in "-\u00ad\u2010"
        and (
            # A Khmer word may end with a mark, which is no letter.
            glyphs[-2].text.isalnum() or "\u1780" <= glyphs[-2].text <= "\u17d3"
        )
    )
    return PdfLine(
        text=_text(glyphs[:-1] if hyphen else glyphs, size),
        page=number,
        column=column,
        left=printed[0].left,
        right=printed[-1].right,
        base=printed[-1].base,
        size=size,
        bold=all(glyph.bold for glyph in printed),
        hyphen=hyphen,
        first_word=row[0].words[0][-1].right - printed[0].left,
    )


def _text(glyphs: list[Glyph], size: float) -> str:
    pieces: list[str] = []
    state = ""
    for at, glyph in enumerate(glyphs):
        text = "-" if glyph.text == "\u00ad" else glyph.text
        small = glyph.size < RAISED * size and text.isdigit()
        capital = _is_small_capital(glyph, size)
        styled = glyph.styled or capital or _goes_with_small_capitals(glyphs, at, size, state == "s")
        wanted = "r" if small else "s" if styled else ""
        if text != " " and wanted != state:
            pieces.append({"r": RAISED_END, "s": STYLED_END, "": ""}[state])
            pieces.append({"r": RAISED_START, "s": STYLED_START, "": ""}[wanted])
            state = wanted
        pieces.append(text.lower() if capital else text)
    pieces.append({"r": RAISED_END, "s": STYLED_END, "": ""}[state])
    return "".join(pieces).replace("‘‘", "“").replace("’’", "”")


def _is_small_capital(glyph: Glyph, size: float) -> bool:
    return 0.7 * size < glyph.size < 0.93 * size and glyph.text.isupper()


def _goes_with_small_capitals(glyphs: list[Glyph], at: int, size: float, begun: bool) -> bool:
    """A capital before small capitals is part of them, and so is a mark between them."""
    near = glyphs[at + 1 : at + 4] if begun else glyphs[at + 1 : at + 2] if glyphs[at].text.isupper() else []
    return any(_is_small_capital(glyph, size) for glyph in near)
