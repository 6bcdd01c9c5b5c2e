"""An amending act -> its units: which clause says what, with the place in the act as acts are cited."""

import re
from collections.abc import Iterator, Sequence

from lawcompare.engine.amend.english import EnglishReader
from lawcompare.engine.amend.instructions import Instruction
from lawcompare.engine.amend.quotations import Unit, straighten
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.structure.provisions import LEVEL_NAMES, label

_US = re.compile(r"United States Code|\bU\.?S\.?C\.|\bSEC(?:TION|\.) \d|Public Law \d")
_CHAPTER = re.compile(r"^[SR]\.S?\.?[A-Z]\.? (?:19|20)\d\d,? (?P<chapter>c\. \d+)")
_DATED_WITHIN = 1000  # letters of a clause that gives a date to amendments
_UNTIL_YEAR = re.compile(r"(.*)\b(?:19|20)\d\d\b", re.DOTALL)
_OWN_DATE = re.compile(r"(.*)\b(?:takes? effect|comes? into force|is effective|appl(?:y|ies))\b", re.DOTALL)
_MADE_BY_THIS = re.compile(r"\bmade by this (section|subsection|paragraph|title|Act)\b")
_MADE_BY = re.compile(r"\b(?:made|and|or) (?:by )?(?:sub)?(?:section|paragraph)s? \((\w+)\)")


def read_english(act: Document) -> list[Instruction]:
    """The instructions of an act in English, in its order."""
    is_us = is_us_act(act)
    return EnglishReader(is_us=is_us).read(_units(act, is_us))


def is_us_act(act: Document) -> bool:
    """Whether an act is one of the United States: it cites their Code or is divided as their acts are."""
    return any(_US.search(f"{clause.num} {clause.text}") for clause in act.clauses)


def own_dates(act: Document) -> dict[str, str]:
    """By the address of a clause what an act says of the date from which the amendments made by it are in force."""
    dates: dict[str, str] = {}
    numbered: dict[tuple[str | None, str], list[str]] = {}
    for clause in act.clauses:
        numbered.setdefault((clause.parent, label(clause.num)), []).append(clause.eid)
    for clause in reversed(act.clauses):
        dated = _UNTIL_YEAR.match(clause.text[:_DATED_WITHIN])
        if not (said := _OWN_DATE.match(dated[1]) if dated else None) or "made by" not in said[1]:
            continue
        for number in _MADE_BY.findall(said[1]) if clause.parent else ():
            for eid in numbered.pop((clause.parent, number), ()):
                dates.setdefault(eid, clause.text)
        around: Clause | None = clause
        this = _MADE_BY_THIS.search(said[1])
        while this and around is not None and around.element != this[1]:
            around = act.by_eid[around.parent] if around.parent else None
        if this and around is not None:
            dates.setdefault(around.eid, clause.text)
    return dates


def _units(act: Document, is_us: bool) -> Iterator[Unit]:
    """Each clause with its own words; what is under a clause whose quotation is still open belongs to the quotation."""
    word = "sec." if is_us else "s."
    chapters = [match["chapter"] for clause in act.clauses if (match := _CHAPTER.match(clause.heading))]
    clauses = act.clauses
    paths: dict[str, str] = {}
    at = 0
    while at < len(clauses):
        clause = clauses[at]
        text, end = _whole_quotation(clauses, at, is_us)
        num = label(clause.num)
        if len(chapters) > 1 and (chapter := _CHAPTER.match(clause.heading)):
            word = f"{chapter['chapter']}, s."
        place = paths.get(clause.parent or "", "")
        if clause.element in ("section", "article", "rule", "regulation"):
            place = f"{word} {num}" if clause.element == "section" else clause.num
        elif num and clause.element in (*LEVEL_NAMES, "point"):
            place += f"({num})"
        paths[clause.eid] = place
        has_parts = end < len(clauses) and clauses[end].depth > clause.depth
        is_head = not has_parts and clause.parent and text.rstrip(" .:—").endswith("amended as follows")
        depth = clause.depth - bool(is_head)  # "(1) Section 3 is amended as follows." is said for the next subsections
        yield Unit(place or clause.num or clause.eid, text, depth, clause.eid, has_parts or bool(is_head))
        at = end


def _whole_quotation(clauses: Sequence[Clause], at: int, is_us: bool) -> tuple[str, int]:
    first = clauses[at]
    text, end = first.text, at + 1
    puts_in = not is_us and not first.text.endswith("amended as follows:") and first.text.endswith(":")
    is_open, lines = _is_open(text, was=False), [text]
    while (puts_in or is_open) and end < len(clauses) and clauses[end].depth > first.depth:
        inner = clauses[end]
        note = inner.heading if puts_in else ""
        heading = f"{inner.heading}.—" if inner.heading and not note else ""
        lines += [*filter(None, [note]), f"{inner.num} {heading}{inner.text}"]
        is_open = _is_open(lines[-1], was=is_open)
        end += 1
    return ("\n".join(lines), end) if puts_in or not is_open else (text, at + 1)


def _is_open(line: str, *, was: bool) -> bool:
    """Whether a quotation is open after a line, which ``was`` so before it."""
    line = straighten(line)
    opens, closes = line.rfind("“"), line.rfind("”")
    return opens > closes if opens != closes else was
