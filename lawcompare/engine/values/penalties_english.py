"""The grammar of English penalties: how statutes and translations of statutes write prison terms and fines."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lawcompare.engine.text.amounts import ENGLISH
from lawcompare.engine.text.search_form import lazy_compile
from lawcompare.engine.values.contexts import contexts_of
from lawcompare.engine.values.durations import ENGLISH_DURATION, ENGLISH_DURATION_OR_NUMBER
from lawcompare.engine.values.penalty_matches import (
    Fine,
    PenaltyPart,
    PrisonTerm,
    amounts_of,
    duration_mismatches,
    durations_of,
    mismatches_of,
)

_NEAR = contexts_of("penalties_english")

_ABOUT = r"(?:(?:about|approximately|around|some)\s+)?"
_MOST = r"""(?: (?:not|no)\s+(?:be\s+)?(?:more|longer|greater|higher)\s+tha[nt]
    | not\s+(?:exceed(?:ing)?|to\s+exceed|over|above)
    | not\s+in\s+excess\s+of | up\s+to | at\s+most | at\s+the\s+most | (?:a|the)\s+maximum\s+(?:term\s+)?of
    | (?:which|that)?\s*(?:may|can|shall|must|does|do)\s+(?:extend\s+to|not\s+exceed) | extending\s+to
    | does\s+not\s+exceed )"""
_LEAST = r"""(?: (?:not|no)\s+(?:be\s+)?(?:less|fewer|shorter|lower)\s+than | at\s+least
    | (?:a|the)\s+minimum\s+(?:term\s+)?of
    | (?:which|that)?\s*(?:may|shall|must)\s+not\s+be\s+less\s+than | not\s+under | not\s+below )"""
_AND_MOST = rf"(?:\s*,?\s*(?:and|nor|but|or|to)?\s*{_MOST}|\s*,?\s*nor\s+(?:more|longer|greater)\s+than)"
_AND_LEAST = rf"(?:\s*,?\s*(?:and|nor|but|or)?\s*{_LEAST}|\s*,?\s*nor\s+(?:less|fewer)\s+than)"
_TO = r"\s*(?:to|and|until|up\s+to|-)\s*"
_YEARS = r"any\s+(?:terms?|number|period)\s+of\s+years"
_OR_DEATH = r"(?:\s*,?\s*or\s+(?:to\s+)?(?:the\s+)?death(?:\s+penalty)?)?\s*,?\s*"
_OR_LIFE = r"""(?P<life>\s*,?\s*\(?or\s+(?:to\s+|for\s+)?(?:a\s+term\s+of\s+)?(?:imprison(?:ment|ed)\s+)?
    (?:for\s+|up\s+to\s+)?life\b)?"""


def _number(name: str) -> str:
    return rf"{_ABOUT}(?P<{name}>{ENGLISH})"


def _amount(name: str) -> str:
    return rf"{_ABOUT}(?P<{name}>{ENGLISH_DURATION})"


def _amount_or_number(name: str) -> str:
    return rf"{_ABOUT}(?P<{name}>{ENGLISH_DURATION_OR_NUMBER})"


# Tried in order at the place after a word of imprisonment; ``least`` and ``most`` are groups, ``exact`` is both.
# "or more" after a number makes it a threshold: an offence punishable by imprisonment for one year or more.
_TERMS = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"{_LEAST}\s+{_amount_or_number('least')}{_AND_MOST}\s+{_amount('most')}{_OR_LIFE}",
        rf"{_MOST}\s+{_amount_or_number('most')}{_AND_LEAST}\s+{_amount('least')}",
        rf"(?:from|between|of\s+from)\s+{_amount_or_number('least')}{_TO}{_amount('most')}{_OR_LIFE}",
        rf"{_YEARS}\s+{_LEAST}\s+{_amount_or_number('least')}{_OR_LIFE}",
        rf"{_YEARS}\s+{_MOST}\s+{_amount_or_number('most')}{_OR_LIFE}",
        rf"{_YEARS}{_OR_DEATH}(?:or|up)\s+(?:for\s+|to\s+)?(?P<life>(?:imprisonment\s+for\s+)?life\b)",
        r"(?:any\s+(?:term|period)\s+)?up\s+to\s+(?P<life>life)\b",
        rf"""(?P<life>life\b)(?:\s*,?\s*or\s+(?:to\s+|for\s+|imprisonment\s+)*(?:{_YEARS}\b\s*)?
            (?:{_LEAST}\s+{_amount("least")})?)?""",
        rf"{_LEAST}\s+{_amount('least')}{_OR_LIFE}",
        rf"{_MOST}\s+{_amount('most')}(?!\s+or\s+(?:more|less)){_OR_LIFE}",
        rf"{_amount_or_number('least')}\s*(?:up\s+to|to|-)\s*{_amount('most')}{_OR_LIFE}",
        rf"{_amount('exact')}(?!\s+or\s+(?:more|less|longer|greater))(?!\s+(?:and|or)\s+(?:not|no)\s+more)",
    )
)
_REACH = 120
_BEFORE_TAIL = lazy_compile(
    rf"""(?: (?: {_LEAST}\s+{_amount_or_number("least")}{_AND_MOST}\s+
        | (?:from|between)\s+{_amount_or_number("least2")}\s*(?:to|and|-)\s*
        | {_amount_or_number("least3")}\s*(?:to|-)\s* )?
    (?: (?P<up>{_MOST}) \s+ | (?P<down>{_LEAST}) \s+ )? {_amount("exact")} )
    ['’]? \s* (?:of\s+|in\s+)? (?:(?:rigorous|simple|hard)\s+)? \Z""",
    re.IGNORECASE | re.VERBOSE,
)
# What turns a denial into a bound: "no person shall be imprisoned for more than two years".
_MORE = (
    r"(?:for\s+)?(?:more|longer|greater)\s+than|exceed(?:ing)?|(?:in\s+)?excess\s+of|over"
    r"|(?:may|shall|can|will)\s+(?:exceed|be\s+(?:more|longer|greater)\s+than)"
)
_LESS = r"(?:for\s+)?(?:less|fewer|shorter|lower)\s+than|below|under"
_TURNED_TERMS = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (rf"(?:{_MORE})\s+{_amount('most')}", rf"(?:{_LESS})\s+{_amount('least')}")
)
_BRACKET = lazy_compile(r"(?i)\s*\((?:or\s+)?of\s+")
# Characters that what says "death or" before a term may take, spaces included.
_LONGEST_BEFORE = 200
_LIFE = lazy_compile(r"(?i)\blife\s+(?:imprisonment|sentence|in\s+prison)\b")
_PRISON_WORDS = (
    "prison",
    "jail",
    "incarcerat",
    "custod",
    "sentence",
    "liberty",
    "servitude",
    "behind",
    "detention",
    "penalty",
    "punish",
)

