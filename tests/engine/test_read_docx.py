"""Word files: headings by style and words, numbers that Word counts, tracked changes, notes."""

import io
import zipfile

import docx as python_docx
import pytest
from docx.shared import Cm
from hypothesis import given
from PIL import Image

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.structure.numbering import format_number
from tests.engine.reading_cases import (
    W,
    answers_or_refuses,
    characters,
    check,
    damaged,
    docx,
    kept_or_refused,
    law_lines,
    outline,
    paragraph,
)

NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="0">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Article %1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="(%2)"/></w:lvl>
 <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/>
 <w:lvlOverride w:ilvl="1"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num>
</w:numbering>"""


def listed(text: str, level: int, number: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def made_with_python_docx(*lines: tuple[str, str]) -> bytes:
    document = python_docx.Document()
    for text, style in lines:
        document.add_paragraph(text, style=style or None)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_file_with_heading_styles():
    data = made_with_python_docx(
        ("Law on Notices", "Title"),
        ("Chapter 1. General", "Heading 1"),
        ("Article 1. Aim", "Heading 2"),
        ("The aim.", ""),
        ("Article 2", "Heading 2"),
        ("Scope", "Heading 3"),
        ("(1) one;", ""),
        ("(2) two.", ""),
        ("មាត្រា ៣", "Heading 2"),
        ("ច្បាប់នេះចូលជាធរមាន ។", ""),
    )
    document = read(data, filename="law.docx")
    check(document)
    assert document.title == "Law on Notices"
    assert outline(document) == [
        "chp_1",
        "chp_1__art_1",
        "chp_1__art_2",
        "chp_1__art_2__para_1",
        "chp_1__art_2__para_2",
        "chp_1__art_3",
    ]
    assert document.by_eid["chp_1__art_2"].heading == "Scope"
    assert document.by_eid["chp_1__art_3"].text == "ច្បាប់នេះចូលជាធរមាន ។"


def test_headings_by_words_alone_and_in_bold():
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r></w:p>"
    body = paragraph("LAW ON NOTICES") + bold.format("Article 1 – Aim of this law") + paragraph("It aims.")
    body += paragraph("Article 2. Scope") + paragraph("It applies.")
    document = read(docx(body))
    assert [(clause.num, clause.heading, clause.text) for clause in document.clauses] == [
        ("Article 1", "Aim of this law", "It aims."),
        ("Article 2", "Scope", "It applies."),
    ]


def test_bold_words_at_the_beginning_are_the_heading_of_the_paragraph():
    runs = (
        "<w:p><w:r><w:t xml:space='preserve'>(a) </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Prohibition.</w:t></w:r>"
        "<w:r><w:t xml:space='preserve'> Whoever acts is fined.</w:t></w:r></w:p>"
    )
    document = read(docx(paragraph("Section 1. Aim") + runs))
    assert (document.clauses[1].heading, document.clauses[1].text) == ("Prohibition", "Whoever acts is fined.")


def test_the_numbers_that_word_counts():
    body = "".join(
        [
            listed("Aim", 0),
            paragraph("The law aims:"),
            listed("one;", 1),
            listed("two:", 1),
            listed("three;", 2),
            listed("four.", 2),
            listed("Scope", 0),
            listed("five;", 1),
            listed("a bullet", 0, 2),
        ]
    )
    document = read(docx(body, numbering=NUMBERING))
    check(document)
    assert [(clause.eid, clause.num) for clause in document.clauses] == [
        ("art_1", "Article 1"),
        ("art_1__para_1", "(1)"),
        ("art_1__para_2", "(2)"),
        ("art_1__para_2__point_a", "(a)"),
        ("art_1__para_2__point_b", "(b)"),
        ("art_2", "Article 2"),
        ("art_2__para_1", "(1)"),
    ]
    assert document.clauses[0].heading == "Aim"
    assert document.clauses[-1].text == "five;\na bullet"


def test_a_list_that_restarts_and_numbers_made_of_two_levels():
    body = listed("Aim", 0) + listed("one;", 1) + listed("two.", 1) + paragraph("Or:") + listed("three.", 1, 3)
    document = read(docx(body, numbering=NUMBERING))
    assert [clause.num for clause in document.clauses] == ["Article 1", "(1)", "(2)", "(1)"]
    body = (
        listed("Aim", 0, 4) + listed("One.", 1, 4) + listed("Two.", 1, 4) + listed("End", 0, 4) + listed("Three.", 1, 4)
    )
    document = read(docx(body, numbering=NUMBERING))
    assert [clause.num for clause in document.clauses] == ["I.", "1.1", "1.2", "II.", "2.1"]


def test_a_level_counts_on_where_the_file_says_that_it_does_not_restart(subtests):
    """Word's "Restart list after" unticked: the paragraphs of all articles are numbered through."""
    for restart, last in [("", "(1)"), ("1", "(1)"), ("0", "(3)")]:
        with subtests.test(restart=restart):
            restarts = f'<w:lvlRestart w:val="{restart}"/>' if restart else ""
            numbering = NUMBERING.replace('<w:lvlText w:val="(%2)"/>', f'{restarts}<w:lvlText w:val="(%2)"/>')
            body = listed("Aim", 0) + listed("one;", 1) + listed("two.", 1) + listed("Scope", 0) + listed("three.", 1)
            assert read(docx(body, numbering=numbering)).clauses[-1].num == last


