"""Khmer typed in a font from before Unicode: Latin letters that only that font shows as Khmer, and how to read them.

Such a font is typed as it is seen: vowels and the subscript RO before the consonant that they belong to, what is below
and above it in whatever order the typist liked. So letters are gathered to clusters, and each cluster is put in order.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from lawcompare.engine.text.normalise import COENG, invalid_khmer, order_clusters

_NO_TABLE = re.compile(r"khek|dauntek|baidok|kantear?ak|nida|tacteng|kh-system", re.IGNORECASE)
_TORN = re.compile(r"[a-z][A-Z]|[A-Za-z][;:>\]\\°±²³´µ¶·¸¹º»¼½¾¿ƒ®©§¥¬¦][A-Za-z]")
# Words that are torn, at least so many and such a part of all, before a whole text is taken for such Khmer.
_LEAST, _PART = 5, 0.5
# Of what is converted without the name of its font: how many clusters may be such as no one writes.
_MOST_INVALID = 0.01
# What text that names no font may be in, the likeliest first.
_LIMON, _ABC, _SPACED = "limon", "abc-with-lla", "abc-with-spaced-words"


# Vowels typed in two parts: េ before the consonant, and after it what makes of it another vowel.
_TWO_PART = {"ា": "ោ", "ៅ": "ៅ", "ឿ": "ឿ", "ៀ": "ៀ", "ី": "ើ", "ិ": "ើ"}
_UPPER = "ិីឹឺើឿាោ"
# Letters that the shifter under an upper vowel, which looks like ុ, makes sound of the other series.
_TO_FIRST, _TO_SECOND = "ងញមយរវន", "សហអប"


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
    def sequence_pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(key) for key in sorted(self.sequences, key=len, reverse=True)))


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


@cache
def is_legacy_font(name: str) -> bool:
    """Whether a font of that name shows Latin letters as Khmer.

    >>> is_legacy_font("LimonS1"), is_legacy_font("ABC-TEXT-05A"), is_legacy_font("Khmer OS Siemreap")
    (True, True, False)
    """
    return table_of(name) is not None or bool(_NO_TABLE.match(name))


@cache
def table_of(name: str) -> FontTable | None:
    """The table of the family that a font's name stands for, or None."""
    return next((table for pattern, table in load_families().values() if pattern.match(name)), None)


def is_torn(text: str) -> bool:
    """Whether the letters of a text are not what its font shows.

    >>> is_torn("maRtaTI 1 eKalbMNg c,ab;enHmaneKalbMNgkMNt; GMBIbTelµIs EdnGnuvtþ bTbBaØtiénc,ab;enH")
    True
    >>> is_torn("Article 1. Aim. This law has an aim, and eGovernment is not it.")
    False
    """
    words = [word for word in text.split() if len(word) > 3 and word[0].isalpha()]
    torn = sum(1 for word in words if _TORN.search(word))
    return torn >= _LEAST and torn > _PART * len(words)


def convert_lines(text: str) -> tuple[str, str] | None:
    """A text pasted without its fonts in Unicode, and the name of its family; None where it is in no known one.

    It is taken for the family with the fewest letters that its table does not have. Lines that are Khmer already or no
    Khmer stay.

    >>> convert_lines("maRta 1>- eKalbMNg\\nc,ab;enHmaneKalbMNgkMNt; bTelµIsTaMgLayNa EdlRbRBwtþkñúgRbeTs .")
    ('មាត្រា ១.- គោលបំណង\\nច្បាប់នេះមានគោលបំណងកំណត់ បទល្មើសទាំងឡាយណា ដែលប្រព្រឹត្តក្នុងប្រទេស ។', 'Limon')
    >>> convert_lines("c,ab´en¼ maneKalbMNgkMNt´ bTelµIsTaMgLayNa EdlRbRBwtþkñúgRbeTs .")
    ('ច្បាប់នេះ មានគោលបំណងកំណត់ បទល្មើសទាំងឡាយណា ដែលប្រព្រឹត្តក្នុងប្រទេស ។', 'ABC')
    """
    tables = {name: table for name, (_fonts, table) in load_families().items()}
    family = min((_LIMON, _ABC), key=lambda each: len(convert(text, tables[each])[1]))
    ends = [line.rstrip()[-1:] for line in text.split("\n")]
    # Sentences in ABC end with ``>``, which shows ។ only in the layout whose spaces part words.
    is_spaced = ends.count(">") + ends.count("^") > ends.count(".")
    table = tables[_SPACED if family == _ABC and is_spaced else family]
    lines = []
    for line in text.split("\n"):
        has_khmer = any("\u1780" <= character <= "\u17ff" for character in line)
        in_unicode = line if has_khmer else convert(line, table)[0]
        lines.append(line if invalid_khmer(in_unicode) and not _TORN.search(line) else in_unicode)
    converted = "\n".join(lines)
    letters = sum("\u1780" <= character <= "\u17b3" for character in converted)
    if not letters or len(invalid_khmer(converted)) > _MOST_INVALID * letters:
        return None
    return converted, table.name


