"""Prison terms and fines as numbers, each with the words it rests on. English and Khmer.

What counts is a penalty that the words impose or allow: ``imprisoned not more than ten years``. A threshold
(``punishable by imprisonment for more than one year``) is none. First the parts of a penalty are put together, then
follow the grammars: how statutes and their translations write prison terms, fines and death, in English and in Khmer.
Amounts of money are read by :mod:`money`, durations by :mod:`durations`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lawcompare.engine.text.amounts import ENGLISH, NumberMismatch
from lawcompare.engine.text.search_form import View, khmer_pattern, lazy_compile
from lawcompare.engine.values.durations import (
    ENGLISH_DURATION,
    ENGLISH_DURATION_OR_NUMBER,
    KHMER_DURATION,
    KHMER_DURATION_OR_NUMBER,
    durations_of,
)
from lawcompare.engine.values.money import MoneyRange, english_money, khmer_money, read_money
from lawcompare.engine.values.negation import SENTENCE_MAX, sentence_after, sentence_before
from lawcompare.engine.values.words import Context, contexts_of, joined, overlapping

# What may stand between a prison term and the fine that goes with it.
_BETWEEN = {
    "en": lazy_compile(
        r"""(?xi) (?: [\s,()"'] | day- | \b (?: and/or | and | or | both | also | with | by | to | a | an | the | as
                | reported | either | plus | well | accompanied | prejudice | without(?=\s+prejudice) | alternatively
                | fixed | terms? | for (?=\s+(?:a\s+)?(?:term|period)\b) | sum | amount | of
        | together | further | in\ addition | shall | be | is | are | liable | subject | punish(?:ed|able) | pay
        | sentenced | such | may | further | criminal | in\ prison ) \b )*+"""
    ),
    "km": lazy_compile(r"(?:និង/ឬ|ឬ/និង|និង|ឬ|ព្រមទាំង|ហើយ|ទាំង|ត្រូវ|អាច|ជា|មួយ|[,/«»“”\"])*+"),
}


_OR_BOTH = {
    "en": lazy_compile(r"(?i)[\s,\"']*(?:or|and/or)\s+(?:by\s+|with\s+|to\s+)?both\b"),
    "km": lazy_compile(khmer_pattern("(?:,)?ឬ(?:ត្រូវ|ដោយ)?(?:ផ្តន្ទាទោស)?(?:ទោស)?(?:ទាំងពីរ|ទាំងពីរមុខ)")),
}
_EITHER_OR_BOTH = {"en": lazy_compile(r"(?i)and\s*/\s*or|or\s*/\s*and|\bboth\b"), "km": lazy_compile("និង/ឬ|ឬ/និង")}
_AND = {
    "en": lazy_compile(r"(?i)\b(?:and|with|also|together|in\ addition|plus|as\ well\ as|without\ prejudice)\b"),
    "km": lazy_compile("និង|ព្រមទាំង|ហើយ|ទាំង"),
}
_OR = {"en": lazy_compile(r"(?i)\bor\b"), "km": lazy_compile("ឬ")}

_FULL_STOP = lazy_compile(r"[.;](?=\s|$)")
# The words on which a penalty depends, before it in its sentence or after it.
_CONDITION = {
    "en": lazy_compile(
        r"""(?xi) ^ [\s"'(,)]* (?: \(?\w{1,4}\)\s* )* (?: (?:and|or|but)\s+ )?
        (?P<condition> (?: if | where | when(?:ever)? | in\s+(?:the\s+|any\s+other\s+|every\s+other\s+)?cases?
        | on | upon | unless(?=\s+(?:sub)?(?:paragraph|section|clause)) | after
          | under \s+ subsection | with\s+an?\s+(?:earlier|prior|previous) | under\s+subsection
          | for \s+ (?:an?|any|every|each|the)\s+(?:\w+\s+){0,3}(?:offen[cs]es?|attempts?
          |convictions?
          |violations?) ) \b .*? ) \s*
        (?: : | , (?! .*, (?!\s*$) ) (?= [^,:]* $ )
        | (?= \s the \s+ (?:penalty|punishment|sentence|term|offender|court|maximum)
            (?:\s+\w+){0,3}? \s+ (?:is|are|shall|may|must|will) \b )
          | (?= \s (?:he|she|it|they|that\ person) \s+ (?:is|are|shall) \b ) )"""
    ),
    "km": lazy_compile(
        khmer_pattern("""^,?(?P<condition>(?:ប្រសិនបើ|បើ(?!ក)|ក្នុងករណី|នៅក្នុងករណី|ករណី|កាលណា|កាលបើ|នៅពេល|ចំពោះករណី).+?)
            (?:ជនល្មើស|ចារី|(?:ជន|បុគ្គល|អ្នកប្រព្រឹត្ត|នីតិបុគ្គល|អំពើ|បទល្មើស)(?:នោះ|នេះ))?,?$""")
    ),
}
_CONDITION_AFTER = {
    "en": lazy_compile(
        r"""(?xi) [\s,]* (?:or\s+both)? [\s,)]* (?P<condition> (?: if | where | when | in\s+(?:the\s+)?cases?
        | unless(?=\s+(?:sub)?(?:paragraph|section|clause))
        | for \s+ (?:an?|any|every|each)\s+(?:\w+\s+){0,2}(?:offen[cs]es?|attempts?|convictions?
        |violations?) ) \b [^.;]{3,} )"""
    ),
    "km": lazy_compile(
        khmer_pattern(",?(?P<condition>(?:ប្រសិនបើ|បើ(?!ក)|ក្នុងករណី|នៅក្នុងករណី|កាលណា|កាលបើ|នៅពេល)[^។៕;]{4,})")
    ),
}


_AMOUNTS = (
    *("prison_months_min", "prison_months_max", "life", "fine", "fine_min", "fine_max"),
    *("currency", "per_day", "death"),
)


@dataclass(frozen=True, slots=True)
class Penalty:
    """One penalty: ``text[start:end]`` in code points, and what it says. None is what it does not say.

    Prison terms are in months, of 30 days and 12 to the year (Criminal Code of Cambodia, Article 49); ``life`` is
    imprisonment for life. Fines are in ``currency`` (ISO 4217), ``per_day`` for each day. ``fine`` is true wherever
    a fine is threatened, also where its amount is laid down in another law. ``death`` is the death penalty.
    ``combination`` is how prison and fine go together: ``and``, ``or``, or ``or-both`` for either or both.
    ``condition`` are the words of the same sentence on which this penalty depends: ``if death results``.
    """

    start: int
    end: int
    prison_months_min: float | None = None
    prison_months_max: float | None = None
    life: bool = False
    fine: bool = False
    fine_min: float | None = None
    fine_max: float | None = None
    currency: str | None = None
    per_day: bool = False
    death: bool = False
    combination: str | None = None
    condition: str | None = None
    mismatches: tuple[NumberMismatch, ...] = ()

    @property
    def has_prison(self) -> bool:
        return self.life or self.death or self.prison_months_min is not None or self.prison_months_max is not None

    @property
    def values(self) -> dict[str, Any]:
        """The amounts that the text states, by name; a name is absent where it says nothing."""
        return self._stated(_AMOUNTS)

    @property
    def all_values(self) -> dict[str, Any]:
        """``values`` with ``combination`` and ``condition``, where the text says them."""
        return self._stated((*_AMOUNTS, "combination", "condition"))

    def _stated(self, names: Iterable[str]) -> dict[str, Any]:
        named = {name: getattr(self, name) for name in names}
        return {name: value for name, value in named.items() if value is not None and value is not False}

    @property
    def absurdities(self) -> tuple[str, ...]:
        """``prison`` and ``fine`` where the smallest is more than the largest."""
        pairs = {
            "prison": (self.prison_months_min, self.prison_months_max),
            "fine": (self.fine_min, self.fine_max),
        }
        return tuple(name for name, (low, high) in pairs.items() if low is not None and high is not None and low > high)


def penalties_in(seen: View) -> list[Penalty]:
    """Return the penalties of a text, in its order.

    >>> from lawcompare.engine.text.search_form import view
    >>> found = penalties_in(view("shall be fined not more than $5,000 or imprisoned from 2 to 5 years, or both"))
    >>> found[0].prison_months_min, found[0].prison_months_max, found[0].fine_max, found[0].currency
    (24, 60, 5000, 'USD')
    >>> penalties_in(view("ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ (មួយ) ខែ ទៅ ១ (មួយ) ឆ្នាំ"))[0].values
    {'prison_months_min': 1, 'prison_months_max': 12}
    """
    parts = _khmer_parts(seen.text) if seen.language == "km" else _english_parts(seen.text)
    return [_penalty(group, seen) for group in _groups(parts, seen) if len(group) > 1 or group[0].values]


def _groups(parts: Sequence[Penalty], seen: View) -> Iterator[list[Penalty]]:
    """A prison term and a fine next to each other, in either order, are one penalty.

    The parts have their places in the form for matching; one that says nothing is a fine without an amount, which
    counts beside a prison term only.
    """
    group: list[Penalty] = []
    for part in sorted(parts, key=lambda part: part.start):
        if (
            group
            and part.has_prison != group[0].has_prison
            and _BETWEEN[seen.language].fullmatch(seen.text, group[0].end, part.start) is not None
        ):
            yield [*group, part]
            group = []
            continue
        if group:
            yield group
        group = [part]
    if group:
        yield group


def _penalty(group: Sequence[Penalty], seen: View) -> Penalty:
    known: dict[str, Any] = {} if all(part.has_prison for part in group) else {"fine": True}
    mismatches: list[NumberMismatch] = []
    for part in group:
        known |= part.values
        for mismatch in part.mismatches:
            first, last = seen.place(mismatch.start, mismatch.end)
            mismatches.append(replace(mismatch, start=first, end=last))
    return Penalty(
        *seen.place(group[0].start, group[-1].end),
        **known,
        mismatches=tuple(mismatches),
        combination=_combination(group, seen),
        condition=_condition(group[0].start, group[-1].end, seen),
    )


def _combination(group: Sequence[Penalty], seen: View) -> str | None:
    """How a prison term and a fine go together; None where the words between them do not say it."""
    if len(group) < 2:
        return None
    between = seen.text[group[0].end : group[1].start]
    language = seen.language
    if _OR_BOTH[language].match(seen.text, group[1].end) or _EITHER_OR_BOTH[language].search(between):
        return "or-both"
    if _AND[language].search(between):
        return "and"
    return "or" if _OR[language].search(between) else None


def _condition(start: int, end: int, seen: View) -> str | None:
    for pattern, words, offset in (
        (_CONDITION, _since_last_stop(seen, start), 0),
        (_CONDITION_AFTER, sentence_after(seen.text, end, seen.language), end),
    ):
        match = pattern[seen.language].match(words)
        if match:
            begin = offset + match.start("condition") if offset else start - len(words) + match.start("condition")
            place = seen.place(begin, begin + len(match["condition"].rstrip(" ,")))
            return " ".join(seen.source[slice(*place)].split())
    return None


def _since_last_stop(seen: View, start: int) -> str:
    """The sentence before a penalty; a colon ends the condition of a penalty and not the sentence."""
    if seen.language == "km":
        return sentence_before(seen.text, start, "km")
    if start and seen.text[start - 1] in ".;":
        return ""
    stops = _full_stops(seen.text)
    place = bisect_right(stops, start)
    return seen.text[max(stops[place - 1] if place else 0, start - SENTENCE_MAX) : start]


@lru_cache(maxsize=2)
def _full_stops(text: str) -> list[int]:
    """Where the stops of a text end; asked for each of its penalties."""
    return [stop.end() for stop in _FULL_STOP.finditer(text)]


# --- English ----------------------------------------------------------------------------------------------------------

_NEAR = contexts_of("penalties")

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
    rf"""\b(?=\w) (?: (?: {_LEAST}\s+{_amount_or_number("least")}{_AND_MOST}\s+
        | (?:from|between)\s+{_amount_or_number("least2")}\s*(?:to|and|-)\s*
        | {_amount_or_number("least3")}\s*(?:to|-)\s* )?
    (?: (?P<up>{_MOST}) \s+ | (?P<down>{_LEAST}) \s+ )? {_amount("exact")} )
    ['’]? \s* (?:of\s+|in\s+)? (?:(?:rigorous|simple|hard)\s+)? \Z""",
    re.IGNORECASE | re.VERBOSE,
)
# What it ends in, which is asked first: at each of a hundred letters it takes twenty times as long.
_TIME_AT_END = lazy_compile(
    r"(?i)(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|half)['’]?\s*(?:of\s+|in\s+)?"
    r"(?:(?:rigorous|simple|hard)\s+)?\Z"
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
_OR_TERM = lazy_compile(r"(?i)\s*,?\s*or\s+(?:(?:with|by|to|for|be|an?)\s+)*")
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

_FINES = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"{_LEAST}\s+{_ABOUT}{english_money('least')}{_AND_MOST}\s+{_ABOUT}{english_money('most')}",
        rf"{_MOST}\s+{_ABOUT}{english_money('most')}{_AND_LEAST}\s+{_ABOUT}{english_money('least')}",
        rf"(?:from|between)\s+{_ABOUT}{english_money('least')}\s*(?:to|and|until|up\s+to|-)\s*{_ABOUT}{english_money('most')}",
        rf"{_LEAST}\s+{_ABOUT}{english_money('least')}",
        rf"{_MOST}\s+{_ABOUT}{english_money('most')}",
        rf"(?:starting\s+)?from\s+{_ABOUT}{english_money('least')}(?:\s+up(?:wards)?\b)?",
        rf"{_ABOUT}{english_money('least')}\s*(?:to|-)\s*{_ABOUT}{english_money('most')}",
        rf"{_ABOUT}{english_money('exact')}",
    )
)
_TURNED_FINES = tuple(
    lazy_compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"(?:{_MORE})\s+{_ABOUT}{english_money('most')}",
        rf"(?:{_LESS})\s+{_ABOUT}{english_money('least')}",
    )
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