_CURRENCIES = tomllib.loads(Path(__file__).with_name("currencies.toml").read_text("utf-8"))
_OTHER_DOLLARS = r"New\s+Zealand|Hong\s+Kong|Singapore|Australian|Canadian"
_CODES = rf"(?:{'|'.join(sorted(_CURRENCIES['codes']))})"
_SIGN = (
    rf"(?:\b(?:US|SG?|AU?|CA?|NZ|HK)\s*)?[$€£៛]|\b{_CODES}(?=\s?\d)|\bRM(?=\s?\d)|\bR(?=\s?\d)|\bK[Ss]hs?\.?(?=\s?\d)"
)
_NAME = (
    rf"(?:(?:US|U\.S\.|United\s+States|American|Cambodian|Kenyan|South\s+African|{_OTHER_DOLLARS})\s+)?"
    r"(?:dollar|riel|euro|pound|baht|ringgit|rand|cedi|naira)s?\b"
    rf"|{_CODES}\b|[៛€]"
)


def _money(name: str) -> str:
    return (
        rf"{_ABOUT}(?:(?P<{name}_sign>{_SIGN})\s*)?(?P<{name}>{ENGLISH})"
        rf"(?:\s+(?:of\s+)?(?P<{name}_name>{_NAME}))?(?:\s*\([^()]{{1,60}}\))?"
    )


