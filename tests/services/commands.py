"""Programs of a site for tests that start many: each a process of its own, forked from one that has loaded the site.

Loading it takes most of the time of a small command, and nearly all that a worker needs to begin. ``run`` and ``start``
load a site for an environment the first time; it ends with the tests. ``run`` gives what ``subprocess.run`` of
``manage.py`` would give, and ``start`` a program that stays. That each starts by itself, as on a machine in production,
is proved by tests/services/test_production.py.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from tests.conftest import ROOT

SITES_LOADED = 2  # at most: each takes memory
SECONDS = 300


class Started:
    """A program that stays, in a process group of its own: ended and waited for as a ``subprocess.Popen`` is."""

    returncode = "an unknown status"  # which the site that it was forked from could ask for

    def __init__(self, args: list[str], pid: int) -> None:
        self.args, self.pid = args, pid
        self._end = os.pidfd_open(pid)

    def poll(self) -> str | None:
        """None while it runs."""
        return self.returncode if self._has_ended_within(0) else None

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._end, signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        if not self._has_ended_within(seconds):
            raise subprocess.TimeoutExpired(self.args, seconds)

    def _has_ended_within(self, seconds: float) -> bool:
        return bool(select.select([self._end], [], [], seconds)[0])


_loaded: OrderedDict[tuple[tuple[str, str], ...], subprocess.Popen[str]] = OrderedDict()


def run(environment: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    """``manage.py`` with these arguments."""
    command = ["manage.py", *args]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        status = _ask(environment, command, str(out), str(err))
        return subprocess.CompletedProcess(command, status, out.read_text(), err.read_text())


def start(environment: dict[str, str], *command: str) -> Started:
    """A program that stays and prints nowhere: ``manage.py`` or a module (``"celery"``), and its arguments."""
    return Started([*command], _ask(environment, [*command], os.devnull, os.devnull, stays=True))


def _ask(environment: dict[str, str], command: list[str], out: str, err: str, stays: bool = False) -> int:
    """Have the site of this environment run a command; the status it ended with, or where it stays its number."""
    key = tuple(sorted(environment.items()))
    if key not in _loaded:
        _loaded[key] = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        while len(_loaded) > SITES_LOADED:
            _end(_loaded.popitem(last=False)[1])
    _loaded.move_to_end(key)
    site = _loaded[key]
    assert site.stdin is not None and site.stdout is not None
    site.stdin.write(json.dumps([stays, out, err, command]) + "\n")
    site.stdin.flush()
    if not select.select([site.stdout], [], [], SECONDS)[0]:
        del _loaded[key]
        site.kill()
        raise subprocess.TimeoutExpired(command, SECONDS)
    answer = site.stdout.readline()
    assert answer, f"the site could not be loaded for {' '.join(command[:3])}"
    return int(answer)


def _end(site: subprocess.Popen[str]) -> None:
    assert site.stdin is not None
    site.stdin.close()
    site.wait(30)


@atexit.register
def _end_all() -> None:
    while _loaded:
        _end(_loaded.popitem()[1])


def main() -> None:
    import django
    from django.db import connection
    from django.urls import get_resolver

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")  # as manage.py does
    django.setup()
    _patterns = get_resolver().url_patterns
    assert connection.connection is None, "a connection cannot be shared with a command"
    for line in sys.stdin:
        stays, out, err, command = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(command, out, err)
        if stays:  # nobody waits for it here, so that its number is no other's while this site is loaded
            os.setpgid(child, child)
            answer = child
        else:
            answer = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(answer, flush=True)


def _become(command: list[str], out: str, err: str) -> None:
    """Be this program from here on."""
    for path, place in ((os.devnull, 0), (out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), place)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = command
    if command[0] == "manage.py":
        runpy.run_path("manage.py", run_name="__main__")
    else:
        runpy.run_module(command[0], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
