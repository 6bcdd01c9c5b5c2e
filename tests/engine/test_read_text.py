"""Plain text: encodings, broken lines, page furniture, the forms in which laws really come."""

from pathlib import Path

import pytest
from hypothesis import given

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import detect, read
from lawcompare.engine.reading.text import read_lines
from tests.engine.reading_cases import (
    answers_or_refuses,
    characters,
    check,
    damaged,
    docx,
    kept,
    kept_or_refused,
    law_lines,
    outline,
    paragraph,
)
from tests.processor_time import at_most

DRAFT = Path(__file__).resolve().parents[1] / "data/read-english-draft/source.txt"
OLRC = """-CITE-
    17 USC Sec. 9                                               02/01/2010

-EXPCITE-
    TITLE 17 - NOTICES
    CHAPTER 5 - DUTIES

-HEAD-
    Sec. 9. Notices to be given

-STATUTE-
      (a) In General. - A body that is called upon to give a notice
    gives it -
        (1) to the person, where the person lives in the country and
      can be found there; and
        (2) to the court.
      (b) Form. - The notice is given in writing.

-SOURCE-
    (Pub. L. 94-1, title I, Sec. 1, Oct. 19, 1976, 90 Stat. 1.)

-MISC1-
                                 AMENDMENTS
      (1) Nothing was changed.

-End-
"""


def test_the_old_form_of_the_us_code():
    document = read(OLRC.encode(), filename="s9.txt")
    assert outline(document) == [
        "title_17",
        "title_17__chp_5",
        "title_17__chp_5__sec_9",
        "title_17__chp_5__sec_9__subsec_a",
        "title_17__chp_5__sec_9__subsec_a__para_1",
        "title_17__chp_5__sec_9__subsec_a__para_2",
        "title_17__chp_5__sec_9__subsec_b",
    ]
    assert document.clauses[3].heading == "In General"
    assert (
        document.clauses[4].text == "to the person, where the person lives in the country and can be found there; and"
    )
    assert {each.name for each in document.furniture} >= {"citation", "note", "field-name"}
    assert kept(document) == characters(OLRC)


def test_lines_that_are_whole_paragraphs_stay_paragraphs():
    document = read(b"Article 1. Aim\nThe first paragraph is here.\nThe second paragraph is here.\n")
    assert document.clauses[0].text == "The first paragraph is here.\nThe second paragraph is here."


def test_a_word_with_a_hyphen_of_its_own_keeps_it():
    text = (
        "Article 1. Aim\nA non-public body and every other non-\n"
        "public body gives the docu-\nment and no other document as laid down in\n"
        "Article 28. The court may order another docu-\nment to be given.\nThe notice is given in writing.\n"
    )
    (article,) = read(text.encode()).clauses
    assert article.text.split("\n") == [
        "A non-public body and every other non-public body gives the document and no other document as laid down in "
        "Article 28. The court may order another document to be given.",
        "The notice is given in writing.",
    ]


def test_khmer_lines_are_joined_without_spaces_and_headings_go_over_two_lines():
    text = (
        "ជំពូកទី ១\nបទប្បញ្ញត្តិទូទៅ\nមាត្រា ១.- ការជូនដំណឹងដែលត្រូវធ្វើឡើងជាលាយលក្ខណ៍អក្សរដោយស្ថាប័នសាធារណៈ\nចំពោះបុគ្គល\n"
        "ស្ថាប័នសាធារណៈត្រូវជូនដំណឹងដល់បុគ្គលគ្រប់រូបដែលរស់នៅក្នុងប្រទេសកម្ពុជា ដោយ\nលាយលក្ខណ៍អក្សរ ។\n-១-\n"
        "មាត្រា ២.- អវសាន\nមាត្រា ១ (ការជូនដំណឹង) នៃច្បាប់នេះ ត្រូវអនុវត្ត ។\n"
    )
    document = read(text.encode())
    assert document.language == "km"
    assert outline(document) == ["chp_1", "chp_1__art_1", "chp_1__art_2"]
    first = document.by_eid["chp_1__art_1"]
    assert first.heading == "ការជូនដំណឹងដែលត្រូវធ្វើឡើងជាលាយលក្ខណ៍អក្សរដោយស្ថាប័នសាធារណៈចំពោះបុគ្គល"
    assert first.text.endswith("ដោយលាយលក្ខណ៍អក្សរ ។")
    assert kept(document) == characters(text)


