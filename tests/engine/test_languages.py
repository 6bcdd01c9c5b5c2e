"""Laws in other languages than English and Khmer: which it is, how they are headed, and what is said where unknown."""

from __future__ import annotations

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.text.languages import detect_language

VIETNAMESE = """LUẬT AN NINH MẠNG

Chương I
NHỮNG QUY ĐỊNH CHUNG

Điều 1. Phạm vi điều chỉnh
Luật này quy định về hoạt động bảo vệ an ninh mạng.

Điều 2. Giải thích từ ngữ
Trong Luật này, các từ ngữ dưới đây được hiểu như sau:
1. Hệ thống thông tin là tập hợp phần cứng theo quy định tại Điều 3 của Luật này.
2. Bảo vệ an ninh mạng là:
d) phòng ngừa;
đ) phát hiện;
e) ngăn chặn;
g) xử lý.

Chương II
BẢO VỆ AN NINH MẠNG

Mục 1. QUY ĐỊNH RIÊNG

Điều 3. Chính sách
Nhà nước ưu tiên bảo vệ an ninh mạng.
"""
FRENCH = """LOI SUR LES PORTS

TITRE PREMIER
Dispositions générales

Article premier. - La présente loi fixe les règles de la navigation dans les ports.

Article 2. - Les taxes sont fixées par décret.

Sous-section 2. Des délais

Article 3 bis. - Toute personne peut demander une copie des règles du port.
"""


def test_a_vietnamese_law_has_its_chapters_articles_and_points():
    document = read(VIETNAMESE.encode(), filename="law.txt")
    assert document.language == "vi" and document.title == "LUẬT AN NINH MẠNG"
    assert [clause.num for clause in document.clauses if clause.element in ("chapter", "division", "article")] == [
        "Chương I", "Điều 1", "Điều 2", "Chương II", "Mục 1", "Điều 3",
    ]  # fmt: skip
    assert [clause.num for clause in document.clauses if clause.element == "point"] == ["d)", "đ)", "e)", "g)"]
    assert document.by_eid["chp_I__art_2"].heading == "Giải thích từ ngữ"
    assert [warning.subject for warning in document.warnings] == ["d)"], "the list of the test begins late"


def test_a_french_law_has_its_titles_and_articles_and_no_sentence_is_a_heading():
    document = read(FRENCH.encode(), filename="law.txt")
    assert document.language == "fr"
    articles = [clause for clause in document.clauses if clause.element == "article"]
    assert [(clause.num, clause.heading) for clause in articles] == [
        ("Article premier", ""), ("Article 2", ""), ("Article 3 bis", ""),
    ]  # fmt: skip
    assert articles[2].parent and articles[2].parent.endswith("subdvs_2")
    assert not document.warnings


def test_of_a_language_whose_headings_are_unknown_that_is_said():
    german = "Article 1. Zweck\nDas Gesetz ist für die Häfen und die Schiffe in den Häfen, nicht für den Fluss.\n"
    document = read(german.encode(), filename="law.txt")
    assert document.language == "de"
    assert [(each.kind, each.subject) for each in document.warnings] == [("language-unknown", "de")]
    thai = "มาตรา ๑ พระราชบัญญัตินี้เรียกว่า พระราชบัญญัติท่าเรือ\n"
    with pytest.raises(ReadingError, match=r"; headings of laws in this language \(th\) are not known$"):
        read(thai.encode(), filename="law.txt")


def test_a_few_foreign_words_make_no_foreign_law():
    for text, language in (
        ("The law de facto and de jure is the same in any port, and the master is to pay.", "en"),
        ("ច្បាប់ Cybercrime នេះអនុវត្តលើប្រព័ន្ធកុំព្យូទ័រទាំងអស់", "km"),
        ("Article 1", "en"),
        ("", "en"),
    ):
        assert detect_language(text) == language
