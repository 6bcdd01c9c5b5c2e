"""The image of a page of an uploaded PDF, drawn by a child process in the box of a reader."""

import sys

from django.conf import settings

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.reporting import LONGEST_SIDE, Facsimile, image_number
from lawcompare.engine.reading.reporting import draw_page as draw
from lawcompare.engine.sandbox.maker import BEGINNING, SIZE
from lawcompare.laws.uploads.boxed_setter import Limits, SetterFailed, make_in_box

WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "page"]
MEGABYTES, SECONDS = 1024, 20


def draw_page(data: bytes, page: int) -> Facsimile:
    """Returns the image of a page, 1-based, of a PDF. Raises ``ReadingError`` where it cannot be drawn."""
    if not settings.READER_SANDBOX:
        return draw(data, page)
    limits = Limits(MEGABYTES, SECONDS, LONGEST_SIDE * LONGEST_SIDE + 100)
    try:
        drawn = make_in_box([*WORKER, str(page)], data, limits, BEGINNING)
    except SetterFailed as error:
        raise ReadingError(f"page {page} of the PDF cannot be drawn") from error
    start = len(BEGINNING) + SIZE.size
    width, height = SIZE.unpack(drawn[len(BEGINNING) : start]) if len(drawn) >= start else (0, 0)
    if not width or len(drawn) != start + width * height:
        raise ReadingError(f"page {page} of the PDF cannot be drawn")
    return Facsimile(image_number(page), width, height, drawn[start:])
