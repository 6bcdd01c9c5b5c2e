"""How often a right clause is among the first answers to the judged questions (``tests/search/questions.yaml``), by
kind, on the demonstration corpus; beside it what has every word as typed.

``python -m tests.tools.bench.bench_answers --each`` names the questions without a right clause among the first five,
and what stood there. ``--shut`` counts those kept shut too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.search.judged import FIRST, Judged, ask_all
from tests.tools.bench.child import measure_in_child


def main(options: Sequence[str] = ()) -> None:
    site = {name: value for name, value in os.environ.items() if name == "DATA_DIR"}  # one with the corpus, if given
    answers = [Judged(**row) for row in measure_in_child("tests.tools.bench.bench_answers", *options, **site)]
    print(f"  {'':<22}{'every word as typed':>22}{'the search':>22}{'nothing':>10}")
    print(f"  {'':<13}{'questions':>9}{'first five':>13}{'first':>9}{'first five':>13}{'first':>9}{'found':>10}")
    for language in ("en", "km"):
        of_language = [one for one in answers if one.language == language]
        for kind in dict.fromkeys(one.kind for one in of_language):
            print_line(f"{language} {kind}", [one for one in of_language if one.kind == kind])
        print_line(f"{language} all", of_language)
    if "--each" in options:
        for one in answers:
            if not 0 < one.rank <= FIRST:
                print(f"  {one.question} ({one.rank})", *one.found[:8], sep="\n      ")


def print_line(name: str, answers: list[Judged]) -> None:
    def share(column: str, most: int) -> str:
        return f"{sum(0 < getattr(one, column) <= most for one in answers) / len(answers):.2f}"

    plain = f"{share('plain_rank', FIRST):>13}{share('plain_rank', 1):>9}"
    nothing = sum(not one.found for one in answers)
    print(f"  {name:<13}{len(answers):>9}{plain}{share('rank', FIRST):>13}{share('rank', 1):>9}{nothing:>10}")


def measure(*options: str) -> list[dict[str, Any]]:
    from django.core.management import call_command

    from lawcompare.search.models import SearchEntry

    if not SearchEntry.objects.exists():
        call_command("demo", verbosity=0, stdout=sys.stderr)
    return [asdict(one) for one in ask_all(shut="--shut" in options)]


if __name__ == "__main__":
    main(sys.argv[1:])
