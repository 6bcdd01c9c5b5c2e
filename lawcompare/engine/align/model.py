"""Alignments, the output of the aligner, and when two texts or numbers count as equal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import regex

from lawcompare.engine.document import NOTHING, Clause
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.text.normalise import CHARACTERS, normalise
from lawcompare.engine.text.words import is_plain

KINDS = ("unchanged", "changed", "renumbered", "moved", "split", "merged", "added", "removed")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that tells why clauses were set together, or that nothing was: a kind of ``wording.evidence``.

    ``values``  ``percent`` of likeness; ``name``, ``names`` or ``nearest`` of clauses as their text prints them
    """

    kind: str
    values: Mapping[str, Any] = NOTHING


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which clauses belong together, how, and why.

    ``old``, ``new``  ids, in document order; one empty for ``added`` and ``removed``
    ``kind``          one of ``KINDS``
    ``score``         0 to 1: how sure the pairing is. 1 is identical text or a decision; for ``split`` and ``merged``
                      the weakest of the pairs; for ``added`` and ``removed`` 1 minus that of the best partner refused
    ``evidence``      the reasons; ``wording.evidence`` puts them into words: ``same text, new number``
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: str
    score: float
    evidence: tuple[Reason, ...] = ()


# Of what ``is_plain`` lets pass, what the normal form writes in another way.
_PLAIN_SIGNS = [(sign, CHARACTERS[sign]) for sign in "“”‘’–—…" if sign in CHARACTERS]
# "Article", "Sec.", "§" or a Khmer word before digits; not the A of A1.
_WORD = regex.compile(r"\A(?:(?:\p{Latin}{3,}|§+|\p{Khmer}+)\.?\s*)+(?=\p{Nd})")


def fold(text: str) -> str:
    """The normal form of ``normalise`` on one line: a difference in it is a difference in what is printed.

    >>> fold("“Act”\\u00a0means\\n this")
    '"Act" means this'
    """
    form = " ".join(_normal_signs(text).split())
    return text if form == text else form  # of a large text in normal form no second copy is kept


def _normal_signs(text: str) -> str:
    if text.isascii() and not ("`" in text or "''" in text or "--" in text):
        return text
    if is_plain(text):
        form = text
        for sign, plain in _PLAIN_SIGNS:  # several times as quick as str.translate, which looks at each letter
            form = form.replace(sign, plain)
        if not ("`" in form or "''" in form or "--" in form):
            return form
    return normalise(text, "km").text


def fold_clauses(clauses: Iterable[Clause]) -> list[Clause]:
    """The same clauses with heading and text in normal form, which all that follows presumes."""
    return [_fold_clause(clause) for clause in clauses]


def _fold_clause(clause: Clause) -> Clause:
    heading, text = fold(clause.heading), fold(clause.text)
    if heading is clause.heading and text is clause.text:
        return clause
    return replace(clause, heading=heading, text=text)


def text_key(clause: Clause) -> str:
    """Equal for two folded clauses whose heading and text are the same; empty where both are empty."""
    return f"{clause.heading}\n{clause.text}" if clause.heading else clause.text


@lru_cache(maxsize=8192)  # asked several times of each clause
def number_key(number: str) -> str:
    """Equal for two numbers that are one, however it is printed: with or without the word before it, in Khmer digits.

    >>> number_key("Article 28."), number_key("28"), number_key("មាត្រា ២៨"), number_key("(A)")
    ('28', '28', '28', 'a')
    """
    return _WORD.sub("", from_khmer(fold(number)).casefold()).strip(" .:-()[]")
