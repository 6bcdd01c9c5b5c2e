"""Words of United States law and of treaties: quotations whole, and not broken off before what bounds them."""

from __future__ import annotations

import re
from itertools import product

import pytest
import yaml

from tests.content.corpus import FIXTURES, document, entries, for_each, resolve

pytestmark = pytest.mark.content

FILES = sorted(path for path in (FIXTURES / "values").glob("*.yaml") if not path.stem.startswith("kh-"))
STATED = {data["text"]: data["clauses"] for data in (yaml.safe_load(path.read_text("utf-8")) for path in FILES)}
TITLE_6, TITLE_18, TITLE_47 = "us-code-6/2023-en", "us-code-18/2023-en", "us-code-47/2023-en"


def is_torn(words: str) -> bool:
    """Whether a quotation in the words has one mark alone, or they begin inside one."""
    marks = [mark.start() for mark in re.finditer('"', words)]
    return bool(len(marks) % 2) or any(at and words[at - 1] not in " (" for at in marks[::2])


@for_each(STATED)
def test_a_value_has_both_marks_of_each_quotation(address):
    words = [row["words"] for rows in STATED[address].values() for row in rows]
    assert [each for each in words if is_torn(each)] == []


def test_the_words_of_a_correspondence_have_both_marks_of_each_quotation():
    sides = [(row, end) for row in entries("correspondences.yaml") for end in row["words"]]
    words = [row["words"][end] for row, end in sides if not next(iter(row[end])).startswith("kh-")]
    assert words and [each for each in words if is_torn(each)] == []


@for_each([name for name in STATED if (FIXTURES / f"laws/{name[:-3]}-km.md").exists()])
def test_a_khmer_rendering_has_both_marks_of_each_quotation(address):
    clauses = document(f"{address[:-3]}-km").clauses
    assert [each.eid for each in clauses if each.text.count("«") != each.text.count("»")] == []


@for_each(
    [
        (TITLE_18, "1028(a)", "1028(a)(7)", "a connection without it is enough"),
        (TITLE_18, "1037", "1037(a)(2)", "or an Internet access service about their origin"),
        (TITLE_18, "2101(a)", "sec_2101__subsec_a__wrapup_1", "during the travel or use, or later"),
        (TITLE_18, "2101(a)", "sec_2101__subsec_a__wrapup_1", "any other overt act"),
        (TITLE_18, "2261A(2)", "2261A(2)(A)", "; or"),
        (TITLE_18, "2261A(2)", "2261A(2)(B)", "causes, attempts to cause, or"),
        (TITLE_18, "3121(a)", "3121(b)", "a provider of electronic or wire communication service"),
        (TITLE_18, "3121(a)", "3121(b)(1)", "protecting users of the service against abuse"),
        (TITLE_18, "3121(a)", "3121(b)(2)", "fraudulent, unlawful or abusive use"),
        *((TITLE_47, cited, "223(e)(1)", "which that person does not control") for cited in ("223(a)(1)", "223(d)")),
        *((TITLE_47, cited, "223(e)(1)", "creating the communication's") for cited in ("223(a)(1)", "223(d)")),
        *((TITLE_47, cited, "223(e)(2)", "a conspirator") for cited in ("223(a)(1)", "223(d)")),
        *((TITLE_47, cited, "223(e)(3)", "owns or controls") for cited in ("223(a)(1)", "223(d)")),
        (TITLE_6, "1503(c)", "1503(c)(1)", "or receive one from them"),
    ]
)
def test_a_value_goes_on_to_what_bounds_it(address, cited, within, bound):
    rows = [row for row in STATED[address][cited] if row.get("in", cited) == within]
    assert any(bound in f"{row['words']} {row.get('note', '')}" for row in rows)


@for_each(product([TITLE_6, "us-code-6/2023-km"], ["1501", "1503", "1505"]))
def test_a_section_that_is_in_force_for_a_time_says_until_when(address, section):
    assert "11 December 2026" in resolve(address, section).attributes.get("note", "")


def test_the_safeguards_of_budapest_are_not_set_beside_an_article_that_does_not_answer_them():
    """Their counterpart in the United Nations Convention is Article 24, which is not in this corpus."""
    pairs = [(row["from"], row["to"]) for row in entries("correspondences.yaml")]
    assert ({"un-cybercrime/2024-en": "6(1)"}, {"budapest-convention/2001-en": "15(1)"}) not in pairs
    assert "Article 24" in resolve("un-cybercrime/2024-en", "6").attributes.get("note", "")


def test_the_lines_and_systems_of_section_1362_are_all_that_it_names():
    rows = [row for row in entries("correspondences.yaml") if "1362" in {*row["from"].values(), *row["to"].values()}]
    assert rows and [row["id"] for row in rows if "operates or controls" not in row["reasoning"]] == []