def _english_parts(text: str) -> list[Penalty]:
    """Prison terms and fines of an English text, unordered, never overlapping within a kind."""
    low = text.lower()
    parts: list[Penalty] = []
    if any(word in low for word in _PRISON_WORDS):
        terms: list[Penalty] = []
        for term in sorted([*_terms_after(text), *_terms_before(text)], key=lambda term: (term.start, -term.end)):
            if not terms or term.start >= terms[-1].end:
                terms.append(term)
        parts += _with_death(_with_life(terms, text), text)
    if "fine" in low or "penalt" in low:
        parts += _fines(text)
    return [part for part in parts if not _NEAR["denied-after"].match(text, part.end)]


def _with_life(terms: list[Penalty], text: str) -> list[Penalty]:
    """``life imprisonment or imprisonment of 15 to 30 years`` is one penalty."""
    kept: list[Penalty] = []
    for term in terms:
        last = kept[-1] if kept else None
        if (
            last
            and last.life != term.life
            and not (last.life and last.prison_months_min)
            and _OR_TERM.fullmatch(text, last.end, term.start)
        ):
            bounds = term if last.life else last
            kept[-1] = replace(bounds, start=last.start, end=term.end, life=True)
        else:
            kept.append(term)
    return kept


def _with_death(terms: list[Penalty], text: str) -> list[Penalty]:
    """A sentence of death beside a prison term is one penalty with it; alone it is one of its own."""
    with_death: list[Penalty] = []
    for term in terms:
        window = max(0, term.start - _LONGEST_BEFORE)
        before, after = (
            _NEAR["death-before"].search(text, window, term.start),
            _NEAR["or-death-after"].match(text, term.end),
        )
        start = before.start() if before else term.start
        with_death.append(
            replace(term, start=start, end=after.end() if after else term.end, death=bool(before or after))
        )
    places = joined((term.start, term.end) for term in with_death)
    for death in _NEAR["death"].finditer(text):
        if not _is_denied_before(text, death.start()) and not overlapping(places, *death.span()):
            with_death.append(Penalty(death.start(), death.end(), death=True))
    return with_death


