"""How a view declares its page public. ``page_cache/middleware.py`` acts on it, and refuses what must not be shared."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

View = Callable[..., HttpResponseBase]


def public(*parameters: str, takes_post: bool = False) -> Callable[[View], View]:
    """Say that every visitor gets the same page from a view: it may be kept, here and on the way to the reader.

    ``parameters``: the names in ``?…`` that the view reads. A page asked for with any other is passed on but never
    kept, so that nobody can fill the cache or put words into other people's pages. A view that sets ``Cache-Control``
    itself, as for a page that is true for a moment only, is left as it says. It is read, and no more, unless
    ``takes_post`` is said: 405.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def publish(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not takes_post:
                return HttpResponseNotAllowed(["GET", "HEAD"])
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.has_header("Cache-Control"):
                response.is_public = True  # type: ignore[attr-defined]
                response.may_be_kept = set(request.GET) <= set(parameters)  # type: ignore[attr-defined]
            return response

        return publish

    return decorate


@cache
def release() -> str:
    """A name for this release of the program: another one after any of its files changed."""
    base: Path = settings.BASE_DIR
    files = [path for folder in ("lawcompare", "templates", "locale") for path in (base / folder).rglob("*.*")]
    files.append(Path(settings.STATIC_ROOT) / "staticfiles.json")
    stats = sorted((str(path), path.stat().st_mtime_ns) for path in files if path.is_file() and path.suffix != ".pyc")
    return hashlib.blake2b(repr((settings.SITE_NAME, stats)).encode(), digest_size=8).hexdigest()
