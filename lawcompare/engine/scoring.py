"""The one way in which the engine weighs evidence: named features, each 0 to 1, by the weights of ``weights.toml``.

A scorer adds what speaks ``for`` and takes away what speaks ``against``. No weight is negative and likeness is never
among what speaks against, so that more likeness never lowers a score: by construction, whatever a fit finds.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

WEIGHTS = Path(__file__).with_name("weights.toml")
# What tells how much two texts have in common: a scorer that took it for evidence against would be refused.
LIKENESS = frozenset(
    {"likeness", "contained", "heading", "own_heading", "lead", "lead_contained", "share", "lead_lonely", "lead_other"}
    | {"held", "concepts", "words", "headings"}
    | {"distinctness", "followed", "alone", "same_words", "around", "followed_around", "lead_place"}
)


@dataclass(frozen=True)
class Scorer:
    """One stage of a decision.

    ``bias``     the score where nothing is known; log odds where the stage was fitted, a share of 1 where it was not
    ``support``  weight of each feature that speaks for, ``against`` of each that speaks against
    ``floors``   named cut-offs of the score
    ``source``   where the weights come from
    """

    name: str
    bias: float
    support: Mapping[str, float]
    against: Mapping[str, float]
    floors: Mapping[str, float]
    source: str

    def __post_init__(self) -> None:
        negative = [name for name, weight in (*self.support.items(), *self.against.items()) if weight < 0]
        if negative:
            raise ValueError(f"{self.name}: {negative[0]} has a negative weight")
        turned = sorted(LIKENESS & self.against.keys())
        if turned:
            raise ValueError(f"{self.name}: {turned[0]} is likeness and cannot speak against")

    def terms(self, features: Mapping[str, Any]) -> dict[str, Any]:
        """What each feature adds."""
        terms = {name: weight * features[name] for name, weight in self.support.items()}
        return terms | {name: -weight * features[name] for name, weight in self.against.items()}

    def __call__(self, features: Mapping[str, Any]) -> Any:
        """The score."""
        score: Any = self.bias
        for term in self.terms(features).values():
            score = score + term
        return score


def probability(odds: Any) -> Any:
    """Log odds as a probability.

    >>> float(probability(0.0))
    0.5
    """
    return 1 / (1 + np.exp(-odds))


# The scorers in use, by stage; read when first asked for.
SCORERS: dict[str, Scorer] = {}


def scorer(name: str) -> Scorer:
    """The scorer of a stage, as ``weights.toml`` has it."""
    if not SCORERS:
        SCORERS.update(read_scorers(WEIGHTS.read_text(encoding="utf-8")))
    return SCORERS[name]


def read_scorers(text: str) -> dict[str, Scorer]:
    """The scorers of a file such as ``weights.toml``."""
    return {
        name: Scorer(
            name,
            stage["bias"],
            stage.get("for", {}),
            stage.get("against", {}),
            stage.get("floors", {}),
            stage["source"],
        )
        for name, stage in tomllib.loads(text).items()
    }
