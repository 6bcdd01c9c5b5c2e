"""Which answers come first. Reckoned here from stored words alone, so that both databases give one order."""

from __future__ import annotations

from math import log2

from lawcompare.search.asking import Question, Term
from lawcompare.search.models import Kind, SearchEntry
from lawcompare.search.words import stem

# What a term weighs where it is found: a heading says what a clause is about, the words as asked go before others of
# their stem, and an unfinished word is a guess. Around: in the headings above alone.
IN_HEADING, BEGINS_IN_HEADING, STEM_IN_HEADING = 8.0, 6.0, 5.0
IN_TEXT, STEM_IN_TEXT, BEGINS_IN_TEXT, SCATTERED, AROUND = 4.0, 3.0, 2.5, 2.0, 1.0
AGAIN, AGAIN_MAX = 0.3, 3  # for each further time in the text
TOGETHER_IN_HEADING, TOGETHER = 6.0, 3.0  # the terms follow each other as asked
ALL_OF_HEADING = 6.0  # the heading says nothing else
IS_WHOLE, IS_TOPIC = 1.0, 2.0
LENGTH = 0.15  # for each doubling of the words


def rank(question: Question, entries: list[SearchEntry]) -> list[SearchEntry]:
    """The best first; of equals the newest text, then the order in which they stand."""
    entries = sorted(entries, key=lambda entry: entry.pk)
    entries.sort(key=lambda entry: entry.date, reverse=True)
    entries.sort(key=lambda entry: round(score(question, entry), 4), reverse=True)
    return entries


def score(question: Question, entry: SearchEntry) -> float:
    found = sum(_weigh(term, entry) for term in question.terms)
    if len(question.terms) > 1:
        asked = f" {' '.join(word for term in question.terms for word in term.words)}"
        if asked in entry.heading:
            found += TOGETHER_IN_HEADING
        elif asked in entry.words:
            found += TOGETHER
    if entry.heading and entry.heading.split() == [word for term in question.terms for word in term.words]:
        found += ALL_OF_HEADING
    found += IS_WHOLE * (entry.kind == Kind.CLAUSE and entry.is_whole) + IS_TOPIC * (entry.kind == Kind.TOPIC)
    return found - LENGTH * log2(1 + entry.words.count(" "))


def _weigh(term: Term, entry: SearchEntry) -> float:
    begins = f" {' '.join(term.words)}"
    whole = f"{begins} "
    stems = [stem(word) for word in term.words]
    if whole in entry.heading:
        return IN_HEADING
    if term.is_open and begins in entry.heading:
        return BEGINS_IN_HEADING
    if all(f" g{one} " in entry.tokens for one in stems):
        return STEM_IN_HEADING
    if times := entry.words.count(whole):
        return IN_TEXT + AGAIN * min(times - 1, AGAIN_MAX)
    if all(f" s{one} " in entry.tokens for one in stems):
        return STEM_IN_TEXT
    if term.is_open and begins in entry.words:
        return BEGINS_IN_TEXT
    return _weigh_loose(term, entry)


def _weigh_loose(term: Term, entry: SearchEntry) -> float:
    if term.is_khmer:
        if term.text in entry.words.replace(" ", ""):
            return BEGINS_IN_TEXT
        if all(f" {word}" in entry.words for word in term.words):
            return SCATTERED
    return AROUND
