"""Khmer typed in a font from before Unicode, in every file that may hold it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest

from lawcompare.engine.document import Document
from lawcompare.engine.reading import read
from lawcompare.engine.reading.legacy_fonts import convert, is_legacy_font, table_of
from lawcompare.engine.text.normalise import invalid_khmer, normalise
from lawcompare.engine.text.search_form import view
from lawcompare.engine.values.penalties import penalties_in
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.engine.test_read_odt_rtf import odt
from tests.engine.test_read_pdf import Print

CODE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "kh-criminal-code"
LIMON = table_of("LimonS1")


def test_limon_is_read_in_canonical_order(subtests):
    for typed, shown in [
        ("maRta 427>-", "មាត្រា ៤២៧.-"),
        ("c,ab;RBhµTNÐ", "ច្បាប់ព្រហ្មទណ្ឌ"),
        ("RbeTskm<úCa", "ប្រទេសកម្ពុជា"),
        ("edayeRbI eKalkarN_ eTA LIy", "ដោយប្រើ គោលការណ៍ ទៅ ឡីយ"),
        ("eLIy", "ឡើយ"),
        ("eT,Iy »üan", "ឡើយ ឱ្យាន"),
        ("bBaØtþi bBaða", "បញ្ញត្តិ បញ្ហា"),
        ("KN³ yIg ³", "គណៈ យីង ៖"),
        ("b¤ [ ]sPa", "ឬ ឱ្យ ឧសភា"),
        ("hu‘n suI júaMg", "ហ៊ុន ស៊ី ញ៉ាំង"),
        ("eRkam RsI ®sþ", "ក្រោម ស្រី ស្ត្រ"),
        ("¬1¦ 2/ { km<úCa }", "(១) ២, “ កម្ពុជា ”"),
    ]:
        with subtests.test(typed=typed):
            assert convert(typed, LIMON) == (shown, [])


def test_abc_is_read_in_canonical_order(subtests):
    for face, typed, shown in [
        ("ABC-TEXT-05", "maRta 427¿- c,ab´RBhµTNÐ .", "មាត្រា ៤២៧.- ច្បាប់ព្រហ្មទណ្ឌ ។"),
        ("ABC-TEXT-05", "RB¼raCaNacRkkm<úCa ¹ >", "ព្រះរាជាណាចក្រកម្ពុជា ខ្ញុំ ៕"),
        ("ABC-HEAD-02", "KN£kmµkar bBaØtþi bBaHa EdlmandUceRkam½", "គណៈកម្មការ បញ្ញត្តិ បញ្ហា ដែលមានដូចក្រោម៖"),
        ("ABC-FANCY-02", "sSanTUt epßg@ ¦ viC¢a áT s:al´", "ស្ថានទូត ផ្សេងៗ ឬ វិជ្ជា បាទ ស្គាល់"),
        ("ABC-TEXT-11", "TLan TM", "ឡាន ទំ"),
        ("ABC-TEXT-05A", "c,ab´ en¼.man eTas>", "ច្បាប់នេះ មានទោស។"),
        ("ABCTEXTFIVE", "eTas ^", "ទោស៕"),
    ]:
        with subtests.test(face=face):
            assert convert(typed, table_of(face)) == (shown, [])


def test_of_chhay_the_figures_alone_are_known():
    assert convert("12 maRta", table_of("CHHAYTEXT6")) == ("១២ maRta", list("maRta"))


def test_fonts_are_known_by_their_name_alone():
    assert is_legacy_font("ABC-TEXT-05A") and is_legacy_font("Kh-System")
    assert not is_legacy_font("Khmer OS Muol") and not is_legacy_font("TimesNewRomanPSMT")
    assert convert("5414", table_of("ABC-TEXT-16-Normal"))[0] == "៥៤១៤"


def limon_pdf(*, unknown: str = "") -> bytes:
    printed = Print(fonts={"plain": "AAAAAA+LimonS1", "head": "LimonR1", "latin": "Courier"})
    for number in range(1, 5):
        y = 760 - 120 * number
        printed.put(60, y, f"maRta {number}>-", 12, "head")
        printed.put(170, y, "eKalbMNg", 12)
        printed.put(73 + 7.2 * number, y - 20, f"c,ab;elx{number}{unknown} maneKalbMNgkMNt;eTas RbqaMgnwg", 12)
        printed.put(73 + 7.2 * (number + 43), y - 20, "cyber", 12, "latin")
        printed.put(60, y - 40, "bTelµIs .", 12)
    return printed.data()


def test_a_pdf_is_read_by_the_font_of_each_run():
    document = read(limon_pdf())
    assert document.language == "km" and not document.warnings
    assert [(clause.num, clause.heading) for clause in document.clauses] == [
        (f"មាត្រា {digit}", "គោលបំណង") for digit in "១២៣៤"
    ]
    assert document.clauses[1].text.startswith("ច្បាប់លេខ២ មានគោលបំណងកំណត់ទោស ប្រឆាំងនឹង cyber")
    assert document.clauses[1].text.endswith("បទល្មើស ។")


def test_a_pdf_in_abc_is_read_by_the_layout_of_its_face(subtests):
    for face, space, point in [("ABC-TEXT-05", " ", " ."), ("ABC-TEXT-05A", ".", ".>")]:
        with subtests.test(face=face):
            printed = Print(fonts={"plain": face})
            for number in range(1, 5):
                y = 760 - 120 * number
                printed.put(60, y, f"maRta{space}{number}¿-{space}eKalbMNg", 12)
                between = "" if space == " " else " "  # the space that shows nothing, between two words
                printed.put(
                    73, y - 20, f"c,ab´{between}en¼elx{number}{space}maneKal{between}bMNgkMNt´eTas RbqaMgnwg"[:60], 12
                )
                printed.put(60, y - 40, f"bTelµIs{point}", 12)
            document = read(printed.data())
            assert [(clause.num, clause.heading) for clause in document.clauses] == [
                (f"មាត្រា {digit}", "គោលបំណង") for digit in "១២៣៤"
            ]
            assert document.clauses[1].text.startswith("ច្បាប់នេះលេខ២ មានគោលបំណងកំណត់ទោស")
            assert document.clauses[1].text.endswith("បទល្មើស ។")
            assert document.clauses[1].attributes["origin"] == "converted-font" and not document.warnings


def test_a_letter_that_no_table_has_is_a_warning_with_its_page_and_font():
    document = read(limon_pdf(unknown="€"))
    (warning,) = document.warnings
    assert warning_message(ENGLISH, warning) == "letters of the old font LimonS1 are not known: € (page 1)"
    assert "លេខ២€" in document.clauses[1].text


def word_file(font: str, killer: str = ";", mark: str = ">", visarga: str = "H") -> Document:
    file, written = io.BytesIO(), docx.Document()
    for number in (1, 2):
        paragraph = written.add_paragraph()
        # A word in two runs, its vowel in one and its consonant in the other.
        for typed, face in ((f"maRta {number}{mark}- eKalbMNg", font), ("", font)):
            paragraph.add_run(typed).font.name = face
        paragraph = written.add_paragraph()
        words = (f"c,ab{killer}en{visarga}e", f"Fµoekat{killer} ")
        for typed, face in (*((each, font) for each in words), ("HIV/AIDS", "Arial"), (" .", font)):
            paragraph.add_run(typed).font.name = face
    written.save(file)
    return read(file.getvalue())


def test_a_word_file_is_read_by_the_font_of_each_run(subtests):
    for keys in [("Limon S1",), ("ABC-TEXT-05", "´", "¿", "¼")]:
        with subtests.test(keys=keys):
            document = word_file(*keys)
            assert [(clause.num, clause.heading) for clause in document.clauses] == [
                ("មាត្រា ១", "គោលបំណង"),
                ("មាត្រា ២", "គោលបំណង"),
            ]
            assert document.clauses[0].text == "ច្បាប់នេះធ្មៀកោត់ HIV/AIDS ។"
            assert document.meta["text"] == "converted-font" and not document.warnings


def test_pasted_text_is_taken_for_limon_with_a_warning():
    lines = ["c,ab;sþIBIbTelµIs"]
    lines += [f"maRta {number}>- eKalbMNg\nc,ab;enHmaneKalbMNgkMNt;GMBIbTelµIs nigeTas ." for number in range(1, 4)]
    for data in ("\n".join(lines).encode(), "\n".join(lines).encode("cp1252")):
        document = read(data, filename="law.txt")
        assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២", "មាត្រា ៣"]
        assert document.clauses[0].text == "ច្បាប់នេះមានគោលបំណងកំណត់អំពីបទល្មើស និងទោស ។"
        assert [warning.kind for warning in document.warnings] == ["font-guessed"]
        assert document.source[0] == "ច្បាប់ស្តីពីបទល្មើស"


def test_pasted_text_in_abc_is_told_from_limon_and_by_its_layout():
    for words, end in (("c,ab´en¼ maneKalbMNg kMNt´", " ."), ("c,ab´ en¼.maneKalbMNg kMNt´", ".>")):
        body = f"{words}GMBIbTelµIs nig eTas´RbqaMg{end}"
        lines = [f"maRta{end[0]}{number}¿-{end[0]}eKalbMNg\n{body}" for number in range(1, 4)]
        document = read("\n".join(lines).encode(), filename="law.txt")
        assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២", "មាត្រា ៣"]
        assert document.clauses[0].text.startswith("ច្បាប់នេះ មានគោលបំណង") and document.clauses[0].text.endswith("។")
        assert [(each.kind, each.subject[:3]) for each in document.warnings] == [("font-guessed", "ABC")]


def test_an_odt_file_is_read_by_the_font_of_each_run(subtests):
    for of_run in [True, False]:
        with subtests.test(of_run=of_run):
            fonts = (
                '<style:style style:name="K"><style:text-properties style:font-name="Limon S1"/></style:style>'
                '<style:style style:name="E"><style:text-properties style:font-name="Arial"/></style:style>'
            )
            lines = []
            for number in (1, 2):
                for typed in (f"maRta {number}>- eKalbMNg", "c,ab;enHeFµoekat; <E>HIV/AIDS</E> ."):
                    words = typed.replace("<E>", '<text:span text:style-name="E">').replace("</E>", "</text:span>")
                    styled = f'<text:p><text:span text:style-name="K">{words}</text:span></text:p>'
                    lines.append(styled if of_run else f'<text:p text:style-name="K">{words}</text:p>')
            document = read(odt("".join(lines), fonts), filename="law.odt")
            assert [(clause.num, clause.heading) for clause in document.clauses] == [
                ("មាត្រា ១", "គោលបំណង"),
                ("មាត្រា ២", "គោលបំណង"),
            ]
            assert document.clauses[0].text == "ច្បាប់នេះធ្មៀកោត់ HIV/AIDS ។"
            assert document.meta["text"] == "converted-font" and not document.warnings


TYPED = "c,ab;enHmaneKalbMNgkMNt; bTelµIsTaMgLayNa EdlRbRBwtþkñúgRbeTs nigeTas; niggarGnuvtþ . "


def test_old_letters_in_a_font_of_an_unknown_name_are_a_warning_with_its_name():
    file, written = io.BytesIO(), docx.Document()
    for number in range(1, 6):
        written.add_paragraph(f"Article {number}. Aim")
        written.add_paragraph(f"This law has an aim and is read by everybody, which is number {number} of its aims.")
    written.add_paragraph("").add_run(TYPED).font.name = "Angkor Typed"
    written.save(file)
    (warning,) = read(file.getvalue()).warnings
    assert (warning.kind, warning.details["font"]) == ("unread-letters", "Angkor Typed")


def test_old_letters_among_others_are_a_warning_where_no_font_is_named(subtests):
    for name in ["law.txt", "law.md", "law.html"]:
        with subtests.test(name=name):
            start, end = ("<p>", "</p>") if name.endswith("html") else ("", "")
            words = "This law has an aim and is read by everybody who can read, as every law is that is written down."
            lines = [f"{start}{line}{end}" for number in range(1, 8) for line in (f"Article {number}. Aim", words)]
            lines[9] = f"{start}{TYPED}{end}"
            document = read("\n\n".join(lines).encode(), filename=name)
            assert [warning.kind for warning in document.warnings] == ["torn-letters"]
            assert document.warnings[0].line == next(
                clause.line for clause in document.clauses if clause.num == "Article 5"
            )


def articles_of(document: Document) -> dict[str, str]:
    texts = {}
    for clause in document.clauses:
        if clause.element == "article":
            parts = (f"{each.num} {each.heading} {each.text}" for each in document.subtree(clause.eid))
            texts[re.sub(r"\D", "", clause.num)] = "\n".join(parts)
    return texts


@pytest.mark.shared
def test_the_criminal_code_in_limon_is_the_one_in_unicode():
    printed = read((CODE / "criminal-code-2009-km.pdf").read_bytes())
    unicode = read((CODE / "criminal-code-2009-km.unicode.txt").read_bytes(), filename="code.txt")
    ours, theirs = articles_of(printed), articles_of(unicode)
    assert [int(number) for number in ours] == list(range(1, 673)) and list(theirs) == list(ours)

    def bare(text: str) -> str:
        return re.sub(r"\s", "", normalise(text, "km").text)

    # Of the conversion to Unicode the letters of a line are sometimes in another order; of the print none are.
    same = sum(bare(ours[number]) == bare(theirs[number]) for number in ours)
    assert same >= 660

    def terms(text: str) -> list[tuple[object, ...]]:
        return [
            (each.prison_months_min, each.prison_months_max, each.fine_min, each.fine_max)
            for each in penalties_in(view(text))
        ]

    assert all(terms(ours[number]) == terms(theirs[number]) for number in ours)
    assert len(invalid_khmer("\n".join(ours.values()))) < 10
