"""What the engine reads as values, against judged sentences: ``python -m tests.tools.score_values [FILE …]``.

A file holds sentences by element, each with what a person reads in it (``tests/data/values/english.yaml``). Printed are
precision, recall and the share of sentences read exactly, by element and file; with ``--wrong`` every sentence that
was read otherwise.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from lawcompare.engine.values.readers import scopes_in, thresholds_in, values_in

DATA = Path(__file__).parents[1] / "data" / "values"
_NAMES = {"mental-element": "level", "authorisation": "body", "defence": "kind"}


@dataclass(frozen=True)
class Judged:
    """A sentence, and the values of one element that a person reads and the engine reads in it."""

    element: str
    text: str
    expected: Counter
    read: Counter


@dataclass
class Score:
    right: int = 0
    read: int = 0
    expected: int = 0
    sentences: int = 0
    exact: int = 0

    def add(self, one: Judged) -> None:
        self.right += (one.read & one.expected).total()
        self.read += one.read.total()
        self.expected += one.expected.total()
        self.sentences += 1
        self.exact += one.read == one.expected

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.expected if self.expected else 1.0


def judged_sentences(path: Path) -> list[Judged]:
    """The sentences of a file with what is read in them."""
    elements = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Judged(
            element, each["text"], Counter(map(_key, each["values"])), Counter(map(_key, read(element, each["text"])))
        )
        for element, sentences in elements.items()
        for each in sentences
    ]


def read(element: str, text: str) -> list[Any]:
    """The values of an element in a text, in the form of the judged files; names are listed once."""
    seen = view(text)
    penalties = [penalty for penalty in penalties_in(seen) if penalty.values]
    if element == "penalty":
        return [penalty.all_values for penalty in penalties]
    if element == "threshold":
        return ["stated"] if thresholds_in(seen) else []
    if element == "scope":
        return list(dict.fromkeys(kind for _start, _end, kind in scopes_in(seen)))
    values = values_in(seen, [(penalty.start, penalty.end) for penalty in penalties])
    named = [value.values for value in values if value.rule == element]
    if element == "time-limit":
        return [[value["days"], value["bound"]] for value in named]
    return list(dict.fromkeys(value[_NAMES[element]] for value in named))


def _key(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted(value.items()))
    return tuple(value) if isinstance(value, list) else value


def score(sentences: list[Judged]) -> dict[str, Score]:
    """Scores by element, and of all under ``all``."""
    scores: dict[str, Score] = {}
    for one in sentences:
        for name in (one.element, "all"):
            scores.setdefault(name, Score()).add(one)
    return scores


def format_values(values: Counter) -> str:
    return ", ".join(map(str, values.elements())) or "nothing"


def main(arguments: list[str]) -> None:
    paths = [Path(each) for each in arguments if not each.startswith("--")] or sorted(DATA.glob("*.yaml"))
    for path in paths:
        sentences = judged_sentences(path)
        scores = score(sentences)
        print(f"{path.stem:18}{'sentences':>10}{'exact':>8}{'precision':>11}{'recall':>8}")
        for name in [name for name in scores if name != "all"] + ["all"]:
            one = scores[name]
            print(f"  {name:16}{one.sentences:>10}{one.exact:>8}{one.precision:>11.3f}{one.recall:>8.3f}")
        if "--wrong" in arguments:
            for one in sentences:
                if one.read != one.expected:
                    print(f"  {one.element}: {one.text}")
                    print(f"    {format_values(one.expected)}; read: {format_values(one.read)}")


if __name__ == "__main__":
    main(sys.argv[1:])
