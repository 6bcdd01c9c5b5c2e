"""A measurement in a process of its own: the embedded settings, an empty site, one database or each."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from tests.conftest import ROOT
from tests.services.private import NotHere, postgresql


def measure_in_child(module: str, *options: str, url: str = "", **settings: str) -> Any:
    """Returns as JSON what ``measure(*options)`` of a module returns, on the database at ``url``, else on SQLite."""
    environment = os.environ | {
        "EMBEDDED": "1",
        "TASKS": "inline",
        "DATA_DIR": tempfile.mkdtemp(prefix="lawcompare-bench-"),
        "DJANGO_SETTINGS_MODULE": "tests.tools.bench.settings",
    }
    environment.pop("DATABASE_URL", None)
    environment |= settings | ({"DATABASE_URL": url} if url else {})
    child = [sys.executable, "-m", "tests.tools.bench.child", module, *options]
    done = subprocess.run(child, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure_on_each_database(module: str, **settings: str) -> Iterator[tuple[str, Any]]:
    """Yields the name of a database and the figures on it."""
    yield "SQLite", measure_in_child(module, **settings)
    try:
        with postgresql() as url:
            yield "PostgreSQL", measure_in_child(module, url=url, **settings)
    except NotHere as reason:
        print(f"PostgreSQL left out: {reason}.")


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(importlib.import_module(sys.argv[1]).measure(*sys.argv[2:])))
