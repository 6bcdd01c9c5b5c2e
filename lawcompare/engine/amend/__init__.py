"""An amending act carried out on the text of a law: each instruction executed, or refused with its reason."""

from __future__ import annotations

import re
from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from types import MappingProxyType

from lawcompare.engine.amend.acts import is_us_act, own_dates, read_english
from lawcompare.engine.amend.base import Base, set_flush_words_apart
from lawcompare.engine.amend.execute import Executor
from lawcompare.engine.amend.instructions import Change, Decision, Instruction, Outcome, Words
from lawcompare.engine.amend.quotations import TooMuch
from lawcompare.engine.document import NOTHING, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.provisions import Node
from lawcompare.engine.wording.provisions import AMEND_ERRORS, NO_INSTRUCTION, OTHER_LAWS, TOO_MUCH

__all__ = ["AmendError", "Amended", "Change", "Decision", "Instruction", "Outcome", "Words", "amend", "instructions_of"]


# What it costs to keep a letter of a change, set beside looking at one, and each change has so many more.
KEPT, OF_A_CHANGE = 25, 100
_EFFECTIVE = re.compile(r"(?:Effective|Beginning|On and after)\b[^,]*(?:, \d{4})?(?=,)")


class AmendError(EngineError):
    """An act and a base that cannot be brought together at all: ``result`` says why, of AMEND_ERRORS."""

    def __init__(self, result: str, laws: Sequence[str] = ()) -> None:
        self.result = result
        super().__init__(AMEND_ERRORS[result] % {"laws": ", ".join(laws)})


@dataclass(frozen=True)
class Amended:
    """The law as amended, and what became of each instruction, in the order of the act."""

    document: Document
    outcomes: tuple[Outcome, ...]


def instructions_of(act: Document) -> list[Instruction]:
    """The instructions of an act as data. Raises AmendError where it has none, or too many."""
    try:
        if act.language == "km":
            from lawcompare.engine.amend.khmer import read_khmer

            found = read_khmer(act)
        else:
            found = read_english(act)
    except (TooMuch, RecursionError):
        raise AmendError(TOO_MUCH) from None
    if not found:
        raise AmendError(NO_INSTRUCTION)
    return found


def laws_of(instructions: Iterable[Instruction]) -> list[str]:
    """The laws that instructions name, the one that most of them amend first."""
    return [law for law, _ in Counter(one.target.law for one in instructions if one.target).most_common() if law]


def amend(
    base: Document,
    act: Document,
    *,
    numbers: Mapping[str, str] = NOTHING,
    decisions: Mapping[int, Decision] = MappingProxyType({}),
    instructions: Sequence[Instruction] = (),
) -> Amended:
    """Carry out an act on a law.

    ``numbers`` gives for sections of the act's own counting those of the base: ``{"251": "901"}``; ``decisions`` what
    people decided, by the place of the instruction in the act, from 0; ``instructions`` are those of the act where they
    have been read. Raises AmendError where the act holds no instruction, or none can be carried out and most are for
    other laws, or where it changes more than is carried out at once.
    """
    instructions = instructions or instructions_of(act)
    try:
        return _amend(base, act, numbers, decisions, instructions)
    except (TooMuch, RecursionError):
        raise AmendError(TOO_MUCH) from None


