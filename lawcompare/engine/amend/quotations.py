"""The clauses of an act with their quotations set aside, so that verbs in quoted words are none of the act's."""

import re
from dataclasses import dataclass

QUOTE = re.compile(r"⟦(\d+)⟧")


class TooMuch(Exception):
    """The instructions of an act, or what they change in a text, are more than is carried out at once."""


# Longer sentences are not understood; of the words of all instructions together there are no more than of a long act.
# To read a sentence takes as many steps as the square of its length at most.
SENTENCE_MAX, LETTERS_MAX, STEPS_MAX = 2_000, 10_000_000, 400_000_000
_VERB_MAX = 40  # letters of "substituting the following: "
_GOES_ON = re.compile(r"\b(?:insert|strik|substitut|add|replac)(?:e|ing)?(?: the following:?)? ?\Z")


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause of an act: its place as acts are cited, its depth, its text with the quotations in it."""

    act: str
    text: str
    depth: int = 0
    eid: str = ""
    has_parts: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit says: ``text`` with each of ``quotes`` replaced by ``⟦n⟧``.

    ``unclosed`` is what follows a quotation mark that is never closed, ``payload`` new provisions that are not quoted.
    """

    unit: Unit
    text: str
    quotes: list[str]
    unclosed: str = ""
    payload: str = ""

    def words_of(self, text: str) -> list[str]:
        """The quotations that stand in a part of the text."""
        return [self.quotes[int(match[1])] for match in QUOTE.finditer(text)]


def mask(unit: Unit) -> Said:
    """Set quotations aside. Of several lines each begins with a quotation mark, the last alone ends with one.

    >>> mask(Unit("", "by striking “and” at the end")).text, mask(Unit("", "add: “(a) One.\\n“(b) Two.”.")).quotes
    ('by striking ⟦0⟧ at the end', ['(a) One.\\n(b) Two.'])
    """
    text = straighten(unit.text)
    out: list[str] = []
    quotes: list[str] = []
    start = -1
    for at, character in enumerate(text):
        if character == "“" and start < 0:
            start = at
        elif character == "“" and _GOES_ON.search(text, max(start, at - _VERB_MAX), at):  # in words of the act
            break
        elif character == "”" and start < 0 and quotes:  # it ended with a quotation inside it
            return Said(unit, "".join(out), quotes, f"“{quotes[-1]}")
        elif character == "”" and start >= 0:
            body = re.sub(r"(?<![ \u2001])[ \u2001]*\n[ \u2001]*“?", "\n", text[start + 1 : at])
            quotes.append(re.sub(r"(?<![ \u2001])[ \u2001]*“", "\n", body).strip("\u2001\n"))
            out.append(f"⟦{len(quotes) - 1}⟧")
            start = -1
        elif start < 0:
            out.append(character)
    return Said(unit, "".join(out), quotes, text[start:] if start >= 0 else "")


def straighten(text: str) -> str:
    """Quotation marks as printed ones: ``"x"`` and ``` ``x'' ``` become “x”."""
    text = text.replace("``", "“").replace("''", "”")
    if '"' in text:
        text = re.sub(r'(?:(?<=^)|(?<=[\s(\[—–-]))"(?=\S)', "“", text, flags=re.MULTILINE).replace('"', "”")
    return text
