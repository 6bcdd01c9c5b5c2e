"""Backups: one tar file with a copy of the database, uploaded files encrypted in it, and digests to check it by.

The databases' own tools copy: SQLite's online backup, ``pg_dump`` and ``pg_restore``. The site may go on working
meanwhile: the copy and the counts are of one moment.
"""

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from lawcompare.core.log.services import BrokenLog, check_log
from lawcompare.engine.sandbox.box import end_with
from lawcompare.laws.models import Original

FORMAT = 3
MANIFEST, MANIFEST_DIGEST = "manifest.json", "manifest.sha256"
SECONDS_MAX = 6 * 60 * 60  # that one of PostgreSQL's programs may take
DATABASE_FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    " AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}

# Of the environment, what PostgreSQL's programs need to run.
PASSED_ON = {"PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"}
# How a connection is made, by its name in an address and in the environment (libpq).
LIBPQ = {
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL", "options": "PGOPTIONS", "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME", "channel_binding": "PGCHANNELBINDING", "gssencmode": "PGGSSENCMODE",
    "target_session_attrs": "PGTARGETSESSIONATTRS", "client_encoding": "PGCLIENTENCODING",
}  # fmt: skip
ORIGINALS = "SELECT digest FROM laws_original ORDER BY digest"


class BackupError(Exception):
    """Why a backup cannot be made, read or restored, in one sentence."""


class NotAsKept(BackupError):
    """What differs from the backup, though all of it was restored."""


@dataclass(frozen=True)
class BackupSummary:
    path: Path
    rows: int
    tables: int
    originals: int


# --- Making one ------------------------------------------------------------------------------------------------------


def make_backup(folder: Path) -> BackupSummary:
    """Write a backup of the whole site into ``folder``, named by the time. Raises ``BackupError``; no half file is
    left.
    """
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BackupError(f"{folder} is no folder that can be written to")
    try:
        return _make_backup(folder)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{folder} cannot be written to: {getattr(error, 'strerror', None) or error}") from None


def _make_backup(folder: Path) -> BackupSummary:
    _remove_unfinished(folder, ".backup-")
    made_at = datetime.now(UTC)
    path = folder / f"lawcompare-{made_at:%Y%m%dT%H%M%S%fZ}.tar"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as work:
        parts = Path(work)
        manifest: dict[str, Any] = {"format": FORMAT, "made_at": made_at.isoformat(), "vendor": connection.vendor}
        manifest |= _copy_database(parts)
        manifest["files"] = {name: file_digest(parts / name) for name in _files(parts)}
        (parts / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), "utf-8")
        (parts / MANIFEST_DIGEST).write_text(file_digest(parts / MANIFEST))
        _pack(parts, path)
    return _kept(path, manifest)


def _kept(path: Path, manifest: dict[str, Any]) -> BackupSummary:
    tables = manifest["tables"]
    rows = sum(table["rows"] for table in tables.values())
    return BackupSummary(path, rows, len(tables), len(manifest["originals"]))


def _copy_database(parts: Path) -> dict[str, Any]:
    target = parts / DATABASE_FILES[connection.vendor]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
            copy.execute("VACUUM")  # leaves behind what is left of rows that were changed or deleted
            originals = [digest for (digest,) in copy.execute(ORIGINALS)]
            return {"tables": _digest_tables(_sqlite_rows(copy)), "originals": originals}
    # One snapshot for the dump and for the digests: what is written meanwhile is in neither.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            cursor.execute(ORIGINALS)
            originals = [digest for (digest,) in cursor.fetchall()]
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
        )
        return {"tables": _digest_tables(_postgresql_rows()), "originals": originals}


def _pack(parts: Path, path: Path) -> None:
    """Readable by its owner alone, and under its name only when it is whole."""
    unfinished = parts / "whole.tar"
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name in [MANIFEST, *_files(parts, without={MANIFEST, "whole.tar"})]:
                archive.add(parts / name, name)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _remove_unfinished(folder: Path, prefix: str) -> None:
    """Remove what was left by one that was killed: a copy of the database in the clear."""
    for left in folder.glob(f"{prefix}*"):
        if left.stat().st_mtime < time.time() - 2 * SECONDS_MAX:  # else it may be under way
            shutil.rmtree(left, ignore_errors=True)


def _files(parts: Path, without: Iterable[str] = ()) -> list[str]:
    paths = (path.relative_to(parts).as_posix() for path in parts.rglob("*") if path.is_file())
    return sorted(set(paths) - set(without))


# --- Counting rows ---------------------------------------------------------------------------------------------------


def _digest_tables(tables: Iterable[tuple[str, Iterable[Any]]]) -> dict[str, dict[str, Any]]:
    """For each table the number of rows and a digest over them all."""
    digests = {}
    for name, rows in tables:
        digest, count = hashlib.sha256(), 0
        for row in rows:
            digest.update(repr(row).encode() + b"\n")
            count += 1
        digests[name] = {"rows": count, "sha256": digest.hexdigest()}
    return digests


def _sqlite_rows(database: sqlite3.Connection) -> Iterator[tuple[str, Iterable[Any]]]:
    for (name,) in database.execute(f"{TABLES['sqlite']} ORDER BY name").fetchall():
        yield name, database.execute(f'SELECT * FROM "{name}" ORDER BY 1')  # noqa: S608 - a name the database gave


