"""What the cache may hold: JSON alone, so that whoever writes into it, or into Redis beside it, makes nothing run here.

Both kinds of cache refuse any other value with ``TypeError`` when it is set, in the tests and on a small site too.
"""

import json
import logging
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

log = logging.getLogger(__name__)


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
