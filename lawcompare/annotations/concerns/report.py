"""The survival of concerns as a report: the chart as a table, text by text."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from lawcompare.annotations.concerns.outcomes import Concern, ConcernCell, Survival
from lawcompare.engine.writing.report import Block, Grid, Line, Prose, ReportHeading, StyledText, plain
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import pinned_clause, plain_address
from lawcompare.laws.exports.reports import Report, citation, clause_link
from lawcompare.laws.exports.tabular import LinkCell, Sheet, SheetCell
from lawcompare.localisation.texts import localised


def report_of_concerns(survival: Survival, title: str, lead: str, address: str, root: str) -> Report:
    """``lead`` is the tally in a sentence, and of whose concerns it speaks."""
    return Report(
        title=title,
        address=address,
        texts=survival.versions,
        lead=lead,
        blocks=concern_blocks(survival, root),
        sheets=[_sheet(survival, root)],
        is_wide=True,
    )


def concern_blocks(survival: Survival, root: str, level: int = 1) -> list[Block]:
    """A table for each kind of risk: a row for each concern, a column for each text."""
    blocks: list[Block] = []
    shares = [6, *([3] * len(survival.versions))]
    for kind, concerns in survival.groups:
        rows = [[_name_lines(one, root), *(_cell_lines(cell, root) for cell in one.cells)] for one in concerns]
        blocks.append(ReportHeading(str(kind) if kind else _("No kind of risk stated"), level))
        blocks.append(Grid([_("Concern"), *(version.name for version in survival.versions)], rows, shares))
    judged = _("Judged by those who wrote the notes; what nobody has judged says so.")
    return [*blocks, Prose(plain(judged), "Remark")] if blocks else []


def _name_lines(one: Concern, root: str) -> list[Line]:
    root_note = one.root
    clause, address = root_note.clause, root + pinned_clause(root_note.clause)
    words = f"“{root_note.exact}”" if root_note.exact else ""
    return [
        (StyledText(cite(clause), address=address, note=citation(clause), note_address=address),),
        *([plain(words, language=root_note.version.language)] if words else []),
        plain(f"{root_note.voice} · {one.risk.label}"),
    ]


def _cell_lines(cell: ConcernCell, root: str) -> list[Line]:
    lines: list[Line] = [plain(cell.words, bold=True)]
    if cell.program:
        lines.append(plain(cell.program))
    if cell.reason:
        lines.append(plain(localised(cell.reason)))
    for note in cell.notes:
        lines.append((StyledText(cite(note.clause), address=root + plain_address("annotation", note.slug)),))
    return lines


def _sheet(survival: Survival, root: str) -> Sheet:
    head = [_("Kind of risk"), _("Concern"), _("Clause"), _("Organisation"), _("Risk")]
    for version in survival.versions:
        head += [version.name, _("%(text)s: reason") % {"text": version.name}]
    rows: list[Sequence[SheetCell]] = []
    for kind, concerns in survival.groups:
        for one in concerns:
            note = one.root
            row: list[SheetCell] = [
                str(kind or ""),
                LinkCell(note.exact or cite(note.clause), root + plain_address("annotation", note.slug)),
                clause_link(note.clause, root),
                note.voice,
                str(one.risk.label),
            ]
            for cell in one.cells:
                row += [f"{cell.words} ({cell.program})" if cell.program else cell.words, localised(cell.reason)]
            rows.append(row)
    return Sheet(_("Concerns"), head, rows)
