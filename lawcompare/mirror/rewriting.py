"""Rewriting a page of the site to a file of a mirror: relative links, and a sentence where a server would be needed."""

import hashlib
import html
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from lawcompare.languages import InterfaceLanguage, language_of_path, path_in
from lawcompare.laws.html import not_linked

# Names in ``?…`` whose pages are mirrored in every combination; of others, such as filters of a list, one at a time.
COMBINED = ("against", "by", "view", "show", "noise", "page")
# Names that choose nothing where no server asks: what is cited, and what a form begins with.
DROPPED = frozenset({"text", "old", "new", "next", "q"})
# First steps of addresses that a mirror does not have.
LEFT_OUT = (
    *("accounts", "workspace", "admin", "api", "styleguide", "metrics", "healthz", "readyz", "search"),
    *("share", "embed", "offline"),
    *(r"manifest\.webmanifest", r"opensearch\.xml"),
    # Files that the site makes when they are asked for, and a third text beside one row of a comparison.
    *(r"(?:laws|compare|topics)/[^?]*\.(?:docx|pdf|xlsx)", r"compare/[^?]*/beside"),
)
# The clauses of a text stand in one file of data.
CLAUSE_DATA = re.compile(r"^(/(?:km/)?laws/[\w-]+/[\w-]+)/[^/]+\.json$")
CLOSED = re.compile(rf"/(?:km/)?(?:{'|'.join(LEFT_OUT)})(?:/|$|\?)")
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
NAME_MAX = 100


def canonical(address: str, base: str = "/") -> str | None:
    """Returns the address of a page as a mirror knows it, without fragment; None for what no mirror has.

    >>> canonical("?page=2&text=ab12#art_1", "/laws/x/1/")
    '/laws/x/1/?page=2'
    >>> canonical("/laws/x/1/art_1.json")
    '/laws/x/1.json'
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
    return CLAUSE_DATA.sub(r"\1.json", unquote(parts.path)) + (f"?{urlencode(sorted(query))}" if query else "")


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


ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)
FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.DOTALL)
HEAD_LINK = re.compile(r"<link\b([^>]*)>\n?")
SCRIPT = re.compile(r"<script\b([^>]*)></script>\n?")
SOURCE = re.compile(r'(<(?:img|source)\b[^>]*\ssrc=)"([^"]*)"')
HREF = re.compile(r'(\s(?:href|src|action)=)"([^"]*)"')
ASKS = re.compile(r'\shx-[a-z-]+="[^"]*"')
# Preloads fail on a page from disk; the rest is of the site at its own address.
NOT_MIRRORED = re.compile(r'rel="(?:preload|canonical|manifest|search)"')
SELF = re.compile(r'<div\s+class="self">')
STYLE_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
COMPARE, SEARCH = re.compile(r"/(?:km/)?compare/$"), re.compile(r"/(?:km/)?search/$")


@dataclass
class Rewriter:
    """``files``: the file of each mirrored address; ``place``: a function (link, page) to the address it leads to."""

    site: str
    files: dict[str, str]
    place: Callable[[str, str], str | None]
    comparisons: dict[str, str] = field(default_factory=dict)
    # Static files that pages need, by their path under STATIC_URL.
    static: set[str] = field(default_factory=set)

    def page(self, address: str, words: str) -> str:
        """Returns the HTML of a page as it stands in the mirror."""
        here = self.files[address]
        language = language_of_path(address)
        with override(language.code):
            words = FORM.sub(lambda match: self._form(match, address, here, language), words)
            words = HEAD_LINK.sub(lambda match: self._head_link(match, address, here), words)
            words = SCRIPT.sub(lambda match: self._script(match, address, here), words)
            notice = render_to_string("site/mirror/_notice.html")
            words = SELF.sub(lambda match: match[0] + notice, words, count=1)
            words = ANCHOR.sub(lambda match: self._anchor(match, address, here), words)
        words = SOURCE.sub(lambda match: f'{match[1]}"{self._to(match[2], address, here)}"', words)
        return ASKS.sub("", words)

    def style(self, path: str, words: str) -> str:
        """Returns a style sheet, after noting the files it asks for, which keep their place beside it."""
        base = settings.STATIC_URL + path
        for link in STYLE_URL.findall(words):
            if not link.startswith("data:"):
                self.static.add(urlsplit(urljoin(base, link)).path.removeprefix(settings.STATIC_URL))
        return words

    def _to(self, link: str, address: str, here: str) -> str | None:
        """Returns the relative link, or None where the mirror has no such page."""
        link = html.unescape(link)
        if link.startswith(("#", "mailto:")):
            return html.escape(link)
        path = urlsplit(urljoin(address, link.removeprefix(self.site)))
        if not path.netloc and path.path.startswith(settings.STATIC_URL):
            self.static.add(path.path.removeprefix(settings.STATIC_URL))
            return relative(path.path.lstrip("/"), here)
        if path.netloc or path.scheme:
            return html.escape(link)
        if SEARCH.match(path.path):
            return relative(file_of(path.path), here)
        page, _sign, inside = (self.place(link, address) or "").partition("#")
        file, fragment = self.files.get(page), path.fragment or inside
        if file is None:
            return None
        return relative(file, here) + (f"#{html.escape(fragment)}" if fragment else "")

    def _anchor(self, match: re.Match[str], address: str, here: str) -> str:
        href = HREF.search(match[1])
        if href is None:
            return match[0]
        to = self._to(href[2], address, here)
        if to is not None:
            return HREF.sub(lambda one: f'{one[1]}"{to}"', match[0], count=1)
        if "/accounts/" in href[2] or "/share/" in href[2]:
            return ""
        return not_linked(match[2])

    def _head_link(self, match: re.Match[str], address: str, here: str) -> str:
        """Returns a ``<link>``; empty for what the mirror lacks or has no use for."""
        href = HREF.search(match[1])
        if href is None or NOT_MIRRORED.search(match[1]):
            return ""
        to = self._to(href[2], address, here)
        return match[0].replace(f'"{href[2]}"', f'"{to}"') if to is not None else ""

    def _script(self, match: re.Match[str], address: str, here: str) -> str:
        source = HREF.search(match[1])
        if source is None or "htmx" in source[2] or "js/offline" in source[2]:
            return ""
        return match[0].replace(f'"{source[2]}"', f'"{self._to(source[2], address, here)}"')

    def _form(self, match: re.Match[str], address: str, here: str, language: InterfaceLanguage) -> str:
        """Returns a form that the mirror answers itself, else a sentence instead of it."""
        action = HREF.search(match[1])
        path = urlsplit(urljoin(address, html.unescape(action[2]) if action else "")).path
        if SEARCH.match(path) and 'method="post"' not in match[1]:
            to = relative(file_of(path_in(language, "/search/")), here)
            return ASKS.sub("", match[0].replace(action[0], f'{action[1]}"{to}"')) if action else match[0]
        if COMPARE.match(path):
            there = [(at, title) for at, title in self.comparisons.items() if language_of_path(at) == language]
            return render_to_string("site/mirror/_comparisons.html", {"comparisons": there})
        return render_to_string("site/mirror/_server.html")
