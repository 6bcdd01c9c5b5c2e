"""The pages of a file recognised: by several helpers at once where there are any, and each page only once.

Whoever begins a reading anew may have kept the results of pages (``page_results``); those are taken as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from lawcompare.engine.document import LineBox
from lawcompare.engine.reading import facsimiles, page_results
from lawcompare.engine.reading.layout.pdf_lines import PdfLine
from lawcompare.engine.reading.layout.pdf_words import PageTraits
from lawcompare.engine.reading.ocr import Recogniser
from lawcompare.engine.reading.ocr.page_lines import RecognisedPdfPage, recognise_page
from lawcompare.engine.reading.page_results import NumberedPage, PlainPages
from lawcompare.engine.reading.sandbox import progress


def recognise_pages(
    pages: Iterable[NumberedPage], total: int, recogniser: Recogniser
) -> dict[int, list[RecognisedPdfPage]]:
    """What is recognised of ``total`` pages, by their numbers. Tells how many are done."""
    store = page_results.store.get()
    results: dict[int, list[RecognisedPdfPage]] = {}

    def unknown() -> Iterator[NumberedPage]:
        for page in pages:
            plain = store.known.get(page.number) if store is not None else None
            if plain is None:
                yield page
            else:
                results[page.number] = from_plain(plain)

    progress.report("recognising", 0, total)
    for number, plain in _recognise(unknown(), recogniser):
        if store is not None:
            store.keep(number, plain)
        results[number] = from_plain(plain)
        progress.report("recognising", len(results), total)
    progress.report("recognising", total, total)
    return results


def _recognise(pages: Iterable[NumberedPage], recogniser: Recogniser) -> Iterator[tuple[int, PlainPages]]:
    helpers = page_results.helpers.get()
    if helpers is None:
        for page in pages:
            yield page.number, to_plain(recognise_page(page.image(), page.number, recogniser, is_part=page.is_part))
        return
    for number, plain, images in helpers.recognise(pages):
        for image in images:
            facsimiles.hand_over(image)
        yield number, plain


def to_plain(pages: Iterable[RecognisedPdfPage]) -> PlainPages:
    return [
        {
            "confidence": page.confidence,
            "lines": [asdict(line) for line in page.lines],
            "readings": page.readings,
            "doubtful": page.doubtful,
        }
        for page in pages
    ]


def from_plain(plain: PlainPages) -> list[RecognisedPdfPage]:
    """Raises KeyError, TypeError or ValueError for what ``to_plain`` did not make."""
    return [
        RecognisedPdfPage(
            [_line(line) for line in page["lines"]],
            PageTraits(),
            "recognised",
            float(page["confidence"]),
            readings=[tuple(map(str, readings)) for readings in page["readings"]],
            doubtful=[(int(at), str(words)) for at, words in page["doubtful"]],
        )
        for page in plain
    ]


def _line(plain: dict[str, Any]) -> PdfLine:
    box = plain["box"]
    return PdfLine(**{**plain, "box": LineBox(*box) if box is not None else None})
