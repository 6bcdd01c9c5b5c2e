"""The cache in a real Redis: what somebody else writes there runs nothing, and its limits are looked at."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator

import pytest
import redis as library

from tests.conftest import ROOT, require
from tests.services.private import NotHere, Redis, redis_server
from tests.services.stage import production, run

pytestmark = pytest.mark.services
ASK = """
from django.core.cache import caches
import json
from django.test import RequestFactory
from lawcompare.site.views.health import readyz
caches["default"].set("number", 1); caches["default"].incr("number")
print(json.dumps([caches["default"].get("attack"), caches["default"].get("number"),
                  json.loads(readyz(RequestFactory().get("/readyz")).content)["warnings"]]))
"""


class Attack:
    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


@pytest.fixture
def server() -> Iterator[Redis]:
    try:
        with redis_server() as one:
            yield one
    except NotHere as reason:
        require("services", str(reason))


def ask(server: Redis, tmp_path, **more: str) -> list:
    environment = production(f"sqlite:///{tmp_path}/db.sqlite3", server.url, tmp_path, TASKS="inline", **more)
    done = run(environment, "shell", "--no-imports", "-c", ASK)
    assert done.returncode == 0, done.stderr
    assert str(ROOT) not in done.stdout
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_a_pickle_in_redis_runs_nothing(server, tmp_path):
    place = tmp_path / "run"
    library.Redis.from_url(server.url).set(":1:attack", pickle.dumps(Attack(place)))
    attack, number, warnings = ask(server, tmp_path)
    assert (attack, number) == (None, 2) and not place.exists()
    assert "set CACHE_URL" in warnings["cache"]


def test_a_cache_without_a_limit_is_named_and_one_with_a_limit_is_not(server, tmp_path):
    cache = server.url.removesuffix("0") + "1"
    assert "no limit" in ask(server, tmp_path, CACHE_URL=cache)[2]["cache"]
    client = library.Redis.from_url(server.url)
    client.config_set("maxmemory", "64mb")
    client.config_set("maxmemory-policy", "allkeys-lru")
    assert "cache" not in ask(server, tmp_path, CACHE_URL=cache)[2]
