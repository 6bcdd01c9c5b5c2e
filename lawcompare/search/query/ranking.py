"""The order of answers, computed from stored words alone, so that both databases give the same."""

from dataclasses import dataclass
from math import log2
from typing import NamedTuple

from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.search.models import EntryKind
from lawcompare.search.query.question import QueryTerm, Question
from lawcompare.search.words import has_stem, stem

# What a term weighs where it is found: a heading says what a clause is about, the words as asked go before others of
# their stem, and an unfinished word is a guess. Around: in the headings above alone.
IN_HEADING, BEGINS_IN_HEADING, STEM_IN_HEADING = 8.0, 6.0, 5.0
IN_TEXT, STEM_IN_TEXT, BEGINS_IN_TEXT, SCATTERED, AROUND = 4.0, 3.0, 2.5, 2.0, 1.0
AGAIN, AGAIN_MAX = 0.3, 3  # for each further time in the text
TOGETHER_IN_HEADING, TOGETHER = 6.0, 3.0  # the terms follow each other as asked
ALL_OF_HEADING = 6.0  # the heading says nothing else
IS_WHOLE, IS_TOPIC = 1.0, 2.0
LENGTH = 0.15  # for each doubling of the words


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


@dataclass(frozen=True, slots=True)
class _Sought:
    """A term as it stands in stored words: its beginning and its whole. ``stems``: empty where a word has no stem."""

    term: QueryTerm
    begins: str
    whole: str
    stems: frozenset[str]


def rank(question: Question, candidates: list[RankedEntry]) -> list[int]:
    """Returns the keys of the candidates, the best first; of equals the newest text first."""
    sought = [_sought(term) for term in question.terms]
    ranked = sorted(candidates, key=lambda each: each.pk)
    ranked.sort(key=lambda each: each.date, reverse=True)
    ranked.sort(key=lambda each: round(_score(sought, each), 4), reverse=True)
    return [each.pk for each in ranked]


def _sought(term: QueryTerm) -> _Sought:
    begins = f" {' '.join(term.words)}"
    stems = frozenset(map(stem, term.words) if all(map(has_stem, term.words)) else ())
    return _Sought(term, begins, f"{begins} ", stems)


def _score(sought: list[_Sought], entry: RankedEntry) -> float:
    score = sum(_weigh(each, entry) for each in sought)
    asked = "".join(each.begins for each in sought)
    if len(sought) > 1:
        if asked in entry.heading:
            score += TOGETHER_IN_HEADING
        elif asked in entry.words:
            score += TOGETHER
    if entry.heading == f"{asked} ":
        score += ALL_OF_HEADING
    score += IS_WHOLE * (entry.kind == EntryKind.CLAUSE and entry.is_whole) + IS_TOPIC * (entry.kind == EntryKind.TOPIC)
    return score - LENGTH * log2(1 + entry.words.count(" "))


def _weigh(sought: _Sought, entry: RankedEntry) -> float:
    is_open = sought.term.is_open
    if sought.whole in entry.heading:
        return IN_HEADING
    if is_open and sought.begins in entry.heading:
        return BEGINS_IN_HEADING
    if _has_stems(sought, entry.heading):
        return STEM_IN_HEADING
    if times := entry.words.count(sought.whole):
        return IN_TEXT + AGAIN * min(times - 1, AGAIN_MAX)
    if _has_stems(sought, entry.words):
        return STEM_IN_TEXT
    if is_open and sought.begins in entry.words:
        return BEGINS_IN_TEXT
    return _weigh_loose(sought.term, entry)


def _has_stems(sought: _Sought, words: str) -> bool:
    return bool(sought.stems) and sought.stems <= {stem(word) for word in words.split() if word not in STOP_WORDS}


def _weigh_loose(term: QueryTerm, entry: RankedEntry) -> float:
    if term.is_khmer:
        if term.text in entry.words.replace(" ", ""):
            return BEGINS_IN_TEXT
        if all(f" {word}" in entry.words for word in term.words):
            return SCATTERED
    return AROUND
