"""How two corresponding clauses differ in their elements, as sentences in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.values import NOT_SEEN, WHOLE, ElementReading, Placed, Quote, quoted, short_name
from lawcompare.engine.compare_laws.differences import ProvisionDifference, contrast
from lawcompare.engine.wording.differences import difference_sentence
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.models import LawKind, Version

# What is missing is worth saying of a clause that makes an offence, or gives a power; not of a right or a definition.
_MISSING_IN = {
    "no-mental": "offence",
    "no-harm": "offence",
    "no-defence": "offence",
    "no-authorisation": "power",
    "no-time": "power",
}
# Their sentences do not quote the words they rest on.
_UNQUOTED = {"penalties", "authorisation", "time_limits"}


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
    """Both directions, and what a draft punishes more heavily than the law in force; or why nothing can be said."""

    directions: list[Direction] = field(default_factory=list)
    heavier: Direction | None = None
    silence: str = ""

    def __bool__(self) -> bool:
        return bool(self.directions or self.heavier or self.silence)


def differences_between(own: Placed, other: Placed, readings: Mapping[int, ElementReading]) -> Differences:
    """The differences of ``own`` from ``other`` and the other way round.

    Where the text of one has not been seen, nothing is said to be missing in it: ``silence`` has the reason.
    """
    unseen = [short_name(clause) for _version, clause in (own, other) if readings[clause.pk].known == NOT_SEEN]
    if unseen:
        words = _("Nothing can be said of differences: the text of %(clause)s has not been seen.")
        return Differences(silence=words % {"clause": ", ".join(unseen)})
    both = [(one, _differences(*one, readings)) for one in ((own, other), (other, own))]
    if not any(differences for _pair, differences in both):
        has_values = all(readings[clause.pk].has_values for _version, clause in (own, other))
        return Differences(silence=_("No difference was read in their values.") if has_values else "")
    return _by_direction(both, readings)


type _OneDirection = tuple[tuple[Placed, Placed], list[tuple[str, ElementDifference]]]


def _by_direction(both: list[_OneDirection], readings: Mapping[int, ElementReading]) -> Differences:
    directions, heavier = [], None
    for (own, other), differences in both:
        set_apart = "penalties" if _is_draft_beside_law_in_force(own[0], other[0]) else ""
        weights = [difference for element, difference in differences if element == set_apart]
        rest = [difference for element, difference in differences if element != set_apart]
        if weights:
            heavier = Direction(_lead_of_weight(readings[other[1].pk]), weights)
        if rest:
            directions.append(Direction(_lead(own, other, readings), rest))
    return Differences(directions, heavier)


def _differences(
    own: Placed, other: Placed, readings: Mapping[int, ElementReading]
) -> list[tuple[str, ElementDifference]]:
    """(element, difference) of one direction."""
    (_version, clause), (_other_version, other_clause) = own, other
    reading, other_reading = readings[clause.pk], readings[other_clause.pk]
    other_name = short_name(other_clause)
    return [
        (
            one.element,
            ElementDifference(difference_sentence(LOCALE, one, other_name), _words(one, own, other, readings)),
        )
        for one in contrast(reading.elements, other_reading.elements)
        if _MISSING_IN.get(one.kind, "") in {"", *reading.kinds}
    ]


def _words(
    difference: ProvisionDifference, own: Placed, other: Placed, readings: Mapping[int, ElementReading]
) -> list[QuotedWords]:
    """The words of either text, where the sentence itself does not quote them."""
    if difference.element not in _UNQUOTED or difference.kind == "no-authorisation":
        return []
    # A sentence rests on the other text's words, and first on its own where it has any.
    sides = (own, other)[-len(difference.words) :] if difference.words else ()
    return [
        QuotedWords(quoted(excerpt, readings[clause.pk], ""), version)
        for excerpt, (version, clause) in zip(difference.words, sides, strict=True)
    ]


def _lead(own: Placed, other: Placed, readings: Mapping[int, ElementReading]) -> str:
    names = {"own": short_name(own[1]), "other": short_name(other[1])}
    if all(readings[clause.pk].known == WHOLE for _version, clause in (own, other)):
        return _("%(own)s beside %(other)s") % names
    return _("%(own)s beside %(other)s, in what is known of them") % names


def _is_draft_beside_law_in_force(own: Version, other: Version) -> bool:
    is_in_force = other.law.kind in {LawKind.STATUTE, LawKind.CONSTITUTION}
    return own.law.kind == LawKind.DRAFT and is_in_force and own.law.jurisdiction == other.law.jurisdiction


def _lead_of_weight(in_force: ElementReading) -> str:
    """A law in force that names no computer reaches the act offline."""
    return _("Heavier than in the law in force") if in_force.names_computers else _("Heavier online than offline")
