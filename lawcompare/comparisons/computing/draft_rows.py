"""Rows of a comparison on their way to the database, with clauses still by address."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lawcompare.engine.align import Reason
from lawcompare.engine.diff import Change, Diff
from lawcompare.engine.document import Clause, Document

# A kind of the engine's ``wording.changes.SENTENCES`` and its values.
RowSentence = tuple[str, dict[str, Any]]


@dataclass
class DraftRow:
    """A pair on its way to the database, with clauses still by address.

    A row of the page bears no text of its own: its words, those of the article itself first, are in its parts.
    """

    level: str
    kind: str
    group: int
    old: Clause | None
    new: Clause | None
    score: float
    evidence: tuple[Reason, ...]
    text: Diff | None = None
    heading: Diff | None = None
    sentences: list[RowSentence] = field(default_factory=list)
    is_unseen: bool = False
    standing: str = ""
    # Whether ``text`` is the redline of the clause with all inside it.
    is_flat: bool = False
    is_near: bool = True
    parts: list[DraftRow] = field(default_factory=list)

    @property
    def changes(self) -> tuple[Change, ...]:
        return self.text.changes if self.text else ()

    @property
    def printed(self) -> list[DraftRow]:
        """What is printed for it: its parts; a part stands for itself."""
        return self.parts or [self]

    @property
    def all_changes(self) -> Iterator[Change]:
        if self.heading:
            yield from self.heading.changes
        for part in self.parts:
            yield from part.all_changes
        yield from self.changes

    @property
    def size(self) -> float:
        """Share of the row's characters that were put in or taken out."""
        if self.old is None or self.new is None:
            return 1.0
        if not self.parts and self.text is None and self.heading is None:
            return 0.0
        changed = total = 0
        for row in self.printed:
            touched, all_of_it = weigh(row)
            changed += touched
            total += all_of_it
        return round(changed / total, 4) if total else 0.0

    @property
    def is_noise(self) -> bool:
        """Whether something differs, and all of it is noise."""
        if self.kind == "unchanged" or self.is_unseen or self.old is None or self.new is None:
            return False
        if any(p.old is None or p.new is None for p in self.parts):
            return False
        return all(change.noise for change in self.all_changes if change.op != "equal")


def weigh(row: DraftRow) -> tuple[int, int]:
    """(characters put in or taken out, characters in all) of heading and text, equal text counted once.

    Of a part with a standing of its own none: it is not reported in the other text.
    """
    touched = total = 0
    for redline, old, new in (
        (row.text, row.old and row.old.text, row.new and row.new.text),
        (row.heading, row.old and row.old.heading, row.new and row.new.heading),
    ):
        length = max(len(old or ""), len(new or ""))
        if redline is not None:
            touched += sum(len(c.text) for c in redline.changes if c.op != "equal")
            length = sum(len(c.text) for c in redline.changes)
        elif (old is None or new is None) and not row.standing:
            touched += length
        total += length
    return touched, total


@dataclass(frozen=True)
class Texts:
    """The two sides, and whether each is known in part only."""

    old: Document
    new: Document
    old_is_partial: bool = False
    new_is_partial: bool = False
    # Old number -> new number of articles whose references are expected to follow.
    renumbered: Mapping[str, str] = field(default_factory=dict)
    # Pairs of addresses that a person set together, and those of them that were moved by their decision.
    decided: Collection[tuple[str | None, str | None]] = ()
    moved: Collection[tuple[str | None, str | None]] = ()
