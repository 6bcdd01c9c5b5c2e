"""The demonstration corpus as tests read it: its texts, the entries of its files, the clause a citation names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest
import yaml

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.reading import read

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
SHARED = ROOT.parent / "shared" / "data"
needs_shared = pytest.mark.shared

V1, D2020, D2024 = "kh-cybercrime/2012-v1-en", "kh-cybercrime/2020-08-en", "kh-cybercrime/2024-leak-en"
DRAFTS = [V1, D2020, D2024]
CODE, CONSTITUTION = "kh-criminal-code/2009-en", "kh-constitution/1993-en"
BUDAPEST, ICCPR, UDHR = "budapest-convention/2001-en", "iccpr/1966-en", "udhr/1948-en"
COMMENT_16, COMMENT_34 = "ccpr-gc-16/1988-en", "ccpr-gc-34/2011-en"
UN_CYBERCRIME = "un-cybercrime/2024-en"
ASEAN = "asean-hrd/2012-en"
US_CONSTITUTION = "us-constitution/2023-en"
PRESS_LAW, TELECOM_LAW = "kh-press-law/1995-en", "kh-telecom-law/2015-en"
OURS = [*DRAFTS, CODE, CONSTITUTION, PRESS_LAW, TELECOM_LAW, BUDAPEST, ICCPR, UDHR, COMMENT_16, COMMENT_34]
OURS += [UN_CYBERCRIME, ASEAN, US_CONSTITUTION]
TREATY_SOURCES = {
    BUDAPEST: "treaties/budapest-convention-cets185-en.md",
    ICCPR: "treaties/iccpr-en.md",
    UDHR: "udhr/eng.html",
}

QUOTED = re.compile(r'"([^"]*)"')
WORDS = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"\d+[A-Za-z]*")


def for_each(rows: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """The check of a row becomes one test of all rows, which names every row that fails it, with the reason.

    A tuple gives the check as many arguments.
    """

    rows = list(rows)

    def decorate(check: Callable[..., None]) -> Callable[[], None]:
        @wraps(check)
        def test() -> None:
            failures = []
            for row in rows:
                try:
                    check(*(row if isinstance(row, tuple) else (row,)))
                except Exception as failure:
                    name = row.get("id", row.get("slug")) if isinstance(row, dict) else row
                    failures.append(f"{name}: {type(failure).__name__}: {failure}")
            assert not failures, "\n".join([f"{len(failures)} rows fail:", *failures])

        del test.__wrapped__  # whose argument pytest would look for
        return test

    return decorate


@cache
def document(address: str) -> Document:
    path = FIXTURES / "laws" / f"{address}.md"
    return read(path.read_bytes(), filename=path.name)


@cache
def entries(name: str) -> list[dict]:
    return yaml.safe_load((FIXTURES / name).read_text("utf-8"))


@cache
def skeleton() -> dict:
    return json.loads((SHARED / "kh-cybercrime-drafts" / "skeleton.json").read_text("utf-8"))


def words(text: str) -> list[str]:
    return WORDS.findall(text.lower())


def spaced(text: str) -> str:
    """Words alone, so that quotation marks, dashes and line ends do not count."""
    return f" {' '.join(words(text))} "


def articles(address: str) -> dict[str, Clause]:
    articles = [clause for clause in document(address).clauses if clause.element == "article" and clause.num]
    return {NUMBER.search(clause.num).group(): clause for clause in articles}


def whole_text(address: str, clause: Clause) -> str:
    return "\n".join(part.text for part in document(address).subtree(clause.eid))


def resolve(address: str, cited: str) -> Clause:
    """The one clause that a citation of the corpus names, as fixtures/README.md says."""
    law = document(address)
    ending = [clause for clause in law.clauses if clause.eid == cited or clause.eid.endswith(f"__{cited}")]
    if ending:
        assert len(ending) == 1, f"{address} has {cited} more than once"
        return ending[0]
    number = NUMBER.match(cited)
    assert number, f"{address} has no clause {cited}"
    units = [clause for clause in law.clauses if clause.element in {"article", "section"}]
    matches = [clause for clause in units if number.group() in NUMBER.findall(clause.num)]
    for part in re.findall(r"\(([^()]+)\)", cited):
        matches = [
            kid for clause in matches for kid in law.children.get(clause.eid, ()) if kid.num.strip("().") == part
        ]
    assert len(matches) == 1, f"{address} has {len(matches)} clauses {cited}"
    return matches[0]
