"""Fitting the scorer of anchors: spans drawn from made cases, whose right places are known, as probabilities.

A logistic regression over all places weighed of each span, its weights none below 0; then over the best place of each,
so that the score of an answer is the share of such answers that is right. The two cut-offs are read off the table of
cases that fitted nothing.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from lawcompare.engine.align import Alignment
from lawcompare.engine.anchor import Carrier
from lawcompare.engine.anchor.scoring import ScoredPlace
from lawcompare.engine.scoring import Scorer, probability
from tests.tools.bench.bench_anchor import AnchorCase, Truth, draw, has_same_words, is_right
from tests.tools.bench.perturbed import Perturbed
from tests.tools.fit.regression import SOURCES, fit

SPANS_A_CASE = 40
# Made cases tell more of places than what a fit starts from, which is set by hand.
STRENGTH = 10.0
# An answer from ``sure`` on is taken without a person. It is to be wrong in one of fifty cases at most: by its own
# probability, so that no cut-off is lower than ``LEAST_SURE``, and by the table of cases that fitted nothing, so that
# the share called wrong is below that even at the upper end of Wilson's interval. Nearly 1 in 100 are called wrong:
# so often err difflib's longest matches, which say what is right. Below ``review`` at most one in so many
# is right; it is no higher than the probability that says so.
LEAST_SURE, SHOWN_FROM = 0.98, 0.90
MOST_WRONG = 1 - LEAST_SURE
# The width of the interval in standard deviations: 95 of 100.
DEVIATIONS = 1.96
ONE_RIGHT_IN = 10


class WeighedPlace(NamedTuple):
    """What was weighed of a place, and whether it was right."""

    features: Mapping[str, float]
    is_right: bool


# Per case the spans drawn, each with the places weighed of it.
Spans = list[list[list[WeighedPlace]]]


def fit_anchors(scorer: Scorer, cases: Sequence[Perturbed], held_out: Sequence[Perturbed]) -> Scorer:
    """The scorer fitted to ``cases``; its cut-offs are those of ``held_out``."""
    return fit_spans(scorer, collect(cases), collect(held_out))


def fit_spans(scorer: Scorer, spans: Spans, held_out: Spans) -> Scorer:
    samples = []
    for case in spans:
        places = [place for span in case for place in span]
        features = {name: np.array([place.features[name] for place in places]) for name in scorer.support}
        samples.append((np.array([place.is_right for place in places], dtype=float), features))
    fitted = fit(scorer, samples, STRENGTH)
    fitted = calibrate(fitted, best_places(fitted, spans))
    answers = best_places(fitted, held_out)
    for level in levels(fitted, answers):
        print(f"anchors from {level}")
    return replace(fitted, floors=cut_offs(fitted, answers), source=SOURCES["anchors"])


def collect(cases: Sequence[Perturbed], of: Container[str] | None = None) -> Spans:
    """The places weighed in each case, by the true map: what the aligner gets wrong is weighed elsewhere.

    ``of``: the headings of the clauses that spans are drawn from; else they are drawn from all.
    """
    spans: Spans = []
    for made in cases:
        case = as_case(made)
        if of is not None:
            case = case._replace(judged={unit.eid for unit in case.old if unit.heading in of} & case.judged)
        if not case.judged:
            continue
        alignments = [Alignment((old,), tuple(new), "changed", 1.0) for old, new in case.partners.items()]
        carrier = Carrier(case.old, case.new, alignments, case.language)
        spans.append([])
        for truth in draw(case, SPANS_A_CASE, seed=len(case.old), with_gone=of is None):
            places = carrier.candidates(truth.span)
            if places:
                spans[-1].append([WeighedPlace(place.features, is_place_right(place, truth, case)) for place in places])
    return [case for case in spans if case]


def as_case(made: Perturbed) -> AnchorCase:
    partners: dict[str, list[str]] = {}
    for old, new in made.gold:
        partners.setdefault(old, []).append(new)
    language = "km" if made.name.startswith("Khmer") else "en"
    return AnchorCase(made.name, language, made.old, made.new, partners, set(partners))


def is_place_right(place: ScoredPlace, truth: Truth, case: AnchorCase) -> bool:
    """As the benchmark of anchors judges it; and the very words are right where both texts have them once."""
    answer = "", *place.sighting.spot
    is_there = is_right(answer, truth) or (truth.is_same and has_same_words(answer, truth, case))
    return is_there or place.sighting.alone == 1


def best_places(scorer: Scorer, spans: Spans) -> list[WeighedPlace]:
    """The place of each span that the scorer takes."""
    return [max(span, key=lambda place: scorer(place.features)) for case in spans for span in case]


def calibrate(scorer: Scorer, answers: Sequence[WeighedPlace]) -> Scorer:
    """The scorer stretched and shifted so that the probability of an answer is the share that is right."""
    scores = np.array([scorer(answer.features) for answer in answers])
    truth = np.array([answer.is_right for answer in answers], dtype=float)

    def loss(line: np.ndarray) -> float:
        odds = line[0] * scores + line[1]
        return float((np.logaddexp(0, odds) - truth * odds).sum())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.1, 10.0), (None, None)], method="L-BFGS-B").x
    return replace(
        scorer,
        bias=round(float(slope * scorer.bias + shift), 2) + 0.0,
        support={name: round(float(slope * weight), 2) for name, weight in scorer.support.items()},
    )


class ScoreLevel(NamedTuple):
    """Answers from a probability on, and how many of them are called wrong."""

    probability: float
    answers: int
    wrong: int

    def __str__(self) -> str:
        known = f"{self.answers:5} answers, {self.wrong:3} called wrong, {self.most_wrong:.2%} at most"
        return f"{self.probability:.2f} on: {known}"

    @property
    def most_wrong(self) -> float:
        """The upper end of Wilson's interval for the share called wrong; 1 where nothing is known."""
        if not self.answers:
            return 1.0
        share, spread = self.wrong / self.answers, DEVIATIONS**2 / self.answers
        half = (spread * share * (1 - share) + spread**2 / 4) ** 0.5
        return (share + spread / 2 + half) / (1 + spread)