def _postgresql_rows() -> Iterator[tuple[str, Iterable[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{TABLES['postgresql']} ORDER BY 1")
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        order = "t::text"
        with connection.chunked_cursor() as cursor:
            if name == Original._meta.db_table:  # a row is as large as a file; its text begins with the digest
                order, cursor.cursor.itersize = "t.digest", 1
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY {order} COLLATE "C"')  # noqa: S608 - likewise
            yield name, (row[0] for row in cursor)


def table_digests() -> dict[str, dict[str, Any]]:
    """Returns for each table of the present database its number of rows and a SHA-256 over them."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as database:
            return _digest_tables(_sqlite_rows(database))
    return _digest_tables(_postgresql_rows())


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- Bringing one back -----------------------------------------------------------------------------------------------


def restore_backup(path: Path, afterwards: Callable[[], None]) -> BackupSummary:
    """Restore a backup into an empty database and check every table against it; then call ``afterwards``, also where
    something differs or the program is ended while it compares.

    Raises ``BackupError``, and of these ``NotAsKept`` once it is restored.
    """
    # Beside the backup, where there is room for as much: /tmp may be part of the memory.
    folder = path.parent if os.access(path.parent, os.W_OK) else None
    if folder:
        _remove_unfinished(folder, ".restore-")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as work:
        parts = Path(work)
        manifest = _unpack(path, parts)
        with connection.cursor() as cursor:
            cursor.execute(TABLES[connection.vendor])
            if cursor.fetchone():
                raise BackupError("the database is not empty; restore into a new one")
        try:
            _restore_database(parts / DATABASE_FILES[connection.vendor])
        except (OSError, sqlite3.Error) as error:
            raise BackupError(f"the database cannot be written: {error}") from None
        try:
            _compare(manifest)
        finally:
            afterwards()
    return _kept(path, manifest)


def _unpack(path: Path, parts: Path) -> dict[str, Any]:
    """Returns the manifest of a backup after checking the digest of every file in it."""
    try:
        with tarfile.open(path) as archive:
            archive.extractall(parts, filter="data")
        if (parts / MANIFEST_DIGEST).read_text("ascii") != file_digest(parts / MANIFEST):
            raise BackupError(f"{MANIFEST} in {path} is not the file that was kept")
        manifest: dict[str, Any] = json.loads((parts / MANIFEST).read_text("utf-8"))
    except (OSError, tarfile.TarError, ValueError) as error:
        if isinstance(error, OSError) and (error.errno == errno.ENOSPC or error.filename in (path, str(path))):
            raise BackupError(f"{path} cannot be unpacked into {parts.parent}: {error.strerror}") from None
        raise BackupError(f"{path} is not a whole backup of lawcompare") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{path} is of form {manifest.get('format')}, which this release cannot read")
    if manifest["vendor"] != connection.vendor:
        raise BackupError(f"{path} is of a {manifest['vendor']} database; DATABASE_URL names a {connection.vendor} one")
    digests = {name: file_digest(parts / name) for name in _files(parts, without={MANIFEST, MANIFEST_DIGEST})}
    for name in sorted(digests.keys() | manifest["files"].keys()):
        if digests.get(name) != manifest["files"].get(name):
            raise BackupError(f"{name} in {path} is not the file that was kept")
    return manifest


def _restore_database(kept: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        with (
            closing(sqlite3.connect(kept)) as source,
            closing(sqlite3.connect(settings.DATABASES["default"]["NAME"])) as target,
        ):
            source.backup(target)
        return
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
         f"--dbname={connection.settings_dict['NAME']}", str(kept))  # fmt: skip


def _compare(manifest: dict[str, Any]) -> None:
    now = table_digests()
    for name in sorted(now.keys() | manifest["tables"].keys()):
        if now.get(name) != manifest["tables"].get(name):
            raise NotAsKept(f"table {name} is not what was kept")
    with connection.cursor() as cursor:
        cursor.execute(ORIGINALS)
        if [digest for (digest,) in cursor.fetchall()] != manifest["originals"]:
            raise NotAsKept("the uploaded files are not those that were kept")
    try:
        check_log()
    except BrokenLog as error:
        raise NotAsKept(f"the activity log is broken: {error}") from None


def _connection_options(options: dict[str, Any]) -> dict[str, str]:
    """What ``DATABASE_URL`` says behind its ``?``, as libpq's variables. Raises ``BackupError`` for what has none."""
    environment = {}
    for option, value in options.items():
        if option not in LIBPQ:
            raise BackupError(f"DATABASE_URL says {option}, which pg_dump cannot be told")
        environment[LIBPQ[option]] = str(value)
    return environment


def _run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on the site's database, with the password outside the list of processes."""
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    # None of the site's own settings, which may hold its keys.
    passed_on = {name: word for name, word in os.environ.items() if name in PASSED_ON or name.startswith("PG")}
    environment = passed_on | {name: str(database[key]) for name, key in names.items() if database.get(key)}
    environment |= _connection_options(database.get("OPTIONS") or {})
    executable = shutil.which(program) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)), None
    )
    if executable is None:
        raise BackupError(f"{program} is not installed (on Debian: apt-get install postgresql-client)")
    # Ends with this process, which has one thread; the clock is kept here, since a program loses a timer of its own.
    ends = {"preexec_fn": partial(end_with, os.getpid()), "timeout": SECONDS_MAX}
    try:
        done = subprocess.run([executable, *options], env=environment, capture_output=True, text=True, **ends)  # type: ignore[call-overload]  # noqa: S603
    except subprocess.TimeoutExpired:
        raise BackupError(f"{program} was ended after {SECONDS_MAX // 3600} hours") from None
    if done.returncode:
        raise BackupError(
            f"{program} failed: {done.stderr.strip().splitlines()[-1] if done.stderr else done.returncode}"
        )
