"""The layout of a version's page: table of contents, pages of limited length, indented lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Subquery
from django.db.models.functions import Coalesce, Left

from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.laws.access import CLAUSE_PAGE_MAX
from lawcompare.laws.formatting import HEADING_IN_NAME, name_in_reader_language, place_in_words
from lawcompare.laws.models import Clause, Version


class HeadedClause(NamedTuple):
    """A clause in the contents of a text, without its words."""

    eid: str
    element: str
    num: str
    heading: str
    position: int
    end: int

    def __str__(self) -> str:
        return name_in_reader_language(self.num, self.heading) or place_in_words(self.eid)


# No code of law here has so many articles and headings above them.
CONTENTS_MAX = 10_000


@dataclass
class ContentsEntry:
    """An entry of the table of contents with those below it."""

    clause: HeadedClause
    page: int = 1
    children: list[ContentsEntry] = field(default_factory=list)


@dataclass(frozen=True)
class VersionPage:
    """A page of a long version: the clauses at positions from ``start`` up to and without ``end``."""

    number: int
    start: int
    end: int
    first: HeadedClause | None

    @property
    def title(self) -> str:
        return str(self.first) if self.first else ""


@dataclass(frozen=True)
class Layout:
    """What has a heading in a version, and its pages."""

    outline: Sequence[HeadedClause]
    pages: list[VersionPage]

    @property
    def unit_count(self) -> int:
        return sum(clause.element in UNIT_ELEMENTS for clause in self.outline)

    def contents(self, shown: VersionPage) -> list[ContentsEntry]:
        """Returns the table of contents; of the longest texts what stands on the page and where the others begin."""
        if len(self.outline) <= CONTENTS_MAX:
            return _nest(self.outline, self.pages)
        begins = {page.start for page in self.pages}
        listed = [one for one in self.outline if one.position in begins or shown.start <= one.position < shown.end]
        return _nest(listed, self.pages)

    def page_of(self, position: int) -> VersionPage:
        """Returns the page on which the clause at this position is read."""
        return next((page for page in self.pages if page.start <= position < page.end), self.pages[0])

    def context(self, page: VersionPage) -> dict[str, Any]:
        """Returns what the templates of a version read of a page and of those around it."""
        return {
            "contents": self.contents(page),
            "units": self.unit_count,
            "page": page,
            "page_before": self.pages[page.number - 2] if page.number > 1 else None,
            "page_after": self.pages[page.number] if page.number < len(self.pages) else None,
            "pages": self.pages,
        }


def lay_out(version: Version) -> Layout:
    """Returns contents and pages of a stored version, with one query that reads headings and no text."""
    units = Clause.objects.filter(version=version, element__in=UNIT_ELEMENTS)
    # Clauses are listed down to the depth of the deepest article.
    deepest = Coalesce(Subquery(units.order_by("-depth").values("depth")[:1]), 1)
    headed = Clause.objects.filter(version=version, depth__lte=deepest).exclude(heading="", num="")
    listed = {"heading": Left("heading", HEADING_IN_NAME + 1)}
    columns = (listed.get(name, name) for name in HeadedClause._fields)
    rows: Any = headed.order_by("position").values_list(*columns)
    return _lay_out(list(map(HeadedClause._make, rows)), version.clause_count)


def lay_out_unsaved(clauses: Sequence[Clause]) -> Layout:
    """Returns contents and pages of the clauses of a text that is not stored."""
    deepest = max((clause.depth for clause in clauses if clause.element in UNIT_ELEMENTS), default=1)
    headed = [
        HeadedClause(*(getattr(clause, name) for name in HeadedClause._fields))
        for clause in clauses
        if (clause.num or clause.heading) and clause.depth <= deepest
    ]
    return _lay_out(headed, len(clauses))


def _lay_out(headed: Sequence[HeadedClause], total: int) -> Layout:
    # Articles and what stands above or beside them, without what is inside an article.
    outline: list[HeadedClause] = []
    unit_end = 0
    for clause in headed:
        if clause.position >= unit_end:
            outline.append(clause)
            unit_end = clause.end if clause.element in UNIT_ELEMENTS else unit_end
    return Layout(outline, _paginate(outline, total))


def _paginate(outline: Sequence[HeadedClause], total: int) -> list[VersionPage]:
    """Returns pages that begin at headings and are no longer than they must be.

    A single article longer than a page stays whole: it is the least that is read together; but for one so long that it
    has no page of its own either.
    """
    limit = settings.CLAUSES_PER_PAGE
    starts: list[tuple[int, HeadedClause | None]] = [(0, outline[0] if outline else None)]
    if total > limit:
        # Positions where one may cut, with the heading there; a chapter and its first article are one place.
        for clause, following in zip(outline, [*outline[1:], None], strict=True):
            reached = following.position if following else total
            if reached - starts[-1][0] > limit and clause.position > starts[-1][0]:
                starts.append((clause.position, clause))
    cuts = [
        (cut, clause)
        for (start, clause), (end, _next) in pairwise([*starts, (max(total, 1), None)])
        for cut in range(start, end, CLAUSE_PAGE_MAX)
    ]
    return [
        VersionPage(number, start, end, clause)
        for number, ((start, clause), (end, _next)) in enumerate(pairwise([*cuts, (total, None)]), start=1)
    ]


def _nest(outline: Sequence[HeadedClause], pages: Sequence[VersionPage]) -> list[ContentsEntry]:
    roots: list[ContentsEntry] = []
    above: list[ContentsEntry] = []
    numbers = iter(pages)
    page = next(numbers)
    for clause in outline:
        while clause.position >= page.end:
            page = next(numbers)
        entry = ContentsEntry(clause, page.number)
        while above and above[-1].clause.end <= clause.position:
            above.pop()
        (above[-1].children if above else roots).append(entry)
        above.append(entry)
    return roots


# What stands above articles (AKN hierarchical elements).
DIVISION_ELEMENTS = frozenset(
    {"book", "tome", "title", "subtitle", "part", "subpart", "chapter", "subchapter", "division", "subdivision"}
    | {"annex", "attachment", "hcontainer"}
)


@dataclass(frozen=True)
class ClauseLine:
    """A clause as it is laid out: ``indent`` steps inside its article; ``level`` of its heading in HTML, 0 for none."""

    clause: Clause
    indent: int
    level: int

    @property
    def is_unit(self) -> bool:
        return self.level > 0 and self.clause.element in UNIT_ELEMENTS

    @property
    def is_division(self) -> bool:
        return self.level > 0 and self.clause.element not in UNIT_ELEMENTS


def set_lines(clauses: Iterable[Clause]) -> list[ClauseLine]:
    """Returns clauses in order as lines; headings begin at level 2, below the page's own, and descend by one."""
    lines: list[ClauseLine] = []
    above: list[Clause] = []  # headings still open
    for clause in clauses:
        while above and above[-1].end <= clause.position:
            above.pop()
        inside_unit = bool(above) and above[-1].element in UNIT_ELEMENTS
        is_headed = clause.element in UNIT_ELEMENTS or clause.element in DIVISION_ELEMENTS
        if is_headed and not inside_unit and (clause.num or clause.heading):
            lines.append(ClauseLine(clause, 0, min(2 + len(above), 6)))
            above.append(clause)
        else:
            top = above[-1].depth if inside_unit else clause.depth
            lines.append(ClauseLine(clause, min(clause.depth - top, 6), 0))
    return lines


def set_inside(clause: Clause, clauses: Iterable[Clause]) -> list[ClauseLine]:
    """Returns the lines inside one clause, below the page's own heading."""
    inside = [row for row in clauses if row.pk != clause.pk]
    if clause.element in DIVISION_ELEMENTS:
        return set_lines(inside)
    return [ClauseLine(row, min(row.depth - clause.depth, 6), 0) for row in inside]
