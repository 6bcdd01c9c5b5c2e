"""What an amending act says, as data: where, which operation, old words, new words, and the place of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from lawcompare.engine.structure.provisions import LEVEL_NAMES
from lawcompare.engine.wording import ENGLISH, Locale
from lawcompare.engine.wording import provisions as names

# The kind of a step that is an address of the base, which a person chose.
ADDRESS = "address"
# What an instruction takes beside its words, and each provision that it names, in letters.
OF_ONE, OF_A_TARGET = 1_000, 100
# Levels whose numbers are cited without brackets.
_WITHOUT_BRACKETS = ("section", "article", "schedule", "chapter", "title", "part", "rule", "regulation")


@dataclass(frozen=True, slots=True)
class Step:
    """One level of a target: ``kind`` as the act calls it (empty where it says only the number), and its number.

    Of a definition ``number`` is the word that it defines.
    """

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class Target:
    """Which provision of which law; ``steps`` from the outside in.

    ``law``    the law as the act names it, empty where it goes on with the one named before
    ``title``  the title of the US Code
    ``cited``  the citation that follows the name: title, section and what stands after the section (``note``, ``et
               seq.`` or nothing)
    ``part``   what of the provision: ``heading``, ``sentence``, ``before`` or ``after`` a child, or all (empty)
    ``nth``    of a sentence its number, -1 the last
    ``edge``   of ``before`` and ``after`` the child
    ``until``  the last provision of a run that begins with this one: ``subsections (4) to (7)``
    """

    steps: tuple[Step, ...] = ()
    law: str = ""
    title: str = ""
    cited: tuple[str, str, str] | None = None
    part: str = ""
    nth: int = 0
    edge: tuple[Step, ...] = ()
    until: str = ""

    @property
    def section(self) -> str:
        return self.steps[0].number if self.steps and self.steps[0].kind in ("section", "article") else ""

    def inside(self, outer: Target) -> Target:
        """This target, given that it is named inside another: it goes on where that one ends."""
        if self.section or (self.steps and self.steps[0].kind in ("schedule", "chapter", "title", "part")):
            law, title = (self.law or outer.law), (self.title or ("" if self.law else outer.title))
            return replace(self, law=law, title=title)
        if not self.steps and (self.law or self.title or self.cited):
            return self
        part, nth, edge = (self.part, self.nth, self.edge) if self.part else (outer.part, outer.nth, outer.edge)
        if self.steps and not self.part:
            part, nth, edge = "", 0, ()
        steps = outer.steps + self.steps
        # "in paragraph (2)" inside paragraph (1): the one beside it, as the same level cannot stand inside itself.
        if self.steps and outer.steps and self.steps[0].kind in LEVEL_NAMES[1:]:
            same = [at for at, step in enumerate(outer.steps) if step.kind == self.steps[0].kind]
            steps = outer.steps[: same[0]] + self.steps if same else steps
        return replace(outer, steps=steps, cited=outer.cited, part=part, nth=nth, edge=edge, until=self.until or "")

    def cite(self, locale: Locale = ENGLISH) -> str:
        """As laws cite it: ``section 1030(a)(2)``, in the language of ``locale``."""
        words = [
            locale.gettext(names.DEFINITION) % {"word": step.number} for step in self.steps if step.kind == "definition"
        ]
        if named := [step for step in self.steps if step.kind != "definition"]:
            kind, number = named[0].kind, named[0].number
            if kind not in _WITHOUT_BRACKETS:
                number = f"({number})"
            number = locale.digits(number + "".join(f"({step.number})" for step in named[1:]))
            text = f"{locale.pgettext(names.LEVEL, kind or 'provision')} {number}"
            if kind == ADDRESS:
                text = named[0].number
            if self.until:
                text = locale.gettext(names.RUN) % {"first": text, "last": locale.digits(f"({self.until})")}
            words.insert(0, text)
        if self.part == "heading":
            words.append(locale.pgettext(names.LEVEL, "heading"))
        elif self.part in names.PARTS or self.part == "sentence":
            part = names.PARTS.get(self.part) or (names.LAST_SENTENCE if self.nth == -1 else names.SENTENCE)
            edge = "".join(f"({step.number})" for step in self.edge)
            words.append(locale.gettext(part) % {"edge": locale.digits(edge), "number": locale.digits(self.nth)})
        if self.title and not words:
            words = [f"{locale.pgettext(names.LEVEL, 'title')} {locale.digits(self.title)}"]
        return ", ".join(words) or locale.gettext(names.LAW)

    def __str__(self) -> str:
        return self.cite()


@dataclass(frozen=True, slots=True)
class Spot:
    """What an instruction strikes, or beside what it inserts.

    ``kind``     ``words``; ``mark`` (the period, semicolon … at the end); ``units`` (whole provisions); ``sentence``;
                 ``heading``; ``items`` (lines of a table of sections); ``end``
    ``each``     every place of the words; ``nth`` the first (1), second (2) … place
    ``at_end``   the words that end the target
    ``kept``     how many of the first letters of the words stay: "the comma after “x”"
    ``through``  the last of what is struck: all between goes too; ``before_it`` where it stays itself
    """

    kind: str
    words: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    nth: int = 0
    each: bool = False
    at_end: bool = False
    through: Spot | None = None
    before_it: bool = False
    kept: int = 0


# What the sentence about an instruction says: words, numbers, provisions.
Values = Mapping[str, str | int | Target]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of an act, in the order in which it is carried out.

    ``act``        its place in the act: ``sec. 401(a)(1)(A)``, ``s. 1(2)``, ``មាត្រាតែមួយ``
    ``operation``  what it does, by the names of the legislative form: ``strike_insert``, ``add_at_end`` …
    ``says``       its own words; ``span`` where they stand in the text of the clause ``eid`` of the act
    ``target``     None where the act's words were not understood
    ``old``        what goes; ``anchor`` with ``side`` (``after``, ``before``, ``end``): beside what the new words come
    ``new``        the new words, one line a provision; ``is_block`` whether they are whole provisions
    ``numbers``    of a redesignation the new numbers
    ``reason``     why it cannot be carried out, whatever the base is
    """

    act: str
    operation: str
    says: str = ""
    eid: str = ""
    span: tuple[int, int] = (0, 0)
    target: Target | None = None
    old: Spot | None = None
    anchor: Spot | None = None
    side: str = ""
    new: str = ""
    is_block: bool = False
    numbers: tuple[Target, ...] = ()
    reason: str = ""
    values: Values = field(default_factory=dict, hash=False)

    @property
    def length(self) -> int:
        """What it takes to keep it, in letters."""
        return OF_ONE + len(self.says) + OF_A_TARGET * len(self.old.targets if self.old else ())

    @property
    def takes_target(self) -> bool:
        """Whether a person may say which provision it means: it names one, and its words were understood."""
        spots = [spot for spot in (self.old, self.anchor) if spot and spot.targets]
        return self.target is not None and self.reason == "" and all(len(spot.targets) == 1 for spot in spots)

    def meaning(self, eid: str) -> Instruction:
        """The instruction, of the provision with this address in the base."""

        def moved(target: Target) -> Target:
            return replace(target, steps=(Step(ADDRESS, eid),), law="", title="", cited=None, until="")

        def spot(old: Spot | None) -> Spot | None:
            return replace(old, targets=tuple(map(moved, old.targets))) if old else None

        assert self.target is not None
        return replace(self, target=moved(self.target), old=spot(self.old), anchor=spot(self.anchor))


