"""The pictures of cards: drawn in the box, since their words are those of texts that strangers handed in, and kept.

A card is drawn once for each content; another content is another file.

The view asks first whether what is on the card may be seen; a file alone shows nobody anything. When it may not be seen
any more, the folder of its address goes with the first question, and any file after ``DAYS_KEPT``, or once there are
more than ``KEPT_MAX``.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from lawcompare.engine.writing import card as drawing
from lawcompare.engine.writing.card import Card
from lawcompare.engine.writing.typeset import CARD as TEMPLATE
from lawcompare.laws.uploads.sandbox import Limits, set_in_box

WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "card"]
# As for a PDF. A card takes a third of a second, and about a hundred kilobytes.
MEGABYTES, SECONDS = 2048, 3
BYTES_MAX = 10_000_000
BEGINS = b"\x89PNG\r\n\x1a\n"
DAYS_KEPT = 30
# Of each address one is kept, and whoever asks for all addresses fills no disk. Then so many of the oldest go.
KEPT_MAX, DROPPED = 5_000, 500
# How often at most old files are looked for.
SECONDS_BETWEEN_SWEEPS = 60 * 60


def draw_card(card: Card) -> bytes:
    """Returns the card as PNG. Raises ``SetterFailed``."""
    if not settings.READER_SANDBOX:
        return drawing.draw_card(card)
    return set_in_box(WORKER, asdict(card), Limits(MEGABYTES, SECONDS, BYTES_MAX), BEGINS)


def folder_of(address: str) -> Path:
    """Returns the folder of the pictures that were made for an address."""
    return cards_folder() / hashlib.blake2b(address.encode(), digest_size=16).hexdigest()


def picture_of(folder: Path, card: Card) -> Path:
    """Returns the file of a card, which may not be there yet. Another release of the drawing has another file."""
    content = json.dumps(asdict(card), ensure_ascii=False, sort_keys=True) + str(TEMPLATE.stat().st_mtime_ns)
    return folder / f"{hashlib.blake2b(content.encode(), digest_size=16).hexdigest()}.png"


def read_picture(picture: Path) -> bytes | None:
    try:
        return picture.read_bytes()
    except OSError:
        return None


def make_picture(picture: Path, card: Card, *, is_kept: bool = True) -> bytes:
    """Returns the card, drawn now, and keeps it in place of what was kept in its folder. A full disk keeps nothing.

    Raises ``SetterFailed`` where it cannot be drawn; then nothing is kept.
    """
    body = draw_card(card)
    _sweep()
    if not is_kept:
        return body
    with suppress(OSError):
        _make_room()
        forget(picture.parent)
        picture.parent.mkdir(parents=True, exist_ok=True)
        beside = picture.with_name(f"{uuid4().hex}.part")
        try:
            beside.write_bytes(body)
            beside.replace(picture)
        finally:
            beside.unlink(missing_ok=True)
    return body


def forget(folder: Path) -> None:
    """Remove all pictures that were made for an address."""
    shutil.rmtree(folder, ignore_errors=True)


def cards_folder() -> Path:
    """Where drawn cards are kept: all that a web process writes by itself."""
    return Path(settings.DATA_DIR) / "cards"


def _make_room() -> None:
    """Remove the oldest folders where as many are kept as may be."""
    folders = [entry for entry in os.scandir(cards_folder()) if entry.is_dir()]
    if len(folders) >= KEPT_MAX:
        for entry in sorted(folders, key=lambda entry: entry.stat().st_mtime)[:DROPPED]:
            forget(Path(entry.path))


def _sweep() -> None:
    """Remove what was made long ago, at most once an hour."""
    now, last = time.time(), cards_folder() / "swept"
    with suppress(OSError):
        if last.exists() and now - last.stat().st_mtime < SECONDS_BETWEEN_SWEEPS:
            return
        cards_folder().mkdir(parents=True, exist_ok=True)
        last.touch()
        for folder in cards_folder().iterdir():
            if folder.is_dir() and now - folder.stat().st_mtime > DAYS_KEPT * 24 * 60 * 60:
                forget(folder)
