"""OpenDocument texts (ODT) -> Document. Reads the XML itself, for the numbers that the program counts.

The ``line`` of a clause is the number of its paragraph. OpenDocument 1.3 Part 3 names the elements.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from lawcompare.engine.document import Document, ReadingWarning, Warnings
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import UNPACKED_MAX, parse, unpack
from lawcompare.engine.reading.docx_numbering import BASES_MAX
from lawcompare.engine.reading.paragraphs import FontRun, Paragraphs, joined_cells, table_blocks
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import format_number
from lawcompare.engine.structure.outline import Block

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
OFFICE, TEXT, TABLE, STYLE = (f"{{{_NAMESPACE.format(name)}}}" for name in ("office", "text", "table", "style"))
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_CONTENTS = {
    f"{TEXT}{name}"
    for name in ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "user-index")
}
_SKIPPED = {f"{TEXT}tracked-changes", f"{OFFICE}annotation", f"{OFFICE}forms", f"{TEXT}sequence-decls"}
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MOST_SPACES = 100


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from an ODT file.

    Headings are found by style and by their words, automatic numbers are counted, text that was deleted under tracking
    is left out with a warning. What the file says of itself beside its text is not read. Raises ReadingError for a file
    that is no ODT, is broken or locked, or unpacks to more than ``UNPACKED_MAX`` bytes.
    """
    names = ("content.xml", "styles.xml", "META-INF/manifest.xml")
    parts = dict(unpack(data, "the OpenDocument file", names.__contains__, UNPACKED_MAX))
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise ReadingError("this OpenDocument file is locked with a password; save it without one")
    if "content.xml" not in parts:
        raise ReadingError("the file has no content.xml, so it is no OpenDocument text")
    content = parse(parts["content.xml"])
    body = content.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise ReadingError("the OpenDocument file holds no text document")
    source = _OdtBody(_Styles([*([parse(parts["styles.xml"])] if "styles.xml" in parts else []), content]))
    return source.paragraphs.document(list(source.blocks(body, ())), language, _deleted(body))


