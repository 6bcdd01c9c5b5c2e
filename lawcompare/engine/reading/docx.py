"""Word files (DOCX) -> Document. Reads the XML itself, for the numbers that Word counts and the changes it tracks.

The ``line`` of a clause is the number of its paragraph.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from lawcompare.engine.document import Document, ReadingWarning, Warnings
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import UNPACKED_MAX, parse, unpack
from lawcompare.engine.reading.docx_numbering import Counters, Styles, W, attribute
from lawcompare.engine.reading.paragraphs import OF_A_TABLE, FontRun, Paragraphs, joined_cells, table_blocks
from lawcompare.engine.structure.outline import Block

AFTER, BEFORE = "after", "before"
_PUT_IN = frozenset({f"{W}ins", f"{W}moveTo"})
_TAKEN_OUT = frozenset({f"{W}del", f"{W}moveFrom"})
_PROPERTIES = (f"{W}pPr", f"{W}rPr", f"{W}trPr", f"{W}tcPr", f"{W}tblPr", f"{W}sectPr", f"{W}numPr")
_SKIPPED = {f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}sectPr", f"{W}tblPr"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}


def read(data: bytes, *, language: str | None = None, side: str = AFTER) -> Document:
    """Read a law from a DOCX file; where changes are tracked in it, its text ``side`` (before or after) them.

    Headings are found by style and by their words, automatic numbers are counted as Word prints them. Of the text after
    the changes what was inserted is kept, and what was deleted is left out with a warning. Footnotes, headers and
    footers are furniture. What the file says of itself beside its text (its title, who wrote it, comments) is not read:
    it may name whoever passed it on.

    Raises ReadingError for a file that is no DOCX, is broken, or unpacks to more than ``UNPACKED_MAX`` bytes.
    """
    parts = dict(
        unpack(data, "the Word file", lambda name: name.startswith("word/") and name.endswith(".xml"), UNPACKED_MAX)
    )
    if "word/document.xml" not in parts:
        raise ReadingError("the file has no word/document.xml, so it is no Word file")
    source = _DocxBody(Styles(_parsed(parts, "word/styles.xml")), Counters(_parsed(parts, "word/numbering.xml")))
    body = _parsed(parts, "word/document.xml").find(f"{W}body")
    if body is None:
        raise ReadingError("the Word file has no body")
    # Whether words, paragraphs or rows were put in or taken out; a change of looks alone is none.
    is_tracked = next(body.iter(*_PUT_IN, *_TAKEN_OUT), None) is not None
    if side == BEFORE:
        _refuse_changes(body)
    elif is_tracked:
        # As accepting the changes would: what stands in paragraphs whose mark is taken out joins those after them.
        _drop_rows(body, _TAKEN_OUT)
        _join_paragraphs(list(_paragraphs_whose_mark_is(body, _TAKEN_OUT)))
    source.contents = contents_paragraphs(body)
    blocks = [*_with_whole_endnotes(source.blocks(body)), *_notes(parts)]
    document = source.paragraphs.document(blocks, language, source.warnings)
    aside = {each.line for each in document.furniture}  # a table of endnotes may be read as it likes
    kept = [each for each in document.warnings if each.kind != "table-flattened" or each.line not in aside]
    document = replace(document, warnings=tuple(kept))
    return replace(document, meta={**document.meta, "tracked_changes": side}) if is_tracked else document


def _parsed(parts: dict[str, bytes], name: str) -> etree._Element:
    """The root of a part of the file, an empty element where it has none of that name."""
    try:
        return parse(parts.get(name, b"<none/>"))
    except ReadingError as error:
        raise ReadingError(f"the Word file is broken: in {name}, {error.reason}") from error


@dataclass
class _DocxBody:
    styles: Styles
    counters: Counters
    warnings: Warnings = field(default_factory=Warnings)
    count: int = 0  # of the paragraphs, with the one under way
    paragraphs: Paragraphs = field(default_factory=Paragraphs)
    contents: frozenset[etree._Element] = frozenset()  # the paragraphs of Word's own contents tables

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """The paragraphs under a body, cell or content control, in order."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in _TAKEN_OUT:
                self._dropped(child)
            elif child.tag not in _SKIPPED and child.tag != _FALLBACK and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        self.count += 1
        boxes: list[etree._Element] = []
        text, strong = self.paragraphs.text_of(list(self._runs(paragraph, FontRun(""), boxes)))
        number = self.counters.number(paragraph, self.styles) if text.strip() else ""
        furniture = "table-of-contents" if paragraph in self.contents else self.styles.furniture(paragraph)
        level = self.styles.level(paragraph)
        yield from self.paragraphs.blocks(text, strong, number=number, level=level, furniture=furniture)
        for box in boxes:
            yield Block(_words_of(box), self.count, furniture="text-box")
        if any(_is_large(extent) for extent in paragraph.iter(*_EXTENTS)):
            self.warnings.append(ReadingWarning(self.count, "picture-left-out", text.strip()[:80]))

    def _runs(self, parent: etree._Element, outer: FontRun, boxes: list[etree._Element]) -> Iterator[FontRun]:
        """The pieces of text under an element, with what the run around them says."""
        for child in parent:
            tag = child.tag
            if tag in _TAKEN_OUT:
                self._dropped(child)
            elif tag == f"{W}t":
                yield replace(outer, text=child.text or "")
            elif tag in _CHARACTERS:
                if tag != f"{W}br" or attribute(child, "type") not in ("page", "column"):
                    yield replace(outer, text=_CHARACTERS[tag])
            elif tag == f"{W}txbxContent":
                boxes.append(child)
            elif tag == f"{W}r":
                paragraph = next(child.iterancestors(f"{W}p"))
                run = FontRun("", self.styles.is_strong(child), self.styles.font_of(child, paragraph))
                yield from self._runs(child, run, boxes)
            elif isinstance(tag, str) and tag not in _SKIPPED and tag != _FALLBACK:
                yield from self._runs(child, outer, boxes)

    def _dropped(self, element: etree._Element) -> None:
        words = "".join(text.text or "" for text in element.iter(f"{W}delText", f"{W}t")).strip()
        if words:
            self.warnings.append(ReadingWarning(self.count, "deleted-text", words[:80]))

    def _table(self, table: etree._Element) -> Iterator[Block]:
        """Its rows; of one that only sets words side by side a line for a row of short cells, else each paragraph."""
        begin = self.count + 1
        own = (row for row in table.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is table)
        rows = [[list(self.blocks(cell)) for cell in row.iterfind(f"{W}tc")] for row in own]
        kept = table_blocks(rows)
        if not kept and sum(len(row) >= OF_A_TABLE for row in rows) >= OF_A_TABLE:
            words = " ".join(block.plain for cell in rows[0] for block in cell if block.plain)
            self.warnings.append(ReadingWarning(begin, "table-flattened", words[:80]))
        yield from kept or (block for cells in rows for block in joined_cells(cells))


