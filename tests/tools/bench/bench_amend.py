"""Amending acts carried out on laws, beside the official text after them, of the judged cases in ``../shared``.

Printed for each case: operations judged ``literal`` done rightly; executed otherwise than the official text has it
without a word; the distance of the result from the official text over that of the base, in words; seconds.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Indel

from lawcompare.engine.amend import Amended, Outcome, amend
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.reading import read
from tests.conftest import SHARED

CASES = SHARED / "data" / "amendments"


@dataclass
class Counts:
    """What a case came to; ``wrong`` and ``missed`` name the operations."""

    literal: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    executed: int = 0
    operations: int = 0
    distance: float = 0.0
    seconds: float = 0.0


def main() -> None:
    if not CASES.exists():
        print("Not run: ../shared/data/amendments is not here.")
        return
    total = Counts()
    for folder in sorted(CASES.iterdir()):
        if folder.is_dir():
            counts = count(folder)
            show(folder.name, counts)
            total.literal += counts.literal
            total.right += counts.right
            total.wrong += counts.wrong
    if total.literal:
        share = total.right / total.literal
        print(
            f"all: {total.right} of {total.literal} literal done rightly ({share:.3f}), {len(total.wrong)} wrong unsaid"
        )


def show(name: str, counts: Counts) -> None:
    print(
        f"{name}: {counts.right} of {counts.literal} literal done rightly; {len(counts.wrong)} wrong unsaid;"
        f" {counts.executed} of {counts.operations} executed; distance {counts.distance:.3f}; {counts.seconds:.2f} s"
    )
    for what, names in (("not done", counts.missed), ("wrong", counts.wrong)):
        for each in names:
            print(f"    {what}: {each}")


def count(folder: Path) -> Counts:
    """Carry a case out and compare with its official text."""
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    base = _read(folder, "before")
    official = _plain((folder / "after.txt").read_text("utf-8"))
    acts = sorted(folder.glob("act*.txt"))
    start = time.perf_counter()
    outcomes: list[tuple[Outcome, Amended, Document]] = []
    law = base
    for act in acts:
        done = amend(law, read(act.read_bytes(), filename=act.name))
        outcomes += [(outcome, done, law) for outcome in done.outcomes]
        law = done.document
    counts = Counts(seconds=time.perf_counter() - start, operations=len(outcomes))
    counts.executed = sum(1 for outcome, _, _ in outcomes if not outcome.reason)
    _judge(meta["operations"], outcomes, law, official, counts)
    after = text_of(_read(folder, "after"))
    counts.distance = distance(text_of(law), after) / max(distance(text_of(base), after), 1)
    return counts


def _judge(
    operations: list[dict[str, Any]],
    outcomes: list[tuple[Outcome, Amended, Document]],
    law: Document,
    official: str,
    counts: Counts,
) -> None:
    left = list(outcomes)
    for operation in operations:
        place = re.sub(r"^c\. \d+, ", "", operation["act"])
        name = f"{operation['n']} {operation['act']} {operation['type']}"
        found = next(
            (
                each
                for each in left
                if re.sub(r"^c\. \d+, ", "", each[0].instruction.act) == place
                and each[0].instruction.operation == operation["type"]
                and _target_fits(operation, each[0])
            ),
            None,
        )
        if found is not None:
            left.remove(found)
        literal = operation["verdict"] == "literal"
        counts.literal += literal
        if found is None:
            counts.missed += [f"{name}: no such instruction"] * literal
        elif found[0].reason:
            counts.missed += [f"{name}: {found[0].reason} {found[0].values}"] * literal
        elif why := _differs(found[0], found[2], law, official):
            is_said = "date" in found[0].values  # the official text may have it later, as the act says
            counts.wrong += [f"{name}: {why}"] * (literal and not is_said)
            counts.missed += [f"{name}: {found[0].values['date'] if is_said else 'wrong'}"] * literal
        else:
            counts.right += literal
    for outcome, _, _ in left:
        if not outcome.reason:
            counts.wrong.append(f"{outcome.instruction.act} {outcome.instruction.operation}: not in the case")


def _target_fits(operation: dict[str, Any], outcome: Outcome) -> bool:
    if "target" not in operation or not outcome.target:
        return True
    digits = re.findall(r"[0-9]+", operation["target"].translate(str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")))
    return not digits or digits[0] in outcome.target


def _differs(outcome: Outcome, base: Document, law: Document, official: str) -> str:
    """Why what an instruction changed is not as the official text has it; empty where it is."""
    for eid in outcome.clauses:
        clause = law.by_eid.get(eid)
        if clause is not None:
            for words in (clause.heading, clause.text):
                if re.sub(r"[.,;](?:or|and)?$", "", _plain(words)) not in official:
                    return f"{eid} is «{words[-160:]}»"
        elif eid in base.by_eid:
            gone = _plain(_shown(base.by_eid[eid]))
            if len(gone) > 40 and _plain(text_of(law)).count(gone) < official.count(gone):
                return f"{eid} should have stayed"
    return ""


def _read(folder: Path, name: str) -> Document:
    path = folder / f"{name}.txt"
    return read(path.read_bytes(), filename=path.name)


def _shown(clause: Clause) -> str:
    return " ".join(filter(None, (clause.num, clause.heading, clause.text)))


def text_of(document: Document) -> str:
    return "\n".join(_shown(clause) for clause in document.clauses)


def _plain(text: str) -> str:
    """Without quotation marks, case, spaces and the marks around numbers and headings."""
    text = re.sub(r"^(?:#+.*|\[\d.*(?:Repealed|Omitted).*\])$", "", text, flags=re.MULTILINE).lower()
    return re.sub(r"[\s“”\"‘’'\[\]–—-]|\.(?=—)|§|\u200b", "", text)


def distance(one: str, other: str) -> int:
    """How many words (letters in Khmer) one text has that the other has not."""
    if re.search("[ក-៿]", one):
        first, second = list(_plain(one)), list(_plain(other))
    else:
        first, second = (re.findall(r"\w+|[^\w\s]", _plain_words(each)) for each in (one, other))
    edits: int = Indel.distance(first, second)
    return edits


def _plain_words(text: str) -> str:
    return re.sub(r"[“”\"‘’'\[\]§]", "", re.sub(r"^#+.*$", "", text, flags=re.MULTILINE).lower())
