"""Several texts of one law side by side, by article or by concern."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.rate_limits import allow
from lawcompare.annotations.access import visible_annotations
from lawcompare.comparisons import access, services
from lawcompare.comparisons.versions import multi_version
from lawcompare.core.page_cache.public import public
from lawcompare.languages import reader_language
from lawcompare.laws.access import get_law, visible_versions
from lawcompare.laws.models import Law, Version
from lawcompare.laws.renderings.translations import members_in
from lawcompare.laws.reports import XLSX, as_workbook, too_many_files

LINES_PER_PAGE = 25


@csrf_exempt  # see comparisons.views.comparison
@public("text", "base", "by", "clause", "show", "page", takes_post=True)
def versions_table(request: HttpRequest, law: str) -> HttpResponse:
    """The table. A POST asks for the comparisons with the base that are missing."""
    requested = get_law(request.user, law)
    chosen = _choose(request, requested)
    columns = multi_version.columns_of(chosen["base"], chosen["texts"])
    missing = [column for column in columns if not column.is_base and column.comparison is None]
    if request.method == "POST":
        return _ask(request, chosen["base"], [column.version for column in missing])
    lines, hidden = _lines(request, chosen, columns)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    multi_version.load_insides(page.object_list)
    context = chosen | {"law": requested, "columns": columns, "page": page, "hidden": hidden, "missing": missing}
    return render(request, "comparisons/versions_table.html", context | _links(request))


@require_safe
def versions_table_xlsx(request: HttpRequest, law: str) -> HttpResponse:
    requested = get_law(request.user, law)
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return too_many_files()
    chosen = _choose(request, requested)
    columns = multi_version.columns_of(chosen["base"], chosen["texts"])
    lines, _hidden = _lines(request, chosen, columns)
    multi_version.load_insides(lines)
    name = f"{requested.slug}-{chosen['base'].slug}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    written = as_workbook(multi_version.as_rows(columns, lines), _("Texts side by side"))
    return HttpResponse(written, content_type=XLSX, headers=headers)


def _choose(request: HttpRequest, law: Law) -> dict[str, Any]:
    """The base, the texts beside it in the same language, and all that could be chosen. What is unknown is left out."""
    everything = list(visible_versions(request.user).filter(law=law).order_by("date", "slug"))
    # Where nothing but a proposed translation can be read, that is what there is.
    texts = members_in(reader_language().code, everything) or everything
    by_slug = {text.slug: text for text in everything}
    wanted = [by_slug[slug] for slug in request.GET.getlist("text") if slug in by_slug]
    base = by_slug.get(request.GET.get("base", "")) or (wanted or texts)[0]
    same = [text for text in members_in(base.language, everything) if text.language == base.language] or [base]
    chosen = [text for text in same if text in wanted or text == base] if wanted else same
    if len(chosen) > multi_version.MOST:
        chosen = sorted([base, *[text for text in chosen if text != base][: multi_version.MOST - 1]], key=same.index)
    return {"base": base, "texts": chosen, "possible": texts, "most": multi_version.MOST}


def _lines(
    request: HttpRequest, chosen: dict[str, Any], columns: list[multi_version.TextColumn]
) -> tuple[list[multi_version.ArticleLine], int]:
    """The rows that were asked for, and how many more there are."""
    everything = lines = multi_version.lines_of(chosen["base"], columns)
    notes = visible_annotations(request.user).published().filter(version__in=chosen["texts"])
    multi_version.mark_concerns(lines, notes.select_related("clause", "organisation").prefetch_related("categories"))
    if eid := request.GET.get("clause"):
        named = chosen["base"].clauses.filter(eid=eid).first()
        lines = [line for line in lines if named is not None and line.has(named)]
    elif request.GET.get("by") == "concern":
        lines = sorted((line for line in lines if line.notes), key=lambda line: -line.risk)
    elif request.GET.get("show") != "all":
        lines = [line for line in lines if line.is_changed]
    return lines, len(everything) - len(lines)


def _links(request: HttpRequest) -> dict[str, str]:
    """Addresses of this page with one thing changed."""

    def with_(**change: str) -> str:
        query: QueryDict = request.GET.copy()
        for name in ("page", "by", "clause", "show"):
            query.pop(name, None)
        for name, value in change.items():
            query[name] = value
        return "?" + query.urlencode()

    query = request.GET.copy()
    query.pop("page", None)
    return {
        "by_article": with_(),
        "by_concern": with_(by="concern"),
        "everything": with_(show="all"),
        "query": query.urlencode(),
        "mode": "clause"
        if request.GET.get("clause")
        else request.GET.get("by") or request.GET.get("show") or "changes",
    }


def _ask(request: HttpRequest, base: Version, others: list[Version]) -> HttpResponse:
    if not access.comes_from_here(request):
        raise PermissionDenied(_("Request a comparison from this site’s own pages."))
    for other in others:
        if not access.may_ask_again(request):
            break
        old, new = sorted((base, other), key=lambda text: (text.date, text.slug))
        services.request_comparison(old, new)
    return redirect(request.get_full_path())
