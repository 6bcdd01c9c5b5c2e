"""Markdown: the dialect of docs/markdown.md, and Markdown as others write it."""

import pytest
from hypothesis import given

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from tests.conftest import SHARED, needs_shared
from tests.engine.reading_cases import (
    answers_or_refuses,
    characters,
    check,
    damaged,
    kept,
    outline,
)

LAW = """---
law: xx-notices
title: Draft Law on Notices
language: en
date: 2012-05-01
articles_total: 3
---

<!-- a comment -->

# Chapter 4. Offences

## Article 28. Contents and *websites*
{: text_status=restatement source="https://example.org/page" note="Five \\"heads\\" are known." }

Whoever publishes any of these
is punished by imprisonment of one to three years:

(1) contents "deemed to hinder" the State;
{: text_status=quotation source="https://example.org/other" }

(2) **Publications.** Publications that, as said in
(1) above, harm:

(a) one person; or

(b) several persons,

^(2) and are false.

^ The court may order more.

## Article 29. Intellectual property
{: text_status=heading-only }

## Data kept by service providers (number not known)
{: eid=art_nn_retention note="No number was seen." }

Providers keep [data](https://example.org/data).
"""


def test_the_dialect():
    document = read(LAW.encode(), filename="law.md")
    check(document)
    assert document.title == "Draft Law on Notices"
    assert document.meta["date"] == "2012-05-01"
    assert document.meta["articles_total"] == 3
    assert outline(document) == [
        "chp_4",
        "chp_4__art_28",
        "chp_4__art_28__para_1",
        "chp_4__art_28__para_2",
        "chp_4__art_28__para_2__point_a",
        "chp_4__art_28__para_2__point_b",
        "chp_4__art_28__para_2__wrapup_1",
        "chp_4__art_28__wrapup_1",
        "chp_4__art_29",
        "art_nn_retention",
    ]
    article = document.by_eid["chp_4__art_28"]
    assert (article.num, article.heading, article.line) == ("Article 28", "Contents and websites", 13)
    assert article.text == "Whoever publishes any of these is punished by imprisonment of one to three years:"
    assert article.attributes["note"] == 'Five "heads" are known.'
    assert document.by_eid["chp_4__art_28__para_1"].attributes["text_status"] == "quotation"
    second = document.by_eid["chp_4__art_28__para_2"]
    assert (second.heading, second.text) == ("Publications", "Publications that, as said in (1) above, harm:")
    assert document.by_eid["chp_4__art_28__para_2__wrapup_1"].text == "and are false."
    assert document.by_eid["art_nn_retention"].element == "article"
    assert document.by_eid["art_nn_retention"].parent == "chp_4"
    assert document.warnings == ()


def test_markdown_without_any_marks_is_read():
    text = "**Article 1 – Aim.**\n\nThe aim.\n\n**Article 2**\n\n1. one that is\n   wrapped;\n2. two.\n   a) three\n"
    document = read(text.encode(), filename="law.md")
    assert outline(document) == ["art_1", "art_2", "art_2__para_1", "art_2__para_2", "art_2__para_2__point_a"]
    assert document.clauses[0].heading == "Aim"
    assert document.clauses[2].text == "one that is wrapped;"


def test_setext_headings_tables_bullets_and_quotes():
    text = (
        "Law on Notices\n==============\n\nArticle 1\n---------\n\n> quoted\n\n- one\n- two\n\n"
        "| a | b |\n|---|---|\n| c | d |\n"
    )
    document = read(text.encode(), filename="law.md")
    assert document.title == "Law on Notices"
    assert document.clauses[0].text.split("\n") == ["quoted", "- one", "- two", "| a | b |", "| c | d |"]


def test_leading_spaces_decide_the_level():
    document = read(b"# Article 1\n\n(a) one\n\n  (i) two\n\n(b) three\n\n  (i) four\n", filename="law.md")
    assert outline(document)[-1] == "art_1__point_b__point_i"


def test_what_cannot_be_read_is_refused_with_its_line(subtests):
    for text, message in [
        ("---\ntitle: [\n---\n# Article 1\nx", "line 2: the front matter cannot be read"),
        ("---\n- a\n- b\n---\n# Article 1\nx", "line 1: the front matter is no list of keys and values"),
        ("---\na: &x 1\nb: *x\n---\n# Article 1\nx", "line 3: the front matter uses a YAML alias"),
        ("---\na: " + "[" * 20_000 + "\n---\n# Article 1\nx", "line 1: the values of the front matter stand too deep"),
        ("---\nlanguage: xx\n---\n# Article 1\nx", "line 1: 'xx' in the front matter is no language of ISO 639-1"),
        ("{: note=x }\n\n# Article 1\nx", "line 1: an attribute line stands above the first clause"),
        ("# Article 1\n{: note= }\nx", "line 2: the attribute line cannot be read"),
        ("# Article 1\n\n<!-- never closed\n", "line 3: a comment is opened"),
        ("# Notes\n\nNothing here is a law.\n", "no article, section or numbered clause was found"),
    ]:
        with subtests.test(text=text):
            with pytest.raises(ReadingError) as caught:
                read(text.encode(), filename="law.md")
            assert str(caught.value).startswith(message)


@needs_shared
def test_no_character_of_real_files_is_lost_but_the_marks():
    for file in sorted((SHARED / "data").glob("us-code-markdown/*.md")) + sorted(
        (SHARED / "data").glob("treaties/*.md")
    ):
        data = file.read_bytes()
        document = read(data, filename=file.name)
        check(document)
        lost = characters(data.decode()) - kept(document)
        assert set(lost) <= set("#[]()*_"), file.name


def test_nothing_inside_a_fence_is_a_heading(subtests):
    for fence in ["```", "~~~~"]:
        with subtests.test(fence=fence):
            inside = "Article 9. An example\n# No heading\n(a) no point"
            document = read(
                f"## Article 1. A\n\nWords.\n\n{fence}text\n{inside}\n{fence}\n\n## Article 2. B\n\nMore.\n".encode()
            )
            check(document)
            assert [clause.num for clause in document.clauses if clause.num] == ["Article 1", "Article 2"]
            shown = "\n".join(clause.text for clause in document.clauses)
            assert all(line in shown for line in inside.split("\n"))


def test_a_fence_that_nothing_closes_swallows_no_law():
    document = read(b"## Article 1. A\n\n```\nWords.\n\n## Article 2. B\n\nMore.\n")
    assert [clause.num for clause in document.clauses] == ["Article 1", "Article 2"]


@given(damaged(LAW.encode()))
def test_a_damaged_file_is_read_or_refused(data):
    answers_or_refuses(data, "markdown")


def test_a_table_of_three_columns_keeps_its_cells():
    table = b"| Port | *Ship* | Fee |\n|---|:--:|--:|\n| (a) North | | 5 |\n| | Brig | |\n"
    document = read(b"## Article 1\n\nFees:\n\n" + table + b"\nThey are due.\n")
    assert document.clauses[0].text.split("\n") == [
        "Fees:",
        "Port\tShip\tFee",
        "(a) North\t\u00a0\t5",
        "\u00a0\tBrig\t\u00a0",
        "They are due.",
    ]
