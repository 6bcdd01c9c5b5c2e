"""When two texts and two numbers count as the same."""

from __future__ import annotations

import unicodedata

import regex

from .model import Unit

_FOLDS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u200b": None, "\u00ad": None}
)
_SPACE = regex.compile(r"\s+")


def fold(text: str) -> str:
    """Light normal form: NFC, one kind of quote, dash and space, no zero-width space.

    >>> fold("“Act”\\u00a0means\\n this")
    '"Act" means this'
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).translate(_FOLDS)).strip()


def text_key(unit: Unit) -> str:
    """Equal for two clauses whose heading and text are the same; empty where both are empty."""
    heading, text = fold(unit.heading), fold(unit.text)
    return f"{heading}\n{text}" if heading or text else ""


def number_key(number: str) -> str:
    """Equal for two numbers that are printed alike but for spaces and dots: ``Article 28.`` and ``Article 28``."""
    return fold(number).casefold().strip(" .:-")
