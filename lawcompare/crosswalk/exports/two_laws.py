"""Two laws by subject as a report: which clause answers which, how, why, and how they differ."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.confirmed import values_of_clauses
from lawcompare.crosswalk.elements.provisions import Counterpart, TopicRow
from lawcompare.crosswalk.exports.clauses import (
    cited,
    clause_blocks,
    difference_lines,
    element_grid,
    sheet_of_values,
    topic_heading,
)
from lawcompare.crosswalk.models import Value
from lawcompare.engine.writing.report import Block, Grid, Line, Prose, ReportHeading, StyledText, plain
from lawcompare.laws.exports.reports import Report, clause_link
from lawcompare.laws.exports.tabular import LinkCell, Sheet, SheetCell
from lawcompare.laws.models import Clause, Version
from lawcompare.localisation.texts import localised

type Inside = Mapping[int, Sequence[Clause]]


def report_of_two_laws(
    old: Version,
    new: Version,
    rows: Sequence[TopicRow],
    values: QuerySet[Value],
    inside: Inside,
    address: str,
    root: str,
) -> Report:
    """``values`` are those that the reader may see, ``inside`` each clause with what stands in it."""
    for row in rows:
        place_in_versions(row, old, new)
    clauses = [clause for row in rows for clause in [*row.olds, *row.news]]
    return Report(
        title=_("%(old)s and %(new)s, by subject") % {"old": old.name, "new": new.name},
        address=address,
        texts=[old, new],
        blocks=[block for row in rows for block in subject_blocks(row, old, new, inside, root)],
        sheets=[
            _sheet_of_rows(old, new, rows, root),
            sheet_of_values(values_of_clauses(values, clauses), clauses, root),
        ],
    )


def place_in_versions(row: TopicRow, old: Version, new: Version) -> None:
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
    heads = [old.name, _("is to"), new.name, _("Reasoning")]
    grid = Grid(heads, [_answer_cells(answer, root) for answer in row.answers], [4, 2, 4, 9])
    blocks: list[Block] = [*topic_heading(row.topic, level), grid, *element_grid(row.confirmed)]
    for version, clauses in ((old, row.olds), (new, row.news)):
        blocks.append(ReportHeading(version.name, level + 1))
        for clause in clauses:
            blocks += clause_blocks(version, clause, inside.get(clause.pk, []), root)
        if not clauses:
            blocks.append(Prose(plain(_("No clause of this text is known under this subject.")), "Remark"))
    return blocks


def _answer_cells(answer: Counterpart, root: str) -> list[Sequence[Line]]:
    nothing = plain(_("Nothing that answers to it was found."))
    reasons = [plain(localised(answer.reasoning))]
    if answer.elements:
        reasons.append(plain(f"{_('Elements in which they differ:')} {', '.join(answer.elements)}"))
    if answer.searched:
        reasons.append(plain(f"{_('Looked for in:')} {localised(answer.searched)}"))
    reasons += [plain(sentence) for sentence in difference_lines(answer.differences)]
    reasons.append((StyledText(f"{localised(answer.author)}, {answer.standing}", italic=True),))
    return [
        [(cited(answer.old, root),)] if answer.old else [nothing],
        [plain(answer.relation_label, bold=True)],
        [(cited(answer.clause, root),)] if answer.clause else [nothing],
        reasons,
    ]


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
            localised(answer.reasoning),
            "\n".join(difference_lines(answer.differences)),
            localised(answer.searched),
            localised(answer.author),
            answer.standing,
        ]
        for row in rows
        for answer in row.answers
    ]
    return Sheet(_("By subject"), head, cells, [28, 32, 14, 32, 60, 48, 28, 28, 24])
