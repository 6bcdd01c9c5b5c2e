"""The frame of amending laws in Khmer, on a small law of our own."""

from lawcompare.engine.amend import Amended, amend
from lawcompare.engine.reading import read
from tests.engine.amend.laws import text_of

BASE = """\
ច្បាប់ស្តីពីចង្កៀង

ជំពូកទី ១
បទប្បញ្ញត្តិទូទៅ

មាត្រា ១
ចង្កៀងត្រូវបំភ្លឺនៅពេលយប់ ។

មាត្រា ២ ថ្មី
អ្នកយាមត្រូវដុតចង្កៀង ។

មាត្រា ៣
អ្នកយាមមានភារកិច្ច ៖
ក- បំភ្លឺផ្លូវ ។
ខ- ថែទាំចង្កៀង ។

ជំពូកទី ២
ទោស

មាត្រា ៤
អ្នកណាបំបែកចង្កៀងត្រូវពិន័យ ។
"""


def amended(text: str) -> Amended:
    act = read(f"ច្បាប់ស្តីពីវិសោធនកម្មច្បាប់ស្តីពីចង្កៀង\n\n{text}".encode(), filename="act.txt")
    return amend(read(BASE.encode(), filename="base.txt"), act)


def said(done: Amended) -> list[tuple[str, str, str]]:
    return [(each.instruction.act, each.instruction.operation, each.reason) for each in done.outcomes]


def test_listed_articles_are_replaced_whole_with_their_new_headings():
    done = amended(
        "មាត្រា ១\nមាត្រា ២ ថ្មី និងមាត្រា ៤ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវបានកែប្រែដូចតទៅ ៖\n\n"
        "មាត្រា ២ ថ្មី (មួយ)\nអ្នកយាមត្រូវដុតចង្កៀងទាំងអស់ ។\n\n"
        "មាត្រា ៤ ថ្មី\nការបំបែកចង្កៀងត្រូវហាម ៖\nក- នៅពេលយប់ ។\nខ- នៅពេលថ្ងៃ ។\n\n"
        "មាត្រា ២\nច្បាប់នេះត្រូវប្រកាសជាការប្រញាប់ ។\n"
    )
    assert said(done) == [("មាត្រា ១", "read_as_follows", "")] * 2
    by_eid = done.document.by_eid
    assert (by_eid["chp_1__art_2new"].num, by_eid["chp_1__art_2new"].text) == (
        "មាត្រា ២ ថ្មី (មួយ)",
        "អ្នកយាមត្រូវដុតចង្កៀងទាំងអស់ ។",
    )
    assert by_eid["chp_2__art_4"].num == "មាត្រា ៤ ថ្មី"
    assert [clause.num for clause in done.document.children["chp_2__art_4"]] == ["ក", "ខ"] or text_of(
        done.document, "chp_2__art_4"
    ).count("នៅពេល") == 2
    assert by_eid["chp_1__art_1"].text == "ចង្កៀងត្រូវបំភ្លឺនៅពេលយប់ ។"


def test_articles_points_and_chapters_are_deleted():
    done = amended(
        "មាត្រា ១\nមាត្រា ២ ថ្មី នៃច្បាប់ស្តីពីចង្កៀង ត្រូវលុបចោល ។\n"
        "ចំណុច “ខ” នៃមាត្រា ៣ ត្រូវបានលុបចោល ។\n\n"
        "មាត្រា ២\nបទប្បញ្ញត្តិទាំងឡាយណាដែលផ្ទុយនឹងច្បាប់នេះ ត្រូវចាត់ទុកជានិរាករណ៍ ។\n"
    )
    assert said(done) == [("មាត្រា ១", "repeal_unit", "")] * 2
    assert "chp_1__art_2new" not in done.document.by_eid
    assert "ថែទាំចង្កៀង" not in text_of(done.document, "chp_1__art_3")
    assert "បំភ្លឺផ្លូវ" in text_of(done.document, "chp_1__art_3")


def test_an_article_is_added_under_the_number_of_the_one_before_it():
    done = amended("មាត្រា ១\nត្រូវបានបន្ថែមមាត្រា ៣ ស្ទួន នៃច្បាប់ស្តីពីចង្កៀង ដូចតទៅ ៖\n\nមាត្រា ៣ ស្ទួន\nអ្នកយាមត្រូវរាយការណ៍ ។\n")
    assert said(done) == [("មាត្រា ១", "insert_at", "")]
    eids = [clause.eid for clause in done.document.clauses if clause.element in ("article", "chapter")]
    assert eids[-3:] == ["chp_1__art_3bis", "chp_2", "chp_2__art_4"]


def test_a_listed_article_without_new_text_and_one_that_is_not_there_are_refused():
    done = amended(
        "មាត្រាតែមួយ\nមាត្រា ១ មាត្រា ៩ និងមាត្រា ៤ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវបានធ្វើវិសោធនកម្មដូចតទៅ ៖\n\n"
        "មាត្រា ១ ថ្មី\nចង្កៀងត្រូវបំភ្លឺ ។\n\nមាត្រា ៩ ថ្មី\nគ្មាន ។\n"
    )
    assert [(target, reason) for _, target, reason in ((e, e.target, e.reason) for e in done.outcomes)] == [
        ("article 1", ""),
        (None, "no-target"),
        ("article 4", "does-not-fit"),
    ]


def test_an_article_renumbered_in_brackets_takes_the_place_of_the_former_one():
    done = amended(
        "មាត្រាតែមួយ\nមាត្រា ៤ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវបានកែប្រែដូចតទៅ ៖\n\n"
        "មាត្រា ៥ ថ្មី (មាត្រា ៤ ចាស់)\nអ្នកណាបំបែកចង្កៀងត្រូវជាប់ពន្ធនាគារ ។\n"
    )
    assert said(done) == [("មាត្រាតែមួយ", "read_as_follows", "")]
    article = done.document.by_eid["chp_2__art_4"]
    assert (article.num, article.text) == ("មាត្រា ៥ ថ្មី", "អ្នកណាបំបែកចង្កៀងត្រូវជាប់ពន្ធនាគារ ។")


def test_a_point_is_added_after_the_last():
    done = amended("មាត្រា ១\nត្រូវបានបន្ថែមចំណុច “គ” នៃមាត្រា ៣ នៃច្បាប់ស្តីពីចង្កៀង ដូចតទៅ ៖\nគ- រាយការណ៍ ។\n")
    assert said(done) == [("មាត្រា ១", "insert_at", "")]
    points = [(clause.num, clause.text) for clause in done.document.children["chp_1__art_3"]]
    assert points == [("ក-", "បំភ្លឺផ្លូវ ។"), ("ខ-", "ថែទាំចង្កៀង ។"), ("គ-", "រាយការណ៍ ។")]


def test_what_is_said_of_a_part_of_an_article_or_of_another_law_leaves_the_article_alone():
    done = amended(
        "មាត្រា ១\nកថាខណ្ឌទី ១ នៃមាត្រា ៤ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវលុបចោល ។\n"
        "ពាក្យ “ចង្កៀង” នៃមាត្រា ៤ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវបានជំនួសដោយពាក្យ “ភ្លើង” ។\n"
        "មាត្រា ៤ នៃច្បាប់ស្តីពីទូក ត្រូវលុបចោល ។\nមាត្រា ១ នៃច្បាប់ស្តីពីចង្កៀង ត្រូវលុបចោល ។\n"
    )
    assert [one.reason for one in done.outcomes] == ["not-understood", "not-understood", "names-another-act", ""]
    assert "chp_2__art_4" in done.document.by_eid
