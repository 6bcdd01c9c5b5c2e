"""What is understood of a question: words, phrases, places; and that no question is too odd for either database."""

import doctest
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.search import asking, everyday, marks, services, words
from lawcompare.search import question as questions
from lawcompare.search.asking import read_citation
from lawcompare.search.marks import mark
from lawcompare.search.question import read_question


@pytest.mark.parametrize("module", [asking, everyday, marks, questions, services, words])
def test_the_examples_of_the_code_are_true(module):
    done = doctest.testmod(module)
    assert done.attempted and not done.failed


def test_a_place_is_understood_however_it_is_written(subtests):
    for text, path, units, names in [
        ("18 USC 1030(a)(2)", ("1030", "a", "2"), ("sec",), ("us", "code", "18")),
        ("18 U.S.C. § 1030", ("1030",), ("sec",), ("us", "code", "18")),
        ("18 u.s.c. §§1030 (a) (5) (A)", ("1030", "a", "5", "a"), ("sec",), ("us", "code", "18")),
        ("section 506 of title 17", ("506",), ("sec",), ("us", "code", "17")),
        ("Title 47, section 230(c)(1", ("230", "c", "1"), ("sec",), ("us", "code", "47")),
        ("Article 28", ("28",), ("art",), ()),
        ("article 28, paragraph 3", ("28", "3"), ("art",), ()),
        ("Art. 28 2020", ("28",), ("art",), ("2020",)),
        ("2020 art 12bis", ("12bis",), ("art",), ("2020",)),
        ("មាត្រា ២៨", ("28",), ("art",), ()),
        ("មាត្រា៤២៧(១)", ("427", "1"), ("art",), ()),
        ("មាត្រា ៤៣៧ថ្មី", ("437new",), ("art",), ()),
        ("មាត្រា ៤៩ ស្ទួន", ("49bis",), ("art",), ()),
        ("មាត្រា ៤៩ (ស្ទួន ១)", ("49bis1",), ("art",), ()),
        ("Article 49 bis(2)", ("49bis", "2"), ("art",), ()),
        ("ICCPR 19(3)", ("19", "3"), ("art", "sec", "rule"), ("iccpr",)),
        ("Budapest 15", ("15",), ("art", "sec", "rule"), ("budapest",)),
        ("§ 78dd-1", ("78dd-1",), ("sec",), ()),
    ]:
        with subtests.test(text=text, path=path, units=units, names=names):
            citation = read_citation(text)
            assert citation is not None
            assert (citation.path, citation.units, citation.names) == (path, units, names)


def test_what_names_no_place_is_none(subtests):
    for text in ["illegal access", "", " ", "()", "art", "§", "part of a whole", "១០០.០០០ រៀល និង"]:
        with subtests.test(text=text):
            assert read_citation(text) is None


def test_an_unfinished_last_word_may_go_on_small_words_ask_nothing_and_long_questions_are_cut():
    assert read_question("illegal acc").terms[-1].is_open
    assert not read_question("illegal acc ").terms[-1].is_open
    assert not read_question("imprisonment 15").terms[-1].is_open
    assert not read_question('"illegal acc"').terms[-1].is_open
    assert read_question("of the").is_empty and read_question("   ").is_empty
    assert [term.text for term in read_question("freedom of the press").terms] == ["freedom", "press"]
    question = read_question(" ".join(f"w{n}" for n in range(40)))
    assert question.was_cut and len(question.terms) == questions.WORDS_MAX


ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "\"()*:^-+~{}AND OR\\'%_្កាខ១2", max_size=40
)


@given(ODD)
def test_no_question_is_too_odd(text):
    """Whatever is typed, the condition is one that FTS5 can read, with nothing in it but words."""
    read_citation(text)
    question = read_question(text)
    if question.is_empty:
        return
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE i USING fts5(t, tokenize='ascii', detail=none)")
    for condition in question.steps:
        database.execute("SELECT rowid FROM i WHERE i MATCH ?", [condition.for_sqlite()]).fetchall()
        assert not set(condition.for_postgresql()) & set('\\"%_')


@given(ODD, ODD)
def test_marks_leave_every_letter_in_its_place(text, asked):
    runs = mark(text, "km", read_question(asked), shown=1000)
    assert "".join(run.text for run in runs if not run.is_gap) == text


def test_a_long_text_is_shown_around_its_marks_and_cut_between_words():
    text = "one two three " * 60 + "the hidden needle stands here " + "four five six " * 60
    runs = mark(text, "en", read_question("needle"))
    shown = "".join(run.text for run in runs)
    assert [run.text for run in runs if run.is_mark] == ["needle"]
    assert len(shown) < 330 and shown.startswith("… ") and shown.endswith(" …")
    assert set(shown.split()) <= set(text.split()) | {"…"}


def test_words_that_follow_each_other_are_marked_wherever_in_a_long_text_they_stand(subtests):
    """A long text is read in stretches; no border of theirs comes between."""
    for before in range(1940, 2240, 6):
        with subtests.test(before=before):
            text = "x " * (before // 2) + "the hidden needle stands" + " y" * 3000 + " the needle"
            runs = mark(text, "en", read_question('"hidden needle"'))
            assert [run.text for run in runs if run.is_mark] == ["hidden needle"]
            shown = "".join(run.text for run in runs)
            assert "x x the hidden needle stands y y" in shown and shown.startswith("… ") and shown.endswith(" …")


def test_a_long_text_is_shown_where_most_of_the_question_is_found():
    text = "The court. " * 300 + "Nothing else. " * 300 + "The court orders retention. " + "Nothing else. " * 300
    assert {run.text for run in mark(text, "en", read_question("court retention")) if run.is_mark} == {
        "court", "retention",
    }  # fmt: skip
    unspaced = "ព័ត៌មាន" * 1000
    assert "".join(run.text for run in mark(unspaced, "km", read_question("ព័ត៌មាន")))[:7] == "ព័ត៌មាន"


def test_khmer_is_never_cut_inside_a_cluster():
    from lawcompare.engine.text.words import borders

    text = "អ្នកណាកត់ត្រាព័ត៌មានក្លែងក្លាយក្នុងបញ្ជី " * 20 + "ត្រូវផ្ដន្ទាទោសដាក់ពន្ធនាគារ " + "សាធារណជនអាចមើលបញ្ជីបានរៀងរាល់ថ្ងៃ " * 20
    runs = mark(text, "km", read_question("ផ្តន្ទាទោស"))
    assert [run.text for run in runs if run.is_mark] == ["ផ្ដន្ទាទោស"], "the other way to write it, as it is printed"
    at = text.index("".join(run.text for run in runs if not run.is_gap))
    edges = borders(text)
    for run in runs:
        if not run.is_gap:
            assert at in edges
            at += len(run.text)
            assert at in edges
