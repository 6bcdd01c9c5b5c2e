"""Words and clusters: nothing lost, no number cut, no cluster cut, in scripts with spaces and without."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.text.words import atoms, clusters, is_number, is_word, words

LETTERS = (
    "កខងចតទនបមយរលសហអាិីុូេែោះំ់្៍។៖ៗ១២៣៛abcXYZéé’'-.,;()% $€§0159\n\r\t\u00a0\u200b\u200c\u200d第二十五條ไทยที่ดี한국👨‍👩‍👧🇰🇭"
)
mixed_text = st.text(alphabet=st.one_of(st.sampled_from(LETTERS), st.characters()), max_size=80)


def test_a_coeng_sequence_is_one_cluster():
    assert tuple(int(part) for part in regex.__version__.split(".")) >= (2025, 11, 3), "the rules for coeng are known"
    assert clusters("ផ្តន្ទាទោស") == ["ផ្ត", "ន្ទា", "ទោ", "ស"]


@given(mixed_text)
def test_words_and_clusters_joined_give_the_text(text):
    assert "".join(words(text, "km")) == text
    assert "".join(clusters(text)) == text
    assert "".join("".join(atoms(word)) for word in words(text, "km")) == text


NUMBERS = [
    *["100,000", "1.000.000", "១០០.០០០", "5%", "$5,000", "12A", "1a", "2000e-5", "100\u00a0000", "100 000", "18:30"],
    *["1,000,000៛", "(a)", "(12A)", "(iv)", "(ក)", "二十五", "2/3", "99.5%"],
]


def test_a_number_is_one_word():
    cut = {number: words(f"x {number} y", "km") for number in NUMBERS}
    assert cut == {number: ["x", " ", number, " ", "y"] for number in NUMBERS}


def test_texts_are_cut_where_their_script_says():
    assert words("in 2019 123 persons") == ["in", " ", "2019", " ", "123", " ", "persons"]
    assert words("ពី១ខែទៅ១ឆ្នាំ", "km") == ["ពី", "១", "ខែ", "ទៅ", "១", "ឆ្នាំ"]
    assert words("ផ្តន្ទាទោសដាក់ពន្ធនាគារ", "km") == ["ផ្តន្ទា", "ទោស", "ដាក់", "ពន្ធនាគារ"]
    assert words("第二十五條第一項", "zh-TW")[:3] == ["第", "二十五", "條"]


def test_a_word_keeps_its_hyphens_and_apostrophes():
    for word in ("well-known", "court's", "l’article", "U.S.C.", "naïve", "पुस्तक"):
        assert words(f"{word} x") == [word, " ", "x"]


def test_numbers_and_words_are_told_from_signs():
    assert is_number("១០០.០០០") and is_number("二十五") and is_number("12A") and not is_number("一般")
    assert is_word("ទោស") and is_word("(a)") and not is_word("។") and not is_word(" ")
