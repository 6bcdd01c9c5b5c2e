"""Words of a text read from a picture or an old font that differ from another text's as its reader errs.

A slip is probable, not sure, so both words are kept. Numbers, dates, names and denials are never taken for one, nor
is a word that may be another for it, unless the judged scans have just that letter misread (``slips.toml``).
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import regex
from rapidfuzz.distance import Levenshtein

from lawcompare.engine.text.amounts import is_amount
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import is_no_word, may_be_word, words

# A letter as it is drawn: a subscript is one; spaces and signs between words do not count.
_UNIT = regex.compile(r"\u17d2[\u1780-\u17b3]|[\p{L}\p{M}\p{N}:៖\[\]]")
_LETTER = regex.compile(r"[\u1780-\u17b3]")
_SMALL = regex.compile(r"[\u17b6-\u17d3\u17dd]")
_PAIR = regex.compile(r"([\u1780-\u17b3])\u17d2([\u1780-\u17b3])")
# What it costs that one letter was taken for another: as the judged scans have it often or ever, or never; less for a
# mark or a subscript, which are small. So much of the letters of a word may be wrong.
OFTEN = 4
_OFTEN_COST, _EVER_COST, _SMALL_COST, _COST = 0.3, 0.5, 0.7, 1.0
_MOST, _MOST_OF_WORD, _LEAST = 0.4, 0.2, 0.5
# Longer texts are not looked at: the work grows with the square. So much before a word is looked at.
_LONGEST, _AROUND = 100_000, 80

# The last is "un-", which stands before a letter.
_DENIALS = regex.compile(r"មិន|ពុំ|គ្មាន|ឥត|ហាម|លើកលែង|លុះត្រា|កុំ|ឬ|អ(?![\u17b6-\u17d3])")
_DIGITS = regex.compile(r"\p{N}")
# A number before the bracket in which it is spelled out.
_SPELLED_OUT = regex.compile(r"(\p{N}[\p{N}., ]*)\s*\([\p{Khmer}\s\[\]]*\Z")
_NO_DIGIT = regex.compile(r"\P{N}+")
# What stands before a name, other words that end or begin so, and so much after it that may be a name.
_TITLES = "លោក|ឧកញ៉ា|ឯកឧត្តម|សម្តេច|(?<!ឈរ)ឈ្មោះ|ព្រះនាម|ខេត្ត|ក្រុង|ស្រុក|(?<!លក្ខ|កថា)ខណ្ឌ|ឃុំ(?!ឃាំង)|សង្កាត់|(?<!មាតុ)ភូមិ"
_NAME = regex.compile(rf"(?:{_TITLES})[\p{{Khmer}}\s]{{0,16}}\Z")
# What no word holds: signs that are read for others, a vowel twice, a sign of a letter between others at the end.
_COLON, _BRACKETS, _TWICE = regex.compile("[:៖]"), regex.compile(r"[\[\]]"), regex.compile(r"([\u17b6-\u17c7])\1+")
_BROKEN = regex.compile(r"[\[\]]|\u17d0\Z")


class Slip(NamedTuple):
    """Where two texts differ by a slip: ``old[old_start:old_end]`` and ``new[new_start:new_end]``."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class _Letters(NamedTuple):
    """The letters of a text, where in it each stands, and where among them words begin and end."""

    units: list[str]
    places: list[tuple[int, int]]
    words: list[tuple[int, int]]


def find_slips(old: str, new: str, *, read: str) -> list[Slip]:
    """Where two Khmer texts differ by probable slips, word by word, in order; ``read`` is ``old``, ``new`` or ``both``.

    Other scripts are not looked at: where words are parted, one with another letter is another word too often.

    >>> old, new = "ដាក់ពន្ធនាគារពី ១ ខែ", "ដាក់ពន្ធនាគារំពី ៩ ខែ"
    >>> [(old[slip[0] : slip[1]], new[slip[2] : slip[3]]) for slip in find_slips(old, new, read="new")]
    [('ពន្ធនាគារ', 'ពន្ធនាគារំ')]
    """
    if max(len(old), len(new)) > _LONGEST:
        return []
    # The words of one text are gone by, those of the other may be broken.
    texts = (new, old) if read == "old" else (old, new)
    kept, seen = (_letters(text) for text in texts)
    begins, ends = _across(kept.units, seen.units)
    slips: list[Slip] = []
    for begin, end in kept.words:
        first, last = begins[begin], ends[end]
        word, other = "".join(kept.units[begin:end]), "".join(seen.units[first:last])
        if first >= last or word == other:
            continue
        other = _legible(word, other)
        places = [(kept.places[begin][0], kept.places[end - 1][1]), (seen.places[first][0], seen.places[last - 1][1])]
        heads = [text[max(start - _AROUND, 0) : start] for text, (start, _stop) in zip(texts, places, strict=True)]
        after = texts[0][places[0][1] : places[0][1] + 2]
        if word == other or (
            not _stands_fast(word, other, heads, after)
            and (is_amount(word) or _is_alike(word, other) or (read == "both" and _is_alike(other, word)))
        ):
            slip = Slip(*(places[1] + places[0] if read == "old" else places[0] + places[1]))
            # Letters that stand in another order than they are read in may make two words overlap.
            if not slips or (slip.old_start >= slips[-1].old_end and slip.new_start >= slips[-1].new_end):
                slips.append(slip)
    return slips


