"""The cache of public pages, and the guard that keeps personal pages out of it.

This is the outermost middleware: a cached page is sent as it first was, with its security headers and compression. A
view declares its page public (``page_cache.public``); every other page is ``private, no-store``. Part of the key of a
cached page are the token of the public content (``content_token.py``) and the release of the program.
"""

import base64
import gzip
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import brotli
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django_htmx.middleware import HtmxDetails

from lawcompare.core.page_cache.content_token import current_token
from lawcompare.core.page_cache.public import asks_for_data, release

log = logging.getLogger(__name__)

PRIVATE = "private, no-store"
KEPT_SECONDS = 24 * 60 * 60
# A page whose address has a query is kept for less, and only so many of them, since anybody may make up more.
KEPT_SECONDS_WITH_QUERY = 60 * 60
BYTES_WORTH_COMPRESSING = 200
# Of a page as it is kept; the longest known have a fifth. The cache in memory counts pages, whatever their length.
BYTES_KEPT_MAX = 500_000
# Headers by which an answer may differ. A page that differs by any other is not kept; by language it never does, since
# the address alone decides that; by what is accepted only where data are asked for, which passes by the cache.
KEYED = {"accept", "cookie", "accept-encoding", "accept-language", "hx-request", "hx-target"}
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages")
# A coding that is named and not refused.
ACCEPTS = {name: re.compile(rf"\b{name}\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))") for name in ("gzip", "br")}
# Of 0 to 11: a comparison of 500 KB takes some 50 ms, a sixth less than gzip's best; 11 takes a second. What is
# larger would keep its reader waiting, and is sent as gzip.
BROTLI_QUALITY = 9
BYTES_WORTH_BROTLI = 2_000_000


class PersonalPageRefused(Exception):
    """A page declared public contains something of one person. Raised where ``GUARD_RAISES``, as in the tests."""


@dataclass(frozen=True)
class CachedPage:
    """A response as it was sent. It has no ``Last-Modified``: a second that tells when somebody worked.

    ``dense`` is its body in Brotli, which browsers ask for where the connection is encrypted; empty where not kept.
    """

    etag: str
    headers: list[tuple[str, str]]
    body: bytes
    is_compressed: bool
    dense: bytes = b""


class PageCache:
    """Middleware that answers visitors from the cache and keeps what it may."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.release = release()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_visitor(request):
            return _keep_private(request, self.get_response(request))
        address = kept_for(request)
        if not settings.PAGE_CACHE or asks_for_data(request) or address is None:
            return self._answer(request)
        try:
            # Read before the page is made: what changes while it is made counts as changed after it.
            token = current_token()
        except DatabaseError:  # a page that needs no database is answered all the same, such as /readyz
            token = None
        if token is None or getattr(request, "is_read_once", False):
            return self._answer(request)
        key = self._key(request, token, address)
        kept = _from_plain(caches["pages"].get(key))
        return self._answer(request, key) if kept is None else _send(request, kept)

    def _key(self, request: HttpRequest, token: str, address: str) -> str:
        """Returns the hash of all that a page for visitors may depend on, in one spelling."""
        query = sorted((name, values) for name, values in request.GET.lists())
        asked = [request.scheme, address, request.path, query, bool(HtmxDetails(request))]
        return hashlib.blake2b("\n".join([token, self.release, *map(str, asked)]).encode(), digest_size=24).hexdigest()

    def _answer(self, request: HttpRequest, key: str = "") -> HttpResponse:
        """Makes the page, and keeps it under the key where there is one."""
        response = self.get_response(request)
        is_public = getattr(response, "is_public", False)
        if not (is_public or _claims_public(request, response)):
            return _keep_private(request, response)
        personal = _what_is_personal(request, response)
        if personal:
            return _refuse(request, response, personal)
        if not is_public or response.streaming:
            return response
        _set_public_headers(response)
        kept = _kept(response)
        differs = {name.strip().lower() for name in response.headers["Vary"].split(",")}
        if key and request.method == "GET" and getattr(response, "may_be_kept", False) and differs <= KEYED:
            words = gzip.decompress(kept.body) if kept.is_compressed else kept.body
            if BYTES_WORTH_COMPRESSING <= len(words) <= BYTES_WORTH_BROTLI:
                kept = replace(kept, dense=brotli.compress(words, quality=BROTLI_QUALITY))
            _keep(key, kept, has_query=bool(request.GET))
        return _send(request, kept, as_it_is=True)


def kept_for(request: HttpRequest) -> str | None:
    """Returns what a page may depend on of the host that it was asked for at; None where no page is kept.

    Pages name ``SITE_URL``, else the host as it was asked for, which anybody may vary: those of our own are kept.
    """
    try:
        domain, port = split_domain_port(request.get_host())
    except DisallowedHost:
        return None
    if settings.SITE_URL:
        return "onion" if domain.endswith(".onion") else ""
    is_own = domain in settings.ALLOWED_HOSTS and port in ("", request.META["SERVER_PORT"])
    return f"{domain}:{port}" if is_own else None


def _is_visitor(request: HttpRequest) -> bool:
    """Returns whether nothing in the request tells who asks."""
    if request.method not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in request.META:
        return False
    return not ("HTTP_COOKIE" in request.META and any(name in request.COOKIES for name in PERSONAL_COOKIES))


def _keep_private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Forbids every cache to keep the response, whatever its view declared, unless it is a static file."""
    cache_control = response.headers.get("Cache-Control")
    if cache_control is None or getattr(response, "is_public", False) or _claims_public(request, response):
        response.headers["Cache-Control"] = PRIVATE
    return response


