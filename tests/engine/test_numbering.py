"""Numbers are taken apart, ordered and put together again."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.reading.office.docx_numbering import format_number
from lawcompare.engine.structure.numbering import (
    ClauseNumber,
    clean,
    from_khmer,
    read_number,
    roman_value,
    to_khmer,
)


@given(st.integers(0, 10**6))
def test_khmer_digits_go_there_and_back(number):
    assert from_khmer(to_khmer(number)) == str(number)


@given(st.integers(1, 3999))
def test_roman_numbers_go_there_and_back(number):
    assert roman_value(format_number(number, "lowerRoman")) == number
    assert roman_value(format_number(number, "upperRoman")) == number


def test_what_only_looks_roman_has_no_value():
    assert [roman_value(text) for text in ("iiii", "vx", "ic", "", "abc")] == [None] * 5


def test_numbers_are_ordered_as_laws_print_them():
    printed = ["2", "12", "12A", "12B", "12AA", "12bis", "12ter", "13", "78dd-1", "78dd-2", "121A"]
    assert sorted(random.Random(1).sample(printed, len(printed)), key=read_number) == printed


@pytest.mark.parametrize(
    ("number", "after"),
    [("13", "12"), ("12A", "12"), ("12B", "12A"), ("13", "12A"), ("12bis", "12"), ("12ter", "12bis"), ("3ថ្មី", "2"),
     ("13", "12bis"), ("78dd-2", "78dd-1"), ("IV", "III"), ("២៨", "27")],
)  # fmt: skip
def test_what_follows(number, after):
    assert read_number(number).follows(read_number(after))


@pytest.mark.parametrize(
    ("number", "after"), [("14", "12"), ("12", "12"), ("12", "13"), ("12C", "12A"), ("12", "12A"), ("12ter", "12")]
)
def test_what_does_not_follow(number, after):
    assert not read_number(number).follows(read_number(after))


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
