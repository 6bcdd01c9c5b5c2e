"""Fitting the scorers of the aligner: logistic regressions whose weights cannot be negative, drawn to where they start.

The texts of the earlier regressions are real amendments and not here; the cases here are made. So each weight is drawn
to its earlier value by the square of its distance (``STRENGTH``), and what the made cases do not tell stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from lawcompare.engine import scoring
from lawcompare.engine.align import align
from lawcompare.engine.align.documents import align_flat
from lawcompare.engine.align.scoring import Features
from lawcompare.engine.scoring import Scorer, read_scorers
from tests.tools.bench.bench_align import AlignCase, judge
from tests.tools.bench.perturbed import Perturbed
from tests.tools.fit.cases import inputs_digest

START = Path(__file__).with_name("start.toml")
STRENGTH, BIAS_STRENGTH = 30.0, 0.3
# Whether a part is a twin of another was never asked before, so that nothing is known of its weight. How near parts
# stand and what they fill up (``beside_partner``, ``fills``) stay drawn to nothing: made cases part clauses in their
# place, and a code that is restated (Title 54) does not.
NEW = frozenset({"unexplained"})
NEW_STRENGTH = 0.3
# The neighbours of a pair are those of the weights before, so that the fit is made twice.
ROUNDS = 2
FITTED = ("pairs", "further", "equal")
# What flat cases without trusted numbers cannot tell, and what decides between equals alone.
KEPT = frozenset({"same_number", "same_parent", "same_home", "displaced"})
SOURCES = {
    "fitted": "make fit, November 2026: 132 cases of tests/tools/fit, seeds 1 to 3, from its start.toml",
    "anchors": "make fit, November 2026: spans of notes in 44 cases of tests/tools/fit, seed 1; cut-offs 2, 4, 5, 6",
    "left": "regressions of 2026 over published amendments (tests/tools/fit/start.toml); made cases have too few such",
}
Samples = dict[str, list[tuple[np.ndarray, Features]]]
Table = dict[str, float]


def F1(figure: float) -> str:
    return f"{figure:6.3f}"


def start() -> dict[str, Scorer]:
    """The scorers that a fit starts from."""
    return read_scorers(START.read_text(encoding="utf-8"))


@contextmanager
def used(scorers: dict[str, Scorer]) -> Iterator[None]:
    """The engine with these scorers."""
    before = dict(scoring.SCORERS)
    scoring.SCORERS.update(scorers)
    try:
        yield
    finally:
        scoring.SCORERS.clear()
        scoring.SCORERS.update(before)


def fit_scorers(scorers: dict[str, Scorer], cases: Sequence[Perturbed], rounds: int = ROUNDS) -> dict[str, Scorer]:
    """The scorers with those of the aligner fitted to cases."""
    origin = scorers
    for _ in range(rounds):
        with used(scorers):
            samples = collect(cases)
        fitted = {stage: fit(origin[stage], samples[stage]) for stage in FITTED if samples[stage]}
        scorers = scorers | fitted
    return scorers | {"left": replace(scorers["left"], source=SOURCES["left"])}


def collect(cases: Sequence[Perturbed]) -> Samples:
    """Per stage and case what was weighed, and whether it belongs together."""
    samples: Samples = {stage: [] for stage in ("pairs", "left", "further", "equal")}
    for case in cases:
        rows = {unit.eid: row for row, unit in enumerate(case.old)}
        columns = {unit.eid: column for column, unit in enumerate(case.new)}
        right = {(rows[old], columns[new]) for old, new in case.gold}
        here: Samples = {stage: [] for stage in samples}

        def watch(
            stage: str,
            old: np.ndarray,
            new: np.ndarray,
            weighed: np.ndarray,
            features: Features,
            right: set[tuple[int, int]] = right,
            here: Samples = here,
        ) -> None:
            places = np.flatnonzero(weighed)
            truth = np.array([(int(old[place]), int(new[place])) in right for place in places], dtype=float)
            here[stage].append((truth, {name: np.asarray(value)[places] for name, value in features.items()}))

        align_flat(case.old, case.new, ignore_numbers=True, watch=watch)
        for stage, parts in here.items():
            if parts:
                samples[stage].append(_joined(parts))
    return samples


def _joined(parts: Sequence[tuple[np.ndarray, Features]]) -> tuple[np.ndarray, Features]:
    truth = np.concatenate([each for each, _ in parts])
    return truth, {name: np.concatenate([each[name] for _, each in parts]) for name in parts[0][1]}


def fit(scorer: Scorer, samples: Sequence[tuple[np.ndarray, Features]], pull: float = STRENGTH) -> Scorer:
    """The weights likeliest for the samples, none negative, near those of ``scorer``. A long case counts less."""
    truth = np.concatenate([each for each, _ in samples])
    shares = np.concatenate([np.full(each.size, 1 / np.sqrt(max(each.size, 1))) for each, _ in samples])
    shares *= shares.size / shares.sum()
    signs = {**dict.fromkeys(scorer.support, 1.0), **dict.fromkeys(scorer.against, -1.0)}
    columns = [sign * np.concatenate([each[name] for _, each in samples]) for name, sign in signs.items()]
    values = np.stack([*columns, np.ones(truth.size)], axis=1)
    origin = np.array([*scorer.support.values(), *scorer.against.values(), scorer.bias])
    strength = np.array([min(pull, NEW_STRENGTH) if name in NEW else pull for name in (*signs, "bias")])
    strength[-1] = BIAS_STRENGTH

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = values @ weights
        wrong = shares * (scoring.probability(odds) - truth)
        far = strength * (weights - origin)
        likely = shares * (np.logaddexp(0, odds) - truth * odds)
        return float(likely.sum() + (far * (weights - origin)).sum() / 2), values.T @ wrong + far

    bounds: list[tuple[float | None, float | None]]
    bounds = [(value, value) if name in KEPT else (0.0, None) for name, value in zip(signs, origin, strict=False)]
    result = minimize(
        loss, origin, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)], options={"maxiter": 500}
    )
    weights = [round(float(value), 2) + 0.0 for value in result.x]
    named = dict(zip(signs, weights, strict=False))
    return replace(
        scorer,
        bias=weights[-1],
        support={name: named[name] for name in scorer.support},
        against={name: named[name] for name in scorer.against},
        source=SOURCES["fitted"],
    )


def measure(scorers: dict[str, Scorer], cases: Sequence[Perturbed]) -> Table:
    """F1 of each case, without numbers."""
    figures = {}
    with used(scorers):
        for made in cases:
            case = AlignCase(made.name, made.old, made.new, made.gold, set(), set())
            figures[made.name] = judge(case, align(case.old, case.new, ignore_numbers=True)).f1
    return figures


def without(scorers: dict[str, Scorer], stage: str, feature: str) -> dict[str, Scorer]:
    """The scorers with one feature silent: it is taken for a half of its weight, whatever a pair is like."""
    whole = scorers[stage]
    half = 0.5 * (whole.support.get(feature, 0.0) - whole.against.get(feature, 0.0))
    silent = replace(
        whole,
        bias=whole.bias + half,
        support={name: weight * (name != feature) for name, weight in whole.support.items()},
        against={name: weight * (name != feature) for name, weight in whole.against.items()},
    )
    return {**scorers, stage: silent}


def write_scorers(scorers: dict[str, Scorer]) -> str:
    """The file of weights."""
    parts = [HEAD.format(digest=inputs_digest())]
    for name, scorer in scorers.items():
        floors = ", ".join(f"{key} = {value}" for key, value in scorer.floors.items())
        parts.append(f'[{name}]\nsource = "{scorer.source}"\nbias = {scorer.bias}\nfloors = {{ {floors} }}\n')
        for title, weights in (("for", scorer.support), ("against", scorer.against)):
            if weights:
                lines = "\n".join(f"{key} = {value}" for key, value in weights.items())
                parts.append(f"[{name}.{title}]\n{lines}\n")
    return "\n".join(parts)


HEAD = """# Written by make fit; docs/engine.md explains it. What speaks for and against two clauses being one, each
# feature from 0 to 1, in the stages in which pairs are sought. `bias` is the score where nothing is known, `floors`
# are cut-offs. Fitted to laws and sentences of digest {digest}.
"""
