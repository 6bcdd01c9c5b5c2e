"""Counts, apart from what a reader made of a text, the provisions that its lines plainly begin, and tells a difference.

What is counted is as plain as can be: lines that begin with the word for a unit and a number, and runs of lines that
begin with one number after the other. A reader that lost half a law must not have "no warning".
"""

import re
from typing import Any, NamedTuple

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.numbering import read_number
from lawcompare.engine.structure.outline import UNITS

FEWEST = 3
MAY_DIFFER = 0.02
_FEWEST_MISSING = 2  # one may be a reference at the beginning of a line
_NAMED_AT_MOST = 8
_LONGEST_LINE = 300
# So many numbered lines in a row that begin no clause are no accident of line breaks.
_FEWEST_IN_A_ROW = 5
_NUMBERED = re.compile(r"\s*\[?(?P<num>\d{1,4}[A-Z]{0,2})(?:\.\s*$|\.\s+(?=[A-Z“\"(])|(?:\t| {2,})(?=[A-Z“\"(]))")


def line_count_warnings(document: Document) -> tuple[ReadingWarning, ...]:
    """A warning with the provisions that the lines of a text begin and the document lacks; none where they are few."""
    aside = {line for each in document.furniture for line in range(each.line, each.line + each.text.count("\n") + 1)}
    held = _headed(document, aside)
    read = {value for clause in document.clauses if (value := _value(clause.num))}
    missing = [each for each in held if each.value not in read]
    if len(held) >= FEWEST and len(missing) > max(_FEWEST_MISSING - 1, MAY_DIFFER * len(held)):
        return (_warning(missing, len(held), len(held) - len(missing)),)
    lost, numbered = _numbered_without_clause(document, aside)
    return (_warning(lost, numbered, numbered - len(lost)),) if lost else ()


class _Headed(NamedTuple):
    """A line that begins with a number: as printed, its value, and which line it is."""

    num: str
    value: Any
    line: int


def _warning(missing: list[_Headed], held: int, read: int) -> ReadingWarning:
    names = ", ".join(each.num for each in missing[:_NAMED_AT_MOST])
    return ReadingWarning(missing[0].line, "units-missing", names, {"held": str(held), "read": str(read)})


def _headed(document: Document, aside: set[int]) -> list[_Headed]:
    """The units that lines begin with, each once.

    ``Article 28 Everyone …`` without a mark after the number is counted where the law sets its articles so.
    """
    begun = {clause.line for clause in document.clauses if clause.element in UNITS}
    marked: dict[Any, _Headed] = {}
    plain: dict[Any, _Headed] = {}
    for number, line in enumerate(document.source, 1):
        heading = parse_heading(line[:_LONGEST_LINE])
        if heading is None or heading.goes_on or heading.element not in UNITS or heading.value is None:
            continue
        if number in aside:
            continue
        is_plain = bool(heading.rest) and not heading.separator.strip()
        if not is_plain or heading.rest[:1].isupper():
            (plain if is_plain else marked).setdefault(heading.value, _Headed(heading.num, heading.value, number))
    if sum(1 for each in plain.values() if each.line in begun) >= max(FEWEST, len(marked)):
        marked = plain | marked
    return list(marked.values())


def _numbered_without_clause(document: Document, aside: set[int]) -> tuple[list[_Headed], int]:
    """The longest run of lines, one number after the other, at which no clause begins; of how many numbered lines."""
    begun = {clause.line for clause in document.clauses}
    lost: list[_Headed] = []
    run: list[_Headed] = []
    numbered = 0
    for number, line in enumerate(document.source, 1):
        match = _NUMBERED.match(line[:_LONGEST_LINE])
        value = read_number(match["num"], roman=False) if match else None
        if match is None or value is None:
            continue
        numbered += 1
        if number in begun or number in aside:
            continue
        each = _Headed(match["num"], value, number)
        if not run or not each.value.follows(run[-1].value):
            run = []
        run.append(each)
        lost = run if len(run) > len(lost) else lost
    return (lost, numbered) if len(lost) >= _FEWEST_IN_A_ROW else ([], numbered)


def _value(num: str) -> Any:
    """The value of a number as printed, read as that of a line is; else of what follows its word."""
    heading = parse_heading(num)
    if heading is not None and heading.value is not None:
        return heading.value
    return read_number(re.sub(r"^\W*[^\W\d]*\.?\s*(?:ទី)?\s*(?=[\d០-៩])", "", num))
