"""Reading the site as a visitor does, without a network: every public page that links lead to."""

import html
import multiprocessing
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connections
from django.test import RequestFactory

from lawcompare.languages import LANGUAGES, path_in
from lawcompare.laws.citing.permalinks import plain_address, set_site_root
from lawcompare.laws.models import Version
from lawcompare.laws.reading.version_page import lay_out
from lawcompare.mirror.addresses import canonical

# In our own pages every attribute stands in double quotes, and those in texts are escaped.
LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
AT = re.compile(r"^(/(?:km/)?laws/([\w-]+)/([\w-]+)/)\?at=([^&]+)$")


@dataclass(frozen=True)
class FetchedPage:
    """A public page, or the address it redirects to; both empty where it is not public or does not exist."""

    address: str
    media: str = ""
    body: bytes = b""
    leads_to: str = ""
    links: tuple[str, ...] = ()


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def visit(address: str, site: str) -> FetchedPage:
    """Request an address as a visitor of ``site`` (``https://example.org``) and return what is public of it."""
    origin = urlsplit(site)
    factory = RequestFactory(HTTP_HOST=origin.netloc, HTTP_X_FORWARDED_PROTO=origin.scheme, REMOTE_ADDR="")
    factory.defaults["wsgi.url_scheme"] = origin.scheme
    request = WSGIRequest(factory.get(address).environ)
    set_site_root(request, site)
    response = _handler().get_response(request)
    try:
        if response.status_code in {301, 302}:
            return FetchedPage(address, leads_to=canonical(response.headers["Location"], address) or "")
        if response.status_code != 200 or "public" not in response.headers.get("Cache-Control", ""):
            return FetchedPage(address)
        body = b"".join(response)
    finally:
        response.close()
    media = response.headers.get("Content-Type", "")
    links = _links(body, address, site) if media.startswith("text/html") else ()
    return FetchedPage(address, media, body, links=links)


def _links(body: bytes, base: str, site: str) -> tuple[str, ...]:
    links = (html.unescape(link.decode()) for link in set(LINK.findall(body)))
    known = (place(link, base, site) for link in links if not link.startswith("#"))
    return tuple(sorted({link for link in known if link and not link.startswith(settings.STATIC_URL)}))


def place(link: str, base: str, site: str) -> str | None:
    """Returns the site's address that a link leads to, as the mirror knows it; ``?at=`` becomes the page it is on."""
    address = canonical(link.removeprefix(site) or "/", base)
    at = AT.match(address) if address else None
    if at is None:
        return address
    path, law, version, eid = at.groups()
    page = pages_of(law, version).get(eid, 1)
    return f"{path}?page={page}" if page > 1 else path


@cache
def pages_of(law: str, version: str) -> dict[str, int]:
    """Returns the page number of each clause of a text by eId, without those on the first page."""
    text_version = Version.objects.published().filter(law__slug=law, slug=version).first()
    if text_version is None:
        return {}
    later = [page for page in lay_out(text_version).pages if page.number > 1]
    rows = text_version.clauses.values_list("eid", "position")
    return {eid: page.number for eid, at in rows for page in later if page.start <= at < page.end}


def crawl(start: Iterable[str], site: str, processes: int) -> Iterator[FetchedPage]:
    """Yields every page that can be reached from ``start``, each once, but for those of proposed translations."""
    pages_of.cache_clear()
    proposed = Version.objects.published().exclude(pk__in=Version.objects.standing().values("pk"))
    names = [plain_address("version", *name) for name in proposed.values_list("law__slug", "slug")]
    left_out = tuple(path_in(language, name) for name in names for language in LANGUAGES)
    seen = set(start)
    waiting = sorted(seen)
    with _visitors(processes) as visit_all:
        while waiting:
            addresses: set[str] = set()
            for fetched in visit_all([(address, site) for address in waiting]):
                yield fetched
                links = {*fetched.links, fetched.leads_to} - {""}
                addresses.update(link for link in links if not link.startswith(left_out))
            waiting = sorted(addresses - seen)
            seen |= addresses


@contextmanager
def _visitors(processes: int) -> Iterator:
    if processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda asked: (visit(*one) for one in asked)
        return
    connections.close_all()  # each process opens its own
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield lambda asked: pool.imap_unordered(_visit, asked, chunksize=8)


def _visit(asked: tuple[str, str]) -> FetchedPage:
    return visit(*asked)
