"""Backends of the cache: JSON alone is kept, and the site goes on while Redis is gone.

Whoever writes into the cache, or into Redis beside it, makes nothing run here. Both kinds of cache refuse any other
value with ``TypeError`` when it is set, in the tests and on a small site too.
"""

import json
import logging
import time
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

# It does not answer, or takes nothing: full, or the copy of one that failed.
SILENT = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.OutOfMemoryError, redis.exceptions.ReadOnlyError)
# While it refuses to write it still answers that it has nothing: then the process's own cache is looked at too.
SECONDS_OF_DOUBT = 60
# One that lets calls wait is not asked again for so long: an answer that makes many calls waits for one of them.
SECONDS_ALONE = 5
# Entries that a process keeps of its own: small ones, counters and locks.
ENTRIES_MAX = 2000
# When it last refused something, in this process, and when it last let somebody wait in vain.
_refused_at = _waited_at = float("-inf")


class JSONSerializer:
    """Serializer of Django's Redis cache. Whole numbers stay digits, which Redis counts up itself."""

    def dumps(self, value: Any) -> int | bytes:
        if type(value) is int:
            return value
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")

    def loads(self, stored: bytes | str) -> Any:
        """Returns the value, or None for bytes that this program cannot have written."""
        try:
            return json.loads(stored)
        except (ValueError, RecursionError):
            log.warning("the cache holds what is not JSON")
            return None


class JSONMemoryCache(LocMemCache):
    """A cache in this process that gives back what a Redis cache would: lists for tuples, strings for keys of dicts."""

    _serializer = JSONSerializer()

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return super().add(key, self._serializer.dumps(value), timeout, version)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        stored = super().get(key, None, version)
        return default if stored is None else stored if isinstance(stored, int) else self._serializer.loads(stored)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        super().set(key, self._serializer.dumps(value), timeout, version)


def _or_own(name: str) -> Any:
    """A method of Django's Redis cache, which the process's own cache answers while Redis does not."""

    def call(self: Any, *args: Any, **options: Any) -> Any:
        global _refused_at, _waited_at
        if time.monotonic() - _waited_at >= SECONDS_ALONE:
            try:
                return getattr(RedisCache, name)(self, *args, **options)
            except SILENT as error:
                _refused_at = time.monotonic()
                if isinstance(error, redis.TimeoutError):
                    _waited_at = _refused_at
                log.warning("the cache does not answer")
        return getattr(self._own, name)(*args, **options)

    return call


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, whose calls are answered by a small cache of the process while Redis does not answer.

    So people sign in, and limits hold, counted by each process apart. What was kept so is forgotten with the process;
    no process reads it while Redis answers.
    """

    add, set, touch, delete, incr = map(_or_own, ("add", "set", "touch", "delete", "incr"))
    get_many, has_key, set_many, delete_many = map(_or_own, ("get_many", "has_key", "set_many", "delete_many"))
    _get = _or_own("get")

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {name: value for name, value in params.items() if name.upper() != "OPTIONS"}
        name = f"without-redis-{params.get('KEY_PREFIX', '')}"
        self._own = LocMemCache(name, own | {"OPTIONS": {"MAX_ENTRIES": ENTRIES_MAX}})

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        value = self._get(key, default, version)
        is_in_doubt = time.monotonic() - _refused_at < SECONDS_OF_DOUBT
        return self._own.get(key, default, version) if value == default and is_in_doubt else value
