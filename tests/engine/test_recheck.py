"""Provisions counted apart from the reading, and warnings that go with what a person corrected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lawcompare.engine.document import Clause, Document, ReadingWarning
from lawcompare.engine.reading import read
from lawcompare.engine.reading.counted_units import count_warnings
from lawcompare.engine.structure.corrections import recheck
from lawcompare.engine.structure.counted_lines import line_count_warnings

LINES = tuple(line for number in range(1, 9) for line in (f"{number}. Rule {number}", f"Do {number}."))


def law_of(*clauses, source=LINES, warnings=()):
    return Document("Law", "en", tuple(clauses), tuple(warnings), (), {}, source)


def section(number, line, text="Do it."):
    return Clause(f"sec_{number}", "section", str(number), f"Rule {number}", text, 0, None, line)


def whole(upto):
    return [section(number, 2 * number - 1) for number in range(1, upto + 1)]


def test_numbered_lines_that_begin_no_clause_are_told():
    (warning,) = line_count_warnings(law_of(*whole(2)))
    assert warning == ReadingWarning(5, "units-missing", "3, 4, 5, 6, 7, 8", {"held": "8", "read": "2"})


def test_a_few_lines_that_happen_to_begin_with_a_number_are_not_told():
    assert line_count_warnings(law_of(*whole(4))) == ()
    broken = (*LINES[:4], *("20. May", "21. May", "a", "3. x", "12. May"))
    assert line_count_warnings(law_of(*whole(2), source=broken)) == ()


def test_sections_without_a_mark_after_their_number_are_counted_where_the_law_sets_them_so():
    lines = tuple(f"Section {number} Whoever does this is fined." for number in range(1, 9))
    clauses = [Clause(f"sec_{n}", "section", f"Section {n}", "", "Whoever", 0, None, n) for n in range(1, 5)]
    (warning,) = line_count_warnings(law_of(*clauses, source=lines))
    assert warning.subject == "Section 5, Section 6, Section 7, Section 8"
    quoting = law_of(Clause("art_1", "article", "Article 1", "", "Aim", 0, None, 9), source=lines)
    assert line_count_warnings(quoting) == ()


def test_the_articles_of_a_page_that_were_lost_are_told_at_the_line_of_its_markup():
    page = "<html><body>\n" + "".join(f"<h2>Article {n}</h2>\n<p>Text <b>{n}</b>.</p>\n" for n in range(1, 9))
    document = read(page.encode(), filename="law.html")
    assert not document.warnings
    lost = replace(document, clauses=document.clauses[:5])
    (warning,) = count_warnings(lost, page.encode(), "html")
    assert (warning.subject, warning.line) == ("Article 6, Article 7, Article 8", 12)


def test_provisions_that_were_put_in_by_hand_are_not_missing_any_more():
    doubted = law_of(*whole(2), warnings=line_count_warnings(law_of(*whole(2))))
    assert [each.subject for each in recheck(doubted, law_of(*whole(2)))] == ["3, 4, 5, 6, 7, 8"]
    assert recheck(doubted, law_of(*whole(8))) == ()


@pytest.mark.parametrize(("there", "subject"), [(5, ["5"]), (9, ["1"]), (10, [])])
def test_missing_elements_of_xml_are_counted_again(there, subject):
    warning = ReadingWarning(0, "units-missing", "7", {"held": "10", "read": "3"})
    rechecked = recheck(law_of(*whole(3), warnings=[warning]), law_of(*whole(there)))
    assert [each.subject for each in rechecked] == subject


def test_a_doubt_about_words_goes_with_the_words():
    doubt = ReadingWarning(2, "doubtful-words", "mivt witw", {"page": "1"})
    read_so = section(1, 1, "The mivt is open witw care.")
    document = law_of(read_so, section(2, 3), warnings=[doubt])
    assert recheck(document, document) == (doubt,)
    half = law_of(replace(read_so, text="The mint is open witw care."), section(2, 3))
    assert [each.subject for each in recheck(document, half)] == ["witw"]
    assert recheck(document, law_of(replace(read_so, text="The mint is open with care."), section(2, 3))) == ()
    assert recheck(document, law_of(section(2, 3))) == ()
