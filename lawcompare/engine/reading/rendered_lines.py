"""The lines of a file of markup (HTML, Akoma Ntoso, USLM) as they read, for who reviews a reading: never the markup."""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import decode
from lawcompare.engine.reading.formats import detect

MARKUP = ("html", "akn", "uslm", "usbill")
# What stands inside a line; every other element begins a new one.
_INLINE = frozenset({
    "a", "abbr", "b", "big", "cite", "code", "date", "def", "del", "em", "external", "font", "headingtext", "i", "img",
    "inline", "ins", "kbd", "label", "mark", "mref", "noteref", "num", "q", "quantity", "ref", "rref", "s", "small",
    "span", "strike", "strong", "sub", "sup", "term", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "noscript"})
# Comments, sections, instructions, tags, texts, and what is not closed. Never looks twice at a place.
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<\?[^>]*+(?:>|\Z)"
    r"|<(?:(?P<end>/?)(?:[\w.-]++:)?(?P<name>[\w.-]++))?[^>]*+>|(?P<text>[^<]++)|<.*",
    re.DOTALL,
)
_MARKS = re.compile(r"[\s.,;:()\[\]\-–—_/…“”\"'‘’«»៖។]+")
# Letters after the beginning of one clause in which the next is looked for, by its first words and by its number alone.
_LOOKED_AHEAD, _CLOSE_BY = 30_000, 300
_FIRST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class RenderedLine:
    """Words as they read, and the line of the markup on which they begin."""

    words: str
    line: int


def rendered_lines(markup: str, *, is_xml: bool) -> list[RenderedLine]:
    """The lines of a file of markup; what nobody sees, as scripts and metadata, is left out.

    >>> [each.words for each in rendered_lines("<p>One &amp; <b>two</b><script>x</script><p>Three", is_xml=False)]
    ['One & two', 'Three']
    """
    unseen = _UNSEEN | ({"meta"} if is_xml else {"title"})
    lines: list[RenderedLine] = []
    pieces: list[str] = []
    begins = 0
    hidden = ""
    after_number = False
    for kind, piece, line in _tokens(markup):
        if kind == "text":
            if not hidden and piece.strip():
                pieces.append(html.unescape(piece))
                lead = len(piece) - len(piece.lstrip())
                begins = begins or line + piece.count("\n", 0, lead)
                after_number = False
            elif not hidden and pieces:
                pieces.append(" ")
            continue
        name, is_end = piece.removeprefix("/"), piece.startswith("/")
        if hidden:
            hidden = "" if is_end and name == hidden else hidden
        elif not is_end and name in unseen and kind == "tag":
            hidden = name
        elif name == "num" and is_end:
            pieces.append(" ")
            after_number = True
        elif name not in _INLINE and not (after_number and not is_end):
            _close(lines, pieces, begins)
            begins = 0
    _close(lines, pieces, begins)
    return lines


def _close(lines: list[RenderedLine], pieces: list[str], begins: int) -> None:
    words = " ".join("".join(pieces).split())
    if words:
        lines.append(RenderedLine(words, begins))
    pieces.clear()


def _tokens(markup: str) -> Iterator[tuple[str, str, int]]:
    """Texts, tags (``name`` or ``/name``) and empty tags in order, each with its line."""
    line = 1
    for token in _TOKEN.finditer(markup):
        if token["name"]:
            yield "empty" if token[0].endswith("/>") else "tag", token["end"] + token["name"].lower(), line
        elif token["text"] or token["data"] is not None:
            yield "text", token["text"] or html.escape(token["data"]), line
        line += token[0].count("\n")


def with_rendered_lines(document: Document, data: bytes, filename: str) -> Document:
    """The document with the lines of its source as they read, and all that names a line of it renumbered.

    A document of another format is returned as it is.
    """
    try:
        form = detect(data, filename)
        markup = decode(data) if form in MARKUP else ""
    except ReadingError:
        return document
    lines = rendered_lines(markup, is_xml=form != "html") if markup else []
    if not lines:
        return document
    at_markup = [each.line for each in lines]
    squeezed = [_letters(each.words) for each in lines]
    whole = "".join(squeezed)
    starts = [0, *accumulate(map(len, squeezed))]

    def nearest(line: int) -> int:
        return min(bisect_left(at_markup, line) + 1, len(lines)) if line else 0

    clauses = []
    new_line: dict[tuple[int, str], int] = {}
    at = 0
    for clause in document.clauses:
        number = _letters(clause.num)
        words = number + _letters(clause.heading or clause.text[: 3 * _FIRST_LETTERS])[:_FIRST_LETTERS]
        at = max(at, starts[max(nearest(clause.line) - 1, 0)] - _CLOSE_BY)
        place = whole.find(words, at, at + _LOOKED_AHEAD) if words else -1
        if place < 0 and len(number) > 1:
            place = whole.find(number, at, at + _CLOSE_BY)
        if place >= 0:
            at = place + len(number)
        line = min(bisect_right(starts, place if place >= 0 else at), len(lines))
        new_line.setdefault((clause.line, clause.num), line)
        clauses.append(replace(clause, line=line))

    return replace(
        document,
        clauses=tuple(clauses),
        warnings=tuple(
            replace(each, line=new_line.get((each.line, each.subject)) or nearest(each.line))
            for each in document.warnings
        ),
        furniture=tuple(replace(each, line=nearest(each.line)) for each in document.furniture),
        source=tuple(each.words for each in lines),
    )


def _letters(words: str) -> str:
    """Words without space and the marks that a reader leaves out between number, heading and text."""
    return _MARKS.sub("", words)
