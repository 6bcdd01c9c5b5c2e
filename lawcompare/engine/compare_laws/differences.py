"""The differences between the elements of two provisions in words, for laws that never shared a sentence.

Each difference is a sentence for translation with the words it rests on. It says what one text has and the other has
not, never which is better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lawcompare.engine.compare_laws.elements import Elements, Excerpt, penalty_of
from lawcompare.engine.values.money import in_dollars
from lawcompare.engine.values.penalties import Penalty
from lawcompare.engine.wording.values import days_in_words, months_in_words

ELEMENTS = ("mental", "harm", "defences", "penalties", "authorisation", "time_limits")

NO_MENTAL = "No mental element is named; %(other)s requires “%(words)s”."
LOWER_MENTAL = "“%(own)s” is enough; %(other)s requires “%(words)s”."
NO_HARM = "No harm is required; %(other)s requires “%(words)s”."
NO_DEFENCE = "No exception or defence; %(other)s has “%(words)s”."
NO_AUTHORISATION = "No authorising body is named; %(other)s has “%(words)s”."
OTHER_AUTHORISATION = "Authorised by %(own)s; in %(other)s by %(body)s."
NO_TIME = "No time is set; %(other)s sets %(time)s."
OTHER_TIME = "A time of %(own)s; %(other)s has %(time)s."
MINIMUM = "Minimum of %(least)s; %(other)s has none."
HIGHER_MINIMUM = "Minimum of %(least)s; %(other)s has %(other_least)s."
HIGHER_MAXIMUM = "Up to %(most)s of prison; %(other)s has up to %(other_most)s."
PRISON = "Prison (%(term)s); %(other)s has a fine only."
LIFE = "Prison for life; %(other)s ends at %(other_most)s."
HIGHER_FINE = "A fine up to %(most)s %(currency)s; %(other)s has up to %(other_most)s %(other_currency)s."
FINE = "A fine is added; %(other)s has none."

TEMPLATES = (
    *(NO_MENTAL, LOWER_MENTAL, NO_HARM, NO_DEFENCE, NO_AUTHORISATION, OTHER_AUTHORISATION, NO_TIME, OTHER_TIME),
    *(MINIMUM, HIGHER_MINIMUM, HIGHER_MAXIMUM, PRISON, LIFE, HIGHER_FINE, FINE),
)
_STRICTNESS = {"intent": 4, "knowledge": 3, "recklessness": 2, "reason-to-know": 1, "negligence": 1}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A difference in one ``element`` of ``ELEMENTS``; ``words`` are the places of either text that it rests on."""

    element: str
    template: str
    values: Mapping[str, str | float] = field(default_factory=dict)
    words: tuple[Excerpt, ...] = ()

    def __str__(self) -> str:
        return self.template % self.values


def contrast(own: Elements, other: Elements, *, name: str = "the other text") -> list[Sentence]:
    """Return what distinguishes ``own`` from ``other``, which is called ``name``, as its reader should know it.

    Call it a second time with the two exchanged for the differences in the other direction.

    >>> from lawcompare.engine.compare_laws.elements import Excerpt
    >>> required = Excerpt("sec_1030", 0, 13, "intentionally", {"level": "intent"})
    >>> print(*contrast(Elements(), Elements(mental=(required,)), name="18 U.S.C. 1030(a)(2)"))
    No mental element is named; 18 U.S.C. 1030(a)(2) requires “intentionally”.
    """
    return [
        *_mental(own.mental, other.mental, name),
        *_absent("harm", NO_HARM, own.harm, other.harm, name),
        *_absent("defences", NO_DEFENCE, own.defences, other.defences, name),
        *_penalties(own.penalties, other.penalties, name),
        *_authorisation(own.authorisation, other.authorisation, name),
        *_times(own.time_limits, other.time_limits, name),
    ]


def compare_penalties(own: Penalty, other: Penalty, *, name: str = "the other text") -> list[Sentence]:
    """Return in what ``own`` is heavier than ``other``.

    >>> print(*compare_penalties(Penalty(0, 0, prison_months_min=12, prison_months_max=36), Penalty(0, 0, fine=True)))
    Prison (1 year to 3 years); the other text has a fine only.
    """
    return [Sentence("penalties", template, {"other": name, **values}) for template, values in _heavier(own, other)]


type Found = tuple[str, dict[str, str | float]]


def _heavier(own: Penalty, other: Penalty) -> Iterator[Found]:
    if own.has_prison and not other.has_prison:
        yield PRISON, {"term": _term(own)}
    elif own.has_prison:
        yield from _longer(own, other)
    if own.fine and not other.fine and not own.has_prison:
        yield FINE, {}
    yield from _dearer(own, other)


def _longer(own: Penalty, other: Penalty) -> Iterator[Found]:
    least, other_least = own.prison_months_min, other.prison_months_min
    if least and not other_least:
        yield MINIMUM, {"least": months_in_words(least)}
    elif least and other_least and least > other_least:
        yield HIGHER_MINIMUM, {"least": months_in_words(least), "other_least": months_in_words(other_least)}
    most, other_most = own.prison_months_max, other.prison_months_max
    if own.life and not other.life and other_most is not None:
        yield LIFE, {"other_most": months_in_words(other_most)}
    elif most is not None and other_most is not None and most > other_most and not other.life:
        yield HIGHER_MAXIMUM, {"most": months_in_words(most), "other_most": months_in_words(other_most)}


