"""How a view says that its page is public. What is made of that, and what refuses it, is in ``pages/caching.py``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def public(*parameters: str) -> Callable[[View], View]:
    """Say that every visitor gets the same page from a view: it may be kept, here and on the way to the reader.

    ``parameters``: the names in ``?…`` that the view reads. A page asked for with any other is passed on but never
    kept, so that nobody can fill the cache or put words into other people's pages. A view that sets ``Cache-Control``
    itself, as for a page that is true for a moment only, is left as it says.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def publish(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.has_header("Cache-Control"):
                response.is_public = True  # type: ignore[attr-defined]
                response.may_be_kept = set(request.GET) <= set(parameters)  # type: ignore[attr-defined]
            return response

        return publish

    return decorate
