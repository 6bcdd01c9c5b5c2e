"""The words on one page of a PDF: their letters, places and type, as pdfium says."""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import pypdfium2.raw as pdfium

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.legacy_fonts import FontTable, convert, is_legacy_font, table_of

SAME_LINE = 0.6  # of the type size: how far a raised mark may stand above the line
GAP = 0.4  # of the type size: a space that was made by moving on
COLUMN_GAP = 3.0  # of the type size: no space between words is as wide
EDGE = 12  # points: how far a letter may stand out of the page
LARGEST_TYPE = 500  # points
LETTERS_MAX = 1_000_000  # on a page: many marks may share one long text that they spell out
FORCE_BOLD = 1 << 18  # PDF 32000-1, table 123
# Khmer faces for headings, which say so by their name: Limon's round and decorated ones, and all called Muol.
HEADING_FACE = re.compile(r"limon[rf]\d|.*m(?:uo|ou)l", re.IGNORECASE)


@dataclass(slots=True)
class Glyph:
    text: str
    left: float
    right: float
    base: float
    size: float
    styled: bool
    bold: bool
    font: str = ""  # named only where the letters are not Unicode
    goes_on: bool = False  # begins a word that no space parts from the one before


@dataclass(slots=True)
class GlyphRun:
    """Words that follow each other on one line without a gap as wide as one between columns."""

    words: list[list[Glyph]] = field(default_factory=list)
    size: float = 0.0

    @property
    def left(self) -> float:
        return self.words[0][0].left

    @property
    def right(self) -> float:
        return self.words[-1][-1].right

    @property
    def base(self) -> float:
        return self.words[0][0].base

    def add(self, word: list[Glyph]) -> None:
        self.words.append(word)
        self.size = max(self.size, *(glyph.size for glyph in word))


def runs_in(pieces: Iterable[Sequence[Glyph]]) -> Iterator[GlyphRun]:
    """The words of a line of pieces, each some glyphs, or none for a space; a new run where another column begins."""
    run, word = GlyphRun(), list[Glyph]()
    is_space = False
    for piece in pieces:
        if not piece:
            is_space = True
            continue
        gap = piece[0].left - word[-1].right if word else 0.0
        if word and (is_space or gap > GAP * piece[0].size):
            run.add(word)
            word = []
        if gap > COLUMN_GAP * piece[0].size:
            yield run
            run = GlyphRun()
        is_space = False
        word += piece
    if word:
        run.add(word)
        yield run


@dataclass(slots=True)
class PageTraits:
    """What a page says besides its words: ``fonts`` counts the words set in each, ``khmer`` the Khmer letters.

    ``converted`` counts the letters of old Khmer fonts that were put into Unicode, ``unread`` those that could not be:
    by the name of their font.
    """

    fonts: Counter[str] = field(default_factory=Counter)
    converted: Counter[str] = field(default_factory=Counter)
    unread: dict[str, Counter[str]] = field(default_factory=dict)
    made_up_spaces: int = 0  # between Khmer letters, where the file has none
    khmer: int = 0


@dataclass(slots=True)
class PageBox:
    """The box of a page, and how it is turned for reading: places of the file become places as seen."""

    left: float
    bottom: float
    right: float
    top: float
    turned: int  # degrees clockwise

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turned in (90, 270) else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turned in (90, 270) else self.top - self.bottom

    def seen(self, x: float, y: float) -> tuple[float, float]:
        if self.turned == 90:
            return y - self.bottom, self.right - x
        if self.turned == 180:
            return self.right - x, self.top - y
        if self.turned == 270:
            return self.top - y, x - self.left
        return x - self.left, y - self.bottom

    def holds(self, word: list[Glyph]) -> bool:
        """Whether a word can be seen on the page at all."""
        if not all(0 < glyph.size < LARGEST_TYPE for glyph in word):
            return False
        across = word[0].left > -EDGE and word[-1].right < self.width + EDGE
        return across and -EDGE < word[0].base < self.height + EDGE


def box_of(page: Any) -> PageBox:
    """The box of a pypdfium2 page that is seen."""
    left, bottom, right, top = page.get_cropbox(fallback_ok=True)
    return PageBox(left, bottom, right, top, page.get_rotation())


