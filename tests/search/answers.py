"""The demonstration corpus and odd texts, searched: the same questions for one database and the other.

``python -m tests.search.answers ROWS`` puts the rows of a file (``keep_rows``) into the PostgreSQL database that
DATABASE_URL names and prints its answers as JSON.
"""

from __future__ import annotations

import json
import pickle
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from psycopg2.extras import execute_values

from tests.conftest import ROOT

QUESTIONS = [
    "illegal access", "intercep", "interception of communications", '"freedom of expression"',
    "the unity", "18 USC 1030", "18 U.S.C. § 1030(a)(2)", "Article 28", "Art. 28 2012", "មាត្រា ២៨",
    "មាត្រា ៥", "ICCPR 19(3)", "Budapest 15", "computer", "person", "section 2510", "shall not",
    "court order content", "imprisonment 15 years", "ផ្តន្ទាទោស", "ព័ត៌មាន", "ព័ត៌មានក្លែង", "បញ្ជី",
    "កំពង់", "500000 រៀល", "traffic data", "vague", "false information", '"traffic data" Budapest', "e",
    "ge", "’", "មា", "្", '"of the"', 'traffic "of the"', '"the right to freedom" expression',
    '"freedom of" "opinion"', '"right to freedom of opinion"', '"expression of freedom"', '"ព័ត៌មានក្លែងក្លាយ"',
    '"ត្រូវផ្ដន្ទាទោស"', "ក្", '"unbalanced (and ) OR NOT *', "'; DROP TABLE laws_law; --", "<b>access</b>",
    "traffic·data", "%_\\\\' || &!:*", "w39999x", '"w1x w2x"', '"w39998x w39999x"',
]  # fmt: skip
FILTERS: list[dict[str, str]] = [{"kind": "annotation"}, {"language": "km"}, {"law": "us-code-18"}, {"risk": "4"}]


def add_odd_texts() -> None:
    """Beside the demonstration: a Khmer text, and a clause with more words than a vector of PostgreSQL holds."""
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    khmer = (ROOT / "tests/data/align-khmer-records/new.md").read_bytes()
    details = {"title": "Records", "jurisdiction": "kh", "kind": "statute", "language": "km", "date": "2015"}
    publish(import_law(Import(khmer, "records.md", law="records", version="km", metadata=details)).version)
    # Each word with the one after it.
    long = "## Article 1. Words\n\n" + " ".join(f"w{number}x" for number in range(40_000)) + "\n"
    details = {"title": "Book", "jurisdiction": "kh", "kind": "statute", "language": "en", "date": "2016"}
    with patch("lawcompare.laws.services.CLAUSE_CHARACTERS_MAX", 500_000):  # in English no shorter one has as many
        publish(import_law(Import(long.encode(), "book.md", law="book", version="en", metadata=details)).version)


def answers() -> list[Any]:
    """What the database at hand gives, when it has written the index; each question without a filter and with one."""
    from django.core.management import call_command

    from lawcompare.search.asking import public_versions
    from lawcompare.search.find import Filters, find, show

    call_command("index", stdout=StringIO())
    versions = public_versions()
    given = []
    for number, question in enumerate(QUESTIONS):
        for filters in ({}, FILTERS[number % len(FILTERS)]):
            results = find(question, Filters(**filters), versions)
            hits = [
                [hit.url, [[run.text, run.is_mark] for run in [*hit.title, *hit.text]]]
                for hit in show(results, results.ranked)
            ]
            counts = {name: dict(sorted(counter.items())) for name, counter in sorted(results.counts.items())}
            given.append([question, filters, results.total, results.cited, counts, hits])
    return given


# --- all rows of one database put into another, of whichever kind

AT_A_TIME = 1000


def keep_rows(path: Path) -> None:
    """Write the rows of all models to a file, as Python's values."""
    rows = {model._meta.label: list(_all(model).values_list(*_names(model))) for model in _tables()}
    path.write_bytes(pickle.dumps(rows))


def put_rows(path: Path) -> None:
    """Put the rows of such a file, and no others, into a migrated PostgreSQL database, with their keys.

    Nothing is checked or done on the way, as when a backup is restored; what is added later gets new keys.
    """
    rows = pickle.loads(path.read_bytes())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers, and rows in any order
        cursor.execute(f"TRUNCATE {', '.join(model._meta.db_table for model in _tables())}")
        for model in _tables():
            _put(cursor, model, rows[model._meta.label])
        for statement in connection.ops.sequence_reset_sql(no_style(), _tables()):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def _put(cursor: Any, model: type[models.Model], rows: list[tuple[Any, ...]]) -> None:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = [
        tuple(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True))
        for row in rows
    ]
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES %s'
    execute_values(cursor.cursor, statement, values, page_size=AT_A_TIME)


def _tables() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _all(model: type[models.Model]) -> models.QuerySet[Any]:
    """Whatever its own manager leaves out."""
    return models.QuerySet(model).order_by("pk")


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def main(rows: str) -> None:
    import django

    django.setup()
    put_rows(Path(rows))
    print(json.dumps(answers(), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
