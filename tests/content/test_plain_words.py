"""What clauses of the drafts say in plain words: each whose words are known, in both languages, by its words alone."""

from __future__ import annotations

import re

import pytest

from lawcompare.engine.document import Clause
from lawcompare.engine.structure.numbering import from_khmer
from tests.content.corpus import DRAFTS, document, entries, for_each, resolve, spaced

pytestmark = pytest.mark.content

WORDS = entries("plain-words.yaml")
ROWS = [(address, cited, said) for address, clauses in WORDS.items() for cited, said in clauses.items()]
QUOTED = {"en": re.compile(r"“([^”]*)”"), "km": re.compile(r"«([^»]*)»")}
SENTENCE = {"en": re.compile(r"[.?](?= |$)"), "km": re.compile(r"។")}
NUMBER = re.compile(r"\d[\d.,]*")
# What a note of a clause quotes in English.
OF_NOTES = {"ភាពមិនស្អិតរមួត", "[ប៉ះពាល់] ភាពស្អិតរមួតផ្នែកនយោបាយ"}


def ground(address: str, cited: str, language: str) -> list[Clause]:
    """The clause and those it stands in, in a language: what its words may rest on."""
    eid = resolve(address, cited).eid
    law = document(f"{address[:-3]}-{language}")
    return [clause for clause in law.clauses if eid == clause.eid or eid.startswith(f"{clause.eid}__")]


def words_of(clauses: list[Clause]) -> str:
    parts = (part for one in clauses for part in (one.num, one.heading, one.text, one.attributes.get("note", "")))
    return " ".join(" ".join(parts).split())


def numbers(text: str) -> set[int]:
    found = (re.sub(r"\D", "", number) for number in NUMBER.findall(from_khmer(text)))
    return {int(number) for number in found if number}


@for_each(DRAFTS)
def test_every_clause_whose_words_are_known_is_told_and_no_other(address):
    told = sorted(resolve(address, cited).eid for cited in WORDS[address])
    assert told == sorted(clause.eid for clause in document(address).clauses if clause.text)


@for_each(ROWS)
def test_it_is_two_or_three_sentences_in_each_language(address, cited, said):
    for language in ("en", "km"):
        count = len(SENTENCE[language].findall(said[language]))
        assert 2 <= count <= 3, f"{address} {cited} has {count} in {language}"
        assert said[language].endswith(("។", ".")), cited


@for_each(ROWS)
def test_what_it_quotes_stands_in_the_clause_or_its_note(address, cited, said):
    english = spaced(words_of(ground(address, cited, "en")))
    assert [each for each in QUOTED["en"].findall(said["en"]) if spaced(each) not in english] == [], cited
    khmer = words_of(ground(address, cited, "km"))
    quoted = set(QUOTED["km"].findall(said["km"])) - OF_NOTES
    assert [each for each in quoted if each not in khmer] == [], cited


@for_each(ROWS)
def test_it_has_no_number_that_the_clause_has_not(address, cited, said):
    known = {number for language in ("en", "km") for number in numbers(words_of(ground(address, cited, language)))}
    for language in ("en", "km"):
        made = {number for number in numbers(said[language]) if not {number, number * 1_000_000} & known}
        assert made == set(), f"{address} {cited}"
