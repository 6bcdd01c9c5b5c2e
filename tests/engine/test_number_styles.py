"""Numbers as the world prints them, contents tables, covers and endnotes: what is a unit, and what is set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.structure.corrections import Correction, CorrectionError, apply_corrections

STYLES = Path(__file__).parents[1] / "data" / "styles"


def units(document):
    return [(c.num, c.heading) for c in document.clauses if c.element in ("section", "article")]


def kinds(document):
    return [warning.kind for warning in document.warnings]


def furniture(document, name):
    return [each.text for each in document.furniture if each.name == name]


def test_a_law_of_headings_alone_is_no_contents_table():
    text = "".join(f"Article {number} Matter {number}\n" for number in range(1, 9))
    assert "contents-aside" not in kinds(read(text.encode()))


def test_chapters_numbered_in_words_beyond_twelve_are_chapters():
    chapters = ["CHAPTER NINETEEN", "CHAPTER TWENTY", "CHAPTER TWENTY-ONE"]
    text = "".join(f"{chapter}\nArticle {at}\nTitle\nText of it.\n" for at, chapter in enumerate(chapters, 1))
    assert [c.num for c in read(text.encode()).clauses if c.element == "chapter"] == chapters


def test_what_was_set_aside_is_brought_back_by_one_correction():
    document = read((STYLES / "australia.txt").read_bytes())
    back = Correction(1, "bring-back", "c0", {"name": "table-of-contents"})
    corrected = apply_corrections(document, [back]).document
    entries = ["Part 1", "1", "2", "3", "Part 2", "Division 1", "4", "4A", "5", "Division 2", "6", "Schedule 1"]
    kept = [clause.num for clause in document.clauses]
    assert [clause.num for clause in corrected.clauses] == [*kept[:1], *entries, *kept[1:]]
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
