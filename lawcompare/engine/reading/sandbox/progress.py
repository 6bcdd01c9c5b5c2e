"""How far a reader is. Who wants to know listens; a reader says it without knowing whether anybody does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def report(step: str, done: int, total: int) -> None:
    """Tell that ``done`` of ``total`` are done in a step, such as ``pages``. Whoever listens may skip some."""
    listener = _listener.get()
    if listener is not None:
        listener(step, done, total)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Pass every report made inside to ``listener``.

    >>> heard = []
    >>> with listening(lambda *progress: heard.append(progress)):
    ...     report("pages", 1, 2)
    >>> heard
    [('pages', 1, 2)]
    """
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
