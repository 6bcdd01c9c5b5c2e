"""Tables on a PDF page whose cells are ruled: between which rules a word stands."""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from lawcompare.engine.reading.pdf_words import Glyph, PageBox

DEPTH = 3  # of forms in forms
MOST = 300  # paths of a page: where there are more, they are a drawing
THIN = 3  # points: a rule is no broader, rules that meet are no farther apart
FEWEST = 4  # rules in each direction, of three columns and three rows

type _Rule = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class RuledTable:
    """Where its rules are, in points from the lower left corner of the page as it is seen, both ascending."""

    across: list[float]
    up: list[float]

    def cell_of(self, word: list[Glyph]) -> tuple[int, int] | None:
        """The row, from the top, and the column in which a word stands; None for one outside."""
        column = bisect(self.across, (word[0].left + word[-1].right) / 2) - 1
        row = len(self.up) - 1 - bisect(self.up, word[0].base)
        return (row, column) if 0 <= column < len(self.across) - 1 and 0 <= row < len(self.up) - 1 else None


def ruled_tables(page: Any, box: PageBox) -> list[RuledTable]:
    """The tables of a pypdfium2 page that rules divide into three rows and three columns at least."""
    groups: list[list[_Rule]] = []  # of rules that touch each other
    for at, path in enumerate(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=DEPTH)):
        if at == MOST:
            return []
        left, bottom, right, top = path.get_bounds()
        (x, y), (other_x, other_y) = box.seen(left, bottom), box.seen(right, top)
        (left, right), (bottom, top) = sorted((x, other_x)), sorted((y, other_y))
        sides = (
            (left, bottom, left, top),
            (right, bottom, right, top),
            (left, bottom, right, bottom),
            (left, top, right, top),
        )
        for rule in sides if min(right - left, top - bottom) > THIN else ((left, bottom, right, top),):
            joined = [group for group in groups if any(_touch(rule, other) for other in group)]
            groups = [group for group in groups if group not in joined]
            groups.append([rule, *(other for group in joined for other in group)])
    tables = (
        RuledTable(
            _places(left for left, bottom, right, top in group if top - bottom > right - left),
            _places(bottom for left, bottom, right, top in group if top - bottom < right - left),
        )
        for group in groups
    )
    return [table for table in tables if min(len(table.across), len(table.up)) >= FEWEST]


def _touch(one: _Rule, other: _Rule) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > -THIN and min(one[3], other[3]) - max(one[1], other[1]) > -THIN


def _places(places: Iterable[float]) -> list[float]:
    distinct: list[float] = []
    for place in sorted(places):
        if not distinct or place - distinct[-1] > THIN:
            distinct.append(place)
    return distinct
