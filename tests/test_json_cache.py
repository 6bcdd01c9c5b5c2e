"""The cache holds JSON alone: other values are refused when set, and other bytes are no value and run nothing."""

from __future__ import annotations

import os
import pickle

import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils.module_loading import import_string

from lawcompare.core.caches import JSONMemoryCache, JSONSerializer


class PicklePayload:
    """A pickle that makes a folder where it is read."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


@pytest.fixture
def memory():
    kept = JSONMemoryCache("a test's", {})
    yield kept
    kept.clear()


def test_every_cache_of_the_site_holds_json():
    for name in settings.CACHES:
        backend = type(caches[name])
        serializer = caches[name]._options.get("serializer") if hasattr(caches[name], "_options") else None
        assert issubclass(backend, JSONMemoryCache) or import_string(serializer) is JSONSerializer, name


def test_a_pickle_that_somebody_put_there_is_no_value_and_runs_nothing(tmp_path):
    place = tmp_path / "run"
    assert JSONSerializer().loads(pickle.dumps(PicklePayload(place))) is None
    assert JSONSerializer().loads(b"[" * 100_000) is None
    assert not place.exists()


@pytest.mark.parametrize("value", [None, True, 0, 3, 1.5, "ខ្មែរ", [1, [2]], {"a": {"b": None}}])
def test_what_is_json_comes_back_as_it_was(value, memory):
    serializer = JSONSerializer()
    stored = serializer.dumps(value)
    assert serializer.loads(str(stored).encode() if isinstance(stored, int) else stored) == value
    memory.set("k", value)
    assert memory.get("k") == value and memory.get_many(["k"]) == ({"k": value} if value is not None else {"k": None})


@pytest.mark.parametrize("value", [object(), b"bytes", {1}, PicklePayload("x")])
def test_what_is_no_json_is_refused_when_it_is_set(value, memory):
    with pytest.raises(TypeError):
        memory.set("k", value)
    with pytest.raises(TypeError):
        JSONSerializer().dumps(value)


def test_a_count_is_counted_up(memory):
    assert memory.add("n", 0) and not memory.add("n", 0)
    assert memory.incr("n") == 1 and memory.get("n") == 1
