"""What a recogniser read of a page image -> the lines that the reader of PDFs goes on with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from lawcompare.engine.document import ReadingWarning
from lawcompare.engine.reading import facsimiles
from lawcompare.engine.reading.layout.pdf_lines import PdfLine, PdfPage
from lawcompare.engine.reading.layout.pdf_words import PageTraits
from lawcompare.engine.reading.ocr import RecognisedLine, RecognisedWord, Recogniser
from lawcompare.engine.reading.ocr.headings import repair_headings
from lawcompare.engine.reading.ocr.page_images import RESOLUTION, cleaned, halves, is_empty

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


@dataclass(slots=True)
class RecognisedPdfPage(PdfPage):
    """A page that was recognised, or pictures on it: what else was read of each line, and the words in doubt."""

    readings: list[tuple[str, ...]] = field(default_factory=list)
    doubtful: list[tuple[int, str]] = field(default_factory=list)  # index of the line, its words


def recognise_page(
    image: Image.Image, number: int, recogniser: Recogniser, *, is_part: bool = False
) -> list[RecognisedPdfPage]:
    """The page in an image in grey, or the two pages of an open book. ``number`` is 1-based.

    Of an image that is a part of a page (``page_results.NumberedPage``) the boxes of the lines are its own.
    """
    if is_part:
        return [_part(cleaned(image), number, recogniser)]
    return [_page(half, number, at, recogniser) for at, half in enumerate(halves(cleaned(image)))]


def _part(image: Image.Image, number: int, recogniser: Recogniser) -> RecognisedPdfPage:
    lines = [] if is_empty(image) else recogniser.recognise(image)
    page = _with_lines(lines, number, 0, image)
    for line in page.lines:
        if line.furniture != "unreadable":  # the head and foot of a part of a page are those of no page
            line.furniture = ""
    return page


def _page(image: Image.Image, number: int, half: int, recogniser: Recogniser) -> RecognisedPdfPage:
    if is_empty(image):
        facsimiles.keep(image, number, half)
        return RecognisedPdfPage([], PageTraits(), "recognised", 1.0)
    lines = recogniser.recognise(image)
    if _sureness(lines) < UPSIDE_DOWN:
        image, lines = _upright(image, lines, recogniser)
    facsimiles.keep(image, number, half)
    return _with_lines(lines, number, half, image)


def _with_lines(lines: Sequence[RecognisedLine], number: int, half: int, image: Image.Image) -> RecognisedPdfPage:
    page = RecognisedPdfPage([], PageTraits(), "recognised", _sureness(lines))
    for line in lines:
        if words := " ".join(word.text for word in line.words if _is_doubtful(word)):
            page.doubtful.append((len(page.lines), words))
        page.lines.append(_line(line, number, half, image))
        page.readings.append(line.readings)
    if page.lines:
        ends = sorted(line.right for line in page.lines)
        margin = ends[int(0.9 * (len(ends) - 1))]
        for each in page.lines:
            each.margin = margin
    return page


def _is_doubtful(word: RecognisedWord) -> bool:
    return word.confidence < DOUBTFUL and bool(_WORD.search(word.text))


def _sureness(lines: Sequence[RecognisedLine]) -> float:
    """How sure a page was read, each line counting by its letters; 0 for one without lines."""
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / letters if letters else 0.0


def _upright(
    image: Image.Image, lines: list[RecognisedLine], recogniser: Recogniser
) -> tuple[Image.Image, list[RecognisedLine]]:
    """The page turned to where it reads best, which is as it is unless another direction reads far better."""
    part = image.crop((0, image.height // 3, image.width, 2 * image.height // 3))
    best, most, turned = None, 1.3 * _evidence(recogniser.recognise(part)), image
    for turn in (Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270):
        evidence = _evidence(recogniser.recognise(part.transpose(turn)))
        if evidence > most:
            best, most = turn, evidence
    if best is None:
        return image, lines
    turned = image.transpose(best)
    return turned, recogniser.recognise(turned)


def _evidence(lines: Sequence[RecognisedLine]) -> float:
    """How much text was read, a letter counting as far as it is sure."""
    return sum(line.confidence * len(line.text) for line in lines)


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
        box=facsimiles.box_on(
            facsimiles.image_number(number, half), line.left, line.top, line.right, line.bottom, *image.size
        ),
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
    readings = [page.readings[at] if isinstance(page, RecognisedPdfPage) else () for page, at in lines]
    repaired, repairs, headings = repair_headings(texts, readings)
    warnings = []
    for place, ((page, at), text) in enumerate(zip(lines, repaired, strict=True)):
        if isinstance(page, RecognisedPdfPage) and page.lines[at].confidence is not None:
            page.lines[at].text = text
            page.lines[at].is_heading = place in headings
    places = {(id(page), at): place for place, (page, at) in enumerate(lines)}
    changed = set()
    for repair in repairs:
        page, at = lines[repair.line]
        if isinstance(page, RecognisedPdfPage) and page.lines[at].confidence is not None:
            changed.add(repair.line)
            page.lines[at].furniture = ""
            details = {"read": repair.read[:80], "page": str(page.lines[at].page)}
            warnings.append(ReadingWarning(repair.line + 1, "heading-repaired", repair.repaired[:80], details))
    for page in pages:
        for at, words in page.doubtful if isinstance(page, RecognisedPdfPage) else ():
            place = places[id(page), at]
            if place not in changed and not page.lines[at].furniture:
                details = {"page": str(page.lines[at].page)}
                warnings.append(ReadingWarning(place + 1, "doubtful-words", words[:80], details))
    return tuple(warnings)