def test_numbers_and_levels_from_styles():
    styles = f"""<w:styles xmlns:w="{W}">
    <w:style w:styleId="Base"><w:name w:val="heading 2"/>
     <w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
    <w:style w:styleId="Mine"><w:name w:val="Article head"/><w:basedOn w:val="Base"/></w:style></w:styles>"""
    body = paragraph("Aim of the law", '<w:pStyle w:val="Mine"/>') + paragraph("It aims.")
    body += paragraph("Scope", '<w:pStyle w:val="Mine"/>') + paragraph("It applies.")
    document = read(docx(body, numbering=NUMBERING, styles=styles))
    assert [(clause.num, clause.heading) for clause in document.clauses] == [
        ("Article 1", "Aim of the law"),
        ("Article 2", "Scope"),
    ]


def test_tables_notes_and_heads():
    table = (
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"
    ).format(*(paragraph(text) for text in ("Offence", "Penalty", "False notice", "A fine")))
    words = "<w:p><w:r><w:t>See the charter.</w:t></w:r></w:p>"
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{words}</w:footnote></w:footnotes>'
    head = f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>Draft of May</w:t></w:r></w:p></w:hdr>'
    document = read(docx(paragraph("Article 1. Aim") + table, footnotes=note, header1=head))
    assert document.clauses[0].text == "Offence Penalty\nFalse notice A fine"
    assert {(each.name, each.text) for each in document.furniture} >= {
        ("footnote", "See the charter."),
        ("running-head", "Draft of May"),
    }


def test_line_breaks_fields_and_text_boxes():
    body = (
        "<w:p><w:r><w:t>Article 1. Aim</w:t><w:br/><w:t>The aim</w:t><w:noBreakHyphen/><w:t>s.</w:t></w:r>"
        '<w:r><w:instrText> PAGE </w:instrText></w:r><w:r><w:br w:type="page"/></w:r>'
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    )
    document = read(docx(body))
    assert document.clauses[0].text == "The aim\u2011s."
    assert ("text-box", "Boxed") in {(each.name, each.text) for each in document.furniture}


def test_forms_of_numbers(subtests):
    for number, form, printed in [
        (4, "lowerRoman", "iv"),
        (14, "upperRoman", "XIV"),
        (2, "lowerLetter", "b"),
        (28, "upperLetter", "BB"),
        (3, "decimalZero", "03"),
        (11, "ordinal", "11th"),
        (5, "chicago", "5"),
        (0, "lowerRoman", "0"),
    ]:
        with subtests.test(number=number):
            assert format_number(number, form) == printed


def test_broken_files_are_refused():
    good = docx(paragraph("Article 1. Aim"))
    with zipfile.ZipFile(io.BytesIO(), "w"):
        pass
    for data, message in (
        (good[:60], "broken"),
        (docx("<w:p>"), "the Word file is broken: in word/document.xml, the XML is not well formed"),
        (docx(""), "the file holds no words"),
        (docx(paragraph("Article 1"), numbering="<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"), "declares an entity"),
    ):
        with pytest.raises(ReadingError, match=message):
            read(data, filename="law.docx")


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("lawcompare.engine.reading.docx.UNPACKED_MAX", 100)
    with pytest.raises(ReadingError, match="unpacks to more than the limit"):
        read(docx(paragraph("Article 1. Aim")))


@given(damaged(docx(listed("Aim", 0) + listed("one", 1), numbering=NUMBERING)))
def test_a_damaged_archive_is_read_or_refused(data):
    answers_or_refuses(data, "docx")


@given(law_lines)
def test_every_character_of_any_file_is_in_a_clause_or_in_furniture(lines):
    outcome = kept_or_refused(docx("".join(paragraph(line) for line in lines)), "docx")
    assert outcome in (None, characters("".join(lines)))


def styled(style, text):
    return paragraph(text, f'<w:pStyle w:val="{style}"/>')


def named_styles(**names):
    each = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in names.items()
    )
    return f'<w:styles xmlns:w="{W}">{each}</w:styles>'


DITCHES = "".join(
    paragraph(text)
    for text in ("Article 1. Aim", "This law is about ditches.", "Article 2. Terms", "A ditch is a long hole.")
)
TOC_FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>Article 1. Aim</w:t></w:r></w:p>'
    "<w:p><w:r><w:t>Article 2. Terms 2</w:t></w:r></w:p>"
    '<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)
TOC_BLOCK = (
    '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>'
    f"{paragraph('Contents')}{paragraph('Article 1. Aim 1')}</w:sdtContent></w:sdt>"
)
TOC_SIMPLE = '<w:p><w:fldSimple w:instr=" TOC \\o "><w:r><w:t>Article 1. Aim 1</w:t></w:r></w:fldSimple></w:p>'


