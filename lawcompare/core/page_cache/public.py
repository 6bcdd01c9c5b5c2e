"""How a view declares its page public; ``middleware.py`` acts on it and refuses personal content."""

import hashlib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

View = Callable[..., HttpResponseBase]


def public(*parameters: str, takes_post: bool = False) -> Callable[[View], View]:
    """Decorates a view whose page is the same for every visitor, so that it may be cached here and on the way.

    ``parameters`` are the query parameters that the view reads. A page asked for with any other is passed on and not
    cached, so that nobody can fill the cache or plant words in other people's pages. A view that sets ``Cache-Control``
    itself, as for a page that is true for a moment only, keeps it. POST is answered with 405 unless ``takes_post``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def publish(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and not takes_post:
                return HttpResponseNotAllowed(["GET", "HEAD"])
            request.public_parameters = parameters  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and not response.has_header("Cache-Control"):
                response.is_public = True  # type: ignore[attr-defined]
                response.may_be_kept = set(request.GET) <= set(parameters)  # type: ignore[attr-defined]
            return response

        return publish

    return decorate


def public_parameters(request: HttpRequest) -> tuple[str, ...] | None:
    """Returns the query parameters that the public page asked for reads; None where it is no public page."""
    return getattr(request, "public_parameters", None)


def asks_for_data(request: HttpRequest) -> bool:
    """Returns whether a program asks for linked data and not for a page. Such requests pass by the cache of pages."""
    accepted = request.headers.get("Accept", "")
    return "application/ld+json" in accepted and "text/html" not in accepted


@cache
def release() -> str:
    """Returns a name for this release of the program, which changes with any of its files."""
    base: Path = settings.BASE_DIR
    files = [path for folder in ("lawcompare", "templates", "locale", "docs") for path in (base / folder).rglob("*.*")]
    files.append(Path(settings.STATIC_ROOT) / "staticfiles.json")
    stats = sorted((str(path), path.stat().st_mtime_ns) for path in files if path.is_file() and path.suffix != ".pyc")
    return hashlib.blake2b(repr((settings.SITE_NAME, settings.OPERATOR, stats)).encode(), digest_size=8).hexdigest()
