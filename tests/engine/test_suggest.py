"""Likely counterparts: found across wordings and languages, with reasons, the same every time, and never invented."""

from __future__ import annotations

import pytest
import yaml

from lawcompare.engine.compare_laws.suggest import Counterparts, Suggestion
from lawcompare.engine.compare_laws.thesaurus import PATH, load_thesaurus, stem, stems
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.rules import RuleError
from lawcompare.engine.wording import ENGLISH, Locale
from lawcompare.engine.wording.changes import reason_sentence
from tests.processor_time import at_most
from tests.tools.bench.bench_suggest import FIRST, TARGET, hits, law, ours, shelves


def document(*clauses: tuple[str, str], language: str = "en", title: str = "A law") -> Document:
    return Document(
        title,
        language,
        tuple(Clause(f"art_{n}", "article", f"Article {n}", *parts) for n, parts in enumerate(clauses, start=1)),
    )


STATUTE = document(
    ("Definitions", "In this chapter a computer, fraud, damage, interception and access have these meanings."),
    ("Fraud by wire", "Whoever devises a scheme or artifice to defraud and transmits writings by wire."),
    ("Machines", "Whoever knowingly accesses a computer without authorization and thereby obtains information."),
    ("Recording of calls", "Whoever intentionally intercepts a wire communication by a device."),
    ("Registers of numbers", "No person may use a pen register or a trap and trace device without a court order."),
    ("Sexual exploitation", "Whoever sends a picture of a minor engaging in sexually explicit conduct."),
    ("Roads", "The Minister keeps the roads of the province in good repair."),
)


def in_words(reason, locale=ENGLISH):
    return reason_sentence(locale, reason.kind, reason.concepts, reason.words)


def suggest(source: Document, eid: str, target: Document) -> list[Suggestion]:
    return Counterparts(target).suggest(source, eid)


def first(source: Document, target: Document = STATUTE) -> str:
    return suggest(source, "art_1", target)[0].eid


def test_a_heading_alone_finds_the_provision_in_other_words():
    provisions = {
        "Illegal access": "art_3",
        "Hacking": "art_3",
        "Computer-related fraud": "art_2",
        "Illegal interception": "art_4",
        "Real-time collection of traffic data": "art_5",
        "Child pornography": "art_6",
        "Use of terms": "art_1",
    }
    assert {heading: first(document((heading, ""))) for heading in provisions} == provisions


def test_a_khmer_clause_finds_its_english_counterpart_and_the_other_way_round_however_it_is_spaced():
    for text, eid in (
        ("អំពើចូលប្រើដោយខុសច្បាប់ទៅក្នុងប្រព័ន្ធកុំព្យូទ័រ ត្រូវផ្តន្ទាទោស។", "art_3"),
        ("អ្នកណាលួចស្តាប់ការសន្ទនា ត្រូវផ្តន្ទាទោស។", "art_4"),
        ("អំពើឆបោកតាមកុំព្យូទ័រ", "art_2"),
        ("លួច\u200bស្តាប់ ការ\nសន្ទនា", "art_4"),
    ):
        khmer = document(("", text), ("", "រដ្ឋមន្ត្រីថែទាំផ្លូវ"), language="km")
        assert first(khmer) == eid
        assert suggest(STATUTE, eid, khmer)[0].eid == "art_1"


def test_reasons_say_in_words_why():
    access = suggest(document(("Illegal access", "")), "art_1", STATUTE)[0]
    assert [in_words(reason) for reason in access.reasons] == ["Both speak of: illegal access."]
    khmer = Locale(gettext=lambda message: "%(concepts)s", language=lambda: "km")
    assert in_words(access.reasons[0], khmer) == "ការចូលប្រើដោយខុសច្បាប់"
    headed = document(("Unlawful access", ""))
    assert in_words(suggest(headed, "art_1", headed)[0].reasons[0]) == "Both are headed: illegal access."


