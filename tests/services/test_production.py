"""The production stack, for real: PostgreSQL, Redis, a Celery worker and gunicorn, all private to the test."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import SHARED, require
from tests.services.private import NotHere, free_port, postgresql, redis, wait_for_port
from tests.services.stage import manage, production, read, running

pytestmark = pytest.mark.services

SECONDS_TO_COMPARE = 120
COUNT_DONE = """
from lawcompare.comparisons.models import Comparison
print(Comparison.objects.filter(state="done", new__slug="2024-leak-en").count())
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> Iterator[dict[str, str]]:
    """The environment of a production site, on servers of its own."""
    with ExitStack() as servers:
        try:
            database, broker = servers.enter_context(postgresql()), servers.enter_context(redis())
        except NotHere as reason:
            require("services", str(reason))
        yield production(database, broker, tmp_path_factory.mktemp("data"))


def test_a_real_law_is_imported_compared_by_a_worker_and_read_through_gunicorn(environment):
    manage(environment, "migrate", "--no-input", "--verbosity", "0")
    manage(environment, "build_fonts")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    old, new = import_two_versions(environment)
    worker = [sys.executable, "-m", "celery", "-A", "lawcompare", "worker", "--concurrency", "1", "--loglevel", "INFO"]
    with running(worker, environment):
        said = json.loads(manage(environment, "compare", old, new, "--json"))
    assert said["stats"] and sum(said["stats"].values()) == len({pair["group"] for pair in said["pairs"]})
    port = free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "lawcompare.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    with running(gunicorn, environment) as server:
        wait_for_port(port, server)
        assert read(port, "/healthz") == (200, '{"status": "ok"}')
        status, page = read(port, f"/compare/{old}/with/{new}/")
        assert status == 200
        changed = next(pair for pair in said["pairs"] if pair["kind"] == "changed")
        assert f'id="{changed["new"]["eid"]}"' in page and "<ins" in page and "<del" in page
        assert read(port, f"/laws/{new}/")[0] == 200
        assert read(port, "/laws/us-code-17/nothing/")[0] == 404


def import_two_versions(environment: dict[str, str]) -> tuple[str, str]:
    """Title 17 at two release points where the shared texts are there, else two drafts of the demonstration corpus."""
    folder = SHARED / "data" / "us-code-uslm"
    if not folder.exists():
        for name in ("2012-v1-en", "2020-08-en"):
            manage(environment, "import_law", f"fixtures/laws/kh-cybercrime/{name}.md", "--publish")
        return "kh-cybercrime/2012-v1-en", "kh-cybercrime/2020-08-en"
    law = ["--law", "us-code-17", "--jurisdiction", "us", "--kind", "statute", "--publish"]
    for version, name in [("2013-en", "usc17@113-31.xml"), ("2022-en", "usc17@117-80.xml")]:
        options = ["--version", version, "--date", version[:4], *law]
        manage(environment, "import_law", str(folder / name), *options)
    return "us-code-17/2013-en", "us-code-17/2022-en"


def test_publishing_sends_the_comparison_to_the_worker(environment):
    """What was sent while no worker ran is done when one starts."""
    manage(environment, "migrate", "--no-input", "--verbosity", "0")
    for name in ("2012-v1-en", "2024-leak-en"):
        manage(environment, "import_law", f"fixtures/laws/kh-cybercrime/{name}.md", "--publish")
    worker = [sys.executable, "-m", "celery", "-A", "lawcompare", "worker", "--concurrency", "1"]
    deadline = time.monotonic() + SECONDS_TO_COMPARE
    with running(worker, environment):
        count = "0"
        while count != "1" and time.monotonic() < deadline:
            count = manage(environment, "shell", "--no-imports", "-c", COUNT_DONE).strip().splitlines()[-1]
    assert count == "1"
