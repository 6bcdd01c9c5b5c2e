"""Counts, apart from what a reader made of a file, the provisions that the file plainly holds, and tells a difference.

What is counted is as plain as can be: elements of legal XML that are articles or sections, and lines of a text that
begin with the word for a unit and a number. A reader that lost half a law must not have "no warning".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lawcompare.engine.document import Document, ReadingWarning
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.numbering import read_number
from lawcompare.engine.structure.outline import UNITS

_FEWEST = 3
_MAY_DIFFER = 0.02
_FEWEST_MISSING = 2  # one may be a reference at the beginning of a line
_NAMED_AT_MOST = 8
# Provisions inside these are another law's, or no longer this one's.
_NOT_OWN = frozenset(
    {"quotedStructure", "quotedText", "embeddedStructure", "quotedContent", "del", "toc", "meta", "note"}
)


def count_warnings(document: Document, data: bytes, form: str) -> tuple[ReadingWarning, ...]:
    """A warning with the provisions that the file holds and the document lacks; none where they are few."""
    if form in ("akn", "uslm"):
        return _of_xml(document, data)
    held = dict(_headed(document.source))
    read = {value for clause in document.clauses if (value := _value(clause.num))}
    aside = {line for each in document.furniture for line in range(each.line, each.line + each.text.count("\n") + 1)}
    missing = [(num, line) for value, (num, line) in held.items() if value not in read and line not in aside]
    if len(held) < _FEWEST or len(missing) <= max(_FEWEST_MISSING - 1, _MAY_DIFFER * len(held)):
        return ()
    names = ", ".join(num for num, _ in missing[:_NAMED_AT_MOST])
    details = {"held": str(len(held)), "read": str(len(held) - len(missing))}
    return (ReadingWarning(missing[0][1], "units-missing", names, details),)


def _headed(lines: Iterable[str]) -> Iterator[tuple[Any, tuple[str, int]]]:
    """The value of each unit that a line begins with, as printed, and the line."""
    seen = set()
    for number, line in enumerate(lines, 1):
        heading = parse_heading(line[:300])
        if heading is None or heading.goes_on or heading.element not in UNITS or heading.value is None:
            continue
        if heading.rest and not heading.separator.strip():
            continue  # words of a sentence may begin so: "Article 28 Everyone …"
        if heading.value not in seen:
            seen.add(heading.value)
            yield heading.value, (heading.num, number)


def _value(num: str) -> Any:
    """The value of a number as printed, read as that of a line is; else of what follows its word."""
    heading = parse_heading(num)
    return heading.value if heading is not None and heading.value is not None else read_number(_after_word(num))


def _after_word(num: str) -> str:
    return re.sub(r"^\W*[^\W\d]*\.?\s*(?:ទី)?\s*(?=[\d០-៩])", "", num)


def _of_xml(document: Document, data: bytes) -> tuple[ReadingWarning, ...]:
    from lawcompare.engine.reading.decoding.safe_xml import parse
    from lawcompare.engine.reading.decoding.xml_levels import name_of

    held = sum(
        1
        for element in parse(data).iter("{*}article", "{*}section")
        if not any(name_of(above) in _NOT_OWN or _is_struck(above) for above in (element, *element.iterancestors()))
        and not any(name_of(inner) == "article" for inner in element.iter("{*}article") if inner is not element)
    )
    read = sum(1 for clause in document.clauses if clause.element in UNITS)
    if held < _FEWEST or held - read <= _MAY_DIFFER * held:
        return ()
    details = {"held": str(held), "read": str(read)}
    return (ReadingWarning(0, "units-missing", f"{held - read}", details),)


def _is_struck(element: Any) -> bool:
    """Whether USLM says that a committee struck the element out."""
    return "deleted" in (element.get("changed"), *(element.get("class") or "").split())