def _terms_after(text: str) -> Iterator[Penalty]:
    for head in _NEAR["head"].finditer(text):
        denied = _is_denied_before(text, head.start())
        for pattern in (*_TURNED_TERMS,) if denied else _TERMS:
            if match := pattern.match(text, head.end()):
                yield _term(match, head.start(), match.end(), head)
                # "imprisonment of not more than 5 years (of not more than 8 years where …)"
                bracket = _BRACKET.match(text, match.end())
                if bracket and (tier := _first_match(_TERMS, text, bracket.end())):
                    yield _term(tier, tier.start(), tier.end())
                break
    for head in _NEAR["penalty-head"].finditer(text):
        if match := _first_match(_TERMS, text, head.end()):
            yield _term(match, head.start(), match.end())


def _terms_before(text: str) -> Iterator[Penalty]:
    """The term stands before the word: found from the word backwards, within its own sentence."""
    for life in _LIFE.finditer(text):
        if not _is_denied_before(text, life.start()):
            yield Penalty(life.start(), life.end(), life=True)
    for tail in _NEAR["tail"].finditer(text):
        place = max(0, tail.start() - _REACH), tail.start()
        match = _BEFORE_TAIL.search(text, *place) if _TIME_AT_END.search(text, *place) else None
        if (
            match
            and not _NEAR["threshold"].search(text, max(0, match.start() - _REACH), match.start())
            and not _is_denied_before(text, match.start())
        ):
            yield _term(match, match.start(), tail.end())


