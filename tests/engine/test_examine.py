"""Findings of whole texts: what a text shows is found, nothing beyond it, and every quote stands."""

from __future__ import annotations

import pytest

from lawcompare.engine.compare_laws import elements as elements_module
from lawcompare.engine.compare_laws.elements import Elements, compare_penalties, contrast, elements_of
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import read
from lawcompare.engine.rules.runner import VALUE_RULES, examine
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from lawcompare.engine.values.readers import values_in
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.values import difference_sentence, finding_message
from tests.conftest import SHARED, needs_shared
from tests.content import corpus

# The published criticisms of the drafts that their known words can show: clause, rule.
CRITICISMS = {
    "kh-cybercrime/2012-v1-en": {
        "chp_1__art_3": "reach-abroad",
        "chp_2__art_6": "executive-oversight",
        "chp_3": "access-without-judge no-safeguards",
        "chp_3__art_15": "executive-oversight",
        "chp_3__art_17": "access-without-judge no-safeguards undefined-term",
        "chp_4__art_23": "exceptions-missing",
        "chp_4__art_24": "intent-set-aside",
        "chp_4__art_28": "content-offence minimum-prison-term no-mental-element no-defence",
        "chp_4__art_28__para_1": "deemed-to undefined-term",
        "chp_4__art_28__para_2": "deemed-to undefined-term",
        "chp_4__art_28__para_3": "deemed-to undefined-term drafting-defect",
        "chp_4__art_28__para_4": (
            "republication deemed-to shields-institutions falsity-without-knowledge drafting-defect"
        ),
        "chp_4__art_28__para_5": "morality-without-harm",
        "art_nn_prejudice": "content-offence",
    },
    "kh-cybercrime/2020-08-en": {
        "art_1": "undefined-term",
        "art_3": "broad-definition",
        "art_40": "vague-conduct no-mental-element",
        "art_45": "content-offence shields-institutions undefined-term vague-adverse-effect",
        "art_nn_scope": "reach-abroad",
        "art_nn_retention": "retention-of-all",
    },
    "kh-cybercrime/2024-leak-en": {
        "art_nn_defamation": "content-offence",
        "art_nn_insult": "vague-conduct",
        "art_nn_false-information": "falsity-without-knowledge morality-without-harm undefined-term",
        "art_nn_pornography": "sexual-content-without-limit",
        "art_nn_real-time": "real-time-collection access-without-judge",
    },
}
# What was raised on the US sections and the Budapest Convention and held to be right by reading, by rule.
JUDGED_RIGHT = {
    ("t18-s1028A", "minimum-prison-term"): 2,
    ("t18-s2252A", "minimum-prison-term"): 4,
    ("t47-s223", "vague-conduct"): 1,
}


def article(text: str, **attributes: str) -> Document:
    return Document("A law", "en", (Clause("art_1", "article", "Article 1", text=text, attributes=attributes),))


def elements(document: Document, eid: str) -> Elements:
    return elements_of(document, [eid])[eid]


def message_of(finding):
    return finding_message(ENGLISH, finding.rule, finding.quote, finding.values)


def raised(document: Document) -> set[tuple[str, str]]:
    return {(finding.eid, finding.rule) for finding in examine(document)}


@pytest.mark.parametrize("name", CRITICISMS)
def test_the_published_criticisms_are_found_in_the_known_words(name):
    expected = {(eid, rule) for eid, rules in CRITICISMS[name].items() for rule in rules.split()}
    assert expected - raised(corpus.document(name)) == set()


@pytest.mark.verify
def test_every_finding_quotes_its_clause_and_speaks():
    for path in sorted((corpus.FIXTURES / "laws").glob("*/*.md")):
        document = read(path.read_bytes(), filename=path.name)
        for finding in examine(document):
            assert finding.quote == document.by_eid[finding.eid].text[finding.start : finding.end] != ""
            assert message_of(finding).endswith((".", "?")) and "%(" not in message_of(finding)


@needs_shared
def test_at_most_one_in_four_findings_on_foreign_law_is_wrong():
    """The findings that were judged are counted; a new one is wrong until somebody has read it."""
    total = right = 0
    treaty = SHARED / "data" / "treaties" / "budapest-convention-cets185-en.md"
    paths = [*(SHARED / "data" / "us-code-markdown").glob("*.md"), treaty]
    for path in sorted(paths):
        rules = [each.rule for each in examine(read(path.read_bytes(), filename=path.name))]
        for rule in set(rules) - set(VALUE_RULES):
            total += rules.count(rule)
            right += min(rules.count(rule), JUDGED_RIGHT.get((path.stem, rule), 0))
    assert right >= 5
    assert right / total >= 0.75


def test_a_heading_alone_and_what_nobody_saw_are_not_examined():
    text = "Whoever does it is punished by imprisonment of up to two years."
    assert examine(article(text, text_status="heading-only")) == []
    assert examine(article(text, text_status="not-known")) == []
    assert examine(article(text)) != []


