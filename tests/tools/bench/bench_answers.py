"""How often a right clause is among the first answers to the judged questions (``tests/search/questions.yaml``), by
kind, on the demonstration corpus; beside it what has every word as typed.

``python -m tests.tools.bench.bench_answers --each`` names the questions without a right clause among the first five,
and what stood there. ``--shut`` counts those kept shut too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict

from tests.conftest import ROOT
from tests.search.judged import FIRST, Judged, ask_all

CHILD = "child"


def main(options: Sequence[str] = ()) -> None:
    environment = os.environ | {
        "EMBEDDED": "1",
        "TASKS": "inline",
        "DATA_DIR": os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="lawcompare-bench-"),
        "DJANGO_SETTINGS_MODULE": "tests.tools.bench.settings",
    }
    child = [sys.executable, "-m", "tests.tools.bench.bench_answers", CHILD, *options]
    done = subprocess.run(child, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    answers = [Judged(**row) for row in json.loads(done.stdout.splitlines()[-1])]
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


def measure(options: Sequence[str]) -> list[Judged]:
    import django

    django.setup()
    from django.core.management import call_command

    from lawcompare.search.models import SearchEntry

    call_command("migrate", verbosity=0)
    if not SearchEntry.objects.exists():
        call_command("demo", verbosity=0, stdout=sys.stderr)
    return list(ask_all(shut="--shut" in options))


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        print(json.dumps([asdict(one) for one in measure(sys.argv[2:])]))
    else:
        main(sys.argv[1:])
