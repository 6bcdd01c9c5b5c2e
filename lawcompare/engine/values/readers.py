"""What a text says as values besides penalties: mental elements, authorising bodies, defences, time limits.

Each value carries the words it rests on. The words are data (``words.yaml``); time limits have a grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lawcompare.engine.text.amounts import ENGLISH, KHMER, parse_number
from lawcompare.engine.text.search_form import View, view
from lawcompare.engine.values.words import load_value_words

_DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_NAMES = {"mental-element": ("word", "level"), "authorisation": ("word", "body"), "defence": ("word", "kind")}


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of ``rule``: ``text[start:end]`` in code points, and what it says by name."""

    rule: str
    start: int
    end: int
    values: Mapping[str, Any]


def find_values(text: str) -> list[StatedValue]:
    """Return the values of a text other than its penalties, in its order.

    >>> [(each.rule, dict(each.values)) for each in find_values("Whoever knowingly keeps it for at least 180 days")]
    [('mental-element', {'word': 'knowingly', 'level': 'knowledge'}), ('time-limit', {'days': 180, 'bound': 'least'})]
    """
    return values_in(view(text))


def values_in(seen: View, taken: Sequence[tuple[int, int]] = ()) -> list[StatedValue]:
    """The same for a view; a time inside one of the ``taken`` ranges of the source is no time limit."""
    values = [*_named_values(seen), *_time_limits(seen, taken)]
    return sorted(values, key=lambda value: (value.start, value.end))


def _named_values(seen: View) -> Iterator[StatedValue]:
    for rule, kinds in load_value_words().named.items():
        last, key = -1, _NAMES[rule][1]
        matches = [(match, kind.name) for kind in kinds for match in kind.words.find(seen)]
        for match, name in sorted(matches, key=lambda each: (each[0].start(), -each[0].end())):
            if match.start() < last:
                continue  # the longest reading of a place is the one: "warrant" in "order or warrant of a court"
            last = match.end()
            start, end = seen.place(*match.span())
            yield StatedValue(rule, start, end, {"word": " ".join(seen.source[start:end].split()), key: name})


# What leads up to a time, nearest first: which bound it is.
_LEADS = {
    "least": r"""(?: (?:for\s+)?(?:a\s+(?:minimum\s+)?(?:period\s+of\s+)?)?
        (?:at\s+least|not\s+less\s+than|no\s+less\s+than|more\s+than|a\s+minimum\s+of|minimum) )""",
    "most": r"""(?: (?:for\s+)?(?:up\s+to|not\s+(?:to\s+)?exceed(?:ing)?|not\s+more\s+than|within|at\s+most|before
        |no\s+(?:more|longer|later)\s+than|(?:not\s+)?later\s+than|not\s+longer\s+than|a\s+maximum\s+of|exceeds?
        |longer\s+than) )""",
    "exact": r"""(?: (?:for|after|during|lasts?|until|over)?\s*(?:an?\s+)?(?:additional\s+|further\s+|successive\s+
        |initial\s+)?(?:periods?|terms?)\s+of | for | every | after | an\s+additional | a\s+further | additional )""",
}
_UNIT = r"(?:calendar\s+|working\s+|business\s+)?(?P<unit>second|minute|hour|day|week|month|year)s?\b"
_TIMES = {
    bound: re.compile(
        rf"(?xi) \b (?P<lead>{lead}) \s+ (?:a\s+|the\s+|any\s+)?(?:(?:period|term)s?\s+of\s+)?"
        rf"(?:(?:up\s+to|not\s+more\s+than|at\s+least)\s+)?(?P<number>{ENGLISH}) [\s-]+ {_UNIT}"
    )
    for bound, lead in _LEADS.items()
}
_NO_TIME = re.compile(r"(?i)\s+(?:of\s+age|old|or\s+(?:older|younger)|in\s+prison|imprisonment)|['’]?\s+imprisonment")
_NOT_AFTER = re.compile(
    r"(?i)\b(?:imprison\w*|sentenced|fined|age[ds]?|age-limit|deprivation\s+of\s+liberty)\b[\s,]+(?:[\w-]+\s+){0,4}$"
)

_KHMER_UNITS = {"ម៉ោង": "hour", "ថ្ងៃ": "day", "សប្តាហ៍": "week", "ខែ": "month", "ឆ្នាំ": "year", "នាទី": "minute"}
_KHMER_AMOUNT = f"(?P<number>{KHMER})(?P<unit>{'|'.join(_KHMER_UNITS)})"
_KHMER_PERIOD = "(?:(?:ក្នុង|សម្រាប់|មាន|នៅក្នុង)?(?:រយៈពេល|ថិរវេលា))"
_KHMER_TIMES = {
    "least": re.compile(
        f"{_KHMER_PERIOD}?(?:យ៉ាងតិច(?:បំផុត)?|យ៉ាងហោចណាស់|មិនតិចជាង){_KHMER_AMOUNT}|{_KHMER_PERIOD}"
        f"{_KHMER_AMOUNT.replace('number', 'number2').replace('unit', 'unit2')}(?:យ៉ាងតិច|យ៉ាងហោចណាស់)"
    ),
    "most": re.compile(
        f"{_KHMER_PERIOD}?(?:មិន(?:ឱ្យ|ត្រូវ)?លើស(?:ពី)?|យ៉ាងច្រើន|យ៉ាងយូរ){_KHMER_AMOUNT}|{_KHMER_PERIOD}"
        f"{_KHMER_AMOUNT.replace('number', 'number2').replace('unit', 'unit2')}(?:យ៉ាងច្រើន|យ៉ាងយូរ)"
    ),
    "exact": re.compile(f"{_KHMER_PERIOD}(?:ចំនួន)?{_KHMER_AMOUNT}"),
}


def _time_limits(seen: View, taken: Sequence[tuple[int, int]]) -> Iterator[StatedValue]:
    limits: dict[int, StatedValue] = {}
    for bound, pattern in (_KHMER_TIMES if seen.language == "km" else _TIMES).items():
        for match in pattern.finditer(seen.text):
            value = _time_limit(match, bound, seen)
            is_taken = value is not None and any(s < value.end and value.start < e for s, e in taken)
            if value is not None and not is_taken and not _is_inside(value, limits.values()):
                limits[value.end] = value
    yield from limits.values()


def _is_inside(value: StatedValue, others: Iterable[StatedValue]) -> bool:
    return any(other.start < value.end and value.start < other.end for other in others)


def _time_limit(match: re.Match[str], bound: str, seen: View) -> StatedValue | None:
    named = match.groupdict()
    number = parse_number(named.get("number") or named.get("number2") or "")
    unit = named.get("unit") or named.get("unit2") or ""
    if (
        number is None
        or _NO_TIME.match(seen.text, match.end())
        or _NOT_AFTER.search(seen.text[max(0, match.start() - 80) : match.start()])
    ):
        return None
    days = round(number.value * _DAYS[_KHMER_UNITS.get(unit, unit.lower())], 4)
    start, end = seen.place(*match.span())
    return StatedValue("time-limit", start, end, {"days": int(days) if days == int(days) else days, "bound": bound})
