"""The lines of a file of markup as they read: no tag among them, each clause at the line on which it begins."""

from __future__ import annotations

from lawcompare.engine.reading import read
from lawcompare.engine.reading.rendered_lines import rendered_lines, with_rendered_lines
from tests.processor_time import at_most

PAGE = """<!doctype html><html><head><title>Not seen</title><style>p { color: red }</style></head><body>
<!-- <p>Nor this</p> --><h1>Law on <b>lamps</b> &amp; lanterns</h1>
<h2>Article 1. Aim</h2><p>This law has
an aim.</p><h2>Article 2. Scope</h2><p>It holds <i>every</i>where.<br>In each street.</p>
<script>if (1 < 2) document.write("<p>Article 9</p>")</script></body></html>"""
AKN = """<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="act"><meta>
<identification source="#x">
<FRBRWork><FRBRthis value="/akn/xx"/></FRBRWork></identification><note>Not law</note></meta><body>
<article eId="art_1"><num>Article 1</num><heading>Aim</heading><content><p>This law has an aim.</p></content></article>
<article eId="art_2"><num>Article 2</num><list eId="art_2__list_1"><intro><p>It holds in:</p></intro>
<point eId="art_2__list_1__point_a"><num>(a)</num><content><p>streets;</p></content></point></list></article>
</body></act></akomaNtoso>"""


def test_words_of_a_page_are_its_lines_and_what_nobody_sees_is_left_out():
    assert [(line.words, line.line) for line in rendered_lines(PAGE, is_xml=False)] == [
        ("Law on lamps & lanterns", 2),
        ("Article 1. Aim", 3),
        ("This law has an aim.", 3),
        ("Article 2. Scope", 4),
        ("It holds everywhere.", 4),
        ("In each street.", 4),
    ]


def test_a_number_stands_before_its_words_in_xml():
    words = [line.words for line in rendered_lines(AKN, is_xml=True)]
    assert words == ["Article 1 Aim", "This law has an aim.", "Article 2 It holds in:", "(a) streets;"]


def test_each_clause_names_the_line_on_which_it_begins(subtests):
    for data, name in [(PAGE, "law.html"), (PAGE.replace("\n", " "), "law.html"), (AKN, "law.xml")]:
        with subtests.test(data=data):
            document = with_rendered_lines(read(data.encode(), filename=name), data.encode(), name)
            assert not any("<" in line for line in document.source)
            for clause in document.clauses:
                assert (clause.num or clause.text[:10]) in document.source[clause.line - 1]
            lines = [clause.line for clause in document.clauses]
            assert lines == sorted(lines) and len(set(lines)) >= 2


def test_a_text_without_markup_stays_as_it_is():
    data = b"Article 1. Aim\nThis law has an aim.\n"
    document = read(data)
    assert with_rendered_lines(document, data, "law.txt") is document


def test_hostile_markup_is_looked_at_once(subtests):
    for markup in ["<" * 400_000, "<p " * 200_000, "<!--" * 200_000, "<![CDATA[<p>" * 100_000]:
        with subtests.test(markup=markup), at_most(seconds=5):
            rendered_lines(markup, is_xml=True)