def _with_whole_endnotes(blocks: Iterable[Block]) -> Iterator[Block]:
    """What stands under a heading of endnotes without a style of its own is one of them, up to the next heading."""
    noting = False
    for block in blocks:
        noting = block.furniture == "endnotes" or (noting and not block.level)
        yield replace(block, furniture="endnotes") if noting and not block.furniture else block


def contents_paragraphs(body: etree._Element) -> frozenset[etree._Element]:
    """The paragraphs of contents tables that Word makes: results of the field ``TOC``, and blocks of that gallery."""
    listed: set[etree._Element] = set()
    for gallery in body.iter(f"{W}docPartGallery"):
        block = next(gallery.iterancestors(f"{W}sdt"), None)
        if attribute(gallery).lower() == "table of contents" and block is not None:
            listed.update(block.iter(f"{W}p"))
    fields: list[bool] = []  # the open fields, outermost first: whether each is a TOC
    for paragraph in body.iter(f"{W}p"):
        is_listed = False
        for element in paragraph.iter(f"{W}fldChar", f"{W}instrText", f"{W}fldSimple", f"{W}t"):
            if element.tag == f"{W}t":
                is_listed = is_listed or any(fields)
            elif element.tag == f"{W}fldSimple":
                is_listed = is_listed or attribute(element, "instr").strip().upper().startswith("TOC ")
            elif element.tag == f"{W}instrText":
                if fields and (element.text or "").strip().upper().startswith("TOC"):
                    fields[-1] = True
            elif attribute(element, "fldCharType") == "begin":
                fields.append(False)
            elif attribute(element, "fldCharType") == "end" and fields:
                fields.pop()
        if is_listed:
            listed.add(paragraph)
    return frozenset(listed)


