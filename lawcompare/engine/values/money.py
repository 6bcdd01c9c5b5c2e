"""Money as law texts write it, English and Khmer: an amount with its currency, and its worth in dollars.

Patterns and reading for the forms of :mod:`search_form`: ``$100,000``, ``100,000 riel``, ``១០០.០០០(មួយសែន)រៀល``. The
words and signs of currencies are those of ``text/currencies.toml``; how numbers are read, ``text/amounts.py`` says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawcompare.engine.rules import FOLDER, RATES
from lawcompare.engine.rules.patterns import RuleError, read_yaml
from lawcompare.engine.text.amounts import CURRENCIES, ENGLISH, KHMER, NumberMismatch, parse_number, shares_scale

_CODES = rf"(?:{'|'.join(sorted(CURRENCIES['codes']))})"
_OTHER_DOLLARS = r"New\s+Zealand|Hong\s+Kong|Singapore|Australian|Canadian"
_SIGN = (
    rf"(?:\b(?:US|SG?|AU?|CA?|NZ|HK)\s*)?[$€£៛]|\b{_CODES}(?=\s?\d)|\bRM(?=\s?\d)|\bR(?=\s?\d)|\bK[Ss]hs?\.?(?=\s?\d)"
)
_NAME = (
    rf"(?:(?:US|U\.S\.|United\s+States|American|Cambodian|Kenyan|South\s+African|{_OTHER_DOLLARS})\s+)?"
    rf"(?:{'|'.join(CURRENCIES['english'])})s?\b"
    rf"|{_CODES}\b|[៛€]"
)
_KHMER_NAME = rf"(?:{'|'.join(CURRENCIES['khmer'])}|[៛$])"


def english_money(name: str) -> str:
    """A pattern of an amount, as the group ``name``, with its currency before or after it."""
    return (
        rf"(?:(?P<{name}_sign>{_SIGN})\s*)?(?P<{name}>{ENGLISH})"
        rf"(?:\s+(?:of\s+)?(?P<{name}_name>{_NAME}))?(?:\s*\([^()]{{1,60}}\))?"
    )


def khmer_money(name: str, *, optional: bool = False) -> str:
    """The same in Khmer; with ``optional`` the first amount of a range, whose currency may follow the second."""
    # The bracket may stand after the currency: ១០០០០០រៀល(មួយសែនរៀល). A dollar sign also stands before: $5,000
    currency = rf"(?:ប្រាក់)?(?P<{name}_name>{_KHMER_NAME})(?:អាមេរិក(?:ាំង)?|សហរដ្ឋអាមេរិក)?"
    after = rf"(?:{currency}(?:\([^()]{{1,60}}\))?){'?' if optional else ''}"
    return rf"(?P<{name}_sign>\$)?(?P<{name}>{KHMER})(?({name}_sign)|{after})"


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """An amount from ``least`` to ``most``, None where one is not named; both are the same where ``is_exact``."""

    least: float | None
    most: float | None
    currency: str
    is_exact: bool
    mismatches: tuple[NumberMismatch, ...]


def read_money(match: re.Match[str]) -> MoneyRange | None:
    r"""The amounts in the groups ``least``, ``most`` and ``exact`` of a match; None where no currency is named.

    Without a currency a number after a fine is no amount (``fines 2 to 5``).

    >>> found = re.fullmatch(rf"(?x){english_money('least')} \s+to\s+ {english_money('most')}", "2 to 5 million riel")
    >>> read_money(found).least, read_money(found).most, read_money(found).currency
    (2000000, 5000000, 'KHR')
    """
    named = match.groupdict()
    words = [
        named[f"{name}_{kind}"] for name in ("least", "most", "exact") if name in named for kind in ("sign", "name")
    ]
    currency = _code(next(filter(None, words), ""))
    if currency is None:
        return None
    numbers = {
        name: number
        for name in ("least", "most", "exact")
        if named.get(name) and (number := parse_number(named[name])) is not None
    }
    amounts = {name: number.value for name, number in numbers.items()}
    if {"least", "most"} <= amounts.keys() and not (named["least_sign"] or named["least_name"]):
        amounts["least"] *= shares_scale(named["least"], named["most"])
    exact = amounts.get("exact")
    mismatches = (number.mismatch(*match.span(name)) for name, number in numbers.items())
    return MoneyRange(
        amounts.get("least", exact),
        amounts.get("most", exact),
        currency,
        exact is not None,
        tuple(filter(None, mismatches)),
    )


def _code(words: str) -> str | None:
    """The code of a currency, by a sign, a code or words; None where none is named."""
    words = " ".join(words.lower().split())
    if "$" in words or "dollar" in words:
        code: str = CURRENCIES["dollars"].get(re.split(r"\s?(?:\$|dollar)", words)[0], "USD")
        return code
    if words.upper() in CURRENCIES["codes"]:
        return words.upper()
    if words in CURRENCIES["signs"]:
        return str(CURRENCIES["signs"][words])
    names = CURRENCIES["signs"] | CURRENCIES["english"] | CURRENCIES["khmer"]
    return next((code for name, code in names.items() if name != "r" and name in words), None)


# --- in dollars, at the one dated rate of ``rules/rates.yaml``; approximate, and the page says so ---


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
