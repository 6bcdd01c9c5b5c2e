"""Prison terms and fines as numbers, each with the words it rests on. English and Khmer.

What counts is a penalty that the words impose or allow: ``imprisoned not more than ten years``. A threshold
(``punishable by imprisonment for more than one year``) is none. The grammars are in :mod:`penalty_english` and
:mod:`penalty_khmer`; here their parts are put together.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lawcompare.engine.text.search_form import View, khmer_pattern, lazy_compile
from lawcompare.engine.values.negation import sentence_after, sentence_before
from lawcompare.engine.values.penalties_english import find_english
from lawcompare.engine.values.penalties_khmer import find_khmer
from lawcompare.engine.values.penalty_matches import Fine, NumberMismatch, PenaltyPart, PrisonTerm

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
        named: dict[str, Any] = {
            "prison_months_min": self.prison_months_min,
            "prison_months_max": self.prison_months_max,
            "life": self.life or None,
            "fine": self.fine or None,
            "fine_min": self.fine_min,
            "fine_max": self.fine_max,
            "currency": self.currency,
            "per_day": self.per_day or None,
            "death": self.death or None,
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def all_values(self) -> dict[str, Any]:
        """``values`` with ``combination`` and ``condition``, where the text says them."""
        named = {"combination": self.combination, "condition": self.condition}
        return self.values | {name: value for name, value in named.items() if value is not None}

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
    parts = find_khmer(seen.text) if seen.language == "km" else find_english(seen.text)
    return [_penalty(group, seen) for group in _groups(parts, seen) if _has_bound(group)]


def _groups(parts: Sequence[PenaltyPart], seen: View) -> Iterator[list[PenaltyPart]]:
    """A prison term and a fine next to each other, in either order, are one penalty."""
    group: list[PenaltyPart] = []
    for part in sorted(parts, key=lambda part: part.start):
        if group and len(group) == 1 and type(part) is not type(group[0]) and _is_joined(group[0], part, seen):
            yield [*group, part]
            group = []
            continue
        if group:
            yield group
        group = [part]
    if group:
        yield group


def _has_bound(group: Sequence[PenaltyPart]) -> bool:
    return len(group) > 1 or not (isinstance(group[0], Fine) and group[0].is_bare)


def _is_joined(first: PenaltyPart, second: PenaltyPart, seen: View) -> bool:
    return _BETWEEN[seen.language].fullmatch(seen.text, first.end, second.start) is not None


def _penalty(group: Sequence[PenaltyPart], seen: View) -> Penalty:
    start, end = seen.place(group[0].start, group[-1].end)
    penalty = Penalty(start, end)
    mismatches: list[NumberMismatch] = []
    for part in group:
        mismatches += [_placed(mismatch, seen) for mismatch in part.mismatches]
        if isinstance(part, PrisonTerm):
            penalty = replace(
                penalty,
                prison_months_min=part.months_min,
                prison_months_max=part.months_max,
                life=part.life,
                death=part.death,
            )
        elif isinstance(part, Fine):
            penalty = replace(
                penalty,
                fine=True,
                fine_min=part.least,
                fine_max=part.most,
                currency=part.currency,
                per_day=part.per_day,
            )
    return replace(
        penalty,
        mismatches=tuple(mismatches),
        combination=_combination(group, seen),
        condition=_condition(group[0].start, group[-1].end, seen),
    )


def _combination(group: Sequence[PenaltyPart], seen: View) -> str | None:
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
    return seen.text[stops[place - 1] if place else 0 : start]


@lru_cache(maxsize=2)
def _full_stops(text: str) -> list[int]:
    """Where the stops of a text end; asked for each of its penalties."""
    return [stop.end() for stop in _FULL_STOP.finditer(text)]


def _placed(mismatch: NumberMismatch, seen: View) -> NumberMismatch:
    start, end = seen.place(mismatch.start, mismatch.end)
    return replace(mismatch, start=start, end=end)
