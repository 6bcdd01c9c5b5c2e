"""The pages of a file recognised: their images made fit for it, and what is read of them as lines of a PDF.

Images are turned upright, straightened and evenly lit. Each page is recognised only once, by several helpers at once
where there are any; whoever begins a reading anew may have kept results of pages (``reporting``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from lawcompare.engine.document import LineBox, ReadingWarning
from lawcompare.engine.reading.ocr import RecognisedLine, Recogniser, evidence, sureness
from lawcompare.engine.reading.ocr.headings import repair_headings
from lawcompare.engine.reading.pdf_lines import PdfLine, PdfPage
from lawcompare.engine.reading.pdf_words import PageTraits
from lawcompare.engine.reading.reporting import (
    Facsimile,
    NumberedPage,
    PlainPages,
    box_on,
    hand_over,
    image_number,
    keep_image,
    listeners,
    report,
)

RESOLUTION = 300  # dots per inch of a page of usual size
LONGEST_SIDE = 3508  # pixels: A4 at that resolution; of larger page boxes the scale is taken from this
STEEPEST = 4.0  # degrees: what hangs more was meant to
INK = 128  # darker than this is ink, after lighting was made even
EMPTY = 0.0005  # of the page: less ink than this is no text
POINTS = 72 / RESOLUTION
TYPE_SIZE = 12.0  # points: recognised letters say too little of their size to part paragraphs by it
LONGEST_WORD = 5 * TYPE_SIZE  # Khmer is written without spaces and broken after any word
DOUBTFUL = 0.28  # a word that is less sure becomes a warning
NOISE = 0.3  # a line that is less sure and has hardly a word is a stamp, a seal or handwriting
UPSIDE_DOWN = 0.3  # a page that is less sure is looked at in the other directions too
EDGE = 0.09  # of the height of the page: where running heads stand
# What the head of the royal gazette says on every page, of which at least two are recognised.
GAZETTE = re.compile("ឆ្នាំ|លេខ|សប្[តដ]|ថ្ងៃ|រាជកិច្ច|ទំព័រ|ទំព័|កិច្ច")
PAGE_NUMBER = re.compile(r"[\W_]*(?:[០-៩0-9]{1,4}\s?[ក-អ]?|[0-9n០-៩]/[0-9០-៩]{1,3})[\W_]*")
_WORD = re.compile(r"[\u1780-\u17b3]\S|[A-Za-z]{2}|[0-9០-៩]{2}")
_KHMER_OR_LATIN = re.compile(r"[\u1780-\u17b3]{1}|[A-Za-z]{2}|[0-9០-៩]")


def recognise_pages(pages: Iterable[NumberedPage], total: int, recogniser: Recogniser) -> dict[int, list[PdfPage]]:
    """What is recognised of ``total`` pages, by their numbers. Tells how many are done."""
    store = listeners().pages
    results: dict[int, list[PdfPage]] = {}

    def unknown() -> Iterator[NumberedPage]:
        for page in pages:
            plain = store.known.get(page.number) if store is not None else None
            if plain is None:
                yield page
            else:
                results[page.number] = from_plain(plain)

    def alone() -> Iterator[tuple[int, PlainPages, list[Facsimile]]]:
        for page in unknown():
            read = recognise_page(page.image(), page.number, recogniser, is_part=page.is_part)
            yield page.number, to_plain(read), []

    helpers = listeners().helpers
    report("recognising", 0, total)
    for number, plain, images in helpers.recognise(unknown()) if helpers is not None else alone():
        for image in images:
            hand_over(image)
        if store is not None:
            store.keep(number, plain)
        results[number] = from_plain(plain)
        report("recognising", len(results), total)
    report("recognising", total, total)
    return results


def to_plain(pages: Iterable[PdfPage]) -> PlainPages:
    return [
        {
            "confidence": page.confidence,
            "lines": [asdict(line) for line in page.lines],
            "readings": page.readings,
            "doubtful": page.doubtful,
        }
        for page in pages
    ]


def from_plain(plain: PlainPages) -> list[PdfPage]:
    """Raises KeyError, TypeError or ValueError for what ``to_plain`` did not make."""
    return [
        PdfPage(
            [
                PdfLine(**{**line, "box": LineBox(*line["box"]) if line["box"] is not None else None})
                for line in page["lines"]
            ],
            PageTraits(),
            "recognised",
            float(page["confidence"]),
            readings=[tuple(map(str, readings)) for readings in page["readings"]],
            doubtful=[(int(at), str(words)) for at, words in page["doubtful"]],
        )
        for page in plain
    ]


def rendered(page: Any) -> Image.Image:
    """A pypdfium2 page in grey, at a resolution at which text is recognised best."""
    width, height = page.get_size()
    scale = RESOLUTION / 72
    if max(width, height) * scale > 1.25 * LONGEST_SIDE:
        scale = LONGEST_SIDE / max(width, height)
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return image


def recognise_page(image: Image.Image, number: int, recogniser: Recogniser, *, is_part: bool = False) -> list[PdfPage]:
    """The page in an image in grey, or the two pages of an open book. ``number`` is 1-based.

    Of an image that is a part of a page (``NumberedPage``) the boxes of the lines are its own.
    """
    if is_part:
        image = cleaned(image)
        page = _with_lines([] if is_empty(image) else recogniser.recognise(image), number, 0, image)
        for line in page.lines:
            if line.furniture != "unreadable":  # the head and foot of a part of a page are those of no page
                line.furniture = ""
        return [page]
    return [_page(half, number, at, recogniser) for at, half in enumerate(halves(cleaned(image)))]


def _page(image: Image.Image, number: int, half: int, recogniser: Recogniser) -> PdfPage:
    if is_empty(image):
        keep_image(image, number, half)
        return PdfPage([], PageTraits(), "recognised", 1.0)
    lines = recogniser.recognise(image)
    if sureness(lines) < UPSIDE_DOWN:
        image, lines = _upright(image, lines, recogniser)
    keep_image(image, number, half)
    return _with_lines(lines, number, half, image)


def _with_lines(lines: Sequence[RecognisedLine], number: int, half: int, image: Image.Image) -> PdfPage:
    page = PdfPage([], PageTraits(), "recognised", sureness(lines))
    for line in lines:
        doubtful = [word.text for word in line.words if word.confidence < DOUBTFUL and _WORD.search(word.text)]
        if doubtful:
            page.doubtful.append((len(page.lines), " ".join(doubtful)))
        page.lines.append(_line(line, number, half, image))
        page.readings.append(line.readings)
    if page.lines:
        ends = sorted(line.right for line in page.lines)
        margin = ends[int(0.9 * (len(ends) - 1))]
        for each in page.lines:
            each.margin = margin
    return page


def _upright(
    image: Image.Image, lines: list[RecognisedLine], recogniser: Recogniser
) -> tuple[Image.Image, list[RecognisedLine]]:
    """The page turned to where it reads best, which is as it is unless another direction reads far better."""
    part = image.crop((0, image.height // 3, image.width, 2 * image.height // 3))
    best, most = None, 1.3 * evidence(recogniser.recognise(part))
    for turn in (Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270):
        read = evidence(recogniser.recognise(part.transpose(turn)))
        if read > most:
            best, most = turn, read
    if best is None:
        return image, lines
    turned = image.transpose(best)
    return turned, recogniser.recognise(turned)


def _line(line: RecognisedLine, number: int, half: int, image: Image.Image) -> PdfLine:
    text = line.text
    # Raised and lowered marks make the boxes of lines uneven; what all have is the height of their middle.
    middle = (line.top + line.bottom) / 2
    hyphen = bool(re.search(r"[\u1780-\u17d3]-$", text))
    first = line.words[0]
    return PdfLine(
        text=text[:-1] if hyphen else text,
        page=number,
        column=0,
        left=line.left * POINTS,
        right=line.right * POINTS,
        base=(image.height - middle) * POINTS,
        size=TYPE_SIZE,
        bold=False,
        hyphen=hyphen,
        first_word=min((first.right - first.left) * POINTS, LONGEST_WORD),
        furniture=_furniture(line, image),
        confidence=line.confidence,
        box=box_on(image_number(number, half), line.left, line.top, line.right, line.bottom, *image.size),
    )


def _furniture(line: RecognisedLine, image: Image.Image) -> str:
    text = line.text
    at_head = line.bottom < EDGE * image.height
    at_edge = at_head or line.top > (1 - EDGE) * image.height
    if at_head and len(set(GAZETTE.findall(text))) >= 2:
        return "running-head"
    if at_edge and PAGE_NUMBER.fullmatch(text):
        return "page-number"
    words = len(_KHMER_OR_LATIN.findall(text))
    return "unreadable" if line.confidence < NOISE and words < 4 else ""


def with_repaired_headings(pages: Sequence[PdfPage]) -> tuple[ReadingWarning, ...]:
    """Put the headings of recognised pages right, and warn of each, and of the words that were read in doubt.

    The ``line`` of a warning counts the lines of all pages.
    """
    lines = [(page, at) for page in pages for at in range(len(page.lines))]
    texts = [page.lines[at].text for page, at in lines]
    readings = [page.readings[at] if page.readings else () for page, at in lines]
    repaired, repairs, headings = repair_headings(texts, readings)
    warnings = []
    for place, ((page, at), text) in enumerate(zip(lines, repaired, strict=True)):
        if page.lines[at].confidence is not None:
            page.lines[at].text = text
            page.lines[at].is_heading = place in headings
    places = {(id(page), at): place for place, (page, at) in enumerate(lines)}
    changed = set()
    for repair in repairs:
        page, at = lines[repair.line]
        if page.lines[at].confidence is not None:
            changed.add(repair.line)
            page.lines[at].furniture = ""
            details = {"read": repair.read[:80], "page": str(page.lines[at].page)}
            kind = "heading-doubted" if repair.is_proposed else "heading-repaired"
            if repair.changes_letters:
                warnings.append(ReadingWarning(repair.line + 1, kind, repair.repaired[:80], details))
    for page in pages:
        for at, words in page.doubtful:
            place = places[id(page), at]
            if place not in changed and not page.lines[at].furniture:
                details = {"page": str(page.lines[at].page)}
                warnings.append(ReadingWarning(place + 1, "doubtful-words", words[:80], details))
    return tuple(warnings)


# Images.


def cleaned(image: Image.Image) -> Image.Image:
    """The image evenly lit, and turned by the few degrees at which its lines are level."""
    image = evenly_lit(image)
    angle = skew(image)
    if abs(angle) < 0.2:
        return image
    return image.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255, expand=False)


def evenly_lit(image: Image.Image) -> Image.Image:
    """Shadows and grey paper taken out: every place is measured by the paper around it."""
    small = image.resize((max(image.width // 16, 1), max(image.height // 16, 1)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(4))
    if np.asarray(paper).min() > 235:  # the paper is white everywhere, as in most scans
        return image
    lit = np.asarray(image, dtype=np.float32)
    around = np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR), dtype=np.float32)
    even = np.clip(lit / np.maximum(around, 1) * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(even)


def is_empty(image: Image.Image) -> bool:
    """Whether there is no ink, or nothing but the noise of a scanner."""
    small = np.asarray(image.resize((max(image.width // 4, 1), max(image.height // 4, 1)), Image.Resampling.BOX))
    return float((small < INK).mean()) < EMPTY


def skew(image: Image.Image) -> float:
    """The angle in degrees by which an image has to be turned counter-clockwise: its rows of ink are sharpest there."""
    scale = 800 / max(image.size)
    small = image.resize(
        (max(round(image.width * scale), 1), max(round(image.height * scale), 1)), Image.Resampling.BOX
    )
    ink = Image.fromarray(((np.asarray(small) < 160) * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        rows = np.asarray(ink.rotate(angle, resample=Image.Resampling.BILINEAR)).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-STEEPEST, STEEPEST + 0.1, 0.5), key=sharpness)
    fine = max(np.arange(coarse - 0.4, coarse + 0.5, 0.1), key=sharpness)
    return float(fine) if sharpness(float(fine)) > 1.02 * sharpness(0.0) else 0.0


def halves(image: Image.Image) -> list[Image.Image]:
    """The two pages of an open book on one image, or the image alone."""
    if image.width < 1.2 * image.height:
        return [image]
    dark = (np.asarray(image) < INK).mean(axis=0)
    low, high = int(0.42 * image.width), int(0.58 * image.width)
    gutter = max(image.width // 60, 1)
    strips = np.convolve(dark[low:high], np.ones(gutter) / gutter, mode="valid")
    if not len(strips) or strips.min() > 0.002:
        return [image]
    at = low + int(strips.argmin()) + gutter // 2
    sides = [image.crop((0, 0, at, image.height)), image.crop((at, 0, image.width, image.height))]
    return [image] if any(is_empty(side) for side in sides) else sides