_FINES = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"{_LEAST}\s+{_money('least')}{_AND_MOST}\s+{_money('most')}",
        rf"{_MOST}\s+{_money('most')}{_AND_LEAST}\s+{_money('least')}",
        rf"(?:from|between)\s+{_money('least')}\s*(?:to|and|until|up\s+to|-)\s*{_money('most')}",
        rf"{_LEAST}\s+{_money('least')}",
        rf"{_MOST}\s+{_money('most')}",
        rf"(?:starting\s+)?from\s+{_money('least')}(?:\s+up(?:wards)?\b)?",
        rf"{_money('least')}\s*(?:to|-)\s*{_money('most')}",
        rf"{_money('exact')}",
    )
)
_TURNED_FINES = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (rf"(?:{_MORE})\s+{_money('most')}", rf"(?:{_LESS})\s+{_money('least')}")
)
# A fine by a measure that another law fills with an amount, and one beside a prison term without any amount.
_FINE_ON_A_SCALE = lazy_compile(
    rf"""(?xi) (?:fined?|fines) \s+ (?:\w+\s+){{0,3}}? (?: level\s+\d+\b | {ENGLISH}\s+penalty\s+units?
    | (?:the\s+)?(?:statutory\s+maximum|standard\s+scale) ) (?:\s+on\s+the\s+standard\s+scale)?"""
)
_BARE_FINE = lazy_compile(
    rf"""(?xi) (?<!\bthe\s)(?<!\bsuch\s)(?<!\bthat\s)(?<!\bthis\s) \b (?:fined|fines?) \b (?! \s*[-'] )
    (?: \s+ (?: of | not\s+exceeding | up\s+to | by
    | (?:{ENGLISH}\s+)?(?:daily\s+(?:rates?|units?|penalty\s+units?)|day-fines)
    | in\s+accordance\s+with\s+\w+(?:\s+\w+)?
    ) )*"""
)


def find_english(text: str) -> list[PenaltyPart]:
    """Prison terms and fines of an English text, unordered, never overlapping within a kind."""
    low = text.lower()
    parts: list[PenaltyPart] = []
    if any(word in low for word in _PRISON_WORDS):
        parts += _with_death(_without_overlaps([*_terms_after(text), *_terms_before(text)], text), text)
    if "fine" in low or "penalt" in low:
        parts += _fines(text)
    return [part for part in parts if not _NEAR["denied-after"].match(text, part.end)]


def _without_overlaps(terms: list[PrisonTerm], text: str) -> list[PrisonTerm]:
    kept: list[PrisonTerm] = []
    for term in sorted(terms, key=lambda term: (term.start, -term.end)):
        if not kept or term.start >= kept[-1].end:
            kept.append(term)
    return _with_life(kept, text)


_OR_TERM = lazy_compile(r"(?i)\s*,?\s*or\s+(?:(?:with|by|to|for|be|an?)\s+)*")


def _with_life(terms: list[PrisonTerm], text: str) -> list[PrisonTerm]:
    """``life imprisonment or imprisonment of 15 to 30 years`` is one penalty."""
    joined: list[PrisonTerm] = []
    for term in terms:
        last = joined[-1] if joined else None
        if (
            last
            and last.life != term.life
            and not (last.life and last.months_min)
            and _OR_TERM.fullmatch(text, last.end, term.start)
        ):
            bounds = term if last.life else last
            joined[-1] = replace(bounds, start=last.start, end=term.end, life=True)
        else:
            joined.append(term)
    return joined


def _with_death(terms: list[PrisonTerm], text: str) -> list[PrisonTerm]:
    """A sentence of death beside a prison term is one penalty with it; alone it is one of its own."""
    joined: list[PrisonTerm] = []
    for term in terms:
        window = max(0, term.start - _LONGEST_BEFORE)
        before, after = (
            _NEAR["death-before"].search(text, window, term.start),
            _NEAR["or-death-after"].match(text, term.end),
        )
        start = before.start() if before else term.start
        joined.append(replace(term, start=start, end=after.end() if after else term.end, death=bool(before or after)))
    for death in _NEAR["death"].finditer(text):
        if not _is_denied_before(text, death.start()) and not any(
            term.start < death.end() and death.start() < term.end for term in joined
        ):
            joined.append(PrisonTerm(death.start(), death.end(), death=True))
    return joined


def _terms_after(text: str) -> Iterator[PrisonTerm]:
    for head in _NEAR["head"].finditer(text):
        denied = _is_denied_before(text, head.start())
        for pattern in (*_TURNED_TERMS,) if denied else _TERMS:
            if match := pattern.match(text, head.end()):
                yield _term(match, head.start(), match.end(), head)
                yield from _tier_in_brackets(text, match.end())
                break
    for head in _NEAR["penalty-head"].finditer(text):
        match = next(filter(None, (pattern.match(text, head.end()) for pattern in _TERMS)), None)
        if match:
            yield _term(match, head.start(), match.end(), None)


