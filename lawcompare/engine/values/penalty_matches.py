"""What the grammars of penalties find: a prison term or a fine, with its place in the form for matching."""

import re
from dataclasses import dataclass

from lawcompare.engine.text.amounts import Amount, parse_number, shares_scale
from lawcompare.engine.values.durations import Duration, parse_duration


@dataclass(frozen=True, slots=True)
class NumberMismatch:
    """A number whose digits and words disagree, or whose digits are not in groups of three."""

    start: int
    end: int
    digits: float | None
    words: float | None


@dataclass(frozen=True, slots=True)
class PrisonTerm:
    start: int
    end: int
    months_min: float | None = None
    months_max: float | None = None
    life: bool = False
    death: bool = False
    mismatches: tuple[NumberMismatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Fine:
    start: int
    end: int
    least: float | None = None
    most: float | None = None
    currency: str | None = None
    per_day: bool = False
    is_bare: bool = False  # without an amount: it counts beside a prison term only
    mismatches: tuple[NumberMismatch, ...] = ()


type PenaltyPart = PrisonTerm | Fine


def number_of(match: re.Match[str], name: str) -> Amount | None:
    """The number in a group of a match, or None where the group took no part."""
    return parse_number(match[name]) if match.re.groupindex.get(name) and match[name] else None


def amounts_of(match: re.Match[str], *names: str) -> dict[str, float]:
    """The amounts of money in the groups of a match; the first of a range has the scale of the second."""
    numbers = {name: number for name in names if (number := number_of(match, name)) is not None}
    amounts = {name: number.value for name, number in numbers.items()}
    if {"least", "most"} <= amounts.keys():
        scale = shares_scale(match["least"], match["most"]) if not _has_currency(match, "least") else 1
        amounts["least"] *= scale
    return amounts


def _has_currency(match: re.Match[str], name: str) -> bool:
    named = match.groupdict()
    return any(named.get(f"{name}_{part}") for part in ("sign", "name", "cur"))


def mismatches_of(match: re.Match[str], *names: str) -> tuple[NumberMismatch, ...]:
    """The doubtful amounts of money in the groups of a match."""
    return tuple(
        NumberMismatch(match.start(name), match.end(name), number.digits, number.words)
        for name in names
        if (number := number_of(match, name)) is not None and _is_doubtful(number)
    )


def durations_of(match: re.Match[str], language: str, *names: str) -> dict[str, Duration]:
    """The durations in the groups of a match; the first of a range has the unit of the second where it names none."""
    named = match.groupdict()
    written = {name: named[name] for name in names if named.get(name)}
    units = [duration.unit for name in reversed(written) if (duration := parse_duration(written[name], language))]
    unit = units[0] if units else "year"
    durations = {name: parse_duration(words, language, unit=unit) for name, words in written.items()}
    return {name: duration for name, duration in durations.items() if duration is not None}


def duration_mismatches(match: re.Match[str], durations: dict[str, Duration]) -> tuple[NumberMismatch, ...]:
    """The doubtful numbers of durations."""
    return tuple(
        NumberMismatch(
            match.start(name) + part.start, match.start(name) + part.end, part.amount.digits, part.amount.words
        )
        for name, duration in durations.items()
        for part in duration.parts
        if part.amount is not None and _is_doubtful(part.amount)
    )


def _is_doubtful(number: Amount) -> bool:
    return number.disagrees or not number.well_grouped
