"""Rows that many tests begin with: made once and copied in for every test after the first.

What takes long to make is made by one test process of a run and handed to the others as a file.
"""

from __future__ import annotations

import hashlib
import inspect
import pickle
import sqlite3
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tests.shared_files import alone

SECONDS_WORTH_SHARING = 0.1
INDEX = "search_index"  # its rows stand in tables of its own, and are copied with them


@dataclass(frozen=True)
class StoredTable:
    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class TableChange:
    """What making something did to a table: the keys of rows that went, and rows that came."""

    table: StoredTable
    gone: list[tuple[Any, ...]]
    came: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Made:
    changes: list[TableChange]
    value: bytes
    after_commit: list[Callable[[], Any]]


_made: dict[tuple[Hashable, ...], Made] = {}


def made_once(make: Callable[..., Any]) -> Callable[..., Any]:
    """For a fixture that writes rows and does nothing else: made for one test, they are copied in for the next.

    ``@pytest.fixture`` stands above it.
    """
    wanted = inspect.signature(make)
    own = inspect.Parameter("world", inspect.Parameter.POSITIONAL_OR_KEYWORD)

    def fixture(world: World, **others: Any) -> Any:
        return world.has((make.__module__, make.__qualname__), lambda: make(**others))

    fixture.__name__, fixture.__doc__ = make.__name__, make.__doc__
    fixture.__signature__ = wanted.replace(parameters=[own, *wanted.parameters.values()])  # type: ignore[attr-defined]
    return fixture


class KeptRows:
    """Rows on which test after test begins, left where they are as long as the next test begins on them too.

    Even to copy the demonstration corpus in takes a quarter of a second.
    """

    def __init__(self, blocker: Any) -> None:
        """``blocker`` is what keeps code outside the tests from the database (pytest-django)."""
        self._blocker = blocker
        self._transaction: Any = None
        self.name: Hashable = None

    def begin_with(self, name: Hashable) -> None:
        """Put in what was made under this name, below all that the next test does; None for nothing."""
        if name == self.name:
            return
        self.remove()
        made = _made.get((name,))
        if made is None or made.after_commit or connection.vendor != "sqlite":
            return
        with self._blocker.unblock():
            self._transaction = transaction.atomic()
            self._transaction.__enter__()
            _put_in(made.changes)
        self.name = name

    def remove(self) -> None:
        """Leave the database as it was."""
        if self._transaction is not None:
            with self._blocker.unblock():
                transaction.set_rollback(True)
                self._transaction.__exit__(None, None, None)
        self._transaction = self.name = None


class World:
    """Makes each thing a test asks for, the first time; later tests get the same rows without the work.

    Only while nothing else was written in the test: then rows of another number could come of it, and the thing is
    made as if it had never been. On PostgreSQL, which few tests run on, it always is.
    """

    def __init__(self, shared: Path, kept_rows: KeptRows) -> None:
        """``shared`` is a folder that all test processes of this run have."""
        self._shared = shared
        self._kept = kept_rows.name
        connection.ensure_connection()
        self._names: tuple[Hashable, ...] = ()
        self._writes = self._count_writes()
        self._is_making = False

    def has(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """What ``make`` returns, with all rows that it writes. The value is a copy of the test's own."""
        if connection.vendor != "sqlite" or self._is_making or self._writes != self._count_writes():
            return make()
        names = (*self._names, name)
        assert self._kept in {None, names[0]}, f"a test asks for {self._kept!r} before anything else"
        if names != (self._kept,) and (names in _made or not self._is_made_here(names, make)):
            _put_in(_made[names].changes)
            for call in _made[names].after_commit:
                transaction.on_commit(call)
        self._names, self._writes = names, self._count_writes()
        return pickle.loads(_made[names].value)

    def _is_made_here(self, names: tuple[Hashable, ...], make: Callable[[], Any]) -> bool:
        """Take it from the process that made it, waiting for one that is about to; make it if there is none."""
        with alone(self._file_of(names)):
            if self._take_from_others(names):
                return False
            begun = time.process_time()
            _made[names] = self._make(make)
            if time.process_time() - begun > SECONDS_WORTH_SHARING:
                self._hand_to_others(names)
            return True

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
        return _file_of(self._shared, names)

    def _take_from_others(self, names: tuple[Hashable, ...]) -> bool:
        try:
            _made[names] = pickle.loads(self._file_of(names).read_bytes())
        except FileNotFoundError:
            return False
        return True

    def _hand_to_others(self, names: tuple[Hashable, ...]) -> None:
        if not _made[names].after_commit:  # what is to be called is of this process
            whole = self._file_of(names).with_suffix(".part")
            whole.write_bytes(pickle.dumps(_made[names]))
            whole.replace(self._file_of(names))

    def _count_writes(self) -> int:
        return connection.connection.total_changes if connection.vendor == "sqlite" else 0

    def _read_tables(self) -> dict[StoredTable, dict[tuple[Any, ...], tuple[Any, ...]]]:
        with transaction.atomic():  # for which the index writes down what it holds in memory
            raw = connection.connection
            tables = raw.execute("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type != 'virtual'")
            names = [(name, wr) for name, wr in tables.fetchall() if not name.startswith("sqlite_")]
            return {(table := self._describe(*name)): self._read_table(table) for name in names}

    def _describe(self, name: str, is_without_rowid: bool) -> StoredTable:
        info = connection.connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        columns = tuple(row[1] for row in info)
        return StoredTable(name, tuple(row[1] for row in info if row[5]) if is_without_rowid else ("rowid",), columns)

    def _read_table(self, table: StoredTable) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        # A plus sign keeps the driver from turning what is stored into dates and the like.
        values = ", ".join(f'+"{column}"' for column in (*table.key, *table.columns))
        rows = connection.connection.execute(f'SELECT {values} FROM "{table.name}"')
        return {row[: len(table.key)]: row[len(table.key) :] for row in rows}


def _file_of(shared: Path, names: tuple[Hashable, ...]) -> Path:
    return shared / f"world-{hashlib.sha256(repr(names).encode()).hexdigest()}"


def put_in_made(shared: Path, name: Hashable) -> bool:
    """Put into the SQLite database at hand what a test process of this run made; False if none did."""
    made = _file_of(shared, (name,))
    if made.exists():
        connection.ensure_connection()
        _put_in(pickle.loads(made.read_bytes()).changes)
    return made.exists()


def _put_in(changes: list[TableChange]) -> None:
    raw = connection.connection
    with transaction.atomic():
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        try:
            for change in changes:
                table = change.table
                key = " AND ".join(f'"{column}" = ?' for column in table.key)
                raw.executemany(f'DELETE FROM "{table.name}" WHERE {key}', change.gone)
                columns = ", ".join(f'"{column}"' for column in table.columns)
                places = ", ".join("?" * len(table.columns))
                raw.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', change.came)
        finally:
            raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, True)
        if any(change.table.name.startswith(INDEX) for change in changes):
            # What it remembers of its tables is forgotten when something in it is undone.
            raw.execute("SAVEPOINT reading_again")
            raw.execute(f"INSERT INTO {INDEX} (rowid, tokens) VALUES (0, 'undone')")
            raw.execute("ROLLBACK TO reading_again")
            raw.execute("RELEASE reading_again")


def _difference(before: dict[StoredTable, Any], after: dict[StoredTable, Any]) -> list[TableChange]:
    changes = []
    for table, rows in after.items():
        old = before.get(table, {})
        gone = [key for key, row in old.items() if rows.get(key) != row]
        came = [row for key, row in rows.items() if old.get(key) != row]
        if gone or came:
            changes.append(TableChange(table, gone, came))
    return changes