def test_running_heads_come_again_at_the_edge_of_pages():
    pages = "".join(f"LAW ON NOTICES\nArticle {number}. Aim\nThe law says {number}.\n\f" for number in range(1, 6))
    lines = read_lines(pages)
    assert [line.furniture for line in lines if line.words == "LAW ON NOTICES"][1:] == ["running-head"] * 4


def test_encodings(subtests):
    for encoding in ["utf-8", "utf-8-sig", "utf-16", "cp1252"]:
        with subtests.test(encoding=encoding):
            text = "Article 1. Aim\nThe aim of the law is “notices” and nothing else – that is all of it.\n"
            assert read(text.encode(encoding)).clauses[0].text.startswith("The aim of the law is “notices”")


def test_what_is_no_law_text_is_refused(subtests):
    for data, message in [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is empty"),
        (b"\xef\xbb\xbf\n", "the file is empty"),
        (b"Dear reader,\n\nthis is a letter and no law.\n", "no article, section or numbered clause was found"),
        ("Статья 1. Цель\nЭтот закон имеет цель.".encode("cp1251"), "line 1: byte 0 (0xd1) is not UTF-8 text"),
        (b"Article 1\nx\x00y", "line 2: the file holds the control character U+0000"),
        ("Article 1\nx\ufffey".encode(), "line 2: the file holds the control character U+FFFE"),
        (b"Article 1. Aim\n\xff\xfe\xfd\n", "line 2: byte 15 (0xff) is not UTF-8 text"),
    ]:
        with subtests.test(data=data):
            with pytest.raises(ReadingError) as caught:
                read(data, filename="law.txt")
            assert str(caught.value).startswith(message)


def test_content_that_contradicts_the_name_is_refused(subtests):
    for data, filename, message in [
        (b"Article 1. Aim", "law.docx", "the file is called .docx but does not hold a Word file"),
        (b"Article 1. Aim", "law.pdf", "the file is called .pdf but does not hold a PDF"),
        (b"Article 1. Aim", "law.html", "the file is called .html but does not hold HTML"),
        (b"Article 1. Aim", "law.xml", "line 1: the XML is not well formed"),
        (b"<note/>", "law.xml", "the XML root element 'note' is none of the forms"),
        (b"%PDF-1.7", "law.txt", "the file is called .txt but holds a PDF"),
        (b"PK\x03\x04rest", "law.docx", "the file begins like a Word file or a ZIP archive but is broken"),
        (b"\xd0\xcf\x11\xe0rest", "law.doc", "this is a Word file of the old .doc form"),
        (b"{\\rtf1 x}", "law.docx", "the file is called .docx but holds rich text (RTF)"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "law.xml", "line 1: the document type declares an entity"),
    ]:
        with subtests.test(data=data):
            with pytest.raises(ReadingError) as caught:
                read(data, filename=filename)
            assert str(caught.value).startswith(message)


def test_the_format_is_found(subtests):
    for data, filename, format in [
        (b"Article 1", "", "text"),
        (b"# Article 1", "", "markdown"),
        (b"---\ntitle: x\n---\nArticle 1", "", "markdown"),
        (b"# Article 1", "law.txt", "text"),
        (b"Article 1", "law.md", "markdown"),
        (b"<meta charset='utf-8'>\n\n## Article 1", "law.md", "markdown"),
        (b"<!-- x --><!doctype html><p>x", "", "html"),
        (b"<p>Article 1</p>", "", "html"),
        (b"%PDF-1.4", "", "pdf"),
        (b"<?xml version='1.0'?><uscDoc xmlns='http://xml.house.gov/schemas/uslm/1.0'/>", "a.xml", "uslm"),
        (b"<bill xmlns='http://schemas.gpo.gov/xml/uslm'/>", "", "uslm"),
        (b"<akomaNtoso xmlns='http://docs.oasis-open.org/legaldocml/ns/akn/3.0'/>", "a.akn", "akn"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "a.xhtml", "html"),
    ]:
        with subtests.test(data=data):
            assert detect(data, filename) == format


def test_unknown_format_language_and_size_are_refused():
    for arguments, message in (
        ({"format": "ods"}, "unknown format 'ods'"),
        ({"language": "xx"}, "unknown language 'xx'"),
        ({"max_bytes": 3}, "the file has 9 bytes"),
    ):
        with pytest.raises(ReadingError, match=message):
            read(b"Article 1", **arguments)


