"""Two hundred readers and twenty annotators for two minutes, over gunicorn, PostgreSQL and Redis, on this machine."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.services.private import NotHere, free_port, postgresql, redis, wait_for_port
from tests.services.stage import manage, production, read, web, worker

SECONDS = int(os.environ.get("SOAK_SECONDS", "120"))
P99_MAX = 1000  # milliseconds, for readers

PREPARE = """
import json
from urllib.parse import quote
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from lawcompare.accounts.models import Organisation
from lawcompare.accounts.services import add_member
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.models import Comparison
from lawcompare.laws.models import Clause, Version
from django.contrib.auth.models import AnonymousUser
def session(user):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key
sessions = []
for n in range(20):
    organisation, _ = Organisation.objects.get_or_create(slug=f"o{n // 2}", defaults={"name": f"Organisation {n // 2}"})
    sessions.append(session(add_member(f"p{n}@example.org", organisation)[0]))
newest = Version.objects.get(slug="2024-leak-en")
drafts = Clause.objects.filter(version__law=newest.law, element="article").select_related("version__law")
compared = list(visible_comparisons(AnonymousUser()).filter(finished_at__isnull=False))
print(json.dumps({
    "sessions": sessions,
    "newest": ["/", newest.get_absolute_url(), "/km" + newest.get_absolute_url(),
               *[c.get_absolute_url() for c in compared if c.new_id == newest.pk]],
    "pages": ["/laws/", "/topics/", "/annotations/", "/km/",
              *[row.get_absolute_url() for row in [*Version.objects.published(), *compared, *drafts]]],
    "words": ["computer", "traffic+data", "Article+28", "imprisonment", quote("មាត្រា")],
    "annotate": [c.get_absolute_url() + "annotate/" for c in drafts.filter(version=newest)],
}))
"""


@contextmanager
def busy_site() -> Iterator[tuple[dict[str, str], Path]]:
    """A production site with the demonstration corpus; gives its environment and the file for locust."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lawcompare-soak-")))
        # All people come from this machine: what limits one of them must not limit all.
        limits = dict.fromkeys(["SEARCHES_PER_MINUTE", "FILES_PER_HOUR", "COMPARISONS_PER_HOUR"], "1000000")
        environment = production(stack.enter_context(postgresql()), stack.enter_context(redis()), folder, **limits)
        inline = environment | {"TASKS": "inline"}
        for command in (["migrate", "-v0"], ["demo"], ["build_fonts"], ["collectstatic", "--no-input", "-v0"]):
            manage(inline, *command)
        site = folder / "soak.json"
        site.write_text(manage(environment, "shell", "--no-imports", "-c", PREPARE).splitlines()[-1], "utf-8")
        yield environment, site


def run() -> list[str]:
    try:
        with busy_site() as (environment, site), worker(environment):
            port = free_port()
            with web(environment, port, "--threads", "4") as server:
                wait_for_port(port, server)
                warm(port, site)
                figures = ask_people(port, site, SECONDS)
    except NotHere as reason:
        return [f"not run: {reason}"]
    return judge(figures)


def warm(port: int, site: Path) -> None:
    """Read every page once, as on a site that runs for a day already."""
    for address in json.loads(site.read_text("utf-8"))["pages"]:
        read(port, address)


def ask_people(port: int, site: Path, seconds: int, **people: str) -> dict[str, dict[str, float]]:
    """Let locust's people loose; for each kind of request the number, errors, rate and times in milliseconds."""
    out = site.with_name("figures")
    command = [sys.executable, "-m", "locust", "-f", "tests/tools/soak/people.py", "--headless", "--only-summary"]
    count = sum(int(people.get(name, default)) for name, default in (("READERS", "200"), ("ANNOTATORS", "20"))) + 1
    command += [
        "--host",
        f"http://127.0.0.1:{port}",
        "-u",
        str(count),
        "-r",
        "40",
        "-t",
        f"{seconds}s",
        "--csv",
        str(out),
    ]
    environment = os.environ | {"SOAK": str(site)} | people
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if not Path(f"{out}_stats.csv").exists():
        raise RuntimeError(done.stderr)
    with open(f"{out}_stats.csv", encoding="utf-8", newline="") as file:
        rows = {row["Name"]: row for row in csv.DictReader(file)}
    with open(f"{out}_failures.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            print(f"  failed: {row['Name']}: {row['Error']} ({row['Occurrences']})")
    columns = {"requests": "Request Count", "errors": "Failure Count", "rate": "Requests/s", "p50": "50%", "p95": "95%",
               "p99": "99%", "max": "Max Response Time"}  # fmt: skip
    return {name: {ours: number(row[theirs]) for ours, theirs in columns.items()} for name, row in rows.items()}


def number(percent: str) -> float:
    """Locust says N/A of the times of what was never answered."""
    return 0.0 if percent == "N/A" else float(percent)


def judge(figures: dict[str, dict[str, float]]) -> list[str]:
    print(f"  {'':<18}{'requests':>9}{'errors':>8}{'a second':>10}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>7} ms")
    for name, row in figures.items():
        print(f"  {name:<18}{row['requests']:9.0f}{row['errors']:8.0f}{row['rate']:10.1f}", end="")
        print(f"{row['p50']:7.0f}{row['p95']:7.0f}{row['p99']:7.0f}{row['max']:7.0f}")
    broken = []
    errors = figures["Aggregated"]["errors"]
    if errors:
        broken.append(f"{errors:.0f} requests failed")
    if not figures["reader"]["requests"]:
        broken.append("nobody read anything")
    if figures["reader"]["p99"] >= P99_MAX:
        broken.append(f"one reader in a hundred waited {figures['reader']['p99']:.0f} ms")
    if not figures.get("write", {}).get("requests"):
        broken.append("nobody wrote anything")
    return broken


if __name__ == "__main__":
    print(json.dumps(run()))
