"""The letters of the Limon fonts (S, R and F faces alike).

Derived by aligning the Criminal Code in Limon line by line with its conversion to Unicode, each letter by the majority
of its places; the few that do not occur there by their form in print.
"""

from __future__ import annotations

from lawcompare.engine.reading.legacy_fonts.convert import RO, FontTable, sub

_LETTERS = dict(zip("kxKXgcqCQjdzDZNtfTFnbpBPmyrlvshLG", "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ", strict=True))
_SUBSCRIPTS = {
    "á": "ក",
    "ç": "ខ",
    "Á": "គ",
    "Ç": "ឃ",
    "¶": "ង",
    "©": "ច",
    "ä": "ឆ",
    "¢": "ជ",
    "Ä": "ឈ",
    "Ø": "ញ",
    "J": "ញ",
    "æ": "ឋ",
    "Ð": "ឌ",
    "Æ": "ឍ",
    "Ñ": "ណ",
    "þ": "ត",
    "ß": "ថ",
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
    "S": "ស",
    "ð": "ហ",
    "¥": "អ",
}
_MARKS = {
    "a": "ា",
    "i": "ិ",
    "I": "ី",
    "w": "ឹ",
    "W": "ឺ",
    "u": "ុ",
    "ú": "ុ",
    "U": "ូ",
    "Ú": "ូ",
    "Y": "ួ",
    "Ü": "ួ",
    "M": "ំ",
    "H": "ះ",
    ";": "់",
    ":": "៉",
    "‘": "៊",
    "’": "៌",
    "½": "័",
    "¾": "៏",
    "_": "៍",
    "×": "ិ៍",
    # The second halves of vowels that begin before the consonant.
    "A": "ៅ",
    "O": "ឿ",
    "Ó": "ឿ",
    "o": "ៀ",
    "ó": "ៀ",
}
_SIGNS = {
    **dict(zip("0123456789", "០១២៣៤៥៦៧៨៩", strict=True)),
    ".": "។",
    ">": ".",
    "/": ",",
    "¼": "/",
    "¬": "(",
    "¦": ")",
    "{": "“",
    "}": "”",
    "²": "ៗ",
    "-": "-",
    "[": "ឱ្យ",
    "\\": "ឥ",
    "]": "ឧ",
    "«": "ឪ",
    "¤": "ឬ",
    "»": "ឱ",
    "É": "ឯ",
    "£": "ឫ",
    "?": "?",
    "!": "!",
    "%": "%",
}

TABLE = FontTable(
    name="Limon",
    before={"e": "េ", "E": "ែ", "é": "ៃ", "R": RO, "®": RO},
    letters={**_LETTERS, ")": "ប"},
    after={**{key: sub(letter) for key, letter in _SUBSCRIPTS.items()}, **_MARKS},
    signs=_SIGNS,
    # ញ above a subscript, and the independent vowels that are typed of two parts.
    sequences={
        **{f"Ba{key}": "j" + key for key in "Ø©¢äÄJð"},
        "b¤": "¤",
        "b£u": "¤",
        "b£": "£",
    },
    # One sign for ៖ and ៈ: the one stands apart, the other ends a word.
    colon="³",
)
