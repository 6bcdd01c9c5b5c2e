"""A law text as the engine sees it: a flat sequence of clauses in document order, each naming its parent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, str] = MappingProxyType({})

# A comparison sets these against each other, one row each; what is inside them is compared inside the row.
UNIT_ELEMENTS = frozenset({"article", "section", "rule", "preamble", "schedule"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A unit of the text with an address (Akoma Ntoso: hierarchical element); the one model from reader to rows.

    ``eid``      address in the version, by the AKN naming convention: ``chp_4__art_28__para_3``; to the aligner any
                 name that no other clause of the text has
    ``element``  AKN element name: ``part chapter article section subsection paragraph subparagraph point …``; empty
                 where nothing is known of it
    ``num``      the number as printed, without the word that introduces it where the heading line has one:
                 ``Article 28``, ``§ 1030``, ``(a)``, ``មាត្រា ២៨``; empty where there is none
    ``heading``  the heading as printed, without number
    ``text``     its own words, without its children's; paragraphs separated by one newline
    ``depth``    0 for the outermost clauses
    ``parent``   the parent's eid, or None
    ``line``     1-based line in the source where it begins, 0 where the format has no lines
    ``attributes`` what the source says about the clause that is not law text: for our Markdown the keys of an
                 attribute line (``text_status``, ``source``, ``note``), for USLM ``identifier`` and ``status``
    """

    eid: str
    element: str = ""
    num: str = ""
    heading: str = ""
    text: str = ""
    depth: int = 0
    parent: str | None = None
    line: int = 0
    attributes: Mapping[str, str] = NOTHING


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """Something in a file that a person should look at; ``wording.warnings`` has the sentence of each ``kind``.

    ``line`` is 1-based (0: the whole file), ``subject`` what the warning is about as it is printed; ``details`` are the
    further values of its kind: ``after``, ``inside``, ``sign``, ``page``.
    """

    line: int
    kind: str
    subject: str = ""
    details: Mapping[str, str] = NOTHING


# Kinds of warning about characters that make a text look different from what is stored.
HIDDEN_CHARACTERS = frozenset({"turning-sign", "unseen-sign", "mixed-scripts"})


@dataclass(frozen=True, slots=True)
class Furniture:
    """Text of the source that is not law text, by name: ``page-number``, ``running-head``, ``note`` …"""

    name: str
    text: str
    line: int = 0


class LineBox(NamedTuple):
    """Where a line of the source stands: the number of its page image, and thousandths of that from its top left."""

    image: int
    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Document:
    """One text of a law. ``clauses`` are in document order (parents before children); eids are unique.

    ``meta`` is what the source says of itself: front matter of Markdown, Dublin Core of USLM and AKN.
    ``source`` holds the lines of the source as ``line`` counts them, so that a person can look where a doubt is,
    ``boxes`` the places of these lines on page images, None where a line has none; empty for a file without pages.
    """

    title: str
    language: str
    clauses: tuple[Clause, ...]
    warnings: tuple[ReadingWarning, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    source: tuple[str, ...] = field(default=(), compare=False, repr=False)
    boxes: tuple[LineBox | None, ...] = field(default=(), compare=False, repr=False)

    @cached_property
    def by_eid(self) -> Mapping[str, Clause]:
        return {clause.eid: clause for clause in self.clauses}

    @cached_property
    def children(self) -> Mapping[str | None, tuple[Clause, ...]]:
        """Parent eid (None: the root) -> its children in order."""
        children: dict[str | None, list[Clause]] = {}
        for clause in self.clauses:
            children.setdefault(clause.parent, []).append(clause)
        return {parent: tuple(clauses) for parent, clauses in children.items()}

    def subtree(self, eid: str) -> Iterator[Clause]:
        """The clause and all its descendants, in document order."""
        yield self.by_eid[eid]
        for child in self.children.get(eid, ()):
            yield from self.subtree(child.eid)
