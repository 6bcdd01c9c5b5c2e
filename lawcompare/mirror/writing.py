"""Writing a mirror: first all files beside the old one, then moving them into place, the manifest last.

A run that is stopped leaves the old mirror as it was or, while files are moved, one that the next run repairs.
"""

import html
import multiprocessing
import os
import re
import shutil
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from html import unescape
from http import HTTPStatus
from pathlib import Path
from sys import intern
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models import Q
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.core.models import Entry
from lawcompare.core.page_cache.content_token import current_token
from lawcompare.core.page_cache.public import release
from lawcompare.crosswalk.models import Topic
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.engine.sandbox.box import end_with
from lawcompare.languages import LANGUAGES, language_of_path, path_in
from lawcompare.laws.access import CLAUSE_PAGE_MAX
from lawcompare.laws.citing import plain_address, set_site_root
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.version_page import lay_out
from lawcompare.mirror import search_index
from lawcompare.mirror.manifest import (
    NAME,
    PUBLIC_KEY,
    Manifest,
    MirrorError,
    differing,
    public_words,
    read_manifest,
    sha256,
)
from lawcompare.mirror.rewriting import Rewriter, canonical, file_of

# In our own pages every attribute stands in double quotes, and those in texts are escaped.
LINK = re.compile(rb'\s(?:href|src|action)="([^"]*)"')
AT = re.compile(r"^(/(?:km/)?laws/([\w-]+)/([\w-]+)/)\?at=([^&]+)$")
CLAUSE = re.compile(r"^(/(?:km/)?laws/([\w-]+)/([\w-]+)/)([^/?]+)/(\?beside=yes)?$")


@dataclass(frozen=True)
class FetchedPage:
    """A public page, or the address it redirects to; both empty where it is not public or does not exist, or
    ``is_failed`` and cannot be made.
    """

    address: str
    media: str = ""
    body: bytes = b""
    leads_to: str = ""
    links: tuple[str, ...] = ()
    is_failed: bool = False


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def visit(address: str, site: str) -> FetchedPage:
    """Request an address as a visitor of ``site`` (``https://example.org``) and return what is public of it; once more
    where it failed, as while the database is started again.
    """
    fetched = _visit_once(address, site)
    if fetched.is_failed:
        time.sleep(PAUSE)
        fetched = _visit_once(address, site)
    return fetched


def _visit_once(address: str, site: str) -> FetchedPage:
    origin = urlsplit(site)
    factory = RequestFactory(HTTP_HOST=origin.netloc, HTTP_X_FORWARDED_PROTO=origin.scheme, REMOTE_ADDR="")
    factory.defaults["wsgi.url_scheme"] = origin.scheme
    request = WSGIRequest(factory.get(address).environ)
    set_site_root(request, site)
    request.is_read_once = True  # type: ignore[attr-defined]  # so that no cache packs and keeps it
    response = _handler().get_response(request)
    try:
        if response.status_code in {301, 302}:
            leads_to = place(response.headers["Location"], address, site) or ""
            return FetchedPage(address, leads_to=leads_to.partition("#")[0])
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return FetchedPage(address, is_failed=True)
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
    pages = {link.partition("#")[0] for link in known if link}
    return tuple(sorted(link for link in pages if not link.startswith(settings.STATIC_URL)))


def place(link: str, base: str, site: str) -> str | None:
    """Returns the site's address that a link leads to, as the mirror knows it.

    ``?at=`` becomes the page it is on; a clause inside an article, a place on the page of its article; a clause beside
    its translation, one on the page of the whole text beside it.
    """
    address = canonical(link.removeprefix(site) or "/", base)
    if address is None:
        return None
    if at := AT.match(address):
        path, law, version, eid = at.groups()
        page = _places_in(law, version).pages.get(eid, 1)
        return f"{path}?page={page}" if page > 1 else path
    if inside := CLAUSE.match(address):
        path, law, version, eid, beside = inside.groups()
        places = _places_in(law, version)
        if beside:
            return f"{path}{beside}{f'&page={places.pages[eid]}' if eid in places.pages else ''}#{eid}"
        return f"{path}{places.articles[eid]}/#{eid}" if eid in places.articles else address
    return address


