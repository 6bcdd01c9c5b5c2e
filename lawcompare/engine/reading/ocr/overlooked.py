"""Lines of print that a recogniser has passed over: bands of ink on a page where nothing was read.

Headings in pale or heavy faces that stand alone are lost most: the recogniser takes them for a picture or a ruling.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from lawcompare.engine.reading.ocr import RecognisedLine

INK = 190  # pale letters count too
LEAST_LINES = 5  # of fewer the height of a line is not known
LOWEST, HIGHEST = 0.5, 2.2  # of the height of the lines that were read
NARROWEST = 2.0  # of that height
# Of a band: as dense as letters are, no ruling and no picture.
THINNEST, DENSEST = 0.06, 0.6
MOST = 8  # bands on a page: more are a table or a drawing
MARGIN = 0.35  # of the height: what stands above and below letters


@dataclass(frozen=True, slots=True)
class Band:
    """The box of a line that was not read, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def overlooked(image: Image.Image, lines: Sequence[RecognisedLine]) -> list[Band]:
    """Bands of ink of the height of a line, in which none of ``lines`` stands, from top to bottom."""
    if len(lines) < LEAST_LINES:
        return []
    height = float(np.median([line.bottom - line.top for line in lines]))
    ink = np.asarray(image) < INK
    free = ink.copy()
    edge = image.width // 25
    free[:, :edge] = free[:, -edge:] = False
    for line in lines:
        over = 0.2 * height
        free[max(int(line.top - over), 0) : int(line.bottom + over), max(int(line.left - height), 0) :] = False
    bands = [band for band in _bands(free, height) if _is_print(free, band, height)]
    return bands if len(bands) <= MOST else []


def cut(image: Image.Image, band: Band) -> Image.Image:
    """The picture of a band with room around it."""
    room = round(MARGIN * (band.bottom - band.top))
    box = (
        max(band.left - 2 * room, 0),
        max(band.top - room, 0),
        min(band.right + 2 * room, image.width),
        min(band.bottom + room, image.height),
    )
    paper = Image.new("L", (box[2] - box[0] + 4 * room, box[3] - box[1] + 2 * room), 255)
    paper.paste(image.crop(box), (2 * room, room))
    return paper


def _bands(free: Any, height: float) -> list[Band]:
    rows = np.concatenate([[False], free.sum(axis=1) > 0.1 * height, [False]])
    edges = np.flatnonzero(np.diff(rows.astype(np.int8)))
    joined: list[list[int]] = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if joined and top - joined[-1][1] < 0.2 * height:  # marks above and below their letters
            joined[-1][1] = int(bottom)
        else:
            joined.append([int(top), int(bottom)])
    bands = []
    for top, bottom in joined:
        columns = np.flatnonzero(free[top:bottom].any(axis=0))
        if len(columns):
            bands.append(Band(int(columns[0]), top, int(columns[-1]) + 1, bottom))
    return bands


def _is_print(free: Any, band: Band, height: float) -> bool:
    high, wide = band.bottom - band.top, band.right - band.left
    density = float(free[band.top : band.bottom, band.left : band.right].mean())
    return LOWEST * height <= high <= HIGHEST * height and wide >= NARROWEST * height and THINNEST < density < DENSEST