@given(damaged(DRAFT.read_bytes()) | damaged(OLRC.encode()))
def test_a_damaged_file_is_read_or_refused(data):
    answers_or_refuses(data, "text")
    answers_or_refuses(data, "auto")


def test_hostile_repetition_takes_bounded_time(subtests):
    for text in [
        "Article 1. A\n" + "(a) x\n" * 1000,
        "Article 1. A\n" + "-" * 100_000,
        "Article 1. A\n" + ". " * 50_000,
        "Article 1. A\n" + "docu-\nment of the law and\n" * 1000,
        "Article 1. A\n" + "the law in\nArticle 2. Court\n" * 1000,
        "Article 1. A\n" * 1000,
        "<!-- a -->\n" * 1000 + "# Article 1\nx",
        "# Article 1\n" + "**a " * 10_000,
    ]:
        with subtests.test(text=text), at_most(seconds=10):
            check(read(text.encode()))


@given(law_lines)
def test_every_character_of_any_text_is_in_a_clause_or_in_furniture(lines):
    text = "\n".join(lines)
    assert kept_or_refused(text.encode(), "text") in (None, characters(text))


def test_sections_numbered_by_title_and_section_are_apart():
    """As the codes of American states are: § 18.2-152.3 is section 152.3 of title 18.2."""
    text = (
        "CODE OF A STATE\n§ 18.2-152.3. Computer fraud; penalty.\nAny person who does so is guilty.\n"
        "§ 18.2-152.4. Computer trespass.\nIt is unlawful to do so under § 18.2-152.3 or otherwise.\n"
        "§ 18.2-152.5. Privacy.\nNobody does so.\n§ 18.2-152.5:1. Information.\nNobody does so either.\n"
    )
    document = read(text.encode())
    check(document)
    assert [(clause.num, clause.eid) for clause in document.clauses] == [
        ("§ 18.2-152.3", "sec_18-2-152-3"),
        ("§ 18.2-152.4", "sec_18-2-152-4"),
        ("§ 18.2-152.5", "sec_18-2-152-5"),
        ("§ 18.2-152.5:1", "sec_18-2-152-5-1"),
    ]
    assert document.warnings == ()


ANNEXED = "Article 1. Lamps\nA lamp is lit.\n\nArticle 2. Fees\nA fee is paid.\n\n"


def test_an_annex_without_a_number_is_no_part_of_the_last_article(subtests):
    for inside in ["Fees for lamps\n1. oil: ten;\n2. gas: twenty.\n", "Article 1. Oil\nTen.\n"]:
        for name in ["ANNEX", "Annex", "Appendix", "ឧបសម្ព័ន្ធ"]:
            with subtests.test(inside=inside, name=name):
                document = read(f"{ANNEXED}{name}\n\n{inside}".encode())
                check(document)
                annex = next(clause for clause in document.clauses if clause.element == "schedule")
                assert annex.heading == name and annex.depth == 0
                assert document.by_eid["art_2"].text == "A fee is paid."
                assert all(
                    clause.eid.startswith(annex.eid) for clause in document.clauses[document.clauses.index(annex) :]
                )


def test_the_word_annex_inside_an_article_makes_no_annex():
    document = read(f"{ANNEXED}As is said in the\nAnnex\nand here.\n\nArticle 3. End\nIt ends.\n".encode())
    assert [clause.num for clause in document.clauses] == ["Article 1", "Article 2", "Article 3"]


def test_khmer_in_letters_of_an_old_font_that_nothing_names_is_refused(subtests):
    """Limon and its like put Khmer shapes on Latin letters: read as they stand, they would be English nonsense."""
    for form in ["markdown", "docx"]:
        with subtests.test(form=form):
            lines = [
                "Article 1. bTelµIsRbqaMg",
                "nwgbuKÁl kñúgRKb;krNI bT]RkidæRbl½yBUCsasn_ maRtaTI eKalbMNgkMNt; GMBIbTelµIs",
            ]
            data = "\n".join(lines).encode()
            if form == "docx":
                data = docx("".join(paragraph(line) for line in lines))
            with pytest.raises(ReadingError, match="old Khmer font that is not Unicode"):
                read(data, format=form)


def test_english_with_odd_names_is_no_old_khmer_font():
    named = "The eGovernment office, McDonald LLC, the iPhone and YouTube are named in this sentence."
    text = f"Article 1. eGov\n{named}\n"
    assert read(text.encode()).language == "en"