class Places(NamedTuple):
    """Of a text, by eId: the page of each clause that is not on the first, the article around each that is in one."""

    pages: dict[str, int]
    articles: dict[str, str]


@cache
def _places_in(law: str, version: str) -> Places:
    text_version = Version.objects.published().filter(law__slug=law, slug=version).first()
    places = Places({}, {})
    if text_version is None:
        return places
    later = [page for page in lay_out(text_version).pages if page.number > 1]
    article, article_end = "", 0
    rows = text_version.clauses.order_by("position").values_list("eid", "position", "end", "element")
    for eid, at, end, element in rows:
        places.pages.update((eid, page.number) for page in later if page.start <= at < page.end)
        if at < article_end:
            places.articles[eid] = article
        elif element in UNIT_ELEMENTS and end - at <= CLAUSE_PAGE_MAX:  # a longer one has no page of its own
            article, article_end = eid, end
    return places


def crawl(start: Iterable[str], site: str, processes: int) -> Iterator[FetchedPage]:
    """Yields every page that can be reached from ``start``, each once, but for those of proposed translations."""
    _places_in.cache_clear()
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
    connection_created.connect(_join_as_written)
    try:
        with multiprocessing.get_context("fork").Pool(processes, end_with, (os.getpid(), SECONDS_MAX)) as pool:
            yield lambda asked: pool.imap_unordered(_visit, asked, chunksize=8)
    finally:
        connection_created.disconnect(_join_as_written)


