"""Annotations in other forms: JSON-LD, CSV, spreadsheet."""

import json
from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.accounts.responses import first_or_404
from lawcompare.annotations.exchange import jsonld_writer
from lawcompare.annotations.exchange.tabular import as_cells, as_table
from lawcompare.annotations.filters import NAMES, file_filter
from lawcompare.annotations.models import Annotation, AnnotationQuerySet
from lawcompare.laws.citing.permalinks import site_root
from lawcompare.laws.exports.tabular import CSV, XLSX, as_csv, as_workbook
from lawcompare.page_cache.public import public

PER_PAGE = 100


def published(request: HttpRequest) -> AnnotationQuerySet:
    """What is public of what the address asks for, the first published first, so that pages keep their items."""
    annotations = Annotation.objects.listed().for_export().order_by("published_at", "pk")
    return file_filter(request.GET).of(annotations)


def as_jsonld(data: dict[str, Any]) -> HttpResponse:
    """A response with the media type of W3C annotations, which scripts of any site may read."""
    words = json.dumps(data, ensure_ascii=False, indent=1)
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(words, content_type=jsonld_writer.MEDIA_TYPE, headers=headers)


@require_safe
@public()
def annotation_jsonld(request: HttpRequest, slug: str) -> HttpResponse:
    annotation = first_or_404(
        Annotation.objects.published().for_export().filter(slug=slug),
        _("There is no annotation “%(slug)s” here.") % {"slug": slug},
    )
    return as_jsonld(jsonld_writer.with_context(jsonld_writer.annotation_data(annotation, site_root(request))))


@require_safe
@public("page", *NAMES)
def annotations_jsonld(request: HttpRequest) -> HttpResponse:
    """The collection, or the page of it that ``?page=`` names."""
    chosen, root = file_filter(request.GET), site_root(request)
    pages = Paginator(published(request), PER_PAGE)
    asked = request.GET.get("page")
    if asked is None:
        return as_jsonld(jsonld_writer.collection_data(chosen, pages.count, pages.num_pages, root))
    try:
        page = pages.page(int(asked))
    except (EmptyPage, ValueError):
        raise Http404(_("This collection has no page “%(page)s”.") % {"page": asked[:20]}) from None
    start = (page.number - 1) * PER_PAGE
    return as_jsonld(jsonld_writer.page_data(chosen, page.number, pages.num_pages, start, page, root))


@require_safe
@public(*NAMES)
def annotations_csv(request: HttpRequest) -> HttpResponse:
    table = as_table(published(request), site_root(request))
    return as_file(as_csv(table), CSV, "annotations.csv")


@require_safe
@public(*NAMES)
def annotations_xlsx(request: HttpRequest) -> HttpResponse:
    cells = as_cells(published(request), site_root(request))
    return as_file(as_workbook(cells, _("Annotations")), XLSX, "annotations.xlsx")


def as_file(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """A response that is saved under ``name``."""
    return HttpResponse(
        content, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
