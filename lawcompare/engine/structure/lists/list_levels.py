"""On which level is ``(i)``? Numbers of sub-clauses are put on levels by the sequence they stand in.

The sequence of a whole article or section is looked at at once: each number may go on with an open level, open a new
one, or be no number at all but words of a sentence; the cheapest reading of all of them together is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lawcompare.engine.structure.numbering import KHMER_LETTERS, LATIN_SUFFIXES, ClauseNumber, from_khmer, roman_value

# Costs, in units of "one level opened". Going on exactly is free; everything else must buy something later.
_OPEN = 1.0
_OPEN_SAME_KIND = 3.5  # "(1)" inside an open "(1)": dearer than a number that is repeated by mistake
_SET_IN = 1.5  # taken off where the source sets the new level in
_MOST_LEVELS = 10
_OPEN_OUT_OF_ORDER = 0.2  # "(a)" inside "(1)": legal, but not the order of US drafting
_OPEN_LATE = 4.5  # the first seen is not the first of its kind
_SKIP, _SKIP_EACH = 3.0, 0.3
_REPEAT = 4.0
_RESTART = 3.5
_SECOND_LIST = 2.0
_BACK = 5.0
_CLOSE = 0.05  # each level closed by going on further out
_OTHER_BRACKETS = 0.4
_WRONG_INDENT = 1.0
_NO_MARK = 6.0  # "W. Smith" at the beginning of a paragraph
_NO_BRACKETED_MARK = 9.0
_BEAM = 12

# The order of levels in US drafting: (a) (1) (A) (i) (I) (aa) (AA); elsewhere only a mild preference.
_RANK = {"letter": 1, "digit": 2, "capital": 3, "roman": 4, "ROMAN": 5, "double": 6, "DOUBLE": 7}

_TOKEN = (
    rf"[0-9]{{1,4}}(?:\.[0-9]{{1,3}})*[A-Za-z]{{0,2}}(?:\s?(?:{'|'.join(LATIN_SUFFIXES)}))?"
    r"|[a-z]{1,6}|[A-Z]{1,6}|[០-៩]{1,3}|[ក-អ]"
)
_BRACKETED = re.compile(rf"(?P<open>[(\[]|（)(?P<token>{_TOKEN})(?P<close>[)\]]|）)(?P<after>\s*(?:[.–—-]\s)?\s*)")
_POINTED = re.compile(
    r"(?P<open>)(?P<token>[0-9]{1,3}(?:\.[0-9]{1,2})+|[0-9]{1,3}[A-Za-z]?|[a-zA-Zđ]|[ivx]{1,5}|[IVX]{1,5}|[a-z]{2})"
    r"(?P<close>[.)]|\.\))(?P<after>\s+|$|(?<=\))(?=[^\W_]|[“\"]))"
)
_DASHED = re.compile(r"(?P<open>)(?P<token>[0-9]{1,2})(?P<close>\s?[-–])(?P<after>\s+(?=\D)|(?=[ក-ឳ]))")
# Three digits after a point are thousands: "1.000 riel" is an amount, not a number of a paragraph.
# "0.5 percent" is an amount too.
_DECIMAL = re.compile(r"(?P<open>)(?P<token>(?!0)[0-9]{1,3}(?:\.[0-9]{1,2})+)(?P<close>)(?P<after>\s+)")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_BARE = re.compile(
    rf"(?P<open>)(?P<token>[0-9]{{1,3}}[A-Z]{{0,2}})(?P<close>)(?P<after>\s+)(?=[A-Z(“\"‘])(?!(?:{_MONTH})\b)"
)
_INITIALS = re.compile(r"[A-Z]\. ?[A-Z](?:\.|es\.)|S\. ?\d{1,5}\W*$")  # "H. R. 1", "S. Res. 5", "S. 12"
# "Paragraph 1", "point a", "subparagraph 1": named in words, as ministries number what is inside an article.
_NAMED = re.compile(
    r"(?P<open>(?P<word>អនុកថាខណ្ឌ|កថាខណ្ឌ|អនុចំណុច|ចំណុច)\s*(?:ទី)?\s*)"
    r"(?P<token>[0-9០-៩]{1,3}|[ក-អ](?![\u17b6-\u17d3ក-អ]))(?P<close>\s?[-–.)៖:])?(?P<after>\s*)"
    r"(?!នៃ|និង|ឬ|ដល់|ខាងលើ|ខាងក្រោម|នេះ|[,0-9០-៩]|មាត្រា)"
)
NAMED_KINDS = {"កថាខណ្ឌ": "paragraph", "អនុកថាខណ្ឌ": "subparagraph", "ចំណុច": "point", "អនុចំណុច": "subpoint"}
_KHMER = re.compile(
    r"(?P<open>)(?P<token>[០-៩]{1,3}|[ក-អ](?![\u17b6-\u17d3]))(?P<close>\s?[-–./)៖]|\s?៖)(?P<after>\s*)(?![០-៩])"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the beginning of a paragraph.

    ``printed`` with its brackets, ``readings`` what kind and value it may have, ``uncertainty`` (0 to 1) how likely it
    is that the words merely begin so, ``indent`` in columns where the source has it.
    """

    printed: str
    style: str
    readings: tuple[tuple[str, ClauseNumber], ...]
    uncertainty: float = 0.0
    indent: int | None = None
    after_text: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a mark stands: ``depth`` 0 is the outermost level, -1 that it is no number.

    ``warning`` is the kind of the warning that the place calls for, or empty.
    """

    depth: int
    kind: str = ""
    value: ClauseNumber | None = None
    warning: str = ""


class _OpenLevel(NamedTuple):
    kind: str
    style: str
    value: ClauseNumber
    indent: int | None


@dataclass(slots=True)
class _Path:
    cost: float
    levels: tuple[_OpenLevel, ...] = ()
    placed: Placed | None = None
    before: _Path | None = field(default=None, repr=False)


def read_mark(
    text: str, *, uncertainty: float = 0.0, indent: int | None = None, bare: bool = False
) -> tuple[Mark, str] | None:
    """Read the number that a paragraph begins with; return it and the words after it, or None.

    ``bare`` admits a number with nothing but space after it, as the paragraphs of British schedules have.

    >>> mark, rest = read_mark("(iv) any other device")
    >>> mark.printed, mark.readings[0][0], rest
    ('(iv)', 'roman', 'any other device')
    """
    stripped = text.lstrip()
    if named := _NAMED.match(stripped):
        if not named["close"] and named.end() < len(stripped) and not named["after"]:
            return None
        value = _readings(named["token"])[0][1]
        kind = f"named {NAMED_KINDS[named['word']]}"
        printed = stripped[: named.end("token")] + (named["close"] or "")
        return Mark(printed, named["word"], ((kind, value),), uncertainty, indent), stripped[named.end() :]
    for form in (_BRACKETED, _POINTED, _KHMER, _DASHED, _DECIMAL, *((_BARE,) if bare else ())):
        match = form.match(stripped) if not _INITIALS.match(stripped) else None
        if not match:
            continue
        readings = _readings(match["token"])
        if not readings or (form is _POINTED and match["token"].isalpha() and match.end() == len(stripped)):
            continue
        printed = stripped[: match.start("after")]
        style = match["open"] + "x" + match["close"].strip()
        return Mark(printed, style, readings, uncertainty, indent), stripped[match.end() :]
    return None


def place(marks: Sequence[Mark]) -> list[Placed]:
    """Put the marks of one article or section on levels.

    >>> marks = [read_mark(text)[0] for text in ("(h) x", "(i) x", "(j) x")]
    >>> [placed.depth for placed in place(marks)]
    [0, 0, 0]
    >>> marks = [read_mark(text)[0] for text in ("(a) x", "(i) x", "(ii) x", "(b) x")]
    >>> [placed.depth for placed in place(marks)]
    [0, 1, 1, 0]
    """
    paths = [_Path(0.0)]
    for mark in marks:
        best: dict[tuple[_OpenLevel, ...], _Path] = {}
        for path in paths:
            for cost, levels, placed in _moves(path.levels, mark):
                total = path.cost + cost
                if levels not in best or total < best[levels].cost:
                    best[levels] = _Path(total, levels, placed, path)
        paths = sorted(best.values(), key=lambda path: path.cost)[:_BEAM]
    chain: list[Placed] = []
    last: _Path | None = paths[0]
    while last and last.placed:
        chain.append(last.placed)
        last = last.before
    return chain[::-1]


def _moves(levels: tuple[_OpenLevel, ...], mark: Mark) -> list[tuple[float, tuple[_OpenLevel, ...], Placed]]:
    no_mark = _NO_BRACKETED_MARK if mark.style.startswith("(") else _NO_MARK
    paths = [(no_mark * (1 - mark.uncertainty) + 0.3 * mark.uncertainty, levels, Placed(-1))]
    for kind, value in mark.readings:
        own = _OpenLevel(kind, mark.style, value, mark.indent)
        for depth, level in enumerate(levels):
            if level.kind == kind:
                cost, warning = _going_on(level, mark, value)
                cost += _CLOSE * (len(levels) - 1 - depth)
                paths.append((cost, (*levels[:depth], own), Placed(depth, kind, value, warning)))
        if len(levels) >= _MOST_LEVELS:
            continue
        cost, warning = _opening(levels, mark, kind, value)
        paths.append((cost, (*levels, own), Placed(len(levels), kind, value, warning)))
    return paths


def _going_on(level: _OpenLevel, mark: Mark, value: ClauseNumber) -> tuple[float, str]:
    cost = 0.0 if level.style == mark.style else _OTHER_BRACKETS
    if level.indent is not None and mark.indent is not None and abs(level.indent - mark.indent) > 1:
        cost += _WRONG_INDENT
    if value.follows(level.value):
        return cost, ""
    if value == level.value:
        return cost + _REPEAT, "repeated-number"
    if level.value < value:
        gap = max(value.base - level.value.base - 1, 0)
        return cost + _SKIP + _SKIP_EACH * min(gap, 6), "skipped-number"
    if value.base == 1 and mark.after_text:
        return cost + _SECOND_LIST, ""  # an article may have two lists, with words between them
    if value.base == 1:
        return cost + _RESTART, "repeated-number"
    return cost + _BACK, "repeated-number"


def _opening(levels: tuple[_OpenLevel, ...], mark: Mark, kind: str, value: ClauseNumber) -> tuple[float, str]:
    cost = _OPEN
    same = [level for level in levels if level.kind == kind]
    if same:
        cost += _OPEN_SAME_KIND if any(level.style == mark.style for level in same) else 0.3
    if levels:
        inner = levels[-1]
        if _RANK.get(kind, 9) < _RANK.get(inner.kind, 0):
            cost += _OPEN_OUT_OF_ORDER
        if inner.indent is not None and mark.indent is not None:
            if mark.indent <= inner.indent:
                cost += _WRONG_INDENT
            elif same:
                cost -= _SET_IN
    if value.base == 1 and not value.suffixes:
        return cost, ""
    # A text that begins with (c) has lost what came before; deeper down that is less likely than another reading.
    gap = max(value.base - 1, 1)
    return cost + _OPEN_LATE + _SKIP_EACH * min(gap, 6) - (1.5 if not levels else 0), "skipped-number"


_OTHER_LETTERS = {"đ": ClauseNumber(4, ("a",))}  # Vietnamese has it after d


def _readings(token: str) -> tuple[tuple[str, ClauseNumber], ...]:
    token = from_khmer(token)
    if numbered := re.fullmatch(r"(?:(.*)\.)?(\d+)\s?(.*)", token):
        above, number, suffix = numbered.groups()
        # The level of 1.2.3 is in the number itself: what comes before the last point is part of its kind.
        kind = "digit" if above is None else f"decimal {above}"
        return ((kind, ClauseNumber(int(number), (suffix.lower(),) if suffix else ())),)
    if token in KHMER_LETTERS:
        return (("khmer", ClauseNumber(KHMER_LETTERS.index(token) + 1)),)
    if token in _OTHER_LETTERS:
        return (("letter", _OTHER_LETTERS[token]),)
    readings: list[tuple[str, ClauseNumber]] = []
    upper = token.isupper()
    if len(token) == 1:
        readings.append(("capital" if upper else "letter", ClauseNumber(ord(token.lower()) - 96)))
    value = roman_value(token)
    if value and value < 200:
        readings.append(("ROMAN" if upper else "roman", ClauseNumber(value)))
    if len(token) == 2 and token[0] == token[1]:
        readings.append(("DOUBLE" if upper else "double", ClauseNumber(ord(token[0].lower()) - 96)))
        readings.append(("capital" if upper else "letter", ClauseNumber(ord(token[0].lower()) - 70)))
    return tuple(readings)
