"""What the box of the file reader lacks on this machine: each reader reports it, and pages and /readyz say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils.translation import gettext_lazy

from lawcompare.engine.sandbox.box import LANDLOCK, NAMESPACES, SECCOMP

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

KEY = "reader-box"
# What a file that takes its reader over could do where a layer is missing and the others hold.
WEAKNESSES: dict[str, StrPromise] = {
    NAMESPACES: gettext_lazy("it could see which other programs run on the machine"),
    LANDLOCK: gettext_lazy("it could read files that the site itself may read, its keys among them"),
    SECCOMP: gettext_lazy("it could start programs and reach other machines"),
}


def note(missing: list[str]) -> None:
    """Keep which layers a reader had to do without, until the next one reports."""
    cache.set(KEY, missing, timeout=None)


def missing_layers() -> list[str] | None:
    """Returns the layers that the last reader had to do without; None where none has reported yet."""
    missing = cache.get(KEY)
    return missing if isinstance(missing, list) else None


def weaknesses(missing: list[str] | None) -> list[StrPromise]:
    """Returns, for people, what a hostile file could do for want of these layers; empty where the box is whole."""
    return [WEAKNESSES[layer] for layer in missing or [] if layer in WEAKNESSES]