def _join_as_written(connection: Any, **_kwargs: Any) -> None:
    """PostgreSQL takes longer to weigh the orders of a page's dozen joins than to read the few rows of one clause."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET join_collapse_limit = 1")


def _visit(asked: tuple[str, str]) -> FetchedPage:
    return visit(*asked)


STAGE = ".mirror-new"
PAUSE = 5  # seconds, before a page that failed is asked for again
FAILED_MAX = 20  # pages that cannot be made; with more it is the site that fails, and nothing is written
ATTEMPTS = 3  # at a mirror in which nothing is that was withdrawn meanwhile
SECONDS_MAX = 6 * 60 * 60  # that a process which reads pages lives
TITLE = re.compile(r"<title>(.*?) · [^·]*</title>", re.DOTALL)
COMPARISON = re.compile(r"^/(?:km/)?compare/[\w-]+/[\w-]+/with/[\w-]+/[\w-]+/$")
SEARCH_PAGES = [path_in(language, "/search/") for language in LANGUAGES]


@dataclass(frozen=True)
class MirrorSummary:
    """Numbers of files in a mirror, written and removed, and whether it is signed."""

    files: int
    changed: int
    removed: int
    is_signed: bool
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class MirrorOrder:
    """The folder, site, number of processes and key of a mirror. ``is_whole``: write it even if nothing changed."""

    folder: Path
    site: str
    processes: int
    key: Ed25519PrivateKey | None
    is_whole: bool = False


def write_mirror(order: MirrorOrder, report: Callable[[str], None]) -> MirrorSummary:
    """Write everything public into the folder, or update what is there; once more where a text, a note or a name was
    withdrawn meanwhile. Raises ``MirrorError``.
    """
    for _attempt in range(ATTEMPTS):
        begun = Entry.objects.values_list("number", flat=True).first() or 0
        summary = _write_once(order, report)
        since = Entry.objects.filter(number__gt=begun)
        if not since.filter(Q(action__startswith="withdraw") | Q(action="change name")).exists():
            break
        report("Something was withdrawn meanwhile: the pages are read anew.")
    return summary


def _write_once(order: MirrorOrder, report: Callable[[str], None]) -> MirrorSummary:
    before = _open(order.folder)
    facts = {"site": order.site, "edition": current_token() or "", "release": release()}
    damaged = set(differing(order.folder, before.hashes))
    same = all(before.facts.get(name) == value for name, value in facts.items())
    if same and facts["edition"] and before.hashes and not damaged and not order.is_whole:
        is_signed = before.is_signed_by(order.key.public_key()) if order.key else not before.signature
        if not is_signed:
            _write_manifest(order, before)
        shutil.rmtree(order.folder / STAGE)
        return MirrorSummary(len(before.hashes), 0, 0, order.key is not None)
    try:
        return _write_anew(order, before, damaged, facts, report)
    except OSError as error:
        raise MirrorError(f"{order.folder} cannot be written: {error.strerror or error}") from None


def _open(folder: Path) -> Manifest:
    """Returns the manifest of the mirror in a folder; an empty one to begin. Raises ``MirrorError`` for any other
    folder.
    """
    if folder.exists() and not folder.is_dir():
        raise MirrorError(f"{folder} is a file, not a folder")
    try:
        inside = {path.name for path in folder.iterdir()} if folder.exists() else set()
        manifest = read_manifest(folder) if folder.exists() else None
        begun = folder / STAGE / "PLAN"
        if manifest is None and inside and not begun.exists():
            raise MirrorError(f"{folder} is not empty and holds no mirror; choose another folder")
        (folder / STAGE).mkdir(parents=True, exist_ok=True)
        # Those that an earlier run may have moved before it was stopped are ours too.
        planned = begun.read_text("utf-8").splitlines() if begun.exists() else []
        begun.touch()
    except OSError as error:
        raise MirrorError(f"{folder} cannot be written: {error.strerror}") from None
    manifest = manifest or Manifest()
    manifest.hashes = {path: "" for path in planned if (folder / path).exists()} | manifest.hashes
    return manifest


def _write_anew(
    order: MirrorOrder, before: Manifest, damaged: set[str], facts: dict[str, str], report: Callable[[str], None]
) -> MirrorSummary:
    stage = order.folder / STAGE
    after = Manifest(facts=facts | {"made": datetime.now(UTC).strftime("%Y-%m-%d")})
    changed, failed = [], list[str]()
    with TemporaryFile(dir=stage) as packed:
        for path, data in _files(order, report, failed, packed):
            after.hashes[path] = sha256(data)
            if before.hashes.get(path) != after.hashes[path] or path in damaged:
                changed.append(path)
                target = stage / "files" / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    gone = sorted(before.hashes.keys() - after.hashes.keys())
    (stage / "PLAN").write_text("\n".join(sorted(before.hashes.keys() | after.hashes.keys())), "utf-8")
    for path in changed:
        target = order.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (stage / "files" / path).replace(target)
    _write_manifest(order, after)
    for path in gone:
        # Remove a file that is gone from the site, and the folders that it leaves empty.
        file = order.folder / path
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == order.folder or any(parent.iterdir()):
                break
            parent.rmdir()
    shutil.rmtree(stage)
    return MirrorSummary(len(after.hashes), len(changed), len(gone), order.key is not None, tuple(sorted(failed)))


def _write_manifest(order: MirrorOrder, manifest: Manifest) -> None:
    stage = order.folder / STAGE
    stage.mkdir(exist_ok=True)
    if order.key is not None:
        (stage / PUBLIC_KEY).write_bytes(public_words(order.key))
        (stage / PUBLIC_KEY).replace(order.folder / PUBLIC_KEY)
    else:
        (order.folder / PUBLIC_KEY).unlink(missing_ok=True)
    (stage / NAME).write_bytes(manifest.as_bytes(order.key))
    (stage / NAME).replace(order.folder / NAME)


# --- What is in it ----------------------------------------------------------------------------------------------------


def _files(
    order: MirrorOrder, report: Callable[[str], None], failed: list[str], packed: IO[bytes]
) -> Iterator[tuple[str, bytes]]:
    """Yields (path, bytes) of every file of the mirror; ``packed``: an empty file for pages that wait.

    Addresses of pages that cannot be made are added to ``failed``: their earlier copies are not kept, since words may
    be in them that were withdrawn.
    """
    # Of each page its media type, and where it stands in ``packed``: all those of a large site would fill the memory.
    pages: dict[str, tuple[str, int, int]] = {}
    aliases: dict[str, str] = {}
    comparisons: dict[str, str] = {}
    for number, fetched in enumerate(crawl(_known_addresses(), order.site, order.processes), start=1):
        if number % 500 == 0:
            report(f"{number} addresses read")
        if fetched.is_failed:
            failed.append(fetched.address)
            if len(failed) > FAILED_MAX:
                raise MirrorError(f"pages of the site cannot be made, as {fetched.address}; does its database run?")
        if fetched.leads_to:
            aliases[fetched.address] = fetched.leads_to
        elif fetched.media:
            start = packed.tell()
            pages[fetched.address] = (intern(fetched.media), start, packed.write(zlib.compress(fetched.body, 1)))
            if COMPARISON.match(fetched.address):
                match = TITLE.search(fetched.body[:4000].decode(errors="ignore"))
                comparisons[fetched.address] = unescape(match[1]) if match else fetched.address
    if "/" not in pages:
        raise MirrorError("the first page of the site cannot be read; is the database migrated?")
    files = _name_files(pages)
    files |= {one: files[other] for one, other in aliases.items() if other in files}
    files |= {address: file_of(address) for address in SEARCH_PAGES}
    rewriter = Rewriter(order.site, files, lambda link, base: place(link, base, order.site), comparisons)
    for address, (media, start, length) in sorted(pages.items()):
        packed.seek(start)
        body = zlib.decompress(packed.read(length))
        if media.startswith("text/html"):
            body = rewriter.page(address, body.decode()).encode()
        yield files[address], body
    for address in SEARCH_PAGES:
        yield files[address], rewriter.page(address, _search_page(address)).encode()
    searched = (replace(one, address=_link_to(one.address, files)) for one in search_index.texts())
    yield from search_index.build(searched)
    yield from _static_files(rewriter)
    yield "README.txt", render_to_string("site/mirror/readme.txt", {"site": order.site}).encode()


def _link_to(address: str, files: dict[str, str]) -> str:
    page, sign, inside = (place(address, "/", "") or "").partition("#")
    return files.get(page, "") + sign + inside


def _known_addresses() -> Iterator[str]:
    """Yields the address of everything public that stands, in each language, whether a link leads there or not."""
    for language in LANGUAGES:
        with override(language.code):
            yield reverse("home")
            versions = Version.objects.published().standing().select_related("law")
            yield from (version.get_absolute_url() for version in versions)
            clauses = Clause.objects.filter(version__in=versions.order_by())
            names = clauses.values_list("version__law__slug", "version__slug", "eid")
            addresses = (reverse("clause", args=name) for name in names.iterator())
            yield from (address for address in addresses if "#" not in (place(address, "/", "") or "#"))
            yield from (
                one.get_absolute_url() for one in visible_comparisons(VISITOR).filter(finished_at__isnull=False)
            )
            yield from (topic.get_absolute_url() for topic in Topic.objects.current())
            yield from (note.get_absolute_url() for note in Annotation.objects.listed().only("slug"))


def _name_files(addresses: Iterable[str]) -> dict[str, str]:
    """Returns a file for each address; two that differ in capitals alone get names that differ on every file system."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    for address in sorted(addresses):
        path = file_of(address)
        if path.casefold() in taken:
            folder, _stroke, name = path.rpartition("/")
            path = f"{folder}-{sha256(address.encode())[:8]}/{name}"
        taken.add(path.casefold())
        files[address] = path
    return files


def _search_page(address: str) -> str:
    root = "../" * address.strip("/").count("/") + "../"
    context = {"root": root, "page_in_languages": [(one, path_in(one, "/search/")) for one in LANGUAGES]}
    with override(language_of_path(address).code):
        return render_to_string("site/mirror/search.html", context, RequestFactory().get(address))


def _static_files(rewriter: Rewriter) -> Iterator[tuple[str, bytes]]:
    """Yields the style sheets, scripts and fonts that pages use, and what style sheets ask for."""
    done: set[str] = set()
    while rewriter.static - done:
        for path in sorted(rewriter.static - done):
            done.add(path)
            collected = Path(settings.STATIC_ROOT) / path
            file = collected if collected.is_file() else finders.find(path)
            if not file:
                raise MirrorError(f"the static file {path} is missing; run build_fonts and collectstatic first")
            data = Path(str(file)).read_bytes()
            if path.endswith(".css"):
                rewriter.style(path, data.decode())
            yield urlsplit(settings.STATIC_URL).path.lstrip("/") + path, data
