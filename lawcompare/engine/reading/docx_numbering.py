"""The numbers that Word counts by itself, and what its styles say of a paragraph; used by ``docx``.

Office Open XML (ECMA-376 Part 1) §17.9: a paragraph names a list (``numId``) and a level; the list's definition says
how each level is counted and printed.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

from lawcompare.engine.structure.numbering import format_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_LEVELS = 9
BASES_MAX = 50  # styles of which each is based on the next; Word has 11
# Names of styles under which word processors and drafting offices set what is no law.
_NO_LAW = (
    (re.compile(r"(?:toc|contents?)(?:\s?\d|\s?heading|$)|table of contents", re.IGNORECASE), "table-of-contents"),
    (re.compile(r"e-?notes?[A-Z\s\d]|end-?notes?\b", re.IGNORECASE), "endnotes"),
)
# Names of styles that drafting offices give to the headings of each level.
_NAMED_LEVELS = {"schedule": 1, "part": 2, "chapter": 2, "division": 3, "subdivision": 4}
_UNIT_LEVEL = 5
_HEADING_STYLE = re.compile(
    r"(?:act|bill|law)?[\s_-]?(?P<level>schedule|part|chapter|division|subdivision|section|article|clause|regulation)"
    r"[\s_-]?(?:head(?:ing)?|title)\b",
    re.IGNORECASE,
)


def attribute(element: etree._Element | None, name: str = "val") -> str:
    """The value of a ``w:`` attribute, empty where there is none."""
    return str(element.get(f"{W}{name}", "")) if element is not None else ""


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else default


@dataclass(frozen=True, slots=True)
class _ListLevel:
    start: int
    form: str
    text: str
    legal: bool
    # Begins again after each number of a level above, the first so many of them; 0: counts on through the document.
    restart: int


class Styles:
    """What the styles of the file say: the heading level of a paragraph, its list, font and weight of a run."""

    def __init__(self, root: etree._Element) -> None:
        self.by_id = {attribute(style, "styleId"): style for style in root.iterfind(f"{W}style")}
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}rFonts")
        self.default_font = attribute(defaults, "ascii") or attribute(defaults, "hAnsi")
        self.last: tuple[etree._Element | None, list[etree._Element]] = (None, [])

    def chain(self, style_id: str) -> list[etree._Element]:
        """A style and those it is based on."""
        styles: list[etree._Element] = []
        while style_id in self.by_id and len(styles) < BASES_MAX:
            styles.append(self.by_id[style_id])
            style_id = attribute(styles[-1].find(f"{W}basedOn"))
        return styles

    def of(self, paragraph: etree._Element) -> list[etree._Element]:
        if paragraph is not self.last[0]:  # asked of each of its runs, it would look at all of them each time
            self.last = paragraph, self.chain(attribute(paragraph.find(f"{W}pPr/{W}pStyle")))
        return self.last[1]

    def names(self, paragraph: etree._Element) -> list[str]:
        named = [attribute(style.find(f"{W}name")) for style in self.of(paragraph)]
        return named or [attribute(paragraph.find(f"{W}pPr/{W}pStyle"))]

    def level(self, paragraph: etree._Element) -> int:
        """1 to 6 for a heading, 1 for the title of the document, 0 for other paragraphs."""
        own, *outlines = [attribute(each.find(f"{W}pPr/{W}outlineLvl")) for each in (paragraph, *self.of(paragraph))]
        if own:
            return _as_level(own)
        names = [name.lower() for name in self.names(paragraph)]
        for name in names:
            if match := re.fullmatch(r"heading\s?(\d)", name):
                return min(int(match[1]), 6) or 1
            if name == "title":
                return 1
        if outline := next(filter(None, outlines), ""):
            return _as_level(outline)
        match = next(filter(None, map(_HEADING_STYLE.match, names)), None)
        return _NAMED_LEVELS.get(match["level"], _UNIT_LEVEL) if match else 0

    def furniture(self, paragraph: etree._Element) -> str:
        """What a paragraph is where its style says that it is no law: an entry of the contents table, an endnote."""
        names = self.names(paragraph)
        return next((furniture for name in names for form, furniture in _NO_LAW if form.match(name)), "")

    def is_strong(self, run: etree._Element) -> bool:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return False
        for name in ("b", "smallCaps"):
            flag = properties.find(f"{W}{name}")
            if flag is not None and attribute(flag) not in ("0", "false", "off"):
                return True
        style = attribute(properties.find(f"{W}rStyle"))
        return "strong" in (attribute(each.find(f"{W}name")).lower() for each in self.chain(style))

    def font_of(self, run: etree._Element, paragraph: etree._Element) -> str:
        """The font of Latin letters in a run: its own, or that of its styles; empty where none is named."""
        own = run.find(f"{W}rPr")
        styles = self.chain(attribute(own.find(f"{W}rStyle"))) if own is not None else []
        for properties in (own, *(style.find(f"{W}rPr") for style in (*styles, *self.of(paragraph)))):
            fonts = properties.find(f"{W}rFonts") if properties is not None else None
            if name := attribute(fonts, "ascii") or attribute(fonts, "hAnsi"):
                return name
        return self.default_font

    def list_of(self, paragraph: etree._Element) -> tuple[str, int] | None:
        """The list and level a paragraph is in, by itself or by its style; None for none."""
        sources = [
            paragraph.find(f"{W}pPr/{W}numPr"),
            *(style.find(f"{W}pPr/{W}numPr") for style in self.of(paragraph)),
        ]
        level = None
        for source in sources:
            if source is None:
                continue
            if level is None and source.find(f"{W}ilvl") is not None:
                level = _number(attribute(source.find(f"{W}ilvl")), 0)
            number = source.find(f"{W}numId")
            if number is not None:
                list_id = attribute(number)
                return None if list_id == "0" else (list_id, min(max(level or 0, 0), _MOST_LEVELS - 1))
        return None


def _as_level(outline: str) -> int:
    level = _number(outline, 9)
    return min(level + 1, 6) if 0 <= level < _MOST_LEVELS else 0


class Counters:
    """Counts the lists of a file from its beginning; ask for the paragraphs in their order."""

    def __init__(self, root: etree._Element) -> None:
        self.abstract: dict[str, dict[int, _ListLevel]] = {}
        self.lists: dict[str, tuple[str, dict[int, int]]] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.begun: set[str] = set()
        for definition in root.iterfind(f"{W}abstractNum"):
            self.abstract[attribute(definition, "abstractNumId")] = {
                _number(attribute(each, "ilvl"), 0): _ListLevel(
                    _number(attribute(each.find(f"{W}start")), 1),
                    attribute(each.find(f"{W}numFmt")) or "decimal",
                    attribute(each.find(f"{W}lvlText")),
                    each.find(f"{W}isLgl") is not None,
                    _number(attribute(each.find(f"{W}lvlRestart")), _MOST_LEVELS),
                )
                for each in definition.iterfind(f"{W}lvl")
            }
        for each in root.iterfind(f"{W}num"):
            overrides = {
                _number(attribute(override, "ilvl"), 0): _number(attribute(override.find(f"{W}startOverride")), 1)
                for override in each.iterfind(f"{W}lvlOverride")
                if override.find(f"{W}startOverride") is not None
            }
            self.lists[attribute(each, "numId")] = (attribute(each.find(f"{W}abstractNumId")), overrides)

    def number(self, paragraph: etree._Element, styles: Styles) -> str:
        """The number that Word prints before a paragraph; empty for none and for bullets."""
        place = styles.list_of(paragraph)
        if place is None or place[0] not in self.lists:
            return ""
        list_id, depth = place
        abstract_id, overrides = self.lists[list_id]
        levels = self.abstract.get(abstract_id, {})
        if depth not in levels:
            return ""
        counts = self.counts[abstract_id]
        if list_id not in self.begun:  # a list that restarts does so where it is first used
            self.begun.add(list_id)
            for at in overrides:
                counts.pop(at, None)
        start = overrides.get(depth, levels[depth].start)
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [at for at in counts if at > depth]:
            if deeper in levels and depth < levels[deeper].restart:
                del counts[deeper]
        return _printed(levels, counts, depth)


def _printed(levels: dict[int, _ListLevel], counts: dict[int, int], depth: int) -> str:
    own = levels[depth]
    if own.form in ("bullet", "none"):
        return own.text if own.form == "none" else ""

    def value(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        level = levels.get(at, own)
        form = "decimal" if own.legal else level.form
        return format_number(counts.get(at, level.start), form)

    return re.sub(r"%([1-9])", value, own.text).strip()
