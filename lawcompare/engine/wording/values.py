"""Values in words: English sentences as templates with values, for translation."""

from __future__ import annotations

from collections.abc import Iterator

from lawcompare.engine.values.penalties import Penalty
from lawcompare.engine.wording.changes import Description

LIFE = "Imprisonment for life."
LIFE_OR_LEAST = "Imprisonment from %(least)s to life."
LIFE_OR_RANGE = "Imprisonment from %(least)s to %(most)s, or for life."
PRISON_RANGE = "Imprisonment from %(least)s to %(most)s."
PRISON_EXACT = "Imprisonment of %(least)s."
PRISON_LEAST = "Imprisonment of at least %(least)s."
PRISON_MOST = "Imprisonment up to %(most)s."
FINE_RANGE = "A fine from %(least)s to %(most)s %(currency)s."
FINE_EXACT = "A fine of %(least)s %(currency)s."
FINE_LEAST = "A fine of at least %(least)s %(currency)s."
FINE_MOST = "A fine up to %(most)s %(currency)s."
FINE_ELSEWHERE = "A fine whose amount is laid down elsewhere."
PER_DAY = "The fine is for each day."
TIME_LIMIT = "A time of %(time)s."
MENTAL_ELEMENT = "Mental element “%(word)s”: %(level)s."
AUTHORISATION = "Authorised by %(body)s: “%(word)s”."
DEFENCE = "Exception or defence (%(kind)s): “%(word)s”."
PARTLY_KNOWN = "Only a restatement or a quotation of this provision is known."

TEMPLATES = (
    *(LIFE, LIFE_OR_LEAST, LIFE_OR_RANGE, PRISON_RANGE, PRISON_EXACT, PRISON_LEAST, PRISON_MOST),
    *(FINE_RANGE, FINE_EXACT, FINE_LEAST, FINE_MOST, FINE_ELSEWHERE, PER_DAY),
    *(TIME_LIMIT, MENTAL_ELEMENT, AUTHORISATION, DEFENCE, PARTLY_KNOWN),
)
_DAYS_A_MONTH, _MONTHS_A_YEAR = 30, 12


def penalty(imposed: Penalty) -> Description:
    """A penalty in one or more sentences.

    >>> str(penalty(Penalty(0, 0, prison_months_min=1, prison_months_max=12, fine=True, fine_max=5000, currency="USD")))
    'Imprisonment from 1 month to 1 year. A fine up to 5,000 USD.'
    """
    sentences = list(_sentences(imposed))
    joined = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        joined = Description(sentence.template, sentence.values, joined)
    return joined


def _sentences(imposed: Penalty) -> Iterator[Description]:
    if imposed.has_prison:
        yield _prison(imposed)
    if imposed.fine:
        yield _fine(imposed)
    if imposed.per_day:
        yield Description(PER_DAY)


def _prison(imposed: Penalty) -> Description:
    least, most = imposed.prison_months_min, imposed.prison_months_max
    bounds = {name: months_in_words(value) for name, value in (("least", least), ("most", most)) if value is not None}
    if imposed.life:
        return Description(LIFE if least is None else LIFE_OR_LEAST if most is None else LIFE_OR_RANGE, bounds)
    return Description(_template(least, most, PRISON_EXACT, PRISON_RANGE, PRISON_LEAST, PRISON_MOST), bounds)


def _fine(imposed: Penalty) -> Description:
    least, most = imposed.fine_min, imposed.fine_max
    if least is None and most is None:
        return Description(FINE_ELSEWHERE)
    bounds = {name: f"{value:,}" for name, value in (("least", least), ("most", most)) if value is not None}
    template = _template(least, most, FINE_EXACT, FINE_RANGE, FINE_LEAST, FINE_MOST)
    return Description(template, {**bounds, "currency": imposed.currency or ""})


def _template(least: float | None, most: float | None, exact: str, both: str, only_least: str, only_most: str) -> str:
    if least is None or most is None:
        return only_most if least is None else only_least
    return exact if least == most else both


def months_in_words(months: float) -> str:
    """
    >>> months_in_words(12), months_in_words(18), months_in_words(0.2)
    ('1 year', '18 months', '6 days')
    """
    if months >= _MONTHS_A_YEAR and months % _MONTHS_A_YEAR == 0:
        return _count(months / _MONTHS_A_YEAR, "year")
    return _count(months, "month") if months == int(months) else _count(round(months * _DAYS_A_MONTH), "day")


def days_in_words(days: float) -> str:
    """
    >>> days_in_words(180), days_in_words(2), days_in_words(0.5)
    ('180 days', '2 days', '12 hours')
    """
    return _count(days, "day") if days == int(days) else _count(round(days * 24), "hour")


def _count(number: float, unit: str) -> str:
    return f"{int(number)} {unit}" + ("" if number == 1 else "s")
