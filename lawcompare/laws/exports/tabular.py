"""Tables as CSV and XLSX whose cells no spreadsheet runs as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

COLUMN_WIDTH = 32
# What a spreadsheet takes: letters of a cell, letters of a link's address, links of a sheet.
CELL_MAX, ADDRESS_MAX, LINKS_MAX = 32_000, 2_000, 30_000
EPOCH = datetime(2000, 1, 1)
# What begins a formula, also in the wide forms that some spreadsheets take for the same.
FORMULA = frozenset("=+-@＝＋－＠")


def escape_formula(cell: str) -> str:
    """Returns a cell that no spreadsheet takes for a formula (OWASP: CSV injection).

    >>> escape_formula("=1+1"), escape_formula("1+1"), escape_formula("  @cmd")
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


@dataclass(frozen=True)
class LinkCell:
    """Words that lead to an address."""

    words: str
    address: str


type SheetCell = str | int | float | date | LinkCell | None


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: a head and rows of typed cells. ``widths`` of the columns, in letters."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[SheetCell]]
    widths: Sequence[int] = ()


def as_workbook(rows: Sequence[Sequence[SheetCell]], name: str = "") -> bytes:
    """Returns an XLSX workbook of one sheet of that name, the first row as its head.

    It has no author and no date of its own: the same table gives the same bytes.
    """
    head, body = [str(cell) for cell in (rows[0] if rows else [])], rows[1:]
    return as_sheets([Sheet(name, head, body, [COLUMN_WIDTH] * len(head))])


def as_sheets(sheets: Iterable[Sheet]) -> bytes:
    """Returns an XLSX workbook: numbers, dates and links as such, the head of each sheet fixed and with a filter."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"author": "", "created": EPOCH})
        top = {"text_wrap": True, "valign": "top"}
        looks = {
            "head": book.add_format({"bold": True, "text_wrap": True}),
            "body": book.add_format(top),
            "date": book.add_format(top | {"num_format": "yyyy-mm-dd"}),
            "link": book.add_format(top | {"font_color": "#1F4E79", "underline": 1}),
        }
        names: set[str] = set()
        for sheet in sheets:
            _write_sheet(book.add_worksheet(_sheet_name(sheet.name, names) or None), sheet, looks)
    return buffer.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name that spreadsheets take: at most 31 letters, none of those that have a meaning, each once."""
    clean = "".join(" " if letter in "[]:*?/\\" else letter for letter in name).strip("' ")[:31]
    number = 2
    while clean and clean.lower() in taken:
        clean = f"{clean[:28]} {number}"
        number += 1
    taken.add(clean.lower())
    return clean


def _write_sheet(worksheet: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    for column, words in enumerate(sheet.head):
        worksheet.write_string(0, column, words[:CELL_MAX], looks["head"])
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write_cell(worksheet, number, column, cell, looks)
    worksheet.freeze_panes(1, 1)
    if sheet.head:
        worksheet.autofilter(0, 0, len(sheet.rows), len(sheet.head) - 1)
    widths = sheet.widths or [COLUMN_WIDTH] * len(sheet.head)
    for column, width in enumerate(widths):
        worksheet.set_column(column, column, width)


def _write_cell(worksheet: Any, number: int, column: int, cell: SheetCell, looks: dict[str, Any]) -> None:
    match cell:
        case None | "":
            worksheet.write_blank(number, column, None, looks["body"])
        case LinkCell(words, address) if len(address) <= ADDRESS_MAX and number < LINKS_MAX:
            worksheet.write_url(number, column, address, looks["link"], words[:CELL_MAX] or address)
        case LinkCell(words, _address):
            worksheet.write_string(number, column, words[:CELL_MAX], looks["body"])
        case bool():
            worksheet.write_boolean(number, column, cell, looks["body"])
        case int() | float():
            worksheet.write_number(number, column, cell, looks["body"])
        case date():
            worksheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), looks["date"])
        case _:
            worksheet.write_string(number, column, cell[:CELL_MAX], looks["body"])
