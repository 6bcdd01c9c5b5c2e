"""A correspondence table as people send it: CSV with the columns old and new, one pair of clauses a line."""

import csv
import io

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lawcompare.comparisons.correcting.services import Edge
from lawcompare.laws.citing.find_clause import CitationError, Citations
from lawcompare.laws.models import Clause, Version

BYTES_MAX, LINES_MAX = 1_000_000, 10_000
# So many bad lines are named; a table with more is wrong as a whole.
PROBLEMS_MAX = 50
HEADER = ("old", "new")


def read_table(data: bytes, old: Version, new: Version) -> list[Edge]:
    """The pairs of a table; a cell left empty means that the clause has no partner.

    Raises ValidationError with a sentence for each line that cannot be used; the table is then used not at all.
    """
    lines = _lines(data)
    citations = Citations(old), Citations(new)
    edges: list[Edge] = []
    problems: list[str] = []
    seen: dict[tuple[int | None, int | None], int] = {}
    for number, cells in lines:
        try:
            edge = _edge(cells, citations)
        except ValueError as reason:
            problems.append(_("Line %(number)s: %(reason)s") % {"number": number, "reason": reason})
            continue
        key = edge[0].pk if edge[0] else None, edge[1].pk if edge[1] else None
        if key in seen:
            values = {"number": number, "other": seen[key]}
            problems.append(_("Line %(number)s: the same as line %(other)s.") % values)
            continue
        seen[key] = number
        edges.append(edge)
    problems += _contradictions(edges, list(seen.values()))
    if problems:
        raise ValidationError(problems[:PROBLEMS_MAX])
    if not edges:
        raise ValidationError(_("The table has no line below its heading."))
    return edges


def _lines(data: bytes) -> list[tuple[int, list[str]]]:
    """(line number, old and new) of every line with anything in it, without the heading."""
    if len(data) > BYTES_MAX:
        raise ValidationError(_("The table is larger than a megabyte."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("The table is not in UTF-8. Save it as “CSV UTF-8”.")) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        raise ValidationError(_("The table cannot be read as CSV: %(reason)s.") % {"reason": error}) from None
    if not lines or tuple(cell.lower() for cell in lines[0][1][:2]) != HEADER:
        raise ValidationError(_("The first line of the table has to be: old,new"))
    if len(lines) > LINES_MAX:
        raise ValidationError(_("The table has more than %(number)s lines.") % {"number": LINES_MAX})
    return [(number, cells) for number, cells in lines[1:] if any(cells)]


def _edge(cells: list[str], citations: tuple[Citations, Citations]) -> Edge:
    if len(cells) != len(HEADER):
        raise ValueError(_("it has %(number)s columns instead of two.") % {"number": len(cells)})
    edge = [_find(cell, side) for cell, side in zip(cells, citations, strict=True)]
    return edge[0], edge[1]


def _find(cited: str, citations: Citations) -> Clause | None:
    if not cited:
        return None
    try:
        return citations.find(cited)
    except CitationError:
        values = {"cited": cited[:80], "title": citations.version.name}
        raise ValueError(_("there is no “%(cited)s” in “%(title)s”.") % values) from None


def _contradictions(edges: list[Edge], numbers: list[int]) -> list[str]:
    """A clause that has a partner on one line and none on another."""
    problems = []
    for side in (0, 1):
        paired = {edge[side]: number for edge, number in zip(edges, numbers, strict=True) if all(edge)}
        for edge, number in zip(edges, numbers, strict=True):
            if not all(edge) and edge[side] in paired:
                values = {"number": number, "clause": edge[side], "other": paired[edge[side]]}
                problems.append(
                    _("Line %(number)s: “%(clause)s” has no partner here, and one in line %(other)s.") % values
                )
    return problems
