"""The letters of the ABC fonts (ABC-TEXT, ABC-HEAD, ABC-FANCY), and the figures of the Chhay fonts.

Which key shows which letter is a fact that the converter of the Open Forum of Cambodia records (KhmerConverter 1.5.1;
nothing of its code or files is taken). It was checked in three ways. Of the keys of Limon in the same record 122 show
what our own table says, which was derived from the Criminal Code, and four (``! % £ ¤``) another sign. An ABC face that
a PDF carries with all its widths (ABC-TEXT-05A, 151 keys) has, key by key, no width where the record has what stands
above or below a letter, and the width of a letter where it has one. ``½`` was looked at as that face draws it, and the
digits number the pages of a gazette in order. Which of the marks of one place a key shows (ុ or ូ, ិ or ី) rests on the
record alone.

There are two layouts: faces whose number ends with A show nothing for the space, which they part words with, a space
for the point and ។ for ``>``. Of the Chhay fonts no letters are known: they stay unread and become a warning.
"""

from __future__ import annotations

import re

from lawcompare.engine.reading.legacy_fonts.convert import RO, FontTable, sub

# Which layout a face has, by its name; where none of these is, it is the first.
WORD_SPACED = re.compile(r"abc[-_ ]?(?:zero|zwsp|textfive|(?:text|head|fancy|khmer)[-_ ]?\d+a)", re.IGNORECASE)
LLA_OF_TWO = re.compile(r"abc[-_ ]?text[-_ ]?(?:06|11)(?![a-z\d])", re.IGNORECASE)

_DIGITS = dict(zip("0123456789", "០១២៣៤៥៦៧៨៩", strict=True))
_LETTERS = dict(zip("kxKXgcqCQjdzDZNtfTFnbpBPmyrlvshLG", "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ", strict=True))
_SUBSCRIPTS = {
    ";": "ក",
    "ç": "ខ",
    ":": "គ",
    "Ç": "ឃ",
    "¶": "ង",
    "©": "ច",
    "ä": "ឆ",
    "¢": "ជ",
    "Ä": "ឈ",
    "J": "ញ",
    "Ø": "ញ",
    "æ": "ឋ",
    "Ð": "ឌ",
    "Æ": "ឍ",
    "Ñ": "ណ",
    "þ": "ត",
    "S": "ថ",
    "Þ": "ទ",
    "§": "ធ",
    "ñ": "ន",
    ",": "ប",
    "ö": "ផ",
    "<": "ព",
    "Ö": "ភ",
    "µ": "ម",
    "ü": "យ",
    "ø": "ល",
    "V": "វ",
    "ß": "ស",
    "H": "ហ",
    "ð": "អ",
}
_MARKS = {
    "a": "ា",
    "i": "ិ",
    "í": "ិ",
    "I": "ី",
    "Í": "ី",
    "w": "ឹ",
    "å": "ឹ",
    "W": "ឺ",
    "Å": "ឺ",
    "u": "ុ",
    "ú": "ុ",
    "U": "ូ",
    "Ú": "ូ",
    "Y": "ួ",
    "Ü": "ួ",
    "M": "ំ",
    "°": "ំ",
    "¼": "ះ",
    "´": "់",
    "¨": "៉",
    "‘": "៊",
    "’": "៌",
    "&": "័",
    "¾": "៏",
    "_": "៍",
    "+": "៎",
    "#": "ិ៍",
    # The second halves of vowels that begin before the consonant.
    "A": "ៅ",
    "O": "ឿ",
    "Ó": "ឿ",
    "o": "ៀ",
    "ó": "ៀ",
}
_SIGNS = {
    **_DIGITS,
    ".": "។",
    ">": "៕",
    "¿": ".",
    "/": ",",
    "-": "-",
    "¥": "-",
    "@": "ៗ",
    "£": "ៈ",
    "½": "៖",
    "²": "“",
    "³": "”",
    "$": "៛",
    "¤": "$",
    "%": "%",
    "=": "+",
    "÷": "=",
    "×": "x",
    "¡": "~",
    "ª": "9",
    "º": "0",
    "[": "ឲ្យ",
    "]": "ឪ",
    "{": "ឱ",
    "}": "ឥ",
    "|": "ឮ",
    "\\": "ឭ",
    "¦": "ឬ",
    "¬": "ឫ",
    "«": "ឧ",
    "»": "ឦ",
    "É": "ឯ",
    "ឳ": "ឳ",
    "ឩ": "ឩ",
    "ឨ": "ឨ",
    "ឰ": "ឰ",
    **{sign: sign for sign in "!?()"},
}
_SEQUENCES = {
    **{f"Ba{key}": "j" + key for key in "Ø©¢äÄJH"},  # ញ above a subscript
    "á": "ba",
    "Á": "bA",
    "«_": "ឳ",
    "«u": "ឩ",
    "«‘": "ឨ",
    "B§": "ឰ",
}
_BEFORE = {"e": "េ", "E": "ែ", "é": "ៃ", "R": RO, "®": RO}
_AFTER = {**{key: sub(letter) for key, letter in _SUBSCRIPTS.items()}, **_MARKS}


def _layout(name: str, signs: dict[str, str], after: dict[str, str], sequences: dict[str, str]) -> FontTable:
    return FontTable(
        name=name,
        before=_BEFORE,
        letters=_LETTERS,
        after={**_AFTER, **after},
        signs={**_SIGNS, **signs},
        sequences={**_SEQUENCES, **sequences},
        colon="",
    )


TABLE = _layout("ABC", {}, {"·": "៌"}, {"¹": "xJuM"})
WITH_LLA_OF_TWO = _layout("ABC", {}, {}, {"¹": "xJuM", "TL": "L"})
WITH_SPACED_WORDS = _layout("ABC-A", {" ": "", ".": " ", ">": "។", "^": "៕"}, {"¹": sub("ដ")}, {})

CHHAY = FontTable(name="Chhay", before={}, letters={}, after={}, signs={**_DIGITS, "-": "-"}, sequences={}, colon="")
