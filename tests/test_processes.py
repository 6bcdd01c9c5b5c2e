"""A process that is started ends with who started it, however that one ends, and by its own clock where it waits."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from lawcompare.comparisons import exports
from lawcompare.laws.uploads import sandbox
from lawcompare.sharing import cards
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.verify,
    pytest.mark.skipif(sys.platform != "linux", reason="what ends with its parent is told so to the Linux kernel"),
]
SECONDS = 2
# The programs that are started in the box, each waiting for what is asked of it; two processes help the reader.
IN_BOX = {
    "reader": [*sandbox.READER, "1024", "20", "x.txt", "", "helpers=2"],
    "page": [*sandbox.PAGE_WORKER, "1", "1024", "20"],
    "pdf": [*exports.WORKER, "1024", "20"],
    "card": [*cards.WORKER, "1024", "20"],
}
HOST = """
import json, sys, time, django
django.setup()
from lawcompare.laws.uploads import sandbox
with sandbox._started(json.loads(sys.argv[1]), 60):
    time.sleep(60)
"""
MIRROR = """
import time, django
django.setup()
from lawcompare.mirror import writing
with writing._visitors(2):
    time.sleep(60)
"""
BACKUP = """
import time, django
django.setup()
from django.db import connection
from lawcompare.site.backups import archive
archive.shutil.which = lambda name: "/bin/sleep"
connection.settings_dict["OPTIONS"] = {}
archive._run("pg_dump", "60")
"""
STARTERS = {
    **{name: ([HOST, json.dumps(command)], 3 if name == "reader" else 1) for name, command in IN_BOX.items()},
    "mirror": ([MIRROR], 2),
    "backup": ([BACKUP], 1),
}
# Where processes are started, and by which of the above that is walked; the workers of Celery: tests/services.
STARTING = {
    "laws/uploads/sandbox.py": {"reader", "page", "pdf", "card"},
    "engine/sandbox/reader.py": {"reader"},
    "mirror/writing.py": {"mirror"},
    "site/backups/archive.py": {"backup"},
}


def descendants(pid: int) -> list[int]:
    found = []
    with suppress(FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                found += [child, *descendants(child)]
    return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not is_so():
        time.sleep(0.02)
    return is_so()


@pytest.mark.parametrize("seconds_later", [0, 1.5])
@pytest.mark.parametrize("name", STARTERS)
def test_none_lives_when_who_started_it_is_killed(name, seconds_later):
    """Killed at once, a child has not heard of it before it has begun; later, it waits inside its box."""
    command, count = STARTERS[name]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    host = subprocess.Popen([sys.executable, "-c", *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        least = count if seconds_later else 1
        assert wait_until(lambda: len(descendants(host.pid)) >= least, 60)
        time.sleep(seconds_later)
        started = descendants(host.pid)
        assert len(started) >= least
    finally:
        host.kill()
        host.wait()
    assert wait_until(lambda: not any(map(lives, started)), SECONDS if seconds_later else 5 * SECONDS)


@pytest.mark.parametrize("name", IN_BOX)
def test_one_that_waits_for_ever_ends_by_its_own_clock(name, monkeypatch):
    monkeypatch.setattr(sandbox, "Timer", lambda *_: MagicMock())
    with sandbox._started(IN_BOX[name], SECONDS) as child:
        assert wait_until(lambda: len(descendants(os.getpid())) >= STARTERS[name][1], 30)
        started = descendants(child.pid)
        assert child.wait(30) == -9
    assert wait_until(lambda: not any(map(lives, started)), SECONDS)


def test_processes_are_started_nowhere_else():
    package = ROOT / "lawcompare"
    starting = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                names += [node.attr]
            known = ("subprocess", "multiprocessing", "ProcessPoolExecutor", "fork", "forkpty", "system", "popen")
            if any(name.split(".")[0] in known or name.startswith(("posix_spawn", "spawn", "exec")) for name in names):
                starting.add(str(path.relative_to(package)))
    assert starting == STARTING.keys()
    assert set().union(*STARTING.values()) == STARTERS.keys()
