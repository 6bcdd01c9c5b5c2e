"""A report for people: headings, paragraphs, tables and redlines in order, as a Word file. What they say is given.

A redline is written as tracked changes, element by element (ECMA-376 17.13.5): of the packages that add these to
python-docx, docx-revisions 0.1.5 comes nearest, but knows neither ends of paragraphs that were put in or taken out nor
moves, without which accepting all would not give the new text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from lxml import etree

from lawcompare.engine.document import ROW_TABS
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.engine.writing.word import WIDTH, WordDocument, w

AUTHOR = "lawcompare"
# LibreOffice 25.2 takes neighbours for one change whose minutes differ by one at most.
MINUTES_BETWEEN, STEPS = 2, 7
_TAGS = {"insert": "ins", "delete": "del", "moved-from": "moveFrom", "moved-to": "moveTo"}
# The end of a paragraph that moved is written as taken out and put in: LibreOffice leaves an empty paragraph otherwise.
_END_TAGS = _TAGS | {"moved-from": "del", "moved-to": "ins"}
_GONE = {"delete", "moved-from"}


def write_redline(word: WordDocument, paragraphs: Iterable[Paragraph], moment: datetime, language: str) -> None:
    """Put the redline at the end of a document. ``moment`` is when the texts were compared."""
    _RedlineBody(word, moment, language).write(paragraphs)


class _RedlineBody:
    def __init__(self, word: WordDocument, moment: datetime, language: str) -> None:
        self.word, self.language = word, language
        self.moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        self.changed = 0  # how many paragraphs with changes were written before this one
        self.move: tuple[str, int] | None = None  # the tag and number of the move that is open
        self.range = ""

    @property
    def change_attributes(self) -> dict[str, str]:
        """Who changed it and when. LibreOffice takes neighbours of nearly one minute for one change, and refusing that
        joins paragraphs: those of a paragraph are dated up to twelve minutes after the midnight of ``moment``."""
        moment = self.moment + timedelta(minutes=MINUTES_BETWEEN * (self.changed % STEPS))
        return {w("author"): AUTHOR, w("date"): moment.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def write(self, paragraphs: Iterable[Paragraph]) -> None:
        for columns, group in groupby(paragraphs, _columns):
            rows = list(group)
            table = self.word.begin_table([WIDTH // columns] * columns) if columns and len(rows) > 1 else None
            for paragraph in rows:
                self.set_move(paragraph)
                self.write_paragraph(paragraph, self.word.row(table, may_break=True) if table is not None else ())
                self.changed += paragraph.mark != "equal" or any(op != "equal" for op, _text in paragraph.runs)
            if table is not None:
                self.word.paragraph("Cell")  # or the next table would be its continuation
        self.close_move()

    def set_move(self, paragraph: Paragraph) -> None:
        """Paragraphs that moved together stand in one range on each of their places."""
        tag = "moveFrom" if paragraph.mark in _GONE else "moveTo"
        wanted = (tag, paragraph.move) if paragraph.move else None
        if wanted == self.move:
            return
        self.close_move()
        if wanted is not None:
            self.range = self.word.next_id()
            attributes = {w("id"): self.range, w("name"): f"move{paragraph.move}", **self.change_attributes}
            etree.SubElement(self.word.body, w(f"{tag}RangeStart"), attributes)
        self.move = wanted

    def close_move(self) -> None:
        if self.move is not None:
            etree.SubElement(self.word.body, w(f"{self.move[0]}RangeEnd"), {w("id"): self.range})
        self.move = None

    def write_paragraph(self, paragraph: Paragraph, cells: Sequence[Any] = ()) -> None:
        """At the end, or as the row of a table that has these cells."""
        if cells:
            places = iter([self.word.paragraph("Cell", into=cell) for cell in cells])
            written = next(places)
            for op, text in paragraph.runs:
                for number, words in enumerate(text.split("\t")):
                    written = next(places) if number else written
                    if words:
                        self.write_run(written, paragraph, op, words)
            return
        style = f"Heading{paragraph.level}" if paragraph.level else "LawText"
        written = self.word.paragraph(style, indent=paragraph.indent)
        if paragraph.mark != "equal" and paragraph.is_tracked:
            properties: Any = written[0]
            self.tracked(etree.SubElement(properties, w("rPr")), _END_TAGS[paragraph.mark])
        for op, text in paragraph.runs:
            self.write_run(written, paragraph, op, text)

    def write_run(self, written: Any, paragraph: Paragraph, op: str, text: str) -> None:
        if paragraph.is_tracked and op in _TAGS:
            self.word.run(self.tracked(written, _TAGS[op]), text, language=self.language, deleted=op == "delete")
        elif op == "note":
            self.word.footnote(written, text)
        else:
            look = op if op in {"insert", "delete", "slip"} else ""
            self.word.run(written, text, italic=op == "label", language=self.language, look=look)

    def tracked(self, into: Any, tag: str) -> Any:
        return etree.SubElement(into, w(tag), {w("id"): self.word.next_id(), **self.change_attributes})


def _columns(paragraph: Paragraph) -> int:
    """How many columns a row of a table has that stands in both texts; 0 of any other paragraph."""
    tabs = [op for op, text in paragraph.runs for _tab in range(text.count("\t"))]
    is_row = {paragraph.mark, *tabs} == {"equal"} and ROW_TABS <= len(tabs) < 63  # columns that Word takes
    return len(tabs) + 1 if is_row and not (paragraph.level or paragraph.move) else 0


@dataclass(frozen=True, slots=True)
class StyledText:
    """Words of one look. ``address`` makes them a link; ``note`` is a footnote after them, with its own address.
    ``is_credit``: they say who said something, which nobody keeps a copy of: they may take their name back.
    """

    text: str
    bold: bool = False
    italic: bool = False
    address: str = ""
    language: str = ""
    note: str = ""
    note_address: str = ""
    is_credit: bool = False


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


def write_blocks(word: WordDocument, blocks: Iterable[Block], *, width: int = WIDTH) -> None:
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
