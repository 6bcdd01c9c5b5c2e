"""Khmer whose letters a PDF gives in the order they were drawn, and partly lost, put in order by glyph and place.

The file is opened a second time without its maps to Unicode, and pdfium then says the number of each glyph. What the
glyph shows says the table of its family of faces (``legacy_fonts.py``), which has to agree with what the maps
still say. Marks are given to the letter that they stand under, above or behind.
"""

import io
import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from lawcompare.engine.reading.legacy_fonts import GLYPHS, KHMER_FROM, KHMER_OS, Cluster
from lawcompare.engine.reading.pdf_lines import PdfPage, lines_of
from lawcompare.engine.reading.pdf_words import (
    Glyph,
    GlyphMeasurer,
    GlyphRun,
    PageBox,
    PageTraits,
    box_of,
    runs_in,
)

# Of the glyphs that a map names: so many must be what the table says, or the face is another of that name.
AGREED = 0.97
LEAST_GLYPHS = 20
LEVEL = 0.45  # of the type size: how far glyphs of one line stand from its height
LEANS = 0.15  # of the type size: how far a mark may stand before its letter
ORNAMENTS = re.compile(r"wingdings|webdings|tacteing|symusic", re.IGNORECASE)
_BEFORE = "េែៃ"
_RO = "\u17d2រ"


# Place, code, whether that is no letter but the number of a glyph, font, bold or not, size, left and right end.
_Character = tuple[tuple[float, float], int, bool, str, bool, float, float, float]


@dataclass(slots=True)
class _Drawn(Glyph):
    """A glyph as drawn, with its box, and in ``x`` where the pen was put down for it."""

    x: float = 0.0

    @property
    def is_before(self) -> bool:
        return self.text in _BEFORE or self.text == _RO

    @property
    def is_mark(self) -> bool:
        return ("\u17b4" <= self.text[0] <= "\u17d3" and not self.is_before) or self.text[0] == "\u17dd"


@dataclass(slots=True)
class _Piece(Glyph):
    """A letter with its marks, or a sign, on a line; ``text`` is that of a sign."""

    cluster: Cluster = field(default_factory=Cluster)

    def glyphs(self) -> list[Glyph]:
        """One for each letter or sign, none for a space."""
        text = self.text or self.cluster.text()
        place = self.left, self.right, self.base, self.size
        return [] if text.isspace() else [Glyph(each, *place, self.bold, self.bold) for each in text]


def has_numbered_glyphs(traits: PageTraits) -> bool:
    """Whether a page is set in faces whose glyphs are known by number."""
    return any(KHMER_OS.match(name) for name in traits.fonts)


def without_maps(document: Any) -> Any:
    """A copy of a pypdfium2 document whose fonts have no map to Unicode; None where it cannot be made."""
    file = io.BytesIO()
    try:
        document.save(file)  # writes every object uncompressed
        return pypdfium2.PdfDocument(file.getvalue().replace(b"/ToUnicode", b"/ToNothing"))
    except pypdfium2.PdfiumError:
        return None


def read_by_glyphs(page: Any, numbered_page: Any, number: int) -> PdfPage | None:
    """The lines of a pypdfium2 page, by the numbers of its glyphs, or None where the table does not hold for them.

    ``numbered_page`` is the same page of the copy that ``without_maps`` makes.
    """
    traits = PageTraits()
    box = box_of(page)
    drawn = _drawn(page, numbered_page, box, traits)
    if drawn is None:
        return None
    return PdfPage(lines_of(_runs(drawn), number, box, page), traits, "converted-font")


