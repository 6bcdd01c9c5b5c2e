"""HTML -> Document: pages of official gazettes and codes, and what word processors save as HTML."""

import re
from dataclasses import dataclass, field, replace

from lxml import etree, html

from lawcompare.engine.document import Document, ReadingWarning, Warnings
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import decode
from lawcompare.engine.reading.paragraphs import (
    OF_A_TABLE,
    begins_unit,
    heading_level,
    is_number,
    mark_lead,
    table_blocks,
)
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import format_number, to_khmer
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.languages import detect_language

_IGNORED = {"script", "style", "template", "noscript", "svg", "iframe", "object", "button", "select", "input", "meta"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = _HEADINGS.keys() | {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_STRONG = {"b", "strong", "cap-smallcap", "smallcaps"}
_NAVIGATION = {"nav", "footer"}
_LIST_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
# Class names by which publishers mark what is no law text, what goes on after a list, and how deep a paragraph is.
_NOTE_CLASS = re.compile(
    r"\b(?:note-head|note-body\S*|footnotes?|source-credit|analysis\S*|toc|breadcrumbs?|pagination|LegContents\w*)\b"
)
# Class names of a number that a style sheet parts from the words after it.
_NUMBER_CLASS = re.compile(r"\b(?:\w*(?<![a-z])No|(?:\w+-)?num(?:ber)?)\b")
_FLUSH_CLASS = re.compile(r"\bstatutory-body-(?:block|flush)\S*|\bcontinuation\b")
_DEPTH_CLASS = re.compile(r"\bstatutory-body(?:-(?P<em>\d+)em)?(?!\S)")
_FIELD = re.compile(r"field-(?P<end>start|end):(?P<name>[\w-]+)")
_NOTE_FIELDS = {
    "notes": "note",
    "sourcecredit": "source-credit",
    "analysis": "table-of-contents",
    "footnote": "footnote",
}
_WORDS = {"en": "Article", "km": "មាត្រា"}
ATTRIBUTES_MAX = 10_000
_SIGN = 100  # pixels
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}")


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law from HTML. Scripts and styles are ignored, navigation, notes and contents are furniture.

    An item of a numbered list gets the number a browser prints; ``<article data-number="3">`` without a heading of its
    own is Article 3. Raises ReadingError for what holds no element, and for text in no known encoding.

    >>> read(b"<h2>Article 1</h2><p>Text.</p>").clauses[0].eid
    'art_1'
    """
    text = decode(data)
    root = _parse(text)
    declared = (root.get("lang") or "").split("-")[0].lower()
    spoken = language or (declared if declared in _WORDS else detect_language(text))
    walk = _Walk(spoken)
    walk.visit(root, _Place())
    walk.flush()
    document = segment(walk.blocks, spoken, is_code=walk.is_code)
    page_title = " ".join(root.findtext(".//title", default="").split())
    meta = {"title": page_title} if page_title else {}
    begin = next((clause.line for clause in document.clauses if clause.num), 0)  # no emblem above the law
    own = [each for each in walk.warnings if each.line >= begin]
    warnings = tuple(sorted((*own, *document.warnings), key=lambda warning: warning.line))
    return replace(document, title=document.title or page_title, meta=meta, warnings=warnings)


def _parse(text: str) -> html.HtmlElement:
    # The parser compares each attribute of a tag with all before it, so that many take the square of their number.
    for tag in _LONG_TAG.finditer(text):
        if len(tag[0].split()) > ATTRIBUTES_MAX:
            line = text.count("\n", 0, tag.start()) + 1
            raise ReadingError(f"a tag has more than {ATTRIBUTES_MAX} attributes", line=line)
    # The text is decoded already: a declaration of another encoding would mislead the parser.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        parser = html.HTMLParser(encoding="utf-8", huge_tree=False)
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadingError("the HTML holds no element") from error
    # The parser recovers from too deep a nesting by leaving out the rest, and says so only here.
    too_deep = next((error for error in parser.error_log if "depth" in error.message.lower()), None)
    if too_deep is not None:
        raise ReadingError("the HTML is nested too deeply to be read whole", line=too_deep.line)
    if root.find(".//body") is None:
        raise ReadingError("the HTML has no body")
    return root


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the page the walk is."""

    level: int = 0
    strong: bool = False
    furniture: str = ""
    flush: bool = False
    indent: int | None = None
    preformatted: bool = False


@dataclass
class _Walk:
    language: str
    blocks: list[Block] = field(default_factory=list)
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    place: _Place = field(default_factory=_Place)
    line: int = 0
    number: str = ""
    field_name: str = ""
    number_in_cell: bool = False  # the number of the paragraph stands in a cell of its own
    is_code: bool = False  # its publisher marks notes and contents
    anchors: list[str] = field(default_factory=list)  # as converters print them where the anchor is
    warnings: Warnings = field(default_factory=Warnings)
    counts: dict[etree._Element, int] = field(default_factory=dict)  # list -> the number of its last item

    def visit(self, element: etree._Element, place: _Place) -> None:
        if not isinstance(element.tag, str):
            self._comment(element)
            return
        if element.tag in _IGNORED or element.tag == "head":
            return
        if element.tag == "a" and element.get("name"):
            self.anchors.append(f"[{element.get('name')}]")
        if element.tag == "br":
            self.flush()
            return
        block = element.tag in _BLOCKS
        inner = self._inside(element, place)
        if block:
            self.flush()
            line = element.sourceline
            self.place, self.line = inner, line if isinstance(line, int) else 0
            self._number(element, inner)
        if element.tag == "img" and not inner.furniture and not _is_small(element):
            words = " ".join((element.get("alt") or "").split())
            self.warnings.append(ReadingWarning(self.line, "picture-left-out", words[:80]))
        if element.tag == "table" and not inner.furniture and (rows := self._table(element, inner)):
            self.blocks += rows
            self.place = place
            return
        self._text(element.text, inner)
        if element.tag == "tr":
            self._row(element, inner)
        else:
            for child in element:
                self.visit(child, inner)
                self._text(child.tail, inner)
        if not block and not element.tail and _NUMBER_CLASS.search(element.get("class") or ""):
            self._text(" ", inner)
        if block:
            self.flush()
            self.place = place

    def _inside(self, element: etree._Element, place: _Place) -> _Place:
        classes = element.get("class") or ""
        furniture = place.furniture
        if not furniture and element.tag in _NAVIGATION:
            furniture = "navigation"
        elif not furniture and (match := _NOTE_CLASS.search(classes)):
            furniture = "table-of-contents" if match[0].startswith(("analysis", "toc", "LegContents")) else "note"
            self.is_code = self.is_code or match[0].startswith("analysis")
        depth = _DEPTH_CLASS.search(classes)
        return _Place(
            _HEADINGS.get(element.tag, place.level),
            place.strong or element.tag in _STRONG,
            furniture,
            place.flush or bool(_FLUSH_CLASS.search(classes)),
            int(depth["em"] or 0) * 2 if depth else place.indent,
            place.preformatted or element.tag == "pre",
        )

    def _table(self, table: etree._Element, place: _Place) -> list[Block]:
        """The rows of a table; none where it sets paragraphs beside each other, as a table that holds another does."""
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        if table.find(".//table") is not None or sum(len(row) >= OF_A_TABLE for row in rows) < OF_A_TABLE:
            return []
        cells = [[_blocks_of(cell, place, self.language) for cell in row] for row in rows]
        if not (kept := table_blocks(cells)):
            words = " ".join(block.plain for cell in cells[0] for block in cell)
            self.warnings.append(ReadingWarning(self.line, "table-flattened", words[:80]))
        return kept

    def _row(self, row: etree._Element, place: _Place) -> None:
        """The cells of a table row are read as one line, unless a cell has paragraphs."""
        before: list[str] = []  # the words of the cells so far
        for cell in row:
            words = " ".join(str(cell.xpath("string()")).split()) if isinstance(cell.tag, str) else ""
            if before and words and begins_unit(words) and not is_number(before[-1]):
                self.flush()  # what stands in the margin is a block of its own
                before = []
            self.number_in_cell = self.number_in_cell or bool(words and len(before) == 1 and is_number(before[0]))
            before += [words] if words else []
            if isinstance(cell.tag, str) and cell.tag in ("td", "th") and not any(each.tag in _BLOCKS for each in cell):
                self._text(cell.text, place)
                for child in cell:
                    self.visit(child, place)
                    self._text(child.tail, place)
                self._text(" ", place)
            else:
                self.visit(cell, place)

    def _number(self, element: etree._Element, place: _Place) -> None:
        if element.tag == "li":
            number = self._list_number(element)
            self.number = self.number if place.furniture else number
        number = element.get("data-number") or ""
        if element.tag != "article" or not re.fullmatch(r"\d{1,4}[A-Za-z]?", number):
            return
        first = next((" ".join(str(each.xpath("string()")).split()) for each in element.iter(*_HEADINGS)), "")
        if parse_heading(first) is None:  # it has no number of its own
            digits = to_khmer(number) if self.language == "km" else number
            self.blocks.append(Block(f"{_WORDS.get(self.language, _WORDS['en'])} {digits}", self.line, level=2))

    def _list_number(self, item: etree._Element) -> str:
        """What a browser prints before an item of ``<ol>``."""
        parent: etree._Element | None = item.getparent()
        if parent is None or parent.tag != "ol" or "none" in (parent.get("style") or ""):
            return ""
        start, value = parent.get("start") or "", item.get("value") or ""
        count = self.counts.get(parent, int(start) - 1 if re.fullmatch(r"\d{1,6}", start) else 0) + 1
        count = self.counts[parent] = int(value) if re.fullmatch(r"\d{1,6}", value) else count
        return format_number(count, _LIST_FORMS.get(parent.get("type") or "", "decimal")) + "."

    def _text(self, text: str | None, place: _Place) -> None:
        if text:
            self.pieces.append((text, place.strong))

    def _comment(self, comment: etree._Element) -> None:
        """GPO's pages say in comments where notes begin and end."""
        if comment.tag is not etree.Comment:
            return
        for match in _FIELD.finditer(comment.text or ""):
            self.flush()
            self.is_code = True
            if match["end"] == "start" and not self.field_name:
                self.field_name = match["name"] if match["name"] in _NOTE_FIELDS else ""
            elif match["end"] == "end" and match["name"] == self.field_name:
                self.field_name = ""

    def flush(self) -> None:
        """End the paragraph that has been gathered."""
        pieces, self.pieces = self.pieces, []
        place = self.place
        if place.preformatted:
            for line in "".join(text for text, _strong in pieces).split("\n"):
                self._add(" ".join(line.split()), place)
            return
        text, strong = _collapse(pieces)
        begin = 0
        for anchor in self.anchors:
            if text.startswith(anchor, begin):
                begin += len(anchor) + text.startswith(" ", begin + len(anchor))
        text, strong = text[begin:], strong[begin:]
        self.anchors.clear()
        if not text:
            return
        number, self.number = self.number, ""
        if number and not read_mark(text) and not parse_heading(text):
            text, strong = f"{number} {text}", [False] * (len(number) + 1) + strong
        if not place.level and not place.furniture:
            if all(strong) and (level := heading_level(text)):
                self._add(text, _Place(level=level))
                return
            text = mark_lead(text, strong)
        self._add(text, place)

    def _add(self, text: str, place: _Place) -> None:
        furniture = _NOTE_FIELDS.get(self.field_name, "") or place.furniture
        if text:
            flush = "^" if place.flush and not place.level and read_mark(text) is None else None
            self.blocks.append(
                Block(
                    text,
                    self.line,
                    place.level,
                    place.indent,
                    flush=flush,
                    furniture=furniture,
                    number_in_cell=self.number_in_cell,
                )
            )
            self.number_in_cell = False


def _blocks_of(cell: etree._Element, place: _Place, language: str) -> list[Block]:
    walk = _Walk(language)
    walk.visit(cell, place)
    return walk.blocks


def _is_small(picture: etree._Element) -> bool:
    """Whether a picture is, by its own word, no larger than a sign or an emblem."""
    sizes = [picture.get(name, "") for name in ("width", "height")]
    return any(size.isdigit() and int(size) < _SIGN for size in sizes)


def _collapse(pieces: list[tuple[str, bool]]) -> tuple[str, list[bool]]:
    """One text with white space as a browser shows it, and which characters are strong."""
    characters: list[str] = []
    strong: list[bool] = []
    for text, flag in pieces:
        for character in text:
            space = character in " \t\n\r\f"
            if space and (not characters or characters[-1] == " "):
                continue
            characters.append(" " if space else character)
            strong.append(flag)
    text = "".join(characters)
    start = len(text) - len(text.lstrip())
    return text.strip(), strong[start : len(text.rstrip())]
