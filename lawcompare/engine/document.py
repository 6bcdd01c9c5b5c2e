"""A law text as the engine sees it: a flat sequence of clauses in document order, each naming its parent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from lawcompare.engine.errors import ReadingError

NOTHING: Mapping[str, str] = MappingProxyType({})

# The languages of ISO 639-1. Words are understood in English and Khmer; a text may be in any of these.
LANGUAGES = frozenset(
    re.findall(
        r"\w+",
        """
        aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee
        el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io
        is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn
        mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se
        sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tn to tr ts tt ty ug uk ur uz ve vi vo wa wo
        xh yi yo za zh zu
        """,
    )
)

# Lines of so many tabs next to each other are the rows of a table; fewer may set a word apart ("Note:").
ROW_TABS = 2

# So deep a text may be: laws have at most a dozen levels, and each is walked into from the one above.
LEVELS_MAX = 50
# What an address of a page, or the name of a file, may have as the eId of a clause; and how many bytes of it.
ADDRESS, ADDRESS_BYTES_MAX = re.compile(r"[\w-]+"), 240

# Warnings of a text: each stands on the page on which it is corrected.
WARNINGS_MAX = 10_000

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
    ``text``     its own words, without its children's; paragraphs separated by one newline. A row of a table is one of
                 them, its cells separated by tabs
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


class Warnings(list[ReadingWarning]):
    """The warnings of a reader. One more than ``WARNINGS_MAX`` raises ReadingError: a small file can hold millions."""

    def append(self, warning: ReadingWarning) -> None:
        if len(self) >= WARNINGS_MAX:
            raise ReadingError(f"the text has more warnings of the reader than the limit of {WARNINGS_MAX}")
        super().append(warning)


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

    def ancestors(self, eid: str) -> Iterator[Clause]:
        """What the clause stands in, nearest first."""
        while (parent := self.by_eid[eid].parent) is not None:
            yield self.by_eid[parent]
            eid = parent


# What has no blank in it, in a script that has blanks, but for signs without width, which the normal form has not;
# blanks, or one sign, again and again.
_RUNS = re.compile(
    r"(?:[!-~¡-ɏ‐-‧][\u034f\u17b4\u17b5\u200b-\u200f\u2060\ufeff]*+){100,}+"
    r"|[\s\u200b-\u200d\u2060\ufeff]{100,}+|(?s:(.)\1{99,}+)"
)


def longest_run(text: str) -> int:
    """The characters of the longest word, row of signs or row of blanks; 0 where none has a hundred.

    >>> longest_run("See https://example.org" + "/a" * 60), longest_run("ក" * 100), longest_run("No word. " * 99)
    (139, 100, 0)
    >>> longest_run("No" + " \u00a0" * 60 + "word"), longest_run("ab\u200b\u200d" * 50)
    (120, 200)
    """
    return max((match.end() - match.start() for match in _RUNS.finditer(text)), default=0)


def is_address(eid: str) -> bool:
    """Whether a page and a file can be named by the eId of a clause.

    >>> is_address("chp_1__art_2bis"), is_address("art_2/x"), is_address("")
    (True, False, False)
    """
    return bool(ADDRESS.fullmatch(eid)) and len(eid.encode()) <= ADDRESS_BYTES_MAX


def has_names(clause: Clause) -> bool:
    """Whether the eId of a clause is an address, and what else it is called is short enough to be stored."""
    identifier, source = (str(clause.attributes.get(name, "")) for name in ("identifier", "source"))
    called = (clause.element, 30), (clause.num, 120), (identifier, 250), (source, 500)
    return is_address(clause.eid) and all(len(name) <= most for name, most in called)


def sizes(document: Document) -> dict[str, int]:
    """What of a document may be limited, by names; ``characters`` are those of its clauses, and of what it says of
    itself.
    """
    of_itself = sum(len(str(said)) for said in document.meta.values())
    beside = ["\n".join(map(str, one.attributes.values())) for one in document.clauses]
    words = [*beside, *(words for one in document.clauses for words in (one.num, one.heading, one.text))]
    return {
        "characters of a word": max(map(longest_run, words), default=0),
        "characters": of_itself + sum(map(len, words)),
        "clauses": len(document.clauses),
        "characters of a clause": max((len(one.text) for one in document.clauses), default=0),
        "characters beside a clause": max(map(len, beside), default=0),
        "characters of a heading": max((len(one.heading) for one in document.clauses), default=0),
        "odd addresses": sum(not has_names(one) for one in document.clauses),
        "levels": max((one.depth for one in document.clauses), default=-1) + 1,
        "warnings": len(document.warnings),
        "furniture": len(document.furniture),
        "lines": len(document.source),
    }


def first_beyond(document: Document, limits: Mapping[str, int]) -> str:
    """Returns the name of the first of the limits that the document is beyond, of those of ``sizes``; else nothing."""
    found = sizes(document)
    return next((name for name, most in limits.items() if found[name] > most), "")


# --- a document as plain data (dicts, lists, strings), to hand it to another process or to keep it ---

_CLAUSE_FIELDS = ("eid", "element", "num", "heading", "text", "depth", "parent", "line")


def to_plain(document: Document) -> dict[str, Any]:
    """Everything a document holds.

    >>> found = Document("Law", "en", (Clause("art_1", "article", "Article 1"),), source=("Article 1",))
    >>> from_plain(to_plain(found)) == found, from_plain(to_plain(found)).source
    (True, ('Article 1',))
    """
    return {
        "title": document.title,
        "language": document.language,
        "clauses": [
            [*(getattr(clause, name) for name in _CLAUSE_FIELDS), dict(clause.attributes)]
            for clause in document.clauses
        ],
        "warnings": [
            [warning.line, warning.kind, warning.subject, dict(warning.details)] for warning in document.warnings
        ],
        "furniture": [[furniture.name, furniture.text, furniture.line] for furniture in document.furniture],
        # Dates of front matter become text; JSON has none.
        "meta": {
            str(name): value if value is None or isinstance(value, str | int | float | bool) else str(value)
            for name, value in document.meta.items()
        },
        "source": list(document.source),
        "boxes": [list(box) if box else None for box in document.boxes],
    }


def from_plain(data: Mapping[str, Any]) -> Document:
    """The document of what ``to_plain`` gave."""
    clauses = tuple(
        Clause(
            **dict(zip(_CLAUSE_FIELDS, row[:-1], strict=True)),
            attributes=MappingProxyType(row[-1]) if row[-1] else NOTHING,
        )
        for row in data["clauses"]
    )
    return Document(
        title=data["title"],
        language=data["language"],
        clauses=clauses,
        warnings=tuple(ReadingWarning(*warning) for warning in data["warnings"]),
        furniture=tuple(Furniture(name, text, line) for name, text, line in data["furniture"]),
        meta=data["meta"],
        source=tuple(data["source"]),
        boxes=tuple(LineBox(*map(int, box)) if box else None for box in data.get("boxes", ())),
    )