def convert(text: str, table: FontTable) -> tuple[str, list[str]]:
    """The Unicode text that a font of that family shows for ``text``, and the characters that its table does not have.

    >>> convert("c,ab;RBhµTNÐ maRta 427>-", table_of("Limon S1"))[0]
    'ច្បាប់ព្រហ្មទណ្ឌ មាត្រា ៤២៧.-'
    >>> convert("x€", table_of("Limon S1"))[1]
    ['€']
    """
    if table.sequences:
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
                ends_khmer = "\u1780" <= "".join(pieces[-3:])[-1:] <= "\u17d3"
                pieces.append("ៈ" if at and ends_khmer else "៖")
            elif character in table.signs:
                pieces.append(table.signs[character])
            else:
                pieces.append(character)
                if not (character.isspace() or character in "\u00ad\u200b'\"*+=#“”"):
                    unknown.append(character)
    end()
    return "".join(pieces), unknown


def sub(letter: str) -> str:
    """A letter as a subscript."""
    return COENG + letter


@cache
def load_families() -> dict[str, tuple[re.Pattern[str], FontTable]]:
    """By its name in ``legacy_fonts.toml`` each family of fonts: how these are named, and its table."""
    entries = tomllib.loads(Path(__file__).with_name("legacy_fonts.toml").read_text("utf-8"))
    return {
        name: (re.compile(entry["fonts"], re.IGNORECASE), _table(entry, entries.get(entry.get("like"), {})))
        for name, entry in entries.items()
        if "fonts" in entry
    }


def _table(entry: dict[str, Any], other: dict[str, Any]) -> FontTable:
    def pairs(name: str) -> dict[str, str]:
        return other.get(name, {}) | entry.get(name, {})

    def strings(name: str) -> dict[str, str]:
        return dict(zip(*(entry.get(name) or other.get(name) or ("", "")), strict=True))

    signs = strings("digits") | pairs("signs")
    vowels = {key: sign for key, sign in signs.items() if "\u17a5" <= sign <= "\u17b3"}
    return FontTable(
        name=entry["name"],
        before=pairs("before"),
        # An independent vowel bears subscripts too: ឱ្យ.
        letters=strings("letters") | vowels,
        after={key: sub(letter) for key, letter in pairs("subscripts").items()} | pairs("marks"),
        signs=signs,
        sequences=pairs("sequences"),
        colon=entry.get("colon", ""),
    )


# Which letters the glyphs of the Khmer OS faces show, by their number: all faces of the family have one order. Programs
# that print Word files keep these numbers and lose the letters: a PDF then says ម for the glyph មា, and ត for the
# subscript ត. Established from the faces and checked, letter by letter, against what PDFs say of the same glyphs; a
# reader has to check it again, since a face of that name may be another.
KHMER_OS = re.compile(r"khmer[- ]?os", re.IGNORECASE)
KHMER_FROM = 0x17E  # what has a lower number is Latin

_LETTERS = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវឝឞសហឡអ"
_WIDE = "ឃឈឍបយឞស"  # subscripts that stand partly behind their letter, and take a vowel of their own


def _numbered() -> dict[int, str]:
    glyphs = {code - 0x1F: chr(code) for code in range(0x20, 0x7F)}  # the signs of ASCII in their order, from 1
    subscripts = _LETTERS.replace("ញ", "ញញ") + "".join(map(chr, range(0x17A3, 0x17B4)))
    wide = [sub(letter) for letter in _WIDE]
    runs: tuple[tuple[int, list[str]], ...] = (
        (0x17E, [sub(letter) for letter in subscripts]),
        (0x1B3, [letter + "ា" for letter in _LETTERS]),
        (0x1D6, [each + "ា" for each in wide * 2]),
        (0x1E4, [letter + "ៅ" for letter in _LETTERS]),
        (0x207, [each + "ៅ" for each in wide * 2]),
        (0x215, wide),
        (0x21C, [sub("រ")] * 3 + ["ឿ"] * 3 + ["ៀ"] * 3 + ["ញ", "ញា", "ញៅ", "ិ៍"]),
        (0x229, ["ុ", "ូ", "ួ"] * 2 + [sub("រ"), sub("ណ"), sub("ណ")]),
        (0x232, [chr(code) for code in range(0x1780, 0x17DE)]),
        (0x290, [chr(code) for code in range(0x17E0, 0x17EA)]),
        (0x2C7, ["ា", "ៅ"]),
        (0x2CA, ["ី"]),
        (0x2D0, ["\u200c", "\u200d"]),
        (0x2D3, [" "] * 3),
        (0x2D7, ["ំ"]),
    )
    for first, texts in runs:
        glyphs |= {first + at: text for at, text in enumerate(texts)}
    return glyphs


GLYPHS = _numbered()
