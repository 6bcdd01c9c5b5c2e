"""Recognising the text of a page image (OCR): one small interface, behind which any recogniser can be put.

A recogniser is given an upright, cleaned page in grey and returns its lines from top to bottom. Which one is used says
the environment variable ``RECOGNISER`` (``package.module:factory``); without it Tesseract is.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

from PIL import Image

from lawcompare.engine.errors import ReadingError

DEFAULT = "lawcompare.engine.reading.ocr.tesseract:TesseractRecogniser"
VARIABLE = "RECOGNISER"


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word with its box in pixels of the image, and how sure the recogniser is of it, 0 to 1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of words from left to right. ``readings`` are what else was read of it, by other ways of looking."""

    words: tuple[RecognisedWord, ...]
    readings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        return min(word.left for word in self.words)

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def confidence(self) -> float:
        """The mean over the letters of the line."""
        letters = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / max(letters, 1)


def evidence(lines: Iterable[RecognisedLine]) -> float:
    """How much text was read, a letter counting as far as it is sure."""
    return sum(line.confidence * len(line.text) for line in lines)


def sureness(lines: Sequence[RecognisedLine]) -> float:
    """How sure all lines were read, 0 to 1, each counting by its letters; 0 where there are none."""
    return evidence(lines) / max(sum(len(line.text) for line in lines), 1)


class Recogniser(Protocol):
    """What reads a page image. It may have a ``glance`` too."""

    def recognise(self, image: Image.Image) -> list[RecognisedLine]:
        """The lines of a page in grey, in reading order."""


def glance(reader: Recogniser, image: Image.Image, language: str) -> list[RecognisedLine]:
    """The lines of a page by one quick look, where the recogniser has such a way (``glance``), else by all it has.

    ``language`` is ``km`` or ``en``: what the page is thought to be in.
    """
    quick: Callable[[Image.Image, str], list[RecognisedLine]] | None = getattr(reader, "glance", None)
    return quick(image, language) if quick is not None else reader.recognise(image)


@cache
def _made(name: str) -> Recogniser:
    module, _, factory = name.partition(":")
    try:
        recogniser: Recogniser = getattr(import_module(module), factory)()
    except (ImportError, AttributeError, TypeError) as error:
        raise ReadingError(f"the recogniser {name} cannot be loaded; look at the setting {VARIABLE}") from error
    return recogniser


def recogniser() -> Recogniser:
    """The recogniser of the setting. Raises ReadingError, which says what to install, where it is not there."""
    return _made(os.environ.get(VARIABLE) or DEFAULT)
