"""The form of a text in which values and rules are looked for, with the way back to the text itself.

English keeps its signs: only spaces, quotes and dashes are made equal, and many spaces are one. Khmer is written
without spaces between words and breaks its lines anywhere, so its form has no white space at all, and digits are ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from weakref import WeakSet

from lawcompare.engine.text.normalise import DASHES, DOUBLE_QUOTES, SINGLE_QUOTES, ZERO_WIDTH, Normalised, normalise

KHMER = re.compile("[\u1780-\u17b3]")
_LATIN = re.compile("[A-Za-z]")
_KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys((chr(sign) for sign in range(0x3001) if chr(sign).isspace()), " "),
        **dict.fromkeys(ZERO_WIDTH, " "),
        **dict.fromkeys(SINGLE_QUOTES, "'"),
        **dict.fromkeys(DOUBLE_QUOTES, '"'),
        **dict.fromkeys(DASHES, "-"),
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """``text`` is what patterns see; ``language`` says which patterns: ``en`` or ``km``.

    ``memo`` keeps which of the words that patterns need stand in this text, by how many words were looked for.
    """

    source: str
    text: str
    language: str
    starts: Sequence[int] = ()
    normal: Normalised | None = None
    memo: dict[int, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def with_text(self, text: str) -> View:
        """The same with another text to see, of which nothing was asked yet."""
        return View(self.source, text, self.language, self.starts, self.normal)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The range of the source that ``text[start:end]`` stands for, without white space at its ends."""
        if self.starts and end > start:
            start, end = self.starts[start], self.starts[end - 1] + 1
        if self.normal is not None:
            start, end = self.normal.to_source(start, end)
        words = self.source[start:end]
        start += len(words) - len(words.lstrip())
        return start, start + len(words.strip())


def view(text: str, language: str | None = None) -> View:
    """Return the form of ``text`` for matching; where no ``language`` is given, its script decides.

    >>> view("ពី ១ (មួយ)\\nខែ").text
    'ពី1(មួយ)ខែ'
    >>> view("fined not\\nmore than $500").text
    'fined not more than $500'
    """
    if language != "km" and (
        language == "en" or text.isascii() or len(KHMER.findall(text)) * 2 <= len(_LATIN.findall(text))
    ):
        return _english(text)
    normal = normalise(text, "km")
    starts = [at for at, sign in enumerate(normal.text) if not sign.isspace()]
    squeezed = "".join(normal.text[at] for at in starts).translate(_KHMER_DIGITS)
    return View(text, squeezed, "km", starts, normal)


def khmer_pattern(pattern: str) -> str:
    """A Khmer expression in the form in which Khmer text is matched: without white space, clusters in normal order."""
    return re.sub(r"\s+", "", normalise(pattern, "km").text)


def _english(text: str) -> View:
    """Runs of spaces become one: patterns that look for words would try each of them in turn."""
    form = text.translate(_SAME_LENGTH)
    if "  " not in form:
        return View(text, form, "en")
    starts = [at for at, sign in enumerate(form) if sign != " " or form[at - 1 : at] != " "]
    return View(text, "".join(form[at] for at in starts), "en", starts)


# Read to the end from each of its places, a megabyte of one word over and over would take hours.
_TIMES_MAX = 60
_ANY_TIMES = re.compile(r"(?<!\\)(\)|\\[dsw])([*+])")


def bounded(pattern: str) -> str:
    """The expression; what may come any number of times in it comes ``_TIMES_MAX`` times in a row at most.

    >>> bounded("(?:(?:any|the) )*x") == "(?:(?:any|the) ){0,60}x"
    True
    """
    return _ANY_TIMES.sub(lambda found: f"{found[1]}{{{'1' if found[2] == '+' else '0'},{_TIMES_MAX}}}", pattern)


class _LazyPattern:
    """Stands for a ``re.Pattern``; each attribute of it is looked up once and kept."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # re keeps what it compiled, but not for ever: the pattern itself is kept here.
        if name == "_compiled":
            value: Any = re.compile(bounded(self._source), self._flags)
        else:
            value = getattr(self._compiled, name)
        setattr(self, name, value)
        return value


_patterns: WeakSet[_LazyPattern] = WeakSet()


def lazy_compile(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return what ``re.compile`` would, without compiling it; a mistake in ``source`` is raised at the first use.

    The ``re`` functions do not take it for a pattern: call its methods.

    >>> lazy_compile("art(icle)?").fullmatch("article")[1]
    'icle'
    """
    pattern = _LazyPattern(source, flags)
    _patterns.add(pattern)
    return cast("re.Pattern[str]", pattern)


def compile_patterns() -> None:
    """Compile all of them: in a server before it forks, so that its processes share them and no reader waits."""
    for pattern in list(_patterns):
        pattern.pattern  # noqa: B018 - looking it up compiles it
