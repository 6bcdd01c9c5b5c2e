"""Khmer typed in a font from before Unicode: Latin letters that only that font shows as Khmer, and how to read them."""

import re
from functools import cache

from lawcompare.engine.reading.legacy_fonts.convert import FontTable, convert
from lawcompare.engine.reading.legacy_fonts.families import load_families
from lawcompare.engine.text.normalise import invalid_khmer

__all__ = ["FontTable", "convert", "convert_lines", "is_legacy_font", "is_torn", "table_of"]

_NO_TABLE = re.compile(r"khek|dauntek|baidok|kantear?ak|nida|tacteng|kh-system", re.IGNORECASE)
_TORN = re.compile(r"[a-z][A-Z]|[A-Za-z][;:>\]\\°±²³´µ¶·¸¹º»¼½¾¿ƒ®©§¥¬¦][A-Za-z]")
# Words that are torn, at least so many and such a part of all, before a whole text is taken for such Khmer.
_LEAST, _PART = 5, 0.5
# Of what is converted without the name of its font: how many clusters may be such as no one writes.
_MOST_INVALID = 0.01
# What text that names no font may be in, the likeliest first.
_LIMON, _ABC, _SPACED = "limon", "abc-with-lla", "abc-with-spaced-words"


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
    family = min((_LIMON, _ABC), key=lambda each: len(convert(text, tables[each]).unknown))
    table = tables[_SPACED if family == _ABC and _parts_words(text) else family]
    lines = []
    for line in text.split("\n"):
        has_khmer = any("\u1780" <= character <= "\u17ff" for character in line)
        in_unicode = line if has_khmer else convert(line, table).text
        lines.append(line if invalid_khmer(in_unicode) and not _TORN.search(line) else in_unicode)
    converted = "\n".join(lines)
    letters = sum("\u1780" <= character <= "\u17b3" for character in converted)
    if not letters or len(invalid_khmer(converted)) > _MOST_INVALID * letters:
        return None
    return converted, table.name


def _parts_words(text: str) -> bool:
    """Whether sentences in ABC end with ``>``, which shows ។ only in the layout whose spaces part words."""
    ends = [line.rstrip()[-1:] for line in text.split("\n")]
    return ends.count(">") + ends.count("^") > ends.count(".")
