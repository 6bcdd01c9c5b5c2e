"""Pictures on a PDF page of text that may show text themselves, as a scan that was pasted in.

They are recognised, and their lines put among those of the page by their places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import pypdfium2.raw as pdfium
from PIL import Image

from lawcompare.engine.reading.ocr.pages import TYPE_SIZE, rendered
from lawcompare.engine.reading.pdf_lines import PdfLine, PdfPage, usual_size
from lawcompare.engine.reading.pdf_words import box_of
from lawcompare.engine.reading.reporting import box_on, image_number

DEPTH = 3  # of forms in forms
MOST = 500  # pictures of a page: where there are more, they are letters, or the dots of a drawing
# What is smaller is a seal, an emblem, a signature or a figure: parts of the page, and points.
LEAST_AREA, NARROWEST, LOWEST = 0.04, 0.3, 36
TOUCHING = 3  # points: strips of one picture
EDGE = 0.03  # of a picture, at its edges: a line of text that reaches in is not laid over it
# What is read less surely, or has fewer letters, is no text: a photograph, a map, a seal.
SURELY, LEAST_LETTERS = 0.4, 15
BASELINE = 0.3  # of the type size: how far the base of a line is under its middle
BESIDE = 0.3  # of the narrower width: so much of a line and a picture stand one above the other in a column


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a page as it is seen, in points from its lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    def around(self, other: Area) -> Area:
        """The area that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.bottom, other.bottom),
            max(self.right, other.right),
            max(self.top, other.top),
        )


def pictures_on(page: Any) -> list[Area]:
    """Where the pictures of a pypdfium2 page are, as far as they are on it; strips of one picture are one."""
    box = box_of(page)
    areas: list[Area] = []
    for at, picture in enumerate(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=DEPTH)):
        if at == MOST:
            return []
        left, bottom, right, top = picture.get_bounds()
        (x, y), (other_x, other_y) = box.seen(left, bottom), box.seen(right, top)
        area = Area(
            max(min(x, other_x), 0),
            max(min(y, other_y), 0),
            min(max(x, other_x), box.width),
            min(max(y, other_y), box.height),
        )
        if area.width > 0 and area.height > 0:
            areas.append(area)
    strips: list[Area] = []  # those that lie on each other and are as wide are one
    for area in sorted(areas, key=lambda each: -each.top):
        for at, other in enumerate(strips):
            is_strip = abs(area.left - other.left) < TOUCHING and abs(area.right - other.right) < TOUCHING
            if is_strip and min(area.top, other.top) - max(area.bottom, other.bottom) > -TOUCHING:
                strips[at] = area.around(other)
                break
        else:
            strips.append(area)
    return strips


def may_show_text(areas: Iterable[Area], lines: Sequence[PdfLine], width: float, height: float) -> list[Area]:
    """The pictures large enough to show lines of text, over which no line of the page stands."""
    return [
        area
        for area in areas
        if area.width * area.height >= LEAST_AREA * width * height
        and area.width >= NARROWEST * width
        and area.height >= LOWEST
        and not any(_is_laid_over(line, area) for line in lines)
    ]


def _is_laid_over(line: PdfLine, area: Area) -> bool:
    across, up = EDGE * area.width, EDGE * area.height
    beside = min(line.right, area.right - across) > max(line.left, area.left + across)
    return beside and area.bottom + up < line.base + line.size / 2 < area.top - up


def picture_of(page: Any, areas: Sequence[Area]) -> Image.Image:
    """The part of a pypdfium2 page that holds ``areas``, in grey, with nothing else on it."""
    image = rendered(page)
    scale = image.width / page.get_width()
    height = page.get_height()

    def pixels(area: Area) -> tuple[int, int, int, int]:
        edges = (area.left, height - area.top, area.right, height - area.bottom)
        left, top, right, bottom = (round(edge * scale) for edge in edges)
        return (
            max(left, 0),
            max(top, 0),
            min(max(right, left + 1), image.width),
            min(max(bottom, top + 1), image.height),
        )

    alone = Image.new("L", image.size, 255)
    for area in areas:
        alone.paste(image.crop(pixels(area)), pixels(area))
    return alone.crop(pixels(reduce(Area.around, areas)))