def _claims_public(request: HttpRequest, response: HttpResponse) -> bool:
    """Returns whether a view set ``Cache-Control: public`` by hand. Static files rightly do."""
    cache_control = response.headers.get("Cache-Control", "")
    return "public" in cache_control and not request.path.startswith(settings.STATIC_URL)


def _what_is_personal(request: HttpRequest, response: HttpResponse) -> str:
    """Returns what in a response is for one person alone, joined by commas; empty where nothing is."""
    session = getattr(request, "session", None)
    messages = getattr(request, "_messages", None)
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    signs = {
        "a cookie": bool(response.cookies),
        "a form's token": "CSRF_COOKIE" in request.META,
        "the session": session is not None and (session.modified or not session.is_empty()),
        "messages": messages is not None and (messages.added_new or len(messages) > 0),
        "a signed-in person": user is not None and getattr(user, "is_authenticated", False),
        "what no cache can tell apart": "*" in response.headers.get("Vary", ""),
    }
    return ", ".join(sign for sign, is_there in signs.items() if is_there)


def _refuse(request: HttpRequest, response: HttpResponse, personal: str) -> HttpResponse:
    sentence = f"{request.path} is said to be public and holds {personal}"
    if settings.GUARD_RAISES:
        raise PersonalPageRefused(sentence)
    log.error("%s; it is sent to this reader alone", sentence)
    response.headers["Cache-Control"] = PRIVATE
    return response


def _set_public_headers(response: HttpResponse) -> None:
    response.headers["Cache-Control"] = f"public, max-age={settings.PUBLIC_SECONDS}, must-revalidate"
    differs = [name.strip() for name in response.headers.get("Vary", "").split(",")]
    response.headers["Vary"] = ", ".join(name for name in differs if name and name.lower() != "accept-language")
    if not response.headers["Vary"]:
        del response.headers["Vary"]
    patch_vary_headers(response, ("Cookie", "Accept-Encoding", "HX-Request", "HX-Target"))


def _kept(response: HttpResponse) -> CachedPage:
    is_compressed = response.headers.get("Content-Encoding") == "gzip"
    # Not of the compressed bytes, which differ from time to time so that nothing is learnt from their length.
    words = gzip.decompress(response.content) if is_compressed else response.content
    etag = f'W/"{hashlib.blake2b(words, digest_size=16).hexdigest()}"'
    own = {"etag", "last-modified", "content-length"}
    headers = [(name, value) for name, value in response.items() if name.lower() not in own]
    return CachedPage(etag, headers, response.content, is_compressed)


def _keep(key: str, page: CachedPage, has_query: bool) -> None:
    pages = caches["pages"]
    if has_query:  # one more, of which the cache takes so many in an hour
        pages.add("queries", 0, KEPT_SECONDS_WITH_QUERY)
        try:
            if pages.incr("queries") > settings.PAGE_CACHE_QUERIES:
                return
        except ValueError:  # the hour ended between the two calls, or the cache does not answer
            return
    if not page.is_compressed and len(page.body) >= BYTES_WORTH_COMPRESSING:
        # As nearly every browser asks for it; ``_send`` unpacks it for the others.
        headers = [*page.headers, ("Content-Encoding", "gzip")]
        page = replace(page, headers=headers, body=gzip.compress(page.body, 9), is_compressed=True)
    if len(page.body) > BYTES_KEPT_MAX:
        return
    coded = {name: base64.b64encode(value).decode() for name, value in (("body", page.body), ("dense", page.dense))}
    pages.set(key, asdict(page) | coded, KEPT_SECONDS_WITH_QUERY if has_query else KEPT_SECONDS)


def _from_plain(plain: Any) -> CachedPage | None:
    """Returns the page, or None where the cache has none or what it has is none."""
    if plain is None:
        return None
    try:
        headers = [(str(name), str(value)) for name, value in plain["headers"]]
        bodies = {name: base64.b64decode(plain[name]) for name in ("body", "dense")}
        return CachedPage(**plain | {"headers": headers} | bodies)
    except (KeyError, TypeError, ValueError):
        log.warning("the cache of pages holds what is no page")
        return None


def _accepts(request: HttpRequest, coding: str) -> bool:
    return bool(ACCEPTS[coding].search(request.META.get("HTTP_ACCEPT_ENCODING", "")))


def _send(request: HttpRequest, kept: CachedPage, as_it_is: bool = False) -> HttpResponse:
    """Returns the page, or 304 where the reader has it. ``as_it_is``: it was made for this very request."""
    own = {"ETag": kept.etag}
    asked, mine = request.META.get("HTTP_IF_NONE_MATCH", ""), kept.etag.removeprefix("W/")
    if asked.strip() == "*" or any(one.removeprefix("W/") == mine for one in parse_etags(asked)):
        unchanged = {name: value for name, value in kept.headers if not name.lower().startswith("content-")}
        return HttpResponse(status=304, headers=unchanged | own)
    headers = dict(kept.headers) | own
    body = kept.body
    if kept.dense and _accepts(request, "br"):
        body = kept.dense
        headers["Content-Encoding"] = "br"
    elif kept.is_compressed and not as_it_is and not _accepts(request, "gzip"):
        body = gzip.decompress(body)
        del headers["Content-Encoding"]
    headers["Content-Length"] = str(len(body))
    return HttpResponse(body, headers=headers)
