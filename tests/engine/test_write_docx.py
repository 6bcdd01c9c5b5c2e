"""A Word file with tracked changes: accepted it is the new text, refused the old one; nobody's name is in it."""

from __future__ import annotations

import io
import itertools
import zipfile
from datetime import UTC, datetime

import docx
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lawcompare.engine.writing.redline import Link, redline
from lawcompare.engine.writing.report import write_redline
from lawcompare.engine.writing.word import WordDocument, w
from tests.engine.test_redline import CLAUSE, articles, document, lines

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEPT = {
    "accept": {"ins", "moveTo"},
    "refuse": {"del", "moveFrom"},
}


def written(old, new, links) -> bytes:
    word = WordDocument("Title", "A site", MOMENT, language="en", header="Header", footer="Footer")
    write_redline(word, redline(old, new, links), MOMENT, "en")
    return word.save()


def body_of(data: bytes):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return etree.fromstring(package.read("word/document.xml"))[0]


def decide(data: bytes, decision: str) -> list[str]:
    """The paragraphs that Word shows after all changes were accepted or refused (ECMA-376 17.13.5)."""
    kept = KEPT[decision]
    runs, words = [], ""
    for paragraph in body_of(data).iterfind(w("p")):
        for child in paragraph:
            tag = etree.QName(child).localname
            if tag == "r" or tag in kept:
                for piece in child.iter(w("t"), w("delText"), w("tab")):
                    words += "\t" if piece.tag == w("tab") else piece.text or ""
        mark = paragraph.find(f"{w('pPr')}/{w('rPr')}")
        if mark is None or any(etree.QName(child).localname in kept for child in mark):
            runs.append(words)
            words = ""
    return runs + ([words] if words else [])


@given(st.lists(CLAUSE, max_size=6), st.lists(CLAUSE, max_size=6), st.data())
def test_all_accepted_is_the_new_text_and_all_refused_the_old(before, after, data):
    old, new = document(before), document(after)
    places = [(a, b) for a in range(len(before)) for b in range(len(after))]
    chosen = data.draw(st.lists(st.sampled_from(places), max_size=6)) if places else []
    file = written(old, new, [Link(old.clauses[a].eid, new.clauses[b].eid) for a, b in chosen])
    assert decide(file, "accept") == lines(new)
    assert decide(file, "refuse") == lines(old)


def test_a_table_of_both_texts_is_a_table_with_tracked_words_in_its_cells():
    rows = "Port\tShip\tFee\nNorth\tBrig\t5\nSouth\tBrig\t9"
    old, new = articles(f"Fees:\n{rows}\nDue."), articles(f"Fees:\n{rows.replace('5', '7')}\nDue at once.")
    file = written(old, new, [Link("art_1", "art_1")])
    (table,) = body_of(file).iterfind(w("tbl"))
    cells = [["".join(cell.itertext()) for cell in row.iterfind(w("tc"))] for row in table.iterfind(w("tr"))]
    assert cells == [["Port", "Ship", "Fee"], ["North", "Brig", "57"], ["South", "Brig", "9"]]
    assert [words.text for words in table.iter(w("delText"))] == ["5"]
    assert [line.strip() for line in decide(file, "accept") if line.strip()][-2:] == ["Fees:", "Due at once."]
    # Where columns were put in, the lines are text.
    other = articles(f"Fees:\n{rows.replace('\n', '\tToday\n')}\tToday\nDue.")
    assert body_of(written(old, other, [Link("art_1", "art_1")])).find(w("tbl")) is None


def moved():
    one = "The court may order the blocking of a site for ten days at the request of the prosecutor."
    two = "Providers keep traffic data of their customers for one year and hand it over on request."
    old, new = articles(one, two, two + two), articles(two, two + two, one.replace("ten", "twenty"))
    return written(old, new, [Link("art_1", "art_3"), Link("art_2", "art_1"), Link("art_3", "art_2")])


