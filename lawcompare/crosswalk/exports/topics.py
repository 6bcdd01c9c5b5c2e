"""A topic, and the matrix of topics by laws, as reports."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.confirmed import values_of_clauses
from lawcompare.crosswalk.elements.differences import Differences
from lawcompare.crosswalk.elements.provisions import ProvisionText, TopicTables, provisions_of, side_by_side
from lawcompare.crosswalk.exports.clauses import (
    cited,
    clause_blocks,
    difference_lines,
    element_grid,
    sheet_of_values,
    topic_heading,
)
from lawcompare.crosswalk.models import Correspondence, Topic, Value
from lawcompare.crosswalk.topics.matrix import MatrixCell, TopicMatrix, cell_words
from lawcompare.engine.writing.report import Block, Grid, Line, ReportHeading, StyledText, plain
from lawcompare.laws.citing.permalinks import plain_address
from lawcompare.laws.exports.reports import Report, clause_link
from lawcompare.laws.exports.tabular import LinkCell, Sheet, SheetCell
from lawcompare.laws.models import Version
from lawcompare.localisation.texts import localised


def report_of_topic(
    topic: Topic, correspondences: Sequence[Correspondence], values: QuerySet[Value], root: str
) -> Report:
    """What each law says under a topic, and how they answer each other. ``values`` are those the reader may see."""
    place_in_versions(correspondences)
    provisions = provisions_of(correspondences)
    tables = side_by_side(correspondences, values, provisions)
    clauses = [one.clause for shelf in provisions.values() for one in shelf]
    return Report(
        title=str(topic),
        address=plain_address("topic", topic.slug),
        texts=list(provisions),
        lead=topic.text,
        blocks=topic_blocks(topic, tables, provisions, root),
        sheets=[_sheet_of_answers(tables, root), sheet_of_values(values_of_clauses(values, clauses), clauses, root)],
    )


def place_in_versions(correspondences: Sequence[Correspondence]) -> None:
    """Give each clause the version that was read with its law, so that none is read again."""
    for one in correspondences:
        one.subject.version = one.subject_version
        if one.object:
            one.object.version = one.object_version


def topic_blocks(
    topic: Topic, tables: TopicTables, provisions: Mapping[Version, Sequence[ProvisionText]], root: str, level: int = 1
) -> list[Block]:
    heads = [_("Clause"), _("is to"), _("Clause"), _("Reasoning")]
    grid = Grid(heads, [_answer_cells(*answer, root) for answer in tables.answers], [4, 2, 4, 9])
    blocks: list[Block] = [*topic_heading(topic, level), *([grid] if tables.answers else [])]
    blocks += element_grid(tables.confirmed)
    for version, shelf in provisions.items():
        blocks.append(ReportHeading(version.name, level + 1))
        for one in shelf:
            blocks += clause_blocks(version, one.clause, one.inside, root)
    return blocks


def _answer_cells(one: Correspondence, differences: Differences, root: str) -> list[Sequence[Line]]:
    by = f"{localised(one.author)}, {one.standing_label}"
    reasons = [localised(one.reasoning), *difference_lines(differences), by]
    return [
        [(cited(one.subject, root),), plain(one.subject_version.name)],
        [plain(str(one.get_relation_display()), bold=True)],
        [*([(cited(one.object, root),)] if one.object else []), plain(one.object_version.name)],
        [plain(words) for words in reasons if words],
    ]


def _sheet_of_answers(tables: TopicTables, root: str) -> Sheet:
    head = [
        _("Text"), _("Clause"), _("is to"), _("Text"), _("Clause"), _("Reasoning"), _("How they differ"),
        _("Looked for in"), _("By"), _("Status"),
    ]  # fmt: skip
    rows: list[Sequence[SheetCell]] = [
        [
            one.subject_version.name,
            clause_link(one.subject, root),
            str(one.get_relation_display()),
            one.object_version.name,
            clause_link(one.object, root) if one.object else "",
            localised(one.reasoning),
            "\n".join(difference_lines(differences)),
            localised(one.searched),
            localised(one.author),
            one.standing_label,
        ]
        for one, differences in tables.answers
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
        [[plain(str(line.topic), bold=True)], *(_cell_lines(cell, root) for cell in line.cells)]
        for line in matrix.lines
    ]
    return [Grid(heads, rows, [1] * len(heads))] if matrix.columns else []


def _cell_lines(cell: MatrixCell, root: str) -> list[Line]:
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
            cells = [str(line.topic), column.title, cell.words]
            reasons = "\n".join(localised(reason) for reason in cell.reasons)
            if cell.state and not cell.clauses:
                rows.append([*cells, "", ", ".join(localised(words) for words in cell.elsewhere), reasons])
            for clause in cell.clauses:
                rows.append([*cells, clause.version.name, clause_link(clause, root), reasons])
    return Sheet(_("Clauses"), head, rows, [28, 28, 16, 28, 32, 60])
