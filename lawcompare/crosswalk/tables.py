"""Tables of words as files: what a spreadsheet takes, without what it would run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COLUMN_WIDTH = 32
EPOCH = datetime(2000, 1, 1)


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet, the first row as its head. No author, no date: the same table gives the same file."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"author": "", "created": EPOCH})
        sheet = book.add_worksheet()
        head, body = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, body if number and column else head)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(map(len, rows), default=1) - 1, COLUMN_WIDTH)
    return buffer.getvalue()
