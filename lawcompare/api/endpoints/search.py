"""Endpoint of the search."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query

from lawcompare.api import schemas
from lawcompare.api.addresses import text_ref
from lawcompare.api.app import RequestRefused, get
from lawcompare.api.paging import PageNumber, page_of
from lawcompare.laws.citing.permalinks import site_root
from lawcompare.search import access
from lawcompare.search.query.find import PER_PAGE, Hit, find, show
from lawcompare.search.query.highlight import HighlightRun
from lawcompare.search.query.question import CHARACTERS_MAX


@get(
    "/search",
    schemas.AnswersOut,
    refuses=(429,),
    tags=["search"],
    summary=_("Clauses, annotations and topics that answer a question, the best first"),
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=CHARACTERS_MAX)],
    kind: Annotated[Literal["clause", "annotation", "topic"] | None, Query()] = None,
    law: Annotated[schemas.Slug | None, Query()] = None,
    language: Annotated[schemas.LanguageCode | None, Query()] = None,
    risk: Annotated[Literal["0", "1", "2", "3", "4"] | None, Query()] = None,
    organisation: Annotated[schemas.Slug | None, Query()] = None,
    category: Annotated[schemas.Slug | None, Query()] = None,
    page: PageNumber = 1,
) -> Any:
    if not access.may_search(request):
        raise RequestRefused(429, "Too many questions came from here in the last minute. Try again in a minute.")
    versions = access.public_versions()
    try:
        filters = access.read_filters(request.GET, versions)
    except access.QuestionRefused as refused:
        raise RequestRefused(404, str(refused)) from None
    results = find(access.read_text(request.GET), filters, versions)
    data = page_of(request, results.ranked, page, lambda entry: entry, PER_PAGE)
    hits = [_data(request, hit) for hit in show(results, data["items"])]
    counts = {name: dict(counter) for name, counter in results.counts.items()}
    return data | {"items": hits, "total": results.total, "counts": counts}


def _data(request: HttpRequest, hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.entry.kind,
        "key": hit.entry.key,
        "title": hit.entry.title,
        "place": hit.place,
        "text": "".join(map(_marked, hit.text)),
        "language": hit.entry.language,
        "version": text_ref(request, hit.version) if hit.version else None,
        "is_cited": hit.is_cited,
        "url": site_root(request) + hit.url,
    }


def _marked(run: HighlightRun) -> str:
    return f"⟦{run.text}⟧" if run.is_mark else run.text
