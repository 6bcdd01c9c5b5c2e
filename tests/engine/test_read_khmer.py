"""Layouts of Cambodian laws: titles in lines, letterheads, numbers of amended articles, named points, bullets."""

from __future__ import annotations

import io

import docx
import pytest

from lawcompare.engine.document import Document
from lawcompare.engine.reading import read

ARTICLES = "\n\nមាត្រា ១.- គោលបំណង\nច្បាប់នេះកំណត់វិធាន។\nមាត្រា ២.- វិសាលភាព\nច្បាប់នេះអនុវត្ត។\n"


def read_text(text: str) -> Document:
    return read(text.encode(), filename="law.txt")


def eids(text: str) -> list[str]:
    return [clause.eid for clause in read_text(text).clauses]


def test_a_title_is_found_whole(subtests):
    for front, title in [
        ("សេចក្តីព្រាងច្បាប់\nស្តីពី\nបទល្មើសបច្ចេកវិទ្យា", "សេចក្តីព្រាងច្បាប់ស្តីពីបទល្មើសបច្ចេកវិទ្យា"),
        ("សេចក្ដីព្រាងច្បាប់\nស្ដីពី\nបទល្មើសបច្ចេកវិទ្យា", "សេចក្ដីព្រាងច្បាប់ស្ដីពីបទល្មើសបច្ចេកវិទ្យា"),
        (
            "ព្រះរាជាណាចក្រកម្ពុជា\nជាតិ សាសនា ព្រះមហាក្សត្រ\nរាជរដ្ឋាភិបាល\nលេខ៖ ១២\nច្បាប់ស្តីពី\nប្រៃសណីយ៍",
            "ច្បាប់ស្តីពីប្រៃសណីយ៍",
        ),
        ("នស/រកម/០២២៤/០០៤\nច្បាប់\nស្តីពី\nបទល្មើសបច្ចេកវិទ្យា", "ច្បាប់ស្តីពីបទល្មើសបច្ចេកវិទ្យា"),
        (
            "ព្រះរាជក្រម\nនស/រកម/០២២៤/០០៤\nយើង\nប្រកាសឱ្យប្រើ\nច្បាប់ស្តីពីប្រៃសណីយ៍ ដែលរដ្ឋសភាបានអនុម័ត",
            "ច្បាប់ស្តីពីប្រៃសណីយ៍",
        ),
    ]:
        with subtests.test(front=front):
            document = read_text(front + ARTICLES)
            assert document.title == title
            assert [clause.num for clause in document.clauses if clause.element == "article"] == ["មាត្រា ១", "មាត្រា ២"]


def test_a_letterhead_is_kept_aside_line_by_line():
    document = read_text("ព្រះរាជាណាចក្រកម្ពុជា\nជាតិ សាសនា ព្រះមហាក្សត្រ\nក្រសួងមហាផ្ទៃ\nច្បាប់\nស្តីពី\nប្រៃសណីយ៍" + ARTICLES)
    kept = {(each.name, each.text) for each in document.furniture}
    assert ("motto", "ព្រះរាជាណាចក្រកម្ពុជា") in kept and ("front-matter", "ក្រសួងមហាផ្ទៃ") in kept
    assert document.clauses[0].element == "article"


def test_the_closing_formula_belongs_to_no_article():
    closing = "ធ្វើនៅព្រះបរមរាជវាំង រាជធានីភ្នំពេញ ថ្ងៃទី០៨ ខែកុម្ភៈ ឆ្នាំ២០២៤"
    document = read_text(ARTICLES + closing + "\nព្រះហស្តលេខា\n")
    assert document.clauses[-1].text == "ច្បាប់នេះអនុវត្ត។"
    assert ("signatures", closing) in {(each.name, each.text) for each in document.furniture}


def test_a_closing_formula_above_the_articles_is_part_of_the_preamble():
    document = read_text("ច្បាប់\nស្តីពី\nប្រៃសណីយ៍\nយើង\nធ្វើនៅព្រះបរមរាជវាំង ថ្ងៃទី០៨ ឆ្នាំ២០២៤" + ARTICLES)
    assert "ធ្វើនៅព្រះបរមរាជវាំង" in document.clauses[0].text