class _Styles:
    """What the styles say: which text is strong, and how the levels of lists and headings are numbered."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self.by_name: dict[str, etree._Element] = {}
        self.lists: dict[str, dict[int, etree._Element]] = {}
        self.outline: dict[int, etree._Element] = {}
        self.default_font = ""
        for root in roots:
            for style in root.iter(f"{STYLE}style"):
                self.by_name[style.get(f"{STYLE}name", "")] = style
            for default in root.iter(f"{STYLE}default-style"):
                if default.get(f"{STYLE}family") == "paragraph":
                    self.default_font = _font_named(default) or self.default_font
            for listed in root.iter(f"{TEXT}list-style"):
                self.lists[listed.get(f"{STYLE}name", "")] = _levels(listed)
            for outline in root.iter(f"{TEXT}outline-style"):
                self.outline = _levels(outline)

    def chain(self, name: str) -> list[etree._Element]:
        styles: list[etree._Element] = []
        while name in self.by_name and len(styles) < BASES_MAX:
            styles.append(self.by_name[name])
            name = styles[-1].get(f"{STYLE}parent-style-name", "")
        return styles

    def is_strong(self, name: str, otherwise: bool) -> bool:
        for style in self.chain(name):
            properties = style.find(f"{STYLE}text-properties")
            if properties is not None and (weight := properties.get(f"{FO}font-weight")):
                return weight not in ("normal", "400")
        return otherwise

    def font_of(self, name: str, otherwise: str) -> str:
        """The font of Latin letters under a style."""
        return next((font for style in self.chain(name) if (font := _font_named(style))), otherwise)

    def names(self, name: str) -> str:
        """The names of a style and of those it is based on, as people see them."""
        chain = self.chain(name)
        shown = [str(each.get(f"{STYLE}display-name") or each.get(f"{STYLE}name") or "") for each in chain]
        return " ".join((name, *shown)).replace("_20_", " ").lower()


def _font_named(style: etree._Element) -> str:
    properties = style.find(f"{STYLE}text-properties")
    if properties is None:
        return ""
    return str(properties.get(f"{STYLE}font-name") or properties.get(f"{FO}font-family") or "").strip("'\"")


def _levels(listed: etree._Element) -> dict[int, etree._Element]:
    return {int(level.get(f"{TEXT}level", "1")): level for level in listed if level.get(f"{TEXT}level", "1").isdigit()}


@dataclass
class _OdtBody:
    styles: _Styles
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    paragraphs: Paragraphs = field(default_factory=Paragraphs)

    def blocks(self, parent: etree._Element, lists: tuple[str, ...], furniture: str = "") -> Iterator[Block]:
        """The paragraphs under an element; ``lists`` names the list styles that are open, outermost first."""
        for child in parent:
            if child.tag in _CONTENTS:
                yield from self.blocks(child, (), "table-of-contents")
            elif child.tag == f"{TEXT}list":
                yield from self._list(child, lists, furniture)
            elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, "", furniture)
            elif child.tag == f"{TABLE}table":
                own = (row for row in child.iter(f"{TABLE}table-row") if next(row.iterancestors(child.tag)) is child)
                cells = [[each for each in row if each.tag == f"{TABLE}table-cell"] for row in own]
                rows = [[list(self.blocks(cell, (), furniture)) for cell in row] for row in cells]
                yield from table_blocks(rows) or (block for row in rows for block in joined_cells(row))
            elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
                yield from self.blocks(child, lists, furniture)

    def _list(self, listed: etree._Element, lists: tuple[str, ...], furniture: str) -> Iterator[Block]:
        name = listed.get(f"{TEXT}style-name") or (lists[-1] if lists else "")
        lists = (*lists, name)
        for item in listed:
            levels = self.styles.lists.get(name, {})
            number = self._next(levels, name, len(lists)) if item.tag == f"{TEXT}list-item" else ""
            for child in item:
                if child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    yield from self._paragraph(child, number, furniture)
                    number = ""
                elif child.tag == f"{TEXT}list":
                    yield from self._list(child, lists, furniture)

    def _next(self, levels: dict[int, etree._Element], name: str, depth: int) -> str:
        level = levels.get(depth)
        form = level.get(f"{STYLE}num-format", "") if level is not None else ""
        if level is None or form not in _FORMS:
            return ""
        counts = self.counts.setdefault(name, {})
        counts[depth] = counts[depth] + 1 if depth in counts else _whole(level.get(f"{TEXT}start-value"), 1)
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        shown = _whole(level.get(f"{TEXT}display-levels"), 1)
        printed = ".".join(format_number(counts.get(at, 1), _FORMS[form]) for at in range(depth - shown + 1, depth + 1))
        return level.get(f"{STYLE}num-prefix", "") + printed + level.get(f"{STYLE}num-suffix", "")

    def _paragraph(self, paragraph: etree._Element, number: str, furniture: str) -> Iterator[Block]:
        style = paragraph.get(f"{TEXT}style-name", "")
        level = 0
        if paragraph.tag == f"{TEXT}h":
            level = min(_whole(paragraph.get(f"{TEXT}outline-level"), 1), 6)
            number = number or self._next(self.styles.outline, "", level)
        elif "title" in self.styles.names(style).split():
            level = 1
        pieces: list[FontRun] = []
        notes: list[str] = []
        outer = FontRun("", self.styles.is_strong(style, False), self.styles.font_of(style, self.styles.default_font))
        self._gather(paragraph, outer, pieces, notes)
        text, strong = self.paragraphs.text_of(pieces)
        number = number if text.strip() and read_mark(text) is None else ""
        yield from self.paragraphs.blocks(text, strong, number=number, level=level, furniture=furniture)
        for note in notes:
            yield Block(note, len(self.paragraphs.lines), furniture="footnote")

    def _gather(self, element: etree._Element, outer: FontRun, pieces: list[FontRun], notes: list[str]) -> None:
        pieces.append(replace(outer, text=element.text or ""))
        for child in element:
            if child.tag == f"{TEXT}note":
                body = child.find(f"{TEXT}note-body")
                notes.append(" ".join("".join(map(str, body.itertext())).split()) if body is not None else "")
            elif child.tag == f"{TEXT}s":
                spaces = " " * min(_whole(child.get(f"{TEXT}c"), 1), _MOST_SPACES)
                pieces.append(replace(outer, text=spaces))
            elif child.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
                pieces.append(replace(outer, text="\t" if child.tag == f"{TEXT}tab" else "\n"))
            elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
                style = child.get(f"{TEXT}style-name", "")
                strong = self.styles.is_strong(style, outer.strong)
                self._gather(child, FontRun("", strong, self.styles.font_of(style, outer.font)), pieces, notes)
            pieces.append(replace(outer, text=child.tail or ""))


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 6 else otherwise


def _deleted(body: etree._Element) -> Warnings:
    found = Warnings()
    for change in body.iter(f"{TEXT}deletion"):
        words = " ".join(str(p.xpath("string()")) for p in change.iter(f"{TEXT}p", f"{TEXT}h")).strip()
        if words:
            found.append(ReadingWarning(0, "deleted-text", words[:80]))
    return found