def _first_match(patterns: Sequence[re.Pattern[str]], text: str, start: int) -> re.Match[str] | None:
    """The match at ``start`` of the first pattern that has one."""
    return next(filter(None, (pattern.match(text, start) for pattern in patterns)), None)


def _is_denied_before(text: str, start: int) -> bool:
    """``shall not be punished by imprisonment``, ``no person shall be imprisoned``; not a denial of something else."""
    return _NEAR["denied"].search(text, max(0, start - _REACH), start) is not None


def _term(
    match: re.Match[str], start: int, end: int, head: re.Match[str] | None = None, language: str = "en"
) -> Penalty:
    named = match.groupdict()
    if language == "en" and (head is None or not (head["maximum"] or head["minimum"])):
        head = _NEAR["extreme-before"].search(match.string, max(0, start - _REACH), start)
    durations = durations_of(match, language, "least", "least2", "least3", "most", "exact")
    months = {name.rstrip("23"): duration.months for name, duration in durations.items()}
    least, most, exact = months.get("least"), months.get("most"), months.get("exact")
    if exact is not None:
        goes_up = bool(named.get("up")) or (head is not None and head["maximum"] is not None) or least is not None
        goes_down = bool(named.get("down")) or (head is not None and head["minimum"] is not None)
        least = exact if goes_down or not goes_up else least
        most = exact if goes_up or not goes_down else most
    mismatches = tuple(each for duration in durations.values() for each in duration.mismatches)
    return Penalty(start, end, least, most, bool(named.get("life")), mismatches=mismatches)


