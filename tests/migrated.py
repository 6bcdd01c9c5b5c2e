"""The migrated test database: made by the first test process of a run, copied by the others and by sites of tests.

One is kept between runs under the hash of the program, so that it is never older than the migrations.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from tests.shared_files import alone

ROOT = Path(__file__).resolve().parent.parent
FILE = "migrated.sqlite3"
KEPT = ROOT / ".pytest_cache"
TEMPLATE = "lawcompare_migrated"  # on a PostgreSQL


def share(folder: Path) -> None:
    """The test database is made out of the copy in ``folder``, where another process left one there."""
    create = connection.creation.create_test_db
    make = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql

    def create_test_db(*args: Any, **options: Any) -> str:
        with alone(folder / FILE):
            return make(folder, lambda: create(*args, **options))

    connection.creation.create_test_db = create_test_db


def _kept() -> Path:
    """Where the database that this very program migrates is kept, also when it is not there."""
    files = [ROOT / "requirements.lock", *sorted((ROOT / "lawcompare").rglob("*.py"))]
    return KEPT / f"migrated-{hashlib.sha256(b''.join(path.read_bytes() for path in files)).hexdigest()}.sqlite3"


def _keep(copy: Path) -> None:
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("migrated-*"):
        old.unlink(missing_ok=True)
    whole = KEPT / f"unfinished-{os.getpid()}"
    shutil.copyfile(copy, whole)
    whole.replace(_kept())


def _on_sqlite(folder: Path, create: Callable[[], str]) -> str:
    copy = folder / FILE
    if not copy.exists() and _kept().exists():
        shutil.copyfile(_kept(), copy)
    # A database in memory is there for as long as somebody has it open.
    with closing(sqlite3.connect(connection.creation._get_test_db_name(), uri=True)) as memory:
        if copy.exists():
            with closing(sqlite3.connect(copy)) as file:
                file.backup(memory)
            return create()
        name = create()
        with closing(sqlite3.connect(copy)) as file:
            memory.backup(file)
        _keep(copy)
    return name


def give_to_site(folder: Path, database: Path) -> None:
    """Put a migrated SQLite database where a site of a test's own keeps it: to migrate it each time takes seconds."""
    copy = folder / FILE
    with alone(copy):
        if not copy.exists():
            unfinished = folder / "unfinished.sqlite3"
            environment = os.environ | {
                "DATABASE_URL": f"sqlite:///{unfinished}", "DATA_DIR": str(folder / "migrating"), "REDIS_URL": "",
                "EMBEDDED": "1", "TASKS": "inline", "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
            }  # fmt: skip
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True)
            with closing(sqlite3.connect(unfinished)) as made, closing(sqlite3.connect(copy)) as file:
                made.backup(file)
    shutil.copyfile(copy, database)


def _on_postgresql(folder: Path, create: Callable[[], str]) -> str:
    is_there = folder / "migrated.postgresql"
    if is_there.exists():
        connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
        return create()
    name = create()
    connection.close()  # one that somebody uses is no template
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        cursor.execute(f'CREATE DATABASE {TEMPLATE} TEMPLATE "{name}"')
    is_there.touch()
    return name


def clean(folder: Path) -> None:
    """Leave no copy behind on a PostgreSQL that outlives the run."""
    if connection.vendor == "postgresql":
        with alone(folder / FILE), connection.creation._nodb_cursor() as cursor:
            (folder / "migrated.postgresql").unlink(missing_ok=True)
            cursor.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
