"""A card, drawn by a child process in the box: its words are those of texts that strangers handed in."""

import sys
from dataclasses import asdict

from django.conf import settings

from lawcompare.engine.writing import card as drawing
from lawcompare.engine.writing.card import Card
from lawcompare.laws.uploads.boxed_setter import Limits, set_in_box

WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "card"]
# As for a PDF. A card takes a third of a second, and about a hundred kilobytes.
MEGABYTES, SECONDS = 2048, 10
BYTES_MAX = 10_000_000
BEGINS = b"\x89PNG\r\n\x1a\n"


def draw_card(card: Card) -> bytes:
    """Returns the card as PNG. Raises ``SetterFailed``."""
    if not settings.READER_SANDBOX:
        return drawing.draw_card(card)
    return set_in_box(WORKER, asdict(card), Limits(MEGABYTES, SECONDS, BYTES_MAX), BEGINS)
