"""Durations as law texts write them, English and Khmer: ``two years and six months``, ``18 months``, ``១ ឆ្នាំកន្លះ``.

Patterns and parsing for the forms of :mod:`search_form`. A duration keeps the units in which the text has it.
"""

import re
from dataclasses import dataclass

from lawcompare.engine.rules.patterns import small_letters
from lawcompare.engine.text.amounts import ENGLISH, KHMER, NumberMismatch, parse_number, whole
from lawcompare.engine.text.search_form import khmer_pattern, lazy_compile

DAYS = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
MONTHS = {"year": 12, "month": 1, "week": 7 / 30, "day": 1 / 30, "hour": 1 / 720}

_HALVES = {"year": (6, "month"), "month": (15, "day")}
_UNIT = r"(?:year|month|week|day|hour|minute|second)"
_KIND = r"(?:(?:calendar|full|clear|working|business|consecutive|complete|ordinary|successive)\s+)?"
_NUMBER = rf"(?:{ENGLISH}|an?(?=\s+{_KIND}{_UNIT}\b)|half\s+an?(?=\s+{_UNIT}\b))"
_HALF = r"(?:\s+and\s+a\s+half\b)?"
_SMALLER = rf"(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+){_NUMBER}{_HALF}[\s-]+{_KIND}(?:month|week|day)s?\b)?"
# Without a group, so that a grammar may name the whole. A number alone takes the unit of what follows it.
_LARGER = rf"{_KIND}(?:(?:year|month)s?\b{_HALF}{_SMALLER}|(?:week|day|hour|minute|second)s?\b{_HALF})"
ENGLISH_DURATION = rf"(?:{_NUMBER}{_HALF}[\s-]+{_LARGER})"
ENGLISH_DURATION_OR_NUMBER = rf"(?:{_NUMBER}{_HALF}(?:[\s-]+{_LARGER})?)"
_ENGLISH_PIECE = lazy_compile(
    rf"(?P<number>{_NUMBER})(?P<half>{_HALF})(?:[\s-]+{_KIND}(?P<unit>{_UNIT})s?\b(?P<half2>{_HALF}))?", re.IGNORECASE
)

KHMER_UNITS = {
    khmer_pattern(word): unit
    for word, unit in {
        "ឆ្នាំ": "year",
        "ខែ": "month",
        "សប្តាហ៍": "week",
        "អាទិត្យ": "week",
        "ថ្ងៃ": "day",
        "ម៉ោង": "hour",
        "នាទី": "minute",
    }.items()
}
_KHMER_UNIT = f"(?:{'|'.join(KHMER_UNITS)})"
_KHMER_AFTER_UNIT = r"(?:\([^()]{1,60}\))?(?:កន្លះ)?"
_KHMER_NUMBER = f"(?:{KHMER}|កន្លះ(?={_KHMER_UNIT}))"
_KHMER_SMALLER = f"(?:(?:និង)?{KHMER}(?:ខែ|ថ្ងៃ){_KHMER_AFTER_UNIT})?"
KHMER_DURATION = f"(?:{_KHMER_NUMBER}{_KHMER_UNIT}{_KHMER_AFTER_UNIT}{_KHMER_SMALLER})"
KHMER_DURATION_OR_NUMBER = f"(?:{_KHMER_NUMBER}(?:{_KHMER_UNIT}{_KHMER_AFTER_UNIT}{_KHMER_SMALLER})?)"
_KHMER_PIECE = lazy_compile(
    f"(?P<number>{_KHMER_NUMBER})(?:(?P<unit>{_KHMER_UNIT})(?P<half2>{_KHMER_AFTER_UNIT}))?(?P<half>)"
)


@dataclass(frozen=True, slots=True)
class DurationPart:
    """``number`` of a ``unit``; ``mismatch`` is what is doubtful of the number, by its place in the text read."""

    number: float
    unit: str
    mismatch: NumberMismatch | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """Parts from the largest unit down: years, then months, then days."""

    parts: tuple[DurationPart, ...]

    @property
    def days(self) -> float:
        """Days of 24 hours, 30 to the month, 365 to the year."""
        return whole(round(sum(part.number * DAYS[part.unit] for part in self.parts), 4))

    @property
    def months(self) -> float:
        """Months of 30 days, 12 to the year (Criminal Code of Cambodia, Article 49)."""
        months = (part.number * MONTHS.get(part.unit, DAYS[part.unit] / 30) for part in self.parts)
        return whole(round(sum(months), 4))

    @property
    def unit(self) -> str:
        return self.parts[0].unit

    @property
    def mismatches(self) -> tuple[NumberMismatch, ...]:
        return tuple(part.mismatch for part in self.parts if part.mismatch is not None)

    @property
    def amount(self) -> list[list[float | str]]:
        """The parts as ``[number, unit]``, as the text has them."""
        return [[part.number, part.unit] for part in self.parts]


def names_unit(text: str, language: str) -> bool:
    """Whether a duration can stand in the text at all: asked first, it spares the long patterns."""
    text = small_letters(text)
    return any(unit in text for unit in (KHMER_UNITS if language == "km" else DAYS))


def parse_duration(text: str, language: str, *, unit: str | None = None, start: int = 0) -> Duration | None:
    """Read a duration that the patterns of this module matched; ``unit`` is that of a number without one.

    ``start`` is where ``text`` stands in what is read.

    >>> parse_duration("two years and six months", "en").months, parse_duration("1ឆ្នាំកន្លះ", "km").months
    (30, 18)
    >>> parse_duration("90", "en", unit="day").days, parse_duration("a year", "en").amount
    (90, [[1, 'year']])
    """
    parts: list[DurationPart] = []
    for match in (_KHMER_PIECE if language == "km" else _ENGLISH_PIECE).finditer(text):
        named = match["unit"]
        own = (KHMER_UNITS[named] if language == "km" else named.lower()) if named else unit
        if own is None:
            continue
        amount = parse_number(match["number"])
        if amount is None and match["number"][0].isdecimal():
            continue  # larger than any
        number = amount.value if amount else 0.5 if match["number"].lower().startswith(("half", "កន្លះ")) else 1
        has_half = bool(match["half"]) or any(word in (match["half2"] or "") for word in ("half", "កន្លះ"))
        if has_half and own not in _HALVES:
            number += 0.5
        first, last = match.span("number")
        parts.append(
            DurationPart(whole(round(number, 4)), own, amount.mismatch(start + first, start + last) if amount else None)
        )
        if has_half and own in _HALVES:
            parts.append(DurationPart(*_HALVES[own]))
    return Duration(tuple(parts)) if parts else None


def durations_of(match: re.Match[str], language: str, *names: str) -> dict[str, Duration]:
    """The durations in the groups of a match; one of a range that names no unit has that of the other."""
    named = match.groupdict()
    written = [name for name in names if named.get(name)]
    units = [duration.unit for name in reversed(written) if (duration := parse_duration(named[name], language))]
    durations = {
        name: parse_duration(named[name], language, unit=units[0] if units else "year", start=match.start(name))
        for name in written
    }
    return {name: duration for name, duration in durations.items() if duration is not None}
