"""Numbers kept open: a repealed or reserved clause, and the one that later takes its number."""

from __future__ import annotations

import regex

from lawcompare.engine.align.keys import number_key
from lawcompare.engine.align.links import Decisions, Links
from lawcompare.engine.align.model import Unit

# What is printed where a clause was taken out and its number was left: "[Repealed. Pub. L. …]", "Reserved".
_PLACEHOLDER = regex.compile(r"(?i)\A\W*(?:repealed|omitted|reserved|transferred|vacant|deleted|abrogée?s?|លុបចោល)\b")


def is_placeholder(unit: Unit) -> bool:
    """Whether a clause with all it holds says no more than that its number is free.

    >>> is_placeholder(Unit("a", "§ 710", "Repealed. Pub. L. 106–379", ""))
    True
    """
    return (not unit.text.strip() and _PLACEHOLDER.match(unit.heading) is not None) or (
        not unit.heading.strip() and len(unit.text) < 200 and _PLACEHOLDER.match(unit.text) is not None
    )


def link_placeholders(old: list[Unit], new: list[Unit], links: Links, decided: Decisions = ()) -> None:
    """Pair what is left over where one of the two is a placeholder under the other's number, and no third has it.

    There is no text to decide against the number, and readers look for the new clause where the old one stood.
    """
    paired_old = {row for row, _ in (*links.score, *decided)}
    paired_new = {column for _, column in (*links.score, *decided)}
    by_number: dict[str, list[int]] = {}
    for column, unit in enumerate(new):
        if column not in paired_new and number_key(unit.number):
            by_number.setdefault(number_key(unit.number), []).append(column)
    for row, unit in enumerate(old):
        columns = by_number.get(number_key(unit.number), [])
        if row in paired_old or len(columns) != 1:
            continue
        if is_placeholder(unit) or is_placeholder(new[columns[0]]):
            links.score[row, columns[0]], links.reason[row, columns[0]] = 0.5, "placeholder"
