"""File names in a mirror for addresses of the site. No request, no database."""

import hashlib
import posixpath
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

# Names in ``?…`` whose pages are mirrored in every combination; of others, such as filters of a list, one at a time.
COMBINED = ("against", "by", "view", "show", "noise", "page")
# Names that choose nothing where no server asks: what is cited, and what a form begins with.
DROPPED = frozenset({"text", "old", "new", "next", "q"})
# Rooms that a mirror has no door to.
ROOMS = (
    *("accounts", "workspace", "admin", "api", "styleguide", "metrics", "healthz", "readyz", "search"),
    *("share", "embed", "offline"),
    *(r"manifest\.webmanifest", r"opensearch\.xml"),
)
CLOSED = re.compile(rf"/(?:km/)?(?:{'|'.join(ROOMS)})(?:/|$|\?)")
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_MAX = 100


def canonical(address: str, base: str = "/") -> str | None:
    """Returns the address of a page as a mirror knows it, without fragment; None for what no mirror has.

    >>> canonical("?page=2&text=ab12#art_1", "/laws/x/1/")
    '/laws/x/1/?page=2'
    >>> canonical("/accounts/login/") is None
    True
    """
    is_whole = address.startswith("/") and not address.startswith("//")
    return _known(address if is_whole else urljoin(base, address))


@lru_cache(maxsize=65_536)  # every page has the links of the masthead, and neighbours share most of theirs
def _known(address: str) -> str | None:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or CLOSED.match(parts.path):
        return None
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in DROPPED]
    if sum(name not in COMBINED for name, _value in query) > 1 or len({name for name, _value in query}) < len(query):
        return None
    return unquote(parts.path) + (f"?{urlencode(sorted(query))}" if query else "")


def file_of(address: str) -> str:
    """Returns the path of a page's file in the mirror.

    >>> file_of("/laws/")
    'laws/index.html'
    >>> file_of("/compare/a/1/with/a/2/?page=2&view=inline")
    'compare/a/1/with/a/2/index.page-2.view-inline.html'
    >>> file_of("/topics/matrix.csv?against=us-code-18")
    'topics/matrix.against-us-code-18.csv'
    """
    path, _sign, query = address.partition("?")
    path = path.lstrip("/")
    if not path or path.endswith("/"):
        path += "index.html"
    if query:
        stem, ending = posixpath.splitext(path)
        path = f"{stem}.{_named(query)}{ending or '.html'}"
    return path


def _named(query: str) -> str:
    """Returns a query as a part of a file name that every file system takes."""
    words = ".".join(f"{name}-{value}" for name, value in parse_qsl(query))
    safe = UNSAFE.sub("-", words)[:NAME_MAX]
    return safe if safe == words else f"{safe}-{hashlib.sha256(query.encode()).hexdigest()[:8]}"


def relative(target: str, of: str) -> str:
    """Returns the link from one file of the mirror to another, quoted for an attribute.

    >>> relative("laws/index.html", of="km/index.html")
    '../laws/index.html'
    """
    return quote(posixpath.relpath(target, posixpath.dirname(of) or "."))
