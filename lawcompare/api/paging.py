"""Pages of a list, with the addresses of the next and the previous one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.db.models import QuerySet
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
    last = max(-(-total // size), 1)
    if number > last:
        raise RequestRefused(404, f"There is no page {number}; the last is {last}.")
    return {
        "total": total,
        "items": [data(row) for row in rows[(number - 1) * size : number * size]],
        "next": _address(request, number + 1) if number < last else None,
        "prev": _address(request, number - 1) if number > 1 else None,
    }


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{site_root(request)}{request.path}?{query.urlencode()}"
