"""Whether the text layer of a PDF page can be trusted, or its picture has to be read instead.

A layer may hold the page number alone, letters that only its font shows as Khmer, Khmer in the order in which it was
drawn, or what another program took a scan for.
"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from lawcompare.engine.reading.layout.pdf_lines import PdfPage
from lawcompare.engine.reading.layout.pictures import Area
from lawcompare.engine.reading.legacy_fonts import is_torn
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
_MARKS = str.maketrans("", "", "\ue000\ue001\ue002\ue003")


def is_trustworthy(printed: PdfPage) -> bool:
    """Whether what the layer of a page says can be what the page shows."""
    text = "\n".join(line.text for line in printed.lines).translate(_MARKS)
    letters = sum(not character.isspace() for character in text)
    if letters < LEAST_TEXT:
        return False
    if _is_unread(printed, letters) or is_torn(text):
        return False
    khmer = sum("\u1780" <= character <= "\u17ff" for character in text)
    torn = len(invalid_khmer(text)) + printed.traits.made_up_spaces
    if khmer > LEAST_KHMER and torn > TORN * khmer:
        return False
    if not printed.is_covered:
        return True
    return letters >= HEADER and not _is_garbage(text, khmer)


def unread_font(printed: PdfPage) -> str:
    """The old font in which a page is set, where no table has its letters; empty where it is set in none.

    Of a page that a picture covers it is that of a line above it, and of no account.
    """
    text = "\n".join(line.text for line in printed.lines).translate(_MARKS)
    letters = sum(not character.isspace() for character in text)
    if printed.is_covered or letters < LEAST_TEXT:
        return ""
    if _is_unread(printed, letters):
        return max(printed.traits.unread.items(), key=lambda font: font[1].total())[0]
    fonts = printed.traits.fonts.most_common(1)
    return fonts[0][0] if fonts and is_torn(text) else ""


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
