"""Numbers as the world prints them, contents tables, covers and endnotes: what is a unit, and what is set aside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.structure.corrections import Correction, CorrectionError, apply_corrections
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.segment import segment

AUSTRALIAN = """Harbour Trust Act 2001

About this compilation

This compilation shows the Act as it is in force on 1 May 2001.

Contents

Part 1—Preliminary\t1
1\tShort title\t1
2\tCommencement\t1
Part 2—The Trust\t2
3\tEstablishment\t2
3A\tPowers\t3
Schedule 1—Land\t9
Part 1—Preliminary
1  Short title
This Act may be cited as the Harbour Trust Act 2001.
2  Commencement
(1) This Act commences on a day to be fixed.
(2) If it does not, it commences in June.
Part 2—The Trust
3  Establishment
The Trust is established by this section.
3A  Powers
The Trust has the following powers:
(a) to hold land;
(b) to sell it.
Schedule 1—Land
1 The north shore, as shown on the plan.
2 The south shore, as shown on the plan.

Endnotes

Endnote 1—Legislation history

This endnote tells what Acts amended the Act.
"""

ABOVE = """THE PLACES ACT
An Act to provide for places.
Short title
1. This Act may be cited as the Places Act.
Interpretation
2. (1) In this Act a place includes a square.
(2) A road is no place.
Keepers of places
3. The Minister may appoint a keeper for each place, who shall keep it.
Offences
4. A person who spoils a place commits an offence.
"""


def units(document):
    return [(c.num, c.heading) for c in document.clauses if c.element in ("section", "article")]


def kinds(document):
    return [warning.kind for warning in document.warnings]


def furniture(document, name):
    return [each.text for each in document.furniture if each.name == name]


def test_a_bare_number_and_its_heading_begin_a_section():
    document = read(AUSTRALIAN.encode())
    assert units(document) == [
        ("1", "Short title"), ("2", "Commencement"), ("3", "Establishment"), ("3A", "Powers"),
    ]  # fmt: skip
    assert [c.eid for c in document.clauses if c.num == "3A"] == ["part_2__sec_3A"]


def test_contents_cover_and_endnotes_are_set_aside_with_one_warning_each():
    document = read(AUSTRALIAN.encode())
    assert document.title == "Harbour Trust Act 2001"
    assert len(furniture(document, "table-of-contents")) == 8
    assert furniture(document, "cover")[0] == "About this compilation"
    assert furniture(document, "endnotes")[0] == "Endnotes"
    assert sorted(kind for kind in kinds(document) if kind.endswith("-aside")) == [
        "contents-aside", "cover-aside", "endnotes-aside",
    ]  # fmt: skip


def test_a_heading_above_the_number_is_the_heading_of_its_section():
    assert units(read(ABOVE.encode())) == [
        ("1", "Short title"), ("2", "Interpretation"), ("3", "Keepers of places"), ("4", "Offences"),
    ]  # fmt: skip


def test_a_number_alone_on_its_line_begins_an_article_where_the_law_calls_it_so():
    lines = []
    for number in range(1, 6):
        lines += [f"{number}.", f"(1) All power of article {number} comes from the people.", "(2) It is shared."]
    document = read("\n".join(lines).encode())
    assert [(c.element, c.num) for c in document.clauses if c.depth == 0] == [
        ("article", str(number)) for number in range(1, 6)
    ]


def test_paragraphs_with_bare_numbers_inside_articles_stay_paragraphs():
    text = "".join(
        f"Article {number}\nTitle {'abc'[number - 1]} of it\n1. First of it.\n2. Second of it.\n3. Third of it.\n"
        for number in range(1, 4)
    )
    document = read(text.encode())
    assert [c.element for c in document.clauses if c.depth == 0] == ["article"] * 3
    assert {c.element for c in document.clauses if c.depth == 1} == {"paragraph"}


def test_points_of_an_annex_are_no_articles():
    text = "Article 1\nAim\nThis law has an aim.\nArticle 2\nScope\nIt has a scope.\n"
    text += "ANNEX I\nSection A\n1. First thing of the list;\n2. Second thing of the list;\n3. Third thing.\n"
    document = read(text.encode())
    assert [c.num for c in document.clauses if c.element == "article"] == ["Article 1", "Article 2"]


def test_articles_in_the_quoted_words_of_an_amendment_are_another_law_s():
    text = (
        "Article 1\nAmendment\nIn the Code the following articles are inserted:\n"
        "“Article 45\nNotices\nArticle 46\nNotices are given in writing.”\n"
        "Article 2\nEntry into force\nThis law enters into force at once.\n"
    )
    document = read(text.encode())
    assert [c.num for c in document.clauses if c.element == "article"] == ["Article 1", "Article 2"]


def test_a_contents_table_inside_a_section_is_set_aside_there():
    entries = ["TITLE I—FOOD", "Sec. 101. Plan.", "Sec. 102. Money.", "TITLE II—WATER", "Sec. 201. Wells."]
    lines = ["SEC. 1. Short title.", "This Act may be cited as the Act.", "SEC. 2. Contents."]
    lines += ["The table of contents of this Act is as follows:", "Sec. 1. Short title.", "Sec. 2. Contents.", *entries]
    for entry in entries:
        lines.append(entry.replace("Sec.", "SEC."))
        if entry.startswith("Sec."):
            lines.append("The Secretary shall do what this section says.")
    document = read("\n".join(lines).encode())
    assert [c.num for c in document.clauses if c.element == "section"] == [
        "SEC. 1", "SEC. 2", "SEC. 101", "SEC. 102", "SEC. 201",
    ]  # fmt: skip
    assert len(furniture(document, "table-of-contents")) == 7


def test_a_law_of_headings_alone_is_no_contents_table():
    text = "".join(f"Article {number} Matter {number}\n" for number in range(1, 9))
    assert "contents-aside" not in kinds(read(text.encode()))


def test_where_an_act_stands_among_the_laws_of_its_country_is_no_chapter():
    text = "CHAPTER 6\nTHE EVIDENCE ACT\n" + "".join(
        f"{number}. Matter {number}\nThis is the law of matter {number}.\n" for number in range(1, 5)
    )
    document = read(text.encode())
    assert document.title == "THE EVIDENCE ACT"
    assert [c.num for c in document.clauses] == ["1", "2", "3", "4"]


def test_a_number_in_a_cell_of_its_own_begins_a_section_whose_words_are_no_heading():
    words = ("whoever lights a lamp keeps it.", "whoever keeps it cleans it.", "whoever cleans it is paid.")
    blocks = [Block(f"{number} {text.capitalize()}", number_in_cell=True) for number, text in enumerate(words, 1)]
    assert [c.num for c in segment(blocks).clauses if c.element == "section"] == ["1", "2", "3"]
    together = [replace(block, number_in_cell=False) for block in blocks]
    assert [c.num for c in segment(together).clauses if c.element == "section"] == []


def test_chapters_numbered_in_words_beyond_twelve_are_chapters():
    chapters = ["CHAPTER NINETEEN", "CHAPTER TWENTY", "CHAPTER TWENTY-ONE"]
    text = "".join(f"{chapter}\nArticle {at}\nTitle\nText of it.\n" for at, chapter in enumerate(chapters, 1))
    assert [c.num for c in read(text.encode()).clauses if c.element == "chapter"] == chapters


def test_what_was_set_aside_is_brought_back_by_one_correction():
    document = read(AUSTRALIAN.encode())
    back = Correction(1, "bring-back", "c0", {"name": "table-of-contents"})
    corrected = apply_corrections(document, [back]).document
    nums = [clause.num for clause in corrected.clauses[:7]]
    assert nums == ["Part 1", "1", "2", "Part 2", "3", "3A", "Schedule 1"]
    assert corrected.clauses[7:] and [c.heading for c in corrected.clauses[7:]] == [c.heading for c in document.clauses]
    assert not furniture(corrected, "table-of-contents")
    assert "contents-aside" not in [warning.kind for warning in corrected.warnings]
    assert len({clause.eid for clause in corrected.clauses}) == len(corrected.clauses)
    with pytest.raises(CorrectionError, match="nothing of that kind"):
        apply_corrections(document, [back, Correction(2, "bring-back", "c0", {"name": "table-of-contents"})])
    with pytest.raises(CorrectionError, match="nothing of that kind"):
        apply_corrections(document, [Correction(1, "bring-back", "c0", {"name": "running-head"})])


MARGIN = "<table><tr><td>{0}</td><td>{1}. {2}</td></tr></table>"
CELLS = "<table><tr><td>{1}</td><td>{0}</td></tr></table><p>{2}</p>"
BOLD_NUMBER = "<p><b>{0}</b></p><p><b>{1}</b> {2}</p>"
HEADED = "<p><b>{1}. {0}</b></p><p>(1) {2}</p>"
PLAIN = "<p>{1} {0}</p><p>{2}</p>"


def test_sections_are_read_in_each_of_the_ways_the_world_prints_them():
    matters = (("Short title", "This Act may be cited as the Lamps Act."), ("Scope", "This Act applies to lamps."),
               ("Offence", "A person who breaks a lamp is guilty."))  # fmt: skip
    for form in (MARGIN, CELLS, BOLD_NUMBER, HEADED, PLAIN):
        body = "".join(form.format(title, number, words) for number, (title, words) in enumerate(matters, 1))
        document = read(f"<html><body><h1>Lamps Act 2001</h1>{body}</body></html>".encode(), filename="a.html")
        assert units(document) == [("1", "Short title"), ("2", "Scope"), ("3", "Offence")], form


def test_page_numbers_beside_a_running_head_are_no_sections():
    text = "".join(f"<p>{number} Lamps Act of the Kingdom</p><p>It goes on and on.</p>" for number in range(1, 6))
    with pytest.raises(ReadingError):
        read(f"<html><body><h1>Lamps</h1>{text}</body></html>".encode(), filename="a.html")


def test_a_quotation_that_is_never_closed_swallows_no_article():
    text = "".join(
        f"Article {number}\nAmendment {number}\nIn the Code the following paragraph is added:\n"
        f"‘{number}.  The workers’ bodies act (*).\n"
        for number in range(1, 6)
    )
    document = read(text.encode())
    assert [c.num for c in document.clauses if c.element == "article"] == [f"Article {n}" for n in range(1, 6)]


def test_articles_printed_in_a_wrong_place_are_read_there_and_told():
    order = [1, 2, 3, 6, 7, 4, 5, 8]
    text = "\n".join(f"{number}.\n(1) Article {number} says this.\n(2) It says that too." for number in order)
    document = read(text.encode())
    assert [clause.num for clause in document.clauses if clause.depth == 0] == [str(number) for number in order]
    assert "number-out-of-order" in kinds(document)
