"""Dates, amounts and the engine's messages in the language of the page that is made."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from lawcompare.core.translations.texts import localised
from lawcompare.engine.structure.numbering import latin_suffixes, spaced_suffixes
from lawcompare.engine.text.words import language_of
from lawcompare.engine.values.money import in_dollars, load_rates
from lawcompare.engine.wording import Locale
from lawcompare.languages import amount, digits, reader_language

# The language of the page, for the engine's sentences.
LOCALE = Locale(gettext, ngettext, pgettext, digits, amount, lambda: reader_language().code)


def format_date(date: str) -> str:
    """Returns a date as precise as it is known in the page's language: ``2012``, ``August 2020``, ``4 August 2020``."""
    parts = str(date or "").split("-")
    if not all(part.isdecimal() for part in parts):
        return str(date or "")
    values = {"year": parts[0]}
    if len(parts) > 1:
        values["month"] = str(MONTHS[int(parts[1])])
    if len(parts) > 2:
        values["day"] = str(int(parts[2]))
    form = {1: _("%(year)s"), 2: _("%(month)s %(year)s"), 3: _("%(day)s %(month)s %(year)s")}[len(values)]
    return digits(form % values)


def format_in_dollars(values: Mapping[str, Any]) -> str:
    """Returns a fine in dollars at the engine's one dated rate; empty where it is in dollars or has no rate."""
    currency = values.get("currency")
    amounts = [values[name] for name in ("fine_min", "fine_max") if values.get(name) is not None]
    dollars = [in_dollars(amount, currency) for amount in dict.fromkeys(amounts)] if currency else []
    if currency == "USD" or not dollars or None in dollars:
        return ""
    texts = [amount(round(each)) for each in dollars if each is not None]
    written = texts[0] if len(texts) == 1 else _("%(least)s to %(most)s") % {"least": texts[0], "most": texts[1]}
    words = _("about %(amount)s US dollars at the rate of %(date)s")
    return words % {"amount": written, "date": format_date(load_rates().date)}


# The word for the level in either language, and what follows.
_NUMBERED = re.compile(r"(?P<word>[A-Za-z]+|[\u1780-\u17d3]+?)(?:ទី)?\s*(?P<number>[\d០-៩]\S*(?:\s.*)?)")
_LEVELS = {
    "article": gettext_lazy("Article %(number)s"),
    "chapter": gettext_lazy("Chapter %(number)s"),
    "section": gettext_lazy("Section %(number)s"),
    "title": gettext_lazy("Title %(number)s"),
    "part": gettext_lazy("Part %(number)s"),
    "book": gettext_lazy("Book %(number)s"),
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
    "longtitle": gettext_lazy("Long title"),
    "shorttitle": gettext_lazy("Short title"),
    "doctitle": gettext_lazy("Title"),
    "formula": gettext_lazy("Enacting words"),
    "preamble": gettext_lazy("Preamble"),
    "recital": gettext_lazy("Recital"),
    "citation": gettext_lazy("Citation"),
    "intro": gettext_lazy("Opening words"),
    "wrapup": gettext_lazy("Closing words"),
    "crossheading": gettext_lazy("Heading"),
    "chp": gettext_lazy("Chapter"),
    "art": gettext_lazy("Article"),
    "sec": gettext_lazy("Section"),
}
_PARAGRAPH = gettext_lazy("Paragraph")


# What the levels of a text are called, by the AKN name of their element.
_ELEMENTS = {
    "annex": pgettext_lazy("level of a law", "annex"),
    "appendix": pgettext_lazy("level of a law", "appendix"),
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
    "provision": pgettext_lazy("level of a law", "provision"),
    "regulation": pgettext_lazy("level of a law", "regulation"),
    "rule": pgettext_lazy("level of a law", "rule"),
    "schedule": pgettext_lazy("level of a law", "schedule"),
    "section": pgettext_lazy("level of a law", "section"),
    "subchapter": pgettext_lazy("level of a law", "subchapter"),
    "subclause": pgettext_lazy("level of a law", "subclause"),
    "subitem": pgettext_lazy("level of a law", "subitem"),
    "subparagraph": pgettext_lazy("level of a law", "subparagraph"),
    "subpart": pgettext_lazy("level of a law", "subpart"),
    "subsection": pgettext_lazy("level of a law", "subsection"),
    "subtitle": pgettext_lazy("level of a law", "subtitle"),
    "title": pgettext_lazy("level of a law", "title"),
    "wrapUp": pgettext_lazy("level of a law", "closing words"),
    "hcontainer": pgettext_lazy("level of a law", "heading"),
    "crossHeading": pgettext_lazy("level of a law", "heading"),
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


def number_in_reader_language(num: str, language: str = "") -> str:
    """Returns a number as a text prints it, in the reader's language: on Khmer pages ``មាត្រា ២៨`` for ``Article 28``.

    A number that names no level, such as ``(1)`` or ``§ 1030``, stays as it is. ``language``: the reader's, if known.
    """
    return _number_in(num, language or reader_language().code) if num else num


@lru_cache(maxsize=1 << 14)
def _number_in(num: str, language: str) -> str:
    """A number in the reader's ``language``; kept, since a page names its clauses again and again."""
    match = _NUMBERED.fullmatch(num)
    level = _LEVEL_OF.get(match["word"].lower()) if match else None
    if match is None or level is None or language_of(match["word"]) == language:
        return num
    number = spaced_suffixes(latin_suffixes(match["number"]), khmer=language == "km")
    return str(_LEVELS[level]) % {"number": digits(number)}


# A clause is named by so many letters of its heading, of which a page may have thousands; no law here needs more.
HEADING_IN_NAME = 200


def heading_in_name(heading: str) -> str:
    """Returns the heading of a clause in the reader's language, as the clause is named by it; of a long one a part."""
    return localised(heading) if len(heading) <= HEADING_IN_NAME else f"{heading[:HEADING_IN_NAME]}…"


def name_in_reader_language(num: str, heading: str) -> str:
    """Returns number and heading of a clause in the reader's language, as far as they are known in it."""
    return " ".join(filter(None, [number_in_reader_language(num), heading_in_name(heading)]))
