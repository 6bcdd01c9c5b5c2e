"""Reading a file in a child process, so that this one stays free for pages and a hostile file ends only the child."""

import base64
import binascii
import json
import logging
import os
import subprocess
import sys
import zlib
from pathlib import PurePath
from threading import Thread, Timer
from typing import Any

from django.conf import settings

from lawcompare.engine.document import Document, from_plain
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.rendered_lines import with_rendered_lines
from lawcompare.engine.reading.reporting import (
    LONGEST_SIDE,
    MOST_IMAGES,
    Facsimile,
    Keeper,
    PageStore,
    PlainPages,
    listening,
)
from lawcompare.engine.sandbox.box import LAYERS
from lawcompare.laws.documents import Progress
from lawcompare.laws.uploads import box_status

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
) -> Document:
    """Returns what ``engine.reading.read`` returns, from a child process. Raises ``ReadingError``.

    ``keep_image``, of a reading that is to be reviewed, is given each page image, as pixels: what decodes a stranger's
    picture stays in the child. ``pages`` is given what was recognised of each page, and asked what it knows.
    """
    if not settings.READER_SANDBOX:
        name, most = _neutral_name(filename), settings.IMPORT_BYTES_MAX
        with listening(progress, keep_image, pages):
            document = read(data, filename=name, language=language, max_bytes=most, before_changes=before_changes)
        return with_rendered_lines(document, data, name) if keep_image else document
    seconds = _seconds(filename)
    limits = [str(settings.READER_MEGABYTES), str(seconds)]
    command = [*READER, *limits, _neutral_name(filename), language or ""]
    asked = {"images": keep_image is not None, "before": before_changes, "pages": pages is not None}
    command += [word for word, is_asked in asked.items() if is_asked]
    command.append(f"bytes={settings.IMPORT_BYTES_MAX}")
    if _may_hold_pictures(filename) and settings.RECOGNISER_PROCESSES > 1:
        command.append(f"helpers={settings.RECOGNISER_PROCESSES}")
    if pages is not None:
        data = json.dumps(dict(pages.known)).encode() + b"\n" + data
    child = subprocess.Popen(  # noqa: S603
        command,
        cwd="/",
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    feeder = Thread(target=_feed, args=(child, data), daemon=True)
    # Time on the wall, for what waits without working; time at work is limited in the child itself.
    limit = Timer(3 * seconds, child.kill)
    feeder.start()
    limit.start()
    try:
        return _listen(child, progress, keep_image, pages)
    finally:
        limit.cancel()
        child.kill()  # where it is not at its end, nobody waits for it any more
        child.wait()
        feeder.join(timeout=5)
        if child.stdout:
            child.stdout.close()


def missing_layers() -> list[str] | None:
    """Returns the layers of the box that readers have to do without; None where a worker reads and none has reported.

    Where files are read on this machine, a line is read to know it, once.
    """
    if box_status.missing_layers() is None and settings.TASKS != "worker" and settings.READER_SANDBOX:
        measure_box()
    return box_status.missing_layers()


def measure_box() -> None:
    """Read a line in a child process, so that ``box_status`` knows which layers of the box this machine gives."""
    read_in_sandbox(b"Article 1. Aim\nThis law has an aim.\n", "aim.txt", "en", lambda *_progress: None)


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


def _seconds(filename: str) -> int:
    """How long reading may take: longer for what may hold pages that are pictures."""
    return settings.RECOGNISER_SECONDS if _may_hold_pictures(filename) else settings.READER_SECONDS


def _may_hold_pictures(filename: str) -> bool:
    return PurePath(filename).suffix.lower() in PICTURED


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
    child: subprocess.Popen[bytes], progress: Progress, keep_image: Keeper | None, pages: PageStore | None
) -> Document:
    assert child.stdout is not None
    left = OUTPUT_MAX + (IMAGES_MAX if keep_image else 0)
    while line := child.stdout.readline(min(left, OUTPUT_MAX)):
        left -= len(line)
        message = _parse_message(line) if left > 0 else {}
        if not message:
            break
        if "missing" in message:
            box_status.note([layer for layer in LAYERS if layer in message["missing"]])
        elif "step" in message:
            progress(message["step"], message["done"], message["total"])
        elif "image" in message:
            if keep_image is None or (image := _facsimile(message)) is None:
                break
            keep_image(image)
        elif "recognised" in message:
            if pages is None or (page := _recognised(message)) is None:
                break
            pages.keep(*page)
        elif "refused" in message:
            raise ReadingError(message["refused"], line=message["line"])
        elif (document := _document(message["document"])) is not None:
            return document
        else:
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
    is_known = isinstance(message, dict) and message.keys() & {
        "missing",
        "step",
        "image",
        "recognised",
        "refused",
        "document",
    }
    return message if is_known else {}


def _recognised(message: dict[str, Any]) -> tuple[int, PlainPages] | None:
    """The number and the results of a page in a message; None for what cannot be such."""
    number, pages = message["recognised"], message.get("pages")
    if not (isinstance(number, int) and isinstance(pages, list) and 0 < number <= PAGES_MAX):
        return None
    return number, pages


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


def _document(plain: Any) -> Document | None:
    try:
        return from_plain(plain)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
