"""A report for people: headings, paragraphs, tables and redlines in order, as a Word file. What they say is given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lawcompare.engine.writing import word_parts as parts
from lawcompare.engine.writing.docx import write_redline
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.engine.writing.word import WordDocument


@dataclass(frozen=True, slots=True)
class StyledText:
    """Words of one look. ``address`` makes them a link; ``note`` is a footnote after them, with its own address."""

    text: str
    bold: bool = False
    italic: bool = False
    address: str = ""
    language: str = ""
    note: str = ""
    note_address: str = ""


type Line = Sequence[StyledText]


@dataclass(frozen=True, slots=True)
class ReportHeading:
    text: str
    level: int = 1
    language: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; ``style`` names one of the file's, such as ``Remark`` or ``Quotation``."""

    line: Line
    style: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what is said of them, in two columns."""

    rows: Sequence[tuple[str, str]]
    heads: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: a cell is some lines, each a paragraph. ``shares`` is how the columns divide the page's width."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Sequence[Line]]]
    shares: Sequence[int]


@dataclass(frozen=True, slots=True)
class Redline:
    """Two texts as tracked changes; ``moment`` is when they were compared."""

    paragraphs: Sequence[Paragraph]
    moment: datetime
    language: str


@dataclass(frozen=True, slots=True)
class NewPage:
    pass


type Block = ReportHeading | Prose | Facts | Grid | Redline | NewPage


def plain(text: str, *, bold: bool = False, language: str = "") -> Line:
    """A line of words that look the same."""
    return (StyledText(text, bold=bold, language=language),)


def write_blocks(word: WordDocument, blocks: Iterable[Block], *, width: int = parts.WIDTH) -> None:
    """Put blocks at the end of a document. ``width`` of the text column, in twentieths of a point."""
    for block in blocks:
        match block:
            case ReportHeading(text, level, language):
                word.run(word.paragraph(f"Heading{min(level, 6)}"), text, language=language)
            case Prose(line, style):
                _write_line(word, word.paragraph(style), line)
            case Facts(rows, heads):
                word.table(rows, heads)
            case Grid():
                _write_grid(word, block, width)
            case Redline(paragraphs, moment, language):
                write_redline(word, paragraphs, moment, language)
            case NewPage():
                word.paragraph("NewPage")


def _write_line(word: WordDocument, paragraph: Any, line: Line) -> None:
    for words in line:
        if words.address:
            word.link(paragraph, words.text, words.address)
        elif words.text:
            word.run(paragraph, words.text, bold=words.bold, italic=words.italic, language=words.language)
        if words.note:
            word.footnote(paragraph, words.note, words.note_address)


def _write_grid(word: WordDocument, grid: Grid, width: int) -> None:
    whole = sum(grid.shares)
    table = word.begin_table([width * share // whole for share in grid.shares])
    for head, cell in zip(grid.heads, word.row(table, is_head=True), strict=True):
        word.run(word.paragraph("Remark", into=cell), head, bold=True)
    for row in grid.rows:
        for lines, cell in zip(row, word.row(table, may_break=True), strict=True):
            for line in lines or [()]:
                _write_line(word, word.paragraph("Cell", into=cell), line)
    word.paragraph("Remark")
