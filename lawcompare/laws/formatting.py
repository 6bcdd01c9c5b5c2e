"""Dates, amounts and the engine's messages in the language of the page that is made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from lawcompare.engine.values.money import in_dollars, load_rates
from lawcompare.engine.wording.locale import Locale
from lawcompare.languages import digits

# The reader's language, for the engine's sentences.
LOCALE = Locale(gettext, ngettext, pgettext, get_language)

# What the engine calls what it reads: mental elements, those who authorise, defences, penalties.
NAMES = {
    "intent": pgettext_lazy("element", "intent"),
    "knowledge": pgettext_lazy("element", "knowledge"),
    "reason-to-know": pgettext_lazy("element", "reason-to-know"),
    "recklessness": pgettext_lazy("element", "recklessness"),
    "negligence": pgettext_lazy("element", "negligence"),
    "court": pgettext_lazy("element", "court"),
    "warrant": pgettext_lazy("element", "warrant"),
    "prosecutor": pgettext_lazy("element", "prosecutor"),
    "attorney general": pgettext_lazy("element", "attorney general"),
    "minister": pgettext_lazy("element", "minister"),
    "secretary general": pgettext_lazy("element", "secretary general"),
    "committee": pgettext_lazy("element", "committee"),
    "competent authorities": pgettext_lazy("element", "competent authorities"),
    "investigating officer": pgettext_lazy("element", "investigating officer"),
    "defence": pgettext_lazy("element", "defence"),
    "exception": pgettext_lazy("element", "exception"),
    "authorised testing": pgettext_lazy("element", "authorised testing"),
    "lawful authority": pgettext_lazy("element", "lawful authority"),
    "good faith": pgettext_lazy("element", "good faith"),
    "consent": pgettext_lazy("element", "consent"),
    "public interest": pgettext_lazy("element", "public interest"),
    "prison": pgettext_lazy("element", "prison"),
    "fine": pgettext_lazy("element", "fine"),
    "life": pgettext_lazy("element", "life"),
    "KHR": pgettext_lazy("currency", "riel"),
    "USD": pgettext_lazy("currency", "US dollars"),
}
_UNITS = {
    "year": ngettext_lazy("%(n)s year", "%(n)s years", "number"),
    "month": ngettext_lazy("%(n)s month", "%(n)s months", "number"),
    "day": ngettext_lazy("%(n)s day", "%(n)s days", "number"),
    "hour": ngettext_lazy("%(n)s hour", "%(n)s hours", "number"),
}
_QUOTED = re.compile(r"“%\((\w+)\)s”")
_AMOUNT = re.compile(r"\d[\d,.]*")
_TIME = re.compile(r"(\d+) (year|month|day|hour)s?")


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


def fill_message(message: str, values: Mapping[str, str | float]) -> str:
    """Returns a message of the engine, translated and with its values.

    A value in quotation marks quotes a text and stays as it is. Of the others counts, amounts, times and the names of
    what was read are translated; a clause's name stays.
    """
    quoted = set(_QUOTED.findall(message))
    return _(message) % {name: value if name in quoted else format_value(value) for name, value in values.items()}


def format_value(value: str | float) -> str:
    """Returns ``12``, ``5,000``, ``3 years``, ``1 year to 3 years`` or ``court, prosecutor`` in the page's language."""
    words = str(value)
    if _AMOUNT.fullmatch(words):
        return digits(words)
    least, to, most = words.partition(" to ")
    if to and _is_own(least) and _is_own(most):
        return _("%(least)s to %(most)s") % {"least": format_value(least), "most": format_value(most)}
    return ", ".join(_format_name(name) for name in words.split(", ")) if words else words


def format_in_dollars(values: Mapping[str, Any]) -> str:
    """Returns a fine in dollars at the engine's one dated rate; empty where it is in dollars or has no rate."""
    currency = values.get("currency")
    amounts = [values[name] for name in ("fine_min", "fine_max") if values.get(name) is not None]
    dollars = [in_dollars(amount, currency) for amount in dict.fromkeys(amounts)] if currency else []
    if currency == "USD" or not dollars or None in dollars:
        return ""
    texts = [digits(f"{amount:,.0f}") for amount in dollars if amount is not None]
    amount = texts[0] if len(texts) == 1 else _("%(least)s to %(most)s") % {"least": texts[0], "most": texts[1]}
    words = _("about %(amount)s US dollars at the rate of %(date)s")
    return words % {"amount": amount, "date": format_date(load_rates().date)}


def _is_own(words: str) -> bool:
    return words in NAMES or _TIME.fullmatch(words) is not None


def _format_name(name: str) -> str:
    if time := _TIME.fullmatch(name):
        return str(_UNITS[time[2]] % {"number": int(time[1]), "n": digits(time[1])})
    return str(NAMES.get(name, name))