def _tier_in_brackets(text: str, end: int) -> Iterator[PrisonTerm]:
    """``imprisonment of not more than 5 years (of not more than 8 years where …)``"""
    bracket = _BRACKET.match(text, end)
    match = next(filter(None, (pattern.match(text, bracket.end()) for pattern in _TERMS)), None) if bracket else None
    if match:
        yield _term(match, match.start(), match.end(), None)


def _terms_before(text: str) -> Iterator[PrisonTerm]:
    """The term stands before the word: found from the word backwards, within its own sentence."""
    for life in _LIFE.finditer(text):
        if not _is_denied_before(text, life.start()):
            yield PrisonTerm(life.start(), life.end(), life=True)
    for tail in _NEAR["tail"].finditer(text):
        match = _BEFORE_TAIL.search(text, max(0, tail.start() - _REACH), tail.start())
        if (
            match
            and not _NEAR["threshold"].search(text, max(0, match.start() - _REACH), match.start())
            and not _is_denied_before(text, match.start())
        ):
            yield _term(match, match.start(), tail.end(), None)


def _is_denied_before(text: str, start: int) -> bool:
    """``shall not be punished by imprisonment``, ``no person shall be imprisoned``; not a denial of something else."""
    return _NEAR["denied"].search(text, max(0, start - _REACH), start) is not None


def _term(match: re.Match[str], start: int, end: int, head: re.Match[str] | None) -> PrisonTerm:
    named = match.groupdict()
    if head is None or not (head["maximum"] or head["minimum"]):
        head = _NEAR["extreme-before"].search(match.string, max(0, start - _REACH), start)
    durations = durations_of(match, "en", "least", "least2", "least3", "most", "exact")
    months = {name.rstrip("23"): duration.months for name, duration in durations.items()}
    least, most, exact = months.get("least"), months.get("most"), months.get("exact")
    if exact is not None:
        goes_up = bool(named.get("up")) or (head is not None and head["maximum"] is not None) or least is not None
        goes_down = bool(named.get("down")) or (head is not None and head["minimum"] is not None)
        least = exact if goes_down or not goes_up else least
        most = exact if goes_up or not goes_down else most
    return PrisonTerm(
        start, end, least, most, bool(named.get("life")), mismatches=duration_mismatches(match, durations)
    )


def _fines(text: str) -> Iterator[Fine]:
    for head in _NEAR["fine-head"].finditer(text):
        denied = _is_denied_before(text, head.start())
        if not denied and (elsewhere := _NEAR["fined-elsewhere"].match(text, head.end())):
            yield Fine(head.start(), elsewhere.end())
            continue
        for pattern in _TURNED_FINES if denied else _FINES:
            match = pattern.match(text, head.end())
            if match and (currency := _currency(match)):
                yield _fine(match, head, currency, text)
                break
        else:
            if not denied and (measured := _FINE_ON_A_SCALE.match(text, head.start())):
                yield Fine(head.start(), measured.end())
            elif not denied and (bare := _BARE_FINE.match(text, head.start())):
                yield Fine(head.start(), bare.end(), is_bare=True)


def _fine(match: re.Match[str], head: re.Match[str], currency: str, text: str) -> Fine:
    names = [name for name in ("least", "most", "exact") if name in match.groupdict()]
    amounts = amounts_of(match, *names)
    exact = amounts.get("exact")
    day = _NEAR["per-day"].match(text, match.end())
    least, most = (exact, exact) if exact is not None else (amounts.get("least"), amounts.get("most"))
    return Fine(
        head.start(),
        day.end() if day else match.end(),
        None if exact is not None and head["maximum"] else least,
        None if exact is not None and head["minimum"] else most,
        currency,
        day is not None or bool(head["daily"]),
        mismatches=mismatches_of(match, *names),
    )


def _currency(match: re.Match[str]) -> str | None:
    """The currency of an amount; without one a number after a fine is no amount (``fines 2 to 5``)."""
    for name, value in match.groupdict().items():
        if value and name.endswith(("_sign", "_name")):
            words = " ".join(value.lower().split())
            if "$" in words or "dollar" in words:
                return _CURRENCIES["dollars"].get(re.split(r"\s?(?:\$|dollar)", words)[0], "USD")
            if words.upper() in _CURRENCIES["codes"]:
                return words.upper()
            for word, code in _CURRENCIES["names"].items():
                if word in words:
                    return code
            if words == "r":
                return "ZAR"
    return None
