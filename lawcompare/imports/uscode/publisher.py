"""The publisher of the United States Code: what its titles, sections and release points are called, and its files."""

from __future__ import annotations

import fcntl
import http.client
import io
import json
import os
import re
import shutil
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib import error, request
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from lawcompare.engine.errors import EngineError

_WANTED = re.compile(r"(?P<title>[1-9]\d?)(?P<appendix>[aA]?):(?P<sections>[\w.–-]+(?:,[\w.–-]+)*)")
_RELEASE = re.compile(r"(?P<congress>\d{2,3})-(?P<law>\d{1,4})(?P<without>(?:not\d{1,4})*)")


class FetchRefused(EngineError):
    """What was asked for cannot be fetched; nothing was stored. Its message is one sentence."""


@dataclass(frozen=True)
class Wanted:
    """Some sections of one title: ``18:1030,2510-2523``."""

    title: str
    sections: str

    def __str__(self) -> str:
        return f"{self.title}:{self.sections}"

    @property
    def law(self) -> str:
        return f"us-code-{self.title.lower()}"

    @property
    def padded(self) -> str:
        """The title as the publisher's files are named: ``05``, ``18``, ``05a``."""
        number = self.title.rstrip("a")
        return number.zfill(2) + self.title[len(number) :]


def read_wanted(typed: str) -> list[Wanted]:
    """Titles with their sections, as in ``18:1030,2510-2523 47:230``. Raises FetchRefused.

    >>> [str(one) for one in read_wanted("18:1030, 2510-2523 47:230")]
    ['18:1030,2510-2523', '47:230']
    """
    words = re.sub(r"\s*,\s*", ",", typed).split()
    if not words:
        raise FetchRefused(_("say which sections, as in 18:1030,2510-2523"))
    by_title: dict[str, Wanted] = {}
    for word in words:
        match = _WANTED.fullmatch(word)
        if not match:
            raise FetchRefused(
                _("“%(word)s” names no sections of a title; write 18:1030,2510-2523") % {"word": word[:60]}
            )
        title = match["title"] + match["appendix"].lower()
        if title in by_title:
            raise FetchRefused(_("title %(title)s is named twice; write its sections together") % {"title": title})
        by_title[title] = Wanted(title, match["sections"])
    return list(by_title.values())


@dataclass(frozen=True, order=True)
class ReleasePoint:
    """The Code through a public law, less some that are not in it yet: ``119-73not60``."""

    congress: int
    law: int
    without: str = ""

    def __str__(self) -> str:
        return f"{self.congress}-{self.law}{self.without}"

    @property
    def folder(self) -> str:
        return f"releasepoints/us/pl/{self.congress}/{self.law}{self.without}"

    def archive(self, wanted: Wanted) -> str:
        """The name of the publisher's ZIP of one title."""
        return f"xml_usc{wanted.padded}@{self}.zip"


def read_release(typed: str) -> ReleasePoint:
    """A release point such as ``119-73not60``. Raises FetchRefused.

    >>> read_release("119-73not60") > read_release("118-200"), str(read_release("119-73not60"))
    (True, '119-73not60')
    """
    match = _RELEASE.fullmatch(typed.strip())
    if not match:
        raise FetchRefused(_("“%(word)s” is no release point; write one as 119-36") % {"word": typed[:60]})
    return ReleasePoint(int(match["congress"]), int(match["law"]), match["without"])


_LINK = re.compile(r"releasepoints/us/pl/(\d{2,3})/(\d{1,4}(?:not\d{1,4})*)/xml_usc")


def find_release(page: str) -> ReleasePoint | None:
    """The release point that the publisher's download page leads to, the newest if there are several.

    >>> str(find_release('<a href="releasepoints/us/pl/119/36/xml_usc18@119-36.zip">'))
    '119-36'
    """
    return max((read_release(f"{congress}-{law}") for congress, law in _LINK.findall(page)), default=None)


Progress = Callable[[str, int, int], None]

CHUNK = 256 * 1024
SECONDS = 30
# Waits between tries of one download; a program that asks again at once helps nobody.
WAITS = (0.5, 2, 5)
PAGE = "download.shtml"
PAGE_BYTES_MAX = 5_000_000


# --- Where its files are ----------------------------------------------------------------------------------------------


