"""Numbers and dates as the reader of the page writes them: in Khmer digits and month names under ``/km/``."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def digits(value: object) -> str:
    """A number in the reader's digits."""
    return str(value).translate(KHMER_DIGITS) if get_language() == "km" else str(value)


def said_date(date: str) -> str:
    """A date as precise as it is known, in the reader's words: ``2012``, ``August 2020``, ``4 August 2020``."""
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


def filled(message: str, values: Mapping[str, str | int]) -> str:
    """A message in the reader's language with its values. Counts are in the reader's digits; words, which may quote
    a law, stay as they are."""
    return _(message) % {name: digits(value) if isinstance(value, int) else value for name, value in values.items()}
