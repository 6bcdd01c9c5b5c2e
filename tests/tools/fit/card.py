"""A benchmark that others can run: laws changed at random with a known answer, JSON in and out.

    python -m tests.tools.fit.card cases > cases.json
    your-aligner < cases.json > answers.json          # {case: [[old id, new id], …]}
    python -m tests.tools.fit.card score answers.json

Cases are those of ``cases.py`` with seeds that fit nothing. The numbers of clauses count from 1 in either text.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lawcompare.engine.align import align
from lawcompare.engine.document import Clause
from tests.tools.bench.bench_align import PEERS, AlignCase, measure
from tests.tools.fit.cases import make_cases

SEEDS = (11,)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.tools.fit.card", description="A benchmark for aligners of statutes.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("cases", help="the cases as JSON")
    commands.add_parser("peers", help="the figures of this project's aligner and of simple methods")
    commands.add_parser("score", help="the figures of answers").add_argument("answers", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.command == "cases":
        json.dump({"cases": [_plain(case) for case in cases()]}, sys.stdout, ensure_ascii=False)
    elif chosen.command == "peers":
        print_peers()
    else:
        return score(chosen.answers)
    return 0


def cases() -> list[AlignCase]:
    return [AlignCase(made.name, made.old, made.new, made.gold, set(), set()) for made in make_cases(SEEDS)]


def _plain(case: AlignCase) -> dict[str, Any]:
    def clauses(units: list[Clause]) -> list[dict[str, str]]:
        return [{"id": u.eid, "number": u.num, "heading": u.heading, "text": u.text} for u in units]

    return {"name": case.name, "old": clauses(case.old), "new": clauses(case.new)}


def score(path: Path) -> int:
    try:
        answers = json.loads(path.read_text(encoding="utf-8"))
        pairs = {name: {(old, new) for old, new in each} for name, each in answers.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        sys.stderr.write(f"{path} holds no answers, {{case: [[old id, new id], …]}}: {error}\n")
        return 2
    figures = []
    for case in cases():
        precision, recall, f1 = measure(case, pairs.get(case.name, set()))
        figures.append(f1)
        sys.stdout.write(f"{case.name:34}{precision:8.3f}{recall:8.3f}{f1:8.3f}\n")
    sys.stdout.write(f"{'mean':50}{sum(figures) / len(figures):8.3f}\n")
    return 0


def print_peers() -> None:
    """Mean F1 by language and way, ours first."""
    table: dict[str, list[list[float]]] = {}
    for case in cases():
        ours = {(old, new) for entry in align(case.old, case.new, ignore_numbers=True) for old in entry.old
                for new in entry.new}  # fmt: skip
        row = [measure(case, ours)[2], *(measure(case, peer(case.old, case.new))[2] for peer in PEERS.values())]
        law, way = case.name.split(", ", 1)
        table.setdefault(f"{'Khmer' if law == 'Khmer law' else 'English'}, {way}", []).append(row)
    sys.stdout.write(f"{'mean F1':36}{'lawcompare':>11}" + "".join(f"{name:>11}" for name in PEERS) + "\n")
    for name, rows in sorted(table.items()):
        means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
        sys.stdout.write(f"{name:36}" + "".join(f"{mean:>11.3f}" for mean in means) + "\n")


if __name__ == "__main__":
    sys.exit(main())