def test_what_moved_is_tracked_as_moved():
    body = body_of(moved())
    starts = [*body.iterfind(w("moveFromRangeStart")), *body.iterfind(w("moveToRangeStart"))]
    assert [start.get(w("name")) for start in starts] == ["move1", "move1"]
    ends = [*body.iterfind(w("moveFromRangeEnd")), *body.iterfind(w("moveToRangeEnd"))]
    assert [end.get(w("id")) for end in ends] == [start.get(w("id")) for start in starts]
    assert body.find(f".//{w('moveFrom')}/{w('r')}") is not None
    assert body.find(f".//{w('moveTo')}/{w('r')}") is not None


def test_changes_of_neighbouring_paragraphs_are_two_minutes_apart_at_least():
    """LibreOffice takes nearer ones for one change, and refusing it joins paragraphs."""
    words = [f"Clause {number} is about matter {number} alone." for number in range(20)]
    old, new = articles(*words[:4]), articles(*(f"{one} New." for one in words[:4]), *words[4:])
    body = body_of(written(old, new, [Link(f"art_{number}", f"art_{number}") for number in range(1, 5)]))
    dates = [
        {datetime.fromisoformat(one.get(w("date"))) for tag in ("ins", "del") for one in paragraph.iter(w(tag))}
        for paragraph in body.iterfind(w("p"))
    ]
    changed = [times for times in dates if times]
    assert len(changed) > 16 and all(len(times) == 1 for times in changed)
    for earlier, later in itertools.pairwise(min(times) for times in changed):
        assert abs((later - earlier).total_seconds()) >= 120


def test_every_change_names_the_program_and_the_day_and_has_its_own_number():
    body = body_of(moved())
    changes = [one for tag in ("ins", "del", "moveFrom", "moveTo") for one in body.iter(w(tag))]
    assert {one.get(w("author")) for one in changes} == {"lawcompare"}
    dates = {one.get(w("date")) for one in changes}
    assert dates <= {f"2026-03-01T00:{minute:02}:00Z" for minute in range(0, 14, 2)}
    numbers = [one.get(w("id")) for one in changes]
    assert len(set(numbers)) == len(numbers) > 4


def test_the_file_opens_and_names_nobody():
    data = moved()
    document = docx.Document(io.BytesIO(data))
    assert document.paragraphs[0].style.name == "Heading 1"
    core = document.core_properties
    assert (core.author, core.title, core.last_modified_by, core.comments) == ("A site", "Title", "", "")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert not [name for name in package.namelist() if "app.xml" in name or "thumb" in name or "custom" in name]
    assert data == moved(), "the same content gives the same bytes"


def test_other_readers_find_what_they_ask_for():
    with zipfile.ZipFile(io.BytesIO(moved())) as package:
        for edge in ("header", "footer"):
            assert "r" in etree.fromstring(package.read(f"word/{edge}.xml")).nsmap, "docx2python looks for it"
        styles = etree.fromstring(package.read("word/styles.xml"))
    order = ["rFonts", "b", "bCs", "color", "sz", "szCs", "u", "vertAlign", "lang"]  # ECMA-376, CT_RPr
    for properties in styles.iter(w("rPr")):
        places = [order.index(etree.QName(one).localname) for one in properties]
        assert places == sorted(places)


def test_khmer_is_set_as_the_complex_script_it_is():
    word = WordDocument("x", "y", MOMENT, language="en", header="", footer="")
    word.run(word.paragraph(), "មាត្រា ២៨", bold=True)
    with zipfile.ZipFile(io.BytesIO(word.save())) as package:
        words, styles = package.read("word/document.xml").decode(), package.read("word/styles.xml").decode()
    assert "<w:bCs/>" in words and "<w:cs/>" in words and 'w:bidi="km-KH"' in words
    assert 'w:cs="Noto Sans Khmer"' in styles and "<w:szCs" in styles


def test_signs_that_xml_cannot_hold_and_markup_are_only_words():
    word = WordDocument("<&>", "y", MOMENT, language="en", header="<h>", footer="")
    word.run(word.paragraph(), "a\x00\x0b<w:p>&\tb")
    document = docx.Document(io.BytesIO(word.save()))
    assert document.paragraphs[0].text == "a<w:p>&\tb"
