"""``make fit``: the weights of ``lawcompare/engine/weights.toml`` fitted again, and what each feature is good for.

Two runs write the same file. The table has a line for each case the fit has not seen: its F1 with all features, and by
how much it changes without each of them, in thousandths.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from lawcompare.engine.scoring import WEIGHTS, Scorer
from tests.tools.bench.perturbed import held_out
from tests.tools.fit.anchors import best_places, collect, fit_anchors, levels
from tests.tools.fit.cases import held_out_cases, make_cases
from tests.tools.fit.regression import F1, KEPT, Table, fit_scorers, measure, start, used, without, write_scorers

FITTED_ON, TESTED_ON = (1, 2, 3), (7,)
# Spans of notes are drawn from one seed to fit their scorer, and from four others to choose its cut-offs: the
# interval of what one has, some 1,100 answers, is so wide that three wrong answers more reach what may be wrong.
ANCHORS_FITTED_ON, ANCHORS_CUT_ON = (1,), (2, 4, 5, 6)
HELD_OUT_SEED = 8


def main() -> int:
    begin = time.perf_counter()
    scorers = fit_scorers(start(), list(make_cases(FITTED_ON)))
    with used(scorers):
        scorers["anchors"] = fit_anchors(
            scorers["anchors"], list(make_cases(ANCHORS_FITTED_ON)), list(make_cases(ANCHORS_CUT_ON))
        )
    WEIGHTS.write_text(write_scorers(scorers), encoding="utf-8")
    log(f"{WEIGHTS.name} written, {time.perf_counter() - begin:.0f} s")
    tested = list(make_cases(TESTED_ON))
    whole = measure(scorers, tested)
    columns = {name: measure(each, tested) for name, each in _ablations(scorers)}
    print_table(whole, columns)
    print_held_out(scorers)
    log(f"{time.perf_counter() - begin:.0f} s")
    return 0


def _ablations(scorers: dict[str, Scorer]) -> list[tuple[str, dict[str, Scorer]]]:
    names = [
        (stage, feature) for stage in ("pairs", "left", "further", "equal") for feature in features(scorers[stage])
    ]
    return [(f"{stage}.{feature}", without(scorers, stage, feature)) for stage, feature in names]


def features(scorer: Scorer) -> list[str]:
    """The features that weigh something and that the cases can tell of."""
    return [name for name, weight in (*scorer.support.items(), *scorer.against.items()) if weight and name not in KEPT]


def print_table(whole: Table, columns: dict[str, Table]) -> None:
    log("\nWithout each feature (mean F1 of all cases, and the cases that change by thousandths)")
    log(f"{'all features':32}{np.mean(list(whole.values())):8.4f}")
    for name, table in columns.items():
        changed = {case: round(1000 * (table[case] - whole[case])) for case in whole}
        worst = sorted((change, case) for case, change in changed.items() if change)
        shown = "; ".join(f"{case} {change:+d}" for change, case in worst[:3])
        log(f"{name:32}{np.mean(list(table.values())):8.4f}  {len(worst):3} cases: {shown}")
    log("\nEach case, with all features and without each")
    log(f"{'':34}" + " ".join(f"{number:>4}" for number in range(1, len(columns) + 1)))
    for case, figure in whole.items():
        cells = " ".join(f"{round(1000 * (table[case] - figure)):>+4d}" for table in columns.values())
        log(f"{case:34}{F1(figure)} {cells}")
    log("".join(f"\n{number:>3} without {name}" for number, name in enumerate(columns, 1)))


def print_held_out(scorers: dict[str, Scorer]) -> None:
    """What the weights make of sections that no fit reads: their pairs, and the notes on them."""
    made = list(held_out_cases(HELD_OUT_SEED))
    log(f"\nSections held out: F1 of the code with them{F1(np.mean(list(measure(scorers, made).values())))}")
    with used(scorers):
        answers = best_places(scorers["anchors"], collect(made, {unit.heading for unit in held_out()}))
    for level in levels(scorers["anchors"], answers)[:2]:
        log(f"notes on them, from {level}, of {len(answers)}")


def log(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
