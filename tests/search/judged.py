"""The judged questions (``questions.yaml``) asked of the demonstration corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

QUESTIONS = Path(__file__).parent / "questions.yaml"
FIRST = 5
SHUT = "shut"


@dataclass(frozen=True)
class Judged:
    """A question and the place of the first right answer, from 1; 0: none on the first page.

    ``plain_rank``: the same where only the words as typed are looked for. ``found``: what is on the first page.
    """

    language: str
    kind: str
    question: str
    rank: int
    plain_rank: int
    found: list[str]


def ask_all(*, shut: bool = False) -> Iterator[Judged]:
    """Asks the questions, each on a page of its language; those kept shut where wanted."""
    from django.utils.translation import override

    from lawcompare.search.asking import public_versions
    from lawcompare.search.find import PER_PAGE, Filters, Hit, find, show

    def place(hit: Hit) -> str:
        if hit.entry.kind == "clause" and hit.version and hit.clause:
            return f"{hit.version.address}/{hit.clause.eid}"
        return f"{hit.entry.kind} {hit.entry.key}"

    versions = public_versions()
    for language, kinds in yaml.safe_load(QUESTIONS.read_text()).items():
        for kind, questions in kinds.items():
            for question, *right in questions if shut or kind != SHUT else ():
                found, ranks = [], []
                for as_typed in (True, False):
                    with override(language):
                        results = find(question, Filters(), versions, as_typed=as_typed)
                        found = [place(hit) for hit in show(results, results.ranked[:PER_PAGE], language)]
                    ranks.append(next((at for at, one in enumerate(found, 1) if is_right(one, right)), 0))
                yield Judged(language, kind, question, ranks[1], ranks[0], found)


def is_right(place: str, right: Iterable[str]) -> bool:
    """Returns whether a clause is one of those named, in any language of the text, or a part of one.

    >>> is_right("us-code-18/2023-km/chp_47__sec_1030__subsec_a", ["us-code-18/sec_1030"])
    True
    """
    law, _slash, rest = place.partition("/")
    version, _slash, eid = rest.partition("/")
    for one in right:
        its_law, *its_version, its_eid = one.split("/")
        is_text = its_law == law and all(version.startswith(start) for start in its_version)
        if is_text and (not its_eid or f"__{its_eid}__" in f"__{eid}__"):
            return True
    return False