def runs_of(page: Any, box: PageBox, traits: PageTraits) -> Iterator[GlyphRun]:
    with closing(page.get_textpage()) as text_page:
        if text_page.count_chars() > LETTERS_MAX:
            raise ReadingError("a page of the PDF has more letters than a book")
        run = GlyphRun()
        for word in _words(text_page, box, traits):
            if word and not box.holds(word):
                continue
            if run.words and (not word or not _goes_on(run, word)):
                yield run
                run = GlyphRun()
            if word:
                run.add(word)
        if run.words:
            yield run


def _goes_on(run: GlyphRun, word: list[Glyph]) -> bool:
    size = max(run.size, word[0].size)
    level = abs(word[0].base - run.base) <= SAME_LINE * size
    return level and -0.6 * size <= word[0].left - run.right < COLUMN_GAP * size


def _words(text_page: Any, box: PageBox, traits: PageTraits) -> Iterator[list[Glyph]]:
    """Words in the order of the file, and an empty one where a line ends.

    Asking pdfium takes most of the time, so that the place of a word is asked for at its ends only, and the font of
    each letter only on a page that has an old Khmer font.
    """
    ask = GlyphMeasurer(text_page.raw, box)
    word: list[Glyph] = []
    last = 0
    goes_on = False
    for at in range(text_page.count_chars()):
        code = pdfium.FPDFText_GetUnicode(ask.raw, at)
        if code == 0 or 0xD800 <= code < 0xE000:
            continue
        if code in (9, 10, 13, 32, 0xA0) or (ask.table is not None and ask.table.signs.get(chr(code)) == " "):
            if word and code == 32 and ask.parts_cluster(at, word[-1].text):
                continue
            if word:
                goes_on = code == 32 and ask.shows_nothing(at)
                traits.made_up_spaces += ask.is_made_up_in_khmer(at, word[-1].text, code)
                yield ask.in_unicode(word, last, traits)
                word = []
            if code in (10, 13):
                yield []
            continue
        hyphen = code in (2, 0xFFFE) or (code in (0x2D, 0x2010) and pdfium.FPDFText_IsHyphen(ask.raw, at) == 1)
        size = pdfium.FPDFText_GetFontSize(ask.raw, at)
        if not word or size != ask.size or (ask.has_legacy and ask.style(at)[0] != ask.font):
            ask.place(at, size)
            traits.fonts[ask.font] += 1
        text = "\u00ad" if hyphen else chr(code)
        ends_line = hyphen and ask.falls_after(at)
        if 0x1780 <= code < 0x1800:
            traits.khmer += 1
        font = ask.font if ask.is_legacy else ""
        word.append(Glyph(text, ask.left, ask.left, ask.base, ask.printed_size, ask.styled, ask.bold, font, goes_on))
        goes_on = False
        last = at
        if ends_line:  # pdfium takes a word that goes on in the next line for one
            yield ask.in_unicode(word, last, traits)
            yield []
            word = []
    if word:
        yield ask.in_unicode(word, last, traits)


