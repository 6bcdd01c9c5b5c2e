"""The differences between the elements of two provisions, for laws that never shared a sentence.

Each difference says what one text has and the other has not, with the words it rests on; never which is better.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lawcompare.engine.compare_laws.elements import Elements, Excerpt, penalty_of
from lawcompare.engine.values.money import in_dollars
from lawcompare.engine.values.penalties import Penalty

_STRICTNESS = {"intent": 4, "knowledge": 3, "recklessness": 2, "reason-to-know": 1, "negligence": 1}


@dataclass(frozen=True, slots=True)
class ProvisionDifference:
    """A difference in one ``element``: mental, harm, defences, penalties, authorisation or time_limits.

    ``kind`` is one of ``wording.differences.SENTENCES``, ``values`` are those of its sentence: months, amounts, names,
    quoted words, lists of time limits; ``words`` are the places of either text that it rests on.
    """

    element: str
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[Excerpt, ...] = ()


def contrast(own: Elements, other: Elements) -> list[ProvisionDifference]:
    """Return what distinguishes ``own`` from ``other``.

    Call it a second time with the two exchanged for the differences in the other direction.

    >>> from lawcompare.engine.compare_laws.elements import Excerpt
    >>> required = Excerpt("sec_1030", 0, 13, "intentionally", {"level": "intent"})
    >>> for difference in contrast(Elements(), Elements(mental=(required,))):
    ...     print(difference.kind, difference.values)
    no-mental {'words': 'intentionally'}
    """
    return [
        *_mental(own.mental, other.mental),
        *_absent("harm", "no-harm", own.harm, other.harm),
        *_absent("defences", "no-defence", own.defences, other.defences),
        *_penalties(own.penalties, other.penalties),
        *_authorisation(own.authorisation, other.authorisation),
        *_times(own.time_limits, other.time_limits),
    ]


def compare_penalties(own: Penalty, other: Penalty) -> list[ProvisionDifference]:
    """Return in what ``own`` is heavier than ``other``.

    >>> compare_penalties(Penalty(0, 0, fine=True), Penalty(0, 0))[0].kind
    'fine'
    """
    found: list[KindAndValues] = []
    if own.has_prison and not other.has_prison:
        found.append(("prison", {"term": own.values}))
    elif own.has_prison:
        found += _longer(own, other)
    if own.fine and not other.fine and not own.has_prison:
        found.append(("fine", {}))
    found += _dearer(own, other)
    return [ProvisionDifference("penalties", kind, values) for kind, values in found]


type KindAndValues = tuple[str, dict[str, Any]]


def _longer(own: Penalty, other: Penalty) -> Iterator[KindAndValues]:
    least, other_least = own.prison_months_min, other.prison_months_min
    if least and not other_least:
        yield "minimum", {"least": least}
    elif least and other_least and least > other_least:
        yield "higher-minimum", {"least": least, "other_least": other_least}
    most, other_most = own.prison_months_max, other.prison_months_max
    if own.life and not other.life and other_most is not None:
        yield "life", {"other_most": other_most}
    elif most is not None and other_most is not None and most > other_most and not other.life:
        yield "higher-maximum", {"most": most, "other_most": other_most}


def _dearer(own: Penalty, other: Penalty) -> Iterator[KindAndValues]:
    """Fines in two currencies are compared in dollars."""
    if own.fine_max is None or other.fine_max is None or not own.currency or not other.currency:
        return
    mine, theirs = in_dollars(own.fine_max, own.currency), in_dollars(other.fine_max, other.currency)
    same = own.currency == other.currency
    if (own.fine_max > other.fine_max) if same else (mine is not None and theirs is not None and mine > theirs):
        yield (
            "higher-fine",
            {
                "most": own.fine_max,
                "currency": own.currency,
                "other_most": other.fine_max,
                "other_currency": other.currency,
            },
        )


def _penalties(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    """The heaviest penalty of either: a law of many grades is compared at its top, its minimum at its lightest."""
    if not own or not other:
        return

    def weight(excerpt: Excerpt) -> tuple[bool, float, float]:
        penalty = penalty_of(excerpt)
        return penalty.life, penalty.prison_months_max or penalty.prison_months_min or 0, penalty.fine_max or 0

    heaviest = max(own, key=weight), max(other, key=weight)
    for difference in compare_penalties(_whole(own), _whole(other)):
        yield replace(difference, words=heaviest)


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


def _absent(element: str, kind: str, own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if other and not own:
        yield ProvisionDifference(element, kind, {"words": _quote(other[0])}, (other[0],))


def _mental(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not other:
        return
    # Of several offences the mildest counts as what the other requires, and the strictest as what this one does.
    required = min(other, key=_strictness)
    if not own:
        yield ProvisionDifference("mental", "no-mental", {"words": _quote(required)}, (required,))
        return
    enough = max(own, key=_strictness)
    if _strictness(enough) < _strictness(required):
        values = {"own": _quote(enough), "words": _quote(required)}
        yield ProvisionDifference("mental", "lower-mental", values, (enough, required))


def _strictness(excerpt: Excerpt) -> int:
    return _STRICTNESS.get(str(excerpt.values.get("level")), 0)


def _authorisation(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not own:
        yield from _absent("authorisation", "no-authorisation", own, other)
        return
    bodies, other_bodies = _bodies(own), _bodies(other)
    if other and not set(bodies) & set(other_bodies):
        values = {"own": bodies, "body": other_bodies}
        yield ProvisionDifference("authorisation", "other-authorisation", values, (own[0], other[0]))


def _bodies(excerpts: Sequence[Excerpt]) -> list[str]:
    return list(dict.fromkeys(str(excerpt.values["body"]) for excerpt in excerpts))


def _times(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not other:
        return
    limits = _limits(other)
    if not own:
        yield ProvisionDifference("time_limits", "no-time", {"time": limits}, (other[0],))
    elif {_bound(each) for each in own} != {_bound(each) for each in other}:
        values = {"own": _limits(own), "time": limits}
        yield ProvisionDifference("time_limits", "other-time", values, (own[0], other[0]))


def _bound(excerpt: Excerpt) -> tuple[float, str]:
    return excerpt.values["days"], str(excerpt.values.get("bound"))


def _limits(excerpts: Sequence[Excerpt]) -> list[Mapping[str, Any]]:
    """The time limits of a provision, each once, with the bound: a sentence without it would invert one of them."""
    return [excerpt.values for excerpt in {_bound(excerpt): excerpt for excerpt in excerpts}.values()]


def _quote(excerpt: Excerpt) -> str:
    return " ".join(excerpt.quote.split())
