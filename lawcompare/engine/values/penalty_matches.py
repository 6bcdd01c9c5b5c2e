"""What the grammars of penalties find: a prison term or a fine, with its place in the form for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lawcompare.engine.text.amounts import Amount, parse_number

MONTHS = {"year": 12, "month": 1, "week": 7 / 30, "day": 1 / 30, "hour": 1 / 720}


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
    mismatches: tuple[NumberMismatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Fine:
    start: int
    end: int
    least: float | None = None
    most: float | None = None
    currency: str | None = None
    per_day: bool = False
    mismatches: tuple[NumberMismatch, ...] = ()


type PenaltyPart = PrisonTerm | Fine


def number_of(match: re.Match[str], name: str) -> Amount | None:
    """The number in a group of a match, or None where the group took no part."""
    return parse_number(match[name]) if match.re.groupindex.get(name) and match[name] else None


def mismatches_of(match: re.Match[str], *names: str) -> tuple[NumberMismatch, ...]:
    mismatches = []
    for name in names:
        number = number_of(match, name)
        if number is not None and (number.disagrees or not number.well_grouped):
            mismatches.append(NumberMismatch(match.start(name), match.end(name), number.digits, number.words))
    return tuple(mismatches)


def in_months(amount: float, unit: str) -> float:
    """
    >>> in_months(2, "year"), in_months(6, "day")
    (24, 0.2)
    """
    months = round(amount * MONTHS[unit], 4)
    return int(months) if months == int(months) else months
