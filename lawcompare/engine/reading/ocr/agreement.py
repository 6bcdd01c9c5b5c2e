"""Whether the words in a PDF's text layer are those its pages show: some pages are looked at and both compared."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image

from lawcompare.engine.reading.layout.pdf_lines import Disagreement, PdfLine, PdfPage
from lawcompare.engine.reading.ocr import RecognisedLine, Recogniser, glance
from lawcompare.engine.reading.ocr.page_images import LONGEST_SIDE

RESOLUTION = 200  # dots per inch: enough to tell words apart, and soon read
# A page that was typed is rarely other than it says; words laid over a picture may be anything.
MOST_TYPED, MOST_OVER_PICTURES = 3, 12
LEAST_LETTERS = 150  # on a page: of fewer nothing is concluded
LONG_LINE = 15  # letters: shorter lines are not compared
GRAM = 5  # letters: so many in a row are rarely the same in another text
# Of the runs of letters of a line: fewer that the picture has too, and the line says something else. On 170 honest
# pages of five real files no line does; of pages laid over another page's picture lines with a third of the letters do.
SAME = 0.25
DISAGREES = 0.06
SURE = 0.5  # how sure the look at a line must be for it to count
INK = 160
MOSTLY_LATIN = 0.9

_MARKS = str.maketrans("", "", "\ue000\ue001\ue002\ue003")


def disagreements(document: Any, pages: Sequence[PdfPage], recogniser: Recogniser) -> list[Disagreement]:
    """The pages of a pypdfium2 document, among those looked at, whose words and picture disagree."""
    disagreements = []
    for at in _sample(pages):
        page = document[at]
        try:
            if not _shows_its_letters(page, pages[at]):
                continue
            width, height = page.get_size()
            scale = min(RESOLUTION / 72, LONGEST_SIDE / max(width, height, 1))
            image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        finally:
            page.close()
        if (disagreement := _compare(at, pages[at].lines, image, scale, recogniser)) is not None:
            disagreements.append(disagreement)
    return disagreements


def _shows_its_letters(page: Any, printed: PdfPage) -> bool:
    """Whether a page can be drawn: letters that are not Latin only where their faces are in the file."""
    letters = "".join(line.text for line in printed.lines)
    if sum(character.isascii() for character in letters) > MOSTLY_LATIN * len(letters):
        return True
    texts = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=3)
    return all(pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(text.raw)) == 1 for text in texts)


def _sample(pages: Sequence[PdfPage]) -> list[int]:
    """Indexes of the pages to look at, spread over the file."""
    layered = [at for at, page in enumerate(pages) if page.origin != "recognised" and _letters(page) >= LEAST_LETTERS]
    over_pictures = [at for at in layered if pages[at].is_covered]
    typed = [at for at in layered if not pages[at].is_covered]
    return sorted(_spread(over_pictures, MOST_OVER_PICTURES) + _spread(typed, MOST_TYPED))


def _spread(places: Sequence[int], most: int) -> list[int]:
    if len(places) <= most:
        return list(places)
    return [places[round(at * (len(places) - 1) / (most - 1))] for at in range(most)]


def _letters(page: PdfPage) -> int:
    return sum(len(_bare(line.text)) for line in page.lines)


def _compare(
    at: int, lines: Sequence[PdfLine], image: Image.Image, scale: float, recogniser: Recogniser
) -> Disagreement | None:
    khmer = sum("\u1780" <= character <= "\u17b3" for line in lines for character in line.text)
    language = "km" if khmer > 0.3 * sum(len(_bare(line.text)) for line in lines) else "en"
    seen = glance(recogniser, image, language)
    known = _grams("".join(_bare(line.text) for line in seen))
    ink = np.asarray(image) < INK
    letters = differing = 0
    first: tuple[int, str] | None = None
    for place, line in enumerate(lines):
        bare = _bare(line.text)
        letters += len(bare)
        if len(bare) < LONG_LINE or _shared(bare, known) >= SAME:
            continue
        beside = _beside(line, seen, image.height, scale)
        if beside:
            if max(each.confidence for each in beside) < SURE:
                continue
        elif _has_ink(line, ink, scale):  # it shows something that could not be read
            continue
        differing += len(bare)
        first = first or (place, " ".join(each.text for each in beside))
    if first is None or differing < DISAGREES * letters:
        return None
    return Disagreement(at, first[0], lines[first[0]].text.translate(_MARKS), first[1])


def _bare(text: str) -> str:
    """Latin letters and figures, and Khmer letters without the marks around them, which are easily mistaken."""
    return "".join(
        character
        for character in text.casefold()
        if "\u1780" <= character <= "\u17b3"
        or "\u17e0" <= character <= "\u17e9"
        or (character.isascii() and character.isalnum())
    )


def _grams(text: str) -> set[str]:
    return {text[at : at + GRAM] for at in range(len(text) - GRAM + 1)}


def _shared(text: str, known: set[str]) -> float:
    own = [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]
    return sum(gram in known for gram in own) / len(own)


def _beside(line: PdfLine, seen: Sequence[RecognisedLine], height: int, scale: float) -> list[RecognisedLine]:
    """What was recognised at the place of a line."""
    top, bottom = height - (line.base + line.size) * scale, height - (line.base - 0.3 * line.size) * scale
    return [
        each
        for each in seen
        if top <= (each.top + each.bottom) / 2 <= bottom
        and min(each.right, line.right * scale) > max(each.left, line.left * scale)
    ]


def _has_ink(line: PdfLine, ink: Any, scale: float) -> bool:
    height = ink.shape[0]
    top, bottom = height - (line.base + line.size) * scale, height - line.base * scale
    place = ink[
        max(round(top), 0) : max(round(bottom), 0), max(round(line.left * scale), 0) : round(line.right * scale)
    ]
    return bool(place.size) and float(place.mean()) > 0.01
