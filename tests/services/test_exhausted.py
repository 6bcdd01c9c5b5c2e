"""PostgreSQL without connections left, a full Redis: a clear answer, nothing half written, and work goes on later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest
import redis as library

from tests.conftest import require
from tests.services.prepared import migrated_postgresql, put_static_files
from tests.services.private import NotHere, PostgreSQL, free_port, redis_server
from tests.services.stage import ask, manage, production, read, run, wait_until, web, worker

pytestmark = pytest.mark.services
LAW = "fixtures/laws/kh-cybercrime/2012-v1-en.md"


@pytest.fixture(scope="module")
def database(shared_folder) -> Iterator[PostgreSQL]:
    try:
        with migrated_postgresql(shared_folder) as server:
            yield server
    except NotHere as reason:
        require("services", str(reason))


@contextmanager
def all_connections(url: str) -> Iterator[int]:
    """Take every connection that the server gives."""
    with ExitStack() as held:
        count = 0
        while True:
            try:
                connection = psycopg2.connect(url)
            except psycopg2.OperationalError:
                break
            held.callback(connection.close)
            count += 1
        yield count


def test_a_database_without_connections_left_is_a_clear_503_and_is_used_again(database, shared_folder, tmp_path):
    database.stop()
    database.start("-c max_connections=12")
    environment = production(database.url, "", tmp_path, TASKS="inline")
    manage(environment, "import_law", LAW, "--publish")
    put_static_files(shared_folder, tmp_path)
    before = manage(environment, "check_texts")
    port = free_port()
    with web(environment, port):
        with all_connections(database.url) as count:
            assert count >= 9
            status, words = read(port, "/laws/kh-cybercrime/2012-v1-en/")
            assert status == 503 and "is not available right now" in words and "postgres" not in words.lower()
            assert read(port, "/api/v1/laws")[0] == read(port, "/healthz")[0] == 503
            status, words = read(port, "/readyz")
            assert status == 503 and json.loads(words)["checks"]["database"] == "failed (OperationalError)"
            refused = run(environment, "import_law", LAW, "--version", "again")
            assert refused.returncode == 1 and "cannot be used" in refused.stderr and "Traceback" not in refused.stderr
        wait_until(lambda: read(port, "/laws/kh-cybercrime/2012-v1-en/")[0] == 200, 20, "it is used again")
    assert manage(environment, "check_texts") == before
    assert ask(database.url, "SELECT count(*) FROM laws_version") == [(1,)]


def test_pages_that_wait_for_what_somebody_holds_end_and_leave_their_places_to_others(
    database, shared_folder, tmp_path
):
    environment = production(database.url, "", tmp_path, TASKS="inline")
    put_static_files(shared_folder, tmp_path)
    port = free_port()
    one_worker = ("--workers", "1", "--threads", "2")
    with web(environment, port, *one_worker), closing(psycopg2.connect(database.url)) as holder:
        assert read(port, "/laws/")[0] == 200
        holder.cursor().execute("LOCK TABLE laws_law IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(2) as readers:
            assert list(readers.map(lambda _n: read(port, "/laws/?more=1")[0], range(2))) == [503, 503]
        holder.rollback()
        assert read(port, "/laws/")[0] == 200


SIGN_IN = """
from django.test import Client
from lawcompare.accounts.models import Organisation, User
from lawcompare.accounts.services import add_member
add_member("alice@example.org", Organisation.objects.get_or_create(slug="c", defaults={"name": "C"})[0])
alice = User.objects.get(email="alice@example.org")
alice.set_password("a long enough pass phrase")
alice.save()
def sign_in(password):
    form = {"login": alice.email, "password": password}
    return Client().post("/accounts/login/", form, headers={"host": "127.0.0.1"})
print(sign_in("a long enough pass phrase")["Location"])
print(["Too many" in sign_in("wrong").content.decode() for _ in range(8)][-1])
"""
REQUEST = """
from lawcompare.crosswalk.findings.models import Examination
from lawcompare.core.jobs.services import request_anew
request_anew(Examination.objects.get().job)
"""


def test_a_full_redis_signs_people_in_holds_limits_and_loses_no_work(database, shared_folder, tmp_path):
    with redis_server() as server:
        environment = production(database.url, server.url, tmp_path, WORK_SILENCE_SECONDS="2")
        put_static_files(shared_folder, tmp_path)
        if ask(database.url, "SELECT count(*) FROM laws_version") == [(0,)]:
            manage(environment | {"TASKS": "inline"}, "import_law", LAW, "--publish")
        client = library.Redis.from_url(server.url)
        client.config_set("maxmemory-policy", "noeviction")
        client.set("ballast", bytes(1024 * 1024))
        client.config_set("maxmemory", client.info("memory")["used_memory"] - 100_000)
        with pytest.raises(library.exceptions.OutOfMemoryError):
            client.set("more", b"x")
        printed = manage(environment, "shell", "--no-imports", "-c", SIGN_IN).splitlines()
        assert printed[-2:] == ["/workspace/", "True"]
        manage(environment, "shell", "--no-imports", "-c", REQUEST)
        query = "SELECT j.state FROM crosswalk_examination e JOIN core_job j ON j.id = e.job_id"
        state = lambda: ask(database.url, query)  # noqa: E731
        assert state() == [("queued",)]
        client.config_set("maxmemory", 0)
        with worker(environment):
            manage(environment, "sweep")
            wait_until(lambda: manage(environment, "sweep") and state() == [("done",)], 60, "it is done later")
