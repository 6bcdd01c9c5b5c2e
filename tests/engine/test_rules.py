"""Rule files: a mistake is named with its line, the standards stand, and each rule finds what its examples show."""

from __future__ import annotations

import pytest
import yaml

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.rules import CATEGORIES, FOLDER, RuleError, load_rule, load_rules, load_vocabulary
from lawcompare.engine.rules.runner import check_rules, examine
from lawcompare.engine.text.search_form import view
from lawcompare.engine.text.words import words
from lawcompare.engine.values.money import in_dollars, load_rates
from tests.conftest import ROOT
from tests.content.corpus import document

EXAMPLES = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "tests/data/rule-examples").glob("*.yaml"))
}
RULES = load_rules()
GOOD = """\
id: example
category: VAGUE
applies_to: [offence]
patterns:
  en:
    - anarchy
message: '“%(words)s” is vague?'
standard:
  law: iccpr/1966-en
  clause: art_19
  words: are provided by law
answer: A definition.
"""


def raised(text: str, language: str) -> set[str]:
    clause = Clause("art_1", "article", num="Article 1", text=text)
    return {finding.rule for finding in examine(Document("A law", language, (clause,)))}


def examples(kind: str) -> list[tuple[str, str, str]]:
    return [(rule, lang, text) for rule, by in EXAMPLES.items() for lang in by for text in by[lang][kind]]


def spaced(text: str) -> str:
    """The text with a zero-width space after each word, as careful typists set it."""
    return "\u200b".join(words(text, "km"))


def respelt(text: str) -> str:
    """The text in spellings that are as common: subscript DA for TA, the older letter of "give"."""
    return text.replace("ស្ត", "ស្ដ").replace("ផ្ត", "ផ្ដ").replace("ឱ្យ", "ឲ្យ")


def test_every_rule_raises_its_question_and_is_silent_where_the_text_answers():
    assert [each for each in examples("raises") if each[0] not in raised(each[2], each[1])] == []
    assert [each for each in examples("silent") if each[0] in raised(each[2], each[1])] == []


def test_a_pattern_is_left_out_only_where_it_would_match_nothing():
    texts = [view(text, language) for kind in ("raises", "silent") for _rule, language, text in examples(kind)]
    words = [rule.words for rule in RULES] + list(load_vocabulary().kinds.values())
    asked = [(each, seen) for seen in texts for one in words for each in one.patterns.get(seen.language, ())]
    left_out = [(each, seen) for each, seen in asked if not each.can_match(seen)]
    assert 0.5 * len(asked) < len(left_out) < len(asked)
    assert [each for each, seen in left_out if all(part.search(seen.text) for part in each.parts)] == []


def test_every_rule_has_five_examples_of_a_kind_in_a_language_asks_and_says_what_would_answer_it():
    check_rules()
    sets = [(rule.id, lang, kind) for rule in RULES for lang in ("en", "km") for kind in ("raises", "silent")]
    assert [each for each in sets if len(set(EXAMPLES[each[0]][each[1]][each[2]])) < 5] == []
    assert [rule.id for rule in RULES if "?" not in rule.message or not rule.answer.endswith(".")] == []


@pytest.mark.parametrize("write", [spaced, respelt])
def test_spelling_and_spaces_decide_nothing_in_khmer(write):
    for kind in ("raises", "silent"):
        khmer = [(rule, text) for rule, language, text in examples(kind) if language == "km"]
        assert [each for each in khmer if (each[0] in raised(write(each[1]), "km")) != (kind == "raises")] == []


def test_an_order_that_is_not_needed_answers_nothing_and_one_that_is_does():
    for text in ("ដោយគ្មានដីកា", "ដោយពុំចាំបាច់មានដីកាពីតុលាការ", "ដោយមិនមានការអនុញ្ញាតពីតុលាការ"):
        assert "access-without-judge" in raised(f"នគរបាលអាចឆែកឆេរកុំព្យូទ័រ {text}។", "km")
    for text in ("ដោយមានដីកាពីចៅក្រម", "លុះត្រាតែមានការអនុញ្ញាតពីតុលាការ"):
        assert "access-without-judge" not in raised(f"នគរបាលអាចឆែកឆេរកុំព្យូទ័រ {text}។", "km")


def test_a_rule_measures_by_words_that_stand_in_its_standard():
    missing = []
    for rule in RULES:
        clause = document(rule.standard.law).by_eid[rule.standard.clause]
        if rule.standard.words.casefold() not in " ".join(clause.text.replace('"', "").split()).casefold():
            missing.append((rule.id, rule.standard.words))
    assert missing == []


def test_categories_are_those_of_the_corpus():
    listed = (ROOT / "fixtures/categories.yaml").read_text(encoding="utf-8")
    codes = {line.removeprefix("- code:").strip().strip("\"'") for line in listed.splitlines() if line[:7] == "- code:"}
    assert codes == CATEGORIES


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("VAGUE", "VAGUENESS", 2, "known are"),
        ("[offence]", "[crime]", 3, "'crime'"),
        ("- anarchy", "- '(anarchy'", 6, "pattern"),
        ("- anarchy", "- [anarchy", 7, "no YAML"),
        ("  en:", "  fr:", 5, "'fr' is not known"),
        ("message:", "massage:", 7, "'massage' is not known"),
        ("%(words)s", "%(wordz)s", 7, "filled in"),
        ("  clause: art_19\n", "", 9, "'clause' is missing"),
        ("id: example", "id: other", 1, "example.yaml"),
        ("answer: A definition.", "answer: A definition.\nid: example", 13, "given twice"),
        ("category: VAGUE", "category: VAGUE\ncheck: missing", 3, "must say what"),
    ],
)
def test_a_mistake_in_a_rule_is_named_with_its_line(tmp_path, old, new, line, sentence):
    assert old in GOOD
    path = tmp_path / "example.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rule(path)
    assert (caught.value.file, caught.value.line) == ("example.yaml", line)
    assert str(caught.value).startswith(f"example.yaml, line {line}: ")
    assert sentence in str(caught.value)


def test_an_empty_or_unreadable_file_is_a_mistake(tmp_path):
    path = tmp_path / "example.yaml"
    for data in (b"", b"\xff\xfe\x00", b"- a list"):
        path.write_bytes(data)
        with pytest.raises(RuleError, match=r"example\.yaml, line 1"):
            load_rule(path)


def test_a_mistake_in_any_file_of_the_folder_stops_the_loading(tmp_path):
    for path in FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "vague-conduct.yaml").write_text("id: vague-conduct\ncategory: NOTHING\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"vague-conduct\.yaml, line"):
        load_rules(tmp_path)


def test_money_is_shown_at_the_one_dated_rate():
    assert load_rates().date
    assert in_dollars(10_000_000, "KHR") == 2500
    assert in_dollars(2500, "USD") == 2500
    assert in_dollars(1, "XXX") is None


def test_a_rate_of_nothing_is_a_mistake(tmp_path):
    path = tmp_path / "rates.yaml"
    path.write_text("date: 2024-01-01\nnote: x\nper_dollar:\n  USD: 1\n  KHR: 0\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"rates\.yaml, line 5"):
        load_rates(path)
