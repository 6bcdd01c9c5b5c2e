"""Dates, amounts and the engine's messages in the language of the page that is made."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext as _

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
