"""What was recognised of single pages: where it is kept until the reading is done, and who recognises them.

Results are those of a page, or of the two pages of an open book, as JSON can hold them (``ocr.many_pages``).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

from lawcompare.engine.reading.facsimiles import Facsimile

# Raise it with whatever changes how pages are recognised, or the form of their results: what was kept is then not used.
FORM = 2
PlainPages = list[dict[str, Any]]


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
        """Keep what was recognised of a page. Its images were handed over before (``facsimiles``)."""


class PageHelpers(Protocol):
    """What recognises several pages at once."""

    def recognise(self, pages: Iterable[NumberedPage]) -> Iterator[tuple[int, PlainPages, list[Facsimile]]]:
        """The results and images of pages as they come, in any order. Raises ReadingError where one fails."""


store: ContextVar[PageStore | None] = ContextVar("store", default=None)
helpers: ContextVar[PageHelpers | None] = ContextVar("helpers", default=None)


@contextmanager
def kept_in(page_store: PageStore | None) -> Iterator[None]:
    """Take what is known of pages recognised inside from ``page_store``, and give it what is not."""
    token = store.set(page_store)
    try:
        yield
    finally:
        store.reset(token)


@contextmanager
def helped_by(page_helpers: PageHelpers | None) -> Iterator[None]:
    """Have pages inside recognised by ``page_helpers``; by this process where that is None."""
    token = helpers.set(page_helpers)
    try:
        yield
    finally:
        helpers.reset(token)
