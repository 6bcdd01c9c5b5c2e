"""Money in dollars at the one dated rate of ``rules/rates.yaml``; approximate, and the page says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawcompare.engine.rules import FOLDER, RATES
from lawcompare.engine.rules.patterns import RuleError, read_yaml


@dataclass(frozen=True, slots=True)
class Rates:
    """``per_dollar``: currency (ISO 4217) to units for one US dollar on ``date`` (YYYY-MM or YYYY-MM-DD)."""

    date: str
    note: str
    per_dollar: Mapping[str, float]


@cache
def load_rates(path: Path = FOLDER / RATES) -> Rates:
    """Raises RuleError with the line of a mistake."""
    entry = read_yaml(path)
    entry.allow(["date", "note", "per_dollar"])
    named = entry.mapping("per_dollar")
    assert named is not None
    per_dollar = {currency: named.number(currency) for currency in named}
    for currency, rate in per_dollar.items():
        if rate <= 0:
            raise RuleError(f"the rate of {currency} must be above 0", file=entry.file, line=named.lines[currency])
    return Rates(entry.text("date"), entry.text("note"), per_dollar)


def in_dollars(amount: float, currency: str) -> float | None:
    """An amount in US dollars to two digits, or None for a currency without a rate.

    >>> in_dollars(10_000_000, "KHR"), in_dollars(100, "XYZ")
    (2500.0, None)
    """
    rate = load_rates().per_dollar.get(currency)
    return None if rate is None else round(amount / rate, 2)
