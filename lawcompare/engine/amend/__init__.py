"""An amending act carried out on the text of a law: each instruction executed, or refused with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lawcompare.engine.amend.acts import is_us_act, read_english
from lawcompare.engine.amend.base import Base
from lawcompare.engine.amend.execute import Executor
from lawcompare.engine.amend.instructions import Instruction, Outcome
from lawcompare.engine.document import NOTHING, Document
from lawcompare.engine.errors import EngineError

__all__ = ["AmendError", "Amended", "Instruction", "Outcome", "amend", "instructions_of"]


class AmendError(EngineError):
    """An act and a base that cannot be brought together at all."""


@dataclass(frozen=True)
class Amended:
    """The law as amended, and what became of each instruction, in the order of the act."""

    document: Document
    outcomes: tuple[Outcome, ...]


def instructions_of(act: Document) -> list[Instruction]:
    """The instructions of an act as data. Raises AmendError where it has none."""
    if act.language == "km":
        from lawcompare.engine.amend.khmer import read_khmer

        found = read_khmer(act)
    else:
        found = read_english(act)
    if not found:
        raise AmendError("no amending instruction was found: this act amends no law, or in words that are not known")
    return found


def amend(base: Document, act: Document, *, numbers: Mapping[str, str] = NOTHING) -> Amended:
    """Carry out an act on a law.

    ``numbers`` gives for sections of the act's own counting those of the base: ``{"251": "901"}``. Raises AmendError
    where the act holds no instruction, or none can be carried out and most are for other laws.
    """
    instructions = instructions_of(act)
    tree = Base.of(base, numbers)
    executor = Executor(tree, is_us=act.language != "km" and is_us_act(act))
    outcomes = []
    new: list[list] = []
    for instruction in instructions:
        outcome = executor.run(instruction)
        outcomes.append(outcome)
        new.append(executor.touched if not outcome.reason else [])
    reasons = Counter(outcome.reason for outcome in outcomes)
    if not reasons[""] and 2 * reasons["names-another-act"] >= len(outcomes):
        laws = list(dict.fromkeys(outcome.values.get("law", "") for outcome in outcomes))
        raise AmendError(f"this act amends {', '.join(filter(None, laws[:3]))}, which the base is not")
    document = replace(base, clauses=tree.clauses(), warnings=(), source=(), boxes=())
    done = [
        replace(outcome, clauses=tuple(dict.fromkeys(node.eid for node in nodes if node.eid)))
        for outcome, nodes in zip(outcomes, new, strict=True)
    ]
    return Amended(document, tuple(done))
