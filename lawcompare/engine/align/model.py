"""What the aligner reads and what it says."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("unchanged", "changed", "renumbered", "moved", "split", "merged", "added", "removed")


@dataclass(frozen=True, slots=True)
class Unit:
    """A clause as the aligner sees it.

    ``id``       names the clause in the answer; unique in its text, says nothing about likeness
    ``number``   as printed, ``Article 28``; empty where there is none
    ``heading``  without number
    ``text``     its own words, without those of clauses that name it as ``parent``
    ``parent``   the id of the clause it stands in, or None; a list in which no clause has one is flat
    ``element``  Akoma Ntoso element name, where known
    """

    id: str
    number: str = ""
    heading: str = ""
    text: str = ""
    parent: str | None = None
    element: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which clauses belong together, how, and why.

    ``old``, ``new``  ids, in document order; one empty for ``added`` and ``removed``
    ``kind``          one of ``KINDS``
    ``score``         0 to 1: how sure the pairing is. 1 is identical text or a decision; for ``split`` and ``merged``
                      the weakest of the pairs; for ``added`` and ``removed`` 1 minus that of the best partner refused
    ``evidence``      the reason in words: ``same text, new number``
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    kind: str
    score: float
    evidence: str
