"""The real site for the browser tests: prepared once in a run, served by gunicorn with a database of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import migrated
from tests.conftest import ROOT
from tests.services.prepared import put_static_files
from tests.services.private import free_port, wait_for_port
from tests.shared_files import filled_once

SECONDS_TO_PREPARE = 900


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
        "FILES_PER_HOUR": "1000",
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }


def prepare(shared_folder: Path) -> Path:
    """The folder of a prepared site, which the test processes of a run share."""
    return filled_once(shared_folder / "browser-site", lambda data: _fill(data, shared_folder))


def _fill(data: Path, shared_folder: Path) -> None:
    """Static files and database at the same time: neither needs the other."""
    variables = environment(data) | {"TASKS": "inline"}
    for key in Path(os.environ.get("KEYS_OF_THE_RUN", data)).glob("*-key"):  # with which its rows were written
        shutil.copy2(key, data)
    migrated.give_to_site(shared_folder, data / "lawcompare.sqlite3")
    stage = [sys.executable, "-m", "tests.browser.stage", str(shared_folder)]
    with subprocess.Popen(stage, cwd=ROOT, env=variables, stdout=-1, stderr=subprocess.STDOUT) as filling:
        put_static_files(shared_folder, data)
        output = filling.communicate(timeout=SECONDS_TO_PREPARE)[0]
    if filling.returncode:
        raise RuntimeError(f"preparing the site ended with {filling.returncode}: {output.decode()[-2000:]}")


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
