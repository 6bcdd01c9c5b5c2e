"""Rows that many tests begin with: made once and copied in for every test after the first.

What takes seconds to make is handed to the other test processes of the same run as a file.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sqlite3
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

SECONDS_WORTH_SHARING = 3
SEARCHED = "search_searchentry"  # the one table whose triggers must run when rows come in: they fill the index


@dataclass(frozen=True)
class Change:
    """What making something did to a table: rows that went, and rows that came, by row id."""

    table: str
    columns: tuple[str, ...]
    gone: list[tuple[int]]
    came: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Made:
    changes: list[Change]
    value: bytes
    after_commit: list[Callable[[], Any]]


_made: dict[tuple[Hashable, ...], Made] = {}


class World:
    """Makes each thing a test asks for, the first time; later tests get the same rows without the work.

    Only while nothing else was written in the test: then rows of another number could come of it, and the thing is
    made as if it had never been. On PostgreSQL, which few tests run on, it always is.
    """

    def __init__(self, shared: Path) -> None:
        """``shared`` is a folder that all test processes of this run have."""
        self._shared = shared
        connection.ensure_connection()
        self._names: tuple[Hashable, ...] = ()
        self._writes = self._count_writes()
        self._is_making = False

    def has(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` returns, with all rows that it writes. The value is a copy of the test's own."""
        if connection.vendor != "sqlite" or self._is_making or self._writes != self._count_writes():
            return make()
        names = (*self._names, name)
        if names not in _made:
            self._take_from_others(names)
        if names in _made:
            self._put_in(_made[names].changes)
            for call in _made[names].after_commit:
                transaction.on_commit(call)
        else:
            begun = time.process_time()
            _made[names] = self._make(make)
            if time.process_time() - begun > SECONDS_WORTH_SHARING:
                self._hand_to_others(names)
        self._names, self._writes = names, self._count_writes()
        return pickle.loads(_made[names].value)

    def _make(self, make: Callable[[], Any]) -> Made:
        before, waiting = self._read_tables(), len(connection.run_on_commit)
        self._is_making = True
        try:
            value = pickle.dumps(make())
        finally:
            self._is_making = False
        after_commit = [call for _savepoints, call, _robust in connection.run_on_commit[waiting:]]
        return Made(_difference(before, self._read_tables()), value, after_commit)

    def _file_of(self, names: tuple[Hashable, ...]) -> Path:
        return self._shared / f"world-{hashlib.sha256(repr(names).encode()).hexdigest()}"

    def _take_from_others(self, names: tuple[Hashable, ...]) -> None:
        try:
            _made[names] = pickle.loads(self._file_of(names).read_bytes())
        except FileNotFoundError:
            return

    def _hand_to_others(self, names: tuple[Hashable, ...]) -> None:
        if not _made[names].after_commit:  # what is to be called is of this process
            whole = self._shared / f"world-{os.getpid()}"
            whole.write_bytes(pickle.dumps(_made[names]))
            whole.replace(self._file_of(names))

    def _count_writes(self) -> int:
        return connection.connection.total_changes if connection.vendor == "sqlite" else 0

    def _read_tables(self) -> dict[str, tuple[tuple[str, ...], dict[int, tuple[Any, ...]]]]:
        raw = connection.connection
        tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [name for (name,) in tables if not name.startswith(("sqlite_", "search_index"))]
        return {name: self._read_table(name) for name in names}

    def _read_table(self, table: str) -> tuple[tuple[str, ...], dict[int, tuple[Any, ...]]]:
        raw = connection.connection
        columns = tuple(row[1] for row in raw.execute(f'PRAGMA table_info("{table}")'))
        # A plus sign keeps the driver from turning what is stored into dates and the like.
        values = ", ".join(f'+"{column}"' for column in columns)
        return columns, {row[0]: row for row in raw.execute(f'SELECT rowid, {values} FROM "{table}"')}

    def _put_in(self, changes: list[Change]) -> None:
        raw = connection.connection
        with transaction.atomic():
            for change in changes:
                raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, change.table == SEARCHED)
                try:
                    raw.executemany(f'DELETE FROM "{change.table}" WHERE rowid = ?', change.gone)
                    columns = ", ".join(f'"{column}"' for column in change.columns)
                    places = ", ".join("?" * len(change.columns))
                    rows = [row[1:] for row in change.came]
                    raw.executemany(f'INSERT INTO "{change.table}" ({columns}) VALUES ({places})', rows)
                finally:
                    raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    changes = []
    for table, (columns, rows) in after.items():
        old = before[table][1] if table in before else {}
        gone = [(rowid,) for rowid, row in old.items() if rows.get(rowid) != row]
        came = [row for rowid, row in rows.items() if old.get(rowid) != row]
        if gone or came:
            changes.append(Change(table, columns, gone, came))
    return changes