def test_a_contents_table_that_word_makes_is_set_aside_however_short(subtests):
    for contents in [TOC_FIELD, TOC_BLOCK, TOC_SIMPLE]:
        with subtests.test(contents=contents):
            document = read(docx(paragraph("LAW ON DITCHES") + contents + DITCHES), filename="law.docx")
            assert [(clause.num, clause.heading) for clause in document.clauses] == [
                ("Article 1", "Aim"), ("Article 2", "Terms"),
            ]  # fmt: skip
            assert [warning.kind for warning in document.warnings] == ["contents-aside"]


def test_a_field_of_another_kind_sets_nothing_aside():
    field = (
        TOC_FIELD.replace("TOC", "REF").replace(">Article 1. Aim<", ">Preface<").replace("Article 2. Terms 2", "It.")
    )
    document = read(docx(field + DITCHES), filename="law.docx")
    assert "It." in document.clauses[0].text
    assert not document.warnings


def test_headings_by_named_styles_stand_above_their_sections_even_without_a_number():
    body = (
        styled("P", "Preliminary"), styled("S", "1 Name"), styled("B", "This is the Act."),
        styled("P", "Duties"), styled("S", "2 Duty"), styled("B", "Do it."), styled("S", "3 Care"), styled("B", "So."),
    )  # fmt: skip
    styles = named_styles(P="Part Heading", S="Section Title", B="Body")
    document = read(docx(paragraph("LAW ON DITCHES") + "".join(body), styles=styles), filename="law.docx")
    assert [(clause.element, clause.heading, clause.depth) for clause in document.clauses][-3:] == [
        ("division", "Duties", 0), ("section", "Duty", 1), ("section", "Care", 1),
    ]  # fmt: skip


def test_what_stands_under_a_heading_of_endnotes_is_no_law():
    styles = named_styles(E="ENotesHeading 1", H="heading 1")
    body = DITCHES + styled("E", "Endnote 1—History") + paragraph("It was amended.") + styled("H", "Annex")
    document = read(docx(body + paragraph("A plan."), styles=styles), filename="law.docx")
    assert [each.text for each in document.furniture if each.name == "endnotes"] == [
        "Endnote 1—History", "It was amended.",
    ]  # fmt: skip
    assert "A plan." in document.clauses[-1].text


def test_a_schedule_without_number_holds_its_own_clauses():
    rows = [("Part 1—Preliminary", 1), ("1  Short title", 5), ("This Act is the Lamp Act.", 0)]
    for number in range(2, 8):
        rows += [
            (f"{number}  Duty {number} of keepers", 5),
            (f"A keeper must, within {number} days, tell the Board.", 0),
        ]
    rows += [("Schedule—Consultation procedures", 1), ("Note: See section 3.", 0)]
    rows += [("1  Notice", 5), ("A notice is given.", 0), ("2  Report", 5), ("A report is made.", 0)]
    data = made_with_python_docx(*((text, f"Heading {level}" if level else "") for text, level in rows))
    document = read(data, filename="act.docx")
    inside = [clause for clause in document.clauses if clause.eid.startswith("schedule_1")]
    assert [(clause.eid, clause.num, clause.heading, clause.text) for clause in inside] == [
        ("schedule_1", "", "Schedule—Consultation procedures", "Note: See section 3."),
        ("schedule_1__sec_1", "1", "Notice", "A notice is given."),
        ("schedule_1__sec_2", "2", "Report", "A report is made."),
    ]
    assert not document.warnings


OF_TABLES = "table-flattened", "picture-left-out"
FEES = ("Port", "Ship", "Fee"), ("North", "", "5"), ("South", "Brig, 2 masts", "9"), ("", "(a) Sloop", "7")


def test_a_table_is_kept_a_flattened_one_and_a_picture_left_out_are_warned_of():
    law = python_docx.Document()
    law.add_paragraph("Article 1. Fees")
    law.add_paragraph("The fees are:")
    articles = [(f"Article {number}", "Ports", "a") for number in (3, 4, 5)]
    for rows in (FEES, articles):
        for row, cells in zip(law.add_table(rows=len(rows), cols=3).rows, rows, strict=True):
            for cell, words in zip(row.cells, cells, strict=True):
                cell.text = words
    law.add_paragraph("Article 2. Map")
    picture = io.BytesIO()
    Image.new("L", (40, 40)).save(picture, "PNG")
    for width in (2, 8):  # an emblem is none
        law.add_paragraph("The port is as on the map.").add_run().add_picture(picture, width=Cm(width))
    file = io.BytesIO()
    law.save(file)
    document = read(file.getvalue(), filename="law.docx")
    assert [(each.kind, each.subject) for each in document.warnings if each.kind in OF_TABLES] == [
        ("table-flattened", "Article 3 Ports a"),
        ("picture-left-out", "The port is as on the map."),
    ]
    assert document.clauses[0].text.split("\n") == [
        "The fees are:",
        *("\t".join(cell or "\u00a0" for cell in row) for row in FEES),
    ]
    assert [clause.eid for clause in document.clauses] == ["art_1", "art_3", "art_4", "art_5", "art_2"]