# What a drawing says of its size, in 360,000ths of a centimetre; a smaller one is an emblem or a signature.
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EXTENTS = (f"{_DRAWING}extent",)
_LARGE = 5 * 360_000, 4 * 360_000


def _is_large(extent: etree._Element) -> bool:
    sizes = [extent.get(name, "") for name in ("cx", "cy")]
    return all(size.isdigit() and int(size) >= least for size, least in zip(sizes, _LARGE, strict=True))


def _words_of(element: etree._Element) -> str:
    return " ".join("".join(text.text or "" for text in element.iter(f"{W}t")).split())


def _notes(parts: dict[str, bytes]) -> Iterator[Block]:
    for name in sorted(parts):
        if name in ("word/footnotes.xml", "word/endnotes.xml"):
            for note in _parsed(parts, name):
                yield Block(_words_of(note), furniture="footnote" if "foot" in name else "endnote")
        elif name.startswith(("word/header", "word/footer")):
            words = " ".join(text.text or "" for text in _parsed(parts, name).iter(f"{W}t"))
            yield Block(words, furniture="running-head" if "header" in name else "running-foot")


# Tracked changes, all accepted or all refused: one file gives the text before and after (ECMA-376 part 1, §17.13.5:
# runs put in or taken out, marks of paragraphs, table rows, and the properties that a paragraph had before).


def _refuse_changes(root: etree._Element) -> None:
    """Change the body of a Word file, in place, to its text before all tracked changes."""
    _drop_rows(root, _PUT_IN)
    joined = list(_paragraphs_whose_mark_is(root, _PUT_IN))
    # Each paragraph has again the properties that it had before: its style is what makes a heading.
    for change in list(root.iter(f"{W}pPrChange")):
        now, old = change.getparent(), change.find(f"{W}pPr")
        paragraph = now.getparent() if now is not None else None
        if paragraph is None or old is None or now is None:
            continue
        if (mark := now.find(f"{W}rPr")) is not None:
            old.append(mark)
        paragraph.replace(now, old)
    for change in list(root.iter(*_PUT_IN, *_TAKEN_OUT)):
        parent = change.getparent()
        # In properties it says that the paragraph or row around it was changed, and holds no words itself.
        if parent is None or parent.tag in _PROPERTIES:
            continue
        if change.tag in _PUT_IN:
            parent.remove(change)
        else:
            place = parent.index(change)
            parent[place : place + 1] = list(change)
    for words in root.iter(f"{W}delText"):
        words.tag = f"{W}t"
    _join_paragraphs(joined)


def _join_paragraphs(paragraphs: list[etree._Element]) -> None:
    """Put what stands in each paragraph at the beginning of the one after it, whose form the whole then has."""
    for paragraph in reversed(paragraphs):
        following, parent = paragraph.getnext(), paragraph.getparent()
        content = [child for child in paragraph if child.tag != f"{W}pPr"]
        if following is None or following.tag != f"{W}p":
            words = (words for child in content for words in child.iter(f"{W}t", f"{W}delText"))
            if any((each.text or "").strip() for each in words):
                continue
        else:
            place = int(next(iter(following), following).tag == f"{W}pPr")
            for child in reversed(content):  # to set a slice, lxml counts all that are there
                following.insert(place, child)
        if parent is not None:
            parent.remove(paragraph)


def _paragraphs_whose_mark_is(root: etree._Element, changes: frozenset[str]) -> Iterator[etree._Element]:
    for paragraph in root.iter(f"{W}p"):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        if mark is not None and any(child.tag in changes for child in mark):
            yield paragraph


def _drop_rows(root: etree._Element, changes: frozenset[str]) -> None:
    for row in list(root.iter(f"{W}tr")):
        properties, table = row.find(f"{W}trPr"), row.getparent()
        if table is not None and properties is not None and any(child.tag in changes for child in properties):
            table.remove(row)
