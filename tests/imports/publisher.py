"""The publisher's site on this machine: its addresses, ranges and marks, and how a download goes wrong there."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

from tests.conftest import SHARED
from tests.samples import us_title as title_17

__all__ = ["PublisherSite", "real_title_17", "served", "title_17", "zipped"]

USLM = SHARED / "data" / "us-code-uslm"
NS = "{http://xml.house.gov/schemas/uslm/1.0}"


def real_title_17(release: str) -> bytes:
    """Chapter 5 of Title 17 as it was published at a release point."""
    root = etree.fromstring((USLM / f"usc17@{release}.xml").read_bytes())
    for chapter in root.iterfind(f".//{NS}title/{NS}chapter"):
        if chapter.get("identifier") != "/us/usc/t17/ch5":
            chapter.getparent().remove(chapter)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def zipped(xml: bytes, name: str = "usc17.xml") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), xml, zipfile.ZIP_DEFLATED)
    return file.getvalue()


@dataclass
class PublisherSite:
    """What the site has, by path, and how it behaves. ``asked`` are the ranges that were asked for."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    # So many answers break off at this share of what they should send.
    breaks: int = 0
    share: float = 0.9
    ignores_ranges: bool = False
    status: int = 0
    asked: list[str] = field(default_factory=list)

    def add(self, release: str, data: bytes, title: str = "17") -> None:
        folder = release.replace("-", "/", 1)
        self.files[f"/releasepoints/us/pl/{folder}/xml_usc{title}@{release}.zip"] = data

    def announce(self, release: str) -> None:
        link = f"releasepoints/us/pl/{release.replace('-', '/', 1)}/xml_usc17@{release}.zip"
        self.files["/download.shtml"] = f'<h3>Current</h3><a href="{link}">XML</a>'.encode()


@contextmanager
def served() -> Iterator[PublisherSite]:
    site = PublisherSite()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def _handler(site: PublisherSite) -> Callable[..., BaseHTTPRequestHandler]:
    class PublisherHandler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            data = site.files.get(self.path)
            site.asked.append(self.headers.get("Range", ""))
            if site.status or data is None:
                self.send_error(site.status or 404)
                return
            mark = f'"{hashlib.sha256(data).hexdigest()[:12]}"'
            start = self._start(data, mark)
            self.send_response(206 if start else 200)
            self.send_header("ETag", mark)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            end = len(data)
            if site.breaks and self.path.endswith(".zip"):
                site.breaks -= 1
                end = start + int((len(data) - start) * site.share)
            self.wfile.write(data[start:end])
            self.close_connection = True

        def _start(self, data: bytes, mark: str) -> int:
            asked = self.headers.get("Range", "")
            if not asked or site.ignores_ranges or self.headers.get("If-Range") != mark:
                return 0
            return int(asked.removeprefix("bytes=").rstrip("-"))

    return PublisherHandler
