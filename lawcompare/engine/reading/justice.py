"""Read the XML in which the Department of Justice of Canada publishes acts and regulations (LIMS), as others copy it.

Headings stand beside the sections below them; a marginal note is the heading of its section or subsection.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from lxml import etree

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse
from lawcompare.engine.reading.xml_levels import BREAK, LevelReader, name_of, plain_words
from lawcompare.engine.structure.numbering import LATIN_NAMES
from lawcompare.engine.structure.outline import UNITS
from lawcompare.engine.text.languages import detect_language

ROOTS = frozenset({"Statute", "Regulation", "Bill"})
_ELEMENTS = {
    "Section": "section", "Provision": "paragraph", "Subsection": "subsection", "Paragraph": "paragraph",
    "Subparagraph": "subparagraph", "Clause": "clause", "Subclause": "subclause", "Subsubclause": "item",
    "Definition": "point", "Item": "item", "Schedule": "schedule", "Preamble": "preamble", "Recital": "recital",
    "Heading": "hcontainer",
}  # fmt: skip
# Words that go on after sub-clauses.
_CONTINUED = frozenset({
    "ContinuedSectionSubsection", "ContinuedParagraph", "ContinuedSubparagraph", "ContinuedClause",
    "ContinuedDefinition", "ContinuedFormulaParagraph",
})  # fmt: skip


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read an act or regulation. Raises ReadingError for other XML and for one without a section.

    >>> act = read(b"<Statute><Body><Section><MarginalNote>Aim</MarginalNote><Label>1</Label>"
    ...            b"<Text>This Act has an aim.</Text></Section></Body></Statute>")
    >>> [(clause.eid, clause.num, clause.heading, clause.text) for clause in act.clauses]
    [('sec_1', '1', 'Aim', 'This Act has an aim.')]
    """
    root = parse(data)
    if name_of(root) not in ROOTS:
        raise ReadingError("this XML is no act or regulation of Canada: its root is not Statute, Regulation or Bill")
    try:
        return _Levels().read(root, language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _Levels(LevelReader):
    levels = frozenset(_ELEMENTS)
    blocks = _CONTINUED | {"Text", "FormulaGroup", "Formula", "row", "p", "TitleText", "Oath", "Provision"}
    runs_on = frozenset({"Text"})
    asides: ClassVar[Mapping[str, str]] = {
        "HistoricalNote": "source-credit",
        "Footnote": "footnote",
        "OriginatingRef": "source-credit",
        "RecentAmendments": "end-matter",
        "ImageGroup": "picture",
    }
    renamed: ClassVar[Mapping[str, str]] = _ELEMENTS
    kinds: ClassVar[Mapping[str, str]] = {"Label": "num", "MarginalNote": "heading", "TitleText": "heading"}
    quotes = frozenset({"ReadAsText", "AmendedText", "QuotedText"})
    cells = frozenset({"entry"})

    def read(self, root: Any, language: str | None) -> Document:
        etree.strip_tags(root, "ScheduleFormHeading")  # its number and heading are those of the schedule
        title = ""
        for part in root.iterchildren("*"):
            name = name_of(part)
            if name == "Identification":
                titles = {name_of(each): plain_words(each) for each in part}
                title = titles.get("ShortTitle") or titles.get("LongTitle", "")
            elif name in self.levels:
                self.read_parts([("level", [part], [])], None, 0)
            elif name in ("Body", "Introduction", "Order"):
                self.read_parts(self.nested(self.parts(part)), None, 0)
            else:
                self.keep_aside(part, "end-matter")
        if not any(clause.num for clause in self.clauses):
            raise ReadingError("this act holds no section")
        words = " ".join(clause.text for clause in self.clauses)
        spoken = language or root.get("{http://www.w3.org/XML/1998/namespace}lang") or detect_language(words)
        return self.document(title or "Untitled act", spoken, {"format": "justice"})

    def gather(self, element: Any, pieces: list[str]) -> None:
        """A marginal note of quoted provisions stands on a line of its own."""
        quoted = any(name_of(each) == "AmendedText" for each in element.iterancestors())
        is_history = any(name_of(each) == "HistoricalNote" for each in element)
        if quoted and name_of(element) == "MarginalNote" and not is_history:
            pieces.append(f"{BREAK}[{plain_words(element)}]{BREAK}")
        else:
            super().gather(element, pieces)

    def rank_of(self, level: Any) -> int | None:
        if name_of(level) == "Heading":
            return int(level.get("level") or 1)
        return 0 if name_of(level) == "Schedule" else None

    def element_of(self, level: Any) -> str:
        if name_of(level) != "Heading":
            return super().element_of(level)
        label = next(level.iterchildren("Label"), None)
        words = plain_words(label).lower().split() if label is not None else []
        element = LATIN_NAMES.get(words[0], "hcontainer") if words else "hcontainer"
        return "division" if element in UNITS else element  # a section of a French act holds sections
