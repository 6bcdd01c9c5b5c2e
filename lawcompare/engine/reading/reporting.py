"""What a reading reports while it goes on: how far it is, the images of its pages, what was recognised of single pages.

Who wants to know listens (``listening``); a reader reports without knowing whether anybody does. Each page is handed
over once, upright, as it was read. ``LineBox.image`` names the image on which a line stands. Of a page that was read
by its text layer that is the size alone: ``draw_page`` draws its image when somebody looks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from lawcompare.engine.document import LineBox
from lawcompare.engine.errors import ReadingError

LONGEST_SIDE = 1600  # pixels: small print of an A4 page can be read at it
MOST_IMAGES = 400  # a longer file is a code, which is reviewed by its lines
GREYS = 16  # as many shades show any print, and the image takes a third of the room
# Raise it with whatever changes how pages are recognised, or the form of their results: what was kept is then not used.
FORM = 2

# What was recognised of a page, or of the two pages of an open book, as JSON can hold it (``ocr.pages``).
PlainPages = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Facsimile:
    """A page in grey, a byte a pixel from the top left. Images are in the order of their numbers.

    Without pixels it is the size of a page whose image can be drawn from the file.
    """

    number: int
    width: int
    height: int
    pixels: bytes


class NumberedPage(NamedTuple):
    """A page to be recognised: its number, 1-based, and what gives its image in grey, a Pillow image.

    ``is_part`` says that the image is a part of a page, which is not turned, nor cut in two, nor kept.
    """

    number: int
    image: Callable[[], Any]
    is_part: bool = False


class PageStore(Protocol):
    """Where the results of pages are kept until the reading is done."""

    @property
    def known(self) -> Mapping[int, PlainPages]:
        """What was recognised of pages by an earlier reading of the same file, by their numbers."""

    def keep(self, number: int, pages: PlainPages) -> None:
        """Keep what was recognised of a page. Its images were handed over before."""


class PageHelpers(Protocol):
    """What recognises several pages at once."""

    def recognise(self, pages: Iterable[NumberedPage]) -> Iterator[tuple[int, PlainPages, list[Facsimile]]]:
        """The results and images of pages as they come, in any order. Raises ReadingError where one fails."""


Progress = Callable[[str, int, int], None]
Keeper = Callable[[Facsimile], None]


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told of a reading: each None where nobody is.

    ``progress`` is told (step, done, total); ``keep_image`` is given each page image, which is else not made. What is
    known of recognised pages is taken from ``pages``, and what is not is given to it; ``helpers`` recognise them, or
    this process where there are none.
    """

    progress: Progress | None = None
    keep_image: Keeper | None = None
    pages: PageStore | None = None
    helpers: PageHelpers | None = None


_listeners: ContextVar[Listeners] = ContextVar("listeners", default=Listeners())  # noqa: B039 - it never changes


@contextmanager
def listening(to: Listeners) -> Iterator[None]:
    """Report what is read inside to these.

    >>> heard = []
    >>> with listening(Listeners(lambda *progress: heard.append(progress))):
    ...     report("pages", 1, 2)
    >>> heard
    [('pages', 1, 2)]
    """
    token = _listeners.set(to)
    try:
        yield
    finally:
        _listeners.reset(token)


def listeners() -> Listeners:
    """Who listens to this reading."""
    return _listeners.get()


def report(step: str, done: int, total: int) -> None:
    """Tell that ``done`` of ``total`` are done in a step, such as ``pages``. Whoever listens may skip some."""
    if (progress := listeners().progress) is not None:
        progress(step, done, total)


def image_number(page: int, half: int = 0) -> int:
    """The number of the image of a page, 1-based; ``half`` is 1 for the right page of an open book."""
    return 2 * page + half


def page_of(image: int) -> int:
    """The page that an image shows, 1-based."""
    return image // 2


def hand_over(image: Facsimile) -> None:
    """Give an image to whoever keeps images; nothing where nobody does."""
    keep = listeners().keep_image
    if keep is not None and image.number <= image_number(MOST_IMAGES, 1):
        keep(image)


def keep_image(image: Any, page: int, half: int = 0) -> None:
    """Hand a page as a Pillow image in grey to whoever keeps images; nothing where nobody does."""
    if listeners().keep_image is not None and page <= MOST_IMAGES:
        hand_over(_reduced(image, image_number(page, half)))


def keep_size(page: Any, number: int) -> None:
    """Hand the size of a pypdfium2 page to whoever keeps images."""
    hand_over(Facsimile(image_number(number), *_size_of(page), b""))


def draw_page(data: bytes, page: int) -> Facsimile:
    """The image of a page, 1-based, of a PDF file. Raises ReadingError where it cannot be drawn."""
    import pypdfium2  # loaded inside the box

    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            own = document[page - 1]
            scale = LONGEST_SIDE / max(*own.get_size(), 1)
            image = own.render(scale=scale, grayscale=True).to_pil().resize(_size_of(own))
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ReadingError(f"page {page} of the PDF cannot be drawn") from error
    return _reduced(image, image_number(page))


def _size_of(page: Any) -> tuple[int, int]:
    """The size of the image of a pypdfium2 page, in pixels."""
    width, height = (max(side, 1) for side in page.get_size())
    scale = LONGEST_SIDE / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _reduced(image: Any, number: int) -> Facsimile:
    """A Pillow image as small as it is kept."""
    scale = min(LONGEST_SIDE / max(image.size), 1.0)
    size = max(round(image.width * scale), 1), max(round(image.height * scale), 1)
    small = (image if size == image.size else image.resize(size, reducing_gap=2.0)).convert("L")
    step = 256 // GREYS
    small = small.point([min(255, round(value / step) * 255 // GREYS) for value in range(256)])
    return Facsimile(number, small.width, small.height, small.tobytes())


def box_on(image: int, left: float, top: float, right: float, bottom: float, width: float, height: float) -> LineBox:
    """A box in the measure of its page as thousandths of it, cut at the edges.

    >>> box_on(2, 50, 10, 300, 30, 500, 1000)
    LineBox(image=2, left=100, top=10, right=600, bottom=30)
    """
    across = [min(max(round(1000 * place / max(width, 1)), 0), 1000) for place in (left, right)]
    down = [min(max(round(1000 * place / max(height, 1)), 0), 1000) for place in (top, bottom)]
    return LineBox(image, across[0], down[0], across[1], down[1])
