"""Write a law as Akoma Ntoso 3.0, valid against its schema; ``reading.akn`` gives the same clauses back."""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from lxml import etree

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading.akn import ATTRIBUTES, HIERARCHY, LANGUAGES, NAMESPACE, XML_SPACE

NAMESPACES: Any = {None: NAMESPACE, "lc": ATTRIBUTES}
LAYOUT = ("  ", "\n", "\t", "\r")
ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
AGENT = "lawcompare_agent"  # eId of this program in the references


class Modification(NamedTuple):
    """A change that an act makes (``is_active``) or that was made to the text: what it is (``repeal``,
    ``substitution``, ``insertion``, ``renumbering``), the clause of the act and the clause changed, as references.
    """

    is_active: bool
    kind: str
    source: str
    destination: str


def write(
    document: Document,
    *,
    frbr_uri: str,
    date: str,
    author: str = "",
    is_official: bool | None = None,
    provenance: Mapping[str, str] | None = None,
    modifications: Sequence[Modification] = (),
) -> bytes:
    """Return the law as an Akoma Ntoso file in UTF-8.

    ``frbr_uri`` is the work's, ``/akn/kh/act/2012/cybercrime``: its third part says whether the file is an ``act`` or
    a ``bill``, its fourth is the date of the work. ``date`` is that of the text, ``YYYY``, ``YYYY-MM`` or
    ``YYYY-MM-DD``; it stands in the expression's address as it is, and in ``FRBRdate``, where the schema wants a day,
    with 01 for what is missing. ``author`` names who made the law. ``is_official`` says whether the words are those of
    an official text (``FRBRauthoritative``); without it the file says nothing of it. ``provenance``, words by name,
    stands in a note, which other programs show, and by its names under ``proprietary``; ``modifications`` under
    ``analysis``. Elements that Akoma Ntoso does
    not have are written as ``hcontainer`` with their name, attributes of clauses in a namespace of their own.

    Raises EngineError where a text holds characters that XML cannot, or ``date`` is none.

    >>> from lawcompare.engine.reading import akn
    >>> law = Document("Law", "en", (Clause("art_1", "article", "Article 1", "Aim", "This law has an aim."),))
    >>> akn.read(write(law, frbr_uri="/akn/kh/act/2012/law", date="2012")).clauses[0].heading
    'Aim'
    """
    try:
        root = _AknWriter(document, is_official, provenance or {}, modifications).tree(frbr_uri, date, author)
    except ValueError as error:
        raise EngineError(f"the text cannot be written as XML: {error}") from error
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


