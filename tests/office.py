"""Reading Word files and spreadsheets back, for tests."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from lxml import etree

from lawcompare.engine.writing.word import W

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def text_of(document: Any) -> str:
    """All words of a Word file as python-docx reads them, those of tables too."""
    lines = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        lines += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def footnotes_of(content: bytes) -> list[str]:
    """The words of each footnote, without those that are lines above the others."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        notes: Any = etree.fromstring(package.read("word/footnotes.xml"))
    return ["".join(note.itertext(f"{{{W}}}t")) for note in notes if not note.get(f"{{{W}}}type")]


def cells_of(content: bytes, number: int) -> list[list[Any]]:
    """The cells of a sheet, the first being 1: words as words, numbers as numbers, an empty cell as an empty word."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        strings = etree.fromstring(book.read("xl/sharedStrings.xml"))
        shared = ["".join(one.itertext(f"{S}t")) for one in strings]
        sheet = etree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    return [[_cell(cell, shared) for cell in row] for row in sheet.iter(f"{S}row")]


def _cell(cell: Any, shared: list[str]) -> Any:
    value = cell.findtext(f"{S}v")
    if value is None:
        return ""
    if cell.get("t") == "s":
        return shared[int(value)]
    number = float(value)
    return int(number) if number.is_integer() else number


def links_of(content: bytes, number: int) -> list[str]:
    """The addresses to which the cells of a sheet lead."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        relations: Any = etree.fromstring(book.read(f"xl/worksheets/_rels/sheet{number}.xml.rels"))
    return [one.get("Target") for one in relations]