def _fine(head: re.Match[str], match: re.Match[str], money: MoneyRange, per_day: Context) -> Penalty:
    named, day = head.groupdict(), per_day.match(match.string, match.end())
    return Penalty(
        head.start(),
        (day or match).end(),
        fine=True,
        fine_min=None if money.is_exact and named.get("maximum") else money.least,
        fine_max=None if money.is_exact and named.get("minimum") else money.most,
        currency=money.currency,
        per_day=bool(day or named.get("daily")),
        mismatches=money.mismatches,
    )


def _fines(text: str) -> Iterator[Penalty]:
    for head in _NEAR["fine-head"].finditer(text):
        denied = _is_denied_before(text, head.start())
        if not denied and (elsewhere := _NEAR["fined-elsewhere"].match(text, head.end())):
            yield Penalty(head.start(), elsewhere.end(), fine=True)
            continue
        for pattern in _TURNED_FINES if denied else _FINES:
            match = pattern.match(text, head.end())
            if match and (money := read_money(match)):
                yield _fine(head, match, money, _NEAR["per-day"])
                break
        else:
            if not denied and (measured := _FINE_ON_A_SCALE.match(text, head.start())):
                yield Penalty(head.start(), measured.end(), fine=True)
            elif not denied and (bare := _BARE_FINE.match(text, head.start())):
                yield Penalty(head.start(), bare.end())


# --- Khmer: text without white space and with ASCII digits ------------------------------------------------------------

# The formula of Cambodian statutes is constant: ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី … ទៅ … និងពិន័យជាប្រាក់ពី … រៀលទៅ … រៀល. Its
# variants are only a term, only a fine, an upper or lower bound alone, and imprisonment for life.