def test_a_reason_quotes_words_as_printed():
    dogs = document(("Dogs", "Whoever keeps unmuzzled hounds."), ("Cats", "Cats are free."), ("Bees", "Bees too."))
    reasons = suggest(document(("Hounds", "Hounds stay unmuzzled")), "art_1", dogs)[0].reasons
    assert [in_words(reason) for reason in reasons] == ["Words that both use: “hounds, unmuzzled”."]


def test_every_suggestion_has_a_reason_and_a_score_in_order():
    draft, target = law("kh-cybercrime/2012-v1-en"), Counterparts(law("us-code-18/2023-en"))
    suggestions = {article.eid: target.suggest(draft, article.eid) for article in draft.clauses}
    assert suggestions == {eid: target.suggest(draft, eid) for eid in suggestions}, "the same every time"
    for results in suggestions.values():
        assert len(results) <= FIRST
        assert all(each.reasons and 0 < each.score <= 1 for each in results)
        assert [each.score for each in results] == sorted((each.score for each in results), reverse=True)
        assert all("%(" not in in_words(reason) for each in results for reason in each.reasons)
    scores = [[each.score for each in results] for results in suggestions.values()]
    assert sum(len(set(each)) >= 3 for each in scores) >= 5, "an order shows where several pass the floor"


def test_what_nothing_answers_gets_no_suggestion():
    assert suggest(document(("Pagodas", "Monks sweep courtyards at dawn.")), "art_1", STATUTE) == []
    assert suggest(document(("", "")), "art_1", STATUTE) == []
    assert suggest(document(("Illegal access", "")), "art_1", Document("Empty", "en", ())) == []


def test_a_paragraph_is_read_with_the_heading_it_stands_under():
    source = Document(
        "A draft",
        "en",
        (
            Clause("art_1", "article", "Article 1", "Illegal interception"),
            Clause("art_1__para_1", "paragraph", "1.", "", "It is punished.", 1, "art_1"),
        ),
    )
    assert suggest(source, "art_1__para_1", STATUTE)[0].eid == "art_4"


def test_a_section_is_read_with_what_stands_inside_it_and_named_itself():
    target = Document(
        "A law",
        "en",
        (
            Clause("sec_1", "section", "1", "Machines"),
            Clause("sec_1__subsec_a", "subsection", "(a)", "", "access to a computer without right", 1, "sec_1"),
            Clause("sec_2", "section", "2", "Roads", "Roads are kept."),
        ),
    )
    assert [each.eid for each in suggest(document(("Illegal access", "")), "art_1", target)] == ["sec_1"]


def test_a_text_without_articles_is_searched_by_its_innermost_clauses():
    target = Document("Notes", "en", (Clause("a", "part"), Clause("b", "paragraph", "", "", "illegal access", 1, "a")))
    assert [each.eid for each in suggest(document(("Hacking", "")), "art_1", target)] == ["b"]


@pytest.mark.parametrize("shelf", shelves())
def test_three_draft_articles_of_four_find_a_right_us_section_among_five(shelf):
    missed, total = hits(ours, shelves()[shelf])
    assert total >= 30
    assert 1 - len(missed) / total >= TARGET


# --- the thesaurus --------------------------------------------------------------------------------------------------


def test_every_phrase_finds_its_concept_in_both_languages():
    count = load_thesaurus().count
    for name, phrases in yaml.safe_load(PATH.read_text("utf-8")).items():
        for phrase in phrases["en"]:
            assert count(phrase.replace(" ... ", " certain "), "en").get(name), (name, phrase)
        for phrase in phrases["km"]:
            assert count(phrase, "km").get(name), (name, phrase)


def test_small_words_and_endings_do_not_matter_and_a_longer_name_hides_a_shorter():
    count = load_thesaurus().count
    assert count("the interception of communications without a right")["illegal-interception"] == 1
    assert "theft" in count("theft") and "theft" not in count("aggravated identity theft")
    assert count("theft and identity theft")["theft"] == 1


