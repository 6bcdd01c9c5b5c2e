"""Read United States Legislative Markup (USLM 1.0 and 2.0): titles of the US Code, public laws, bills, resolutions.

The levels of the law become clauses. Notes, source credits, tables of contents and footnotes are furniture: they are
kept by name and are no part of the law. A provision quoted inside another (an amendment's new words) belongs to the
text of the clause that quotes it.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar

from lxml import etree

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse
from lawcompare.engine.reading.xml_levels import BREAK, LevelReader, name_of, plain_words

NAMESPACES = frozenset({"http://xml.house.gov/schemas/uslm/1.0", "http://schemas.gpo.gov/xml/uslm"})

# USLM's level elements, and the parts of an enactment that stand beside them.
LEVELS = frozenset({
    "preliminary", "title", "subtitle", "chapter", "subchapter", "part", "subpart", "division", "subdivision",
    "article", "subarticle", "section", "subsection", "paragraph", "subparagraph", "clause", "subclause",
    "item", "subitem", "subsubitem", "level", "appropriations", "appendix", "schedule", "compiledAct",
    "courtRules", "courtRule", "reorganizationPlans", "reorganizationPlan",
    "preamble", "recital", "longTitle", "enactingFormula", "resolvingClause",
})  # fmt: skip
BLOCKS = frozenset({
    "p", "content", "chapeau", "continuation", "text", "listItem", "tr", "caption", "block", "docTitle",
    "officialTitle",
})  # fmt: skip
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
    "page": "page-number",
}
# What stands beside `main`: the page before the law and the signatures after it.
OUTSIDE = {
    "preface": "front-matter",
    "coverPage": "front-matter",
    "signatures": "signatures",
    "attestation": "signatures",
}

APPROPRIATION_RANKS = {"major": 1, "intermediate": 2, "small": 3}
ATTRIBUTES = ("identifier", "status", "level", "changed")

WIDE_SPACE = re.compile("[\u00a0\u202f\u2009]")


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
        return _UslmLevels().read(root, language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _UslmLevels(LevelReader):
    levels = LEVELS
    blocks = BLOCKS
    runs_on = frozenset({"content", "chapeau", "text", "p"})
    asides = ASIDES
    renamed: ClassVar[Mapping[str, str]] = {
        "enactingFormula": "formula",
        "resolvingClause": "formula",
        "courtRule": "rule",
    }
    quotes = frozenset({"quotedContent"})

    def read(self, root: Any, language: str | None) -> Document:
        self.leave_out_struck(root.iter("{*}*"))
        for child in root.iterchildren(etree.Element):
            name = name_of(child)
            if name in ("main", "collection", "amendMain"):
                self.read_parts(self.nested(self.parts(child)), None, 0)
            elif name == "appendix":
                self.read_level(child, None, 0, [])
            elif name != "meta":
                self.keep_aside(child, OUTSIDE.get(name) or ASIDES.get(name, "end-matter"))
        if not self.clauses:
            raise ReadingError("this USLM file holds no provision")
        meta = _meta(root)
        declared = (root.get("{http://www.w3.org/XML/1998/namespace}lang") or "en")[:2].lower()
        first = self.clauses[0]
        title: str = meta.get("title", "")
        if title and name_of(root) == "uscDoc" and first.heading:
            title = f"{title}—{first.heading}"
        title = title or " ".join(part for part in (first.num, first.heading) if part) or "Untitled law"
        return self.document(title, language or declared, meta)

    def attributes_of(self, level: Any) -> Mapping[str, str]:
        return {key: level.get(key) for key in ATTRIBUTES if level.get(key)}

    def printed(self, level: Any, num: str, heading: str, text: str) -> tuple[str, str, str]:
        """``[§ 509. Repealed …]``: the brackets are the editors' and go; what they say is in ``status``."""
        num = WIDE_SPACE.sub(" ", num).rstrip(" .—–:")  # "§ 506." and "CHAPTER 5—"
        heading = heading.rstrip(" —").removesuffix(".") if heading.endswith("—") else heading  # "In General.—"
        if not num.startswith("[") or "]" in num:
            return num, heading, text
        if text.endswith("]"):
            return num[1:], heading, text[:-1]
        return num[1:], heading.removesuffix("]"), text

    def mark_of(self, element: Any) -> str:
        name = name_of(element)
        if name not in ("ref", "sup") or (name == "ref" and element.get("class") != "footnoteRef"):
            return ""
        mark = "".join(element.itertext()).strip()
        return mark if name == "ref" or _has_footnote(element, mark) else ""

    def gather(self, element: Any, pieces: list[str]) -> None:
        """A table of contents that a quotation holds is among the new words of an amendment."""
        if name_of(element) == "toc" and any(name_of(above) in self.quotes for above in element.iterancestors()):
            for item in element:
                pieces += [BREAK, plain_words(item), BREAK]
        else:
            super().gather(element, pieces)

    def rank_of(self, level: Any) -> int:
        """Appropriations are printed one after the other; their rank alone says which of them stands under which."""
        return APPROPRIATION_RANKS.get(level.get("level"), 0) if name_of(level) == "appropriations" else 0

    def keep_aside(self, element: Any, name: str = "") -> None:
        super().keep_aside(element, name or ("footnote" if element.get("type") == "footnote" else ""))


def _has_footnote(raised: Any, number: str) -> bool:
    """A raised number is a footnote mark, not an exponent, where the section has a footnote of that number."""
    section = next((above for above in raised.iterancestors() if name_of(above) == "section"), None)
    marks = section.iter("{*}ref") if section is not None else ()
    return any(ref.get("class") == "footnoteRef" and (ref.text or "").strip() == number for ref in marks)


def _meta(root: Any) -> dict[str, Any]:
    meta: dict[str, Any] = {"format": "uslm"}
    if root.get("identifier"):
        meta["identifier"] = root.get("identifier")
    block = next((child for child in root if name_of(child) == "meta"), None)
    for child in block if block is not None else ():
        words = plain_words(child) if name_of(child) else ""
        if words and name_of(child) not in meta:
            meta[name_of(child)] = words
    if "@" in meta.get("docPublicationName", ""):
        meta["release_point"] = meta["docPublicationName"].rpartition("@")[2]
    date = _date(root, meta)
    if date:
        meta["date"] = date
    return meta


def _date(root: Any, meta: dict[str, Any]) -> str:
    """Day of the text: the last action on a bill, else the day the file was made."""
    dates = [date for part in root if name_of(part) in OUTSIDE for date in part.iter("{*}date")]
    acted = [day for date in dates if (day := _day(date.get("date") or plain_words(date)))]
    if acted:
        return max(acted)
    # A file of the Code is made when the Code is brought up to date; a bill's file may be made years after it.
    made = (meta.get("created") or meta.get("processedDate") or "") if name_of(root) == "uscDoc" else ""
    return made[:10] or meta.get("date", "")


def _day(text: str) -> str:
    """``April 30, 2019`` or ``2019-04-30`` as the latter; empty for anything else."""
    for form in ("%Y-%m-%d", "%B %d, %Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date().isoformat()
    return ""
