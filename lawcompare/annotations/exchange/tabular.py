"""Annotations as a table of words: what CSV and spreadsheets take."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.writing.checklist import answered
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import pinned_clause, plain_address
from lawcompare.laws.exports.tabular import LinkCell, SheetCell
from lawcompare.laws.models import Clause


def as_table(annotations: Iterable[Annotation], root: str) -> list[list[str]]:
    """A row for each annotation below a row of names. Nobody's name is in it but the organisation's."""
    return [_head(), *(_row(annotation, root) for annotation in annotations)]


def as_cells(annotations: Iterable[Annotation], root: str) -> list[list[SheetCell]]:
    """The same for a spreadsheet: addresses lead on, and days are days."""
    head, *rows = as_table(annotations, root)
    return [list(head), *([_link(row[0]), *row[1:-2], _day(row[-2]), _link(row[-1])] for row in rows)]


def _link(address: str) -> LinkCell:
    return LinkCell(address, address)


def _day(words: str) -> SheetCell:
    return date.fromisoformat(words) if words else None


def _head() -> list[str]:
    return [
        _("Address"),
        _("Law"),
        _("Text"),
        _("Clause"),
        _("Words"),
        _("Risk"),
        _("Kinds of risk"),
        _("Purpose of the note"),
        _("By"),
        _("Reasoning"),
        _("Proposed wording"),
        _("Standard relied on"),
        _("Compare"),
        _("Legal tests"),
        _("Restates"),
        _("Published"),
        _("Address of the words"),
    ]


def _row(annotation: Annotation, root: str) -> list[str]:
    clause, version = annotation.clause, annotation.version
    return [
        root + plain_address("annotation", annotation.slug),
        version.law.name,
        f"{version.name} ({version.address})",
        cite(clause),
        annotation.exact,
        str(annotation.get_risk_display()),
        "; ".join(str(category) for category in annotation.categories.all()),
        str(annotation.get_motivation_display()),
        str(annotation.organisation),
        annotation.body,
        annotation.proposed_text,
        _cited(annotation.public_standards),
        _cited(annotation.public_answers),
        "; ".join(f"{answer.test.label}: {answer.answer.label}" for answer in answered(annotation.checklist)),
        _restated(annotation),
        annotation.public_day.date().isoformat() if annotation.published_at else "",
        root + pinned_clause(clause),
    ]


def _cited(clauses: Iterable[Clause]) -> str:
    return "; ".join(f"{clause.version.law.name}, {cite(clause)}" for clause in clauses)


def _restated(annotation: Annotation) -> str:
    source = [annotation.source_organisation, annotation.source_title, annotation.source_date, annotation.source_url]
    return ", ".join(words for words in source if words) or annotation.restating
