"""Values other than amounts: judged sentences in both languages, and that a denied sentence never affirms."""

from __future__ import annotations

import pytest

from lawcompare.engine.compare_laws.elements import named_in
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from lawcompare.engine.values.readers import scopes_in, thresholds_in, values_in
from lawcompare.engine.values.words import contexts_of
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.values import value_sentence
from tests.processor_time import at_most
from tests.tools.score_values import DATA, judged_sentences, score

FILES = ("english", "khmer")
MIN_PRECISION, MIN_RECALL, MIN_SENTENCES = 0.97, 0.90, 10


def test_what_surrounds_a_value_is_passed_over_only_where_it_cannot_stand():
    """No pattern is asked of a sentence that has none of its words: were one missing, a denied value was affirmed."""
    texts = [view(each.text).text for name in FILES for each in judged_sentences(DATA / f"{name}.yaml")[::5]]
    found = 0
    for reader in ("authorisation", "negation", "penalties", "readers", "time_limits"):
        for context in contexts_of(reader).values():
            for text in texts:
                span = context.search(text)
                expected = context._pattern.search(text)
                assert (span and span.span()) == (expected and expected.span())
                assert len(list(context.finditer(text[9:]))) == len(context._pattern.findall(text[9:]))
                found += bool(span)
    assert found > 300


@pytest.mark.parametrize("name", FILES)
def test_the_judged_sentences_are_read_as_they_were_judged(name):
    """Each element has sentences for and against, and is read in them as a person read it."""
    sentences = judged_sentences(DATA / f"{name}.yaml")
    for element, one in score(sentences).items():
        assert one.sentences >= MIN_SENTENCES, element
        assert one.precision >= MIN_PRECISION and one.recall >= MIN_RECALL, element
        expected = [bool(each.expected) for each in sentences if each.element == element]
        assert element == "all" or min(expected.count(False), expected.count(True)) >= 5, element


# A sentence that affirms, and others that deny the same words: none of them may leave the value.
DENIED = [
    (
        "authorisation",
        "The measure requires {}.",
        [
            "The measure does not require {}.",
            "The measure is taken without {}.",
            "It is immaterial whether or not {} exists.",
        ],
        ["a court order", "a warrant", "an order of the minister", "the approval of the prosecutor"],
    ),
    (
        "mental-element",
        "The offence requires that it is done {}.",
        [
            "The offence does not require that it be done {}.",
            "It need not be done {}.",
            "It is punished, but not if done {}.",
        ],
        ["intentionally", "knowingly", "recklessly", "negligently"],
    ),
    (
        "time-limit",
        "The provider must keep the data for {}.",
        ["The provider need not keep the data for {}.", "The provider is not required to keep the data for {}."],
        ["at least 90 days", "not more than 90 days", "a period of 60 days", "two years", "30 to 60 days"],
    ),
    (
        "time-limit",
        "អ្នកផ្តល់សេវាត្រូវរក្សាទុកទិន្នន័យ{}។",
        ["អ្នកផ្តល់សេវាមិនចាំបាច់រក្សាទុកទិន្នន័យ{}ទេ។", "ពុំតម្រូវឱ្យរក្សាទុកទិន្នន័យ{}ឡើយ។"],
        ["យ៉ាងតិច ៩០ ថ្ងៃ", "មិនលើសពី ៩០ ថ្ងៃ", "ក្នុងរយៈពេល ៦ ខែ", "ពី ៣០ ទៅ ៩០ ថ្ងៃ"],
    ),
    (
        "authorisation",
        "វិធានការនេះតម្រូវឱ្យមាន{}។",
        ["វិធានការនេះមិនតម្រូវឱ្យមាន{}ទេ។", "វិធានការនេះអនុវត្តដោយគ្មាន{}។", "វិធានការនេះពុំចាំបាច់មាន{}ឡើយ។"],
        ["ដីកាតុលាការ", "បញ្ជារបស់ចៅក្រម", "ការអនុញ្ញាតពីព្រះរាជអាជ្ញា", "ការយល់ព្រមរបស់រដ្ឋមន្ត្រី"],
    ),
]


def test_denying_a_sentence_never_leaves_the_affirmed_value():
    left = []
    for rule, affirming, denials, all_words in DENIED:
        for words in all_words:
            read = [value.values for value in values_in(view(affirming.format(words))) if value.rule == rule]
            assert read, words
            for denied in (denial.format(words) for denial in denials):
                values = [value for value in values_in(view(denied)) if value.rule == rule and value.values in read]
                left += [(denied, value) for value in values]
    assert left == []


def test_a_denied_penalty_is_none():
    for affirmed, denied in (
        ("The offender is punished by {}.", "The offender is not punished by {}."),
        ("The offender shall be punished by {}.", "The offender shall not be punished by {}."),
        ("The court imposes {}.", "The court may not impose {}."),
    ):
        for words in ("imprisonment of two years", "a fine of $500", "imprisonment from 1 to 3 years"):
            assert penalties_in(view(affirmed.format(words))) and not penalties_in(view(denied.format(words))), denied


def test_a_denied_verb_turns_the_bound():
    for kept in ("kept for more than 30 days", "deleted in less than 30 days", "deleted within 30 days"):
        texts = (f"The data must be {kept}.", f"The data may not be {kept}.")
        bounds = [[value.values["bound"] for value in values_in(view(text))] for text in texts]
        assert sorted(bounds) == [["least"], ["most"]], kept


def test_a_time_is_shown_in_the_units_of_the_text():
    two_years = values_in(view("It is kept for at least two years."))[0]
    assert two_years.values["days"] == 730
    assert value_sentence(ENGLISH, two_years.rule, two_years.values) == "A time of at least 2 years."


def test_and_and_or_between_prison_and_fine_are_said():
    sentences = {
        "is imprisoned for two years and fined $500": "Prison and fine together.",
        "is imprisoned for two years or fined $500": "Either prison or fine.",
        "is fined $500 or imprisoned for two years, or both": "Either prison or fine, or both.",
        "ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ ខែ ទៅ ២ ខែ ឬពិន័យជាប្រាក់ ៥០០ រៀល": "Either prison or fine.",
    }
    for text, sentence in sentences.items():
        (penalty,) = penalties_in(view(text))
        assert value_sentence(ENGLISH, "penalty", penalty.all_values).endswith(sentence), text


def test_a_tier_is_shown_with_its_condition():
    (penalty,) = penalties_in(view("If death results, the penalty is imprisonment for life."))
    words = value_sentence(ENGLISH, "penalty", penalty.all_values)
    assert words == "Imprisonment for life. Condition: “If death results”."


@pytest.mark.verify
def test_a_line_of_one_thing_over_and_over_is_read_in_no_time():
    """Read from each of its places to the end, 200,000 digits took ten minutes."""
    for unit in (
        *("1 2 3 4 ", "$1,000 ", "no a, ", "intent to cause damage ", "unless the court ", "order issued under this "),
        *("no offence under ", "is not to be taken as ", "ten days' ", "បង្កឱ្យ", "ផ្តល់អំណាចដល់តុលាការ", "កថាខណ្ឌ (a) "),
    ):
        seen = view(unit * (50_000 // len(unit)))
        with at_most(seconds=15):
            for reader in (values_in, thresholds_in, scopes_in, penalties_in):
                reader(seen)
            named_in(seen.source)