def levels(scorer: Scorer, answers: Sequence[WeighedPlace]) -> list[ScoreLevel]:
    """For each hundredth from the highest down to ``SHOWN_FROM`` what a cut-off there takes without a person."""
    scores = probability(np.array([scorer(answer.features) for answer in answers]))
    truth = np.array([answer.is_right for answer in answers])
    steps = [step / 100 for step in range(99, round(100 * SHOWN_FROM) - 1, -1)]
    return [ScoreLevel(step, int((scores >= step).sum()), int(((scores >= step) & ~truth).sum())) for step in steps]


def cut_offs(scorer: Scorer, answers: Sequence[WeighedPlace]) -> dict[str, float]:
    """``sure`` and ``review``: the lowest hundredths from which on few enough are wrong, and enough are right.

    Raises ValueError where no cut-off keeps what ``sure`` promises: such weights are not written.
    """
    scores = probability(np.array([scorer(answer.features) for answer in answers]))
    truth = np.array([answer.is_right for answer in answers])
    kept = [
        level.probability
        for level in levels(scorer, answers)
        if level.probability >= LEAST_SURE and level.most_wrong < MOST_WRONG
    ]
    if not kept:
        raise ValueError(f"From no cut-off on are fewer than {MOST_WRONG:.0%} of the answers called wrong.")
    sure = min(kept)
    review = 0.0
    for step in range(1, 100 // ONE_RIGHT_IN + 1):
        below = scores < step / 100
        if ONE_RIGHT_IN * (below & truth).sum() > below.sum():
            break
        review = step / 100
    return {"sure": sure, "review": review}