def _drawn(page: Any, numbered_page: Any, box: PageBox, traits: PageTraits) -> list[_Drawn] | None:
    mapped: dict[tuple[float, float], list[str]] = {}  # a mark and the letter after it may begin at one place
    for place, code, is_unmapped, *_ in _characters(page, box):
        mapped.setdefault(place, []).append("" if is_unmapped else chr(code))
    agreed, named = Counter[str](), Counter[str]()
    drawn = []
    for place, code, is_number, font, bold, size, left, right in _characters(numbered_page, box):
        text = chr(code)
        if is_number:
            letters = mapped.get(place, [""])
            is_latin = code < KHMER_FROM and len(letters) == 1 and bool(letters[0])
            text = letters[0] if is_latin or not KHMER_OS.match(font) else GLYPHS.get(code, "")
            if len(letters) == 1 and "\u1780" <= letters[0] <= "\u17d3":
                named[font] += 1
                agreed[font] += letters[0] in text
            if not text and ORNAMENTS.match(font):
                continue
            if not text:
                traits.unread.setdefault(font, Counter())[chr(code)] += 1
                continue
            traits.converted[font] += KHMER_OS.match(font) is not None
        if not text.strip("\0\u200b\u200c\u200d"):
            continue
        traits.fonts[font] += 1
        traits.khmer += sum("\u1780" <= character <= "\u17ff" for character in text)
        drawn.append(_Drawn(text, left, right, place[1], size, bold, bold, x=place[0]))
    if any(agreed[font] < AGREED * count for font, count in named.items() if count >= LEAST_GLYPHS):
        return None
    return drawn


def _characters(page: Any, box: PageBox) -> list[_Character]:
    """The characters that the file has."""
    characters = []
    with closing(page.get_textpage()) as text_page:
        raw = text_page.raw
        ask = GlyphMeasurer(raw, box)
        for at in range(text_page.count_chars()):
            if pdfium.FPDFText_IsGenerated(raw, at) == 1:
                continue
            x, y = ask.origin(at)
            size = ask.as_printed(at, pdfium.FPDFText_GetFontSize(raw, at))
            name, bold, _ = ask.style(at)
            is_unmapped = pdfium.FPDFText_HasUnicodeMapError(raw, at) == 1
            code = pdfium.FPDFText_GetUnicode(raw, at)
            characters.append(((round(x, 1), round(y, 1)), code, is_unmapped, name, bold, size, *ask.ends(at)))
    return characters


def _runs(drawn: list[_Drawn]) -> list[GlyphRun]:
    rows: list[list[_Drawn]] = []
    for glyph in sorted((glyph for glyph in drawn if not glyph.is_mark), key=lambda glyph: -glyph.base):
        if not rows or rows[-1][0].base - glyph.base > LEVEL * max(glyph.size, rows[-1][0].size):
            rows.append([])
        rows[-1].append(glyph)
    marks: list[list[_Drawn]] = [[] for _ in rows]
    for mark in (glyph for glyph in drawn if glyph.is_mark):
        near = [at for at, row in enumerate(rows) if abs(row[0].base - mark.base) <= LEVEL * row[0].size]
        if near:
            marks[min(near, key=lambda at: abs(rows[at][0].base - mark.base))].append(mark)
    return [run for row, own in zip(rows, marks, strict=True) for run in runs_in(map(_Piece.glyphs, _pieces(row, own)))]


def _pieces(row: list[_Drawn], marks: list[_Drawn]) -> list[_Piece]:
    pieces: list[_Piece] = []
    waiting: list[_Drawn] = []
    for glyph in sorted(row, key=lambda glyph: glyph.x):
        if glyph.is_before:
            waiting.append(glyph)
            continue
        piece = _Piece("", glyph.left, glyph.right, row[0].base, glyph.size, glyph.bold, glyph.bold)
        if "\u1780" <= glyph.text[0] <= "\u17b3":
            piece.cluster.letter = glyph.text[0]
            piece.cluster.after += glyph.text[1:]
            piece.cluster.before += [each.text for each in waiting]
            piece.left = min([piece.left, *(each.left for each in waiting)])
        else:
            pieces += [_sign(each) for each in waiting]
            piece.text = glyph.text
        waiting = []
        pieces.append(piece)
    pieces += [_sign(each) for each in waiting]
    letters = [piece for piece in pieces if piece.cluster.letter]
    for mark in sorted(marks, key=lambda mark: mark.left + mark.right):
        middle = (mark.left + mark.right) / 2
        own = [piece for piece in letters if piece.left - LEANS * piece.size <= middle]
        if own:
            own[-1].cluster.after.append(mark.text)
            own[-1].right = max(own[-1].right, mark.right)
    return pieces


def _sign(glyph: _Drawn) -> _Piece:
    return _Piece(glyph.text, glyph.left, glyph.right, glyph.base, glyph.size, glyph.bold, glyph.bold)
