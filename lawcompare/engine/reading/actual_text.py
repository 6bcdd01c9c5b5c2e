"""Khmer that a PDF spells out (ActualText, ISO 32000-1 §14.9.4), cluster by cluster, as browsers and Typst print it.

pdfium gives such letters once more for each run of glyphs that stands higher or lower than the line, and puts spaces
between clusters whose width it does not know. Here each cluster is read once, where its glyphs stand.
"""

import ctypes
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Self

import pypdfium2.raw as pdfium

from lawcompare.engine.reading.pdf_lines import PdfPage, lines_of
from lawcompare.engine.reading.pdf_words import GAP, Glyph, GlyphMeasurer, PageTraits, box_of, runs_in
from lawcompare.engine.text.normalise import COENG

DEPTH = 15  # of forms in forms
LEVEL = 0.45  # of the type size: how far glyphs of one line stand from its height
OTHER_GLYPH = 0.02  # of the type size: by so much the width of another glyph differs


@dataclass(slots=True)
class _Piece(Glyph):
    """A cluster that is spelled out, with the place of all its glyphs, or a letter as drawn; "" is a space."""

    width: float = 0.0  # of the glyphs of the first run

    def reaching(self, right: float) -> Self:
        return replace(self, right=max(self.right, right))

    def repeats(self, other: Self) -> bool:
        """Whether it is another run of glyphs of the same cluster, which bears all its letters too."""
        is_level = abs(self.base - other.base) <= LEVEL * self.size
        if not is_level or self.text != other.text or len(self.text) < 2 or self.text[0] < "\u1780":
            return False
        lies_over = self.left < other.right - min(self.width, other.width) / 2
        is_other_glyph = abs(self.width - other.width) > OTHER_GLYPH * self.size
        return lies_over or (is_other_glyph and self.left < other.right + GAP * self.size)


def _end(ask: GlyphMeasurer, item: Any) -> float:
    """Where a text object ends on the right, as far as its box says."""
    return 0.0 if ask.box.turned or item.level else float(ask.box.seen(item.get_bounds()[2], 0)[0])


def read_spelled_out(page: Any, number: int) -> PdfPage | None:
    """The lines of a pypdfium2 page on which Khmer is spelled out; None for any other page."""
    traits = PageTraits()
    box = box_of(page)
    with closing(page.get_textpage()) as text_page:
        ask = GlyphMeasurer(text_page.raw, box)
        places: dict[int, list[int]] = defaultdict(list)  # address of a text object -> its characters
        for at in range(text_page.count_chars()):
            if pdfium.FPDFText_IsGenerated(ask.raw, at) != 1:
                places[_address(pdfium.FPDFText_GetTextObject(ask.raw, at))].append(at)
        pieces: list[_Piece] = []
        spelled = open_span = 0
        for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,), max_depth=DEPTH):
            span, letters = _spelled_out(item.raw)
            own = places.get(_address(item.raw), [])
            goes_on = span != 0 and span == open_span
            open_span = span
            if goes_on or (span and not letters):
                pieces += [] if not pieces else [pieces.pop().reaching(_end(ask, item))]
                continue
            spelled += any("\u1780" <= letter <= "\u17ff" for letter in letters)
            for piece in _pieces(ask, item, letters, own, traits):
                if pieces and piece.repeats(pieces[-1]):
                    piece = pieces.pop().reaching(piece.right)
                pieces.append(piece)
    if not spelled:
        return None
    lines = ([[piece] if piece.text else [] for piece in row] for row in _rows(pieces))
    runs = [run for line in lines for run in runs_in(line) if run.words and all(map(box.holds, run.words))]
    return PdfPage(lines_of(runs, number, box, page), traits, "text-layer")


def _spelled_out(item: Any) -> tuple[int, str]:
    """The mark around a text object that spells out its letters (0 for none), and these letters."""
    for at in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, at)
        length = ctypes.c_ulong()
        pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", None, 0, ctypes.byref(length))
        if length.value:
            given = (ctypes.c_ubyte * length.value)()
            pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", given, length, ctypes.byref(length))
            return _address(mark), _text_string(bytes(given))
    return 0, ""


def _text_string(given: bytes) -> str:
    """A text string of a PDF (ISO 32000-1 §7.9.2.2; UTF-8 since 2.0)."""
    if given.startswith(b"\xfe\xff"):
        return given[2:].decode("utf-16-be", "replace")
    return given.removeprefix(b"\xef\xbb\xbf").decode("utf-8" if given.startswith(b"\xef\xbb\xbf") else "latin-1")


def _address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents) if pointer else 0


def _pieces(ask: GlyphMeasurer, item: Any, letters: str, own: list[int], traits: PageTraits) -> Iterator[_Piece]:
    """What a text object shows: the cluster that it begins, or its characters."""
    if not own:  # pdfium leaves out what shows nothing, which is a space, and what is printed twice
        left, _, right, _ = item.get_bounds()
        if right - left < 1:
            yield _Piece("", left, right, 0, 0, False, False)
        return
    for _place, several in groupby(own, ask.origin):  # one glyph may be several letters
        first, *others = several
        ask.place(first, pdfium.FPDFText_GetFontSize(ask.raw, first))
        text = letters or "".join(chr(pdfium.FPDFText_GetUnicode(ask.raw, at)) for at in (first, *others))
        text = text.strip("\0\u200b\ufeff").replace("\u00a0", " ").strip()
        traits.fonts[ask.font] += len(text)
        traits.khmer += sum("\u1780" <= letter <= "\u17ff" for letter in text)
        right = max(ask.ends(first)[1], _end(ask, item) if letters else 0)
        width = right - ask.left
        yield _Piece(text, ask.left, right, ask.base, ask.printed_size, ask.styled, ask.bold, width=width)
        if letters:
            return


def _rows(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces drawn one after the other on one line, clusters whole, from left to right.

    LibreOffice draws last what another face lends to a line: Latin digits and signs among Khmer letters.
    """
    row: list[_Piece] = []
    base = size = 0.0
    for piece in pieces:
        if piece.text:
            at = next((at for at in reversed(range(len(row))) if row[at].text), -1)
            if at >= 0 and (row[at].text[-1] == COENG or "\u17b4" <= piece.text[0] <= "\u17d3"):
                # The rest of a cluster, shown under or around what there is of it.
                row[at] = replace(row[at].reaching(piece.right), text=row[at].text + piece.text)
                continue
            if size and abs(piece.base - base) > LEVEL * max(piece.size, size):
                yield sorted(row, key=lambda each: each.left)
                row = []
            base, size = piece.base, piece.size
        row.append(piece)
    yield sorted(row, key=lambda each: each.left)
