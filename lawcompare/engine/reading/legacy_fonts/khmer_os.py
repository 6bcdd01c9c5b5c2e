"""Which letters the glyphs of the Khmer OS faces show, by their number: all faces of the family have one order.

Programs that print Word files keep these numbers and lose the letters: a PDF then says ម for the glyph មា, and ត for
the subscript ត. Established from the faces and checked, letter by letter, against what PDFs say of the same glyphs; a
reader has to check it again, since a face of that name may be another.
"""

import re

from lawcompare.engine.reading.legacy_fonts.convert import sub

NAME = re.compile(r"khmer[- ]?os", re.IGNORECASE)
ASCII_FROM = 1  # the number of the space; the signs of ASCII follow in their order
KHMER_FROM = 0x17E  # what has a lower number is Latin

_LETTERS = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវឝឞសហឡអ"
_WIDE = "ឃឈឍបយឞស"  # subscripts that stand partly behind their letter, and take a vowel of their own
_SECOND_HALF_OF_AU = "ៅ"


def _numbered() -> dict[int, str]:
    glyphs = {ASCII_FROM + code - 0x20: chr(code) for code in range(0x20, 0x7F)}
    subscripts = _LETTERS.replace("ញ", "ញញ") + "".join(map(chr, range(0x17A3, 0x17B4)))
    wide = [sub(letter) for letter in _WIDE]
    runs: tuple[tuple[int, list[str]], ...] = (
        (0x17E, [sub(letter) for letter in subscripts]),
        (0x1B3, [letter + "ា" for letter in _LETTERS]),
        (0x1D6, [each + "ា" for each in wide * 2]),
        (0x1E4, [letter + _SECOND_HALF_OF_AU for letter in _LETTERS]),
        (0x207, [each + _SECOND_HALF_OF_AU for each in wide * 2]),
        (0x215, wide),
        (0x21C, [sub("រ")] * 3 + ["ឿ"] * 3 + ["ៀ"] * 3 + ["ញ", "ញា", "ញ" + _SECOND_HALF_OF_AU, "ិ៍"]),
        (0x229, ["ុ", "ូ", "ួ"] * 2 + [sub("រ"), sub("ណ"), sub("ណ")]),
        (0x232, [chr(code) for code in range(0x1780, 0x17DE)]),
        (0x290, [chr(code) for code in range(0x17E0, 0x17EA)]),
        (0x2C7, ["ា", _SECOND_HALF_OF_AU]),
        (0x2CA, ["ី"]),
        (0x2D0, ["\u200c", "\u200d"]),
        (0x2D3, [" "] * 3),
        (0x2D7, ["ំ"]),
    )
    for first, texts in runs:
        glyphs |= {first + at: text for at, text in enumerate(texts)}
    return glyphs


GLYPHS = _numbered()
