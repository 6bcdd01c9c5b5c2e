"""How throughput grows with web and worker processes: pages a second of 1 and 2, comparisons a minute of 1 and 2."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.services.private import NotHere, free_port, wait_for_port
from tests.services.stage import ask, manage, running, wait_until, worker
from tests.tools.soak.load import ask_people, busy_site

SECONDS = max(5, int(os.environ.get("SOAK_SECONDS", "120")) // 6)
COMPARISONS = 12
REQUEST = f"""
from itertools import permutations
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.laws.models import Version
versions = Version.objects.published().filter(language="en").order_by("-clause_count")[:6]
asked = 0
for old, new in permutations(versions, 2):
    if asked < {COMPARISONS} and not Comparison.objects.filter(old=old, new=new).exists():
        request_comparison(old, new); asked += 1
print(asked)
"""
WAITING = "SELECT count(*) FROM comparisons_comparison WHERE finished_at IS NULL"


def run() -> list[str]:
    try:
        with busy_site() as (environment, site):
            for cached in ("on", "off"):
                for processes in (1, 2):
                    rate = pages_a_second(environment | {"PAGE_CACHE": cached}, site, processes)
                    print(f"  {processes} web processes, page cache {cached}: {rate:.0f} pages a second")
            for workers in (1, 2):
                rate = comparisons_a_minute(environment, workers)
                print(f"  {workers} worker processes: {rate:.0f} comparisons a minute")
    except NotHere as reason:
        return [f"not run: {reason}"]
    return []


def pages_a_second(environment: dict[str, str], site: Path, processes: int) -> float:
    """With readers who do not pause, so that the processes are never idle."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "lawcompare.wsgi", "--bind", f"127.0.0.1:{port}"]
    with running([*command, "--workers", str(processes)], environment) as server:
        wait_for_port(port, server)
        figures = ask_people(port, site, SECONDS, READERS="8", ANNOTATORS="0", PAUSE="0")
    return figures["reader"]["rate"]


def comparisons_a_minute(environment: dict[str, str], workers: int) -> float:
    def waiting() -> int:
        return ask(environment["DATABASE_URL"], WAITING)[0][0]

    asked = int(manage(environment, "shell", "--no-imports", "-c", REQUEST).splitlines()[-1])
    begun = time.monotonic()
    with worker(environment, "--concurrency", str(workers)):
        wait_until(lambda: waiting() == 0, 300, "all comparisons are done")
    return 60 * asked / (time.monotonic() - begun)
