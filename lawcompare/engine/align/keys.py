"""When two texts and two numbers count as the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

import regex

from lawcompare.engine.align.model import Unit
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.text.normalise import normalise

# "Article", "Sec.", "§" or a Khmer word before digits; not the A of A1.
_WORD = regex.compile(r"\A(?:(?:\p{Latin}{3,}|§+|\p{Khmer}+)\.?\s*)+(?=\p{Nd})")


def fold(text: str) -> str:
    """The normal form of ``normalise`` on one line: a difference in it is a difference in what is printed.

    >>> fold("“Act”\\u00a0means\\n this")
    '"Act" means this'
    """
    if text.isascii() and not ("`" in text or "''" in text or "--" in text):
        return " ".join(text.split())
    return " ".join(normalise(text, "km").text.split())


def fold_units(units: Iterable[Unit]) -> list[Unit]:
    """The same clauses with heading and text in normal form, which all that follows presumes."""
    return [replace(unit, heading=fold(unit.heading), text=fold(unit.text)) for unit in units]


def text_key(unit: Unit) -> str:
    """Equal for two folded clauses whose heading and text are the same; empty where both are empty."""
    return f"{unit.heading}\n{unit.text}" if unit.heading or unit.text else ""


@lru_cache(maxsize=8192)  # asked several times of each clause
def number_key(number: str) -> str:
    """Equal for two numbers that are one, however it is printed: with or without the word before it, in Khmer digits.

    >>> number_key("Article 28."), number_key("28"), number_key("មាត្រា ២៨"), number_key("(A)")
    ('28', '28', '28', 'a')
    """
    return _WORD.sub("", from_khmer(fold(number)).casefold()).strip(" .:-()[]")
