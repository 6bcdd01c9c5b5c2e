"""Word files (DOCX) -> Document. Reads the XML itself, for the numbers that Word counts and the changes it tracks.

The ``line`` of a clause is the number of its paragraph.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding.safe_xml import parse
from lawcompare.engine.reading.layout.run_in_headings import mark_lead
from lawcompare.engine.reading.layout.strong_headings import heading_level
from lawcompare.engine.reading.layout.table_rows import joined_cells
from lawcompare.engine.reading.office.docx_numbering import Counters, Styles, W, attribute
from lawcompare.engine.reading.office.legacy_runs import FontRun, LegacyRuns
from lawcompare.engine.reading.office.tracked_changes import AFTER, BEFORE, has_tracked_changes, join_after, settle
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.words import language_of

MAX_UNPACKED = 200 * 1024 * 1024
_DELETED = {f"{W}del", f"{W}moveFrom"}
_SKIPPED = {f"{W}pPr", f"{W}rPr", f"{W}instrText", f"{W}delText", f"{W}delInstrText", f"{W}sectPr", f"{W}tblPr"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}
_FURNITURE = (("word/header", "running-head"), ("word/footer", "running-foot"))


def read(data: bytes, *, language: str | None = None, side: str = AFTER) -> Document:
    """Read a law from a DOCX file; where changes are tracked in it, its text ``side`` (before or after) them.

    Headings are found by style and by their words, automatic numbers are counted as Word prints them. Of the text after
    the changes what was inserted is kept, and what was deleted is left out with a warning. Footnotes, headers and
    footers are furniture. What the file says of itself beside its text (its title, who wrote it, comments) is not read:
    it may name whoever passed it on.

    Raises ReadingError for a file that is no DOCX, is broken, or unpacks to more than ``MAX_UNPACKED`` bytes.
    """
    parts = _unpack(data)
    source = _DocxBody(Styles(_parsed(parts, "word/styles.xml")), Counters(_parsed(parts, "word/numbering.xml")))
    root = _parsed(parts, "word/document.xml")
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise ReadingError("the Word file has no body")
    is_tracked = has_tracked_changes(body)
    if side == BEFORE:
        settle(body, BEFORE)
    elif is_tracked:
        join_after(body)
    source.contents = contents_paragraphs(body)
    blocks = list(_with_whole_endnotes(source.blocks(body)))
    blocks.extend(_notes(parts))
    segmented = segment(blocks)
    text = "".join(block.text for block in blocks)
    warnings = (*source.warnings, *source.legacy.warnings, *segmented.warnings)
    spoken = language or language_of(text)
    lines = tuple(source.lines)
    meta = {"text": "converted-font"} if source.legacy.has_converted else {}
    if is_tracked:
        meta["tracked_changes"] = side
    return Document(segmented.title, spoken, segmented.clauses, warnings, segmented.furniture, meta, lines)


def _unpack(data: bytes) -> dict[str, bytes]:
    """The parts of the file that hold text, read within the limit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = [info for info in archive.infolist() if info.filename.startswith("word/")]
            wanted = [info for info in wanted if info.filename.endswith(".xml")]
            if sum(info.file_size for info in wanted) > MAX_UNPACKED:
                raise ReadingError("the Word file unpacks to more than the limit")
            parts = {info.filename: archive.read(info) for info in wanted}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise ReadingError("the Word file is broken and cannot be unpacked") from error
    except (RuntimeError, zlib.error) as error:  # encrypted; damaged inside
        raise ReadingError("the Word file is encrypted or damaged") from error
    if "word/document.xml" not in parts:
        raise ReadingError("the file has no word/document.xml, so it is no Word file")
    return parts


def _parsed(parts: dict[str, bytes], name: str) -> etree._Element | None:
    if name not in parts:
        return None
    try:
        return parse(parts[name])
    except ReadingError as error:
        raise ReadingError(f"the Word file is broken: in {name}, {error.reason}") from error


@dataclass
class _DocxBody:
    styles: Styles
    counters: Counters
    warnings: list[ReadingWarning] = field(default_factory=list)
    count: int = 0
    legacy: LegacyRuns = field(default_factory=LegacyRuns)
    lines: list[str] = field(default_factory=list)  # the paragraphs, as ``count`` counts them
    contents: frozenset[etree._Element] = frozenset()  # the paragraphs of Word's own contents tables

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """The paragraphs under a body, cell or content control, in order."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag in _DELETED:
                self._dropped(child)
            elif child.tag not in _SKIPPED and child.tag != _FALLBACK and isinstance(child.tag, str):
                yield from self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        self.count += 1
        boxes: list[etree._Element] = []
        runs = self.legacy.in_unicode(list(self._runs(paragraph, FontRun(""), boxes)), self.count)
        text = "".join(run.text for run in runs)
        strong = [each for run in runs for each in [run.strong] * len(run.text)]
        level = self.styles.level(paragraph)
        number = self.counters.number(paragraph, self.styles) if text.strip() else ""
        if number:
            joined = f"{number} "
            text, strong = joined + text.lstrip(), [False] * len(joined) + strong[len(text) - len(text.lstrip()) :]
        self.lines.append(" ".join(text.split()))
        whole = all(flag for flag, character in zip(strong, text, strict=True) if character.strip())
        if not level and whole and text.strip():
            level = heading_level(text)
        elif not level:
            text = mark_lead(text, strong)
        furniture = "table-of-contents" if paragraph in self.contents else self.styles.furniture(paragraph)
        for line in _lines(text, whole=bool(level)):
            yield Block(line, self.count, level, furniture=furniture)
        for box in boxes:
            words = " ".join("".join(text.text or "" for text in box.iter(f"{W}t")).split())
            yield Block(words, self.count, furniture="text-box")

    def _runs(self, parent: etree._Element, outer: FontRun, boxes: list[etree._Element]) -> Iterator[FontRun]:
        """The pieces of text under an element, with what the run around them says."""
        for child in parent:
            tag = child.tag
            if tag in _DELETED:
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
        """A row of short cells is one line; where a cell has paragraphs of its own, each is a block."""
        for row in table.iter(f"{W}tr"):
            if next(row.iterancestors(f"{W}tbl")) is not table:
                continue
            cells = [list(self.blocks(cell)) for cell in row.iterfind(f"{W}tc")]
            yield from joined_cells(cells)


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


def _lines(text: str, *, whole: bool) -> list[str]:
    """A paragraph with line breaks is several blocks, but a heading is one."""
    if whole:
        return [" ".join(text.split("\n"))]
    return [line for line in text.split("\n") if line.strip()] or [""]


def _notes(parts: dict[str, bytes]) -> Iterator[Block]:
    for name in sorted(parts):
        kind = next((kind for prefix, kind in _FURNITURE if name.startswith(prefix)), "")
        if name in ("word/footnotes.xml", "word/endnotes.xml"):
            root = _parsed(parts, name)
            for note in root if root is not None else ():
                words = " ".join("".join(text.text or "" for text in note.iter(f"{W}t")).split())
                yield Block(words, furniture="footnote" if "foot" in name else "endnote")
        elif kind:
            root = _parsed(parts, name)
            words = " ".join(text.text or "" for text in (root.iter(f"{W}t") if root is not None else ()))
            yield Block(words, furniture=kind)
