"""How Khmer is written here, in the catalogue and in every text of fixtures/: one way for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from lawcompare.engine.rules.runner import VALUE_RULES, examine
from lawcompare.engine.wording.values import within_marks
from tests.conftest import ROOT
from tests.content.corpus import DRAFTS, FIXTURES, document
from tests.content.test_catalogues import PO
from tests.content.test_terms import TEXTS

pytestmark = pytest.mark.content

LETTER = "[\u1780-\u17d3]"
# A record of what was asked keeps the words that were typed; a thesaurus has the words of laws.
PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:- |\w+:))")
UNIT = "(?:ឆ្នាំ|ខែ|ថ្ងៃ|ម៉ោង|សប្តាហ៍|នាទី|នាក់|ដង|ដុល្លារ|រៀល)"
COUNTER = "(?:គូ|ដង|ផ្នែក|ជួរ|បន្ទាត់|កន្លែង|តួអក្សរ|សប្តាហ៍|ឆ្នាំ|ខែ|ថ្ងៃ|ម៉ោង|ទៀត|ក្នុងនោះ|រង់ចាំ|ត្រូវ)"


def paragraphs() -> Iterator[tuple[str, str]]:
    """(place, Khmer paragraph): a message of the catalogue, an entry of a YAML file, a paragraph of a text."""
    for message, translated in PO.items():
        yield message.msgid, translated
    for path in TEXTS:
        if path.suffix == ".po" or path.name in {"searches.yaml", "thesaurus.yaml"}:
            continue
        for words in PARAGRAPH.split(path.read_text("utf-8")):
            if re.search(LETTER, words):
                yield path.relative_to(FIXTURES if FIXTURES in path.parents else ROOT).as_posix(), words


PARAGRAPHS = list(paragraphs())


def found(pattern: str, where: str = "") -> list[tuple[str, str]]:
    return [
        (place, words[max(0, match.start() - 20) : match.end() + 20])
        for place, words in PARAGRAPHS
        if place.startswith(where)
        for match in re.finditer(pattern, words)
    ]


def test_there_is_something_to_read():
    assert len(PARAGRAPHS) > 7000


def test_names_and_dates_have_one_form():
    assert found("វីអូអេ|ទី [០-៩0-9]|ឆ្នាំ [១២][០-៩]{3}(?![០-៩])") == []


def test_one_subscript_is_written_where_two_look_alike():
    """ប្តូរ, សេចក្តី, ម្តង: under a letter, ត and ដ look the same, but a search tells them apart."""
    assert found("្ដ") == []


def test_quotations_stand_in_one_kind_of_marks_and_none_within_another():
    depth = [(place, words) for place, words in PARAGRAPHS if re.search("«[^»]*(?:«|$)|(?:^|»)[^«]*»", words)]
    assert depth == []
    outside = [(place, words) for place, words in PARAGRAPHS if "“" in re.sub("«[^»]*»", "", words)]
    assert [place for place, words in outside if re.search(f"“[^”]*{LETTER}[^”]*”", words)] == []
    assert [place for place, _words in outside if place.startswith("localised")] == []


def test_no_quotation_begins_or_ends_inside_a_word():
    assert found(f"{LETTER}«|»[\u17b4-\u17d3]") == []


def test_no_latin_colon_stands_between_khmer_words():
    assert found(f"{LETTER}[*»)]*:") == []


def test_a_fine_is_of_money():
    assert found("ពិន័យ(?!ជាប្រាក់)") == []


def test_a_number_of_things_cannot_be_read_as_the_number_of_one():
    """«កំណត់ចំណាំ ៥» is note no. 5: five notes have ចំនួន or a counter."""
    for message, translated in PO.items():
        if message.plural:
            for number in re.findall(rf"{LETTER} ?%\((?:n|count)\)s(?! ?{COUNTER})", translated):
                assert re.search("ចំនួន %|ក្នុងចំណោម %|និង %", translated), (translated, number)


def test_terms_and_sums_are_in_khmer_digits():
    assert found(rf"(?<![\w(§.,/-])[0-9][0-9.,]*\s+{UNIT}", "laws") == []
    assert found(r"(?m)^(?!\{:).*\$[0-9]", "laws/us-") == []  # notes stand in English there


def test_united_states_law_has_its_own_officers_and_houses():
    """In Cambodia អគ្គព្រះរាជអាជ្ញា is the Prosecutor General and រដ្ឋសភា one house, the National Assembly."""
    assert found("អគ្គព្រះរាជអាជ្ញា|រដ្ឋសភា|ក្រុមហ៊ុនដឹកនាំ", "laws/us-") == []


def test_a_finding_quotes_whole_words_in_whole_marks():
    drafts = [document(address.replace("-en", "-km")) for address in DRAFTS]
    found_in = [(law, finding) for law in drafts for finding in examine(law) if finding.rule not in VALUE_RULES]
    assert len(found_in) > 20
    texts = {(law.meta["version"], clause.eid): clause.text for law in drafts for clause in law.clauses}
    for law, finding in found_in:
        words = within_marks(finding.quote)
        assert words.count("“") == words.count("”") and not re.search("[«»]", words), words
        assert not texts[law.meta["version"], finding.eid][: finding.start].endswith("សេចក្តី"), finding