_KHMER_TO = "(?:រហូតទៅដល់|រហូតដល់|ទៅដល់|រហូត|ទៅ|ដល់|-)"
_KHMER_MOST = (
    "(?:ដែល)?(?:(?:មិន|ពុំ)(?:អាច|ត្រូវ)?(?:ឱ្យ)?លើស(?:ពី)?|មិនច្រើនជាង|យ៉ាងច្រើន(?:បំផុត)?|ច្រើនបំផុត|អតិបរមា|រហូតដល់|រហូតទៅដល់|ត្រឹម)"
)
_KHMER_LEAST = "(?:ដែល)?(?:(?:មិន|ពុំ)(?:អាច|ត្រូវ)?(?:ឱ្យ)?តិចជាង|យ៉ាងតិច(?:បំផុត)?|យ៉ាងហោចណាស់|តិចបំផុត|អប្បបរមា)"
_KHMER_AFTER_MOST = "(?:យ៉ាងច្រើន(?:បំផុត)?|ជាអតិបរមា|ជាអតិបរិមា|ចុះក្រោម)"
_KHMER_AFTER_LEAST = "(?:យ៉ាងតិច(?:បំផុត)?|ជាអប្បបរមា|ឡើងទៅ)"
_KHMER_FILLER = "(?:ក្នុងរយៈពេល|ក្នុងថិរវេលា|មានរយៈពេល|មានថិរវេលា|រយៈពេល|ថិរវេលា|កំណត់|ចំនួន|ចាប់)*"
_KHMER_OR_LIFE = "(?P<life>ឬ(?:ត្រូវ)?(?:ផ្តន្ទាទោស)?(?:ដាក់|ជាប់)?(?:ពន្ធនាគារ|គុក)?(?:អស់)?មួយជីវិត)?"


def _khmer_amount(name: str) -> str:
    return f"(?P<{name}>{KHMER_DURATION})"


def _khmer_amount_or_number(name: str) -> str:
    return f"(?P<{name}>{KHMER_DURATION_OR_NUMBER})"


