"""Prints every expression that the project compiles while all its modules are read and laws are examined, as JSON."""

import json
import os
import re._compiler as compiler
import sys
from itertools import product
from typing import Any

from tests.conftest import ROOT

FOLDER = f"{ROOT}/lawcompare/"
LAW = {
    "en": "Whoever without right enters a computer system is punished by prison of one to three years. The minister "
    "may, with a court order and within 30 days, have traffic data preserved. “Data” means any message.",
    "km": "អ្នកណាចូលក្នុងប្រព័ន្ធកុំព្យូទ័រដោយខុសច្បាប់ ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ឆ្នាំ ដល់ ៣ឆ្នាំ។",
}
compiled: set[tuple[str, int]] = set()
_compile = compiler.compile


def keep(pattern: Any, flags: int = 0) -> Any:
    frame: Any = sys._getframe(1)
    while frame.f_globals["__name__"].partition(".")[0] == "re":
        frame = frame.f_back
    if isinstance(pattern, str) and frame.f_code.co_filename.startswith(FOLDER):
        compiled.add((pattern, int(flags)))
    return _compile(pattern, flags)


def main() -> None:
    compiler.compile = keep
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")
    import django

    django.setup()
    from tests.engine import test_bounded_cost as bounded

    list(bounded.patterns())  # reads every module
    for run, (language, words) in product(bounded.RUNS, LAW.items()):
        bounded.RUNS[run]()
        clauses = (bounded.Clause("a", "article", "Article 1", text=words), bounded.Clause("b", "article", "2"))
        law = bounded.Document("Law", language, clauses)
        bounded.examine(law, language=language)
        bounded.elements_of(law, ["a"])
    print(json.dumps(sorted(compiled)))


if __name__ == "__main__":
    main()