def _amend(
    base: Document,
    act: Document,
    numbers: Mapping[str, str],
    decisions: Mapping[int, Decision],
    instructions: Sequence[Instruction],
) -> Amended:
    tree = Base.of(base, numbers)
    set_flush_words_apart(tree.root)
    executor = Executor(tree, is_us=act.language != "km" and is_us_act(act))
    record = _Record(tree)
    done = []
    for at, instruction in enumerate(instructions):
        decision = decisions.get(at, Decision())
        outcome = _carry_out(executor, instruction, decision)
        touched = executor.touched if not outcome.reason else []
        if decision.words:
            set_by_hand = record.set_words(touched, decision.words)
            outcome = replace(outcome, reason=outcome.reason if set_by_hand is None else "")
            outcome = replace(outcome, decided="stale" if set_by_hand is None else "words")
            touched = touched + (set_by_hand or [])
            tree.forget()
        changes = record.changes(touched)
        for _key, _node, old, new in changes:
            tree.spend(KEPT * (OF_A_CHANGE + len((new or old or Words()).text)))
        done.append((outcome, changes))
    outcomes = [outcome for outcome, _ in done]
    reasons = Counter(outcome.reason for outcome in outcomes)
    is_decided = any(outcome.decided for outcome in outcomes)
    if not reasons[""] and not is_decided and 2 * reasons["names-another-act"] >= len(outcomes):
        raise AmendError(OTHER_LAWS, laws_of(instructions)[:3])
    dates = own_dates(act)
    document = replace(base, clauses=tree.clauses(), warnings=(), source=(), boxes=())
    return Amended(document, tuple(_with_changes(_with_date(outcome, dates), nodes) for outcome, nodes in done))


def _carry_out(executor: Executor, instruction: Instruction, decision: Decision) -> Outcome:
    if decision.is_skipped:
        executor.touched = []
        return Outcome(instruction, decided="skip")
    if decision.target and instruction.takes_target:
        return replace(executor.run(instruction.meaning(decision.target)), instruction=instruction, decided="target")
    return executor.run(instruction)


def _with_date(outcome: Outcome, dates: Mapping[str, str]) -> Outcome:
    """The outcome of what was carried out, with what the act says of its own date of it."""
    around = accumulate(outcome.instruction.eid.split("__"), "{}__{}".format)
    said = _EFFECTIVE.match(outcome.instruction.says)
    date = said[0] if said else next((dates[eid] for eid in reversed([*around]) if eid in dates), "")
    date = "" if outcome.reason or outcome.decided == "skip" else date
    return replace(outcome, values={"date": date}) if date else outcome


def _with_changes(outcome: Outcome, changed: Sequence[tuple[str, Node, Words | None, Words | None]]) -> Outcome:
    """The outcome with its changes, once new provisions have their addresses.

    A provision that takes the place of one with its address is one change.
    """
    replaced = {node.eid for _, node, old, _ in changed if node.eid and old is None}
    gone = {node.eid: old for _, node, old, new in changed if new is None and node.eid in replaced}
    changes = tuple(
        Change(key, node.eid, old or gone.get(node.eid), new)
        for key, node, old, new in changed
        if new is not None or node.eid not in gone
    )
    return replace(outcome, changes=changes, clauses=tuple(dict.fromkeys(one.eid for one in changes if one.eid)))


class _Record:
    """What each provision of a base reads, so that it is known what an instruction changed."""

    def __init__(self, tree: Base) -> None:
        self.tree = tree
        self.known = {node: _words(node) for node in tree.root.walk() if node is not tree.root}
        self.nodes = {node.eid: node for node in self.known if not node.is_flush}

    def changes(self, touched: Iterable[Node]) -> list[tuple[str, Node, Words | None, Words | None]]:
        """(key, provision, words before, words now) of those that changed."""
        found = []
        for key, node in _keyed(touched):
            old, new = self.known.pop(node, None), _words(node) if self.tree.holds(node) else None
            if new is not None:
                self.known[node] = new
            if old or new:
                found.append((key, node, old, new))
        return found

    def set_words(self, touched: Iterable[Node], words: Mapping[str, tuple[Words, Words]]) -> list[Node] | None:
        """Put in the words of a person; None, and nothing is done, where what they saw is there no more."""
        keyed = ChainMap(dict(_keyed(touched)), self.nodes)
        nodes = []
        for key, (seen, _) in words.items():
            node = keyed.get(key)
            if node is None or not self.tree.holds(node) or _words(node) != seen:
                return None
            nodes.append(node)
        for node, (_, new) in zip(nodes, words.values(), strict=True):
            node.num, node.heading, node.text = new.num, new.heading, new.text
        return nodes


def _keyed(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """Provisions by their address, or by how manieth they are where they are new."""
    return ((node.eid or f"+{number}", node) for number, node in enumerate(dict.fromkeys(nodes)))


def _words(node: Node) -> Words:
    return Words(node.num, node.heading, node.text)
