"""Which rows of a comparison a reader asks for, in the address: ``?words=…&change=…&chapter=…&only=…``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Person
from lawcompare.comparisons.models import Comparison, Level, Standing
from lawcompare.crosswalk.access import visible_findings
from lawcompare.laws.models import Clause

NAMES = ("words", "change", "chapter", "only")
WORDS_MAX = 100
ONLY = {
    "amounts": _("changed amounts, times and dates"),
    "notes": _("rows with notes"),
    "findings": _("rows with findings"),
}


@dataclass(frozen=True)
class RowFilter:
    """What the rows are narrowed to, in the words of the address; an empty field stands for all of them.

    ``chapter`` is the place of a heading among the rows; what is not understood is passed over.
    """

    words: str = ""
    change: str = ""
    chapter: str = ""
    only: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> RowFilter:
        change, chapter, only = (asked.get(name, "") for name in NAMES[1:])
        return cls(
            words=" ".join(asked.get("words", "").split())[:WORDS_MAX],
            change=change if change in Standing.values else "",
            chapter=chapter if chapter.isdecimal() and len(chapter) < 9 else "",
            only=only if only in ONLY else "",
        )

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    @property
    def query(self) -> str:
        """Its part of an address: ``&words=fine&change=added``; empty where it asks for nothing."""
        asked = {name: getattr(self, name) for name in NAMES if getattr(self, name)}
        return f"&{urlencode(asked)}" if asked else ""


def find_rows(
    comparison: Comparison, heads: Sequence[Any], asked: RowFilter, user: Person, noted: Collection[int]
) -> set[int]:
    """The ids of the rows that the filter asks for, among the heads of rows and headings in reading order.

    ``user`` is whose findings are meant, ``noted`` the articles with notes that they may see. A query a condition.
    """
    rows = [head for head in heads if head.level != Level.CONTAINER]
    if asked.change:
        rows = [row for row in rows if row.standing == asked.change]
    if asked.chapter:
        rows = _inside(heads, int(asked.chapter), rows)
    if asked.words:
        said = [Q(**{f"{name}__icontains": asked.words}) for name in ("text", "heading", "num")]
        # Of many rows with one clause its words are read once.
        saying = Clause.objects.filter(reduce(or_, said), version__in=[comparison.old_id, comparison.new_id])
        keys = saying.order_by().values("pk")
        matching = comparison.pairs.exclude(level=Level.CONTAINER).filter(Q(old__in=keys) | Q(new__in=keys)).order_by()
        wanted = {row or pk for pk, row in matching.values_list("pk", "row_id")}
        rows = [row for row in rows if row.pk in wanted]
    if asked.only == "amounts":
        # Those of which the program says that numbers changed: amounts, periods, dates.
        sentences = comparison.pairs.filter(level=Level.UNIT).order_by().values_list("pk", "sentences")
        wanted = {pk for pk, changes in sentences if any(kind == "numbers" for kind, _values in changes)}
        rows = [row for row in rows if row.pk in wanted]
    elif asked.only == "notes":
        rows = [row for row in rows if row.old_id in noted or row.new_id in noted]
    elif asked.only == "findings":
        rows = _with_findings(comparison, rows, user)
    return {row.pk for row in rows}


def _inside(heads: Sequence[Any], place: int, rows: list[Any]) -> list[Any]:
    """The rows below a heading: those whose clauses stand inside its clause in either text."""
    heading = next((head for head in heads if head.level == Level.CONTAINER and head.position == place), None)
    if heading is None:
        return []
    return [
        row
        for row in rows
        if any(
            above and clause and above.position <= clause.position < above.end
            for above, clause in ((heading.old, row.old), (heading.new, row.new))
        )
    ]


def _with_findings(comparison: Comparison, rows: list[Any], user: Person) -> list[Any]:
    findings = visible_findings(user).filter(version__in=[comparison.old_id, comparison.new_id]).order_by()
    places: dict[int, set[int]] = {comparison.old_id: set(), comparison.new_id: set()}
    for version, position in findings.questions().values_list("version_id", "clause__position"):
        places[version].add(position)
    sides = places[comparison.old_id], places[comparison.new_id]
    return [
        row
        for row in rows
        if any(
            clause and any(position in side for position in range(clause.position, clause.end))
            for clause, side in zip((row.old, row.new), sides, strict=True)
        )
    ]