class FolderSource:
    """A folder with files under the publisher's names: ``xml_usc18@119-36.zip``, ``usc18@119-36.xml`` or ``usc18.xml``.

    It answers as ``WebSource`` does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_dir():
            raise FetchRefused(_("%(path)s is no folder") % {"path": path})

    def current(self) -> ReleasePoint:
        names = (re.search(r"@([\w-]+)\.(?:zip|xml)$", path.name) for path in self.path.rglob("*usc*"))
        releases = [read_release(name[1]) for name in names if name and re.fullmatch(r"\d+-\d+(?:not\d+)*", name[1])]
        if not releases:
            raise FetchRefused(_("no file in %(path)s names a release point; name one") % {"path": self.path})
        return max(releases)

    def archive(self, wanted: Wanted, release: ReleasePoint, progress: Progress) -> tuple[bytes, str]:
        zipped, plain = release.archive(wanted), f"usc{wanted.padded}@{release}.xml"
        for name in (zipped, f"{release.folder}/{zipped}", plain, f"usc{wanted.padded}.xml"):
            file = self.path / name
            if file.is_file():
                if file.stat().st_size > settings.USCODE_BYTES_MAX:
                    raise FetchRefused(_("%(name)s is too large") % {"name": name})
                return file.read_bytes(), str(name)
        values = {"path": self.path, "title": wanted.title, "release": release}
        raise FetchRefused(_("%(path)s has no file of title %(title)s at release point %(release)s") % values)


# --- The web ---------------------------------------------------------------------------------------------------------


class ConnectionLost(Exception):
    """The connection ended before the file did."""


class WebSource:
    """The publisher's site, or a copy of it under another address."""

    def __init__(self, base: str) -> None:
        self.base = base if base.endswith("/") else base + "/"
        self.host = urlsplit(self.base).netloc
        self.folder = Path(settings.DATA_DIR) / "uscode"

    def current(self) -> ReleasePoint:
        """The current release point. Raises FetchRefused."""
        try:
            with _open(self.base + PAGE, {}) as answer:
                page = answer.read(PAGE_BYTES_MAX).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as failure:
            raise FetchRefused(self._sentence(failure)) from None
        release = find_release(page)
        if release is None:
            raise FetchRefused(_("the page of %(host)s names no release point; name one") % {"host": self.host})
        return release

    def archive(self, wanted: Wanted, release: ReleasePoint, progress: Progress) -> tuple[bytes, str]:
        """(the ZIP's or XML's bytes, where they come from)."""
        name = release.archive(wanted)
        url = f"{self.base}{release.folder}/{name}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with _alone(self.folder) as folder:
            part = _PartialDownload(folder, name, url)
            for wait in (*WAITS, None):
                try:
                    return self._go_on(part, wanted, release, progress), url
                except ConnectionLost:
                    if wait is not None:
                        time.sleep(wait)
        values = {"host": self.host, "done": part.size, "total": part.total or "?"}
        raise FetchRefused(
            _("the connection to %(host)s ended after %(done)s of %(total)s bytes; the next try goes on from there")
            % values
        )

    def _go_on(self, part: _PartialDownload, wanted: Wanted, release: ReleasePoint, progress: Progress) -> bytes:
        try:
            with _open(part.url, part.headers()) as answer:
                part.begin(answer)
                while chunk := answer.read(CHUNK):
                    part.add(chunk)
                    progress("fetching", part.size, part.total)
        except error.HTTPError as failure:
            if failure.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.drop()
                raise ConnectionLost from None
            if failure.code == http.client.NOT_FOUND:
                values = {"host": self.host, "title": wanted.title, "release": release}
                raise FetchRefused(_("%(host)s has no title %(title)s at release point %(release)s") % values) from None
            if failure.code < http.client.INTERNAL_SERVER_ERROR:
                raise FetchRefused(self._sentence(failure)) from None
            raise ConnectionLost from None
        except error.URLError as failure:
            if part.size == 0:
                raise FetchRefused(self._sentence(failure)) from None
            raise ConnectionLost from None
        except (OSError, http.client.HTTPException):
            raise ConnectionLost from None
        return part.finish()

    def _sentence(self, failure: Exception) -> str:
        if isinstance(failure, error.HTTPError):
            return _("%(host)s answered with %(code)s") % {"host": self.host, "code": failure.code}
        return _("%(host)s cannot be reached") % {"host": self.host}


