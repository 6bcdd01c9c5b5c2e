"""Topics, the matrix of topics by laws, and two laws by subject, as the parts of reports."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.elements import ElementCell, ElementTable
from lawcompare.crosswalk.models import Basis, Correspondence, Topic, Value
from lawcompare.crosswalk.provisions import (
    Counterpart,
    Differences,
    ProvisionText,
    TopicRow,
    TopicTables,
    provisions_of,
    side_by_side,
    sides_of,
    values_of_clauses,
)
from lawcompare.crosswalk.topics.matrix import MatrixCell, TopicMatrix, cell_words
from lawcompare.crosswalk.values.exchange import format_value
from lawcompare.engine.writing.report import Block, Grid, Line, Prose, ReportHeading, StyledText, plain
from lawcompare.languages import digits, reader_address
from lawcompare.laws.citing import cite, number_of, pinned_clause, plain_address, short_name
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reports import LinkCell, Report, Sheet, SheetCell, citation, clause_link


def cited(clause: Clause, root: str, *, bold: bool = False) -> StyledText:
    """The name of a clause as a link, with its citation in a footnote."""
    address = root + reader_address(pinned_clause(clause))
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
    return lines or [plain(_("The wording of this clause is not known, or is in its parts."))]


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
    heads = [_("Element"), *(column.version.short_name for column in table.columns)]
    rows = [
        [[plain(line.name, bold=True)], *(_element_cell_lines(cell) for cell in line.cells)] for line in table.lines
    ]
    blocks: list[Block] = [Grid(heads, rows, [2, *([4] * len(table.columns))])]
    credit = StyledText(f"{_('Confirmed:')} {table.credit}", is_credit=True)
    return [*blocks, Prose((credit,), "Remark")] if table.credit else blocks


def _element_cell_lines(cell: ElementCell) -> list[Line]:
    lines: list[Line] = []
    for entry in cell.entries:
        name = "" if cell.column.only else f"{', '.join(short_name(clause) for clause in entry.clauses)}: "
        for value in entry.values:
            facts = " · ".join(filter(None, [value.label, value.in_dollars, value.note]))
            credit = "".join(f" · {words}" for words in (value.status, value.credit) if words)
            quotes = " · ".join(f"“{quote.words}”" for quote in value.quotes)
            quoted = StyledText(quotes, italic=True, language=cell.column.version.language)
            lines.append((StyledText(f"{name}{facts}"), StyledText(f"{credit} ", is_credit=True), quoted))
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
        " · ".join(filter(None, [value.quote, localised(value.note)])),
        value.status_label,
        value.credit,
    ]


def topic_heading(topic: Any, level: int = 1) -> list[Block]:
    return [ReportHeading(str(topic), level), *([Prose(plain(topic.text), "Remark")] if topic.text else [])]


def report_of_topic(
    topic: Topic, correspondences: Sequence[Correspondence], page: Page[Any], values: QuerySet[Value], root: str
) -> Report:
    """What each law says under a topic, and how they answer each other; ``correspondences`` are those of a page of it.
    ``values`` are those the reader may see.
    """
    sides_of(correspondences)
    provisions = provisions_of(correspondences)
    tables = side_by_side(correspondences, values, provisions)
    clauses = [one.clause for shelf in provisions.values() for one in shelf]
    return Report(
        title=str(topic),
        address=plain_address("topic", topic.slug),
        texts=list(provisions),
        lead=topic.text,
        blocks=[*page_line(page), *topic_blocks(topic, tables, provisions, root)],
        sheets=[_sheet_of_answers(tables, root), sheet_of_values(values_of_clauses(values, clauses), clauses, root)],
    )


def page_line(page: Page[Any]) -> list[Block]:
    """Which page of several a file has."""
    place = {"number": digits(page.number), "total": digits(page.paginator.num_pages)}
    return [Prose(plain(_("Page %(number)s of %(total)s") % place))] if page.paginator.num_pages > 1 else []


def topic_blocks(
    topic: Topic, tables: TopicTables, provisions: Mapping[Version, Sequence[ProvisionText]], root: str, level: int = 1
) -> list[Block]:
    heads = [_("Clause"), _("is to"), _("Clause"), _("Reasoning")]
    grid = Grid(heads, _answer_rows(tables.answers, root, names_texts=True), [4, 2, 4, 9])
    blocks: list[Block] = [*topic_heading(topic, level), *([grid] if tables.answers else [])]
    blocks += element_grid(tables.confirmed)
    for version, shelf in provisions.items():
        blocks.append(ReportHeading(version.short_name, level + 1))
        for one in shelf:
            blocks += clause_blocks(version, one.clause, one.inside, root)
    return blocks


def _answer_rows(answers: Sequence[Counterpart], root: str, *, names_texts: bool) -> list[list[Sequence[Line]]]:
    """Each judgement as a row; what stands and rests on headings alone as one row, in which nothing stands twice."""
    judged: list[list[Sequence[Line]]] = []
    by_heading: list[dict[Line, None]] = [{}, {}, {}, {}]
    for one in answers:
        cells = _answer_cells(one, root, names_texts=names_texts)
        if one.relation == Basis.HEADING and one.stands:
            for lines, cell in zip(by_heading, cells, strict=True):
                lines.update(dict.fromkeys(cell))
        else:
            judged.append(cells)
    return [*judged, [list(lines) for lines in by_heading]] if by_heading[0] else judged


def _answer_cells(answer: Counterpart, root: str, *, names_texts: bool) -> list[Sequence[Line]]:
    sides: list[list[Line]] = []
    for clause, version in ((answer.old, answer.old_version), (answer.clause, answer.version)):
        name = (cited(clause, root),) if clause else plain(_("Nothing that answers to it was found."))
        sides.append([name, plain(version.short_name)] if names_texts else [name])
    reasons = [plain(localised(answer.reasoning))]
    if answer.elements:
        reasons.append(plain(f"{_('Elements in which they differ:')} {', '.join(answer.elements)}"))
    if answer.searched:
        reasons.append(plain(f"{_('Looked for in:')} {localised(answer.searched)}"))
    reasons += [plain(sentence) for sentence in difference_lines(answer.differences)]
    reasons.append((StyledText(f"{localised(answer.author)}, {answer.standing}", italic=True, is_credit=True),))
    return [sides[0], [plain(answer.relation_label, bold=True)], sides[1], reasons]


def _reasons(answer: Counterpart) -> list[SheetCell]:
    """The last cells of an answer in a spreadsheet."""
    differences = "\n".join(difference_lines(answer.differences))
    said = [localised(answer.reasoning), differences, localised(answer.searched), localised(answer.author)]
    return [*said, answer.standing]


def _sheet_of_answers(tables: TopicTables, root: str) -> Sheet:
    head = [
        _("Text"), _("Clause"), _("is to"), _("Text"), _("Clause"), _("Reasoning"), _("How they differ"),
        _("Looked for in"), _("By"), _("Status"),
    ]  # fmt: skip
    rows: list[Sequence[SheetCell]] = [
        [
            one.old_version.name,
            clause_link(one.old, root) if one.old else "",
            one.relation_label,
            one.version.name,
            clause_link(one.clause, root) if one.clause else "",
            *_reasons(one),
        ]
        for one in tables.answers
    ]
    return Sheet(_("Clauses"), head, rows, [28, 30, 14, 28, 30, 60, 48, 28, 28, 24])


def report_of_matrix(matrix: TopicMatrix, title: str, address: str, root: str) -> Report:
    """Topics by laws, each cell with its relation to the measure and its clauses."""
    heads = [_("Topic"), *(column.title for column in matrix.columns)]
    return Report(
        title=title,
        address=address,
        texts=[version for column in matrix.columns for version in column.versions],
        lead=f"{_('Measured against:')} {matrix.measure.title}" if matrix.columns else "",
        blocks=matrix_blocks(matrix, root),
        sheets=[
            Sheet(
                _("Topics"),
                heads,
                [
                    [
                        LinkCell(str(line.topic), root + line.topic.get_absolute_url()),
                        *(_sheet_cell(cell, root) for cell in line.cells),
                    ]
                    for line in matrix.lines
                ],
            ),
            _sheet_of_cells(matrix, root),
        ],
        is_wide=True,
    )


def matrix_blocks(matrix: TopicMatrix, root: str) -> list[Block]:
    heads = [_("Topic"), *(column.title for column in matrix.columns)]
    rows = [
        [[plain(str(line.topic), bold=True)], *(_matrix_cell_lines(cell, root) for cell in line.cells)]
        for line in matrix.lines
    ]
    return [Grid(heads, rows, [1] * len(heads))] if matrix.columns else []


def _matrix_cell_lines(cell: MatrixCell, root: str) -> list[Line]:
    line: list[StyledText] = []
    if cell.state not in {"", "has"}:
        line.append(StyledText(f"{cell.words}: " if cell.clauses else cell.words, bold=True))
    for before, name, clause in cell.names:
        address = clause_link(clause, root).address
        line += [StyledText(before)] if before else []
        line.append(StyledText(name, address=address))
    line += [StyledText(f" {localised(words)}") for words in cell.elsewhere]
    return [line]


def _sheet_cell(cell: MatrixCell, root: str) -> SheetCell:
    """The words of a cell, which lead to its first clause."""
    words = cell_words(cell)
    return LinkCell(words, clause_link(cell.clauses[0], root).address) if cell.clauses else words


def _sheet_of_cells(matrix: TopicMatrix, root: str) -> Sheet:
    """A row for each clause of each cell, for who filters and counts."""
    head = [_("Topic"), _("Law"), _("Relation"), _("Text"), _("Clause"), _("Reasoning")]
    rows: list[Sequence[SheetCell]] = []
    for line in matrix.lines:
        for column, cell in zip(matrix.columns, line.cells, strict=True):
            reasons = "\n".join(localised(reason) for reason in cell.reasons)
            if cell.state and not cell.clauses:
                elsewhere = ", ".join(localised(words) for words in cell.elsewhere)
                rows.append([str(line.topic), column.title, cell.words, "", elsewhere, reasons])
            for clause in cell.clauses:
                before = [str(line.topic), column.title, cell.words_of(clause)]
                rows.append([*before, clause.version.name, clause_link(clause, root), reasons])
    return Sheet(_("Clauses"), head, rows, [28, 28, 16, 28, 32, 60])


type Inside = Mapping[int, Sequence[Clause]]


def report_of_two_laws(
    old: Version,
    new: Version,
    rows: Sequence[TopicRow],
    values: QuerySet[Value],
    inside: Inside,
    address: str,
    root: str,
    page: Page[Any] | None = None,
) -> Report:
    """``values`` are those that the reader may see, ``inside`` each clause with what stands in it; ``page``: of which
    these are the rows, where they are not all.
    """
    for row in rows:
        place_row(row, old, new)
    clauses = [clause for row in rows for clause in [*row.olds, *row.news]]
    return Report(
        title=_("%(old)s and %(new)s, by subject") % {"old": old.short_name, "new": new.short_name},
        address=address,
        texts=[old, new],
        blocks=[
            *(page_line(page) if page else ()),
            *(block for row in rows for block in subject_blocks(row, old, new, inside, root)),
        ],
        sheets=[
            _sheet_of_rows(old, new, rows, root),
            sheet_of_values(values_of_clauses(values, clauses), clauses, root),
        ],
    )


def place_row(row: TopicRow, old: Version, new: Version) -> None:
    """Give the clauses of a row the versions that were read with their laws, so that none is read again."""
    for clause in row.olds:
        clause.version = old
    for answer in row.answers:
        if answer.old:
            answer.old.version = old
        if answer.clause:
            answer.clause.version = new


def subject_blocks(row: TopicRow, old: Version, new: Version, inside: Inside, root: str, level: int = 1) -> list[Block]:
    """A subject on which two laws are read together: how they answer each other, their elements, and their words."""
    heads = [old.short_name, _("is to"), new.short_name, _("Reasoning")]
    grid = Grid(heads, _answer_rows(row.answers, root, names_texts=False), [4, 2, 4, 9])
    blocks: list[Block] = [*topic_heading(row.topic, level), grid, *element_grid(row.confirmed)]
    for version, clauses in ((old, row.olds), (new, row.news)):
        blocks.append(ReportHeading(version.short_name, level + 1))
        for clause in clauses:
            blocks += clause_blocks(version, clause, inside.get(clause.pk, []), root)
        if row.judged.isdisjoint(clause.pk for clause in clauses):
            blocks.append(Prose(plain(_("No clause of this text is known under this subject.")), "Remark"))
    return blocks


def _sheet_of_rows(old: Version, new: Version, rows: Sequence[TopicRow], root: str) -> Sheet:
    head = [
        _("Topic"), old.name, _("is to"), new.name, _("Reasoning"), _("How they differ"), _("Looked for in"),
        _("By"), _("Status"),
    ]  # fmt: skip
    cells: list[Sequence[SheetCell]] = [
        [
            LinkCell(str(row.topic), root + row.topic.get_absolute_url()),
            clause_link(answer.old, root) if answer.old else "",
            answer.relation_label,
            clause_link(answer.clause, root) if answer.clause else "",
            *_reasons(answer),
        ]
        for row in rows
        for answer in row.answers
    ]
    return Sheet(_("By subject"), head, cells, [28, 32, 14, 32, 60, 48, 28, 28, 24])
