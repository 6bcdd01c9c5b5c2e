"""What a program that reads a PDF aloud gets of it, and what of PDF/UA-1 it breaks: the rules that a program can check.

Read with pikepdf. ``read_aloud`` walks the tree of tags in its order; ``problems`` returns a sentence for each breach.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

_OF_TEXT = "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6"
_OF_LISTS = "L LI Lbl LBody Table TR TH TD THead TBody TFoot"
_OF_WORDS = "Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form"
STANDARD_TYPES = {name for names in (_OF_TEXT, _OF_LISTS, _OF_WORDS) for name in names.split()}
CHILDREN_OF = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"LI", "L", "Caption"},
    "LI": {"Lbl", "LBody"},
}
PARENTS_OF = {
    "TR": {"Table", "THead", "TBody", "TFoot"},
    "TH": {"TR"},
    "TD": {"TR"},
    "LI": {"L"},
    "LBody": {"LI"},
}
PAINTING = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "BI"}
SHOWING = {"Tj", "TJ", "'", '"'}
KHMER = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")
_HEX = r"\s*<([0-9A-Fa-f]+)>"
_MAPPED = {"char": re.compile(_HEX + _HEX), "range": re.compile(_HEX * 3)}


@dataclass
class Marked:
    """What stands on a page under one number of marked content."""

    words: str = ""
    language: str = ""
    is_mapped: bool = True  # each code has its letters


@dataclass
class PdfElement:
    """An element of the tree of tags with its words in the order in which they are read."""

    tag: str
    depth: int
    parent: str
    language: str
    dictionary: Any = None
    pieces: list[tuple[str, str]] = field(default_factory=list)  # (language, words), of it and what stands in it
    children: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(words for _language, words in self.pieces)


class StructuredPdf:
    """A PDF with the content of its pages by its marks."""

    def __init__(self, content: bytes) -> None:
        self.pdf = Pdf.open(io.BytesIO(content))
        self.root = self.pdf.Root
        self.unmarked: Counter[int] = Counter()  # page from 1 -> what is painted without a mark
        self.marked: list[dict[int, Marked]] = []
        self._fonts: dict[tuple[int, int], dict[int, str]] = {}
        for number, page in enumerate(self.pdf.pages, 1):
            self.marked.append(self._marks_of(number, page))
        self.page_at = {page.objgen: place for place, page in enumerate(self.pdf.pages)}
        self.read: Counter[tuple[int, int]] = Counter()  # (place of the page, mark) -> how often the tree names it
        self.elements: list[PdfElement] = []
        if "/StructTreeRoot" in self.root:
            for child in _kids(self.root.StructTreeRoot.get("/K")):
                self._walk(child, 0, "", str(self.root.get("/Lang", "")), None, [])

    def _marks_of(self, number: int, page: Any) -> dict[int, Marked]:
        marks: dict[int, Marked] = {}
        stack: list[tuple[int | None, bool, bool]] = []  # (mark, is an artifact, its words are given)
        fonts: dict[int, str] = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in {"BDC", "BMC"}:
                mark, is_artifact, is_given = stack[-1] if stack else (None, False, False)
                properties = operands[1] if name == "BDC" and isinstance(operands[1], Dictionary) else Dictionary()
                if "/MCID" in properties:
                    mark = int(properties.MCID)
                    marks[mark] = Marked(language=str(properties.get("/Lang", "")))
                if "/ActualText" in properties and not is_given:
                    is_given = True
                    if mark is not None:
                        marks[mark].words += str(properties.ActualText)
                stack.append((mark, is_artifact or operands[0] == Name.Artifact, is_given))
            elif name == "EMC":
                stack.pop()
            elif name == "Tf":
                fonts = self._letters(page.Resources.Font[operands[0]])
            elif name in PAINTING:
                mark, is_artifact, is_given = stack[-1] if stack else (None, False, False)
                self.unmarked[number] += mark is None and not is_artifact
                if name in SHOWING and mark is not None and not is_given:
                    _show(marks[mark], operands[-1], fonts)
        return marks

    def _letters(self, font: Any) -> dict[int, str]:
        """Returns the letters of each code of a font of two bytes a code."""
        if font.objgen not in self._fonts:
            letters: dict[int, str] = {}
            stream = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
            for kind, block in re.findall(r"beginbf(char|range)(.*?)endbf", stream, re.S):
                for mapped in _MAPPED[kind].findall(block):
                    start, last = int(mapped[0], 16), int(mapped[-2], 16)
                    words = bytes.fromhex(mapped[-1]).decode("utf-16-be")
                    for code in range(start, last + 1):
                        letters[code] = words[:-1] + chr(ord(words[-1]) + code - start)
            self._fonts[font.objgen] = letters
        return self._fonts[font.objgen]

    def _walk(self, node: Any, depth: int, parent: str, language: str, page: Any, around: list[PdfElement]) -> None:
        page = node.get("/Pg", page)
        tag = str(node.S).lstrip("/")
        roles = self.root.StructTreeRoot.get("/RoleMap", Dictionary())
        tag = str(roles.get(f"/{tag}", f"/{tag}")).lstrip("/")
        element = PdfElement(tag, depth, parent, str(node.get("/Lang", language)), node)
        self.elements.append(element)
        if around:
            around[-1].children.append(tag)
        for kid in _kids(node.get("/K")):
            if isinstance(kid, Dictionary) and "/S" in kid:
                self._walk(kid, depth + 1, tag, element.language, page, [*around, element])
                continue
            is_mark = not isinstance(kid, Dictionary) or kid.get("/Type") == Name.MCR
            if is_mark:
                on = kid.get("/Pg", page) if isinstance(kid, Dictionary) else page
                number = int(kid.MCID) if isinstance(kid, Dictionary) else int(kid)
                place = self.page_at[on.objgen]
                self.read[place, number] += 1
                marked = self.marked[place].get(number, Marked())
                for one in [*around, element]:
                    one.pieces.append((marked.language or element.language, marked.words))


def _show(marked: Marked, shown: Any, letters: dict[int, str]) -> None:
    for piece in shown if isinstance(shown, Array) else [shown]:
        if not isinstance(piece, pikepdf.String):
            continue
        codes = bytes(piece)
        for at in range(0, len(codes), 2):
            words = letters.get(int.from_bytes(codes[at : at + 2]))
            marked.is_mapped = marked.is_mapped and words is not None
            marked.words += words or ""


def _kids(kids: Any) -> list[Any]:
    return [] if kids is None else list(kids) if isinstance(kids, Array) else [kids]


def read_aloud(content: bytes) -> list[tuple[str, str]]:
    """The blocks in the order of the tags: kind (``H1``, ``P``, ``TH``, ``TD`` …) and words."""
    return [(one.tag, one.words) for one in StructuredPdf(content).elements if one.tag in BLOCKS]


BLOCKS = {"P", "TH", "TD", "Lbl", "LBody", "Caption", *(f"H{level}" for level in range(1, 10))}


def problems(content: bytes) -> list[str]:
    """A sentence for each breach of PDF/UA-1 that is found; the clauses are those of ISO 14289-1."""
    structured = StructuredPdf(content)
    return [
        *_of_document(structured),
        *_of_marks(structured),
        *_of_tags(structured),
        *_of_languages(structured),
        *_of_annotations(structured),
        *_of_fonts(structured),
    ]


def _of_document(structured: StructuredPdf) -> Iterator[str]:
    root = structured.root
    if not root.get("/MarkInfo", Dictionary()).get("/Marked", False):
        yield "7.1: MarkInfo does not say that it is tagged"
    if root.get("/MarkInfo", Dictionary()).get("/Suspects", False):
        yield "7.1: MarkInfo says that its tags are doubtful"
    if not structured.elements:
        yield "7.1: there is no tree of tags"
    if not root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False):
        yield "7.1: its title is not shown"
    with structured.pdf.open_metadata() as metadata:
        if not metadata.get("dc:title"):
            yield "7.1: its metadata names no title"
        if metadata.get("pdfuaid:part") != "1":
            yield "5: it does not say that it is PDF/UA-1"
    if not root.get("/Lang"):
        yield "7.2: it names no language"
    if "/Outlines" not in root:
        yield "it has no bookmarks"


def _of_marks(structured: StructuredPdf) -> Iterator[str]:
    for number, count in structured.unmarked.items():
        if count:
            yield f"7.1: page {number} paints {count} things that are neither tagged nor artifacts"
    for place, marks in enumerate(structured.marked):
        for mark, marked in marks.items():
            times = structured.read[place, mark]
            if times != 1:
                yield f"7.1: page {place + 1}: {marked.words[:40]!r} stands {times} times in the tree of tags"
            if not marked.is_mapped:
                yield f"7.21.7: page {place + 1}: a code in {marked.words[:40]!r} has no letters"


def _of_tags(structured: StructuredPdf) -> Iterator[str]:
    above = 0
    for one in structured.elements:
        level = int(one.tag[1:]) if re.fullmatch(r"H\d+", one.tag) else 0
        if level == 0 and one.tag not in STANDARD_TYPES:
            yield f"7.1: {one.tag} is no standard tag and is mapped to none"
        if level > above + 1:
            yield f"7.4.2: heading {one.words[:40]!r} of level {level} follows one of level {above}"
        if level and not one.words.strip():
            yield f"7.4: a heading of level {level} is empty"
        above = level or above
        if one.tag == "Figure" and not (one.dictionary.get("/Alt") or one.dictionary.get("/ActualText")):
            yield "7.3: a figure has no words in its place"
        wrong = set(one.children) - CHILDREN_OF.get(one.tag, set(one.children))
        if wrong:
            yield f"7.5: {', '.join(sorted(wrong))} in {one.tag}"
        if one.parent not in PARENTS_OF.get(one.tag, {one.parent}):
            yield f"7.5: {one.tag} stands in {one.parent}"
    yield from _of_tables(structured)


def _of_tables(structured: StructuredPdf) -> Iterator[str]:
    heads = {str(one.dictionary.get("/ID", "")) for one in structured.elements if one.tag == "TH"}
    tables = [one for one in structured.elements if one.tag == "Table"]
    if tables and not heads:
        yield "7.5: a table has no head"
    for one in structured.elements:
        if one.tag not in {"TD", "TH"}:
            continue
        attributes = [entry for entry in _kids(one.dictionary.get("/A")) if isinstance(entry, Dictionary)]
        named = [str(name) for entry in attributes for name in entry.get("/Headers", Array())]
        if one.tag == "TD" and not named:
            yield f"7.5: cell {one.words[:40]!r} names no head"
        if set(named) - heads:
            yield f"7.5: cell {one.words[:40]!r} names a head that is not there"
        if one.tag == "TH" and not one.words.strip():
            yield "7.5: a head of a table is empty"


def _of_languages(structured: StructuredPdf) -> Iterator[str]:
    for one in structured.elements:
        if one.tag in BLOCKS:
            for language, words in one.pieces:
                if KHMER.search(words) and not language.startswith("km"):
                    yield f"7.2: {words[:40]!r} is said to be {language!r}"


def _of_annotations(structured: StructuredPdf) -> Iterator[str]:
    for number, page in enumerate(structured.pdf.pages, 1):
        annotations = list(page.get("/Annots", Array()))
        if annotations and page.get("/Tabs") != Name.S:
            yield f"7.18.3: page {number} does not follow its tags with the tab key"
        for one in annotations:
            if one.get("/Subtype") == Name.Link and not one.get("/Contents"):
                yield f"7.18.5: a link on page {number} has no words"
            if "/StructParent" not in one:
                yield f"7.18.1: an annotation on page {number} has no tag"


def _of_fonts(structured: StructuredPdf) -> Iterator[str]:
    for number, page in enumerate(structured.pdf.pages, 1):
        for name, font in page.Resources.get("/Font", Dictionary()).items():
            inner = font.DescendantFonts[0] if font.Subtype == Name.Type0 else font
            descriptor = inner.get("/FontDescriptor", Dictionary())
            if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                yield f"7.21.4: page {number} does not embed the face {name}"
            if "/ToUnicode" not in font:
                yield f"7.21.7: page {number}: the codes of the face {name} have no letters"
