"""Commands of a site for tests that give many: each in a process of its own, forked from one that has loaded the site.

Loading it takes most of the time of a small command. ``run`` begins such a process for an environment the first time,
and gives what ``subprocess.run`` of ``manage.py`` would give; the process ends with the tests.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import select
import subprocess
import sys
import tempfile
from collections import OrderedDict
from pathlib import Path

from tests.conftest import ROOT

SITES_LOADED = 2  # at most: each takes memory
SECONDS = 300

_loaded: OrderedDict[tuple[tuple[str, str], ...], subprocess.Popen[str]] = OrderedDict()


def run(environment: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    """``manage.py`` with these arguments. The environment names its settings (``DJANGO_SETTINGS_MODULE``)."""
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
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        site.stdin.write(json.dumps([str(out), str(err), *args]) + "\n")
        site.stdin.flush()
        if not select.select([site.stdout], [], [], SECONDS)[0]:
            del _loaded[key]
            site.kill()
            raise subprocess.TimeoutExpired(["manage.py", *args], SECONDS)
        status = site.stdout.readline()
        assert status, f"the site could not be loaded for {' '.join(args[:2])}"
        return subprocess.CompletedProcess(["manage.py", *args], int(status), out.read_text(), err.read_text())


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

    django.setup()
    _patterns = get_resolver().url_patterns
    assert connection.connection is None, "a connection cannot be shared with a command"
    for line in sys.stdin:
        out, err, *args = json.loads(line)
        child = os.fork()
        if child == 0:
            _command(out, err, args)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _command(out: str, err: str, args: list[str]) -> None:
    """Be ``manage.py`` from here on."""
    for path, place in ((os.devnull, 0), (out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), place)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.argv = ["manage.py", *args]
    runpy.run_path("manage.py", run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    main()