# Seconds after which nothing is fetched into a folder any more.
LEFT_FOR = 24 * 60 * 60


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """The folder, where what is not whole stays for the next try; where another process fetches, a new one inside it
    that is gone afterwards: both would write into one file.
    """
    held = os.open(folder, os.O_RDONLY)
    try:
        place: AbstractContextManager[Any] = nullcontext(folder)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in folder.iterdir():  # by a process that was killed
                if left.is_dir() and left.stat().st_mtime < time.time() - LEFT_FOR:
                    shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            place = TemporaryDirectory(dir=folder)
        with place as own:
            yield Path(own)
    finally:
        os.close(held)


class _PartialDownload:
    """A download that is not complete, with what is needed to go on: the file's ETag and length as first answered."""

    def __init__(self, folder: Path, name: str, url: str) -> None:
        self.url = url
        self.path = folder / f"{name}.part"
        self.notes = folder / f"{name}.part.json"
        try:
            notes = json.loads(self.notes.read_text("utf-8"))
        except (OSError, ValueError):
            notes = {}
        self.mark, self.total = str(notes.get("mark", "")), int(notes.get("total", 0))
        if notes.get("url") != url or not self.mark:
            self.drop()

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self.notes.unlink(missing_ok=True)
        self.mark, self.total = "", 0

    def headers(self) -> dict[str, str]:
        """Ask for the rest, and for the whole where the file is another one by now."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.mark} if self.size and self.mark else {}

    def begin(self, answer: Any) -> None:
        if answer.status != http.client.PARTIAL_CONTENT:
            self.drop()
        elif not answer.headers.get("Content-Range", "").startswith(f"bytes {self.size}-"):
            self.drop()
            raise ConnectionLost
        length = int(answer.headers.get("Content-Length") or 0)
        self.total = self.size + length if length else 0
        self._check(self.total)
        self.mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        notes = {"url": self.url, "mark": self.mark, "total": self.total}
        self.notes.write_text(json.dumps(notes), "utf-8")

    def add(self, chunk: bytes) -> None:
        self._check(self.size + len(chunk))
        with self.path.open("ab") as file:
            file.write(chunk)

    def _check(self, size: int) -> None:
        if size > settings.USCODE_BYTES_MAX:
            raise FetchRefused(_("the file is larger than %(number)s bytes") % {"number": settings.USCODE_BYTES_MAX})

    def finish(self) -> bytes:
        """The bytes of a complete file; the copy on disk is removed, since the text is stored as a version."""
        if self.total and self.size != self.total:
            raise ConnectionLost
        data = self.path.read_bytes() if self.path.exists() else b""
        self.drop()
        return data


def _open(url: str, headers: dict[str, str]) -> Any:
    """Ask by HTTP alone: no file, no FTP, wherever an answer may lead."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPHandler,
        request.HTTPSHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPRedirectHandler,
        request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    sent = {"User-Agent": f"{settings.SITE_NAME} (law comparison)", **headers}
    return opener.open(request.Request(url, headers=sent), timeout=SECONDS)  # noqa: S310


type Source = FolderSource | WebSource


def source_of(named: str = "") -> Source:
    """The source that ``--from`` names; without it the official one."""
    if not named:
        return WebSource(settings.USCODE_URL)
    return WebSource(named) if re.match(r"https?://", named) else FolderSource(Path(named))


# --- What is in it ---------------------------------------------------------------------------------------------------


def unpack(data: bytes, wanted: Wanted) -> bytes:
    """The XML of a title out of the publisher's ZIP, or as it stands. Raises FetchRefused."""
    if not data.startswith(b"PK"):
        if data.lstrip()[:5] == b"<?xml":
            return data
        raise FetchRefused(_("what came is neither a ZIP file nor XML"))
    broken = _("the ZIP file of title %(title)s is damaged or cut off") % {"title": wanted.title}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            name = re.compile(rf"(?:.*/)?usc{wanted.padded}(?:@[\w-]+)?\.xml", re.IGNORECASE)
            inside = [entry for entry in archive.infolist() if name.fullmatch(entry.filename)]
            if len(inside) != 1:
                raise FetchRefused(_("the ZIP file holds no text of title %(title)s") % {"title": wanted.title})
            if inside[0].file_size > settings.USCODE_BYTES_MAX:
                raise FetchRefused(_("the text of title %(title)s is too large") % {"title": wanted.title})
            with archive.open(inside[0]) as file:
                text = file.read(inside[0].file_size + 1)  # no more than there is said to be: a ZIP can pretend
            if len(text) != inside[0].file_size:
                raise FetchRefused(broken)
            return text
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise FetchRefused(broken) from None
