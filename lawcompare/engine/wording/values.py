"""What was read in a text, in words: values as sentences, questions of rules, and how two provisions differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lawcompare.engine.rules import load_rules
from lawcompare.engine.wording import ENGLISH, Locale, gettext_noop

if TYPE_CHECKING:
    from lawcompare.engine.compare_laws.elements import ProvisionDifference

_DAYS_A_MONTH, _MONTHS_A_YEAR, _HOURS_A_DAY = 30, 12, 24


# The names of values: levels of intent, bodies, defences. Each is its own message in English.
NAMES = (
    ENGLISH.pgettext("element", "intent"),
    ENGLISH.pgettext("element", "knowledge"),
    ENGLISH.pgettext("element", "reason-to-know"),
    ENGLISH.pgettext("element", "recklessness"),
    ENGLISH.pgettext("element", "negligence"),
    ENGLISH.pgettext("element", "court"),
    ENGLISH.pgettext("element", "warrant"),
    ENGLISH.pgettext("element", "prosecutor"),
    ENGLISH.pgettext("element", "attorney general"),
    ENGLISH.pgettext("element", "minister"),
    ENGLISH.pgettext("element", "secretary general"),
    ENGLISH.pgettext("element", "committee"),
    ENGLISH.pgettext("element", "competent authorities"),
    ENGLISH.pgettext("element", "governmental entity"),
    ENGLISH.pgettext("element", "regulator"),
    ENGLISH.pgettext("element", "investigating officer"),
    ENGLISH.pgettext("element", "defence"),
    ENGLISH.pgettext("element", "exception"),
    ENGLISH.pgettext("element", "authorised testing"),
    ENGLISH.pgettext("element", "lawful authority"),
    ENGLISH.pgettext("element", "good faith"),
    ENGLISH.pgettext("element", "consent"),
    ENGLISH.pgettext("element", "public interest"),
)


def name_in_words(locale: Locale, name: str) -> str:
    """The words for one of ``NAMES``; what is none of them stays.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> name_in_words(ENGLISH, "court")
    'court'
    """
    return locale.pgettext("element", name) if name in NAMES else name


def months_in_words(locale: Locale, months: float) -> str:
    """
    >>> from lawcompare.engine.wording import ENGLISH
    >>> months_in_words(ENGLISH, 12), months_in_words(ENGLISH, 18), months_in_words(ENGLISH, 0.2)
    ('1 year', '18 months', '6 days')
    """
    if months >= _MONTHS_A_YEAR and months % _MONTHS_A_YEAR == 0:
        return _counted(locale, "year", months / _MONTHS_A_YEAR)
    if months == int(months):
        return _counted(locale, "month", months)
    return _counted(locale, "day", months * _DAYS_A_MONTH)


def days_in_words(locale: Locale, days: float) -> str:
    """
    >>> from lawcompare.engine.wording import ENGLISH
    >>> days_in_words(ENGLISH, 180), days_in_words(ENGLISH, 2), days_in_words(ENGLISH, 0.5)
    ('180 days', '2 days', '12 hours')
    """
    return _counted(locale, "day", days) if days == int(days) else _counted(locale, "hour", days * _HOURS_A_DAY)


def time_in_words(locale: Locale, values: Mapping[str, Any]) -> str:
    """A time limit with its bound, in the units in which the text has it.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> time_in_words(ENGLISH, {"days": 730, "bound": "most", "amount": [[2, "year"]]})
    'at most 2 years'
    """
    bounds = {"least": locale.gettext("at least %(time)s"), "most": locale.gettext("at most %(time)s")}
    if amount := values.get("amount"):
        time = " ".join(_counted(locale, unit, number) for number, unit in amount)
    else:
        time = days_in_words(locale, values["days"])
    return bounds.get(str(values.get("bound")), "%(time)s") % {"time": time}


def range_in_words(locale: Locale, least: str, most: str) -> str:
    return locale.gettext("%(least)s to %(most)s") % {"least": least, "most": most}


def amount_in_words(locale: Locale, amount: float) -> str:
    return locale.amount(amount)


def currency_in_words(locale: Locale, currency: str) -> str:
    """The name of a currency (ISO 4217), or its code where it has none here."""
    known = {"KHR": locale.pgettext("currency", "riel"), "USD": locale.pgettext("currency", "US dollars")}
    return known.get(currency, currency)


def value_sentence(locale: Locale, rule: str, values: Mapping[str, Any]) -> str:
    """A value read from a text in a sentence; ``rule`` is ``penalty``, ``time-limit``, ``mental-element`` …

    >>> from lawcompare.engine.wording import ENGLISH
    >>> value_sentence(ENGLISH, "penalty", {"prison_months_min": 1, "prison_months_max": 12, "fine": True})
    'Imprisonment from 1 month to 1 year. A fine whose amount is laid down elsewhere.'
    """
    if rule == "penalty":
        return penalty_sentences(locale, values)
    if rule == "time-limit":
        return locale.gettext("A time of %(time)s.") % {"time": time_in_words(locale, values)}
    key, message = {
        "mental-element": ("level", locale.gettext("Mental element “%(word)s”: %(level)s.")),
        "authorisation": ("body", locale.gettext("Authorised by %(body)s: “%(word)s”.")),
        "defence": ("kind", locale.gettext("Exception or defence (%(kind)s): “%(word)s”.")),
    }[rule]
    return message % {"word": values["word"], key: name_in_words(locale, values[key])}


def penalty_sentences(locale: Locale, values: Mapping[str, Any]) -> str:
    """The ``values`` of a ``Penalty`` in one or more sentences.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> penalty_sentences(ENGLISH, {"fine": True, "fine_max": 5000, "currency": "USD", "per_day": True})
    'A fine up to 5,000 US dollars. The fine is for each day.'
    """
    return " ".join(_penalty(locale, values))


def _penalty(locale: Locale, values: Mapping[str, Any]) -> Iterator[str]:
    if values.get("death"):
        yield locale.gettext("The death penalty.")
    if {"life", "prison_months_min", "prison_months_max"} & values.keys():
        yield _prison(locale, values)
    if values.get("fine"):
        yield _fine(locale, values)
    if values.get("per_day"):
        yield locale.gettext("The fine is for each day.")
    combinations = {
        "and": locale.gettext("Prison and fine together."),
        "or": locale.gettext("Either prison or fine."),
        "or-both": locale.gettext("Either prison or fine, or both."),
    }
    if values.get("combination") in combinations:
        yield combinations[values["combination"]]
    if values.get("condition"):
        yield locale.gettext("Condition: “%(condition)s”.") % {"condition": values["condition"]}


def _prison(locale: Locale, values: Mapping[str, Any]) -> str:
    least, most = values.get("prison_months_min"), values.get("prison_months_max")
    if values.get("life") and least is None:
        message = locale.gettext("Imprisonment for life.")
    elif values.get("life") and most is None:
        message = locale.gettext("Imprisonment from %(least)s to life.")
        if least == 0:
            message = locale.gettext("Imprisonment for any term of years or for life.")
    elif values.get("life"):
        message = locale.gettext("Imprisonment from %(least)s to %(most)s, or for life.")
    else:
        message = _bounded(
            least,
            most,
            locale.gettext("Imprisonment of %(least)s."),
            locale.gettext("Imprisonment from %(least)s to %(most)s."),
            locale.gettext("Imprisonment of at least %(least)s."),
            locale.gettext("Imprisonment up to %(most)s."),
        )
    bounds = {name: months_in_words(locale, one) for name, one in (("least", least), ("most", most)) if one is not None}
    return message % bounds


def _fine(locale: Locale, values: Mapping[str, Any]) -> str:
    least, most = values.get("fine_min"), values.get("fine_max")
    if least is None and most is None:
        return locale.gettext("A fine whose amount is laid down elsewhere.")
    message = _bounded(
        least,
        most,
        locale.gettext("A fine of %(least)s %(currency)s."),
        locale.gettext("A fine from %(least)s to %(most)s %(currency)s."),
        locale.gettext("A fine of at least %(least)s %(currency)s."),
        locale.gettext("A fine up to %(most)s %(currency)s."),
    )
    bounds = {name: amount_in_words(locale, one) for name, one in (("least", least), ("most", most)) if one is not None}
    return message % {**bounds, "currency": currency_in_words(locale, values.get("currency") or "")}


def _bounded(least: float | None, most: float | None, exact: str, both: str, only_least: str, only_most: str) -> str:
    if least is None or most is None:
        return only_most if least is None else only_least
    return exact if least == most else both


def _counted(locale: Locale, unit: str, number: float) -> str:
    number = round(number)
    messages = {
        "week": lambda: locale.ngettext("%(n)s week", "%(n)s weeks", number),
        "year": lambda: locale.ngettext("%(n)s year", "%(n)s years", number),
        "month": lambda: locale.ngettext("%(n)s month", "%(n)s months", number),
        "day": lambda: locale.ngettext("%(n)s day", "%(n)s days", number),
        "hour": lambda: locale.ngettext("%(n)s hour", "%(n)s hours", number),
    }
    return messages[unit]() % {"n": locale.digits(number)}


VALUE_RULES = frozenset({"penalty", "time-limit", "mental-element", "authorisation", "defence"})


def within_marks(words: str) -> str:
    """Words of a text as they stand inside « »: its own marks are “ ”, and none of a pair is missing.

    >>> within_marks("ខ្លឹមសារដែល «ត្រូវចាត់ទុក")
    'ខ្លឹមសារដែល “ត្រូវចាត់ទុក”'
    """
    if not {"«", "»"} & set(words):
        return words
    unopened = opened = 0
    for sign in words:
        opened += sign == "«"
        if sign == "»":
            opened, unopened = max(opened - 1, 0), unopened + (opened == 0)
    return "“" * unopened + words.replace("«", "“").replace("»", "”") + "”" * opened


def finding_message(locale: Locale, rule: str, quote: str, values: Mapping[str, Any]) -> str:
    """What was noticed: a sentence for a value, a question for a rule.

    >>> from lawcompare.engine.wording import ENGLISH
    >>> finding_message(ENGLISH, "minimum-prison-term", "not less than one year", {"prison_months_min": 12})
    'A prison term of at least 1 year: may a judge not go lower in the lightest case?'
    """
    if rule in VALUE_RULES:
        return value_sentence(locale, rule, values)
    question = next((one.message for one in load_rules() if one.id == rule), "")
    words = {"words": within_marks(" ".join(quote.split())), **values}
    if least := values.get("prison_months_min"):
        words["least"] = months_in_words(locale, least)
    message = locale.gettext(question) % words if question else words["words"]
    if not values.get("is_partly_known"):
        return message
    return f"{message} {locale.gettext('Only a restatement or a quotation of this provision is known.')}"


# --- the differences between two provisions of laws that never shared a sentence ---

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
    >>> from lawcompare.engine.compare_laws.elements import ProvisionDifference
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
