"""The functions that put English messages into a reader's language: handed in, so that the engine loads no Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lawcompare.engine.structure.numbering import to_khmer


def gettext_noop(message: str) -> str:
    """The message as it is: marks it for ``makemessages``."""
    return message


def _same(message: str) -> str:
    return message


def _english_plural(one: str, several: str, count: float) -> str:
    return one if count == 1 else several


def _without_context(_context: str, message: str) -> str:
    return message


def _english() -> str:
    return "en"


@dataclass(frozen=True)
class Locale:
    """How messages are translated; by default not at all. ``language`` returns ``en`` or ``km`` when it is called."""

    gettext: Callable[[str], str] = _same
    ngettext: Callable[[str, str, float], str] = _english_plural
    pgettext: Callable[[str, str], str] = _without_context
    language: Callable[[], str | None] = _english

    def digits(self, value: object) -> str:
        """A number in the digits of the language.

        >>> Locale(language=lambda: "km").digits("2,000")
        '២,០០០'
        """
        return to_khmer(str(value)) if self.language() == "km" else str(value)


ENGLISH = Locale()