def test_for_whom_a_decree_is_signed_is_no_point():
    front = "ក្រឹត្យ\nបានឃើញរដ្ឋធម្មនុញ្ញ\nសំរេច\nប្រកាសអោយប្រើច្បាប់។\nជ.ក្រុមប្រឹក្សារដ្ឋ\nប្រធាន\n"
    assert [clause.element for clause in read_text(front + ARTICLES).clauses] == ["preamble", "article", "article"]


def test_articles_of_an_amended_constitution_are_articles():
    text = "មាត្រា ៨៧.-\nក។\nមាត្រា ៨៨ ថ្មី (ពីរ).-\nខ។\nមាត្រា ៨៩.-\nគ។\nមាត្រា ៩០ ថ្មី (ពីរ)._\nឃ។\n"
    assert eids(text) == ["art_87", "art_88new2", "art_89", "art_90new2"]
    text = "មាត្រា ១១៩.-\nក។\nមាត្រា ១១៩ ថ្មី.-\nខ។\nមាត្រា ១១៩ ថ្មីមួយ.-\nគ។\nមាត្រា ១២០.-\nឃ។\n"
    document = read_text(text)
    assert [clause.eid for clause in document.clauses] == ["art_119", "art_119new", "art_119new1", "art_120"]
    assert not document.warnings
    text = "មាត្រា ៤.- ក\nច្បាប់។\nមាត្រា ៤ ស្ទួន.- ខ\nច្បាប់។\nមាត្រា ៤ ស្ទួន ២.- បន្ថែម\nច្បាប់នេះ។\nមាត្រា ៥.- គ\nច្បាប់។\n"
    document = read_text(text)
    assert [clause.eid for clause in document.clauses] == ["art_4", "art_4bis", "art_4bis2", "art_5"]
    assert document.by_eid["art_4bis2"].heading == "បន្ថែម"


# What stands on the line of the number, the address, and the heading.
PUT_IN = (
    ("មាត្រា ១.- គោលបំណង", "art_1", "គោលបំណង"),
    ("មាត្រា ១ (ស្ទួន).- សេចក្តីប្រកាស", "art_1bis", "សេចក្តីប្រកាស"),
    ("មាត្រា ២ ស្ទួន៖ និយមន័យ", "art_2bis", "និយមន័យ"),
    ("មាត្រា ៣.- (ថ្មី) ដែនអនុវត្ត", "art_3new", "ដែនអនុវត្ត"),
    ("មាត្រា ៣ (ថ្មី ១) ៖ កម្រៃ", "art_3new1", "កម្រៃ"),
    ("មាត្រា ៤.-", "art_4", ""),
    ("មាត្រា ៤ (ស្ទួន ១).-", "art_4bis1", ""),
    ("មាត្រា ៤ (ស្ទួនពីរ).-", "art_4bis2", ""),
    ("Article 5 (bis). Fees", "art_5bis", "Fees"),
    ("Article 5 ter – Rates", "art_5ter", "Rates"),
    ("Article 6 (new) – Ends", "art_6new", "Ends"),
    ("Article 7. (new) Days", "art_7new", "Days"),
    ("មាត្រា ៨ (កម្រៃ)", "art_8", "(កម្រៃ)"),
)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "docx"])
def test_a_number_with_what_was_put_in_after_it_is_one_number_in_every_form(form):
    lines = [line for number, _, _ in PUT_IN for line in (number, "ច្បាប់នេះអនុវត្ត។")]
    if form == "docx":
        word = docx.Document()
        for line in lines:
            word.add_paragraph(line)
        file = io.BytesIO()
        word.save(file)
        document = read(file.getvalue(), format=form)
    elif form == "html":
        document = read("".join(f"<p>{line}</p>" for line in lines).encode(), format=form)
    else:
        document = read("\n\n".join(lines).encode(), format=form)
    assert [(clause.eid, clause.heading) for clause in document.clauses] == [(eid, head) for _, eid, head in PUT_IN]
    assert not [warning for warning in document.warnings if "number" in warning.kind]


