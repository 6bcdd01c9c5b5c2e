"""Statements on Cambodia that the corpus makes to readers, drawn by lot for fresh eyes:
``python -m tests.tools.draw [--seed 1] [--count 100]`` prints them as a list in Markdown, kinds in proportion to how
many there are of each, with the place in ``fixtures/``, English and Khmer, and the pages that have to bear them.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.content.corpus import FIXTURES, document, entries
from tests.tools.searches import name_of


@dataclass(frozen=True)
class Statement:
    kind: str
    place: str
    words: str
    khmer: str = ""
    sources: list[str] = field(default_factory=list)


def _one_line(words: str) -> str:
    return " ".join(words.split())


def statements() -> list[Statement]:
    """All public statements on Cambodian law and how it came about, in the order of the files."""
    khmer = {
        _one_line(row["en"]): row["km"]
        for path in sorted(FIXTURES.glob("localised/*.yaml"))
        for row in yaml.safe_load(path.read_text("utf-8"))
    }

    def in_khmer(words: str) -> str:
        return khmer.get(_one_line(words), "")

    def of_rows(kind: str, file: str, *names: str) -> Iterator[Statement]:
        for row in entries(file):
            if is_on_cambodia(row):
                words = " ".join(str(row.get(name, "heading only")) for name in names)
                rendered = " ".join(filter(None, (in_khmer(str(row.get(name, ""))) for name in names)))
                source = (row.get("source") or {}).get("url", "")
                yield Statement(kind, f"{file} {name_of(row)}", words, rendered, [source] if source else [])

    return [
        *_clauses(),
        *of_rows("correspondence", "correspondences.yaml", "relation", "reasoning"),
        *of_rows("annotation", "annotations.yaml", "body"),
        *of_rows("outcome of a concern", "fates.yaml", "fate", "reason"),
        *of_rows("concordance", "concordance.yaml", "reason"),
        *_values(),
        *_told("event", "events.yaml"),
        *_told("text wanted", "wanted.yaml"),
    ]


def is_on_cambodia(row: Any) -> bool:
    """Whether a row names a text of Cambodian law."""
    if isinstance(row, dict):
        return any(str(key).startswith("kh-") or is_on_cambodia(value) for key, value in row.items())
    return any(map(is_on_cambodia, row)) if isinstance(row, list) else str(row).startswith("kh-")


def _clauses() -> Iterator[Statement]:
    for path in sorted(FIXTURES.glob("laws/kh-*/*-en.md")):
        address = f"{path.parent.name}/{path.stem}"
        law, rendering = document(address), document(address.removesuffix("en") + "km")
        khmer = {clause.eid: clause for clause in rendering.clauses}
        for clause in law.clauses:
            if clause.text:
                source = clause.attributes.get("source") or law.meta.get("source_url")
                words, other = (f"{each.num} {each.heading}: {each.text}" for each in (clause, khmer[clause.eid]))
                yield Statement("clause", f"{address} {clause.eid}", words, other, [source] if source else [])


def _values() -> Iterator[Statement]:
    for path in sorted(FIXTURES.glob("values/kh-*.yaml")):
        data = yaml.safe_load(path.read_text("utf-8"))
        for cited, rows in data["clauses"].items():
            for row in rows:
                said = f"{row['element']} {row.get('value', '')}: “{row['words']}”"
                yield Statement("value", f"{data['text']} {row.get('in', cited)}", said)


def _told(kind: str, file: str) -> Iterator[Statement]:
    for row in entries(file):
        if row["law"].startswith("kh-"):
            when = str(row.get("date", ""))
            english, khmer = (f"{when} {row['title'][code]}: {row['body'][code]}" for code in ("en", "km"))
            yield Statement(kind, f"{file} {name_of(row)}", english, khmer, [each["url"] for each in row["sources"]])


def draw(seed: int, count: int) -> list[Statement]:
    """``count`` statements by lot, of each kind its share (largest remainders); the same for the same seed."""
    kinds: dict[str, list[Statement]] = {}
    for one in statements():
        kinds.setdefault(one.kind, []).append(one)
    total = sum(map(len, kinds.values()))
    shares = {kind: count * len(rows) / total for kind, rows in kinds.items()}
    wanted = {kind: int(share) for kind, share in shares.items()}
    for kind in sorted(shares, key=lambda kind: wanted[kind] - shares[kind])[: count - sum(wanted.values())]:
        wanted[kind] += 1
    chance = random.Random(seed)
    return [one for kind, rows in kinds.items() for one in chance.sample(rows, wanted[kind])]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.draw", description="Draw statements on Cambodia.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    asked = parser.parse_args(arguments)
    most = len(statements())
    if not 1 <= asked.count <= most:
        print(f"There are {most} statements: draw from 1 to {most} of them.", file=sys.stderr)
        return 2
    for number, one in enumerate(draw(asked.seed, asked.count), start=1):
        print(f"{number}. **{one.kind}**, {one.place}\n   - EN: {_one_line(one.words)}")
        print(f"   - KM: {_one_line(one.khmer) or '–'}")
        print(f"   - pages: {' '.join(one.sources) or 'those of its clauses'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
