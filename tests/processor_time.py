"""Limits of processor time that move with the machine: a fixed computation is timed in the same run.

A limit in plain seconds would fail on a slow or busy machine, on which that computation takes longer too.
"""

import re
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

ROUNDS_A_SECOND = 200  # on the machine on which the limits were chosen, while it was idle

_LINE = "(1) Whoever intentionally enters a computer without right is fined 1,000 riel; and "
_NUMBER = re.compile(r"\(?\d[\d,]*\)?")


@contextmanager
def at_most(seconds: float, *, of_children: bool = False) -> Iterator[None]:
    """Fail if the block takes more processor time of this process, or of children that end in it.

    ``seconds`` are those of the machine that ROUNDS_A_SECOND speaks of.
    """
    a_round = _seconds_of_a_round()
    begun = _seconds_used(of_children)
    yield
    used = _seconds_used(of_children) - begun
    rounds = used / max(a_round, _seconds_of_a_round())
    limit = seconds * ROUNDS_A_SECOND
    assert rounds < limit, f"it took {used:.2f} s, the time of {rounds:.0f} rounds, of which {limit:.0f} are allowed"


def _seconds_used(of_children: bool) -> float:
    if not of_children:
        return time.process_time()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds_of_a_round() -> float:
    """A round is made of what reading text is made of: patterns, words, counting."""
    begun = time.process_time()
    counts: dict[str, int] = {}
    for number in range(600):
        text = _LINE.replace("1", str(number)) * 2
        for word in _NUMBER.sub(" ", text).lower().split():
            counts[word] = counts.get(word, 0) + len(word)
    assert len(counts) > 5
    return time.process_time() - begun