def test_what_is_missed_in_a_restatement_is_said_with_its_reserve_and_only_beside_a_penalty():
    known = {"text_status": "restatement"}
    assert ("art_1", "no-mental-element") not in raised(article("As reported, damaging data is an offence.", **known))
    document = article("Whoever damages data is punished by imprisonment of up to two years.", **known)
    missed = next(each for each in examine(document) if each.rule == "no-mental-element")
    assert "Only a restatement" in message_of(missed)


def test_a_general_rule_on_intent_answers_for_every_offence():
    rule = Clause("art_1", "article", text="There is no offence without intent to commit it.")
    offence = Clause("art_2", "article", text="Whoever damages data is punished by imprisonment of up to one year.")
    assert ("art_2", "no-mental-element") not in raised(Document("A code", "en", (rule, offence)))
    assert ("art_2", "no-mental-element") in raised(Document("A code", "en", (offence,)))


def test_a_defined_term_is_not_undefined():
    offence = Clause("art_2", "article", text="Whoever endangers public order is punished by a fine of $500.")
    definition = Clause("art_1", "article", heading="Definitions", text='"public order" means peace in the streets.')
    assert ("art_2", "undefined-term") in raised(Document("A law", "en", (offence,)))
    assert ("art_2", "undefined-term") not in raised(Document("A law", "en", (definition, offence)))


def test_a_head_of_a_list_is_an_offence_by_the_words_above_it():
    head = Clause("art_1", "article", text="Whoever publishes one of these is punished by a fine of $500:")
    item = Clause("art_1__para_1", "paragraph", "(1)", text="what offends public morals;", depth=1, parent="art_1")
    assert ("art_1__para_1", "morality-without-harm") in raised(Document("A law", "en", (head, item)))
    assert ("art_1__para_1", "morality-without-harm") not in raised(Document("A law", "en", (item,)))


def test_values_come_under_their_rules():
    text = "Whoever knowingly does not keep them for 90 days on a court order is fined $500, unless in good faith."
    findings = {each.rule: each.values for each in examine(article(text)) if each.rule in VALUE_RULES}
    assert findings["mental-element"] == {"word": "knowingly", "level": "knowledge"}
    assert findings["time-limit"]["days"] == 90
    assert findings["authorisation"]["body"] == "court"
    assert findings["penalty"] == {"fine": True, "fine_min": 500, "fine_max": 500, "currency": "USD"}
    assert findings["defence"]["kind"] == "good faith"


def test_the_term_of_a_penalty_is_no_time_limit_beside_it():
    """Where nothing else shows that a time is a prison term, the place of the penalty does."""
    penalty = "at least two years and not more than five years in prison"
    document = article(f"Whoever enters it shall spend {penalty}. The provider keeps the log for at least 180 days.")
    limits = ["for at least 180 days"]
    assert [each.quote for each in examine(document) if each.rule == "penalty"] == [penalty]
    assert [each.quote for each in examine(document) if each.rule == "time-limit"] == limits
    assert [each.quote for each in elements(document, document.clauses[0].eid).time_limits] == limits
    alone = [each for each in values_in(view(document.clauses[0].text)) if each.rule == "time-limit"]
    assert len(alone) == 2, "read without the penalty, the term looks like a time limit"


def test_an_online_offence_is_set_against_its_offline_one():
    online = elements(corpus.document("kh-cybercrime/2012-v1-en"), "chp_4__art_28__para_4")
    offline = elements(corpus.document("kh-criminal-code/2009-en"), "book_2__title_2__chp_6__art_305")
    sentences = [difference_sentence(ENGLISH, each, "the Criminal Code") for each in contrast(online, offline)]
    assert "Prison (1 year to 3 years); the Criminal Code has a fine only." in sentences
    assert "No mental element is named; the Criminal Code requires “in bad faith”." in sentences
    assert all(each.words for each in contrast(online, offline))


def test_the_penalty_of_a_paragraph_is_found_where_its_section_names_it():
    elements_read = elements(corpus.document("us-code-18/2023-en"), "chp_47__sec_1030__subsec_a__para_2")
    assert [each.values["prison_months_max"] for each in elements_read.penalties] == [12, 60, 120]
    assert elements_read.mental[0].quote == "intentionally"


def test_every_tier_of_a_penalty_is_found_with_its_condition():
    terms = {
        "chp_47__sec_1030__subsec_a__para_5__subpara_A": [120, 240, 240, None, 12],
        "chp_47__sec_1028__subsec_a__para_7": [180, 60, 240, 360, 12],
        "chp_47__sec_1029__subsec_a": [120, 180, 240],
        "chp_121__sec_2701__subsec_a": [60, 120, 12, 60],
    }
    tiers = {eid: elements(corpus.document("us-code-18/2023-en"), eid).penalties for eid in terms}
    assert {eid: [one.values.get("prison_months_max") for one in each] for eid, each in tiers.items()} == terms
    conditions = [one.values["condition"] for each in tiers.values() for one in each]
    assert all(conditions) and not any("None" in each for each in conditions)
    penalties = elements(corpus.document("us-code-18/2023-en"), "chp_47__sec_1030__subsec_a__para_5").penalties
    (life,) = [each.values for each in penalties if each.values.get("life")]
    assert "causes death" in life["condition"]