def joined(printed: PdfPage, part: PdfPage, areas: Sequence[Area], width: float, height: float) -> PdfPage:
    """The page with what was recognised of its pictures, ``part``, among its lines; what is no text is left out.

    ``width`` and ``height`` are those of the page in points.
    """
    around = reduce(Area.around, areas)
    # As most of the page is set, so that what is recognised on it is no note among its text.
    size = usual_size(printed.lines) or TYPE_SIZE
    page = PdfPage(
        list(printed.lines), printed.traits, printed.origin, printed.confidence, readings=[()] * len(printed.lines)
    )
    for area in areas:
        own = [at for at, line in enumerate(part.lines) if _stands_in(line, around, area)]
        sureness = _sureness([part.lines[at] for at in own])
        if sureness < SURELY:
            page.has_unread_picture = True
            continue
        place = _place(page.lines, area)
        lines = [_placed(part.lines[at], around, size, width, height) for at in own]
        margin = max(line.right for line in lines)
        for line in lines:
            line.margin = margin
            line.confidence = sureness
            line.column = page.lines[max(place - 1, 0)].column if page.lines else 0
        page.doubtful = [(at + len(lines) if at >= place else at, words) for at, words in page.doubtful]
        page.joined = [at + len(lines) if at >= place else at for at in page.joined]
        doubtful = dict(part.doubtful)
        page.doubtful += [(place + to, doubtful[at]) for to, at in enumerate(own) if at in doubtful]
        page.joined.append(place)
        page.lines[place:place] = lines
        page.readings[place:place] = [part.readings[at] for at in own]
    return page


def _stands_in(line: PdfLine, around: Area, area: Area) -> bool:
    box = line.box
    if box is None:
        return False
    across = around.left + (box.left + box.right) / 2000 * around.width
    up = around.top - (box.top + box.bottom) / 2000 * around.height
    return area.left <= across <= area.right and area.bottom <= up <= area.top


def _sureness(lines: Sequence[PdfLine]) -> float:
    """How sure a picture was read, each line counting by its letters; 0 where it has too few to be text."""
    letters = [sum(character.isalnum() for character in line.text) for line in lines]
    if sum(letters) < LEAST_LETTERS:
        return 0.0
    return sum((line.confidence or 0) * count for line, count in zip(lines, letters, strict=True)) / sum(letters)


def _placed(line: PdfLine, around: Area, size: float, width: float, height: float) -> PdfLine:
    """A line of the picture of ``around`` in the measure of the page."""
    box = line.box
    assert box is not None  # else it stood in no picture
    left, right = (around.left + edge / 1000 * around.width for edge in (box.left, box.right))
    top, bottom = (around.top - edge / 1000 * around.height for edge in (box.top, box.bottom))
    scale = (right - left) / max(line.right - line.left, 1)
    return replace(
        line,
        left=left,
        right=right,
        base=(top + bottom) / 2 - BASELINE * size,
        size=size,
        first_word=line.first_word * scale,
        box=box_on(image_number(line.page), left, height - top, right, height - bottom, width, height),
    )


def _place(lines: Sequence[PdfLine], area: Area) -> int:
    """Before which of the lines, which are in reading order, the picture is read."""
    middle = (area.top + area.bottom) / 2

    def is_beside(line: PdfLine) -> bool:
        shared = min(line.right, area.right) - max(line.left, area.left)
        return shared > BESIDE * min(line.right - line.left, area.width)

    beside = [at for at, line in enumerate(lines) if is_beside(line)] or list(range(len(lines)))
    above = [at for at in beside if lines[at].base > middle]
    if above:
        return above[-1] + 1
    return beside[0] if beside else 0