def _dearer(own: Penalty, other: Penalty) -> Iterator[Found]:
    """Fines in two currencies are compared in dollars."""
    if own.fine_max is None or other.fine_max is None or not own.currency or not other.currency:
        return
    mine, theirs = in_dollars(own.fine_max, own.currency), in_dollars(other.fine_max, other.currency)
    same = own.currency == other.currency
    if (own.fine_max > other.fine_max) if same else (mine is not None and theirs is not None and mine > theirs):
        yield (
            HIGHER_FINE,
            {
                "most": f"{own.fine_max:,}",
                "currency": own.currency,
                "other_most": f"{other.fine_max:,}",
                "other_currency": other.currency,
            },
        )


def _term(penalty: Penalty) -> str:
    if penalty.life:
        return "life"
    bounds = [
        months_in_words(bound) for bound in (penalty.prison_months_min, penalty.prison_months_max) if bound is not None
    ]
    return " to ".join(dict.fromkeys(bounds))


def _penalties(own: Sequence[Excerpt], other: Sequence[Excerpt], name: str) -> Iterator[Sentence]:
    """The heaviest penalty of either: a law of many grades is compared at its top, its minimum at its lightest."""
    if not own or not other:
        return
    heaviest, measured = _heaviest(own), _heaviest(other)
    for sentence in compare_penalties(_whole(own), _whole(other), name=name):
        yield Sentence(sentence.element, sentence.template, sentence.values, (heaviest, measured))


def _heaviest(excerpts: Sequence[Excerpt]) -> Excerpt:
    def weight(excerpt: Excerpt) -> tuple[bool, float, float]:
        penalty = penalty_of(excerpt)
        return penalty.life, penalty.prison_months_max or penalty.prison_months_min or 0, penalty.fine_max or 0

    return max(excerpts, key=weight)


def _whole(excerpts: Sequence[Excerpt]) -> Penalty:
    """The penalties of a provision as one: the smallest minimum, the largest maximum."""
    all_of_them = [penalty_of(excerpt) for excerpt in excerpts]
    prison = [each for each in all_of_them if each.has_prison]
    leasts = [each.prison_months_min for each in prison]
    mosts = [each.prison_months_max for each in prison if each.prison_months_max is not None]
    fines = [each for each in all_of_them if each.fine_max is not None]
    dearest = max(fines, key=lambda each: each.fine_max or 0) if fines else None
    return Penalty(
        all_of_them[0].start,
        all_of_them[0].end,
        prison_months_min=min(each for each in leasts if each is not None) if leasts and None not in leasts else None,
        prison_months_max=max(mosts) if mosts else None,
        life=any(each.life for each in prison),
        fine=any(each.fine for each in all_of_them),
        fine_max=dearest.fine_max if dearest else None,
        currency=dearest.currency if dearest else None,
    )


def _absent(
    element: str, template: str, own: Sequence[Excerpt], other: Sequence[Excerpt], name: str
) -> Iterator[Sentence]:
    if other and not own:
        yield Sentence(element, template, {"other": name, "words": _quote(other[0])}, (other[0],))


def _mental(own: Sequence[Excerpt], other: Sequence[Excerpt], name: str) -> Iterator[Sentence]:
    if not other:
        return
    required = max(other, key=_strictness)
    if not own:
        yield Sentence("mental", NO_MENTAL, {"other": name, "words": _quote(required)}, (required,))
        return
    enough = max(own, key=_strictness)
    if _strictness(enough) < _strictness(required):
        values = {"own": _quote(enough), "other": name, "words": _quote(required)}
        yield Sentence("mental", LOWER_MENTAL, values, (enough, required))


def _strictness(excerpt: Excerpt) -> int:
    return _STRICTNESS.get(str(excerpt.values.get("level")), 0)


def _authorisation(own: Sequence[Excerpt], other: Sequence[Excerpt], name: str) -> Iterator[Sentence]:
    if not own:
        yield from _absent("authorisation", NO_AUTHORISATION, own, other, name)
        return
    bodies, other_bodies = _bodies(own), _bodies(other)
    if other and not set(bodies) & set(other_bodies):
        values = {"own": ", ".join(bodies), "other": name, "body": ", ".join(other_bodies)}
        yield Sentence("authorisation", OTHER_AUTHORISATION, values, (own[0], other[0]))


def _bodies(excerpts: Sequence[Excerpt]) -> list[str]:
    return list(dict.fromkeys(str(excerpt.values["body"]) for excerpt in excerpts))


def _times(own: Sequence[Excerpt], other: Sequence[Excerpt], name: str) -> Iterator[Sentence]:
    if not other:
        return
    time = days_in_words(other[0].values["days"])
    if not own:
        yield Sentence("time_limits", NO_TIME, {"other": name, "time": time}, (other[0],))
    elif {each.values["days"] for each in own} != {each.values["days"] for each in other}:
        values = {"own": days_in_words(own[0].values["days"]), "other": name, "time": time}
        yield Sentence("time_limits", OTHER_TIME, values, (own[0], other[0]))


def _quote(excerpt: Excerpt) -> str:
    return " ".join(excerpt.quote.split())
