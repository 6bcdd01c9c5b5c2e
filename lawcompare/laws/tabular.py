"""Tables as CSV and XLSX whose cells no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COLUMN_WIDTH = 32
EPOCH = datetime(2000, 1, 1)
# What begins a formula, also in the wide forms that some spreadsheets take for the same.
FORMULA = frozenset("=+-@＝＋－＠")


def escape_formula(cell: str) -> str:
    """Returns a cell that no spreadsheet takes for a formula (OWASP: CSV injection).

    >>> plain("=1+1"), plain("1+1"), plain("  @cmd")
    ("'=1+1", '1+1', "'  @cmd")
    """
    is_formula = cell[:1] in {"\t", "\r", "\n"} or cell.lstrip()[:1] in FORMULA
    return f"'{cell}" if is_formula else cell


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Returns rows as CSV, with the byte order mark by which spreadsheets recognise UTF-8."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    csv.writer(buffer).writerows([escape_formula(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Returns an XLSX workbook of one sheet, the first row as its head.

    It has no author and no date of its own: the same table gives the same bytes.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"author": "", "created": EPOCH})
        worksheet = book.add_worksheet()
        head, body = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                worksheet.write_string(number, column, cell, body if number and column else head)
        worksheet.freeze_panes(1, 1)
        worksheet.set_column(0, max(map(len, rows), default=1) - 1, COLUMN_WIDTH)
    return buffer.getvalue()