class _AknWriter:
    def __init__(
        self,
        document: Document,
        is_official: bool | None,
        provenance: Mapping[str, str],
        modifications: Sequence[Modification],
    ) -> None:
        self.document = document
        self.modifications = modifications
        self.is_official = is_official
        self.provenance = {name: words for name, words in provenance.items() if words}
        self.children = document.children

    def tree(self, frbr_uri: str, date: str, author: str) -> Any:
        root: Any = etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap=NAMESPACES)
        places = frbr_uri.strip("/").split("/")
        kind = "bill" if places[2:3] == ["bill"] else "act"
        law = _add(root, kind, name=kind)
        # A subdivision or an organisation stands behind the country: xa-coe.
        country = places[1].partition("-")[0] if len(places) > 1 else ""
        self.write_meta(law, frbr_uri, date, author, country)
        clauses = list(self.children.get(None, ()))
        in_body = self.write_front(law, clauses)
        body = _add(law, "body")
        for clause in in_body:
            self.write_clause(body, clause)
        return root

    def write_meta(self, law: Any, frbr_uri: str, date: str, author: str, country: str) -> None:
        codes = {two: three for three, two in LANGUAGES.items()}
        language = codes.get(self.document.language, self.document.language)
        expression = f"{frbr_uri}/{language}@{date}"
        meta = _add(law, "meta")
        identification = _add(meta, "identification", source=f"#{AGENT}")
        work_date = next(filter(DATE.fullmatch, frbr_uri.split("/")), date)
        for level, uri, suffix, day in (
            ("Work", frbr_uri, "", work_date),
            ("Expression", expression, "", date),
            ("Manifestation", expression, ".akn", date),
        ):
            block = _add(identification, f"FRBR{level}")
            _add(block, "FRBRthis", value=f"{uri}/!main{suffix}")
            _add(block, "FRBRuri", value=f"{uri}{suffix}")
            if level == "Work":
                _add(block, "FRBRalias", name="title", value=self.document.title)
            _add(block, "FRBRdate", date=_day(day), name="Generation")
            _add(block, "FRBRauthor", href=f"#{AGENT}")
            if level == "Work":
                _add(block, "FRBRcountry", value=country)
            elif level == "Expression":
                if self.is_official is not None:
                    _add(block, "FRBRauthoritative", value=str(self.is_official).lower())
                _add(block, "FRBRlanguage", language=language)
        self.write_modifications(meta)
        references = _add(meta, "references", source=f"#{AGENT}")
        named = re.sub(r"\W+", "-", author.lower()).strip("-") or "lawcompare"
        agent = {"eId": AGENT, "href": f"/akn/ontology/organization/{named}", "showAs": author or "lawcompare"}
        _add(references, "TLCOrganization", **agent)
        if self.provenance:
            notes = _add(meta, "notes", source=f"#{AGENT}")
            _paragraphs(_add(notes, "note", eId="meta__note_1"), "\n".join(self.provenance.values()))
            own = _add(meta, "proprietary", source=f"#{AGENT}")
            etree.SubElement(own, f"{{{ATTRIBUTES}}}provenance", self.provenance)

    def write_modifications(self, meta: Any) -> None:
        analysis = _add(meta, "analysis", source=f"#{AGENT}") if self.modifications else None
        for name, is_active in (("active", True), ("passive", False)):
            changes = [one for one in self.modifications if one.is_active == is_active]
            block = _add(analysis, f"{name}Modifications") if changes else None
            for number, one in enumerate(changes, 1):
                change = _add(block, "textualMod", type=one.kind, eId=f"{name[0]}mod_{number}")
                _add(change, "source", href=one.source)
                _add(change, "destination", href=one.destination)

    def write_front(self, law: Any, clauses: list[Clause]) -> list[Clause]:
        """Preface and preamble, as far as the clauses at the front fit there; returns those that go into the body."""
        titles = list(takewhile(lambda clause: clause.element == "longTitle" and self.is_bare(clause), clauses))
        rest = clauses[len(titles) :]
        first = rest[0] if rest else None
        if first is not None and first.element == "preamble" and self.fits_preamble(first):
            front = [first]
        else:
            front = list(takewhile(lambda clause: clause.element == "formula" and self.is_bare(clause), rest))
        body = rest[len(front) :]
        if not body:  # the schema wants something in the body
            return clauses
        if titles:
            preface = _add(law, "preface")
            for clause in titles:
                _paragraphs(self.open(preface, "longTitle", clause), clause.text)
        if front and front[0].element == "preamble":
            self.write_preamble(law, front[0])
        elif front:
            preamble = _add(law, "preamble")
            for clause in front:
                _paragraphs(self.open(preamble, "formula", clause, name="formula"), clause.text)
        return body

    def write_preamble(self, law: Any, clause: Clause) -> None:
        preamble = self.open(law, "preamble", clause)
        recitals = self.children.get(clause.eid, ())
        if clause.text or not recitals:
            _paragraphs(preamble, clause.text)
        block = _add(preamble, "recitals") if recitals else None
        for recital in recitals:
            written = self.open(block, "recital", recital)
            _line(written, "num", recital.num)
            _line(written, "heading", recital.heading)
            _paragraphs(written, recital.text)

    def write_clause(self, parent: Any, clause: Clause) -> None:
        known = clause.element in HIERARCHY
        named = {} if known else {"name": clause.element}
        written = self.open(parent, clause.element if known else "hcontainer", clause, **named)
        _line(written, "num", clause.num)
        _line(written, "heading", clause.heading)
        children = self.children.get(clause.eid, ())
        if not children:
            _paragraphs(_add(written, "content"), clause.text)
            return
        if clause.text:
            _paragraphs(_add(written, "intro"), clause.text)
        for child in children:
            # The schema has room for flush text at the end alone.
            if child is children[-1] and child.element == "wrapUp" and self.is_bare(child):
                _paragraphs(self.open(written, "wrapUp", child), child.text)
            else:
                self.write_clause(written, child)

    def open(self, parent: Any, tag: str, clause: Clause, /, **attributes: str) -> Any:
        element = _add(parent, tag, **attributes, eId=clause.eid)
        for key, value in clause.attributes.items():
            if ATTRIBUTE_NAME.fullmatch(key):
                element.set(f"{{{ATTRIBUTES}}}{key}", value)
        return element

    def is_bare(self, clause: Clause) -> bool:
        """Text alone: no number, heading or child."""
        return not (clause.num or clause.heading or self.children.get(clause.eid))

    def fits_preamble(self, clause: Clause) -> bool:
        recitals = self.children.get(clause.eid, ())
        return not (clause.num or clause.heading) and all(
            recital.element == "recital" and not self.children.get(recital.eid) for recital in recitals
        )


def _add(parent: Any, name: str, /, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)


def _paragraphs(parent: Any, text: str) -> None:
    for paragraph in text.split("\n"):
        _fill(_add(parent, "p"), paragraph, keep=bool(text) and not paragraph)


def _line(parent: Any, name: str, text: str) -> None:
    if text:
        _fill(_add(parent, name), text)


def _fill(element: Any, text: str, *, keep: bool = False) -> None:
    element.text = text
    # White space or an empty line that a reader would take for layout (``xml_levels.settled``).
    if keep or text != text.strip() or any(sign in text for sign in LAYOUT):
        element.set(XML_SPACE, "preserve")


def _day(date: str) -> str:
    match = DATE.fullmatch(date)
    if not match:
        raise EngineError(f"{date!r} is no date: YYYY, YYYY-MM or YYYY-MM-DD is expected")
    year, month, day = match.groups()
    return f"{year}-{month or '01'}-{day or '01'}"
