"""A Redis cache that the site can do without: while Redis is gone, reads find nothing and writes are dropped."""

from __future__ import annotations

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

SILENT = (redis.ConnectionError, redis.TimeoutError)


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, whose calls return a default instead of raising while Redis does not answer."""

    def add(self, *args: Any, **options: Any) -> bool:
        return self._try(super().add, False, *args, **options)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._try(super().get, default, key, default, version)

    def set(self, *args: Any, **options: Any) -> None:
        self._try(super().set, None, *args, **options)

    def touch(self, *args: Any, **options: Any) -> bool:
        return self._try(super().touch, False, *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._try(super().delete, False, *args, **options)

    def get_many(self, *args: Any, **options: Any) -> dict[Any, Any]:
        return self._try(super().get_many, {}, *args, **options)

    def has_key(self, *args: Any, **options: Any) -> bool:
        return self._try(super().has_key, False, *args, **options)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Returns the new count. Raises ``ValueError`` while Redis is gone, as for a key that expired."""
        try:
            return super().incr(key, delta, version)
        except SILENT as error:
            raise ValueError("the cache does not answer") from error

    def set_many(self, data: Any, *args: Any, **options: Any) -> list[Any]:
        return self._try(super().set_many, list(data), data, *args, **options)

    def delete_many(self, *args: Any, **options: Any) -> None:
        self._try(super().delete_many, None, *args, **options)

    def _try(self, call: Any, otherwise: Any, *args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except SILENT:
            log.warning("the cache does not answer")
            return otherwise