class GlyphMeasurer:
    """Where a glyph stands and what it is set in, as pdfium says."""

    def __init__(self, raw: Any, box: PageBox) -> None:
        self.raw = raw
        self.box = box
        self.numbers = [ctypes.c_double() for _ in range(4)]
        self.name, self.flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self.styles: dict[bytes, tuple[str, bool, bool]] = {}  # of the fonts, asked once per name
        self.matrix = pdfium.FS_MATRIX()
        self.left = self.base = self.size = self.printed_size = 0.0
        self.font, self.bold, self.styled = "", False, False
        self.is_legacy = self.has_legacy = False  # the font here; any font so far on the page
        self.table: FontTable | None = None  # of the font here

    def place(self, at: int, size: float) -> None:
        """Ask for the place, the size as printed, and the font of a glyph."""
        self.size, self.printed_size = size, self.as_printed(at, size)
        x, self.base = self.origin(at)
        self.left = min(self.ends(at)[0], x)
        self.font, self.bold, self.styled = self.style(at)
        self.is_legacy, self.table = is_legacy_font(self.font), table_of(self.font)
        self.has_legacy = self.has_legacy or self.is_legacy

    def style(self, at: int) -> tuple[str, bool, bool]:
        """The font of a glyph: its name, bold, bold or italic."""
        pdfium.FPDFText_GetFontInfo(self.raw, at, self.name, 128, ctypes.byref(self.flags))
        key = self.name.value
        if key not in self.styles:
            name = key.decode("utf-8", "replace").rpartition("+")[2]
            lower = name.lower()
            bold = bool(self.flags.value & FORCE_BOLD) or any(mark in lower for mark in ("bold", "black", "heavy"))
            bold = bold or bool(HEADING_FACE.match(name))
            self.styles[key] = name, bold, bold or "italic" in lower or "oblique" in lower
        return self.styles[key]

    def as_printed(self, at: int, size: float) -> float:
        """The size as printed of a glyph whose font is set in ``size``."""
        pdfium.FPDFText_GetMatrix(self.raw, at, ctypes.byref(self.matrix))
        return round(size * math.hypot(self.matrix.c, self.matrix.d), 1)

    def origin(self, at: int) -> tuple[float, float]:
        x, y = self.numbers[:2]
        pdfium.FPDFText_GetCharOrigin(self.raw, at, ctypes.byref(x), ctypes.byref(y))
        return self.box.seen(x.value, y.value)

    def ends(self, at: int) -> tuple[float, float]:
        """Left and right of a glyph."""
        left, right, bottom, top = self.numbers
        pdfium.FPDFText_GetCharBox(self.raw, at, *map(ctypes.byref, self.numbers))
        one, _ = self.box.seen(left.value, bottom.value)
        other, _ = self.box.seen(right.value, top.value)
        return min(one, other), max(one, other)

    def falls_after(self, at: int) -> bool:
        """Whether the glyph after this one stands on another line."""
        return abs(self.origin(at)[1] - self.origin(at + 1)[1]) > 1

    def in_unicode(self, word: list[Glyph], last: int, traits: PageTraits) -> list[Glyph]:
        """The word, whose last glyph is ``last``, with what is set in an old Khmer font in Unicode.

        What no table has stays as it is.
        """
        _, right = self.ends(last)
        for glyph in word:
            glyph.right = right
        if not any(glyph.font for glyph in word):
            return word
        glyphs: list[Glyph] = []
        for family, group in groupby(word, key=lambda glyph: table_of(glyph.font) or glyph.font):
            part = list(group)
            first = part[0]
            text = "".join(glyph.text for glyph in part)
            if not isinstance(family, FontTable):
                if family:
                    traits.unread.setdefault(family, Counter()).update(text)
                glyphs += part
                continue
            converted, unknown = convert(text, family)
            traits.unread.setdefault(first.font, Counter()).update(unknown)
            traits.converted[first.font] += len(part) - len(unknown)
            glyphs += [replace(first, text=letter, font="", goes_on=False) for letter in converted]
        if glyphs:
            glyphs[0].goes_on = word[0].goes_on
        return glyphs

    def parts_cluster(self, at: int, before: str) -> bool:
        """Whether pdfium set a space where the letters of an old Khmer font on both sides are of one cluster."""
        if self.table is None or pdfium.FPDFText_IsGenerated(self.raw, at) != 1:
            return False
        return (
            before in self.table.before or chr(pdfium.FPDFText_GetUnicode(self.raw, at + 1) or 32) in self.table.after
        )

    def shows_nothing(self, at: int) -> bool:
        """Whether a typed space is shown as nothing, in the font of the glyph before it."""
        if self.table is None or self.table.signs.get(" ") != "":
            return False
        return pdfium.FPDFText_IsGenerated(self.raw, at) != 1

    def is_made_up_in_khmer(self, at: int, before: str, code: int) -> bool:
        """Whether pdfium set a space between two Khmer letters where the file has none."""
        if code != 32 or not _is_khmer(before) or pdfium.FPDFText_IsGenerated(self.raw, at) != 1:
            return False
        return _is_khmer(chr(pdfium.FPDFText_GetUnicode(self.raw, at + 1) or 32))


def _is_khmer(text: str) -> bool:
    return "\u1780" <= text <= "\u17ff"
