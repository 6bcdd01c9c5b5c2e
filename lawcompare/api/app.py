"""The read-only API: its OpenAPI document, its headers, its errors and the pages of its lists.

It answers every caller as a visitor, whoever is signed in, so nothing personal can get into it. An error is RFC 9457
``application/problem+json`` with one sentence.
"""

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Annotated, Any

from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import get_language
from ninja import NinjaAPI, Query
from ninja.decorators import decorate_view
from ninja.errors import ValidationError

from lawcompare.accounts.models import VISITOR
from lawcompare.api.schemas import ProblemOut
from lawcompare.core.page_cache.public import View, public
from lawcompare.laws.access import WithdrawnError
from lawcompare.laws.citing import site_root
from lawcompare.laws.editing.services import names_now
from lawcompare.laws.models import Clause
from lawcompare.laws.reports import too_much

PROBLEM_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    410: "Withdrawn",
    429: "Too many requests",
}
DESCRIPTION = (
    "What lawcompare publishes, for programs: laws and their texts clause by clause, comparisons with every change, "
    "topics, correspondences, annotations, findings and the search. Only what is public; nothing can be written."
)


TAGS = {
    "annotations": "Published notes on the words of laws, and what became of their concerns.",
    "comparisons": "Two texts set side by side, with every change of their words.",
    "laws": "Laws with their texts, clauses, findings and values.",
    "search": "Clauses, notes and topics that answer a question.",
    "topics": "Topics, correspondences between laws, and the matrix.",
}


class Api(NinjaAPI):
    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        return shared(super().create_response(request, data, **kwargs))

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's own name, from which programs make theirs: ``clauses``, ``clause``."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """The OpenAPI document: components under their plain names, problems under the media type they are sent as."""
        schema = json.loads(self._written(get_language() or "", **kwargs))
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
                        response["description"] = TITLES[int(status)]
                operation["description"] = f"{operation['summary']}. Open to everybody, without a key."
        return schema | {"tags": [{"name": name, "description": words} for name, words in TAGS.items()], "security": []}

    @cache  # noqa: B019 - there is one API as long as the process lives
    def _written(self, _language: str, **kwargs: Any) -> str:
        """The document that django-ninja makes of all addresses, as JSON; it is the same for every request."""
        document = json.dumps(super().get_openapi_schema(**kwargs), default=str)
        # ``LawOut`` is a name for Python, where ``Law`` is a model; programs that read the API know one ``Law``.
        return re.sub(r'(?<=[a-z])Out(?=["_[\]])', "", document)


class RequestRefused(Exception):
    """A request that cannot be answered: the status and the sentence for its reader."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


api = Api(
    title="lawcompare",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,  # served by us, as everything else here, so that it is kept and shared
    docs_url=None,
    urls_namespace="api",
)


def shared(response: HttpResponse) -> HttpResponse:
    """Allows scripts of any site to read the response; everything in it is public."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


def problem(status: int, detail: str) -> HttpResponse:
    """Returns an RFC 9457 problem with this status and sentence."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return shared(HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE))


def get(
    path: str, answer: Any, *parameters: str, refuses: tuple[int, ...] = (), **options: Any
) -> Callable[[View], View]:
    """Declare a GET address and what it answers; ``parameters`` are those of its query by which it may be cached."""
    answers: dict[int, Any] = {200: answer, **dict.fromkeys((400, 404, *refuses), ProblemOut)}

    def declare(view: View) -> View:
        kept = decorate_view(public(*parameters))(view)
        return api.get(path, response=answers, exclude_none=False, **options)(kept)

    return declare


@api.exception_handler(RequestRefused)
def refused(request: HttpRequest, error: RequestRefused) -> HttpResponse:
    return problem(error.status, error.detail)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Nothing is there; or it bears another name now, to which its old address leads for good."""
    match = request.resolver_match
    now = names_now(VISITOR, match.kwargs) if match else None
    if match and now:
        address = reverse(match.view_name, kwargs=now)
        query = request.META.get("QUERY_STRING", "")
        return shared(HttpResponsePermanentRedirect(f"{address}?{query}" if query else address))
    return problem(404, str(error) or "There is nothing at this address.")


@api.exception_handler(WithdrawnError)
def withdrawn(request: HttpRequest, error: WithdrawnError) -> HttpResponse:
    by = error.withdrawal.organisation or "the staff of this site"
    return problem(410, f"This text was withdrawn by {by}: {error.withdrawal.reason}")


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    return problem(400, f"{first['loc'][-1]}: {first['msg'][:1].lower()}{first['msg'][1:]}.")


# --- Pages of a list --------------------------------------------------------------------------------------------------

SIZE = 100
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]


def page_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], number: int, data: Callable[[Any], Any], size: int = SIZE
) -> dict[str, Any]:
    """Returns a page of rows in order. Raises ``RequestRefused`` where there is no such page; page 1 always exists."""
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    last = _last_page(number, total, size)
    shown = rows[(number - 1) * size : number * size]
    return _page(request, number, last, total, [data(row) for row in shown])


def page_of_numbered(
    request: HttpRequest,
    rows: QuerySet[Any],
    number: int,
    data: Callable[[Any], Any],
    written: Callable[[QuerySet[Any]], QuerySet[Clause]],
) -> dict[str, Any]:
    """As ``page_of``, of rows whose ``position`` counts from 0 without a gap. ``written``: the clauses whose words
    these rows print; of few, long ones a reader has so many in an hour.

    The rows are found by their position, which is indexed, so that the six-hundredth page costs what the first does: a
    database reads and throws away all rows before an OFFSET.
    """
    total = rows.aggregate(end=Max("position") + 1)["end"] or 0
    last = _last_page(number, total, SIZE)
    shown = rows.filter(position__gte=(number - 1) * SIZE, position__lt=number * SIZE).order_by("position")
    if too_much(request, SIZE, written(shown.order_by())) is not None:
        raise RequestRefused(429, "Too many long pages were requested in the last hour. Try again later.")
    return _page(request, number, last, total, [data(row) for row in shown])


def _last_page(number: int, total: int, size: int) -> int:
    last = max(-(-total // size), 1)
    if number > last:
        raise RequestRefused(404, f"There is no page {number}; the last is {last}.")
    return last


def _page(request: HttpRequest, number: int, last: int, total: int, items: list[Any]) -> dict[str, Any]:
    def address(of: int) -> str:
        query = request.GET.copy()
        query["page"] = str(of)
        return f"{site_root(request)}{request.path}?{query.urlencode()}"

    return {
        "total": total,
        "items": items,
        "next": address(number + 1) if number < last else None,
        "prev": address(number - 1) if number > 1 else None,
    }
