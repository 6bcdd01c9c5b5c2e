"""HTML: gazettes and codes on the web, and what word processors save."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from tests import samples
from tests.engine.reading_cases import (
    answers_or_refuses,
    characters,
    check,
    damaged,
    kept_or_refused,
    law_lines,
    outline,
)

PAGE = """<!doctype html>
<html lang="en"><head><title>Site</title><style>p { color: red }</style></head>
<body>
<nav><a href="/">Home</a></nav>
<h1>Law on Notices</h1>
<h2>Preamble</h2><p>Noting the need,</p>
<h2>Chapter 1<br>General</h2>
<h3>Article 1. Aim</h3>
<p>The <em>aim</em> is&nbsp;this:</p>
<ol type="a"><li>one;</li><li><p>two:</p><ol type="i"><li>three.</li></ol></li></ol>
<h3>Article 2</h3><h4>Scope</h4>
<table><tr><th>Offence</th><th>Penalty</th></tr><tr><td>False notice</td><td>A fine</td></tr></table>
<p>(1) <b>Notice.</b> A notice is given.</p>
<script>alert(1)</script>
<footer>Contact</footer>
</body></html>"""

FEES = """<h1>Law</h1><img src="emblem.png">
<h2>Article 1. Fees</h2>
<p>(1) The fees are:</p>
<table><tr><th>Port<th>Ship<th>Fee</tr><tr><td>North<td><p>Brig,</p><p>Sloop</p><td></tr>
<tr><td>1.<td>Brig<td>9</tr><tr><td>2.<td>Brig<td>9</tr></table>
<p>(2) The port is so:</p><p><img src="map.png" alt="Map of the port"><img src="sign.gif" width="20" height="20"></p>
<table><tr><td>Article 2<td>Ports<td>a</tr><tr><td>Article 3<td>Ships<td>b</tr><tr><td>Article 4<td>Seas<td>c</tr>
</table>"""


def test_the_rows_of_a_table_are_kept_and_a_picture_left_out_is_warned_of():
    document = read(FEES.encode(), filename="law.html")
    texts = {clause.eid: clause.text for clause in document.clauses}
    assert texts["art_1__para_1"].split("\n") == [
        "The fees are:",
        "Port\tShip\tFee",
        "North\tBrig, Sloop\t\u00a0",
        "1.\tBrig\t9",
        "2.\tBrig\t9",
    ]
    assert {"art_2", "art_3", "art_4"} < texts.keys(), "articles set in columns are no table"
    assert [(each.kind, each.subject) for each in document.warnings if "heading" not in each.kind] == [
        ("picture-left-out", "Map of the port"),
        ("table-flattened", "Article 2 Ports a"),
    ]


@pytest.mark.parametrize(
    "rows", ["<tr>" + "<td>a" * 70 + "</tr>", "<tr>" + "<td>a" * 50 + "</tr>" + "<tr><td>b</tr>" * 30]
)
def test_what_has_no_shape_of_a_table_is_read_as_lines(rows):
    document = read(f"<h2>Article 1</h2><table>{rows * 3}</table>".encode(), filename="law.html")
    assert document.clauses and not any("\t" in clause.text for clause in document.clauses)


def test_a_page():
    document = read(PAGE.encode(), filename="law.html")
    check(document)
    assert document.title == "Law on Notices"
    assert [(clause.eid, clause.heading) for clause in document.clauses] == [
        ("preamble", "Preamble"),
        ("chp_1", "General"),
        ("chp_1__art_1", "Aim"),
        ("chp_1__art_1__point_a", ""),
        ("chp_1__art_1__point_b", ""),
        ("chp_1__art_1__point_b__point_i", ""),
        ("chp_1__art_2", "Scope"),
        ("chp_1__art_2__para_1", "Notice"),
    ]
    assert document.by_eid["chp_1__art_1"].text == "The aim is\u00a0this:"
    assert document.by_eid["chp_1__art_2"].text == "Offence Penalty\nFalse notice A fine"
    words = " ".join(clause.text for clause in document.clauses)
    assert "alert" not in words and "Home" not in words and "color" not in words
    assert {each.name for each in document.furniture} >= {"navigation", "title"}


def test_an_article_numbered_in_its_tag():
    page = (
        b"<body><article data-number='3'><p>Text.</p></article>"
        b"<article data-number='4'><h2>Article 4</h2><p>x</p></article>"
    )
    assert outline(read(page)) == ["art_3", "art_4"]
    assert read("<body><article data-number='3'><p>ក</p></article>".encode(), language="km").clauses[0].num == "មាត្រា ៣"


def test_lists_are_numbered_as_a_browser_does():
    page = b"<h2>Article 1</h2><ol start='3'><li>one<li value='7'>two<li>(8) three</ol><ul><li>four</ul>"
    document = read(page)
    assert [clause.num for clause in document.clauses[1:]] == ["3.", "7.", "(8)"]


def test_the_words_of_a_page_of_plain_lines():
    page = b"<body><pre>Article 1. Aim\nIt aims.\nArticle 2. Scope\nIt applies.</pre></body>"
    assert outline(read(page)) == ["art_1", "art_2"]
    page = b"<p>Article 1. Aim<br>It aims.<br/>(a) one<br>(b) two</p>"
    assert outline(read(page)) == ["art_1", "art_1__point_a", "art_1__point_b"]


def test_what_holds_no_law_is_refused():
    for data in (b"<html></html>", b"<!doctype html>", b"<p>Hello.</p>", b"<h1></h1>"):
        with pytest.raises(ReadingError):
            read(data, filename="law.html")


def test_a_declaration_has_a_preamble_and_its_articles(subtests):
    for language, word in [("en", "Article"), ("km", "មាត្រា")]:
        with subtests.test(language=language):
            document = read(samples.declaration(language), filename="a.html")
            check(document)
            assert document.language == language and document.warnings == ()
            articles = [clause for clause in document.clauses if clause.element == "article"]
            assert [clause.eid for clause in articles] == [f"art_{n}" for n in range(1, len(samples.ARTICLES) + 1)]
            assert all(clause.num.startswith(word) for clause in articles) and document.clauses[0].element == "preamble"


@given(damaged(PAGE.encode()))
def test_a_damaged_page_is_read_or_refused(data):
    answers_or_refuses(data, "html")
    answers_or_refuses(data, "auto")


@given(law_lines, st.lists(st.sampled_from(["p", "h2", "li", "td", "b"]), min_size=25, max_size=25))
def test_every_character_of_any_page_is_in_a_clause_or_in_furniture(lines, tags):
    page = "".join(f"<{tag}>{line}</{tag}>" for line, tag in zip(lines, tags, strict=False))
    outcome = kept_or_refused(f"<body>{page}</body>".encode(), "html")
    assert outcome in (None, characters("".join(lines)))
