"""A Word file, made by hand: paragraphs, runs, links and tables in a package that holds nothing but what we put there.

Not built on the template of python-docx, which brings a thumbnail, the name of a program and of its company; and so
that the same content gives the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from lawcompare.engine.text.words import NOT_IN_XML

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = f'xmlns:w="{W}" xmlns:r="{R}"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Khmer is a complex script to Word: its face, size, weight and language are those named ``cs`` and ``bidi`` (ECMA-376
# 17.3.2.26). The face named is replaced by the Khmer face of the reader's system where it is missing.
LATIN_FACE, KHMER_FACE = "Cambria", "Noto Sans Khmer"
_SPACING = '<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _style(
    name: str, title: str, paragraph: str = "", run: str = "", *, after: str = "Normal", kind: str = "paragraph"
) -> str:
    based = "" if kind == "character" else '<w:basedOn w:val="Normal"/>'
    onward = f'<w:next w:val="{after}"/>' if kind == "paragraph" else ""
    inside = (f"<w:pPr>{paragraph}</w:pPr>" if paragraph else "") + (f"<w:rPr>{run}</w:rPr>" if run else "")
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{title}"/>{based}{onward}{inside}</w:style>'


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _space(before: int, after: int, line: int = 300) -> str:
    return _SPACING.format(before=before * 20, after=after * 20, line=line)


_BOLD = "<w:b/><w:bCs/>"
_QUIET = '<w:color w:val="444444"/>'
_HEADINGS = [(18, 22, 6), (14, 18, 5), (12, 14, 4), (11, 12, 3), (11, 10, 3), (11, 10, 3)]


def styles(language: str) -> str:
    """``language`` of the words around the law text, ``en`` or ``km``."""
    spoken = "km-KH" if language == "km" else "en-GB"
    fonts = f'<w:rFonts w:ascii="{LATIN_FACE}" w:hAnsi="{LATIN_FACE}" w:eastAsia="{LATIN_FACE}" w:cs="{KHMER_FACE}"/>'
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts}{_size(11)}"
        f'<w:lang w:val="{spoken}" w:eastAsia="en-GB" w:bidi="km-KH"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault><w:pPr>{_space(0, 6)}</w:pPr></w:pPrDefault></w:docDefaults>"
    )
    written = [
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
        _style("Title", "Title", _space(24, 8), _BOLD + _size(22)),
        _style("Subtitle", "Subtitle", _space(0, 8), _QUIET + _size(14)),
        _style("Remark", "Remark", _space(0, 3, 260), _QUIET + _size(9.5), after="Remark"),
        _style("Cell", "Cell", _space(0, 3, 260), _size(9.5), after="Cell"),
        _style("NewPage", "New Page", "<w:pageBreakBefore/>" + _SPACING.format(before=0, after=0, line=20), _size(1)),
        _style("LawText", "Law Text", _space(0, 5), after="LawText"),
        _style("Quotation", "Quotation", _space(2, 8) + '<w:ind w:left="400"/>', _size(11)),
        _style("Bullet", "Bullet", _space(0, 3) + '<w:ind w:left="500" w:hanging="260"/>', after="Bullet"),
        _style("Contents", "Contents", _tab_at_the_edge() + _space(0, 3), after="Contents"),
        _style("Header", "header", _tab_at_the_edge() + _space(0, 0), _QUIET + _size(8.5)),
        _style("Footer", "footer", _tab_at_the_edge() + _space(0, 0), _QUIET + _size(8.5)),
        _style("FootnoteText", "footnote text", _space(0, 2, 240), _size(9), after="FootnoteText"),
        _style("FootnoteReference", "footnote reference", run='<w:vertAlign w:val="superscript"/>', kind="character"),
        _style("Link", "Hyperlink", run='<w:color w:val="1F4E79"/><w:u w:val="single"/>', kind="character"),
    ]
    for level, (points, before, after) in enumerate(_HEADINGS, start=1):
        paragraph = f'<w:keepNext/><w:keepLines/>{_space(before, after)}<w:outlineLvl w:val="{level - 1}"/>'
        written.append(_style(f"Heading{level}", f"heading {level}", paragraph, _BOLD + _size(points)))
    return f"{HEAD}<w:styles {NAMESPACES}>{defaults}{''.join(written)}</w:styles>"


# The text column of an A4 page with the margins below, in twentieths of a point.
WIDTH = 9070
# The same of the page turned on its side.
WIDE = 14000


def _tab_at_the_edge() -> str:
    return f'<w:tabs><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs>'


FONTS = (
    f"{HEAD}<w:fonts {NAMESPACES}>"
    f'<w:font w:name="{LATIN_FACE}"><w:altName w:val="Georgia"/><w:family w:val="roman"/></w:font>'
    f'<w:font w:name="{KHMER_FACE}"><w:altName w:val="Khmer OS"/><w:family w:val="swiss"/></w:font></w:fonts>'
)
SETTINGS = (
    f'{HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/>'
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-GB" w:bidi="km-KH"/></w:settings>'
)


def section(*, title_page: bool, landscape: bool) -> str:
    """The page: A4, upright or on its side. With a title page, the first has neither header nor footer."""
    size = 'w:w="16838" w:h="11906" w:orient="landscape"' if landscape else 'w:w="11906" w:h="16838"'
    return (
        f'<w:sectPr {NAMESPACES}><w:headerReference w:type="default" r:id="header"/>'
        f'<w:footerReference w:type="default" r:id="footer"/><w:pgSz {size}/>'
        '<w:pgMar w:top="1300" w:right="1418" w:bottom="1300" w:left="1418" w:header="600" w:footer="600" '
        f'w:gutter="0"/>{"<w:titlePg/>" if title_page else ""}</w:sectPr>'
    )


_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_PARTS = ("document", "styles", "settings", "fontTable", "header", "footer")
_PACKAGE = (
    f'{HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="main" Type="{R}/officeDocument" '
    'Target="word/document.xml"/><Relationship Id="core" Target="docProps/core.xml" '
    'Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"/></Relationships>'
)
_CORE = (
    f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:creator>{site}</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
)


MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LOOKS = {"insert": "0B5D2E", "delete": "9B1C1C", "slip": "595959"}
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
KHMER = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")


def w(name: str) -> str:
    return f"{{{W}}}{name}"


class WordDocument:
    """A document being written. ``footer`` stands at the foot of each page before its number."""

    def __init__(self, title: str, site: str, moment: datetime, *, language: str, header: str, footer: str) -> None:
        self.title, self.site, self.language = title, site, language
        self.day = f"{moment:%Y-%m-%d}T00:00:00Z"  # a time of day would tell when somebody worked
        self.header, self.footer = header, footer
        root: Any = etree.Element(w("document"), nsmap={"w": W, "r": R})
        self.root = root
        self.body: Any = etree.SubElement(root, w("body"))
        self.links: dict[str, str] = {}
        self.footnotes: Any = etree.Element(w("footnotes"), nsmap={"w": W, "r": R})
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

        ``look`` is ``insert`` or ``delete`` for words that only look so, ``slip`` for those of a probable slip of
        reading; ``deleted`` ones are in a tracked change.
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
            etree.SubElement(properties, w("color"), {w("val"): _LOOKS[look]})
        if look in {"insert", "slip"}:
            etree.SubElement(properties, w("u"), {w("val"): "single" if look == "insert" else "dotted"})
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
        for number, line in enumerate(NOT_IN_XML.sub("", text).split("\n")):
            if number:
                etree.SubElement(run, w("br"))
            for place, words in enumerate(line.split("\t")):
                if place:
                    etree.SubElement(run, w("tab"))
                if words:
                    etree.SubElement(run, w(name), {_SPACE: "preserve"}).text = words

    def link(self, into: Any, text: str, address: str) -> None:
        key = self.links.setdefault(address, f"link{len(self.links)}")
        self.run(etree.SubElement(into, w("hyperlink"), {f"{{{R}}}id": key}), text, style="Link")

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
            self.run(etree.SubElement(paragraph, w("hyperlink"), {f"{{{R}}}id": key}), address, style="Link")

    def table(self, rows: Iterable[tuple[str, str]], heads: tuple[str, str] | None = None) -> None:
        """Names and what is said of them, in two columns."""
        table = self.begin_table((WIDTH // 4, WIDTH - WIDTH // 4))
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
        self.body.append(etree.fromstring(section(title_page=title_page, landscape=landscape)))
        has_notes = len(self.footnotes) > 0
        names = (*_PARTS, "footnotes") if has_notes else _PARTS
        written: dict[str, str | bytes] = {
            "[Content_Types].xml": _content_types(names),
            "_rels/.rels": _PACKAGE,
            "docProps/core.xml": _CORE.format(title=escape(self.title), site=escape(self.site), moment=self.day),
            "word/document.xml": _xml(self.root),
            "word/_rels/document.xml.rels": _relations(names[1:], self.links),
            "word/styles.xml": styles(self.language),
            "word/settings.xml": SETTINGS,
            "word/fontTable.xml": FONTS,
            "word/header.xml": self._edge("hdr", "Header", self.header),
            "word/footer.xml": self._edge("ftr", "Footer", self.footer),
        }
        if has_notes:
            for number, kind in enumerate(("separator", "continuationSeparator")):
                note: Any = etree.Element(w("footnote"), {w("type"): kind, w("id"): str(number - 1)})
                etree.SubElement(etree.SubElement(self.paragraph(into=note), w("r")), w(kind))
                self.footnotes.insert(number, note)  # the line above the footnotes of a page
            written["word/footnotes.xml"] = _xml(self.footnotes)
            written["word/_rels/footnotes.xml.rels"] = _relations((), self.footnote_links)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in written.items():
                entry = zipfile.ZipInfo(name, _ZIP_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                package.writestr(entry, content)
        return buffer.getvalue()

    def _edge(self, tag: str, style: str, words: str) -> bytes:
        """The header, or the footer with the page's number of all pages."""
        root: Any = etree.Element(w(tag), nsmap={"w": W, "r": R})
        paragraph = self.paragraph(style, words, into=root)
        for before, field in (("\t", " PAGE "), (" / ", " NUMPAGES ")) if tag == "ftr" else ():
            self.run(paragraph, before)
            self.run(etree.SubElement(paragraph, w("fldSimple"), {w("instr"): field}), "1")
        return _xml(root)


def _xml(root: Any) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


def _content_types(names: Iterable[str]) -> str:
    """The list of what is in the package."""
    kinds = {name: f"{_MAIN}.{name}{'.main' if name == 'document' else ''}+xml" for name in names}
    return (
        f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}"/>' for name, kind in kinds.items())
        + '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relations(names: Iterable[str], links: Mapping[str, str]) -> str:
    """The list of the parts that one part is made of, and of the addresses its links lead to."""
    parts = (f'<Relationship Id="{name}" Type="{R}/{name}" Target="{name}.xml"/>' for name in names)
    addresses = (
        f'<Relationship Id="{key}" Type="{R}/hyperlink" Target={quoteattr(address)} TargetMode="External"/>'
        for address, key in links.items()
    )
    return f'{HEAD}<Relationships xmlns="{_RELATIONS}">{"".join((*parts, *addresses))}</Relationships>'
