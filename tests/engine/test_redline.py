"""A redline of two whole texts: all accepted it is the new text, all refused the old one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import align_documents
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.writing.redline import Link, redline
from lawcompare.engine.writing.text import set_lines
from tests.redlines import accepted, refused

WORDS = st.lists(st.sampled_from(["fine", "court", "the", "of", "ទោស", "តុលាការ", "\n", "prison"]), max_size=6)
TEXT = WORDS.map(lambda words: " ".join(words).replace(" \n ", "\n").strip("\n "))
CLAUSE = st.tuples(st.sampled_from(["article", "chapter", "paragraph"]), st.sampled_from(["", "1", "(a)"]), TEXT, TEXT)


def document(parts) -> Document:
    clauses = []
    above = ""
    for number, (element, num, heading, text) in enumerate(parts):
        is_inside = element == "paragraph" and above
        eid = f"{above}__para_{number}" if is_inside else f"c_{number}"
        heading = heading.replace("\n", " ").strip()
        clauses.append(Clause(eid, element, num, heading, text, 1 if is_inside else 0, above if is_inside else None))
        if element != "paragraph":
            above = eid
    return Document("", "en", tuple(clauses))


def lines(document: Document) -> list[str]:
    return [line for setting in set_lines(document) for line in setting.paragraphs]


@given(st.lists(CLAUSE, max_size=8), st.lists(CLAUSE, max_size=8), st.data())
def test_accepted_it_is_the_new_text_and_refused_the_old(before, after, data):
    old, new = document(before), document(after)
    ends = st.tuples(st.sampled_from(range(len(before) or 1)), st.sampled_from(range(len(after) or 1)))
    chosen = data.draw(st.lists(ends, max_size=8))
    links = [
        Link(old.clauses[a].eid, new.clauses[b].eid) for a, b in chosen if a < len(old.clauses) and b < len(new.clauses)
    ]
    redlined = redline(old, new, links)
    assert accepted(redlined) == lines(new)
    assert refused(redlined) == lines(old)


def articles(*texts: str) -> Document:
    clauses = [Clause(f"art_{n}", "article", f"Article {n}", "", text) for n, text in enumerate(texts, start=1)]
    return Document("", "en", tuple(clauses))


def linked(old: Document, new: Document) -> list[Link]:
    return [Link(one.old[0], one.new[0]) for one in align_documents(old, new) if one.old and one.new]


def test_a_clause_that_was_moved_stands_on_both_places_with_its_changes():
    one = "The court may order the blocking of a site for ten days at the request of the prosecutor."
    two = "Providers keep traffic data of their customers for one year and hand it over on request."
    three = "This law enters into force on the day it is signed, in the whole of the kingdom."
    old, new = articles(one, two, three), articles(two, three, one.replace("ten", "twenty"))
    redlined = redline(old, new, [Link("art_1", "art_3"), Link("art_2", "art_1"), Link("art_3", "art_2")])
    moved = [paragraph for paragraph in redlined if paragraph.move]
    assert {paragraph.move for paragraph in moved} == {1}
    words = [run for paragraph in moved for run in paragraph.runs]
    assert ("delete", "ten") in words and ("insert", "twenty") in words
    assert {op for op, _text in words} == {"moved-from", "moved-to", "delete", "insert"}
    assert accepted(redlined) == lines(new) and refused(redlined) == lines(old)


def test_neighbours_that_moved_together_are_one_move():
    texts = [f"Clause about subject {word} and nothing else that matters." for word in ("ships", "trains", "planes")]
    long = ["A very long clause that stays where it is, " * 9, "Another long clause that stays as well, " * 9]
    old, new = articles(*texts[:2], *long), articles(*long, *texts[:2])
    links = [Link("art_1", "art_3"), Link("art_2", "art_4"), Link("art_3", "art_1"), Link("art_4", "art_2")]
    redlined = redline(old, new, links)
    assert {paragraph.move for paragraph in redlined} == {0, 1}
    assert accepted(redlined) == lines(new) and refused(redlined) == lines(old)


def test_a_known_redline_is_kept_and_a_wrong_one_is_not():
    old, new = articles("A fine of ten."), articles("A fine of two.")
    known = [["equal", "A fine of ", ""], ["delete", "ten.", ""], ["insert", "two.", ""]]
    runs = redline(old, new, [Link("art_1", "art_1", known)])[1].runs
    assert runs == [("equal", "A fine of "), ("delete", "ten."), ("insert", "two.")]
    wrong = [["equal", "Something else", ""]]
    assert refused(redline(old, new, [Link("art_1", "art_1", wrong)])) == lines(old)
