"""The functions that put English messages into a reader's language: handed in, so that the engine loads no Django."""

from collections.abc import Callable
from dataclasses import dataclass


def gettext_noop(message: str) -> str:
    """The message as it is: marks it for ``makemessages``."""
    return message


@dataclass(frozen=True)
class Locale:
    """How messages are translated and numbers written; by default English.

    ``digits`` puts a number, or any text, into the digits of the language; ``amount`` writes a number with the signs
    that part its thousands and its decimals; ``language`` returns the code, ``en`` or ``km``, when it is called.
    """

    gettext: Callable[[str], str] = lambda message: message
    ngettext: Callable[[str, str, float], str] = lambda one, several, count: one if count == 1 else several
    pgettext: Callable[[str, str], str] = lambda _context, message: message
    digits: Callable[[object], str] = str
    amount: Callable[[float], str] = "{:,}".format
    language: Callable[[], str] = lambda: "en"


ENGLISH = Locale()