def corrected(new: str, old: str, slips: Sequence[Slip]) -> tuple[str, list[tuple[int, int]]]:
    """The new text with the old one's words in the place of its slips, and where each then stands.

    >>> corrected("ច្បាបំនេះ", "ច្បាប់នេះ", [Slip(0, 6, 0, 6)])
    ('ច្បាប់នេះ', [(0, 6)])
    """
    text, at, spans = "", 0, []
    for slip in slips:
        text += new[at : slip.new_start]
        spans.append((len(text), len(text) + slip.old_end - slip.old_start))
        text += old[slip.old_start : slip.old_end]
        at = slip.new_end
    return text + new[at:], spans


def _letters(text: str) -> _Letters:
    form = normalise(text, "km")
    letters, at = _Letters([], [], []), 0
    for word in words(form.text, "km"):
        begin = len(letters.units)
        for unit in _UNIT.finditer(word):
            letters.units.append(unit[0])
            letters.places.append(form.to_source(at + unit.start(), at + unit.end()))
        at += len(word)
        if len(letters.units) > begin:
            letters.words.append((begin, len(letters.units)))
    return letters


def _across(kept: Sequence[str], seen: Sequence[str]) -> tuple[list[int], list[int]]:
    """For each place between letters of the one text where it is in the other, for words that begin and that end there.

    What was put in between two words goes with the one before where it is no word: a mark, or a letter alone, which
    behind a number goes with the next.
    """
    begins, ends = [0] * (len(kept) + 1), [0] * (len(kept) + 1)
    behind_number = False
    for block in Levenshtein.opcodes(kept, seen):
        start, stop = block.dest_start, block.dest_end
        for step in range(block.src_end - block.src_start):
            begins[block.src_start + step] = min(start + step, stop) - (behind_number and step == 0)
            ends[block.src_start + step + 1] = min(start + step + 1, stop)
        if block.tag != "insert":
            behind_number = False
        elif stop - start == 1 or not _LETTER.match(seen[start]):
            before = "".join(kept[block.src_start - 1 : block.src_start])
            behind_number = stop - start == 1 and bool(_DIGITS.match(before) and _LETTER.match(seen[start]))
            ends[block.src_start] = stop - behind_number
    return begins, ends


def _legible(word: str, seen: str) -> str:
    """What was read of a word, with its signs where colons, digits and vowels twice stand for them, and no bracket."""
    if _DIGITS.search(word) or _COLON.search(word):
        return seen
    if word.endswith("ៗ") and seen.endswith("១"):
        seen = f"{seen[:-1]}ៗ"
    seen = _TWICE.sub(r"\1", _COLON.sub("ះ", seen))
    return word if _BRACKETS.sub("", seen) == word else seen


def _stands_fast(word: str, other: str, heads: Sequence[str], after: str) -> bool:
    """Whether a word is a change however alike the two look: numbers, dates, names, denials. ``heads`` stand before it.

    A number in words may be misread where the same digits stand before it in both texts: ``៥ (ប្រាំ)``.
    """
    if (
        len(word) == 1
        or is_amount(other)
        or any(one.findall(word) != one.findall(other) for one in (_DIGITS, _DENIALS))
    ):
        return True
    if is_amount(word):
        digits = {_NO_DIGIT.sub("", found[1]) if found else "" for found in map(_SPELLED_OUT.search, heads)}
        return len(digits) > 1 or "" in digits
    if (word, other) == ("ទៅ", "នៅ") and _DIGITS.match(after.strip()):
        return False  # from one number to another
    return {word, other} <= _table()[0] or any(_NAME.search(head + word) for head in heads)


def _is_alike(word: str, seen: str) -> bool:
    """Whether a word was probably read as ``seen``; one that may be a word has to look the same."""
    one, other = _UNIT.findall(word), _UNIT.findall(seen)
    costs = [
        cost
        for block in Levenshtein.opcodes(one, other)
        if block.tag != "equal"
        for cost in _costs(one[block.src_start : block.src_end], other[block.dest_start : block.dest_end])
    ]
    length = max(len(one), len(other))
    telling, _counts, pairs = _table()
    is_broken = _BROKEN.search(seen) or any(letter + below not in pairs for letter, below in _PAIR.findall(seen))
    if is_broken or is_no_word(seen) or (telling.isdisjoint((word, seen)) and not may_be_word(seen)):
        return sum(costs) <= max(_MOST * length, _LEAST)
    if sum(map(bool, map(_LETTER.match, one))) != sum(map(bool, map(_LETTER.match, other))):
        return False
    if len(costs) == 1:
        return costs[0] <= _EVER_COST
    return max(costs) <= _OFTEN_COST and sum(costs) <= _MOST_OF_WORD * length


def _costs(one: Sequence[str], other: Sequence[str]) -> list[float]:
    """Of letters in the place of others; of several that were left out or put in, that of so many wrong ones."""
    if not (one and other) and len(one) + len(other) > 1:
        return [_COST] * (len(one) + len(other))
    counts, costs = _table()[1], []
    for pair in zip_longest(one, other, fillvalue=""):
        count = counts.get(pair, 0)
        is_small = all(not letter or _SMALL.match(letter) for letter in pair)
        costs.append((_OFTEN_COST if count >= OFTEN else _EVER_COST) if count else _SMALL_COST if is_small else _COST)
    return costs


@cache
def _table() -> tuple[frozenset[str], dict[tuple[str, str], int], frozenset[str]]:
    """Words of which one in the place of another is a change, how often scans have a letter read as another, and the
    letters that stand with another below them."""
    table = tomllib.loads(Path(__file__).with_name("slips.toml").read_text("utf-8"))
    counts = {(one, other): count for one, seen in table["read_as"].items() for other, count in seen.items()}
    return frozenset(table["telling"].split()), counts, frozenset(table["pairs"].split())
