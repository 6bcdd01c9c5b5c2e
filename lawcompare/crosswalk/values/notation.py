"""Values as one line that people write and tables hold: ``prison 1 year..3 years; fine ..5000 USD; or both``."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lawcompare.crosswalk.models import Element
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.values import names

NONE = "none"
ANY_TERM = "any term or life"
LEVELS = ("intent", "knowledge", "recklessness", "reason-to-know", "negligence")
KINDS = ("defence", "exception", "authorised testing", "lawful authority", "good faith", "consent", "public interest")
# Who may authorise: the engine's names of bodies.
BODIES = tuple(name for name in names(ENGLISH) if name not in {*LEVELS, *KINDS})
# The key under which an element that is one word has it, and the words it may have.
_WORDS = {Element.MENTAL: ("level", LEVELS), Element.DEFENCES: ("kind", KINDS), Element.AUTHORISATION: ("body", BODIES)}
# The elements whose own words are all there is to state.
IN_ITS_WORDS = frozenset({Element.CONDUCT, Element.HARM, Element.SCOPE})

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_TIME = re.compile(r"(?:at )?(least|most|exactly) (\d+) (hour|day|week|month|year)s?")
_DURATION = re.compile(r"(\d+) (day|month|year)s?")
_FINE = re.compile(r"fine(?: (?P<least>\d+)?(?P<range>\.\.)?(?P<most>\d+)? (?P<currency>[A-Z]{3}))?")
_JOINED = {"and": "and", "or": "or", "or both": "or-both"}


def parse_value(element: str, line: str) -> dict[str, Any]:
    """The values of an element from a line, empty where its words alone are the value. Raises ValidationError.

    >>> parse_value("penalties", "prison 1 year..3 years; fine ..5000 USD; or both")["prison_months_max"]
    36
    >>> parse_value("time_limits", "at most 90 days")
    {'days': 90, 'bound': 'most', 'amount': [[90, 'day']]}
    """
    line = " ".join(line.split())
    if line == NONE:
        return {"none": True}
    if element in _WORDS:
        return _word(element, line)
    if element == Element.PENALTIES:
        return _penalty(line)
    if element == Element.TIME_LIMITS:
        return _time(line)
    if line:
        raise ValidationError(_("Of this element the words alone are stated: leave the value empty."))
    return {}


def _word(element: str, line: str) -> dict[str, Any]:
    key, allowed = _WORDS[Element(element)]
    if line not in allowed:
        raise ValidationError(
            _("There is no value “%(value)s”; choose one of: %(allowed)s.")
            % {"value": line, "allowed": ", ".join(allowed)}
        )
    return {key: line}


def _time(line: str) -> dict[str, Any]:
    match = _TIME.fullmatch(line)
    if match is None:
        raise ValidationError(_("A time is written like “at most 90 days” or “at least 2 years”."))
    bound, number, unit = match[1].removesuffix("ly"), int(match[2]), match[3]
    days = number / 24 if unit == "hour" else number * _DAYS[unit]
    return {"days": days, "bound": bound, "amount": [[number, unit]]}


def _penalty(line: str) -> dict[str, Any]:
    before, _mark, condition = line.partition("if:")
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in before.split(";"))):
        values |= _penalty_part(part)
    if condition.strip():
        values["condition"] = condition.strip()
    if not values.keys() & {"prison_months_min", "prison_months_max", "life", "fine", "death"}:
        raise _unclear(line)
    check_penalty(values)
    return values


def _penalty_part(part: str) -> dict[str, Any]:
    if part in _JOINED:
        return {"combination": _JOINED[part]}
    if part == ANY_TERM:
        return {"prison_months_min": 0, "life": True}
    if part in {"life", "death"}:
        return {part: True}
    if part == "per day":
        return {"per_day": True}
    if part.startswith("prison "):
        return _prison(part.removeprefix("prison "))
    return _fine(part)


def _prison(part: str) -> dict[str, Any]:
    least, mark, most = part.partition("..")
    if not mark:
        most = least
    bounds = {"prison_months_min": least.strip(), "prison_months_max": most.strip()}
    if not any(bounds.values()):
        raise _unclear(part)
    return {name: _months(bound) for name, bound in bounds.items() if bound}


def _months(words: str) -> float:
    match = _DURATION.fullmatch(words)
    if match is None:
        raise _unclear(words)
    number, unit = int(match[1]), match[2]
    return number / 30 if unit == "day" else number * _MONTHS[unit]


def _fine(part: str) -> dict[str, Any]:
    match = _FINE.fullmatch(part)
    if match is None:
        raise _unclear(part)
    values: dict[str, Any] = {"fine": True}
    if match["currency"]:
        least, most = match["least"], match["most"] or ("" if match["range"] else match["least"])
        if not least and not most:
            raise _unclear(part)
        bounds = {"fine_min": least, "fine_max": most}
        values |= {name: int(amount) for name, amount in bounds.items() if amount} | {"currency": match["currency"]}
    return values


def _unclear(words: str) -> ValidationError:
    return ValidationError(
        _("“%(words)s” is no penalty; write it like “prison 1 year..3 years; fine ..5000 USD; or both”.")
        % {"words": words}
    )


def check_penalty(values: Mapping[str, Any]) -> None:
    """Raise ValidationError for a penalty whose least is more than its most."""
    for least, most in (("prison_months_min", "prison_months_max"), ("fine_min", "fine_max")):
        low, high = values.get(least), values.get(most)
        if low is not None and high is not None and low > high:
            raise ValidationError(
                _("The least of a penalty is more than its most: “%(value)s”.")
                % {
                    "value": format_value(
                        Element.PENALTIES, {least: low, most: high, "currency": values.get("currency")}
                    )
                }
            )


def format_value(element: str, values: Mapping[str, Any]) -> str:
    """The line that ``parse_value`` reads as these values.

    >>> format_value("penalties", {"prison_months_max": 60, "fine": True, "combination": "or-both"})
    'prison ..5 years; fine; or both'
    """
    if values.get("none"):
        return NONE
    if element in _WORDS:
        return str(values.get(_WORDS[Element(element)][0], ""))
    if element == Element.TIME_LIMITS:
        return _format_time(values)
    return "; ".join(_penalty_parts(values)) if element == Element.PENALTIES else ""


def _format_time(values: Mapping[str, Any]) -> str:
    number, unit = (values.get("amount") or [[round(values["days"]), "day"]])[0]
    bound = str(values.get("bound") or "exact")
    start = "exactly" if bound == "exact" else f"at {bound}"
    return f"{start} {number} {_plural(unit, number)}"


def _plural(unit: str, number: float) -> str:
    return unit if number == 1 else f"{unit}s"


def _penalty_parts(values: Mapping[str, Any]) -> list[str]:
    parts = [name for name in ("death", "life") if values.get(name)]
    low, high = values.get("prison_months_min"), values.get("prison_months_max")
    if low == 0 and values.get("life"):
        parts, low = [ANY_TERM if part == "life" else part for part in parts], None
    if low is not None or high is not None:
        parts.append(f"prison {_range(*(None if each is None else _duration(each) for each in (low, high)))}")
    low, high = values.get("fine_min"), values.get("fine_max")
    if low is not None or high is not None:
        amounts = (None if each is None else f"{each:.0f}" for each in (low, high))
        parts.append(f"fine {_range(*amounts)} {values.get('currency') or ''}".rstrip())
    elif values.get("fine"):
        parts.append("fine")
    if values.get("per_day"):
        parts.append("per day")
    parts += [words for words, name in _JOINED.items() if values.get("combination") == name]
    if values.get("condition"):
        parts.append(f"if: {values['condition']}")
    return parts


def _range(low: str | None, high: str | None) -> str:
    return low if low is not None and low == high else f"{low or ''}..{high or ''}"


def _duration(months: float) -> str:
    if months != int(months):
        days = round(months * 30)
        return f"{days} {_plural('day', days)}"
    unit = "year" if months >= 12 and months % 12 == 0 else "month"
    number = int(months / _MONTHS[unit])
    return f"{number} {_plural(unit, number)}"
