"""A citation names one clause: the one that bears just that number."""

import pytest

from lawcompare.laws.citing.find_clause import CitationError, Citations

pytestmark = pytest.mark.django_db

LAW = """## Article 3. Lamps

(1) A lamp is lit.

## Article 3 bis. Candles

A candle is lit.

## Article 4 (new). Fees

(1) A fee is paid.

## មាត្រា ៥ ស្ទួន.- ចង្កៀង

ចង្កៀងត្រូវបំភ្លឺ។

## Article 31. Others

Others too.
"""


@pytest.mark.parametrize(("cited", "eid"), [
    ("3", "art_3"),
    ("Article 3", "art_3"),
    ("Article 3(1)", "art_3__para_1"),
    ("3 (1).", "art_3__para_1"),
    ("Article 3 bis", "art_3bis"),
    ("3bis", "art_3bis"),
    ("Article 4 (new)", "art_4new"),
    ("មាត្រា ៤ (ថ្មី)", "art_4new"),
    ("4(new)(1)", "art_4new__para_1"),
    ("មាត្រា ៥ ស្ទួន", "art_5bis"),
    ("31", "art_31"),
])  # fmt: skip
def test_a_clause_is_found_by_its_number_as_printed(store, cited, eid):
    assert Citations(store(LAW, "one")).find(cited).eid == eid


@pytest.mark.parametrize("cited", ["4", "5", "3 ter", "Article", "3(9)", "3 and 31", "18", "", "()", "bis"])
def test_what_no_clause_bears_is_not_found(store, cited):
    with pytest.raises(CitationError):
        Citations(store(LAW, "one")).find(cited)


def test_sections_of_american_codes_are_found(store):
    text = "## § 18.2-152.3. Fraud\n\nNobody lies.\n\n## §§ 221, 222. Repealed\n\nGone.\n"
    cited = Citations(store(text, "one"))
    assert [cited.find(number).num for number in ("§ 18.2-152.3", "18.2-152.3", "221", "§ 221")] == [
        "§ 18.2-152.3", "§ 18.2-152.3", "§§ 221, 222", "§§ 221, 222",
    ]  # fmt: skip
