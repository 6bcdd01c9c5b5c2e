"""Child processes in the box: they read files, set pages and draw pictures; what breaks there ends only them."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from threading import BoundedSemaphore, Thread, Timer
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy

from lawcompare.accounts.responses import add_wait
from lawcompare.engine.document import Document, from_plain
from lawcompare.engine.errors import ReadingError, TooLarge
from lawcompare.engine.reading import read
from lawcompare.engine.reading.rendered_lines import with_rendered_lines
from lawcompare.engine.reading.reporting import (
    LONGEST_SIDE,
    MOST_IMAGES,
    Facsimile,
    Keeper,
    Listeners,
    PageStore,
    image_number,
    listening,
)
from lawcompare.engine.reading.reporting import draw_page as draw
from lawcompare.engine.sandbox.box import LANDLOCK, LAYERS, NAMESPACES, SECCOMP
from lawcompare.engine.sandbox.maker import BEGINNING, SIZE
from lawcompare.laws.documents import Progress

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

log = logging.getLogger(__name__)

# Bytes a reader may say about one file: several times what the largest file that is taken can hold.
OUTPUT_MAX = 8 * settings.IMPORT_BYTES_MAX
# And of page images: as many as are made, each well under a byte a pixel.
IMAGES_MAX = MOST_IMAGES * 2 * LONGEST_SIDE * LONGEST_SIDE // 2

PICTURED = {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pages"}

PAGES_MAX = 100_000

READER = [sys.executable, "-m", "lawcompare.engine.sandbox.reader"]


def read_in_sandbox(
    data: bytes,
    filename: str,
    language: str | None,
    progress: Progress,
    keep_image: Keeper | None = None,
    pages: PageStore | None = None,
    *,
    before_changes: bool = False,
    limits: Mapping[str, int] | None = None,
) -> Document:
    """Returns what ``engine.reading.read`` returns, from a child process. Raises ``ReadingError``: ``TooLarge`` for a
    text beyond one of the ``limits`` of its sizes (``engine.document.sizes``).

    ``keep_image``, of a reading that is to be reviewed, is given each page image, as pixels: what decodes a stranger's
    picture stays in the child. ``pages`` is given what was recognised of each page, and asked what it knows.
    """
    if not settings.READER_SANDBOX:
        name, most = _neutral_name(filename), settings.IMPORT_BYTES_MAX
        with listening(Listeners(progress, keep_image, pages)):
            document = read(data, filename=name, language=language, max_bytes=most, before_changes=before_changes)
        return with_rendered_lines(document, data, name) if keep_image else document
    may_hold_pictures = PurePath(filename).suffix.lower() in PICTURED
    seconds = settings.RECOGNISER_SECONDS if may_hold_pictures else settings.READER_SECONDS
    command = [*READER, str(settings.READER_MEGABYTES), str(seconds), _neutral_name(filename), language or ""]
    asked = {"images": keep_image is not None, "before": before_changes, "pages": pages is not None}
    command += [word for word, is_asked in asked.items() if is_asked]
    command += [f"{name}={most}" for name, most in {**(limits or {}), "bytes": settings.IMPORT_BYTES_MAX}.items()]
    if may_hold_pictures and settings.RECOGNISER_PROCESSES > 1:
        command.append(f"helpers={settings.RECOGNISER_PROCESSES}")
    if pages is not None:
        data = json.dumps(dict(pages.known)).encode() + b"\n" + data
    with _started(command, 3 * seconds) as child:
        feeder = Thread(target=_feed, args=(child, data), daemon=True)
        feeder.start()
        try:
            return _listen(child, progress, keep_image, pages, limits or {})
        finally:
            child.kill()  # where it is not at its end, nobody waits for it any more
            feeder.join(timeout=5)


@contextmanager
def _started(command: Sequence[str], seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is spoken to through pipes, and ended with the block.

    ``seconds`` are on the wall, for what waits; time at work is limited in the child, which also keeps this clock.
    """
    child = subprocess.Popen(  # noqa: S603
        command,
        cwd="/",
        env=bare_environment() | {"STARTED_BY": str(os.getpid()), "SECONDS_MAX": str(seconds)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    limit = Timer(seconds, child.kill)
    limit.start()
    try:
        yield child
    finally:
        limit.cancel()
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def bare_environment() -> dict[str, str]:
    """Returns the variables that Python needs to start, and none of the site's secrets."""
    kept = (
        "PATH",
        "LANG",
        "LC_ALL",
        "VIRTUAL_ENV",
        "OPENBLAS_CORETYPE",
        "OPENBLAS_L2_SIZE",
        "TESSDATA_PREFIX",
        "RECOGNISER",
    )
    python = {"PYTHONPATH": str(settings.BASE_DIR), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    return {name: os.environ[name] for name in kept if name in os.environ} | python


def _neutral_name(filename: str) -> str:
    """Returns a name with the extension alone, which is all that a reader needs."""
    return f"file{PurePath(filename).suffix}".replace("\0", "")


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    try:
        assert child.stdin is not None
        child.stdin.write(data)
        child.stdin.close()
    except OSError:
        log.info("a reader ended before it had the whole file")


def _listen(
    child: subprocess.Popen[bytes],
    progress: Progress,
    keep_image: Keeper | None,
    pages: PageStore | None,
    limits: Mapping[str, int],
) -> Document:
    assert child.stdout is not None
    left = OUTPUT_MAX + (IMAGES_MAX if keep_image else 0)
    while line := child.stdout.readline(min(left, OUTPUT_MAX)):
        left -= len(line)
        message = _parse_message(line) if left > 0 else {}
        if not message:
            break
        if "missing" in message:
            note([layer for layer in LAYERS if layer in message["missing"]])
        elif "step" in message:
            progress(message["step"], message["done"], message["total"])
        elif "image" in message:
            if keep_image is None or (image := _facsimile(message)) is None:
                break
            keep_image(image)
        elif "recognised" in message:
            number, results = message["recognised"], message.get("pages")
            if pages is None or not isinstance(number, int) or not isinstance(results, list):
                break
            if not 0 < number <= PAGES_MAX:
                break
            pages.keep(number, results)
        elif "beyond" in message:
            if str(message["beyond"]) not in limits:
                break
            raise TooLarge(str(message["beyond"]))
        elif "refused" in message:
            raise ReadingError(message["refused"], line=message["line"])
        else:
            try:
                return from_plain(message["document"])
            except (KeyError, TypeError, ValueError, AttributeError):
                break
    child.kill()
    log.error("a reader ended with %s and no answer", child.wait())
    raise ReadingError("the reader broke down on this file, or took too long; save it in another form and try again")


def _parse_message(line: bytes) -> dict[str, Any]:
    """Returns a line of the child as a dictionary; empty for anything else, since a child taken over may write
    anything.
    """
    try:
        message = json.loads(line)
    except ValueError:
        return {}
    known = {"missing", "step", "image", "recognised", "refused", "beyond", "document"}
    return message if isinstance(message, dict) and message.keys() & known else {}


def _facsimile(message: dict[str, Any]) -> Facsimile | None:
    """The page image in a message; None for one that does not hold the pixels it says."""
    try:
        number, width, height = (int(message[name]) for name in ("image", "width", "height"))
        packed = base64.b64decode(message["pixels"], validate=True)
        if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and 0 < number <= 2 * MOST_IMAGES + 1):
            return None
        pixels = zlib.decompressobj().decompress(packed, width * height + 1)
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error):
        return None
    return Facsimile(number, width, height, pixels) if len(pixels) in (0, width * height) else None


# --- What the box lacks on this machine: each reader reports it, and pages and /readyz say it -------------------------


KEY = "reader-box"
# What a file that takes its reader over could do where a layer is missing and the others hold.
WEAKNESSES: dict[str, StrPromise] = {
    NAMESPACES: gettext_lazy("it could see which other programs run on the machine"),
    LANDLOCK: gettext_lazy("it could read files that the site itself may read, its keys among them"),
    SECCOMP: gettext_lazy("it could start programs and reach other machines"),
}


def note(missing: list[str]) -> None:
    """Keep which layers a reader had to do without, until the next one reports."""
    cache.set(KEY, missing, timeout=None)


def reported_layers() -> list[str] | None:
    """Returns the layers that the last reader had to do without; None where none has reported yet."""
    missing = cache.get(KEY)
    return missing if isinstance(missing, list) else None


def weaknesses(missing: list[str] | None) -> list[StrPromise]:
    """Returns, for people, what a hostile file could do for want of these layers; empty where the box is whole."""
    return [WEAKNESSES[layer] for layer in missing or [] if layer in WEAKNESSES]


def missing_layers() -> list[str] | None:
    """Returns the layers of the box that readers have to do without; None where a worker reads and none has reported.

    Where files are read on this machine, a line is read to know it, once.
    """
    if reported_layers() is None and settings.TASKS != "worker" and settings.READER_SANDBOX:
        measure_box()
    return reported_layers()


def measure_box() -> None:
    """Read a line in a child process, so that ``reported_layers`` knows which layers of the box this machine gives."""
    read_in_sandbox(b"Article 1. Aim\nThis law has an aim.\n", "aim.txt", "en", lambda *_progress: None)


# --- Pages set and pictures drawn of strangers' words -----------------------------------------------------------------


class SetterFailed(Exception):
    """The child broke down, took too long or too much, or what it gave is not what was asked for."""


@dataclass(frozen=True)
class Limits:
    """Megabytes of memory, seconds of processor time (twice as many on the clock), bytes that it may give."""

    megabytes: int
    seconds: int
    bytes: int


def set_in_box(worker: Sequence[str], asked: Mapping[str, Any], limits: Limits, begins: bytes) -> bytes:
    """Returns what ``worker`` makes of ``asked``: a file that begins with ``begins``. Raises ``SetterFailed``."""
    return make_in_box(worker, json.dumps(asked).encode(), limits, begins)


# Makers that a process of the site waits for at once, whoever asked: its other threads are for pages. The next one
# waits for so many seconds.
MAKERS_MAX, MAKER_WAITS = 2, 2
makers = BoundedSemaphore(MAKERS_MAX)


class MakersBusy(SetterFailed):
    """Others are at work, and were for as long as one may wait."""


def make_in_box(worker: Sequence[str], data: bytes, limits: Limits, begins: bytes) -> bytes:
    """Returns what ``worker`` makes of ``data``, which begins with ``begins``. Raises ``SetterFailed``."""
    begun = time.monotonic()
    if not makers.acquire(timeout=MAKER_WAITS):
        add_wait(time.monotonic() - begun)
        raise MakersBusy
    try:
        with _started([*worker, str(limits.megabytes), str(limits.seconds)], 2 * limits.seconds) as child:
            written = _ask(child, data, limits.bytes)
            ended = child.wait() if written is not None else None
    finally:
        makers.release()
    add_wait(time.monotonic() - begun)
    if ended != 0 or not written or not written.startswith(begins):
        log.error("a setter of pages or pictures ended with %s", ended)
        raise SetterFailed
    return written


def _ask(child: subprocess.Popen[bytes], asked: bytes, most: int) -> bytes | None:
    """Returns what the child writes, at most ``most`` bytes; None where it wants to write more or takes no words."""
    assert child.stdin is not None and child.stdout is not None
    with child.stdout:
        try:
            with child.stdin:
                child.stdin.write(asked)  # it reads all before it writes
        except OSError:
            return None
        written = child.stdout.read(most + 1)
    return written if len(written) <= most else None


PAGE_WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "page"]
PAGE_MEGABYTES, PAGE_SECONDS = 1024, 3


def draw_page(data: bytes, page: int) -> Facsimile:
    """Returns the image of a page, 1-based, of a PDF. Raises ``ReadingError`` where that fails, or ``MakersBusy``."""
    if not settings.READER_SANDBOX:
        return draw(data, page)
    limits = Limits(PAGE_MEGABYTES, PAGE_SECONDS, LONGEST_SIDE * LONGEST_SIDE + 100)
    try:
        drawn = make_in_box([*PAGE_WORKER, str(page)], data, limits, BEGINNING)
    except MakersBusy:
        raise
    except SetterFailed as error:
        raise ReadingError(f"page {page} of the PDF cannot be drawn") from error
    start = len(BEGINNING) + SIZE.size
    width, height = SIZE.unpack(drawn[len(BEGINNING) : start]) if len(drawn) >= start else (0, 0)
    if not width or len(drawn) != start + width * height:
        raise ReadingError(f"page {page} of the PDF cannot be drawn")
    return Facsimile(image_number(page), width, height, drawn[start:])
