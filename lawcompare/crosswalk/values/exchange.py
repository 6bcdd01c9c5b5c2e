"""Values as a table: what is written out, and a table read in, as a whole or not at all."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person
from lawcompare.crosswalk.models import Value
from lawcompare.crosswalk.values.services import ClauseSpan, find_words, format_value, parse_value, state_value
from lawcompare.laws.access import visible_versions
from lawcompare.laws.citing import CitationError, Citations
from lawcompare.laws.models import Clause

COLUMNS = ("text", "clause", "element", "value", "words", "words_in", "status", "organisation")
NEEDED = COLUMNS[:6]
# One person states them all while the database waits, some forty a second.
BYTES_MAX, ROWS_MAX = 500_000, 100


@dataclass(frozen=True)
class ValueRow:
    """A line of a table whose clause, value and words were found."""

    clause: Clause
    element: str
    values: dict[str, Any]
    words: ClauseSpan | None


class TableRefused(Exception):
    """A table in which something is wrong. ``problems`` is a sentence for each line; nothing was stored."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems[0])
        self.problems = problems


def as_rows(values: Iterable[Value]) -> list[list[str]]:
    """Values as rows of words, the first being the head. Clauses are named by their eId."""
    return [list(COLUMNS), *(_row(value) for value in values)]


def _row(value: Value) -> list[str]:
    return [
        value.version.address,
        value.clause.eid,
        value.element,
        format_value(value.element, value.values),
        value.quote,
        value.words_clause.eid if value.words_clause else "",
        value.status,
        value.proposal_label or value.credit,
    ]


def value_data(value: Value) -> dict[str, Any]:
    """A value as data: its clause, element, values, words with their place, status and who stands for it."""
    return {
        "clause": value.clause.eid,
        "element": value.element,
        "values": value.values,
        "value": format_value(value.element, value.values),
        "quote": value.quote,
        "note": value.note,
        "words_clause": value.words_clause.eid if value.words_clause else None,
        "start": value.start,
        "end": value.end,
        "status": value.status,
        "organisation": value.organisation.slug if value.organisation else None,
        "confirmed_for": value.confirmed_for.slug if value.confirmed_for else None,
        "credit": value.credit,
        "proposed_by": value.proposed_by,
    }


def import_values(user: Person, data: bytes) -> int:
    """State what a table says. Returns how many values. Raises ``TableRefused``, with every line that is wrong."""
    rows = _Reader(user).read(data)
    problems = []
    with transaction.atomic():
        for line, row in rows:
            try:
                state_value(user, row.clause, row.element, row.values, row.words)
            except (ValidationError, PermissionDenied) as error:
                problems.append(_problem(line, error))
        if problems:
            raise TableRefused(problems)
    return len(rows)


# Of so many texts the numbers are held at once: of 100 long ones that took gigabytes.
TEXTS_AT_ONCE = 10


class _Reader:
    def __init__(self, user: Person) -> None:
        self.user = user
        self.citations: dict[str, Citations] = {}

    def read(self, data: bytes) -> list[tuple[int, ValueRow]]:
        rows, problems = [], []
        for line, cells in self._cells(data):
            try:
                rows.append((line, self._row(cells)))
            except (ValidationError, CitationError) as error:
                problems.append(_problem(line, error))
        if problems:
            raise TableRefused(problems)
        if not rows:
            raise TableRefused([_("The table has no values.")])
        return rows

    def _cells(self, data: bytes) -> list[tuple[int, dict[str, str]]]:
        if len(data) > BYTES_MAX:
            raise TableRefused([_("The table is larger than 0.5 MB.")])
        try:
            # No DictReader, which gives each short line a step for every column of the first.
            reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            head = next(reader, [])
            missing = [name for name in NEEDED if name not in head]
            if missing:
                raise TableRefused([_("The table has no column “%(name)s”.") % {"name": missing[0]}])
            places = {name: head.index(name) for name in NEEDED}
            rows = islice(filter(None, reader), ROWS_MAX + 1)
            cells = [
                (reader.line_num, {name: row[at] if at < len(row) else "" for name, at in places.items()})
                for row in rows
            ]
        except UnicodeDecodeError:
            raise TableRefused([_("The table is not UTF-8.")]) from None
        except csv.Error as error:
            raise TableRefused([_("The table is no CSV: %(error)s.") % {"error": error}]) from None
        if len(cells) > ROWS_MAX:
            raise TableRefused([_("The table has more than 100 lines.")])
        return [(line, row) for line, row in cells if any(row.values())]

    def _row(self, cells: dict[str, str]) -> ValueRow:
        address = cells["text"].strip()
        if address not in self.citations:
            law, _slash, slug = address.partition("/")
            version = visible_versions(self.user).filter(law__slug=law, slug=slug).first()
            if version is None:
                raise ValidationError(_("There is no text “%(address)s” here.") % {"address": address})
            if len(self.citations) == TEXTS_AT_ONCE:
                self.citations.pop(next(iter(self.citations)))
            self.citations[address] = Citations(version)
        citations = self.citations[address]
        clause = self._clause(citations, cells["clause"])
        element = cells["element"].strip()
        values, words = parse_value(element, cells["value"]), None
        if cells["words"].strip():
            words_in = cells["words_in"].strip()
            words = find_words(self._clause(citations, words_in) if words_in else clause, cells["words"])
        return ValueRow(clause, element, values, words)

    def _clause(self, citations: Citations, cited: str) -> Clause:
        try:
            clause = citations.find(cited)
        except CitationError:
            names = {"title": citations.version.name, "eid": cited.strip()}
            raise ValidationError(_("“%(title)s” has no clause with the address “%(eid)s”.") % names) from None
        clause.version = citations.version
        return clause


def _problem(line: int, error: Exception) -> str:
    words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    return _("Line %(line)s: %(problem)s") % {"line": line, "problem": words}
