"""The one normal form of text for comparing, with a map of every offset back to the source. Never for showing.

What differs between two printings of the same words is made equal: quotes, dashes, spaces, zero-width characters,
ligatures, composed letters, and the order and variants in which Khmer clusters are typed.

Khmer clusters are put in the order of the Unicode Standard, section 16.4, with the register shifter after the
subscripts as in Unicode document L2/22-290: base, robat, subscripts (RO last), shifter, vowels, signs. Unicode's own
NFC must not touch them: it moves U+17DD behind U+17D2 by their combining classes, which no Khmer writer does.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

ZERO_WIDTH = "\u00ad\u034f\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u17b4\u17b5"
SINGLE_QUOTES = "`\u00b4\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a"
DOUBLE_QUOTES = "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033\u2036\u301d\u301e"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"

# One character of the source to none or some of the normal form. No output is itself a key.
CHARACTERS = {
    **dict.fromkeys(ZERO_WIDTH, ""),
    **dict.fromkeys(SINGLE_QUOTES, "'"),
    **dict.fromkeys(DOUBLE_QUOTES, '"'),
    **dict.fromkeys(DASHES, "-"),
    "\u2026": "...",
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u2126": "\u03a9",  # singletons of NFC that occur in text: ohm, kelvin, angstrom
    "\u212a": "K",
    "\u212b": "\u00c5",
    "\u17a3": "\u17a2",  # deprecated Khmer letters and what the standard says to write instead
    "\u17a4": "\u17a2\u17b6",
    "\u17a8": "\u17a7\u1780",
    "\u17b2": "\u17b1",  # ឲ and ឱ: two shapes of one letter (ឲ្យ, ឱ្យ)
    "\u17d8": "\u17d4\u179b\u17d4",
}
ONE = re.compile("[" + re.escape("".join(CHARACTERS)) + "]")

# Runs that become one character; written so that what is normal already does not match.
SPACES = r"[^\S ]\s*| \s+"
TWO_QUOTES = "''"
DASH_RUN = "--+"
COMPOSED = "[^\u0300-\u036f\u1780-\u17dd][\u0300-\u036f]+"
# Khmer printers set a space before these or none: ៕ ។ ៖ ៗ
SPACE_BEFORE_SIGN = r"\s+(?=[\u17d4-\u17d7])"

BASE = "[\u1780-\u17b3]"
COENG, DA, TA, RO = "\u17d2", "\u178a", "\u178f", "\u179a"
UNIT = f"{COENG}{BASE}|[\u17b6-\u17d1\u17d3\u17dd]"
CLUSTER = f"{BASE}(?:{UNIT})+"
UNITS = re.compile(UNIT)
ONE_CLUSTER = re.compile(CLUSTER)
INVALID_KHMER = re.compile(
    "\u17d2(?![\u1780-\u17b3])|(?<![\u1780-\u17d3\u17dd\u200b-\u200d])[\u17b6-\u17d1\u17d3\u17dd]"
)

RUNS = re.compile(f"{SPACES}|{TWO_QUOTES}|{DASH_RUN}|{COMPOSED}")
KHMER_RUNS = re.compile(f"(?P<cluster>{CLUSTER})|{SPACES}|{TWO_QUOTES}|{DASH_RUN}|{COMPOSED}")
SPACED_KHMER_RUNS = re.compile(f"(?P<drop>{SPACE_BEFORE_SIGN})|{KHMER_RUNS.pattern}")

ROBAT, SUBSCRIPT, SUBSCRIPT_RO, SHIFTER, VOWEL, NIKAHIT, REAHMUK, SIGN = range(8)
RANKS = {
    "\u17cc": ROBAT,
    **dict.fromkeys("\u17c9\u17ca", SHIFTER),
    **dict.fromkeys(map(chr, range(0x17B6, 0x17C6)), VOWEL),
    "\u17c6": NIKAHIT,
    **dict.fromkeys("\u17c7\u17c8", REAHMUK),
}
# Vowels that are typed in two strokes and look like one letter: េ + ា = ោ, េ + ី = ើ
TWO_STROKES = (("\u17b6\u17c1", "\u17c4"), ("\u17b8\u17c1", "\u17be"))

# A step of the normalisation: where each stretch begins before and after, and whether it can only be mapped whole.
type CharacterRanges = tuple[list[int], list[int], bytearray]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in normal form and the way back.

    ``text`` is the normal form. Offsets are in code points, as Python counts.

    >>> form = normalise("the\\u200b \\u201clist\\u201d")
    >>> form.text
    'the "list"'
    >>> form.to_source(4, 10)
    (5, 11)
    """

    text: str
    steps: tuple[CharacterRanges, ...] = ()

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The smallest range of the source that became ``text[start:end]``. Raises ValueError outside the text."""
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"the range {start}:{end} is not inside 0:{len(self.text)}")
        for before, after, whole in reversed(self.steps):
            start, end = _carried(after, before, whole, start, end)
        return start, end


def normalise(text: str, language: str = "en") -> Normalised:
    """Return the normal form of ``text``.

    ``language`` is ``en`` or ``km``; with ``km`` a space before ។ ៕ ៖ ៗ does not count. The Khmer cluster order is
    applied to Khmer letters in any text. Normalising twice is normalising once.

    >>> normalise("ខែ្មរ").text == normalise("ខ្មែរ").text, normalise("ផ្ដល់").text == normalise("ផ្តល់").text
    (True, True)
    >>> normalise("section\\u202f1030 \\u2014  fraud").text
    'section 1030 - fraud'
    """
    steps: list[CharacterRanges] = []
    form = text
    if not text.isascii() or "`" in text:
        form = _rewritten(form, ((m.start(), m.end(), CHARACTERS[m[0]], False) for m in ONE.finditer(form)), steps)
    khmer = SPACED_KHMER_RUNS if language == "km" else KHMER_RUNS
    runs = RUNS if form.isascii() else khmer
    return Normalised(_rewritten(form, _run_changes(runs, form), steps), tuple(steps))


def order_clusters(text: str) -> str:
    """``text`` with the marks of each Khmer cluster in the standard's order; nothing else is changed.

    >>> order_clusters("ខែ្មរ") == "ខ្មែរ"
    True
    """
    return ONE_CLUSTER.sub(lambda match: _ordered(match[0]), text)


def invalid_khmer(text: str) -> list[str]:
    """What of a text no one writes: a subscript sign without consonant, a vowel or sign without a letter before it.

    >>> invalid_khmer("ខ្មែរ"), len(invalid_khmer("េខ"))
    ([], 1)
    """
    return INVALID_KHMER.findall(text)


def _run_changes(runs: re.Pattern[str], form: str) -> Iterable[tuple[int, int, str, bool]]:
    clusters = runs is not RUNS
    for match in runs.finditer(form):
        group = match[0]
        if clusters and match.lastgroup == "cluster":
            ordered = _ordered(group)
            if ordered != group:
                yield match.start(), match.end(), ordered, True
        elif clusters and match.lastgroup == "drop":
            yield match.start(), match.end(), "", False
        elif group[0] == "'" and group == "''":
            yield match.start(), match.end(), '"', True
        elif group[0] == "-" and group[1] == "-":
            yield match.start(), match.end(), "-", True
        elif group.isspace():
            yield match.start(), match.end(), " ", True
        else:
            composed = unicodedata.normalize("NFC", group)
            if composed != group:
                yield match.start(), match.end(), composed, True


def _ordered(cluster: str) -> str:
    """A Khmer base with its marks in the standard's order, two-stroke vowels joined, subscript DA written as TA.

    Subscript DA and TA have one shape (ផ្ដ, ផ្ត), so that which of them was typed cannot be seen.
    """
    units = [unit.replace(DA, TA) if unit[0] == COENG else unit for unit in UNITS.findall(cluster, 1)]
    if len(units) > 1:
        units.sort(key=_rank)
    marks = "".join(units)
    for strokes, vowel in TWO_STROKES:
        marks = marks.replace(strokes, vowel)
    return cluster[0] + marks


def _rank(unit: str) -> tuple[int, str]:
    """Vowels are ordered among themselves; all else of one rank keeps its order, which can be seen."""
    if unit[0] == COENG:
        return (SUBSCRIPT_RO if unit[1] == RO else SUBSCRIPT), ""
    rank = RANKS.get(unit, SIGN)
    return rank, unit if rank == VOWEL else ""


def _rewritten(form: str, changes: Iterable[tuple[int, int, str, bool]], steps: list[CharacterRanges]) -> str:
    """Apply changes (start, end, replacement, only whole), and note them as a step if there are any."""
    pieces: list[str] = []
    before, after, whole = [0], [0], bytearray()
    length = done = 0
    for start, end, replacement, only_whole in changes:
        if start > done:
            pieces.append(form[done:start])
            length += start - done
            before.append(start)
            after.append(length)
            whole.append(0)
        pieces.append(replacement)
        length += len(replacement)
        done = end
        before.append(end)
        after.append(length)
        whole.append(only_whole or len(replacement) != end - start)
    if not whole:
        return form
    pieces.append(form[done:])
    before.append(len(form))
    after.append(length + len(form) - done)
    whole.append(0)
    steps.append((before, after, whole))
    return "".join(pieces)


def _carried(here: list[int], there: list[int], whole: bytearray, start: int, end: int) -> tuple[int, int]:
    first = bisect_right(here, start) - 1
    if first == len(whole):
        return there[-1], there[-1]
    new_start = there[first] if whole[first] else there[first] + start - here[first]
    if end == start:
        return new_start, new_start
    last = bisect_left(here, end) - 1
    return new_start, there[last + 1] if whole[last] else there[last] + end - here[last]
