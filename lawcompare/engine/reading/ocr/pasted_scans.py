"""Pictures of text on a page of text: recognised, and their lines put among those of the page by their places."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from PIL import Image

from lawcompare.engine.reading.facsimiles import box_on, image_number
from lawcompare.engine.reading.layout.pdf_lines import PdfLine, PdfPage
from lawcompare.engine.reading.layout.pictures import Area
from lawcompare.engine.reading.ocr.page_images import rendered
from lawcompare.engine.reading.ocr.page_lines import TYPE_SIZE, RecognisedPdfPage

# What is read less surely, or has fewer letters, is no text: a photograph, a map, a seal.
SURELY, LEAST_LETTERS = 0.4, 15
BASELINE = 0.3  # of the type size: how far the base of a line is under its middle
BESIDE = 0.3  # of the narrower width: so much of a line and a picture stand one above the other in a column


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
    return alone.crop(pixels(_around(areas)))


def joined(printed: PdfPage, part: RecognisedPdfPage, areas: Sequence[Area], width: float, height: float) -> PdfPage:
    """The page with what was recognised of its pictures, ``part``, among its lines; what is no text is left out.

    ``width`` and ``height`` are those of the page in points.
    """
    around = _around(areas)
    size = _type_size(printed.lines)
    page = RecognisedPdfPage(
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


def _around(areas: Sequence[Area]) -> Area:
    return reduce(Area.around, areas)


def _type_size(lines: Sequence[PdfLine]) -> float:
    """The size in which most of a page is set, so that what is recognised on it is no note among its text."""
    sizes = Counter[float]()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else TYPE_SIZE


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
    beside = [at for at, line in enumerate(lines) if _is_beside(line, area)] or list(range(len(lines)))
    above = [at for at in beside if lines[at].base > middle]
    if above:
        return above[-1] + 1
    return beside[0] if beside else 0


def _is_beside(line: PdfLine, area: Area) -> bool:
    shared = min(line.right, area.right) - max(line.left, area.left)
    return shared > BESIDE * min(line.right - line.left, area.width)
