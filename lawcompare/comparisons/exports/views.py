"""A comparison as a file: Word with tracked changes, PDF, XLSX. Making one takes time: a reader may ask for so many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import methods
from lawcompare.comparisons import access
from lawcompare.comparisons.access import subject_rows
from lawcompare.comparisons.exports import files
from lawcompare.comparisons.exports.documents import ExportFailed
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.access import visible_values
from lawcompare.crosswalk.exports import report_of_two_laws
from lawcompare.crosswalk.provisions import TopicRow, texts_inside
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.laws.access import get_two_versions
from lawcompare.laws.citing.permalinks import pin, plain_address, site_root
from lawcompare.laws.models import Version
from lawcompare.laws.reports import XLSX, Report, answer_with

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MEDIA_TYPES = {"docx": DOCX, "pdf": "application/pdf", "xlsx": XLSX}


@require_safe
def two_laws_file(request: HttpRequest, form: str, **pair: str) -> HttpResponse:
    """Two laws by subject as a file; their page where nothing is known of how they correspond."""
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = get_two_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    rows = subject_rows(request.user, *versions)
    if not rows:
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url())
    name = f"{'-'.join(old)}--{'-'.join(new)}-by-subject"
    return answer_with(
        request, lambda: _report_by_subject(request.user, *versions, rows, site_root(request)), form, name
    )


def _report_by_subject(user: Any, old: Version, new: Version, rows: list[TopicRow], root: str) -> Report:
    clauses = {clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}
    inside = texts_inside(clauses.values())
    address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
    pinned = f"{address}?texts={pin(old)}-{pin(new)}"
    return report_of_two_laws(old, new, rows, visible_values(user), inside, pinned, root)


@csrf_exempt  # a visitor gets no cookie; a form must come from here
@methods("GET", "HEAD", "POST")
def comparison_file(request: HttpRequest, form: str, **pair: str) -> HttpResponse:
    """The file; where the comparison is not there yet, its page, which says how far it is or how to ask for it.

    The file of a long comparison is written by a worker: POST asks for it, and this address has it once it is there.
    """
    if request.method == "POST" and not access.comes_from_here(request):
        raise PermissionDenied(_("Request a file from this site’s own pages."))
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = get_two_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    comparison = access.find_comparison(*versions, request.GET.get("edition", ""), request.GET.get("engine", ""))
    if comparison is None or not comparison.is_done:
        by_text = "?by=text" if versions[0].law_id != versions[1].law_id else ""
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url() + by_text)
    name = f"{'-'.join(old)}--{'-'.join(new)}.{form}"
    if files.is_long(comparison):
        return _long_file(request, comparison, form, name)
    if request.method == "POST":
        return redirect(request.get_full_path())
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return _problem(request, comparison, _TOO_MANY, 429)
    try:
        return _file(files.write(comparison, form, site_root(request)), form, name)
    except ExportFailed:
        return _problem(request, comparison, _NOT_MADE, 503)


_TOO_MANY = gettext_lazy("Too many files were requested in the last hour. Try again later.")
_NOT_MADE = gettext_lazy("The PDF could not be made. Take the Word file, and tell us of it.")


def _long_file(request: HttpRequest, comparison: Comparison, form: str, name: str) -> HttpResponse:
    """The file that a worker made; else the page that asks for it and says how far it is."""
    language = get_language() or "en"
    file = files.find_file(comparison, form, language)
    if request.method == "POST":
        if file is None or not (file.job.is_under_way or (files.is_there(file) and files.content_of(file))):
            if not allow(request, "files", settings.FILES_PER_HOUR):
                return _problem(request, comparison, _TOO_MANY, 429)
            files.request_file(comparison, form, language, site_root(request))
        return redirect(request.get_full_path())
    is_there = file is not None and files.is_there(file)
    is_asked_how_far = bool(getattr(request, "htmx", False))
    if file is not None and is_there and not is_asked_how_far:
        content = files.content_of(file)
        if content is not None:
            return _file(content, form, name)
        is_there = False
    context = {
        "old": comparison.old, "new": comparison.new, "comparison": comparison, "form": form.upper(), "file": file,
        "is_there": is_there, "is_under_way": file is not None and file.job.is_under_way,
    }  # fmt: skip
    part = "comparisons/long_file.html#progress" if is_asked_how_far else "comparisons/long_file.html"
    return render(request, part, context)


def _file(content: bytes, form: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=MEDIA_TYPES[form], headers=headers)


def _problem(request: HttpRequest, comparison: Comparison, problem: StrPromise, status: int) -> HttpResponse:
    context = {"old": comparison.old, "new": comparison.new, "problem": problem}
    return render(request, "comparisons/waiting.html", context, status=status)
