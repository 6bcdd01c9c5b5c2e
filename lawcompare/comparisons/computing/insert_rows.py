"""Adding thousands of rows of a table at once, in the quickest way that the database has."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model


def insert_rows(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows, each a value for every column but the id, by the column's name in the model (``law_id``).

    Ids are given by the database. In a quarter of the time of ``bulk_create``, which makes an object of each row and
    one statement of hundreds of them.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [(field.attname, isinstance(field, JSONField)) for field in fields]
    values = [[_as_json(row[name]) if is_json else row[name] for name, is_json in names] for row in rows]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What is None stands there without quotes, and an empty text with them.
            lines = io.StringIO()
            csv.writer(lines, quoting=csv.QUOTE_NOTNULL).writerows(values)
            lines.seek(0)
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv)", lines)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", values)  # noqa: S608


def _as_json(value: Any) -> str | None:
    if value is None:
        return None
    return "[]" if value == [] else json.dumps(value)  # as most are