def test_an_exception_in_another_clause_of_the_section_is_found():
    holders = {
        "chp_47__sec_1030__subsec_a__para_2": "subsec_f",
        "chp_121__sec_2701__subsec_a": "subsec_c",
        "chp_47__sec_1029__subsec_a__para_9": "subsec_g__para_2",
        "chp_206__sec_3121__subsec_a": "subsec_b",
    }
    for eid, holder in holders.items():
        assert any(
            each.eid.endswith(holder) for each in elements(corpus.document("us-code-18/2023-en"), eid).defences
        ), eid


def test_a_penalty_of_another_offence_is_not_taken():
    section = Clause("sec_1", "section", "§ 1")
    parts = [
        Clause("sec_1__subsec_a", "subsection", "(a)", text="Whoever opens it commits an offense.", parent="sec_1"),
        Clause("sec_1__subsec_b", "subsection", "(b)", text="Whoever sells it commits an offense.", parent="sec_1"),
        Clause(
            "sec_1__subsec_c",
            "subsection",
            "(c)",
            text="An offense under subsection (b) is punished by imprisonment of not more than 2 years.",
            parent="sec_1",
        ),
    ]
    document = Document("A law", "en", (section, *parts))
    assert elements(document, "sec_1__subsec_a").penalties == ()
    assert len(elements(document, "sec_1__subsec_b").penalties) == 1


def test_what_an_article_says_is_not_what_its_chapter_says():
    chapter = elements(corpus.document("kh-cybercrime/2012-v1-en"), "chp_3")
    article = elements(corpus.document("kh-cybercrime/2012-v1-en"), "chp_3__art_17")
    assert chapter.authorisation == ()
    assert [each.values["body"] for each in article.authorisation] == ["secretary general"]


def test_a_definition_and_a_mention_name_no_mental_element():
    words = {each.quote for each in elements(corpus.document("us-code-18/2023-en"), "chp_47__sec_1028A").mental}
    assert words == {"knowingly"}


def test_the_conduct_of_a_list_is_in_its_items():
    conduct = elements(corpus.document("us-code-18/2023-en"), "chp_119__sec_2511__para_1").conduct
    assert any("intercepts" in each.quote for each in conduct)


def test_a_difference_of_times_never_turns_a_limit():
    for own, other, sentence in (
        ("for at least 30 days", "for not more than 30 days", "A time of at least 30 days; B has at most 30 days."),
        ("nor in any event for more than 30 days", "for at least two years",
         "A time of at most 30 days; B has at least 2 years."),
    ):  # fmt: skip
        read_elements = [elements(article(f"The order shall be kept, {words}."), "art_1") for words in (own, other)]
        assert [difference_sentence(ENGLISH, each, "B") for each in contrast(*read_elements)] == [sentence]


def test_retention_is_set_against_preservation():
    draft = elements(corpus.document("kh-cybercrime/2020-08-en"), "art_nn_retention")
    us = elements(corpus.document("us-code-18/2023-en"), "chp_121__sec_2703__subsec_f")
    sentences = [difference_sentence(ENGLISH, each, "18 U.S.C. 2703(f)") for each in contrast(draft, us)]
    assert "A time of at least 180 days; 18 U.S.C. 2703(f) has 90 days." in sentences


def test_penalties_are_compared_in_words():
    sentences = {
        ("imprisoned from 1 to 3 years", "imprisoned not more than 5 years"): ["Minimum of 1 year; B has none."],
        ("imprisoned not more than 3 years", "imprisoned not more than 1 year"): [
            "Up to 3 years of prison; B has up to 1 year."
        ],
        ("imprisoned for life", "imprisoned not more than 5 years"): ["Prison for life; B ends at 5 years."],
        ("fined not more than $500", "a fine of up to 400,000 riel"): [
            "A fine up to 500 US dollars; B has up to 400,000 riel."
        ],
        ("fined not more than $500", "a fine of up to 4,000,000 riel"): [],
    }
    for (own, other), expected in sentences.items():
        differences = compare_penalties(penalties_in(view(own))[0], penalties_in(view(other))[0])
        assert [difference_sentence(ENGLISH, each, "B") for each in differences] == expected


def test_the_elements_of_an_unknown_clause_are_an_error():
    with pytest.raises(EngineError, match="no clause 'art_9'"):
        elements(article("Words."), "art_9")


def test_each_text_of_an_article_is_asked_once_what_it_names_however_many_of_its_clauses_are_read(monkeypatch):
    asked, named_in = [], elements_module.named_in
    monkeypatch.setattr(elements_module, "named_in", lambda text: asked.append(text) or named_in(text))
    parts = [Clause(f"sec_1__subsec_{n}", "subsection", f"({n})", text="Fined.", parent="sec_1") for n in range(40)]
    words = "An offense under subsection (3) is punished by imprisonment of up to one year."
    law = Clause("sec_1", "section", "§ 1"), *parts, Clause("sec_1__p", "subsection", "(p)", text=words, parent="sec_1")
    read = elements_of(Document("Law", "en", law), [one.eid for one in parts])
    assert len(asked) <= len(law) and [eid for eid in read if read[eid].penalties] == ["sec_1__subsec_3"]
