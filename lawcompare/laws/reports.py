"""Reports on texts as Word files and spreadsheets; tables whose cells no spreadsheet runs as formulas."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from textwrap import wrap
from typing import Any

import xlsxwriter
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import has_place
from lawcompare.core.translations.texts import localised
from lawcompare.engine.writing.report import Block, Facts, NewPage, Prose, ReportHeading, plain, write_blocks
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.engine.writing.word import WIDE, WIDTH, WordDocument
from lawcompare.languages import reader_address
from lawcompare.laws.citing import cite, pinned_clause, pinned_version, site_root
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version

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
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([escape_formula(cell) for cell in row] for row in rows)
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


# --- Reports: with where each text comes from, its hash, and the date -------------------------------------------------


# So many texts the first page of a report takes; more come last.
TEXTS_FIRST = 2


@dataclass
class Report:
    """What is written: ``blocks`` for Word, ``sheets`` for a spreadsheet, on ``texts``, of the page at ``address``."""

    title: str
    address: str
    texts: Sequence[Version]
    blocks: list[Block] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    lead: str = ""
    is_wide: bool = False


def write_docx(report: Report, root: str) -> bytes:
    """The Word file: a head with the date and the texts, then the blocks. ``root`` is the site's address."""
    title, footer = report.title, f"{settings.SITE_NAME} · {root}{report.address}"
    language = get_language() or "en"
    word = WordDocument(title, settings.SITE_NAME, timezone.now(), language=language, header=title, footer=footer)
    before, after = surround(report, root)
    write_blocks(word, [*before, *report.blocks, *after], width=WIDE if report.is_wide else WIDTH)
    return word.save(title_page=True, landscape=report.is_wide)


def surround(report: Report, root: str) -> tuple[list[Block], list[Block]]:
    """What stands before the blocks of a report: its head and, where they are few, its texts; and what after them."""
    front: list[Block] = [Prose(plain(report.title), "Title")]
    if report.lead:
        front.append(Prose(plain(report.lead), "Subtitle"))
    front.append(Facts([(_("Made on"), format_date(today().isoformat())), (_("Address"), root + report.address)]))
    texts: list[Block] = [Facts(provenance(version), heads=("", version.name)) for version in report.texts]
    texts.append(Prose(plain(_("Texts are shown with where they come from; a restatement is not the law.")), "Remark"))
    if len(report.texts) > TEXTS_FIRST:
        return front, [ReportHeading(_("Texts")), *texts]
    return [*front, *texts, NewPage()], []


def write_xlsx(report: Report, root: str) -> bytes:
    """The spreadsheet: the report's sheets, then the texts with where they come from."""
    head = [
        _("Text"),
        _("Law"),
        _("Text status"),
        _("Date of the text"),
        _("How it became public"),
        _("Source"),
        _("Text (SHA-256)"),
        _("Note"),
        _("Made on"),
    ]
    rows: list[Sequence[SheetCell]] = [
        [
            LinkCell(version.name, root + reader_address(pinned_version(version))),
            version.law_name,
            str(version.get_text_status_display()),
            date_cell(version.date),
            localised(version.became_public),
            LinkCell(version.source_url, version.source_url) if version.source_url else "",
            version.text_hash,
            localised(version.note),
            today(),
        ]
        for version in report.texts
    ]
    return as_sheets([*report.sheets, Sheet(_("Texts"), head, rows, [32, 28, 20, 14, 40, 32, 68, 40, 14])])


def today() -> date:
    return timezone.localdate()


def date_cell(words: str) -> SheetCell:
    """A date where the whole of it is known, else what is known of it in words."""
    try:
        return date.fromisoformat(words) if len(words) == len("2020-08-04") else words
    except ValueError:
        return words


def provenance(version: Version) -> list[tuple[str, str]]:
    """What a text is and where it comes from, as pairs of name and value; nothing of an uploaded file."""
    facts = [
        (_("Text"), str(version.get_text_status_display())),
        (_("Date of the text"), format_date(version.date)),
        (_("How it became public"), localised(version.became_public)),
        (_("Source"), version.source_url),
        (_("Address"), version.frbr_uri),
        (_("Text (SHA-256)"), " ".join(wrap(version.text_hash, 16))),
        (_("Note"), localised(version.note)),
    ]
    return [fact for fact in facts if fact[1]]


def citation(clause: Clause) -> str:
    """A clause as a footnote cites it: its text with its date and hash, and its number."""
    version = clause.version
    details = [version.law_name, version.name if version.name != version.law_name else "", format_date(version.date)]
    return ", ".join(filter(None, [*details, cite(clause), f"SHA-256 {version.text_hash[:12]}"])) + "."


def clause_link(clause: Clause, root: str, words: str = "") -> LinkCell:
    """A cell that leads to the clause as it is pinned to its text."""
    return LinkCell(words or cite(clause), root + reader_address(pinned_clause(clause)))


def too_many_files() -> HttpResponse:
    sentence = _("Too many files were requested in the last hour. Try again later.")
    return HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")


# What has more clauses or rows takes half a second or more to write.
ROWS_AT_ONCE = 5_000


# So many letters take as long as a clause or row more.
LETTERS_OF_A_ROW = 1_000


def too_much(request: HttpRequest, rows: int, written: QuerySet[Clause] | None = None) -> HttpResponse | None:
    """The refusal of what writes so many clauses or rows, and the words of clauses that are ``written``, where no cache
    has it and a reader had so many this hour.
    """
    # The mirror, a job, writes all there are.
    if getattr(request, "is_read_once", False):
        return None
    if written is not None:
        letters = written.order_by().aggregate(sum=Sum(Length("text") + Length("heading")))["sum"] or 0
        rows = max(rows, letters // LETTERS_OF_A_ROW)
    if rows <= ROWS_AT_ONCE:
        return None
    uses = min(rows // ROWS_AT_ONCE, settings.FILES_PER_HOUR)
    if not (has_place(request) and allow(request, "files", settings.FILES_PER_HOUR, uses=uses)):
        return too_many_files()
    return None


def answer_with(request: HttpRequest, make: Callable[[], Any], kind: str, name: str) -> HttpResponse:
    """The report that ``make`` gives as a ``docx`` or ``xlsx`` file. Counted against the limit of this hour."""
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return too_many_files()
    root = site_root(request)
    content = write_docx(make(), root) if kind == "docx" else write_xlsx(make(), root)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=DOCX if kind == "docx" else XLSX, headers=headers)
