"""Clauses, how they differ and what people confirmed of them, as the parts of a report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.differences import Differences
from lawcompare.crosswalk.elements.values import ElementCell, ElementTable
from lawcompare.crosswalk.models import Value
from lawcompare.crosswalk.values.notation import format_value
from lawcompare.engine.writing.report import Block, Grid, Line, Prose, ReportHeading, StyledText, plain
from lawcompare.laws.citing.find_clause import cite, number_of
from lawcompare.laws.citing.law_names import short_name
from lawcompare.laws.citing.permalinks import pinned_clause
from lawcompare.laws.exports.reports import citation, clause_link
from lawcompare.laws.exports.tabular import Sheet, SheetCell
from lawcompare.laws.models import Clause, Version


def cited(clause: Clause, root: str, *, bold: bool = False) -> StyledText:
    """The name of a clause as a link, with its citation in a footnote."""
    address = root + pinned_clause(clause)
    return StyledText(cite(clause), bold=bold, address=address, note=citation(clause), note_address=address)


def clause_lines(version: Version, inside: Sequence[Clause]) -> list[Line]:
    """The words of a clause with what stands inside it, a paragraph each; or that they have not been seen."""
    lines: list[Line] = []
    for place, one in enumerate(inside):
        name = "" if place == 0 else f"{number_of(one)} "
        heading = f"{one.heading} " if place and one.heading else ""
        if one.text:
            lines.append(plain(f"{name}{heading}{one.text}", language=version.language))
        elif heading:
            lines.append(plain(f"{name}{heading}", language=version.language))
    return lines or [plain(_("The words of this clause have not been seen, or stand in its parts."))]


def clause_blocks(version: Version, clause: Clause, inside: Sequence[Clause], root: str) -> list[Block]:
    return [Prose((cited(clause, root),)), *(Prose(line, "Quotation") for line in clause_lines(version, inside))]


def difference_lines(differences: Differences) -> list[str]:
    """How two clauses differ: a sentence each, below the line that names both."""
    lines = [differences.silence] if differences.silence else []
    for direction in filter(None, [differences.heavier, *differences.directions]):
        lines += [f"{direction.lead}:", *(f"– {one.sentence}" for one in direction.differences)]
    return lines


def element_grid(table: ElementTable | None) -> list[Block]:
    """The elements of clauses side by side, as people confirmed them."""
    if table is None:
        return []
    heads = [_("Element"), *(column.version.name for column in table.columns)]
    rows = [[[plain(line.name, bold=True)], *(_cell_lines(cell) for cell in line.cells)] for line in table.lines]
    blocks: list[Block] = [Grid(heads, rows, [2, *([4] * len(table.columns))])]
    return [*blocks, Prose(plain(f"{_('Confirmed:')} {table.credit}"), "Remark")] if table.credit else blocks


def _cell_lines(cell: ElementCell) -> list[Line]:
    lines: list[Line] = []
    for entry in cell.entries:
        name = "" if cell.column.only else f"{', '.join(short_name(clause) for clause in entry.clauses)}: "
        for value in entry.values:
            facts = " · ".join(filter(None, [value.label, value.in_dollars, value.status, value.credit]))
            quotes = " · ".join(f"“{quote.words}”" for quote in value.quotes)
            language = cell.column.version.language
            lines.append((StyledText(f"{name}{facts} "), StyledText(quotes, italic=True, language=language)))
    lines += [plain(sentence) for sentence in cell.silent]
    return lines


def sheet_of_values(by_clause: Mapping[int, Sequence[Value]], clauses: Iterable[Clause], root: str) -> Sheet:
    """What people confirmed of the clauses, with numbers as numbers."""
    head = [
        _("Text"), _("Clause"), _("Element"), _("Value"), _("Prison, least (months)"), _("Prison, most (months)"),
        _("Fine, least"), _("Fine, most"), _("Currency"), _("Days"), _("Words of the text"), _("Status"), _("By"),
    ]  # fmt: skip
    rows: list[Sequence[SheetCell]] = []
    for clause in {clause.pk: clause for clause in clauses}.values():
        for value in by_clause.get(clause.pk, []):
            rows.append([clause.version.name, clause_link(clause, root), *_typed(value)])
    return Sheet(_("Values"), head, rows, [28, 28, 20, 36, 12, 12, 14, 14, 10, 10, 48, 24, 28])


def _typed(value: Value) -> list[SheetCell]:
    values: dict[str, Any] = value.values
    return [
        str(value.get_element_display()),
        format_value(value.element, values),
        *(values.get(name) for name in ("prison_months_min", "prison_months_max", "fine_min", "fine_max", "currency")),
        values.get("days"),
        value.quote,
        value.status_label,
        value.credit,
    ]


def topic_heading(topic: Any, level: int = 1) -> list[Block]:
    return [ReportHeading(str(topic), level), *([Prose(plain(topic.text), "Remark")] if topic.text else [])]
