"""The number of a clause as a text prints it, in the language of the reader."""

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lawcompare.core.translations.texts import localised
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.text.words import language_of
from lawcompare.languages import digits, reader_language

# The word for the level in either language, and what follows.
_NUMBERED = re.compile(r"(?P<word>[A-Za-z]+|[\u1780-\u17d3]+?)(?:ទី)?\s*(?P<number>[\d០-៩]\S*(?:\s.*)?)")
_LEVELS = {
    "article": _("Article %(number)s"),
    "chapter": _("Chapter %(number)s"),
    "section": _("Section %(number)s"),
    "title": _("Title %(number)s"),
    "part": _("Part %(number)s"),
    "book": _("Book %(number)s"),
}
_LEVEL_OF = {name: name for name in _LEVELS} | {
    "មាត្រា": "article",
    "ជំពូក": "chapter",
    "ផ្នែក": "section",
    "មាតិកា": "title",
    "ភាគ": "part",
    "គន្ថី": "book",
}


# What a clause without number and heading is called, by the AKN name of its element in an eId.
_PLACES = {
    "longtitle": _("Long title"),
    "shorttitle": _("Short title"),
    "doctitle": _("Title"),
    "formula": _("Enacting words"),
    "preamble": _("Preamble"),
    "recital": _("Recital"),
    "citation": _("Citation"),
    "intro": _("Opening words"),
    "wrapup": _("Closing words"),
    "crossheading": _("Heading"),
    "chp": _("Chapter"),
    "art": _("Article"),
    "sec": _("Section"),
}
_PARAGRAPH = _("Paragraph")


# What the levels of a text are called, by the AKN name of their element.
_ELEMENTS = {
    "article": pgettext_lazy("level of a law", "article"),
    "book": pgettext_lazy("level of a law", "book"),
    "chapter": pgettext_lazy("level of a law", "chapter"),
    "clause": pgettext_lazy("level of a law", "clause"),
    "division": pgettext_lazy("level of a law", "division"),
    "item": pgettext_lazy("level of a law", "item"),
    "list": pgettext_lazy("level of a law", "list"),
    "paragraph": pgettext_lazy("level of a law", "paragraph"),
    "part": pgettext_lazy("level of a law", "part"),
    "point": pgettext_lazy("level of a law", "point"),
    "preamble": pgettext_lazy("level of a law", "preamble"),
    "rule": pgettext_lazy("level of a law", "rule"),
    "schedule": pgettext_lazy("level of a law", "schedule"),
    "section": pgettext_lazy("level of a law", "section"),
    "subchapter": pgettext_lazy("level of a law", "subchapter"),
    "subclause": pgettext_lazy("level of a law", "subclause"),
    "subparagraph": pgettext_lazy("level of a law", "subparagraph"),
    "subsection": pgettext_lazy("level of a law", "subsection"),
    "title": pgettext_lazy("level of a law", "title"),
}


def element_in_words(element: str) -> str:
    """Returns what the level of a law is called in the reader's language; one that has no word there keeps its name.

    >>> element_in_words("subparagraph"), element_in_words("conclusions")
    ('subparagraph', 'conclusions')
    """
    return str(_ELEMENTS.get(element, element))


def place_in_words(eid: str) -> str:
    """Returns what a clause without number and heading is called: the words for its element, and which one it is.

    >>> place_in_words("longTitle_1"), place_in_words("preamble_1__formula_2"), place_in_words("sec_1__para_nn_3")
    ('Long title', 'Enacting words 2', 'Paragraph 3')
    """
    name, _mark, number = eid.rpartition("__")[2].partition("_")
    which = number.rpartition("_")[2]
    word = str(_PLACES.get(name.lower(), _PARAGRAPH))
    return f"{word} {digits(which)}" if which not in {"", "1"} else word


def number_in_reader_language(num: str) -> str:
    """Returns a number as a text prints it, in the reader's language: on Khmer pages ``មាត្រា ២៨`` for ``Article 28``.

    A number that names no level, such as ``(1)`` or ``§ 1030``, stays as it is.
    """
    return _number_in(num, reader_language().code) if num else num


@lru_cache(maxsize=1 << 14)
def _number_in(num: str, language: str) -> str:
    """A number in the reader's ``language``; kept, since a page names its clauses again and again."""
    match = _NUMBERED.fullmatch(num)
    level = _LEVEL_OF.get(match["word"].lower()) if match else None
    if match is None or level is None or language_of(match["word"]) == language:
        return num
    return str(_LEVELS[level]) % {"number": digits(from_khmer(match["number"]))}


def name_in_reader_language(num: str, heading: str) -> str:
    """Returns number and heading of a clause in the reader's language, as far as they are known in it."""
    return " ".join(filter(None, [number_in_reader_language(num), localised(heading)]))
