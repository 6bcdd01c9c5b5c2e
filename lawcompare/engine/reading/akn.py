"""Read Akoma Ntoso 3.0 and its earlier drafts: acts, bills and documents.

Hierarchical elements, numbered list items, recitals, formulas and schedules become clauses under the eIds the file
gives them. Notes, editorial remarks, tables of contents and signatures are furniture.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from lawcompare.engine.document import Document, Furniture, ReadingWarning, is_address
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse
from lawcompare.engine.reading.xml_levels import BREAK, LevelReader, name_of, plain_words

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
# Attributes of a clause that Akoma Ntoso has no word for; its schema admits attributes of other namespaces.
ATTRIBUTES = "urn:lawcompare:clause-attributes"
# The standard, its drafts, and the German profile LegalDocML.de, which has namespaces of its own for the same elements.
IS_AKN = re.compile(
    r"http://docs\.oasis-open\.org/legaldocml/ns/akn/3\.0(/.*)?|http://www\.akomantoso\.org/[123]\.0"
    r"|https?://(?:\w+\.)*LegalDocML\.de/.*",
    re.IGNORECASE,
)
# AKN 3.0 §5: kinds of document, those that hold others, and those that are a law.
DOCUMENTS = frozenset({
    "act", "amendment", "amendmentList", "bill", "debate", "debateReport", "doc", "documentCollection", "judgment",
    "officialGazette", "portion", "statement",
})  # fmt: skip
COLLECTIONS = frozenset({"amendmentList", "documentCollection", "officialGazette"})
SINGLE = DOCUMENTS - COLLECTIONS
LAWS = frozenset({"act", "bill"})

# AKN 3.0 schema, group ANhier: what a law is divided into.
HIERARCHY = frozenset({
    "alinea", "article", "book", "chapter", "clause", "division", "indent", "level", "list", "paragraph", "part",
    "point", "proviso", "rule", "section", "subchapter", "subclause", "subdivision", "sublist", "subparagraph",
    "subpart", "subrule", "subsection", "subtitle", "title", "tome", "transitional",
})  # fmt: skip
# ISO 639-3, as FRBRlanguage has it, and our two-letter codes.
LANGUAGES = {"eng": "en", "khm": "km", "fra": "fr", "deu": "de"}
LESS_THAN_A_DAY = re.compile(r"\d{4}(-\d\d)?")
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# White space that must survive (xml:space) hides behind characters that XML cannot hold.
HIDDEN = str.maketrans(" \t\n\r", "\x01\x02\x03\x04")
EDGE = "\x05"
SHOWN = str.maketrans("\x01\x02\x03\x04", " \t\n\r", EDGE)


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read an Akoma Ntoso file.

    ``data`` is the file's bytes; ``language`` overrides its FRBRlanguage. Raises ReadingError where the bytes are no
    well-formed XML, no Akoma Ntoso, or hold no provision.

    >>> law = read(b'<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="act"><body>'
    ...            b'<article eId="art_28"><num>Article 28</num><heading>Contents</heading>'
    ...            b'<content><p>No one.</p></content></article></body></act></akomaNtoso>')
    >>> [(clause.eid, clause.num, clause.heading, clause.text) for clause in law.clauses]
    [('art_28', 'Article 28', 'Contents', 'No one.')]
    """
    root = parse(data)
    if name_of(root) != "akomaNtoso" or not IS_AKN.fullmatch(etree.QName(root).namespace or ""):
        raise ReadingError("this XML is not Akoma Ntoso 3.0: its root element is not akomaNtoso of that namespace")
    try:
        return _AknLevels(root).read(root, language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _AknLevels(LevelReader):
    levels = HIERARCHY | {
        "hcontainer", "crossHeading", "item", "preamble", "recital", "citation", "formula", "longTitle", "wrapUp",
        "attachment", "component",
    }  # fmt: skip
    blocks = frozenset({
        "p", "block", "blockContainer", "container", "intro", "content", "listIntroduction", "listWrapUp", "tblock",
        "div", "li", "tr", "caption", "foreign", "quotedStructure",
    })  # fmt: skip
    runs_on = frozenset({"p", "block", "intro", "content", "listIntroduction"})
    asides = {
        "authorialNote": "footnote",
        "note": "footnote",
        "remark": "note",
        "toc": "table-of-contents",
        "del": "deleted-text",
        "meta": "metadata",
    }
    quotes = frozenset({"quotedStructure", "quotedText", "embeddedStructure", "embeddedText"})

    def __init__(self, root: Any) -> None:
        super().__init__()
        self.taken = {eid for element in root.iter("{*}*") if (eid := _given_eid(element))}
        self.used: set[str] = set()
        self.is_collection = False  # of several laws, which use the same addresses

    def read(self, root: Any, language: str | None) -> Document:
        first = next(root.iterchildren("{*}*"), None)
        if first is None:
            raise ReadingError("this Akoma Ntoso file is empty")
        laws = _laws(root) if name_of(first) in COLLECTIONS else [first]
        law = laws[0] if len(laws) == 1 else first
        if law is not first:
            self._read_beside(root, laws)
        self.is_collection = len(laws) > 1
        for each in laws:
            if len(laws) > 1:
                self.read_level(each, None, 0, [])
                continue
            for part in each.iterchildren("{*}*"):
                self.read_part(part)
        if not self.clauses:
            raise ReadingError("this Akoma Ntoso file holds no provision")
        meta = _meta(law)
        spoken = language or LANGUAGES.get(meta.get("language", "eng"), meta.get("language", ""))
        return self.document(meta.get("title") or _first_words(law) or "Untitled law", spoken, meta)

    def _read_beside(self, root: Any, laws: list[Any]) -> None:
        """Set aside what a collection holds beside its one law, as an explanatory memorandum, each with a warning."""
        for each in _documents(root):
            if each not in laws and not _is_inside_another(each):
                self.keep_aside(each, "other-document")
                words = _first_words(each) or each.get("name") or name_of(each)
                self.warnings.append(ReadingWarning(each.sourceline or 0, "document-aside", words[:80]))

    def read_part(self, part: Any) -> None:
        name = name_of(part)
        if name == "preface":
            self.read_preface(part)
        elif name == "preamble" and (part.get("eId") or any(name_of(each) not in ("formula", "") for each in part)):
            self.read_level(part, None, 0, [])
        elif name in ("preamble", "body", "mainBody", "attachments", "components", "collectionBody", "portionBody"):
            self.read_parts(self.nested(self.parts(part)), None, 0)
        elif name != "meta":
            self.keep_aside(part, {"coverPage": "front-matter", "conclusions": "signatures"}.get(name, "end-matter"))

    def read_preface(self, preface: Any) -> None:
        """Long titles and formulas are law; the rest of the title page is not."""
        for kind, nodes in self.parts(preface):
            if kind == "level":
                self.read_level(nodes[0], None, 0, [])
            elif words := self.words(nodes):
                self.furniture.append(Furniture("front-matter", words, preface.sourceline or 0))

    def element_of(self, level: Any) -> str:
        name = name_of(level)
        if name == "hcontainer":
            return level.get("name") or name
        if name in DOCUMENTS:
            return "component"
        if name == "section" and any(name_of(inner) == "article" for inner in level.iter("{*}article")):
            return "division"  # a section that is a heading over articles, and no unit of its own
        return "schedule" if name in ("attachment", "component") else name

    def attributes_of(self, level: Any) -> Mapping[str, str]:
        status = {"status": level.get("status")} if level.get("status") else {}
        own = f"{{{ATTRIBUTES}}}"
        return status | {key.removeprefix(own): value for key, value in level.attrib.items() if key.startswith(own)}

    def eid_of(self, level: Any) -> str:
        eid = _given_eid(level)
        if not eid or (eid in self.used and self.is_collection):
            return ""
        if eid in self.used:
            self.warnings.append(ReadingWarning(level.sourceline or 0, "repeated-address", eid))
            return ""
        self.used.add(eid)
        return eid

    def printed(self, level: Any, num: str, heading: str, text: str) -> tuple[str, str, str]:
        return (num, text, "") if name_of(level) == "crossHeading" else (num, heading, text)

    def mark_of(self, element: Any) -> str:
        return element.get("marker", "") if name_of(element) in ("noteRef", "authorialNote") else ""

    def gather(self, element: Any, pieces: list[str]) -> None:
        if element.get(XML_SPACE) != "preserve":
            return super().gather(element, pieces)
        inside: list[str] = []
        self.gather_inside(element, inside)
        edge = BREAK if name_of(element) in self.blocks else ""
        pieces += [edge, EDGE, "".join(inside).translate(HIDDEN), EDGE, edge]

    def words(self, nodes: list[Any], separator: str = "\n") -> str:
        return super().words(nodes, separator).translate(SHOWN)


def _laws(root: Any) -> list[Any]:
    """The laws that a collection holds; where it holds none, its documents, those without documents inside them."""
    documents = _documents(root)
    laws = [each for each in documents if name_of(each) in LAWS]
    return laws or [each for each in documents if not _is_inside_another(each)]


def _documents(root: Any) -> list[Any]:
    return [each for each in root.iter("{*}*") if name_of(each) in SINGLE]


def _is_inside_another(document: Any) -> bool:
    return any(name_of(above) in SINGLE for above in document.iterancestors())


def _given_eid(element: Any) -> str:
    """The address that a file gives a clause; none where no page could have it, and then one is made."""
    eid = "".join((element.get("eId") or element.get("id") or "").split())
    return eid if eid.isascii() and is_address(eid) else ""


def _meta(law: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"format": "akn"}
    wanted = {
        "frbr_uri": ("FRBRWork/{*}FRBRuri", "value"),
        "expression_uri": ("FRBRExpression/{*}FRBRuri", "value"),
        "date": ("FRBRExpression/{*}FRBRdate", "date"),
        "language": ("FRBRExpression/{*}FRBRlanguage", "language"),
        "country": ("FRBRWork/{*}FRBRcountry", "value"),
        "number": ("FRBRWork/{*}FRBRnumber", "value"),
    }
    identification = law.find("{*}meta/{*}identification")
    if identification is None:
        return meta
    for key, (path, attribute) in wanted.items():
        element = identification.find("{*}" + path)
        if element is not None and element.get(attribute):
            meta[key] = element.get(attribute)
    # The date in the expression's address, where it is less precise: FRBRdate must name a day, even one made up.
    in_address = meta.get("expression_uri", "").rpartition("@")[2]
    if LESS_THAN_A_DAY.fullmatch(in_address) and meta.get("date", "").startswith(in_address):
        meta["date"] = in_address
    aliases = {alias.get("name"): alias.get("value") for alias in identification.iterfind("{*}FRBRWork/{*}FRBRalias")}
    title = aliases.get("title") or next(iter(aliases.values()), None)
    if title:
        meta["title"] = title
    return meta


def _first_words(law: Any) -> str:
    """The title as the law prints it."""
    for name in ("docTitle", "shortTitle", "longTitle"):
        title = law.find(f".//{{*}}{name}")
        if title is not None:
            return plain_words(title)
    return ""
