"""Values about an annotation's words: where they stood, where they are, and what became of them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

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
