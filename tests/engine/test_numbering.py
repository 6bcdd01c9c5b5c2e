"""Numbers are taken apart, ordered and put together again; addresses follow the AKN naming convention."""

import random

from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.structure.numbering import (
    ClauseNumber,
    clean,
    eid_for,
    format_number,
    read_number,
    roman_value,
)


@given(st.integers(1, 3999))
def test_roman_numbers_go_there_and_back(number):
    assert roman_value(format_number(number, "lowerRoman")) == number
    assert roman_value(format_number(number, "upperRoman")) == number


def test_what_only_looks_roman_has_no_value():
    assert [roman_value(text) for text in ("iiii", "vx", "ic", "", "abc")] == [None] * 5


def test_numbers_are_ordered_as_laws_print_them():
    printed = ["2", "12", "12A", "12B", "12AA", "12bis", "12ter", "13", "78dd-1", "78dd-2", "121A"]
    assert sorted(random.Random(1).sample(printed, len(printed)), key=read_number) == printed


def test_what_follows_and_what_does_not():
    follows = (("13", "12"), ("12A", "12"), ("12B", "12A"), ("13", "12A"), ("12bis", "12"), ("12ter", "12bis"),
               ("49 (ស្ទួន ១)", "49"), ("49 ស្ទួន ២", "49 (ស្ទួន ១)"), ("3 ter", "3 bis 2"), ("2A", "2 (new)"),
               ("49 (ស្ទួន ២) ថ្មី", "49 (ស្ទួន ១)"),
               ("3ថ្មី", "2"), ("13", "12bis"), ("78dd-2", "78dd-1"), ("IV", "III"), ("២៨", "27"))  # fmt: skip
    others = (("14", "12"), ("12", "12"), ("12", "13"), ("12C", "12A"), ("12", "12A"), ("12ter", "12"))
    assert [pair for pair in follows if not read_number(pair[0]).follows(read_number(pair[1]))] == []
    assert [pair for pair in others if read_number(pair[0]).follows(read_number(pair[1]))] == []


def test_values():
    assert read_number("12A bis") == ClauseNumber(12, ("a", "bis"))
    assert read_number("Two") == ClauseNumber(2)
    assert read_number("ទោល") == ClauseNumber(1)
    assert read_number("ប្រាំមួយ") == ClauseNumber(6)
    assert read_number("…") is None


@given(st.text(max_size=30))
def test_any_text_can_be_asked_for_its_number(text):
    read_number(text)
    assert " " not in clean(text)


ADDRESSES = (
    (None, "article", "Article 28", "art_28"),
    ("chp_4", "article", "Article 28 bis", "chp_4__art_28bis"),
    ("chp_4__art_28", "paragraph", "(3)", "chp_4__art_28__para_3"),
    (None, "section", "§ 1030", "sec_1030"),
    (None, "section", "§1030.", "sec_1030"),
    (None, "section", "§\u202f78dd–1", "sec_78dd-1"),
    ("sec_1030__subsec_a__para_5", "subparagraph", "(A)", "sec_1030__subsec_a__para_5__subpara_A"),
    ("art_1", "point", "a)", "art_1__point_a"),
    ("sec_1__subsec_c__para_4__subpara_A", "clause", "(i)", "sec_1__subsec_c__para_4__subpara_A__cl_i"),
    ("cl_1", "subclause", "1.1", "cl_1__subcl_1-1"),
    ("art_1", "alinea", "", "art_1__al_1"),
    (None, "conclusions", "", "conclusions"),
    (None, "chapter", "CHAPTER IV", "chp_IV"),
    (None, "chapter", "ជំពូកទី ៣", "chp_3"),
    (None, "article", "មាត្រា ៤៣៧ថ្មី", "art_437new"),
    ("art_1", "point", "ក.", "art_1__point_ក"),
    (None, "preamble", "", "preamble"),
    ("art_1", "wrapUp", "", "art_1__wrapup_1"),
    ("art_2", "point", "", "art_2__point_1"),
)


def test_addresses():
    wrong = [each for each in ADDRESSES if eid_for(*each[:3], set(), 1) != each[3]]
    assert wrong == []


def test_a_taken_address_gets_the_first_free_suffix():
    taken = {"art_4", "art_4_2"}
    assert eid_for(None, "article", "Article 4", taken, 1) == "art_4_3"
    assert "art_4_3" in taken


@given(st.lists(st.tuples(st.sampled_from(["article", "point"]), st.text(max_size=12)), max_size=30))
def test_addresses_are_unique_and_without_white_space(clauses):
    taken: set[str] = set()
    eids = [eid_for("chp_1", element, num, taken, at) for at, (element, num) in enumerate(clauses, 1)]
    assert len(set(eids)) == len(eids)
    assert all(not any(character.isspace() for character in eid) for eid in eids)
