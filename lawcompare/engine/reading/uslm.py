"""Read United States Legislative Markup (USLM 1.0 and 2.0): titles of the US Code, public laws, bills, resolutions.

The levels of the law become clauses. Notes, source credits, tables of contents and footnotes are furniture: they are
kept by name and are no part of the law. A provision quoted inside another (an amendment's new words) belongs to the
text of the clause that quotes it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from lawcompare.engine.document import NOTHING, Clause, Document, Furniture, Warning
from lawcompare.engine.eid import eid_for
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.xml import parse

NAMESPACES = frozenset({"http://xml.house.gov/schemas/uslm/1.0", "http://schemas.gpo.gov/xml/uslm"})

# USLM's level elements, and the parts of an enactment that stand beside them.
# fmt: off
LEVELS = frozenset({
    "preliminary", "title", "subtitle", "chapter", "subchapter", "part", "subpart", "division", "subdivision",
    "article", "subarticle", "section", "subsection", "paragraph", "subparagraph", "clause", "subclause",
    "item", "subitem", "subsubitem", "level", "appropriations", "appendix", "schedule", "compiledAct",
    "courtRules", "courtRule", "reorganizationPlans", "reorganizationPlan",
    "preamble", "recital", "longTitle", "enactingFormula", "resolvingClause",
})
BLOCKS = frozenset({
    "p", "content", "chapeau", "continuation", "text", "listItem", "tr", "caption", "block", "docTitle",
    "officialTitle",
})
# fmt: on
RUNS_ON = frozenset({"content", "chapeau", "text"})
CELLS = frozenset({"td", "th", "column", "designator", "label"})
KINDS = {"num": "num", "heading": "heading", "subheading": "heading"}
# Where Akoma Ntoso has another word for the same thing.
ELEMENTS = {"enactingFormula": "formula", "resolvingClause": "formula", "courtRule": "rule"}

ASIDES = {
    "note": "note",
    "notes": "note",
    "changeNote": "note",
    "editorialNote": "note",
    "statutoryNote": "note",
    "sidenote": "note",
    "footnote": "footnote",
    "sourceCredit": "source-credit",
    "toc": "table-of-contents",
    "listOfSections": "table-of-contents",
    "del": "deleted-text",
}
# What stands beside `main`: the page before the law and the signatures after it.
OUTSIDE = {
    "preface": "front-matter",
    "coverPage": "front-matter",
    "signatures": "signatures",
    "attestation": "signatures",
}

APPROPRIATION_RANKS = {"major": 0, "intermediate": 1, "small": 2}
ATTRIBUTES = ("identifier", "status", "level", "changed")

# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on

# Put between pieces of text while they are gathered; it cannot occur in XML 1.0.
BREAK = "\x1e"
SPACE = re.compile(r"[ \t\r\n]+")
BREAKS = re.compile(f" ?{BREAK}[{BREAK} ]*")
WIDE_SPACE = re.compile("[\u00a0\u202f\u2009]")

type Part = tuple[str, list[Any]]  # kind (num, heading, text, level) and its elements and strings
type Nested = tuple[str, list[Any], list[Nested]]  # a part, with the appropriations below it


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a USLM file.

    ``data`` is the file's bytes; ``language`` overrides its ``xml:lang``. Raises ReadingError where the bytes are no
    well-formed XML, no USLM, or hold no provision.

    >>> law = read(b'<lawDoc xmlns="http://schemas.gpo.gov/xml/uslm"><main><section identifier="/us/x/s1">'
    ...            b'<num value="1">\\xc2\\xa7 1.</num><heading> Scope</heading><content>All networks.</content>'
    ...            b'</section></main></lawDoc>')
    >>> [(clause.num, clause.heading, clause.text) for clause in law.clauses]
    [('§ 1', 'Scope', 'All networks.')]
    """
    root = parse(data)
    if etree.QName(root).namespace not in NAMESPACES:
        raise ReadingError("this XML is not USLM: its root element is in none of the two USLM namespaces")
    try:
        return _Reading(root).document(language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _Reading:
    """One pass over one file, gathering clauses, furniture and warnings in document order."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.clauses: list[Clause] = []
        self.furniture: list[Furniture] = []
        self.warnings: list[Warning] = []
        self.taken: set[str] = set()
        self.places: Counter[tuple[str | None, str]] = Counter()

    def document(self, language: str | None) -> Document:
        for child in self.root.iterchildren(etree.Element):
            name = _name(child)
            if name == "meta":
                continue
            if name in OUTSIDE or name not in {"main", "collection", "appendix", "amendMain"}:
                self.keep_aside(child, OUTSIDE.get(name, ASIDES.get(name, "end-matter")))
            elif name == "appendix":
                self.read_level(child, None, 0, [])
            else:
                self.read_parts(_nested(_parts(child)), None, 0)
        if not self.clauses:
            raise ReadingError("this USLM file holds no provision")
        meta = _meta(self.root)
        return Document(
            title=_title(meta, self.root, self.clauses),
            language=language or (self.root.get("{http://www.w3.org/XML/1998/namespace}lang") or "en")[:2].lower(),
            clauses=tuple(self.clauses),
            warnings=tuple(self.warnings),
            furniture=tuple(self.furniture),
            meta=meta,
        )

    def read_level(self, level: Any, parent: str | None, depth: int, below: list[Nested]) -> None:
        parts = list(_parts(level))
        split = next((at for at, (kind, _) in enumerate(parts) if kind == "level"), len(parts))
        own, rest = parts[:split], parts[split:]
        num = " ".join(self.own_words(own, "num")).replace("\n", " ")
        heading = " ".join(self.own_words(own, "heading")).replace("\n", " ")
        text = "\n".join(self.own_words(own, "text"))
        num, heading, text = _unbracketed(_printed_number(num), _printed_heading(heading), text)
        attributes = {key: level.get(key) for key in ATTRIBUTES if level.get(key)}
        name = _name(level)
        eid = self.add(
            parent,
            element=ELEMENTS.get(name, name),
            num=num,
            heading=heading,
            text=text,
            depth=depth,
            line=level.sourceline or 0,
            attributes=attributes or NOTHING,
        )
        self.read_parts([*_nested(rest), *below], eid, depth + 1)

    def read_parts(self, parts: list[Nested], parent: str | None, depth: int) -> None:
        """Children in order: levels, and the flush text that stands after or between them."""
        flush: list[str] = []
        line = 0
        for kind, nodes, below in [*parts, ("end", [], [])]:
            if kind in ("level", "end"):
                if flush:
                    element = "wrapUp" if parent is not None else "hcontainer"
                    self.add(parent, element=element, text="\n".join(flush), depth=depth, line=line)
                    flush = []
                if kind == "level":
                    self.read_level(nodes[0], parent, depth, below)
            elif words := self.words(nodes):
                if not flush:
                    line = next((node.sourceline for node in nodes if not isinstance(node, str)), 0)
                flush.append(words)

    def add(self, parent: str | None, *, element: str, num: str = "", **fields: Any) -> str:
        self.places[parent, element] += 1
        eid = eid_for(parent, element, num, self.taken, self.places[parent, element])
        self.clauses.append(Clause(eid=eid, element=element, num=num, parent=parent, **fields))
        return eid

    def own_words(self, parts: list[Part], wanted: str) -> list[str]:
        return [words for kind, nodes in parts if kind == wanted and (words := self.words(nodes))]

    def words(self, nodes: list[Any]) -> str:
        """The words of a run of elements and strings, white space settled, notes and footnotes put aside."""
        pieces: list[str] = []
        for node in nodes:
            if isinstance(node, str):
                pieces.append(node)
            else:
                self.gather(node, pieces)
        return _settled("".join(pieces))

    def gather(self, element: Any, pieces: list[str]) -> None:
        name = _name(element)
        if name in ASIDES:
            self.keep_aside(element)
        elif name in ("ref", "sup") and _is_footnote_mark(element):
            # Set apart from the number or word it hangs on: "section 115(b),[1] of".
            pieces.append(f"[{''.join(element.itertext()).strip()}]")
        elif name == "br":
            pieces.append(BREAK)
        elif name in BLOCKS or name in LEVELS:
            # In a quoted provision the text runs on after number and heading, as in print.
            before = element.getprevious()
            runs_on = name in RUNS_ON and before is not None and _name(before) in ("num", "heading")
            pieces.append(" " if runs_on else BREAK)
            self.gather_inside(element, pieces)
            pieces.append(BREAK)
        elif name:
            if element.get("role") == "after-quoted-block":
                while pieces and not pieces[-1].strip(f"{BREAK} \t\r\n"):
                    pieces.pop()
            self.gather_inside(element, pieces)
            if name in CELLS:
                pieces.append(" ")

    def gather_inside(self, element: Any, pieces: list[str]) -> None:
        if element.text:
            pieces.append(element.text)
        for child in element:
            self.gather(child, pieces)
            if child.tail:
                pieces.append(child.tail)

    def keep_aside(self, element: Any, name: str | None = None) -> None:
        words = _settled("".join(_all_words(element)))
        if words:
            self.furniture.append(Furniture(name or _aside_name(element), words, element.sourceline or 0))


def _name(element: Any) -> str:
    """Local name; empty for a comment or a processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _parts(container: Any) -> Iterator[Part]:
    """What a level is made of, in order; whatever is neither number, heading nor level runs together as text."""
    run: list[Any] = [container.text] if container.text else []
    for child in container:
        name = _name(child)
        kind = "level" if name in LEVELS else KINDS.get(name, "")
        if kind or (name and name not in ASIDES and _holds_levels(child)):
            if run:
                yield "text", run
            run = []
            if kind:
                yield kind, [child]
            else:
                yield from _parts(child)
        elif name:
            run.append(child)
        if child.tail:
            run.append(child.tail)
    if run:
        yield "text", run


def _nested(parts: Iterable[Part]) -> list[Nested]:
    """Appropriations are printed one after the other; their rank alone says which of them stands under which."""
    top: list[Nested] = []
    open_ranks: list[tuple[int, list[Nested]]] = []
    for kind, nodes in parts:
        rank = None
        if kind == "level":
            level = nodes[0]
            rank = APPROPRIATION_RANKS.get(level.get("level", "")) if _name(level) == "appropriations" else None
            while open_ranks and (rank is None or open_ranks[-1][0] >= rank):
                open_ranks.pop()
        below: list[Nested] = []
        (open_ranks[-1][1] if open_ranks else top).append((kind, nodes, below))
        if rank is not None:
            open_ranks.append((rank, below))
    return top


def _holds_levels(block: Any) -> bool:
    """Whether levels of the law itself, not quoted ones, are inside."""
    if _name(block) == "quotedContent":
        return False
    return any(_name(child) in LEVELS or (len(child) and _holds_levels(child)) for child in block)


def _aside_name(element: Any) -> str:
    return "footnote" if element.get("type") == "footnote" else ASIDES[_name(element)]


def _is_footnote_mark(element: Any) -> bool:
    if _name(element) == "ref":
        return element.get("class") == "footnoteRef"
    number = (element.text or "").strip()
    if not number.isdigit() or len(element):
        return False
    # A raised number is a footnote mark, not an exponent, where the section has a footnote of that number.
    section = next(
        (above for above in element.iterancestors() if _name(above) == "section"), element.getroottree().getroot()
    )
    marks = (ref for ref in section.iter("{*}ref") if ref.get("class") == "footnoteRef")
    return any((mark.text or "").strip() == number for mark in marks)


def _all_words(element: Any) -> Iterator[str]:
    for at, walked in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        name = _name(walked)
        edge = (
            BREAK if name in BLOCKS or name in LEVELS or name in ("note", "heading", "tocItem", "referenceItem") else ""
        )
        if at == "start":
            yield edge
            yield walked.text or ""
        else:
            yield edge or (" " if name in CELLS else "")
            if walked is not element:
                yield walked.tail or ""


def _settled(raw: str) -> str:
    return BREAKS.sub("\n", SPACE.sub(" ", raw)).strip()


def _printed_number(num: str) -> str:
    """``§ 506.`` and ``CHAPTER 5—`` without the mark that parts them from the heading."""
    return WIDE_SPACE.sub(" ", num).rstrip(" .—–:")


def _printed_heading(heading: str) -> str:
    """``In General.—`` without the mark that parts it from the text that runs on."""
    return heading.rstrip(" —").removesuffix(".") if heading.endswith("—") else heading


def _unbracketed(num: str, heading: str, text: str) -> tuple[str, str, str]:
    """``[§ 509. Repealed …]``: the brackets are the editors' and go; what they say is in ``status``."""
    if not num.startswith("[") or "]" in num:
        return num, heading, text
    if text.endswith("]"):
        return num[1:], heading, text[:-1]
    return num[1:], heading.removesuffix("]"), text


def _meta(root: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"format": "uslm"}
    if root.get("identifier"):
        meta["identifier"] = root.get("identifier")
    block = next((child for child in root if _name(child) == "meta"), None)
    for child in block if block is not None else ():
        words = " ".join("".join(child.itertext()).split()) if _name(child) else ""
        if words and _name(child) not in meta:
            meta[_name(child)] = words
    if "@" in meta.get("docPublicationName", ""):
        meta["release_point"] = meta["docPublicationName"].rpartition("@")[2]
    date = _date(root, meta)
    if date:
        meta["date"] = date
    return meta


def _date(root: Any, meta: dict[str, Any]) -> str:
    """Day of the text: the last action on a bill, else the day the file was made."""
    dates = [date for part in root if _name(part) in OUTSIDE for date in part.iter("{*}date")]
    acted = [day for date in dates if (day := _day(date.get("date") or " ".join("".join(date.itertext()).split())))]
    if acted:
        return max(acted)
    # A file of the Code is made when the Code is brought up to date; a bill's file may be made years after it.
    made = (meta.get("created") or meta.get("processedDate") or "") if _name(root) == "uscDoc" else ""
    return made[:10] or meta.get("date", "")


def _day(text: str) -> str:
    """``April 30, 2019`` or ``2019-04-30`` as the latter; empty for anything else."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    found = re.fullmatch(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})", text)
    if not found or found[1] not in MONTHS:
        return ""
    return f"{found[3]}-{MONTHS.index(found[1]) + 1:02}-{int(found[2]):02}"


def _title(meta: dict[str, Any], root: Any, clauses: list[Clause]) -> str:
    title: str = meta.get("title", "")
    first = clauses[0]
    if title and _name(root) == "uscDoc" and first.heading:
        return f"{title}—{first.heading}"
    return title or " ".join(part for part in (first.num, first.heading) if part) or "Untitled law"
