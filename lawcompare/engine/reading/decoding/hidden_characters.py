"""Invisible characters that make a text look different from what is stored: a warning each; never removed."""

import unicodedata
from collections.abc import Iterator

import regex

from lawcompare.engine.document import Document, ReadingWarning

# They turn the direction of what follows (UAX #9), or are never seen at all. The zero-width space and the joiners are
# not among them: Khmer is written with the one, and honest files hold the others.
TURNING = regex.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
UNSEEN = regex.compile(r"[\u2061-\u2064\U000e0000-\U000e007f]")
# A word of Latin letters and of such that look like them. Scripts of whole words beside each other are honest.
MIXED = regex.compile(r"\b(?=\w*\p{Script=Latin})(?=\w*[\p{Script=Cyrillic}\p{Script=Greek}])[\p{L}\p{M}]{3,}\b")


def hidden_character_warnings(document: Document) -> tuple[ReadingWarning, ...]:
    """A warning for each clause, and each kind of sign in it."""
    return tuple(
        ReadingWarning(clause.line, kind, clause.num or clause.eid, {"sign": sign})
        for clause in document.clauses
        for kind, sign in find_hidden(f"{clause.num} {clause.heading} {clause.text}")
    )


def find_hidden(text: str) -> Iterator[tuple[str, str]]:
    """The kinds of hidden characters in a text, each with the first of them.

    >>> list(find_hidden("fined 100\\u202e000"))
    [('turning-sign', 'U+202E RIGHT-TO-LEFT OVERRIDE')]
    >>> list(find_hidden("unl\\u0430wful"))
    [('mixed-scripts', 'unlаwful')]
    """
    if match := TURNING.search(text):
        yield "turning-sign", _name(match[0])
    if match := UNSEEN.search(text):
        yield "unseen-sign", _name(match[0])
    if match := MIXED.search(text):
        yield "mixed-scripts", match[0]


def _name(sign: str) -> str:
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
