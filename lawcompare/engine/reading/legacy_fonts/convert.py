"""Letters of an old Khmer font -> Unicode in canonical order, by the table of its family.

Such a font is typed as it is seen: vowels and the subscript RO before the consonant that they belong to, what is below
and above it in whatever order the typist liked. So letters are gathered to clusters, and each cluster is put in order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lawcompare.engine.text.normalise import order_clusters

COENG = "\u17d2"
RO = COENG + "រ"
# Vowels typed in two parts: េ before the consonant, and after it what makes of it another vowel.
_TWO_PART = {"ា": "ោ", "ៅ": "ៅ", "ឿ": "ឿ", "ៀ": "ៀ", "ី": "ើ", "ិ": "ើ"}
_UPPER = "ិីឹឺើឿាោ"
# Letters that the shifter under an upper vowel, which looks like ុ, makes sound of the other series.
_TO_FIRST, _TO_SECOND = "ងញមយរវន", "សហអប"


def sub(letter: str) -> str:
    """A letter as a subscript."""
    return COENG + letter


@dataclass(frozen=True, eq=False)
class FontTable:
    """What the letters of a family of fonts show, each key one character of the file.

    ``before`` are vowels and subscripts typed before their consonant, ``letters`` consonants, ``after`` what is typed
    behind them, ``signs`` what stands alone. ``sequences`` are rewritten first. ``colon`` is a sign that is ៈ at the
    end of a word and ៖ apart from it.
    """

    name: str
    before: Mapping[str, str]
    letters: Mapping[str, str]
    after: Mapping[str, str]
    signs: Mapping[str, str]
    sequences: Mapping[str, str]
    colon: str

    @cached_property
    def sequence_pattern(self) -> re.Pattern[str] | None:
        if not self.sequences:
            return None
        return re.compile("|".join(re.escape(key) for key in sorted(self.sequences, key=len, reverse=True)))


@dataclass(slots=True)
class Converted:
    """A text in Unicode; ``unknown`` are the characters that the table does not have, which stay as they are."""

    text: str
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Cluster:
    """A consonant with what is drawn before it and what is drawn after, under and above it."""

    before: list[str] = field(default_factory=list)
    letter: str = ""
    after: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The cluster in the order of the standard."""
        marks = "".join(self.before) + "".join(self.after)
        subscripts = re.findall(f"{COENG}.", marks)
        vowels = re.sub(f"{COENG}.", "", marks)
        second = next((part for part in _TWO_PART if part in vowels), "") if "េ" in vowels else ""
        if second:
            vowels = vowels.replace("េ", "", 1).replace(second, _TWO_PART[second], 1)
        if "ុ" in vowels and any(vowel in vowels for vowel in _UPPER):
            if self.letter in _TO_FIRST:
                vowels = vowels.replace("ុ", "៉")
            elif self.letter in _TO_SECOND:
                vowels = vowels.replace("ុ", "៊")
        return order_clusters(self.letter + "".join(subscripts) + vowels)


def convert(text: str, table: FontTable) -> Converted:
    """Return the Unicode text that a font of that family shows for ``text``.

    >>> from lawcompare.engine.reading.legacy_fonts import table_of
    >>> convert("c,ab;RBhµTNÐ maRta 427>-", table_of("Limon S1")).text
    'ច្បាប់ព្រហ្មទណ្ឌ មាត្រា ៤២៧.-'
    >>> convert("x€", table_of("Limon S1")).unknown
    ['€']
    """
    if table.sequence_pattern is not None:
        text = table.sequence_pattern.sub(lambda match: table.sequences[match[0]], text)
    pieces: list[str] = []
    unknown: list[str] = []
    cluster = Cluster()

    def end() -> None:
        nonlocal cluster
        pieces.append(cluster.text())
        cluster = Cluster()

    for at, character in enumerate(text):
        if character in table.before:
            if cluster.letter or not cluster.before:
                end()
            cluster.before.append(table.before[character])
        elif character in table.letters:
            if cluster.letter:
                end()
            cluster.letter = table.letters[character]
        elif character in table.after:
            cluster.after.append(table.after[character])
        else:
            end()
            if character and character == table.colon:
                is_colon = at == 0 or not pieces or not _is_khmer_letter("".join(pieces[-3:])[-1:])
                pieces.append("៖" if is_colon else "ៈ")
            elif character in table.signs:
                pieces.append(table.signs[character])
            else:
                pieces.append(character)
                if not (character.isspace() or character in "\u00ad\u200b'\"*+=#“”"):
                    unknown.append(character)
    end()
    return Converted("".join(pieces), unknown)


def _is_khmer_letter(text: str) -> bool:
    return "\u1780" <= text <= "\u17d3"
