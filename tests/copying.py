"""All rows of one database put into another, of whichever kind."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from psycopg2.extras import execute_values

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