@dataclass(frozen=True, slots=True)
class Words:
    """What a provision reads, without what stands inside it."""

    num: str = ""
    heading: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A provision before an instruction and after it; None where it was not there yet, or is no more.

    ``key`` names it in a ``Decision``: its address, or ``+0``, ``+1`` … where the act put it in. ``eid`` is its address
    at the end, in the base where it is no more.
    """

    key: str
    eid: str
    old: Words | None
    new: Words | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on an instruction.

    ``is_skipped``  it is not carried out
    ``target``      the address, in the base, of the provision that it means
    ``words``       what provisions read after it: by their ``Change.key`` the words that the person saw, and theirs
    """

    is_skipped: bool = False
    target: str = ""
    words: Mapping[str, tuple[Words, Words]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an instruction: executed where ``reason`` is empty, and which clauses it changed.

    ``decided`` is how a person decided on it: ``skip``, ``target``, ``words``, or ``stale`` where the words that they
    saw are there no more; their own words are then not put in.
    """

    instruction: Instruction
    reason: str = ""
    values: Values = field(default_factory=dict, hash=False)
    clauses: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    changes: tuple[Change, ...] = ()
    decided: str = ""

    @property
    def target(self) -> str | None:
        return self.cite()

    def cite(self, locale: Locale = ENGLISH) -> str | None:
        """What it is carried out on, as laws cite it; None where that is not known."""
        return ", ".join(target.cite(locale) for target in self.targets[:6]) or None

    @property
    def verdict(self) -> str:
        return "refused" if self.reason else "executed"


# --- Kept as JSON -----------------------------------------------------------------------------------------------------

_KEPT = {kind.__name__: kind for kind in (Step, Target, Spot, Instruction, Words, Change, Outcome)}
_USUAL = {kind: [(one.name, one.default) for one in fields(kind)] for kind in _KEPT.values()}


def to_json(outcome: Outcome) -> str:
    """An outcome as JSON, without what is as usual.

    >>> outcome = Outcome(Instruction("sec. 2", "strike"), "no-target", {"missing": Target((Step("section", "9"),))})
    >>> from_json(to_json(outcome)) == outcome
    True
    """
    return json.dumps(outcome, default=_plain, ensure_ascii=False)


def from_json(text: str) -> Outcome:
    outcome: Outcome = json.loads(text, object_hook=_made)
    return outcome


def _plain(one: Any) -> dict[str, Any]:
    values = ((name, getattr(one, name), usual) for name, usual in _USUAL[type(one)])
    return {"kept": type(one).__name__} | {name: value for name, value, usual in values if value != usual}


def _made(values: dict[str, Any]) -> Any:
    kind = _KEPT.get(values.pop("kept", ""))
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return kind(**values) if kind else values
