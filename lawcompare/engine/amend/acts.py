"""An amending act -> its units: which clause says what, with the place in the act as acts are cited."""

import re
from collections.abc import Iterator, Sequence

from lawcompare.engine.amend.english import EnglishReader
from lawcompare.engine.amend.instructions import Instruction
from lawcompare.engine.amend.quotations import Unit, straighten
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.structure.provisions import label

_US = re.compile(r"United States Code|\bU\.?S\.?C\.|\bSEC(?:TION|\.) \d|Public Law \d")
_SAYS = re.compile(r"\b(?:is|are) (?:amended|replaced|repealed|renumbered|revoked|deleted)\b")
_UK_SAYS = re.compile(r"\b(?:substitute|insert|omit|leave out)\b|^ *\(\d+\) In (?:sub)?(?:section|paragraph) [^:]*—$")
_CHAPTER = re.compile(r"^[SR]\.S?\.?[A-Z]\.? (?:19|20)\d\d,? (?P<chapter>c\. \d+)")
_OWN_LINE = re.compile(
    r"^(?P<indent> *)(?:(?P<section>\d{1,3}(?:\.\d+)?)\s+)?(?:\((?P<sub>\d{1,3}(?:\.\d+)?)\)\s*)?(?P<says>[A-Z“].*)$"
)
# Two provisions printed on one line: "…; or(b)the person".
_RUN_TOGETHER = re.compile(r"(?<=[\w;,.])(?=\([a-z]{1,4}(?:\.\d)?\)[a-z])")
_LEVELS = ("section", "subsection", "paragraph", "subparagraph", "clause", "subclause", "item", "subitem")


def read_english(act: Document) -> list[Instruction]:
    """The instructions of an act in English, in its order."""
    is_us = is_us_act(act)
    is_text = not (is_us or act.meta.get("format") or any(line.startswith("<") for line in act.source))
    lines = [line for line in act.source if line.strip()] if is_text else []
    units = list(_units_of_lines(lines) if lines and _SAYS.search("\n".join(lines)) else _units_of_clauses(act, is_us))
    return EnglishReader(is_us=is_us).read(units)


def is_us_act(act: Document) -> bool:
    """Whether an act is one of the United States: it cites their Code or is divided as their acts are."""
    return any(_US.search(f"{clause.num} {clause.text}") for clause in act.clauses)


def _units_of_clauses(act: Document, is_us: bool) -> Iterator[Unit]:
    """Each clause with its own words; what is under a clause whose quotation is still open belongs to the quotation."""
    word = "sec." if is_us else "s."
    clauses = act.clauses
    paths: dict[str, str] = {}
    at = 0
    while at < len(clauses):
        clause = clauses[at]
        text, end = _whole_quotation(clauses, at)
        num = label(clause.num)
        if clause.element in ("section", "article", "rule", "regulation"):
            place = f"{word} {num}" if clause.element == "section" else clause.num
        elif clause.element in _LEVELS or clause.element == "point":
            place = f"{paths.get(clause.parent or '', '')}({num})" if num else paths.get(clause.parent or "", "")
        else:
            place = paths.get(clause.parent or "", "")
        paths[clause.eid] = place
        has_parts = end < len(clauses) and clauses[end].depth > clause.depth
        yield Unit(place or clause.num or clause.eid, text, clause.depth, clause.eid, has_parts)
        at = end


def _whole_quotation(clauses: Sequence[Clause], at: int) -> tuple[str, int]:
    first = clauses[at]
    text, end = first.text, at + 1
    while _is_open(text) and end < len(clauses) and clauses[end].depth > first.depth:
        inner = clauses[end]
        heading = f"{inner.heading}.—" if inner.heading else ""
        text += f"\n{inner.num} {heading}{inner.text}"
        end += 1
    return (text, end) if not _is_open(text) else (first.text, at + 1)


def _is_open(text: str) -> bool:
    text = straighten(text)
    return text.rfind("“") > text.rfind("”")


def _units_of_lines(lines: Sequence[str]) -> Iterator[Unit]:
    """Plain text in the manner of the Commonwealth: new provisions are not quoted, so that they read as clauses.

    A line that says what is amended begins a unit; the lines after it, up to the next one, are what it puts in.
    """
    chapter = section = sub = ""
    many = sum(1 for line in lines if _CHAPTER.match(line)) > 1
    text: list[str] = []
    place, inside = "", -1  # the indentation of what is put in
    for line in lines:
        found = _OWN_LINE.match(line)
        if match := _CHAPTER.match(line):
            chapter = f"{match['chapter']}, " if many else ""
        says = found and (found["section"] or found["sub"]) and (_SAYS.search(line) or _UK_SAYS.search(line))
        depth = len(line) - len(line.lstrip())
        if found and says and _is_own(found["section"] or "", found["sub"] or "", depth, section, sub, text, inside):
            if text:
                yield _unit_of(place, text)
            section, sub = (found["section"], found["sub"] or "") if found["section"] else (section, found["sub"] or "")
            place = f"{chapter}s. {section}" + (f"({sub})" if sub else "")
            text, inside = [found["says"]], -1
        elif depth == 0 and not (text and _is_payload(text) and inside in (-1, 0)):
            if text:  # a heading or an unindented section of the act's own
                yield _unit_of(place, text)
            text = []
        elif text:
            inside = depth if inside < 0 else inside
            text += _RUN_TOGETHER.sub("\n", line.strip()).split("\n")
    if text:
        yield _unit_of(place, text)


def _unit_of(place: str, text: Sequence[str]) -> Unit:
    """A unit; "section 5 is amended as follows" is said for the subsections after it."""
    has_parts = len(text) == 1 and text[0].rstrip(" .:—").endswith("as follows")
    return Unit(place, "\n".join(text), 0 if has_parts else 1, place, has_parts)


def _is_own(number: str, part: str, depth: int, section: str, sub: str, text: Sequence[str], inside: int) -> bool:
    """Whether a line that speaks of amending is the act's own, and not one of a provision that it puts in."""
    if not text or not _is_payload(text):
        return True
    if inside < 0:  # the first line of what is put in
        return False
    if inside > 0:
        return depth < inside
    return number == str(int(section.partition(".")[0] or 0) + 1) or (not number and part == str(int(sub or 0) + 1))


def _is_payload(text: Sequence[str]) -> bool:
    return text[0].rstrip().endswith(":")
