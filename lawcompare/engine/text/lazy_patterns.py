"""Regular expressions that are compiled when they are first used, as ``django.utils.regex_helper`` has them for Django.

The grammars of penalties and time limits take a third of a second to compile, and most processes read no law.
"""

import re
from typing import Any, cast
from weakref import WeakSet


class _LazyPattern:
    """Stands for a ``re.Pattern``; each attribute of it is looked up once and kept."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # re keeps what it compiled, but not for ever: the pattern itself is kept here.
        if name == "_compiled":
            value: Any = re.compile(self._source, self._flags)
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
