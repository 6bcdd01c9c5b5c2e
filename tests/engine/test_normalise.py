"""The normal form for comparing and its offset map."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.text.normalise import Normalised, normalise
from tests.processor_time import at_most

ENGLISH = "aeZ1 .,'`\"-\n\t§é\u0301\u0327\u00a0\u202f\u2009\u200b\u200d\u00ad\ufeff“”‘’«—–‑…ﬁﬃ\u212b\u2028"
KHMER = "កខដតមរអឲឱឨឣ្្្ាេីើោុំះ៉៊៌់៍៏\u17dd\u17d3\u17b4\u200b\u200c\u200d។៖ៗ ០១"
TEXTS = st.text(ENGLISH, max_size=40) | st.text(KHMER, max_size=40) | st.text(ENGLISH + KHMER) | st.text(max_size=30)
LANGUAGES = st.sampled_from(["en", "km"])


@st.composite
def normalised_with_range(draw: st.DrawFn) -> tuple[str, str, Normalised, int, int]:
    source, language = draw(TEXTS), draw(LANGUAGES)
    form = normalise(source, language)
    start = draw(st.integers(0, len(form.text)))
    return source, language, form, start, draw(st.integers(start, len(form.text)))


@given(TEXTS, LANGUAGES)
def test_normalising_twice_is_normalising_once(source: str, language: str) -> None:
    once = normalise(source, language)
    again = normalise(once.text, language)
    assert again.text == once.text


@given(normalised_with_range())
def test_a_range_of_the_form_comes_from_a_range_of_the_source(case: tuple[str, str, Normalised, int, int]) -> None:
    source, language, form, start, end = case
    source_start, source_end = form.to_source(start, end)
    assert 0 <= source_start <= source_end <= len(source)
    assert form.text[start:end] in normalise(source[source_start:source_end], language).text
    if start < end:
        assert source_start < source_end


@given(TEXTS, LANGUAGES)
def test_offsets_never_go_backwards(source: str, language: str) -> None:
    form = normalise(source, language)
    ends = [form.to_source(at, at)[0] for at in range(len(form.text) + 1)]
    assert ends == sorted(ends)


def test_two_printings_of_the_same_words_are_equal() -> None:
    pairs = (
        ("“list” of ‘works’", "\"list\" of 'works'"),
        ("``list''", '"list"'),
        ("means—", "means--"),
        ("1990–1995", "1990-1995"),
        ("§\u202f506", "§ 506"),
        ("§\u00a0506", "§ 506"),
        ("audiovis\u00adual", "audiovisual"),
        ("two\n  words", "two words"),
        ("ﬁnancial oﬃce", "financial office"),
        ("re\u0301sume\u0301", "résumé"),
        ("ខែ្មរ", "ខ្មែរ"),
        ("ផ្ដន្ទាទោស", "ផ្តន្ទាទោស"),
        ("ស្រ្តី", "ស្ត្រី"),
        ("បេា", "បោ"),
        ("បេី", "បើ"),
        ("ឲ្យ", "ឱ្យ"),
        ("សំុ", "សុំ"),
        ("ការ\u200bប្រើប្រាស់", "ការប្រើប្រាស់"),
        ("ប្រ៉េះ", "ប៉្រេះ"),
    )
    assert [pair for pair in pairs if normalise(pair[0]).text != normalise(pair[1]).text] == []


def test_different_words_stay_different() -> None:
    pairs = (
        ("១០០", "១០០០"),
        ("ក្រ", "កា"),
        ("ដី", "តី"),
        ("in", "In"),
        ("$1,000", "$1.000"),
        ("ខ្មែរ", "ខ្មេរ"),
        ("កំ", "កុំ"),
    )
    assert [pair for pair in pairs if normalise(pair[0]).text == normalise(pair[1]).text] == []


def test_unicode_nfc_is_not_let_loose_on_khmer() -> None:
    # NFC would put U+17D2 before U+17DD and so tear the subscript from its consonant's place.
    assert normalise("ក\u17dd្").text == "ក\u17dd្"


def test_a_space_before_khmer_punctuation_counts_in_no_khmer_text() -> None:
    assert normalise("ពន្ធនាគារ ។", "km").text == normalise("ពន្ធនាគារ។", "km").text


def test_a_reordered_cluster_is_mapped_whole() -> None:
    form = normalise("aខែ្មរ")
    assert form.to_source(2, 3) == (1, 5)
    assert form.to_source(5, 6) == (5, 6)


def test_a_range_outside_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="not inside 0:3"):
        normalise("abc").to_source(2, 5)


def test_megabytes_take_a_second() -> None:
    text = "(a) Whoever, having knowingly accessed a computer without authorization —\n" * 20_000
    with at_most(seconds=1.5):
        normalise(text)
