"""Repeats of regular expressions that read a run in more ways than one: the ways double with each step of the run, and
an expression that is looked for in vain holds its process until all are tried. Bodies are taken by samples of their
words; look-arounds count as nothing.
"""

import re._compiler as compiler
import re._constants as op
import re._parser as parser
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from typing import Any

WORDS_MAX = 3_000
SIGNS = ('1aACbក១ \n,.()-;:/§"–', "1aក (),", "1 a(", " C,")
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT)


class TooMany(Exception):
    """A body has more words than are looked at."""


def ambiguous_runs(pattern: str, flags: int) -> Iterator[str]:
    """Yields for each such repeat of a pattern a word that is read in two ways."""
    for body in _repeated(parser.parse(pattern, flags)):
        key = str(body)
        if key not in _judged:
            _judged[key] = _ambiguous_word(body)
        if (word := _judged[key]) is not None:
            yield word


# What was found of each body: many expressions have the same.
_judged: dict[str, str | None] = {}


def _ambiguous_word(body: Any) -> str | None:
    for signs in SIGNS:
        with suppress(TooMany):
            if (word := _read_twice(_words(body, signs))) is not None:
                return word
    return None


def _repeated(parts: Any) -> Iterator[Any]:
    for kind, value in parts:
        if kind in REPEATS and value[1] > 5:
            yield value[2]
        for inner in _inside(kind, value):
            yield from _repeated(inner)


def _inside(kind: Any, value: Any) -> list[Any]:
    if kind in (*REPEATS, op.POSSESSIVE_REPEAT):
        return [value[2]]
    if kind is op.BRANCH:
        return value[1]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is op.ATOMIC_GROUP else []


def _words(parts: Any, signs: str) -> Counter[str]:
    """The words of a body, each with the number of ways in which it is read."""
    words = Counter({"": 1})
    for kind, value in parts:
        words = _put_together(words, _words_of(kind, value, signs))
    return words


def _words_of(kind: Any, value: Any, signs: str) -> Counter[str]:
    if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
        literal = {chr(value)} if kind is op.LITERAL else set()
        one = parser.SubPattern(parser.State(), [(kind, value)])
        return Counter(literal or {sign for sign in signs if _reads(one, sign)})
    if kind in (*REPEATS, op.POSSESSIVE_REPEAT):
        least, most, body = value
        once, words, found = _words(body, signs), Counter({"": 1}), Counter[str]()
        for times in range(min(most, max(least, 2)) + 1):
            found += words if times >= least else Counter()
            words = _put_together(words, once)
        return Counter(set(found)) if kind is op.POSSESSIVE_REPEAT else found
    branches = [] if kind in (op.ASSERT, op.ASSERT_NOT) else _inside(kind, value)
    read = sum((_words(branch, signs) for branch in branches), Counter[str]()) or Counter({"": 1})
    return Counter(set(read)) if kind is op.ATOMIC_GROUP else read


def _reads(one: Any, sign: str) -> bool:
    return compiler.compile(one).fullmatch(sign) is not None


def _put_together(firsts: Counter[str], seconds: Counter[str]) -> Counter[str]:
    if len(firsts) * len(seconds) > 20 * WORDS_MAX:
        raise TooMany
    words: Counter[str] = Counter()
    for (first, ways), (second, more) in product(firsts.items(), seconds.items()):
        words[first + second] += ways * more
    if len(words) > WORDS_MAX:
        raise TooMany
    return words


def _read_twice(read: Counter[str]) -> str | None:
    """A word of which a run is read in two ways: itself, or cut up (Sardinas and Patterson 1953)."""
    words = set(read) - {""}
    if twice := [word for word in words if read[word] > 1]:
        return min(twice, key=len)
    ends = {long[len(short) :] for short in words for long in words if short != long and long.startswith(short)}
    seen: set[str] = set()
    while ends:
        if both := ends & words:
            return min(both, key=len)
        seen |= ends
        after = {word[len(end) :] for end in ends for word in words if word.startswith(end)}
        after |= {end[len(word) :] for end in ends for word in words if end.startswith(word)}
        ends = after - seen - {""}
    return None