_KHMER_HEAD = lazy_compile(
    "(?P<verb>(?:ត្រូវ|ត្រូវបាន|អាចត្រូវ|អាចត្រូវបាន|អាច(?=ប្រកាស))?(?:ផ្តន្ទាទោស|ប្រកាសទោស|ទទួលទោស|រងទោស|កាត់ទោស|កាត់)(?:ជា|:|៖)?|ត្រូវ)?"
    "(?:(?:១|[0-9])-)?(?P<put>ដាក់|ជាប់|ដាក់ក្នុង)?(?:ពន្ធនាគារ|គុក)(?P<filler>" + _KHMER_FILLER + ")"
)
_KHMER_RANGE = lazy_compile(
    f"(?:ពី)+{_khmer_amount_or_number('least')}{_KHMER_TO}{_khmer_amount('most')}{_KHMER_OR_LIFE}"
)
_KHMER_ONLY_IMPOSED = tuple(
    lazy_compile(pattern)
    for pattern in (
        f"(?:ក្នុង)?(?:ចន្លោះ|រវាង)+(?:ពី)?{_khmer_amount_or_number('least')}(?:និង|{_KHMER_TO}){_khmer_amount('most')}{_KHMER_OR_LIFE}",
        f"{_KHMER_LEAST}{_khmer_amount_or_number('least')}(?:និង|ហើយ|ប៉ុន្តែ)?{_KHMER_MOST}{_khmer_amount('most')}",
        f"{_khmer_amount_or_number('least')}{_KHMER_TO}{_khmer_amount('most')}{_KHMER_OR_LIFE}",
        "(?P<life>(?:អស់)?មួយជីវិត)(?:ឬ(?:ក្នុង)?រយៈពេលប៉ុន្មានឆ្នាំក៏បាន)?",
        f"{_KHMER_MOST}{_khmer_amount('most')}",
        f"{_KHMER_LEAST}{_khmer_amount('least')}{_KHMER_OR_LIFE}",
        f"(?:ពី)?{_khmer_amount('most')}{_KHMER_AFTER_MOST}",
        f"(?:ពី)?{_khmer_amount('least')}{_KHMER_AFTER_LEAST}",
        f"{_khmer_amount('exact')}",
    )
)
# An aggravated tier names the penalty anew: ទោសគឺពី … ទៅ …
_KHMER_TIER_HEAD = lazy_compile(
    khmer_pattern(
        """(?:ទោស|ពន្ធនាគារ)(?:ដែលត្រូវផ្តន្ទា|នេះ|នោះ)?
        (?:គឺ|ត្រូវ(?:បាន)?(?:បង្កើន|ដំឡើង|តម្លើង|កើនឡើង|កំណត់)(?:ឡើង)?(?:ដល់|ជា|ទៅជា)?|ឡើងដល់|កើនដល់)(?:៖|:|ដាក់ពន្ធនាគារ)?(?=ពី)"""
    )
)
_KHMER_REACH = 40
_KHMER_DENIED = lazy_compile(
    khmer_pattern("(?:មិន|ពុំ|គ្មាន)(?:អាច|ត្រូវ|បាន|មាន|ការ|ផ្តន្ទាទោស|ប្រកាស|កាត់|ដាក់|ទោស|ជា|ឱ្យ|មែន)*$")
)
_KHMER_DENIED_AFTER = lazy_compile(khmer_pattern("(?:មិន|ពុំ)(?:អាច|ត្រូវ)+(?:បាន)?(?:អនុវត្ត|ប្រកាស|កំណត់|ដាក់)"))
# A sentence that is about the term itself: "the term may not be less than", "the maximum of the term is".
_KHMER_BOUNDED_TERMS = tuple(
    lazy_compile(khmer_pattern("(?:នេះ|នោះ)?(?=(?:មិន|ពុំ)(?:អាច|ត្រូវ|ឱ្យ))") + pattern)
    for pattern in (f"{_KHMER_MOST}{_khmer_amount('most')}", f"{_KHMER_LEAST}{_khmer_amount('least')}")
)
_KHMER_EXTREME_HEAD = lazy_compile(
    khmer_pattern(
        """(?:(?P<maximum>អតិបរមា|អតិបរិមា)|អប្បបរមា)(?:នៃ)?ទោស(?:ដាក់)?(?:ពន្ធនាគារ|គុក)(?:នេះ|នោះ)?
        (?:គឺ|មាន|(?:ត្រូវ)?(?:បាន)?កំណត់(?:ត្រឹម)?)(?:រយៈពេល)?"""
    )
)
_KHMER_EXTREME = {
    True: lazy_compile(f"(?P<most>{KHMER_DURATION})"),
    False: lazy_compile(f"(?P<least>{KHMER_DURATION})"),
}
# What turns a denial into a bound: មិនត្រូវ … លើសពី
_KHMER_MORE, _KHMER_LESS = "(?:លើស(?:ពី)?|ច្រើនជាង)", "(?:តិចជាង|ក្រោម)"
_KHMER_TURNED_TERMS = (
    lazy_compile(f"{_KHMER_MORE}{_khmer_amount('most')}"),
    lazy_compile(f"{_KHMER_LESS}{_khmer_amount('least')}"),
)
# A sentence of conditions speaks of a penalty that another sentence imposes.
_KHMER_CONDITION = lazy_compile("(?:កាលណា|កាលបើ|ប្រសិនបើ|ក្នុងករណី|នៅក្នុងករណី)[^។៕]*$")
_KHMER_IMPOSES = lazy_compile("ត្រូវ(?!បាន)|អាចត្រូវ(?!បាន)|ទទួលទោស|រងទោស")