def test_a_khmer_phrase_is_not_found_inside_another_word():
    count = load_thesaurus().count
    assert "banking" in count("គណនីធនាគារ") and "banking" not in count("ផ្តន្ទាទោសដាក់ពន្ធនាគារ")
    assert "state-secrets" in count("អំពើចារកម្ម") and "state-secrets" not in count("អំពើសញ្ចារកម្ម")
    assert "safeguards" not in count("វិសមាមាត្រ")
    assert "illegal-interception" in count("ការស្ទាក់ចាប់ដោយខុសច្បាប់")


def test_words_of_one_family_have_one_stem():
    for family in (
        ("preserve", "preserved", "preserving", "preservation"),
        ("disclose", "disclosure", "disclosures"),
        ("authorize", "authorise", "authorisation", "authorizations"),
        ("copy", "copies", "copied"),
    ):
        assert len({stem(word) for word in family}) == 1, family
    assert stems("access") == ["access"] and stems("data") == ["data"]


def test_a_mistake_in_the_thesaurus_is_named_with_its_line(tmp_path):
    for at, (wrong, sentence) in enumerate((
        ("a:\n  label: {en: A, km: ក}\n  weight: heavy\n  en: [access]\n  km: [ក]\n", "line 3"),
        ("a:\n  label: {en: A, km: ក}\n  weight: term\n  near: [b]\n  en: [access]\n  km: [ក]\n", "line 4"),
        ("a:\n  label: {en: A, km: ក}\n  weight: term\n  en:\n    - access\n    - of the\n  km: [ក]\n", "line 6"),
        ("a:\n  label: {en: A}\n  weight: term\n  en: [access]\n  km: [ក]\n", "line 2"),
        ("a:\n  weight: term\n  words: [access]\n", "line 3"),
    )):  # fmt: skip
        path = tmp_path / f"{at}.yaml"
        path.write_text(wrong, "utf-8")
        with pytest.raises(RuleError, match=sentence):
            load_thesaurus(path)


def test_what_few_clauses_of_a_law_speak_of_makes_a_strong_suggestion_and_a_common_heading_none():
    forgery = [
        (f"Forgery of document {n}", f"Whoever forges document {n} is punished; so is the attempt.") for n in range(6)
    ]
    asking = document(
        ("Hacking", "Whoever accesses a computer without authorization is punished."),
        *forgery,
        ("Definition of forging", "To forge is to alter a paper so that it deceives."),
    )
    counterparts = Counterparts(
        document(*((c.heading, c.text) for c in STATUTE.clauses), ("Forgery", "Whoever forges."))
    )
    found = {eid: counterparts.suggest(asking, eid) for eid in ("art_1", "art_2", "art_8")}
    assert found["art_1"][0].eid == "art_3" and found["art_2"][0].eid == "art_8"
    assert found["art_1"][0].strength > found["art_2"][0].strength > 0
    reasons = [in_words(reason) for each in found["art_8"] for reason in each.reasons]
    assert "Both are headed: definitions." not in reasons


def test_a_report_on_the_same_subject_is_a_weaker_counterpart_than_the_offence():
    asking = document(("Wiretapping", "Whoever engages in wiretapping is punished."), ("Seal", "The seal is red."))
    law = document(
        ("Wiretapping", "Whoever engages in wiretapping is fined."),
        ("Reports on wiretapping", "Reports are made."),
        ("Trees", "Trees are planted."),
    )
    offence, report = Counterparts(law).suggest(asking, "art_1")
    assert (offence.eid, report.eid) == ("art_1", "art_2") and offence.strength > report.strength > 0


def test_endless_headings_are_not_read_for_each_article_below_them():
    """A file of 700 KB, with headings of 5,000 letters, kept a worker until it was ended."""
    heading = "On the keeping of records and of traffic data. " * 2_000
    articles = (Clause(f"art_{n}", "article", f"Article {n}", "Access", depth=1, parent="chp_1") for n in range(1, 301))
    law = Document("A law", "en", (Clause("chp_1", "chapter", "Chapter 1", heading), *articles))
    with at_most(2):
        assert Counterparts(law).suggest(document(("Access", "Of data.")), "art_1")
