"""How two corresponding clauses differ in what people confirmed of them, as sentences in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.values import NOT_SEEN, WHOLE, ElementReading, Placed, Quote, quoted
from lawcompare.engine.compare_laws.differences import ProvisionDifference, contrast
from lawcompare.engine.compare_laws.elements import Elements
from lawcompare.engine.wording.differences import difference_sentence
from lawcompare.laws.citing.law_names import cite_in_law, short_name
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.models import Clause, LawKind, Version

# Their sentences do not quote the words they rest on.
_UNQUOTED = {"penalties", "authorisation", "time_limits"}
# Their sentences say that the other penalty has no minimum, no prison or no fine.
_LACKING = {"minimum", "prison", "fine"}


@dataclass(frozen=True)
class QuotedWords:
    """Words that a sentence rests on, in the language of their text."""

    quote: Quote
    version: Version


@dataclass(frozen=True)
class ElementDifference:
    sentence: str
    words: list[QuotedWords]


@dataclass(frozen=True)
class Direction:
    """What distinguishes one clause from the other; ``lead`` names the two."""

    lead: str
    differences: list[ElementDifference]

    @property
    def words(self) -> list[QuotedWords]:
        """All that the sentences rest on and do not quote, each once."""
        return list(dict.fromkeys(words for difference in self.differences for words in difference.words))


@dataclass(frozen=True)
class Differences:
    """Both directions, and what a draft punishes more heavily than the law in force; or why nothing can be compared."""

    directions: list[Direction] = field(default_factory=list)
    heavier: Direction | None = None
    silence: str = ""

    def __bool__(self) -> bool:
        return bool(self.directions or self.heavier or self.silence)


@dataclass(frozen=True)
class ConfirmedElements:
    """What people confirmed of a clause; ``absent`` are the elements that its whole text does not have."""

    elements: Elements
    absent: frozenset[str] = frozenset()


type Confirmed = Mapping[int, ConfirmedElements]


def differences_between(
    own: Placed, other: Placed, readings: Mapping[int, ElementReading], confirmed: Confirmed
) -> Differences:
    """The differences of ``own`` from ``other`` and the other way round, in values confirmed of both; else none.

    Where the text of one has not been seen, no sentence calls anything missing in it: ``silence`` has the reason.
    """
    unseen = [cite_in_law(*one) for one in (own, other) if readings[one[1].pk].known == NOT_SEEN]
    if unseen:
        words = _("Nothing can be said of differences: the text of %(clause)s has not been seen.")
        return Differences(silence=words % {"clause": "; ".join(unseen)})
    if own[1].pk not in confirmed or other[1].pk not in confirmed:
        return Differences()
    both = [(one, _differences(*one, readings, confirmed)) for one in ((own, other), (other, own))]
    return _by_direction(both, readings)


type _OneDirection = tuple[tuple[Placed, Placed], list[tuple[str, ElementDifference]]]


def _by_direction(both: list[_OneDirection], readings: Mapping[int, ElementReading]) -> Differences:
    directions, heavier = [], None
    for (own, other), differences in both:
        heavier_element = "penalties" if _is_draft_beside_law_in_force(own[0], other[0]) else ""
        weights = [difference for element, difference in differences if element == heavier_element]
        rest = [difference for element, difference in differences if element != heavier_element]
        if weights:
            heavier = Direction(_("Heavier than in the law in force"), weights)
        if rest:
            directions.append(Direction(_lead(own, other, readings), rest))
    return Differences(directions, heavier)


def _differences(
    own: Placed, other: Placed, readings: Mapping[int, ElementReading], confirmed: Confirmed
) -> list[tuple[str, ElementDifference]]:
    """(element, difference) of one direction."""
    mine, theirs = confirmed[own[1].pk], confirmed[other[1].pk]
    other_name = cite_in_law(*other)
    return [
        (
            one.element,
            ElementDifference(difference_sentence(LOCALE, one, other_name), _words(one, own, other, readings)),
        )
        for one in contrast(mine.elements, theirs.elements)
        # Only what somebody confirmed to be missing is shown as missing.
        if (getattr(mine.elements, one.element) or one.element in mine.absent)
        and not (one.kind == "lower-mental" and _has_several_levels(theirs))
        and not (one.kind in _LACKING and _is_reported(other, readings))
    ]


def _is_reported(placed: Placed, readings: Mapping[int, ElementReading]) -> bool:
    """Whether a clause is of a draft known from reports, which may leave out part of a penalty."""
    version, clause = placed
    return version.law.kind == LawKind.DRAFT and readings[clause.pk].known != WHOLE


def _has_several_levels(confirmed: ConfirmedElements) -> bool:
    """Whether a clause has mental elements of different levels: which of them is enough, their list does not say."""
    return len({excerpt.values.get("level") for excerpt in confirmed.elements.mental}) > 1


def _words(
    difference: ProvisionDifference, own: Placed, other: Placed, readings: Mapping[int, ElementReading]
) -> list[QuotedWords]:
    """The words of either text, where the sentence itself does not quote them."""
    if difference.element not in _UNQUOTED or difference.kind == "no-authorisation":
        return []
    # A sentence rests on the other text's words, and first on its own where it has any.
    sides = (own, other)[-len(difference.words) :] if difference.words else ()
    return [
        QuotedWords(_named(quoted(excerpt, readings[clause.pk], ""), clause), version)
        for excerpt, (version, clause) in zip(difference.words, sides, strict=True)
    ]


def _named(quote: Quote, clause: Clause) -> Quote:
    """The words with the name of the clause where they stand in it, which its eId alone may not give."""
    return Quote(quote.words, quote.eid, short_name(clause)) if quote.eid == clause.eid else quote


def _lead(own: Placed, other: Placed, readings: Mapping[int, ElementReading]) -> str:
    names = {"own": cite_in_law(*own), "other": cite_in_law(*other)}
    if all(readings[clause.pk].known == WHOLE for _version, clause in (own, other)):
        return _("%(own)s beside %(other)s") % names
    return _("%(own)s beside %(other)s, in what is known of them") % names


def _is_draft_beside_law_in_force(own: Version, other: Version) -> bool:
    is_in_force = other.law.kind in {LawKind.STATUTE, LawKind.CONSTITUTION}
    return own.law.kind == LawKind.DRAFT and is_in_force and own.law.jurisdiction == other.law.jurisdiction
