"""A Word file, made by hand: paragraphs, runs, links and tables in a package that holds nothing but what we put there.

Not built on the template of python-docx, which brings a thumbnail, the name of a program and of its company; and so
that the same content gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from lawcompare.engine.writing import word_parts as parts

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
KHMER = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")


def w(name: str) -> str:
    return f"{{{parts.W}}}{name}"


class WordDocument:
    """A document being written. ``footer`` stands at the foot of each page before its number."""

    def __init__(self, title: str, site: str, moment: datetime, *, language: str, header: str, footer: str) -> None:
        self.title, self.site, self.language = title, site, language
        self.day = f"{moment:%Y-%m-%d}T00:00:00Z"  # a time of day would tell when somebody worked
        self.header, self.footer = header, footer
        root: Any = etree.Element(w("document"), nsmap={"w": parts.W, "r": parts.R})
        self.root = root
        self.body: Any = etree.SubElement(root, w("body"))
        self.links: dict[str, str] = {}
        self.footnotes: Any = etree.Element(w("footnotes"), nsmap={"w": parts.W, "r": parts.R})
        self.footnote_links: dict[str, str] = {}
        self._id = 0

    def next_id(self) -> str:
        self._id += 1
        return str(self._id)

    def paragraph(self, style: str = "", text: str = "", *, indent: int = 0, into: Any = None) -> Any:
        """A new paragraph at the end, or in a cell; ``indent`` in steps."""
        paragraph: Any = etree.SubElement(self.body if into is None else into, w("p"))
        if style or indent:
            properties = etree.SubElement(paragraph, w("pPr"))
            if style:
                etree.SubElement(properties, w("pStyle"), {w("val"): style})
            if indent:
                etree.SubElement(properties, w("ind"), {w("left"): str(indent * 400)})
        if text:
            self.run(paragraph, text)
        return paragraph

    def run(
        self,
        into: Any,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        language: str = "",
        style: str = "",
        deleted: bool = False,
        look: str = "",
    ) -> Any:
        """Words in a paragraph. ``language`` of the words where it is not that of the document.

        ``look`` is ``insert`` or ``delete`` for words that only look so; ``deleted`` ones are in a tracked change.
        """
        run: Any = etree.SubElement(into, w("r"))
        properties: Any = etree.SubElement(run, w("rPr"))
        if style:
            etree.SubElement(properties, w("rStyle"), {w("val"): style})
        for is_so, names in ((bold, ("b", "bCs")), (italic, ("i", "iCs"))):
            for name in names if is_so else ():
                etree.SubElement(properties, w(name))
        if look == "delete":
            etree.SubElement(properties, w("strike"))
        if look:
            etree.SubElement(properties, w("color"), {w("val"): "0B5D2E" if look == "insert" else "9B1C1C"})
        if look == "insert":
            etree.SubElement(properties, w("u"), {w("val"): "single"})
        if KHMER.search(text):
            etree.SubElement(properties, w("cs"))
            etree.SubElement(properties, w("lang"), {w("bidi"): "km-KH"})
        elif language and language != self.language:
            etree.SubElement(properties, w("lang"), {w("val"): "en-GB" if language == "en" else "km-KH"})
        if not len(properties):
            run.remove(properties)
        self._words(run, text, "delText" if deleted else "t")
        return run

    def _words(self, run: Any, text: str, name: str) -> None:
        for number, line in enumerate(_UNSPEAKABLE.sub("", text).split("\n")):
            if number:
                etree.SubElement(run, w("br"))
            for place, words in enumerate(line.split("\t")):
                if place:
                    etree.SubElement(run, w("tab"))
                if words:
                    etree.SubElement(run, w(name), {_SPACE: "preserve"}).text = words

    def link(self, into: Any, text: str, address: str) -> None:
        key = self.links.setdefault(address, f"link{len(self.links)}")
        self.run(etree.SubElement(into, w("hyperlink"), {f"{{{parts.R}}}id": key}), text, style="Link")

    def field(self, into: Any, code: str) -> None:
        self.run(etree.SubElement(into, w("fldSimple"), {w("instr"): code}), "1")

    def page_break(self) -> None:
        run = etree.SubElement(self.paragraph(), w("r"))
        etree.SubElement(run, w("br"), {w("type"): "page"})

    def footnote(self, into: Any, text: str, address: str = "") -> None:
        """A mark in a paragraph, and at the foot of its page the words and the address they lead to."""
        number = str(len(self.footnotes) + 1)
        note: Any = etree.SubElement(self.footnotes, w("footnote"), {w("id"): number})
        paragraph = self.paragraph("FootnoteText", into=note)
        for place, tag in ((paragraph, "footnoteRef"), (into, "footnoteReference")):
            run: Any = etree.SubElement(place, w("r"))
            properties = etree.SubElement(run, w("rPr"))
            etree.SubElement(properties, w("rStyle"), {w("val"): "FootnoteReference"})
            etree.SubElement(run, w(tag), {w("id"): number} if tag == "footnoteReference" else {})
        self.run(paragraph, f" {text}{' ' if address else ''}")
        if address:
            key = self.footnote_links.setdefault(address, f"link{len(self.footnote_links)}")
            self.run(etree.SubElement(paragraph, w("hyperlink"), {f"{{{parts.R}}}id": key}), address, style="Link")

    def table(self, rows: Iterable[tuple[str, str]], heads: tuple[str, str] | None = None) -> None:
        """Names and what is said of them, in two columns."""
        table = self.begin_table((parts.WIDTH // 4, parts.WIDTH - parts.WIDTH // 4))
        for names in [*([heads] if heads else []), *rows]:
            cells = self.row(table, is_head=names is heads)
            for number, (words, cell) in enumerate(zip(names, cells, strict=True)):
                self.run(self.paragraph("Remark", into=cell), words, bold=names is heads or number == 0)
        self.paragraph("Remark")

    def begin_table(self, widths: Sequence[int]) -> Any:
        """A table without rows, with a column for each of ``widths``, in twentieths of a point."""
        table: Any = etree.SubElement(self.body, w("tbl"))
        properties: Any = etree.SubElement(table, w("tblPr"))
        etree.SubElement(properties, w("tblW"), {w("w"): str(sum(widths)), w("type"): "dxa"})
        borders = etree.SubElement(properties, w("tblBorders"))
        for side in ("top", "bottom", "insideH"):
            etree.SubElement(
                borders, w(side), {w("val"): "single", w("sz"): "4", w("space"): "0", w("color"): "BBBBBB"}
            )
        etree.SubElement(properties, w("tblLayout"), {w("type"): "fixed"})
        grid = etree.SubElement(table, w("tblGrid"))
        for width in widths:
            etree.SubElement(grid, w("gridCol"), {w("w"): str(width)})
        return table

    def row(self, table: Any, *, is_head: bool = False, may_break: bool = False) -> list[Any]:
        """The cells of a new row, each to be given a paragraph at least; a head is repeated on each page."""
        row: Any = etree.SubElement(table, w("tr"))
        rows = etree.SubElement(row, w("trPr"))
        if not may_break:
            etree.SubElement(rows, w("cantSplit"))
        if is_head:
            etree.SubElement(rows, w("tblHeader"))
        if not len(rows):
            row.remove(rows)
        cells = []
        for column in table.find(w("tblGrid")):
            cell: Any = etree.SubElement(row, w("tc"))
            width = {w("w"): column.get(w("w")), w("type"): "dxa"}
            etree.SubElement(etree.SubElement(cell, w("tcPr")), w("tcW"), width)
            cells.append(cell)
        return cells

    def save(self, *, title_page: bool = False, landscape: bool = False) -> bytes:
        """The file. With a title page, the first page has neither header nor footer."""
        self.body.append(etree.fromstring(parts.section(title_page=title_page, landscape=landscape)))
        has_notes = len(self.footnotes) > 0
        written: dict[str, str | bytes] = {
            "[Content_Types].xml": parts.content_types(has_notes),
            "_rels/.rels": parts.PACKAGE,
            "docProps/core.xml": parts.CORE.format(title=escape(self.title), site=escape(self.site), moment=self.day),
            "word/document.xml": etree.tostring(self.root, encoding="UTF-8", xml_declaration=True, standalone=True),
            "word/_rels/document.xml.rels": parts.relations(has_notes) + _links(self.links) + parts.RELATIONS_END,
            "word/styles.xml": parts.styles(self.language),
            "word/settings.xml": parts.SETTINGS,
            "word/fontTable.xml": parts.FONTS,
            "word/header.xml": self._edge("hdr", "Header", self.header),
            "word/footer.xml": self._edge("ftr", "Footer", self.footer),
        }
        if has_notes:
            for number, kind in enumerate(("separator", "continuationSeparator")):
                self.footnotes.insert(number, self._separator(number - 1, kind))
            notes = etree.tostring(self.footnotes, encoding="UTF-8", xml_declaration=True, standalone=True)
            written["word/footnotes.xml"] = notes
            links = parts.NO_RELATIONS + _links(self.footnote_links) + parts.RELATIONS_END
            written["word/_rels/footnotes.xml.rels"] = links
        return _zipped(written)

    def _separator(self, number: int, kind: str) -> Any:
        """The line above the footnotes of a page."""
        note: Any = etree.Element(w("footnote"), {w("type"): kind, w("id"): str(number)})
        etree.SubElement(etree.SubElement(self.paragraph(into=note), w("r")), w(kind))
        return note

    def _edge(self, tag: str, style: str, words: str) -> bytes:
        """The header, or the footer with the page's number of all pages."""
        root: Any = etree.Element(w(tag), nsmap={"w": parts.W, "r": parts.R})
        paragraph = self.paragraph(style, words, into=root)
        if tag == "ftr":
            self.run(paragraph, "\t")
            self.field(paragraph, " PAGE ")
            self.run(paragraph, " / ")
            self.field(paragraph, " NUMPAGES ")
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _links(links: dict[str, str]) -> str:
    return "".join(
        f'<Relationship Id="{key}" Type="{parts.R}/hyperlink" Target={quoteattr(address)} TargetMode="External"/>'
        for address, key in links.items()
    )


def _zipped(written: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in written.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return buffer.getvalue()
