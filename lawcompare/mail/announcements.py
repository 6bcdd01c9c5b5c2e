"""What happened that somebody may want a letter about: told by the rooms where it happens, heard by ``letters`` above.

The rooms below do not know who wants to be told, nor whether anybody does.
"""

from collections.abc import Callable
from typing import Any

_listeners: list[Callable[..., object]] = []


def register_listener(listener: Callable[..., object]) -> None:
    """Have ``listener(kind, **about)`` called for each announcement, in the transaction of what is announced."""
    _listeners.append(listener)


def announce(kind: str, **about: Any) -> None:
    """Tell that something happened: ``annotation``, ``carried`` or ``text``, with the rows it is about."""
    for listener in _listeners:
        listener(kind, **about)
