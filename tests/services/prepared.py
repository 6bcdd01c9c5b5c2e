"""What several tests begin with and takes long to make: made by the first that asks in a run, and copied.

That a site comes to it by the guide's own commands is proved by test_production.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.services.private import PostgreSQL, postgresql_server
from tests.shared_files import filled_once

SECONDS = 300


def put_static_files(shared_folder: Path, data: Path) -> None:
    """Fonts and static files, but for those of Django's admin, in a site that keeps its data in ``data``."""

    def make(folder: Path) -> None:
        environment = os.environ | {
            "DATA_DIR": str(folder), "EMBEDDED": "1", "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
        }  # fmt: skip
        _manage(environment, "build_fonts")
        _manage(environment, "collectstatic", "--no-input", "--verbosity", "0", "--ignore", "admin")

    made = filled_once(shared_folder / "static-files", make)
    for name in ("fonts", "static"):
        shutil.copytree(made / name, data / name, dirs_exist_ok=True)


def migrated_cluster(shared_folder: Path) -> Path:
    """The data of a PostgreSQL whose database has all tables and no rows but those of the migrations."""

    def make(folder: Path) -> None:
        server = PostgreSQL()
        try:
            server.make()
            server.start()
            try:
                environment = os.environ | {
                    "DATABASE_URL": server.url, "DATA_DIR": str(folder / "unused"), "EMBEDDED": "1", "TASKS": "inline",
                    "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
                }  # fmt: skip
                _manage(environment, "migrate", "--verbosity", "0")
            finally:
                server.shut_down()
            server.copy_data(folder / "cluster")
        finally:
            server.remove()

    return filled_once(shared_folder / "migrated-cluster", make) / "cluster"


@contextmanager
def migrated_postgresql(shared_folder: Path) -> Iterator[PostgreSQL]:
    """A PostgreSQL of one's own with all tables."""
    with postgresql_server(template=migrated_cluster(shared_folder)) as server:
        yield server


def _manage(environment: dict[str, str], *args: str) -> None:
    command = [sys.executable, "manage.py", *args]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        timeout=SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(args)} ended with {done.returncode}: {done.stdout[-2000:]}")
