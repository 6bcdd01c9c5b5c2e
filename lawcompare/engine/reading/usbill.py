"""Read the XML in which the United States Congress publishes bills and resolutions (DTD of the House, ``bill.dtd``).

USLM, which follows it, has its own reader. Numbers and words for the levels are put as the prints have them.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.decoding import parse
from lawcompare.engine.reading.xml_levels import LevelReader, name_of, plain_words

ROOTS = frozenset({"bill", "resolution"})
_WORDED = frozenset({"division", "subdivision", "title", "subtitle", "part", "subpart", "chapter", "subchapter"})
LEVELS = _WORDED | {
    "section", "subsection", "paragraph", "subparagraph", "clause", "subclause", "item", "subitem",
    "appropriations-major", "appropriations-intermediate", "appropriations-small", "whereas",
}  # fmt: skip
_BODIES = frozenset({"legis-body", "resolution-body"})


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a bill or resolution of Congress. Raises ReadingError for other XML and for one without a section.

    >>> bill = read(b"<bill><legis-body><section section-type='section-one'><enum>1.</enum><header>Short title</header>"
    ...             b"<text>This Act is the Lamp Act.</text></section></legis-body></bill>")
    >>> [(clause.num, clause.heading, clause.text) for clause in bill.clauses]
    [('SECTION 1', 'Short title', 'This Act is the Lamp Act.')]
    """
    root = parse(data)
    if name_of(root) not in ROOTS:
        raise ReadingError("this XML is no bill of the United States Congress: its root is neither bill nor resolution")
    try:
        return _BillLevels().read(root, language)
    except RecursionError:
        raise ReadingError("the XML is nested too deeply to be a law") from None


class _BillLevels(LevelReader):
    levels = LEVELS
    blocks = frozenset({"text", "continuation-text", "toc-entry", "quoted-block", "p", "row"})
    runs_on = frozenset({"text"})
    asides: ClassVar[Mapping[str, str]] = {
        "toc": "table-of-contents",
        "footnote": "footnote",
        "deleted-phrase": "deleted-text",
        "pagebreak": "page-number",
    }
    renamed: ClassVar[Mapping[str, str]] = {
        "appropriations-major": "hcontainer",
        "appropriations-intermediate": "hcontainer",
        "appropriations-small": "hcontainer",
        "whereas": "recital",
    }
    kinds: ClassVar[Mapping[str, str]] = {"enum": "num", "header": "heading", "subheader": "heading"}
    quotes = frozenset({"quoted-block", "quoted-block-continuation-text"})
    cells = frozenset({"entry"})

    def read(self, root: Any, language: str | None) -> Document:
        self.leave_out_struck(root.iter(*LEVELS, *_BODIES))
        title = ""
        for part in root.iterchildren("*"):
            name = name_of(part)
            if name == "form":
                title = self._read_form(part)
            elif name == "preamble" or name in _BODIES:
                self.read_parts(self.nested(self.parts(part)), None, 0)
            elif name != "metadata":
                self.keep_aside(part, "end-matter")
        if not any(clause.num for clause in self.clauses):
            raise ReadingError("this bill holds no section")
        titles = (each for each in root.iter("short-title") if next(each.iterancestors("quoted-block"), None) is None)
        short = next(map(plain_words, titles), "")
        meta = {"format": "usbill"} | _date(root)
        return self.document(short or title or "Untitled bill", language or "en", meta)

    def _read_form(self, form: Any) -> str:
        """The page before the law: its long title is law, the rest is not. Returns the long title."""
        official = next(form.iter("official-title"), None)
        for part in form:
            if part is not official and name_of(part):
                self.keep_aside(part, "front-matter")
        if official is None:
            return ""
        words = plain_words(official)
        self.add(None, element="longTitle", text=words, depth=0, line=official.sourceline or 0)
        return words

    def printed(self, level: Any, num: str, heading: str, text: str) -> tuple[str, str, str]:
        """``101.`` of a section as ``SEC. 101``, ``I`` of a title as ``TITLE I``."""
        name, num = name_of(level), num.rstrip(" .—–:")
        if num and name == "section":
            num = f"{'SECTION' if level.get('section-type') == 'section-one' else 'SEC.'} {num}"
        elif num and name in _WORDED:
            num = f"{name.upper()} {num}"
        return num, heading, text


def _date(root: Any) -> dict[str, str]:
    """The day of the last action, as the source has it in digits."""
    days = [each.get("date", "") for each in root.iter("action-date")]
    days = [f"{day[:4]}-{day[4:6]}-{day[6:8]}" for day in days if len(day) == 8 and day.isdigit()]
    return {"date": max(days)} if days else {}
