"""A report on texts as a Word file or a spreadsheet: with where each text comes from, its hash, and the date."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from textwrap import wrap
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.rate_limits import allow
from lawcompare.engine.writing.report import Block, Facts, NewPage, Prose, ReportHeading, plain, write_blocks
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.engine.writing.word import WIDE, WIDTH, WordDocument
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import pinned_clause, pinned_version, site_root
from lawcompare.laws.exports.tabular import XLSX, LinkCell, Sheet, SheetCell, as_sheets
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version
from lawcompare.localisation.texts import localised


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

    @property
    def has_texts_last(self) -> bool:
        """Whether there are more texts than a first page takes."""
        return len(self.texts) > 2


def write_docx(report: Report, root: str) -> bytes:
    """The Word file: a head with the date and the texts, then the blocks. ``root`` is the site's address."""
    title, footer = report.title, f"{settings.SITE_NAME} · {root}{report.address}"
    language = get_language() or "en"
    word = WordDocument(title, settings.SITE_NAME, timezone.now(), language=language, header=title, footer=footer)
    width = WIDE if report.is_wide else WIDTH
    write_blocks(word, [*_front(report, root), *report.blocks, *_end(report)], width=width)
    return word.save(title_page=True, landscape=report.is_wide)


def _front(report: Report, root: str) -> Iterable[Block]:
    yield Prose(plain(report.title), "Title")
    if report.lead:
        yield Prose(plain(report.lead), "Subtitle")
    yield Facts([(_("Made on"), format_date(today().isoformat())), (_("Address"), root + report.address)])
    if not report.has_texts_last:
        yield from _texts(report)
        yield NewPage()


def _end(report: Report) -> Iterable[Block]:
    if report.has_texts_last:
        yield ReportHeading(_("Texts"))
        yield from _texts(report)


def _texts(report: Report) -> Iterable[Block]:
    for version in report.texts:
        yield Facts(provenance(version), heads=("", version.name))
    yield Prose(plain(_("Texts are shown with where they come from; a restatement is not the law.")), "Remark")


def write_xlsx(report: Report, root: str) -> bytes:
    """The spreadsheet: the report's sheets, then the texts with where they come from."""
    return as_sheets([*report.sheets, _sheet_of_texts(report, root)])


def _sheet_of_texts(report: Report, root: str) -> Sheet:
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
            LinkCell(version.name, root + pinned_version(version)),
            version.law.name,
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
    return Sheet(_("Texts"), head, rows, [32, 28, 20, 14, 40, 32, 68, 40, 14])


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
    details = [version.law.name, version.name if version.name != version.law.name else "", format_date(version.date)]
    return ", ".join(filter(None, [*details, cite(clause), f"SHA-256 {version.text_hash[:12]}"])) + "."


def clause_link(clause: Clause, root: str, words: str = "") -> LinkCell:
    """A cell that leads to the clause as it is pinned to its text."""
    return LinkCell(words or cite(clause), root + pinned_clause(clause))


def too_many_files() -> HttpResponse:
    sentence = _("Too many files were requested in the last hour. Try again later.")
    return HttpResponse(sentence, status=429, content_type="text/plain; charset=utf-8")


def answer_with(request: HttpRequest, make: Callable[[], Any], kind: str, name: str) -> HttpResponse:
    """The report that ``make`` gives as a ``docx`` or ``xlsx`` file. Counted against the limit of this hour."""
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return too_many_files()
    root = site_root(request)
    content = write_docx(make(), root) if kind == "docx" else write_xlsx(make(), root)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=DOCX if kind == "docx" else XLSX, headers=headers)
