"""The order of answers: what each part of a question weighs where it is found."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log2
from typing import NamedTuple

from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.laws.models import Version
from lawcompare.search.models import EntryKind, SearchEntry
from lawcompare.search.question import Part, QueryTerm
from lawcompare.search.services import stems_of
from lawcompare.search.words import has_stem, stem

# What a term weighs where it is found: a heading says what a clause is about, the words as asked go before others of
# their stem, and an unfinished word is a guess. Around: in the headings above alone.
IN_HEADING, BEGINS_IN_HEADING, STEM_IN_HEADING = 8.0, 6.0, 5.0
IN_TEXT, STEM_IN_TEXT, BEGINS_IN_TEXT, SCATTERED, IN_PLAIN_WORDS, AROUND = 4.0, 3.0, 2.5, 2.0, 1.5, 1.0
AGAIN, AGAIN_MAX = 0.3, 3  # for each further time in the text
TOGETHER_IN_HEADING, TOGETHER = 6.0, 3.0  # the terms follow each other as asked
ALL_OF_HEADING = 6.0  # the heading says nothing else
IS_WHOLE, IS_TOPIC = 1.0, 2.0
ALL_PARTS = 3.0  # where other answers have only most
LENGTH = 0.15  # for each doubling of the words
# Words of the law go for a little less than those asked for, and of the phrases of a saying each for less than the one
# before it: the nearest stands first in the list of everyday words.
IN_LAW, IN_LAW_FURTHER, IN_LAW_LEAST = 0.95, 0.05, 0.5
# One part of a question that a heading has does not outweigh two.
OF_PART_MAX = 10.0
# Where words match alike: laws that are named, drafts, then other laws of a country with a draft, then the rest.
OF_NAMED, OF_DRAFT, OF_ITS_COUNTRY = 8.0, 2.5, 1.5


class RankedEntry(NamedTuple):
    """The columns of an entry by which it is ranked, and by which the same thing in two languages is known."""

    pk: int
    kind: str
    date: str
    is_whole: bool
    heading: str
    words: str
    key: str
    version_id: int | None
    language: str
    law_id: int | None
    title: str
    text: str
    organisation_id: int | None


@dataclass
class Read:
    """An entry with its words read once for all terms."""

    entry: RankedEntry

    @cached_property
    def in_heading(self) -> list[str]:
        return sorted(set(self.entry.heading.split()) - STOP_WORDS)

    @cached_property
    def in_words(self) -> list[str]:
        return sorted(set(self.entry.words.split()) - STOP_WORDS)

    @cached_property
    def plain_stems(self) -> frozenset[str]:
        """The stems of what a clause says in plain words."""
        return stems_of(self.entry.text if self.entry.kind == EntryKind.CLAUSE else "", self.entry.language)

    @cached_property
    def letters(self) -> str:
        return self.entry.words.replace(" ", "")

    @cached_property
    def heading_letters(self) -> str:
        return self.entry.heading.replace(" ", "")


def have_stems(words: Sequence[str], stems: Iterable[str]) -> bool:
    """Whether sorted words have all stems. Only those are stemmed that may have one: a stem begins as its words do.

    >>> have_stems(["dying", "families", "family"], ["die", "famili"]), have_stems(["famous"], ["famili"])
    (True, False)
    """
    for one in stems:
        begins = one[: min(4, max(1, len(one) - 2))]
        alike = words[bisect_left(words, begins) : bisect_left(words, begins + "\U0010ffff")]
        if all(stem(word) != one for word in alike):
            return False
    return True


class Score:
    """The score of entries for the parts of a question, whose terms are prepared once."""

    def __init__(self, parts: Sequence[Part], rarity: Sequence[float] = ()) -> None:
        self.rarity = rarity
        self.parts = [_ways(part) for part in parts]
        self.typed = _Way([term for part in parts for term in part.terms])

    def of_all(self, entry: Read, typed_terms: int) -> float:
        """Returns the score of an entry that has every part. ``typed_terms``: how many terms the reader typed."""
        weights = [weigh(ways, entry) or AROUND for ways in self.parts]
        share = typed_terms / len(weights) if any(len(ways) > 1 for ways in self.parts) else 1.0
        return sum(weights) * share + self.typed.together(entry.entry) + _of_itself(entry.entry)

    def of_most(self, entry: Read) -> float:
        """Returns the score of an entry that has some of the parts, each by how rare it is."""
        weights = [weigh(ways, entry) for ways in self.parts]
        score = sum(rarity * min(weight, OF_PART_MAX) for rarity, weight in zip(self.rarity, weights, strict=True))
        return score + ALL_PARTS * all(weights) + self.typed.together(entry.entry) / 2 + _of_itself(entry.entry)


def _of_itself(entry: RankedEntry) -> float:
    score = IS_WHOLE * (entry.kind == EntryKind.CLAUSE and entry.is_whole) + IS_TOPIC * (entry.kind == EntryKind.TOPIC)
    return score - LENGTH * log2(1 + entry.words.count(" "))


def _ways(part: Part) -> list[_Way]:
    """Returns the terms as typed, and the phrases of laws, of each script the nearest first."""
    ways, before = [_Way(part.terms)], {True: 0, False: 0}
    for terms in part.instead:
        is_khmer = any(term.is_khmer for term in terms)
        ways.append(_Way(terms, max(IN_LAW - IN_LAW_FURTHER * before[is_khmer], IN_LAW_LEAST)))
        before[is_khmer] += 1
    return ways


class _Way:
    """Terms that must all be there, as they stand in stored words. ``worth``: 1 as typed, less for a phrase of laws."""

    def __init__(self, terms: Sequence[QueryTerm], worth: float = 1.0) -> None:
        self.worth = worth
        self.terms = [_Sought(term) for term in terms]
        self.begins = "".join(term.begins for term in self.terms)

    def together(self, entry: RankedEntry) -> float:
        """Returns what an entry gets where the terms follow each other, and where they are all of its heading."""
        score = ALL_OF_HEADING if entry.heading == f"{self.begins} " else 0.0
        if len(self.terms) > 1:
            if self.begins in entry.heading:
                score += TOGETHER_IN_HEADING
            elif self.begins in entry.words:
                score += TOGETHER
        return score


class _Sought:
    """A term as it stands in stored words: its beginning and its whole. ``stems``: empty where a word has no stem."""

    def __init__(self, term: QueryTerm) -> None:
        self.term = term
        self.text = term.text
        self.begins = f" {' '.join(term.words)}"
        self.whole = f"{self.begins} "
        self.stems = frozenset(map(stem, term.words) if all(map(has_stem, term.words)) else ())


def weigh(ways: Iterable[_Way], entry: Read) -> float:
    """Returns the weight of the best way in which an entry has a part of a question; 0 where it has it in none."""
    best = 0.0
    for way in ways:
        weight = 0.0
        for sought in way.terms:
            one = _weigh(sought, entry)
            if not one:
                break
            weight += one
        else:
            weight /= len(way.terms)
            best = max(best, weight if way.worth == 1 else way.worth * (weight + way.together(entry.entry)))
    return best


def _weigh(sought: _Sought, entry: Read) -> float:
    heading, words, is_open = entry.entry.heading, entry.entry.words, sought.term.is_open
    is_khmer = sought.term.is_khmer
    if is_khmer and entry.entry.language != "km":
        return 0.0
    if sought.whole in heading:
        return IN_HEADING
    if is_open and sought.begins in heading:
        return BEGINS_IN_HEADING
    if is_khmer:
        if sought.text in entry.heading_letters:
            return STEM_IN_HEADING
    elif sought.stems and have_stems(entry.in_heading, sought.stems):
        return STEM_IN_HEADING
    if times := words.count(sought.whole):
        return IN_TEXT + AGAIN * min(times - 1, AGAIN_MAX)
    if is_open and sought.begins in words:
        return BEGINS_IN_TEXT
    if is_khmer:
        if sought.text in entry.letters:
            return BEGINS_IN_TEXT
        if all(f" {word} " in words for word in sought.term.words):
            return SCATTERED
        return IN_PLAIN_WORDS if sought.text in entry.entry.text else 0.0
    if sought.stems and have_stems(entry.in_words, sought.stems):
        return STEM_IN_TEXT
    return IN_PLAIN_WORDS if sought.stems and sought.stems <= entry.plain_stems else 0.0


def whose(entry: RankedEntry | SearchEntry, versions: dict[int, Version]) -> int:
    """Returns the key of the organisation that says it; 0 for what is confirmed and no note."""
    version = versions.get(entry.version_id or 0)
    by = version.unchecked_of if version else None
    return entry.organisation_id or (by.pk if by else 0)


def in_turns[Thing](things: Iterable[Thing], of: Callable[[Thing], Hashable]) -> list[Thing]:
    """Returns things in their order, but the first of each whose they are before the second of any.

    >>> in_turns(["a1", "a2", "b1"], lambda thing: thing[0])
    ['a1', 'b1', 'a2']
    """
    turns: Counter[Hashable] = Counter()
    placed = []
    for thing in things:
        turns[of(thing)] += 1
        placed.append((turns[of(thing)], thing))
    return [thing for _turn, thing in sorted(placed, key=lambda one: one[0])]
