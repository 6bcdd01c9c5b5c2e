"""The differences between two provisions of laws that never shared a sentence, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from lawcompare.engine.compare_laws.differences import ProvisionDifference
from lawcompare.engine.wording import Locale, gettext_noop
from lawcompare.engine.wording.values import (
    amount_in_words,
    currency_in_words,
    months_in_words,
    name_in_words,
    range_in_words,
    time_in_words,
)

SENTENCES = {
    "no-mental": gettext_noop("No mental element is named; %(other)s requires “%(words)s”."),
    "lower-mental": gettext_noop("“%(own)s” is enough; %(other)s requires “%(words)s”."),
    "no-harm": gettext_noop("No harm is required; %(other)s requires “%(words)s”."),
    "no-defence": gettext_noop("No exception or defence; %(other)s has “%(words)s”."),
    "no-authorisation": gettext_noop("No authorising body is named; %(other)s has “%(words)s”."),
    "other-authorisation": gettext_noop("Authorised by %(own)s; in %(other)s by %(body)s."),
    "no-time": gettext_noop("No time is set; %(other)s sets %(time)s."),
    "other-time": gettext_noop("A time of %(own)s; %(other)s has %(time)s."),
    "minimum": gettext_noop("Minimum of %(least)s; %(other)s has none."),
    "higher-minimum": gettext_noop("Minimum of %(least)s; %(other)s has %(other_least)s."),
    "higher-maximum": gettext_noop("Up to %(most)s of prison; %(other)s has up to %(other_most)s."),
    "prison": gettext_noop("Prison (%(term)s); %(other)s has a fine only."),
    "life": gettext_noop("Prison for life; %(other)s ends at %(other_most)s."),
    "higher-fine": gettext_noop(
        "A fine up to %(most)s %(currency)s; %(other)s has up to %(other_most)s %(other_currency)s."
    ),
    "fine": gettext_noop("A fine is added; %(other)s has none."),
}


def difference_sentence(locale: Locale, difference: ProvisionDifference, other: str) -> str:
    """The difference in a sentence; ``other`` is what the other provision is called.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> difference = ProvisionDifference("penalties", "minimum", {"least": 12})
    >>> difference_sentence(ENGLISH, difference, "18 U.S.C. 1030")
    'Minimum of 1 year; 18 U.S.C. 1030 has none.'
    """
    formats = _FORMATS.get(difference.kind, {})
    words = {
        name: formats[name](locale, value) if name in formats else value for name, value in difference.values.items()
    }
    return locale.gettext(SENTENCES[difference.kind]) % {**words, "other": other}


def _bodies(locale: Locale, bodies: list[str]) -> str:
    return ", ".join(name_in_words(locale, body) for body in bodies)


def _times(locale: Locale, limits: list[Mapping[str, Any]]) -> str:
    return ", ".join(time_in_words(locale, values) for values in limits)


def _term(locale: Locale, values: Mapping[str, Any]) -> str:
    """A prison term: ``1 year to 3 years``."""
    if values.get("life"):
        return locale.pgettext("element", "life")
    bounds = [values[name] for name in ("prison_months_min", "prison_months_max") if values.get(name) is not None]
    words = [months_in_words(locale, bound) for bound in dict.fromkeys(bounds)]
    return words[0] if len(words) == 1 else range_in_words(locale, *words)


# How the values of a kind are put into words; those that are not here are quoted from the texts and stay.
_FORMATS: dict[str, dict[str, Callable[[Locale, Any], str]]] = {
    "other-authorisation": {"own": _bodies, "body": _bodies},
    "no-time": {"time": _times},
    "other-time": {"own": _times, "time": _times},
    "minimum": {"least": months_in_words},
    "higher-minimum": {"least": months_in_words, "other_least": months_in_words},
    "higher-maximum": {"most": months_in_words, "other_most": months_in_words},
    "prison": {"term": _term},
    "life": {"other_most": months_in_words},
    "higher-fine": {
        "most": amount_in_words,
        "currency": currency_in_words,
        "other_most": amount_in_words,
        "other_currency": currency_in_words,
    },
}
