"""Each line of ``fixtures/`` that says that something was not reported, seen or known, and the last search behind it:
``python -m tests.tools.searches [FILE …]``, with the date, the words that were asked and the pages that were opened.

A place is a file and an id in it: the id of a row, of a topic or a word, the address of a clause, ``head`` for what is
said of a text as a whole. ``fixtures/searches.yaml`` says which searches stand behind which places.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from tests.content.corpus import FIXTURES, document

SEARCHES = FIXTURES / "searches.yaml"
ROWS = ("annotations.yaml", "concordance.yaml", "correspondences.yaml", "events.yaml", "fates.yaml", "glossary.yaml")
LAWS = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("laws/*/*-en.md"))
VALUES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob("values/*.yaml"))
FILES = (*ROWS, "topics.yaml", *LAWS, *VALUES)
CLAIM = re.compile(
    r"\b(?:(?:(?<!has )(?<!have )not|not been|nothing|neither|none|nobody)\b[^.;:]*\b(?:reported|seen|known|searched)|"
    r"(?:was|were) not (?:reached|compared)|only the heading is known|the heading alone is known|"
    r"no page (?:found )?says|unknown)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.;])\s+")


def claims(words: str) -> Iterator[str]:
    """The parts of a statement that say that something is not known."""
    yield from (part for part in SENTENCE.split(" ".join(words.split())) if CLAIM.search(part))


def english(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"km", "words", "quote", "source", "sources"}:
                yield from english(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from english(inner)
    elif isinstance(value, str):
        yield value


def name_of(row: dict[str, Any]) -> str:
    """What names a row: its id, or the clauses or the concern that it joins."""
    if "annotation" in row:
        return f"{row['annotation']} in {row['in'].split('/')[1]}"
    if "old" in row:
        return " > ".join(next(iter(row[side].values())) for side in ("old", "new"))
    return row.get("id") or row["slug"]


@cache
def places(file: str) -> dict[str, list[str]]:
    """Each place of a file, with what it says is not known."""
    if file.startswith("laws/"):
        law = document(file.removeprefix("laws/").removesuffix(".md"))
        found = {"head": list(claims(law.meta.get("note", "")))}
        for clause in law.clauses:
            status = clause.attributes.get("text_status")
            bare = [f"text: {status}"] if status in {"heading-only", "not-known"} else []
            found[clause.eid] = bare + list(claims(clause.attributes.get("note", "")))
        return found
    rows = yaml.safe_load((FIXTURES / file).read_text("utf-8"))
    if file.startswith("values/"):
        return {
            cited: [part for row in values for part in claims(row.get("note", ""))]
            for cited, values in rows["clauses"].items()
        }
    if file == "topics.yaml":
        return {row["slug"]: [f"not known: {text}" for text in row.get("not_known", [])] for row in rows}
    return {name_of(row): [part for words in english(row) for part in claims(words)] for row in rows}


@cache
def searches() -> list[dict[str, Any]]:
    return yaml.safe_load(SEARCHES.read_text("utf-8"))


def behind(file: str, place: str) -> list[dict[str, Any]]:
    """The searches behind a place, the latest first."""
    found = [row for row in searches() if place in row["places"].get(file, [])]
    return sorted(found, key=lambda row: str(row.get("searched", "")), reverse=True)


def main(files: list[str]) -> int:
    if unknown := [file for file in files if file not in FILES]:
        print(f"No file of fixtures/ is called {unknown[0]} and says what is not known.", file=sys.stderr)
        return 2
    for file in files or FILES:
        for place, parts in places(file).items():
            for part in parts:
                print(f"{file}\t{place}\t{part}")
            for row in behind(file, place) if parts else []:
                asked = row["asked"][-1] if "asked" in row else row["how"]
                print("", row.get("searched", "never"), row["key"], asked, *row.get("opened", []), sep="\t")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
