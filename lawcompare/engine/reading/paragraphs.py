"""Paragraphs of word processors, and of HTML, as blocks: old Khmer fonts, headings only in bold, rows of tables."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress, groupby, zip_longest

from lawcompare.engine.document import Document, ReadingWarning, Warnings
from lawcompare.engine.reading.canada import is_amending_act, read_bracketed_notes
from lawcompare.engine.reading.legacy_fonts import convert, is_legacy_font, is_torn, table_of
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.outline import LEAD_END, LEAD_START, ROW, Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.languages import detect_language

_MOST_QUOTED = 80
# Where a word processor keeps the keys of a font that it takes for one of symbols: the Latin letters of those keys.
_SYMBOLS = {0xF000 + code: bytes((code,)).decode("cp1252", "replace") for code in range(0x20, 0x100)}
STRONG = 6  # the level of a heading that only its weight makes one
_LONGEST = 300  # letters of such a heading
_BARE = re.compile(r"\[?\d{1,4}[A-Z]{0,3}\.?[\s\u00a0]+[A-Z“\"(\[]")


@dataclass(frozen=True, slots=True)
class FontRun:
    """A piece of text, whether it is strong, and the name of its font."""

    text: str
    strong: bool = False
    font: str = ""


class Paragraphs:
    """The paragraphs of one file in order, and the warnings about letters of old Khmer fonts that no table has."""

    def __init__(self) -> None:
        self.lines: list[str] = []  # the words of each paragraph
        self.warnings = Warnings()
        self.has_converted = False  # anything was set in an old Khmer font

    def document(self, blocks: Sequence[Block], language: str | None, warnings: Iterable[ReadingWarning]) -> Document:
        """What ``segment`` makes of all blocks of the file; ``warnings`` are those of its reader."""
        language = language or detect_language("".join(block.text for block in blocks))
        is_act = is_amending_act(self.lines)
        document = read_bracketed_notes(self.lines, language) if is_act else segment(blocks, language)
        meta = {"text": "converted-font"} if self.has_converted else {}
        warnings = (*warnings, *self.warnings, *document.warnings)
        return replace(document, warnings=warnings, meta=meta, source=tuple(self.lines))

    def text_of(self, runs: Sequence[FontRun]) -> tuple[str, list[bool]]:
        """The next paragraph in Unicode, and of each of its characters whether it is strong."""
        runs = self.in_unicode(runs, len(self.lines) + 1)
        return "".join(run.text for run in runs), [run.strong for run in runs for _ in run.text]

    def blocks(self, text: str, strong: list[bool], *, number: str, level: int, furniture: str) -> Iterator[Block]:
        """The blocks of the next paragraph: one for each of its lines, but a heading is one.

        ``number`` is what the program counts before it; ``level`` of the heading that it is by its style, or 0.
        """
        if number:
            joined = f"{number} "
            text, strong = joined + text.lstrip(), [False] * len(joined) + strong[len(text) - len(text.lstrip()) :]
        self.lines.append(" ".join(text.split()))
        is_strong = all(flag for flag, letter in zip(strong, text, strict=True) if letter.strip())
        if not level and is_strong and text.strip():
            level = heading_level(text)
        if level:
            lines = [" ".join(text.split("\n"))]
        else:
            lines = [line for line in mark_lead(text, strong).split("\n") if line.strip()] or [""]
        for line in lines:
            yield Block(line, len(self.lines), level, furniture=furniture)

    def in_unicode(self, runs: Sequence[FontRun], line: int) -> list[FontRun]:
        """The runs of paragraph ``line`` with what is set in an old Khmer font in Unicode."""
        if not any(is_legacy_font(run.font) for run in runs):
            words: dict[str, str] = {}
            for run in runs:
                words[run.font] = words.get(run.font, "") + run.text
            for font, text in words.items():
                if font and is_torn(text):  # letters like those of an old font in one that no table knows by its name
                    self._unread(line, font, text.split())
            return list(runs)
        converted: list[FontRun] = []
        for (family, strong), group in groupby(runs, key=lambda run: (table_of(run.font), run.strong)):
            part = list(group)
            if family is None:
                for run in part:
                    if is_legacy_font(run.font) and run.text.strip():
                        self._unread(line, run.font, run.text.split())
                converted += part
                continue
            text, unknown = convert("".join(run.text for run in part).translate(_SYMBOLS), family)
            if unknown:
                self._unread(line, part[0].font, unknown)
            self.has_converted = True
            converted.append(FontRun(text, strong))
        return converted

    def _unread(self, line: int, font: str, letters: Iterable[str]) -> None:
        subject = " ".join(sorted(set(letters)))[:_MOST_QUOTED]
        self.warnings.append(ReadingWarning(line, "unread-letters", subject, {"font": font}))


def heading_level(text: str) -> int:
    """The level of a paragraph that is set in bold as a whole, 0 where it is no heading.

    >>> heading_level("12 Short title"), heading_level("Article 3. Scope"), heading_level("This is important.")
    (6, 6, 0)
    """
    words = text.strip()
    if len(words) >= _LONGEST:
        return 0
    heading = parse_heading(words)
    if heading is not None:
        return 0 if heading.goes_on else STRONG
    return STRONG if _BARE.match(words) else 0


def mark_lead(text: str, strong: Sequence[bool]) -> str:
    """Put the marks of a heading around the strong words that follow a paragraph's number, if any and if text follows.

    ``strong`` says of each character of ``text`` whether it is set apart.

    >>> mark_lead("(a) Aim. Text", [False] * 4 + [True] * 4 + [False] * 5)
    '(a) \\ufdd0Aim.\\ufdd1 Text'
    """
    start = _words_start(text)
    if start >= len(text) or not strong[start]:
        return text
    end = start
    while end < len(text) and (strong[end] or text[end].isspace()):
        end += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if not text[end:].strip(" .:—–-\t\n"):
        return text
    return f"{text[:start]}{LEAD_START}{text[start:end]}{LEAD_END}{text[end:]}"


def _words_start(text: str) -> int:
    """Where the words after the number of a paragraph begin."""
    at = len(text) - len(text.lstrip())
    heading = parse_heading(text)
    if heading and not heading.goes_on:
        return len(text.rstrip()) - len(heading.rest) if heading.rest else len(text)
    while read := read_mark(text[at:]):
        after = len(text) - len(read[1])
        if after <= at or not read[0].style.endswith((")", ".")):
            break
        at = after
    return at


# Three rows of three cells are a table; fewer set a number beside its words, or two languages.
OF_A_TABLE = 3
WIDEST = 60  # columns; Word takes 63


def table_blocks(rows: Sequence[Sequence[Sequence[Block]]]) -> list[Block]:
    """A table as one block a row, tabs between the cells; none where the rows are too few, too wide, or articles.

    ``rows`` hold the blocks of each cell.

    >>> cells = [[[Block(words)] for words in row] for row in ("pqr", "abc", "xyz")]
    >>> [block.text for block in table_blocks(cells)], table_blocks(cells[1:])
    (['p\\tq\\tr', 'a\\tb\\tc', 'x\\ty\\tz'], [])
    """
    widest = max(map(len, rows), default=0)
    # Where most places of the grid are missing, filling them would cost far more than the file has.
    if widest > WIDEST or len(rows) * widest > 4 * sum(map(len, rows)):
        return []
    words = [[" ".join(" ".join(one.plain for one in cell if not one.furniture).split()) for cell in r] for r in rows]
    filled = [any(column) for column in zip_longest(*words, fillvalue="")]  # an empty column sets others apart
    words = [[*compress(row, filled), *[""] * (len(filled) - len(row))][: sum(filled)] for row in words]
    units = sum(parse_heading(row[0]) is not None for row in words if row)
    full = sum(sum(map(bool, row)) > 1 for row in words)
    if sum(filled) < OF_A_TABLE or full < OF_A_TABLE or 2 * units >= len(words):
        return []
    blocks = [one for row in rows for cell in row for one in cell if one.furniture]
    for row, cells in zip(rows, words, strict=True):
        line = next((one.line for cell in row for one in cell), 0)
        # An empty cell holds a space that nothing strips, so that the others keep their columns.
        text = "\t".join(cell or "\u00a0" for cell in cells)
        blocks += [Block(text, line, flush=ROW)] if any(cells) else []
    return blocks


def joined_cells(cells: list[list[Block]]) -> Iterator[Block]:
    """A row of short cells as one block; where a cell has paragraphs of its own, each is a block.

    A number in a cell of its own stands apart from the words beside it; a cell that begins with a number after one
    that holds words is a block of its own, for the words are its heading in the margin.
    """
    law = [[block for block in cell if not block.furniture and block.plain] for cell in cells]
    filled = [cell for cell in law if cell]
    beside = len(filled) > 1 and not is_number(filled[0][0].plain)
    beside = beside and any(begins_unit(cell[0].plain) for cell in filled[1:])
    if any(len(cell) > 1 for cell in law) or beside:
        yield from (block for cell in cells for block in cell)
        return
    if filled:
        words = " ".join(cell[0].plain for cell in filled)
        number_in_cell = len(filled) > 1 and is_number(filled[0][0].plain)
        first = next((cell[0] for cell in filled if cell[0].level), filled[0][0])
        yield Block(words, filled[0][0].line, first.level, number_in_cell=number_in_cell)
    yield from (block for cell in cells for block in cell if block.furniture)


def is_number(words: str) -> bool:
    """Whether a cell holds the number of a unit and nothing else."""
    return bool(re.fullmatch(r"\d{1,4}[A-Z]{0,3}\.?", words.strip()))


def begins_unit(words: str) -> bool:
    """Whether the words of a cell begin with the number of a unit."""
    mark = read_mark(words)
    return mark is not None and mark[0].printed[:1].isdigit() and bool(mark[1])
