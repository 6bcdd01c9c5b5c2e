"""What a warning is called from one correction to the next, so that who has checked it need not do so again."""

import hashlib
from collections import Counter
from collections.abc import Iterable

from lawcompare.engine.document import ReadingWarning
from lawcompare.imports.models import GONE


def keys_of(warnings: Iterable[ReadingWarning]) -> list[str]:
    """A name for each warning, made of what it says; equal ones are counted.

    >>> twice = [ReadingWarning(7, "skipped-number", "Article 3")] * 2
    >>> [key[-2:] for key in keys_of(twice)], keys_of(twice)[0] == keys_of(twice[:1])[0]
    (['-1', '-2'], True)
    """
    counts: Counter[str] = Counter()
    keys = []
    for warning in warnings:
        details = sorted((name, value) for name, value in warning.details.items() if name != "page")
        words = repr((warning.line, warning.kind, warning.subject, details))
        digest = hashlib.sha256(words.encode()).hexdigest()[:10]
        counts[digest] += 1
        keys.append(f"{digest}-{counts[digest]}")
    return keys


def still_checked(checked: Iterable[str], present: Iterable[str]) -> list[str]:
    """The names of all warnings ever checked, each once; ``GONE`` is before those that are not among the present.

    >>> still_checked(["a", "-b", "c"], ["b", "c", "d"])
    ['-a', 'b', 'c']
    """
    here = set(present)
    names = dict.fromkeys(key.removeprefix(GONE) for key in checked)
    return [name if name in here else f"{GONE}{name}" for name in names]