_KHMER_FINES = tuple(
    lazy_compile(pattern)
    for pattern in (
        f"(?:ពី)+{khmer_money('least', optional=True)}{_KHMER_TO}{khmer_money('most')}",
        f"(?:ចន្លោះ|រវាង)+(?:ពី)?{khmer_money('least', optional=True)}(?:និង|{_KHMER_TO}){khmer_money('most')}",
        f"{_KHMER_LEAST}{khmer_money('least', optional=True)}(?:និង|ហើយ)?{_KHMER_MOST}{khmer_money('most')}",
        f"{_KHMER_MOST}{khmer_money('most')}",
        f"{_KHMER_LEAST}{khmer_money('least')}",
        f"(?:ពី)+{khmer_money('least')}",
        f"{khmer_money('most')}{_KHMER_AFTER_MOST}",
        f"{khmer_money('least')}{_KHMER_AFTER_LEAST}",
        f"{khmer_money('least', optional=True)}{_KHMER_TO}{khmer_money('most')}",
        f"{khmer_money('exact')}",
    )
)
_KHMER_TURNED_FINES = (
    lazy_compile(f"{_KHMER_MORE}{khmer_money('most')}"),
    lazy_compile(f"{_KHMER_LESS}{khmer_money('least')}"),
)
_KHMER_FINED_ELSEWHERE = lazy_compile(
    khmer_pattern(
        "តាម(?:ចំនួន)?(?:ដែល)?(?:មាន)?(?:ចែង|កំណត់)?(?:ក្នុង|ដោយ|នៃ)?(?:មាតិកា|ច្បាប់|ក្រម|មាត្រា|ជំពូក)(?:ទី)?(?:នេះ|នោះ|[0-9]+)"
    )
)


_KHMER_DEATH = lazy_compile("(?:(?:ត្រូវ|អាច)*ផ្តន្ទា)?ទោស(?:ជា)?ប្រហារជីវិត")


def _khmer_parts(text: str) -> list[Penalty]:
    """Prison terms, sentences of death and fines of a Khmer text, unordered."""
    deaths = [
        Penalty(death.start(), death.end(), death=True)
        for death in _KHMER_DEATH.finditer(text)
        if not _KHMER_DENIED.search(text, max(0, death.start() - _KHMER_REACH), death.start())
    ]
    return [*_khmer_terms(text), *deaths, *_khmer_fines(text)]


def _khmer_terms(text: str) -> Iterator[Penalty]:
    for head in _KHMER_HEAD.finditer(text):
        if _KHMER_DENIED.search(text, max(0, head.start() - _KHMER_REACH), head.start()):
            match = _first_match(_KHMER_TURNED_TERMS, text, head.end())
        else:
            match = _KHMER_RANGE.match(text, head.end())
            if match is None and _khmer_imposes(head):
                match = _first_match(_KHMER_ONLY_IMPOSED, text, head.end())
            elif match is None and head["put"] and not _is_conditional(head):
                match = _first_match(_KHMER_BOUNDED_TERMS, text, head.end())
        if match and not _KHMER_DENIED_AFTER.match(text, match.end()):
            yield _term(match, head.start(), match.end(), language="km")
    for head in _KHMER_EXTREME_HEAD.finditer(text):
        match = _KHMER_EXTREME[bool(head["maximum"])].match(text, head.end())
        if match and not _is_conditional(head):
            yield _term(match, head.start(), match.end(), language="km")
    for head in _KHMER_TIER_HEAD.finditer(text):
        if match := _KHMER_RANGE.match(text, head.end()):
            yield _term(match, head.start(), match.end(), language="km")


def _is_conditional(head: re.Match[str]) -> bool:
    return _KHMER_CONDITION.search(head.string, max(0, head.start() - SENTENCE_MAX), head.start()) is not None


def _khmer_imposes(head: re.Match[str]) -> bool:
    """A bound alone is a penalty where a verb imposes it; general parts of codes name terms for many other reasons."""
    verb = head["verb"]
    if not verb or not head["put"]:
        return False
    if _KHMER_IMPOSES.match(verb):
        return True
    return verb.startswith(("ត្រូវបាន", "ផ្តន្ទាទោស", "អាចប្រកាស")) and not _is_conditional(head)


def _khmer_fines(text: str) -> Iterator[Penalty]:
    for head in _NEAR["khmer-fine-head"].finditer(text):
        denied = _KHMER_DENIED.search(text, max(0, head.start() - _KHMER_REACH), head.start())
        match = _first_match(_KHMER_TURNED_FINES if denied else _KHMER_FINES, text, head.end())
        if match and (money := read_money(match)):
            yield _fine(head, match, money, _NEAR["khmer-per-day"])
        elif not denied and head[0].endswith("ប្រាក់"):
            elsewhere = _KHMER_FINED_ELSEWHERE.match(text, head.end())
            yield Penalty(head.start(), (elsewhere or head).end(), fine=elsewhere is not None)
