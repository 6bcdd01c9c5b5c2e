"""Whether the text layer of a PDF page can be trusted, or its picture has to be read instead.

A layer may hold the page number alone, letters that only its font shows as Khmer, Khmer in the order in which it was
drawn, or what another program took a scan for. Whether its words are those that the page shows is seen by looking at
some pages and comparing both.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image

from lawcompare.engine.reading.legacy_fonts import is_torn
from lawcompare.engine.reading.ocr import RecognisedLine, Recogniser, glance
from lawcompare.engine.reading.ocr.pages import LONGEST_SIDE
from lawcompare.engine.reading.pdf_lines import PdfLine, PdfPage
from lawcompare.engine.reading.pdf_pictures import Area
from lawcompare.engine.reading.pdf_words import GlyphMeasurer, box_of
from lawcompare.engine.text.normalise import invalid_khmer

LEAST_TEXT = 25  # characters on a page that is text and no picture
HEADER = 400  # characters: what stands above and below a picture of the page has fewer
COVERED = 0.5  # of the page: a picture so large is the page
TORN = 0.01  # of the Khmer letters: so many impossible clusters come of no typist
LEAST_KHMER = 20  # letters: of fewer nothing is concluded
LEAST_WORDS = 30
# Of the words of a page: laws in English and French have a third of them among the commonest.
FEWEST_COMMON = 0.15
UNREAD = 0.2  # of the letters, in fonts whose letters are not known
_COMMON = re.compile(
    r"(?:the|of|and|or|to|in|an|is|be|shall|by|for|on|as|any|this|that|with|not|it|are|may|"
    r"de|la|le|les|des|du|et|en|un|une)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
# A cluster with a letter below, twice: as it is copied where two runs of glyphs show it. No word has it so.
_REPEATED = re.compile(r"([\u1780-\u17b3]\u17d2[\u1780-\u17b3][\u17b4-\u17d1]*) ?\1")
# Of comparing the words of a layer with the picture of its page.
RESOLUTION = 200  # dots per inch: enough to tell words apart, and soon read
# A page that was typed is rarely other than it says; words laid over a picture may be anything.
MOST_TYPED, MOST_OVER_PICTURES = 3, 12
LEAST_COMPARED = 150  # letters on a page: of fewer nothing is concluded
LONG_LINE = 15  # letters: shorter lines are not compared
GRAM = 5  # letters: so many in a row are rarely the same in another text
# Of the runs of letters of a line: fewer that the picture has too, and the line says something else. On 170 honest
# pages of five real files no line does; of pages laid over another page's picture lines with a third of the letters do.
SAME = 0.25
DISAGREES = 0.06
SURE = 0.5  # how sure the look at a line must be for it to count
# Letters, and different ones, in a face that draws them all as high, by less than so much of its size.
BOXES, BOX_LETTERS, SAME_HEIGHT = 20, 10, 0.02
INK = 160
MOSTLY_LATIN = 0.9


def is_trustworthy(printed: PdfPage) -> bool:
    """Whether what the layer of a page says can be what the page shows."""
    text, letters = _text_of(printed)
    if letters < LEAST_TEXT or _is_unread(printed, letters) or is_torn(text):
        return False
    khmer = sum("\u1780" <= character <= "\u17ff" for character in text)
    torn = len(invalid_khmer(text)) + printed.traits.made_up_spaces + len(_REPEATED.findall(text))
    if khmer > LEAST_KHMER and torn > TORN * khmer:
        return False
    if not printed.is_covered:
        return True
    return letters >= HEADER and not _is_garbage(text, khmer)


def unread_font(printed: PdfPage) -> str:
    """The old font in which a page is set, where no table has its letters; empty where it is set in none.

    Of a page that a picture covers it is that of a line above it, and of no account.
    """
    text, letters = _text_of(printed)
    if printed.is_covered or letters < LEAST_TEXT:
        return ""
    if _is_unread(printed, letters):
        return max(printed.traits.unread.items(), key=lambda font: font[1].total())[0]
    fonts = printed.traits.fonts.most_common(1)
    return fonts[0][0] if fonts and is_torn(text) else ""


def shows_boxes(page: Any) -> bool:
    """Whether Khmer letters of a pypdfium2 page are drawn as empty boxes, in a face that has none and stood in for one.

    LibreOffice prints so where no Khmer face is named or found, and loses letters around them.
    """
    faces = defaultdict[str, list[tuple[str, float]]](list)  # the letters in each, and how high they are drawn
    with closing(page.get_textpage()) as text:
        ask = GlyphMeasurer(text.raw, box_of(page))
        for at in range(text.count_chars()):
            if "\u1780" <= (letter := chr(pdfium.FPDFText_GetUnicode(text.raw, at))) <= "\u17b3":
                ask.ends(at)
                height = ask.numbers[3].value - ask.numbers[2].value
                faces[ask.style(at)[0]].append((letter, height / (pdfium.FPDFText_GetFontSize(text.raw, at) or 1)))
    faces.pop("", None)  # without a name it may be drawn by hand
    for drawn in faces.values():
        letters, heights = zip(*drawn, strict=True)
        if len(letters) >= BOXES and len({*letters}) >= BOX_LETTERS and max(heights) - min(heights) < SAME_HEIGHT:
            return True
    return False


def _text_of(printed: PdfPage) -> tuple[str, int]:
    """The text of a page, and how many letters it has."""
    text = "\n".join(line.words for line in printed.lines)
    return text, sum(not character.isspace() for character in text)


def _is_unread(printed: PdfPage, letters: int) -> bool:
    return sum(count.total() for count in printed.traits.unread.values()) > UNREAD * letters


def _is_garbage(text: str, khmer: int) -> bool:
    """Whether a text in Latin letters, laid over a picture, has hardly any of the words that every text has."""
    words = _WORD.findall(text)
    latin = [word for word in words if word.isascii()]
    if khmer > len(text) / 4 or len(words) < LEAST_WORDS:
        return False
    common = sum(bool(_COMMON.fullmatch(word)) for word in latin)
    return common < FEWEST_COMMON * len(words)


def is_covered(pictures: Iterable[Area], width: float, height: float) -> bool:
    """Whether pictures cover most of a page of that size."""
    return sum(area.width * area.height for area in pictures) > COVERED * width * height


def has_ink(page: Any) -> bool:
    """Whether anything is to be seen on a page."""
    width, height = page.get_size()
    picture = page.render(scale=600 / max(width, height, 1), grayscale=True).to_numpy()
    return bool((np.asarray(picture) < 200).mean() > 0.0003)


def note_disagreements(document: Any, pages: Sequence[PdfPage], recogniser: Recogniser) -> None:
    """Look at some pages of a pypdfium2 document, and note in those whose words and picture disagree where."""
    for at in _sample(pages):
        with closing(document[at]) as page:
            if not _shows_its_letters(page, pages[at]):
                continue
            width, height = page.get_size()
            scale = min(RESOLUTION / 72, LONGEST_SIDE / max(width, height, 1))
            image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        pages[at].disagreement = _disagreement(pages[at].lines, image, scale, recogniser)


def _shows_its_letters(page: Any, printed: PdfPage) -> bool:
    """Whether a page can be drawn: letters that are not Latin only where their faces are in the file and have them."""
    letters = "".join(line.text for line in printed.lines)
    if sum(character.isascii() for character in letters) > MOSTLY_LATIN * len(letters):
        return True
    if not printed.is_covered and shows_boxes(page):
        return False
    texts = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=3)
    return all(pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(text.raw)) == 1 for text in texts)


def _sample(pages: Sequence[PdfPage]) -> list[int]:
    """Indexes of the pages to look at, spread over the file."""
    letters = [sum(len(_bare(line.text)) for line in page.lines) for page in pages]
    layered = [at for at, page in enumerate(pages) if page.origin != "recognised" and letters[at] >= LEAST_COMPARED]
    sample: list[int] = []
    for is_covered, most in ((True, MOST_OVER_PICTURES), (False, MOST_TYPED)):
        places = [at for at in layered if pages[at].is_covered == is_covered]
        count = min(most, len(places))
        sample += places if count < most else [places[round(at * (len(places) - 1) / (most - 1))] for at in range(most)]
    return sorted(sample)


def _disagreement(
    lines: Sequence[PdfLine], image: Image.Image, scale: float, recogniser: Recogniser
) -> tuple[int, str] | None:
    khmer = sum("\u1780" <= character <= "\u17b3" for line in lines for character in line.text)
    language = "km" if khmer > 0.3 * sum(len(_bare(line.text)) for line in lines) else "en"
    seen = glance(recogniser, image, language)
    known = set(_grams("".join(_bare(line.text) for line in seen)))
    ink = np.asarray(image) < INK
    letters = differing = 0
    first: tuple[int, str] | None = None
    for place, line in enumerate(lines):
        bare = _bare(line.text)
        letters += len(bare)
        own = _grams(bare)
        if len(bare) < LONG_LINE or sum(gram in known for gram in own) / len(own) >= SAME:
            continue
        beside = _beside(line, seen, image.height, scale)
        if beside:
            if max(each.confidence for each in beside) < SURE:
                continue
        elif _has_ink(line, ink, scale):  # it shows something that could not be read
            continue
        differing += len(bare)
        first = first or (place, " ".join(each.text for each in beside))
    return first if differing >= DISAGREES * letters else None


def _bare(text: str) -> str:
    """Latin letters and figures, and Khmer letters without the marks around them, which are easily mistaken."""
    return "".join(
        character
        for character in text.casefold()
        if "\u1780" <= character <= "\u17b3"
        or "\u17e0" <= character <= "\u17e9"
        or (character.isascii() and character.isalnum())
    )


def _grams(text: str) -> list[str]:
    return [text[at : at + GRAM] for at in range(len(text) - GRAM + 1)]


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
