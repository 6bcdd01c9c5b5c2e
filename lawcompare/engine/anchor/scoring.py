"""The places of an annotation's words, and how likely each is the one they went to: a probability, two cut-offs of it.

Every place where the words may be is weighed by the scorer ``anchors`` of ``weights.toml``. From the cut-off ``sure``
on the place is taken; from ``review`` on a person looks at it; below that the words count as lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from lawcompare.engine.scoring import probability, scorer

Verdict = Literal["kept", "changed", "review", "lost"]

# Code points of context kept on either side of a quote, as the W3C examples and other annotators have it.
CONTEXT = 32


class TextQuoteSelector(NamedTuple):
    """The words, and up to ``CONTEXT`` code points before and after them (W3C Web Annotation Data Model)."""

    exact: str
    prefix: str
    suffix: str


class TextPositionSelector(NamedTuple):
    """Offsets of the words in code points, end not included (W3C Web Annotation Data Model)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnnotatedSpan:
    """An annotated place: offsets in code points into the old clause's own text."""

    id: str
    clause: str
    start: int
    end: int


class Spot(NamedTuple):
    """A place in a text: offsets in code points into a clause's own text."""

    clause: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CarriedSpan:
    """What became of an annotation.

    ``kept``: the same words at the place that answers to it; ``changed``: that place, words altered; ``review``:
    probable, a person must look; ``lost``: not found, place is None. ``rival`` is the next best place, ``second`` its
    score.
    """

    id: str
    verdict: Verdict
    clause: str | None = None
    start: int | None = None
    end: int | None = None
    score: float = 0.0
    second: float = 0.0
    rival: Spot | None = None


# A difference in likeness of so much is as good as any greater one.
_LEAD_LIMIT = 0.3
# Of neighbours that went to a place of the very words this share tells nothing yet, that one all there is to tell.
_NEIGHBOURS_TELL = (0.3, 0.6)
# The same of words, and of their neighbours, that went to a place of other words.
_WORDS_FOLLOWED, _NEIGHBOURS_FOLLOWED = (0.4, 0.6), (0.5, 0.6)
# Of words that are other ones in a paired clause this share is most.
_STAYED = 0.6
# The same of the likeness of the context of the same words, and of how far that is over the next place of them.
_CONTEXT_TELLS, _CONTEXT_LEADS = (0.4, 0.7), (0.0, 0.15)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place where the words of an annotation may have gone, and what is seen of it, each 0 to 1.

    ``words``       how far its words are those of the annotation; 1 for the same ones
    ``around``      likeness of what stands before and after to what stood there
    ``neighbours``  share of the words around that went the same way, by the redline of an aligned clause
    ``partner``     1 in a clause paired surely, ½ in one suggested or inside a paired one
    ``in_order``    of the same words: whether it is the n-th of as many places in the paired clause
    ``alone``       of the same words: 1 where both texts have them once, as far as they are more than a few
    ``elsewhere``   of other words: whether the paired clause has the very words in another place
    """

    spot: Spot
    is_exact: bool
    words: float
    around: float = 0.5
    neighbours: float = 0.0
    partner: float = 0.0
    in_order: float = 0.0
    alone: float = 0.0
    elsewhere: float = 0.0

    @property
    def likeness(self) -> float:
        """What two places are told apart by."""
        return 0.4 * self.words + 0.3 * self.around + 0.3 * self.neighbours

    def merged(self, other: Sighting) -> Sighting:
        """One place seen in two ways."""
        names = ("words", "around", "neighbours", "partner", "in_order", "alone")
        return replace(self, **{name: max(getattr(self, name), getattr(other, name)) for name in names})


class ScoredPlace(NamedTuple):
    """A place, the probability that it is the right one, and what was weighed."""

    sighting: Sighting
    probability: float
    features: Mapping[str, float]


def weigh(sightings: Sequence[Sighting]) -> list[ScoredPlace]:
    """The places with their probabilities, best first."""
    score = scorer("anchors")
    candidates = []
    for place, sighting in enumerate(sightings):
        others = [other for at, other in enumerate(sightings) if at != place]
        features = features_of(sighting, others)
        candidates.append(ScoredPlace(sighting, float(probability(score(features))), features))
    return sorted(candidates, key=lambda each: (-each.probability, -each.sighting.likeness))


def features_of(sighting: Sighting, others: Sequence[Sighting]) -> dict[str, float]:
    """What is weighed of a place, each 0 to 1; ``others`` are the places beside it.

    >>> features_of(Sighting(Spot("a", 0, 4), True, 1.0, alone=1.0), [])["distinctness"]
    1.0
    """
    lead = sighting.likeness - max((other.likeness for other in others), default=sighting.likeness - 1)
    # The same words in a clause that is not paired, or less surely, blur no place in one that is.
    of_same_words = [other.around for other in others if other.is_exact and other.partner >= sighting.partner]
    context_lead = sighting.around - max(of_same_words, default=0.0)
    # Where most of the words stayed in the paired clause, the very words in another one are another place.
    stayed = any(other.partner == 1 and not other.is_exact and other.words >= _STAYED for other in others)
    alone = 0.0 if stayed and sighting.partner < 1 else sighting.alone
    distinctness = followed = 0.0
    if sighting.is_exact:
        ways = (
            sighting.in_order,
            _ramp(sighting.neighbours, _NEIGHBOURS_TELL),
            _ramp(sighting.around, _CONTEXT_TELLS) * _ramp(context_lead, _CONTEXT_LEADS),
            alone,
        )
        distinctness = max(ways)
    elif sighting.partner == 1:
        followed = _ramp(sighting.words, _WORDS_FOLLOWED) * _ramp(sighting.neighbours, _NEIGHBOURS_FOLLOWED)
    return {
        "distinctness": distinctness,
        "followed": followed * (1 - sighting.elsewhere),
        "alone": alone,
        "same_words": sighting.words,
        "around": sighting.around,
        "followed_around": sighting.neighbours,
        # A paired clause, or having no rival, makes no place of words that are not there.
        "in_partner": sighting.words * sighting.partner,
        "lead_place": sighting.words * (min(max(lead, -_LEAD_LIMIT), _LEAD_LIMIT) / _LEAD_LIMIT + 1) / 2,
    }


def _ramp(value: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return min(max((value - low) / (high - low), 0.0), 1.0)
