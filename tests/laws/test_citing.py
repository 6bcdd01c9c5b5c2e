"""A citation names one clause: the one that bears just that number."""

import re
import tracemalloc
from datetime import UTC, datetime

import pytest

from lawcompare.laws.citing import CitationError, Citations, cite_address
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.services import Import, import_law
from tests.processor_time import at_most

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


def test_a_clause_is_found_by_its_number_as_printed(store, subtests):
    cite = Citations(store(LAW, "one"))
    for cited, eid in [
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
        ("មាត្រា ៥ (ស្ទួន)", "art_5bis"),
        ("Article 5 bis", "art_5bis"),
        ("31", "art_31"),
    ]:
        with subtests.test(cited=cited, eid=eid):
            assert cite.find(cited).eid == eid


def test_what_no_clause_bears_is_not_found(store, subtests):
    cite = Citations(store(LAW, "one"))
    for cited in ["4", "5", "3 ter", "Article", "3(9)", "3 and 31", "18", "", "()", "bis"]:
        with subtests.test(cited=cited), pytest.raises(CitationError):
            cite.find(cited)


def test_sections_of_american_codes_are_found(store):
    text = "## § 18.2-152.3. Fraud\n\nNobody lies.\n\n## §§ 221, 222. Repealed\n\nGone.\n"
    cited = Citations(store(text, "one"))
    assert [cited.find(number).num for number in ("§ 18.2-152.3", "18.2-152.3", "221", "§ 221")] == [
        "§ 18.2-152.3", "§ 18.2-152.3", "§§ 221, 222", "§§ 221, 222",
    ]  # fmt: skip


def test_odd_numbers_and_addresses_are_read_at_once(store):
    """A page whose address had 250 such letters held a process for minutes; so did a cell of a table."""
    articles = "".join(f"## Article {number}. Lamp\n\nIt is lit.\n\n" for number in range(1, 501))
    version = store(articles, "one", published=False)
    version.clauses.update(num="1" * 110)
    with at_most(seconds=1):
        assert cite_address("a1" + "__intro_1" * 27 + "-")
        for cited in ("x1", "1" * 240 + "(", "1" * 131_000 + "("):
            with pytest.raises(CitationError):
                Citations(version).find(cited)


DATE = r"\d{4}(-\d\d(-\d\d)?)?"
WORK = rf"/akn/[a-z]{{2}}(-[a-z]+)?/(act|bill)/{DATE}/[a-z0-9-]+"
EXPRESSION = rf"{WORK}/(eng|khm)@{DATE}"
MADE = datetime(2021, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("law", "address"),
    [
        (Law(slug="bill", jurisdiction="kh", kind="draft", date="2012"), "/akn/kh/bill/2012/bill"),
        (Law(slug="code", jurisdiction="us", kind="statute", date="1948-06-25"), "/akn/us/act/1948-06-25/code"),
        (Law(slug="pact", jurisdiction="int", kind="treaty", date="1966", organisation="un"), "/akn/un/act/1966/pact"),
        (Law(slug="c", jurisdiction="int", kind="treaty", date="2001", organisation="coe"), "/akn/xa-coe/act/2001/c"),
        (Law(slug="other", jurisdiction="int", kind="treaty", date="2001"), "/akn/xa/act/2001/other"),
    ],
)  # fmt: skip
def test_the_address_of_a_law_names_its_country_kind_and_date(law, address):
    assert law.frbr_uri == address and re.fullmatch(WORK, address)


@pytest.mark.parametrize("date", ["2020", "2020-08", "2020-08-04", ""])
def test_the_address_of_a_text_is_the_law_s_with_language_and_date(date):
    law = Law(slug="bill", jurisdiction="kh", kind="draft", date="2012")
    text = Version(law=law, slug="v", language="km", date=date, imported_at=MADE)
    assert text.frbr_uri == f"/akn/kh/bill/2012/bill/khm@{date or '2021-03-04'}"
    assert re.fullmatch(EXPRESSION, text.frbr_uri)


@pytest.mark.django_db
def test_a_new_law_keeps_the_year_of_its_first_text_and_a_clause_the_convention_s_short_forms():
    details = {"jurisdiction": "kh", "kind": "draft"}
    first = import_law(
        Import(b"Article 1\n\nOne.", "a.txt", "law", "b", metadata={**details, "date": "2020-08"})
    ).version
    import_law(Import(b"Article 1\n\nTwo.", "a.txt", "law", "a", metadata={"date": "2012"}))
    first.law.refresh_from_db()
    assert first.law.frbr_uri == "/akn/kh/bill/2020/law"
    text = b"Section 1. Definitions\n\n(a) First.\n\n(1) One:\n\n(A) a thing;\n\n(i) small;\n\n(I) smaller.\n"
    import_law(Import(text, "a.txt", "law", "v", metadata={"jurisdiction": "us", "kind": "statute", "date": "2020"}))
    assert "sec_1__subsec_a__para_1__subpara_A__cl_i__subcl_I" in Clause.objects.values_list("eid", flat=True)


def test_a_number_that_is_not_there_is_looked_for_in_little_memory(store):
    """Each way to begin an id in the middle was kept: 24,500 ids of 250 signs took 1.8 GB."""
    version = store(LAW, "one")
    clauses = [Clause(eid="_" * 240 + f"i{number}", num="x") for number in range(3_000)]
    citations = Citations(version)
    citations.__dict__["_clauses"] = clauses
    tracemalloc.start()
    try:
        with pytest.raises(CitationError):
            citations.find("y")
        assert citations.find("i7") is clauses[7]
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
