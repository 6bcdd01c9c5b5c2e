"""Pictures on a PDF page of text, among them such as may show text themselves: a scan that was pasted in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from lawcompare.engine.reading.layout.pdf_lines import PdfLine
from lawcompare.engine.reading.layout.pdf_words import box_of

DEPTH = 3  # of forms in forms
MOST = 500  # pictures of a page: where there are more, they are letters, or the dots of a drawing
# What is smaller is a seal, an emblem, a signature or a figure: parts of the page, and points.
LEAST_AREA, NARROWEST, LOWEST = 0.04, 0.3, 36
TOUCHING = 3  # points: strips of one picture
EDGE = 0.03  # of a picture, at its edges: a line of text that reaches in is not laid over it


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

    def touches(self, other: Area, distance: float = 0) -> bool:
        beside = min(self.right, other.right) - max(self.left, other.left)
        above = min(self.top, other.top) - max(self.bottom, other.bottom)
        return beside > -distance and above > -distance


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
    return _joined(areas)


def _joined(areas: Iterable[Area]) -> list[Area]:
    """Strips that lie on each other and are as wide are one."""
    joined: list[Area] = []
    for area in sorted(areas, key=lambda each: -each.top):
        for at, other in enumerate(joined):
            is_strip = abs(area.left - other.left) < TOUCHING and abs(area.right - other.right) < TOUCHING
            if is_strip and area.touches(other, TOUCHING):
                joined[at] = area.around(other)
                break
        else:
            joined.append(area)
    return joined


def may_show_text(areas: Iterable[Area], lines: Sequence[PdfLine], width: float, height: float) -> list[Area]:
    """The pictures large enough to show lines of text, over which no line of the page stands."""
    return [
        area
        for area in areas
        if area.width * area.height >= LEAST_AREA * width * height
        and area.width >= NARROWEST * width
        and area.height >= LOWEST
        and not any(_stands_in(line, area) for line in lines)
    ]


def _stands_in(line: PdfLine, area: Area) -> bool:
    across, up = EDGE * area.width, EDGE * area.height
    beside = min(line.right, area.right - across) > max(line.left, area.left + across)
    return beside and area.bottom + up < line.base + line.size / 2 < area.top - up
