"""The real site for the browser tests: prepared once in a run, served by gunicorn with a database of one's own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.services.private import free_port, wait_for_port

SECONDS_TO_PREPARE = 300


def environment(data: Path) -> dict[str, str]:
    """The environment of a site that keeps all it writes in ``data``, whatever the developer's own says."""
    return os.environ | {
        "DATA_DIR": str(data),
        "DATABASE_URL": f"sqlite:///{data / 'lawcompare.sqlite3'}",
        "REDIS_URL": "",
        "TASKS": "thread",
        "EMBEDDED": "1",
        "DEBUG": "0",
        "HTTPS": "off",
        "COMPARISONS_PER_HOUR": "1000",
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }


def prepare(folder: Path) -> Path:
    """The folder of a prepared site."""
    return once(folder, _fill)


def once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """A folder that ``fill`` fills. Test processes that run at the same time share the first one's work."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / "data"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(data, ignore_errors=True)
            data.mkdir()
            fill(data)
            (folder / "ready").touch()
    return data


def _fill(data: Path) -> None:
    """Static files and database at the same time: neither needs the other."""
    python, variables = [sys.executable], environment(data) | {"TASKS": "inline"}
    collect = "manage.py collectstatic --no-input --verbosity 0 --ignore admin"
    static = ["sh", "-c", f'"$0" manage.py build_fonts && "$0" {collect}', *python]
    works = [static, [*python, "-m", "tests.browser.stage"]]
    # Each with a database of its own: of two that make one new file WAL at the same moment, SQLite refuses one at once.
    own = [variables | {"DATABASE_URL": f"sqlite:///{data / 'unused.sqlite3'}"}, variables]
    running = [
        subprocess.Popen(work, cwd=ROOT, env=one, stdout=-1, stderr=subprocess.STDOUT)
        for work, one in zip(works, own, strict=True)
    ]
    outputs = [work.communicate(timeout=SECONDS_TO_PREPARE)[0] for work in running]
    for work, output in zip(running, outputs, strict=True):
        if work.returncode:
            raise RuntimeError(f"preparing the site ended with {work.returncode}: {output.decode()[-2000:]}")


@contextmanager
def serving(data: Path, log: Path) -> Iterator[str]:
    """Serve the site in ``data``; gives its address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "lawcompare.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "8"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=environment(data), stdout=output, stderr=output)
        try:
            wait_for_port(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
