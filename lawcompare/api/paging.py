"""Pages of a list, with the addresses of the next and the previous one."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.db.models import Max, QuerySet
from django.http import HttpRequest
from ninja import Query

from lawcompare.api.app import RequestRefused
from lawcompare.laws.citing.permalinks import site_root

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
    request: HttpRequest, rows: QuerySet[Any], number: int, data: Callable[[Any], Any]
) -> dict[str, Any]:
    """As ``page_of``, of rows whose ``position`` counts from 0 without a gap.

    The rows are found by their position, which is indexed, so that the six-hundredth page costs what the first does: a
    database reads and throws away all rows before an OFFSET.
    """
    total = rows.aggregate(end=Max("position") + 1)["end"] or 0
    last = _last_page(number, total, SIZE)
    shown = rows.filter(position__gte=(number - 1) * SIZE, position__lt=number * SIZE).order_by("position")
    return _page(request, number, last, total, [data(row) for row in shown])


def _last_page(number: int, total: int, size: int) -> int:
    last = max(-(-total // size), 1)
    if number > last:
        raise RequestRefused(404, f"There is no page {number}; the last is {last}.")
    return last


def _page(request: HttpRequest, number: int, last: int, total: int, items: list[Any]) -> dict[str, Any]:
    return {
        "total": total,
        "items": items,
        "next": _address(request, number + 1) if number < last else None,
        "prev": _address(request, number - 1) if number > 1 else None,
    }


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{site_root(request)}{request.path}?{query.urlencode()}"
