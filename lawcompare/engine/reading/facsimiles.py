"""Images of the pages of a file, for who reviews a reading: made only while somebody keeps them.

A reader says each page once, upright, as it was read. ``LineBox.image`` names the image on which a line stands. Of a
page that was read by its text layer only the size is handed over: ``page_drawing`` draws its image when somebody
looks.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from lawcompare.engine.document import LineBox

LONGEST_SIDE = 1600  # pixels: small print of an A4 page can be read at it
MOST_IMAGES = 400  # a longer file is a code, which is reviewed by its lines
GREYS = 16  # as many shades show any print, and the image takes a third of the room


@dataclass(frozen=True, slots=True)
class Facsimile:
    """A page in grey, a byte a pixel from the top left. Images are in the order of their numbers.

    Without pixels it is the size of a page whose image can be drawn from the file.
    """

    number: int
    width: int
    height: int
    pixels: bytes


Keeper = Callable[[Facsimile], None]

_keeper: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


def image_number(page: int, half: int = 0) -> int:
    """The number of the image of a page, 1-based; ``half`` is 1 for the right page of an open book."""
    return 2 * page + half


def page_of(image: int) -> int:
    """The page that an image shows, 1-based."""
    return image // 2


def hand_over(image: Facsimile) -> None:
    """Give an image to whoever keeps images; nothing where nobody does."""
    keeper = _keeper.get()
    if keeper is not None and image.number <= image_number(MOST_IMAGES, 1):
        keeper(image)


def keep(image: Any, page: int, half: int = 0) -> None:
    """Hand a page as a Pillow image in grey to whoever keeps images; nothing where nobody does."""
    if _keeper.get() is not None and page <= MOST_IMAGES:
        hand_over(reduced(image, image_number(page, half)))


def keep_size(page: Any, number: int) -> None:
    """Hand the size of a pypdfium2 page to whoever keeps images."""
    hand_over(Facsimile(image_number(number), *size_of(page), b""))


def size_of(page: Any) -> tuple[int, int]:
    """The size of the image of a pypdfium2 page, in pixels."""
    width, height = (max(side, 1) for side in page.get_size())
    scale = LONGEST_SIDE / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def reduced(image: Any, number: int) -> Facsimile:
    """A Pillow image as small as it is kept."""
    scale = min(LONGEST_SIDE / max(image.size), 1.0)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    small = (image if size == image.size else image.resize(size, reducing_gap=2.0)).convert("L")
    step = 256 // GREYS
    small = small.point([min(255, round(value / step) * 255 // GREYS) for value in range(256)])
    return Facsimile(number, small.width, small.height, small.tobytes())


@contextmanager
def kept_by(keeper: Keeper | None) -> Iterator[None]:
    """Give every page image made inside to ``keeper``; make none where that is None."""
    token = _keeper.set(keeper)
    try:
        yield
    finally:
        _keeper.reset(token)


def box_on(image: int, left: float, top: float, right: float, bottom: float, width: float, height: float) -> LineBox:
    """A box in the measure of its page as thousandths of it, cut at the edges.

    >>> box_on(2, 50, 10, 300, 30, 500, 1000)
    LineBox(image=2, left=100, top=10, right=600, bottom=30)
    """
    across = [min(max(round(1000 * place / max(width, 1)), 0), 1000) for place in (left, right)]
    down = [min(max(round(1000 * place / max(height, 1)), 0), 1000) for place in (top, bottom)]
    return LineBox(image, across[0], down[0], across[1], down[1])
