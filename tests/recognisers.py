"""Recognisers as small as can be, for tests: what they read of a page is how many bars are drawn on it."""

from __future__ import annotations

import os

import numpy as np
from PIL import Image, ImageDraw

from lawcompare.engine.reading.ocr import RecognisedLine, RecognisedWord

DEADLY = 10  # bars of a page that ends whoever reads it


class Fixed:
    """Each second bar is the heading of an article, those between are their words."""

    def recognise(self, image: Image.Image) -> list[RecognisedLine]:
        lines = []
        ink = (np.asarray(image) < 128).sum(axis=1) > 0
        edges = np.flatnonzero(np.diff(ink.astype(int)))
        for number, (top, bottom) in enumerate(zip(edges[::2], edges[1::2], strict=False), 1):
            if number % 2:
                words = [(f"Article {number}.", 100, 250, 0.9), ("Aim", 270, 330, 0.9)]
            else:
                words = [("This law has an", 100, 700, 0.9), ("aim.", 720, 900, 0.1)]
            line = [
                RecognisedWord(text, left, float(top), right, float(bottom), sure) for text, left, right, sure in words
            ]
            lines.append(RecognisedLine(tuple(line)))
        return lines


class Mortal(Fixed):
    """Its process ends, as by a file that breaks a library, on a page with DEADLY bars, unless it is ``SPARED``."""

    def recognise(self, image: Image.Image) -> list[RecognisedLine]:
        lines = super().recognise(image)
        if len(lines) == DEADLY and "SPARED" not in os.environ:
            os._exit(1)
        return lines


def bars(count: int) -> Image.Image:
    picture = Image.new("L", (1700, 2300), 255)
    for at in range(count):
        ImageDraw.Draw(picture).rectangle((100, 300 + 60 * at, 900, 330 + 60 * at), fill=0)
    return picture
