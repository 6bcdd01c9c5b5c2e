"""A comparison as a file: Word with tracked changes, PDF. Making one takes time, so a reader may ask for so many."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.accounts.rate_limits import allow
from lawcompare.comparisons import access
from lawcompare.comparisons.exports import printable
from lawcompare.comparisons.exports.boxed_pdf import ExportFailed
from lawcompare.comparisons.exports.by_subject import report_by_subject, subject_rows
from lawcompare.comparisons.exports.spreadsheet import report_of
from lawcompare.comparisons.models import Comparison
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.laws.citing.permalinks import site_root
from lawcompare.laws.reports import answer_with, write_xlsx
from lawcompare.laws.tabular import XLSX

PDF = "application/pdf"


@require_safe
def comparison_docx(request: HttpRequest, **pair: str) -> HttpResponse:
    return _answer(request, pair, printable.as_docx, DOCX, "docx")


@require_safe
def comparison_pdf(request: HttpRequest, **pair: str) -> HttpResponse:
    return _answer(request, pair, printable.as_pdf, PDF, "pdf")


@require_safe
def comparison_xlsx(request: HttpRequest, **pair: str) -> HttpResponse:
    return _answer(request, pair, lambda comparison, root: write_xlsx(report_of(comparison, root), root), XLSX, "xlsx")


@require_safe
def two_laws_docx(request: HttpRequest, **pair: str) -> HttpResponse:
    return _two_laws(request, pair, "docx")


@require_safe
def two_laws_xlsx(request: HttpRequest, **pair: str) -> HttpResponse:
    return _two_laws(request, pair, "xlsx")


def _two_laws(request: HttpRequest, pair: dict[str, str], kind: str) -> HttpResponse:
    """Two laws by subject as a file; their page where nothing is known of how they correspond."""
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = access.get_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    rows = subject_rows(request.user, *versions)
    if not rows:
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url())
    name = f"{'-'.join(old)}--{'-'.join(new)}-by-subject"
    return answer_with(
        request, lambda: report_by_subject(request.user, *versions, rows, site_root(request)), kind, name
    )


def _answer(
    request: HttpRequest,
    pair: dict[str, str],
    write: Callable[[Comparison, str], bytes],
    media_type: str,
    suffix: str,
) -> HttpResponse:
    """The file; where the comparison is not there yet, its page, which says how far it is or how to ask for it."""
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = access.get_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    comparison = access.find_comparison(*versions, request.GET.get("edition", ""), request.GET.get("engine", ""))
    if comparison is None or not comparison.is_done:
        by_text = "?by=text" if versions[0].law_id != versions[1].law_id else ""
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url() + by_text)
    if not allow(request, "files", settings.FILES_PER_HOUR):
        problem = _("Too many files were requested in the last hour. Try again later.")
        context = {"old": comparison.old, "new": comparison.new, "problem": problem}
        return render(request, "comparisons/waiting.html", context, status=429)
    name = f"{'-'.join(old)}--{'-'.join(new)}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    try:
        written = write(comparison, site_root(request))
    except ExportFailed:
        problem = _("The PDF could not be made. Take the Word file, and tell us of it.")
        context = {"old": comparison.old, "new": comparison.new, "problem": problem}
        return render(request, "comparisons/waiting.html", context, status=503)
    return HttpResponse(written, content_type=media_type, headers=headers)