def test_what_was_put_in_on_the_line_below_is_part_of_the_number():
    text = "មាត្រា ៤៩.-\nក្រសួង។\nមាត្រា ៤៩\n(ស្ទួន)\nក្រសួង។\nមាត្រា ៤៩\nស្ទួន ២\nក្រសួង។\nមាត្រា ៥០.-\nក្រសួង។\n"
    document = read_text(text)
    assert [(clause.eid, clause.text) for clause in document.clauses] == [
        (eid, "ក្រសួង។") for eid in ("art_49", "art_49bis", "art_49bis2", "art_50")
    ]
    assert not document.warnings


def test_a_line_that_looks_like_a_heading_and_stays_inside_a_clause_is_warned_of():
    document = read_text("មាត្រា ១.- ក\nខ។\nមាត្រា ១ (ទីបី).- ក្រសួង។\nមាត្រា ២.- គ\nតាមមាត្រា ១ (ខ)។\nមាត្រា ១ (ការផ្សាយ) ឃ។\n")
    assert [clause.eid for clause in document.clauses] == ["art_1", "art_2"]
    assert [(each.line, each.kind) for each in document.warnings] == [(3, "heading-inside-text")]


def test_a_count_after_the_number_that_ends_nothing_is_text():
    assert eids("មាត្រា ១.- ក\nខ។\nមាត្រា ២.- គ\nមាត្រា ១ ថ្មី មួយ ឆ្នាំ។\n") == ["art_1", "art_2"]


def test_points_named_in_words_are_points():
    text = (
        "មាត្រា ១.- ក\nកថាខណ្ឌទី១៖ ច្បាប់នេះអនុវត្ត។\nកថាខណ្ឌទី២៖ មិនអនុវត្តលើ៖\nចំណុច ក. ទិន្នន័យ\nចំណុច ខ. ប្រព័ន្ធ\n"
        "មាត្រា ២.- ខ\nកថាខណ្ឌទី១\nក្រសួងត្រូវអនុវត្ត។\nអនុកថាខណ្ឌទី១\nសេវា។\n"
        "មាត្រា ៣.- គ\nបទល្មើសមាន៖\nចំណុច ក៖ លួច\nចំណុច ខ៖ ប្លន់\n"
    )
    elements = {clause.eid: clause.element for clause in read_text(text).clauses}
    assert elements["art_1__para_2"] == elements["art_2__para_1"] == "paragraph"
    assert elements["art_1__para_2__point_ក"] == elements["art_3__point_ខ"] == "point"
    assert elements["art_2__para_1__subpara_1"] == "subparagraph"


def test_a_reference_at_the_beginning_of_a_line_is_no_point(subtests):
    for reference in ["ចំណុច ក និងចំណុច ខ នៃមាត្រានេះ", "កថាខណ្ឌទី១ នៃមាត្រា ៥", "កថាខណ្ឌទី២ ខាងលើ"]:
        with subtests.test(reference=reference):
            assert eids(f"មាត្រា ១.- ក\nច្បាប់នេះ។\n{reference} មិនត្រូវអនុវត្ត។\n") == ["art_1"]


def test_bullets_without_a_space_are_points():
    text = "មាត្រា ៣៣.- ក\nលក្ខខណ្ឌ៖\n-បទល្មើសខុសច្បាប់\n-គ្មានវិសមាមាត្រ។\nតុលាការសម្រេច។\nមាត្រា ៣៤.- ខ\nរួមមាន៖\n-ឧបករណ៍\n-កម្មវិធី\n"
    document = read_text(text)
    assert [clause.element for clause in document.clauses] == [
        *("article", "point", "point", "wrapUp", "article", "point", "point")
    ]
    assert document.by_eid["art_34__point_2"].text == "-កម្មវិធី"


def test_articles_whose_headings_stand_alone_are_not_told_as_missing():
    text = "\n\n".join(f"មាត្រា {digit}\n\nចង្កៀងដែលរលត់ត្រូវជួសជុលក្នុងរយៈពេលពីរថ្ងៃ។" for digit in "១២៣៤៥")
    document = read(text.encode())
    assert len(document.clauses) == 5 and not document.warnings
