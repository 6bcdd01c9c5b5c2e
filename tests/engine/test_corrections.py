"""Corrections: nothing is lost, what is undone was never there; and provisions counted apart from the reading."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.document import Clause, Document, ReadingWarning, from_plain, to_plain
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.reading.checks import count_warnings
from lawcompare.engine.structure.corrections import (
    KINDS,
    CorrectedDocument,
    Correction,
    CorrectionError,
    apply_corrections,
    basis_of,
    places_to_split,
    recheck,
    split_values,
)
from lawcompare.engine.structure.counted_lines import line_count_warnings
from tests.engine.reading_cases import check, kept, law_lines
from tests.processor_time import at_most

LAW = """Chapter 1. Offences

Article 1. Illegal access
Whoever enters a computer without right is punished. Article 2. Interception
Whoever listens is fined.

Article 3. Duties of
providers
(1) A provider keeps data. (2) It hands them over.
(a) to a court;
"""


def law() -> Document:
    return read(LAW.encode())


def outline(document: Document) -> list[str]:
    return [clause.eid for clause in document.clauses]


def made(corrected: CorrectedDocument, number: int, kind: str, target: str, **values: object) -> Correction:
    return Correction(number, kind, target, values, basis_of(corrected, kind, target))


def split_at(corrected: CorrectedDocument, at: int, *, inside: bool) -> Correction:
    return made(corrected, 1, "split", "c0", **split_values(corrected, "c0", at, inside=inside))


def key_of(corrected: CorrectedDocument, num: str) -> str:
    return next(key for key, c in zip(corrected.keys, corrected.document.clauses, strict=True) if c.num == num)


def test_a_clause_that_the_reader_missed_is_split_off_with_its_number_and_heading():
    words = "Whoever enters is punished.\nArticle 2.- Interception\nWhoever listens is fined."
    document = Document("Law", "en", (Clause("art_1", "article", "Article 1", "Access", words),))
    before = apply_corrections(document, [])
    values = split_values(before, "c0", words.index("Article 2"), inside=False)
    after = apply_corrections(document, [made(before, 1, "split", "c0", **values)])
    new = after.clause("m1")
    assert (new.eid, new.num, new.heading) == ("art_2", "Article 2", "Interception")
    assert new.text == "Whoever listens is fined."
    assert after.clause("c0").text == "Whoever enters is punished."
    assert kept(after.document) == kept(document)


def test_an_item_is_split_off_inside_or_beside():
    text = "Data are kept. (2) They are given."
    document = Document("Law", "en", (Clause("art_1", "article", "Article 1", text=text),))
    before = apply_corrections(document, [])
    inside, beside = (
        apply_corrections(document, [split_at(before, text.index("(2)"), inside=each)]).document
        for each in (True, False)
    )
    assert outline(inside) == ["art_1", "art_1__para_2"]
    assert beside.clauses[1].parent is None


def test_a_split_must_leave_words_on_both_sides_and_letters_whole():
    document = Document("ច្បាប់", "km", (Clause("art_1", "article", "មាត្រា ១", text="ត្រូវ បាន"),))
    before = apply_corrections(document, [])
    for at in (0, 1, 2, len(before.document.clauses[0].text)):
        with pytest.raises(CorrectionError):
            split_values(before, "c0", at, inside=False)
    assert split_values(before, "c0", 6, inside=False)["text"] == "បាន"


def test_words_join_the_clause_before_and_its_children_stay_in_order():
    document = Document(
        "Law", "en",
        (
            Clause("art_1", "article", "Article 1", "Aim", "See"),
            Clause("art_5", "article", "Article 5", "", "of this law."),
            Clause("art_5__point_a", "point", "(a)", "", "one", 1, "art_5"),
        ),
    )  # fmt: skip
    after = apply_corrections(document, [Correction(1, "join", "c1", {"glue": " "})]).document
    assert after.clauses[0].text == "See Article 5 of this law."
    assert outline(after) == ["art_1", "art_1__point_a"]


def test_thousands_of_corrections_of_words_take_time_in_proportion_to_them():
    law = Document(
        "Law", "en", tuple(Clause(f"art_{at}", "article", f"Article {at}", "", "Words.") for at in range(3000))
    )
    made = [Correction(at, "words", f"c{7 * at % 3000}", {"text": f"Other {at}."}) for at in range(2000)]
    with at_most(seconds=0.3):
        assert apply_corrections(law, made).clause("c7").text == "Other 1."


def test_what_cannot_be_done_is_refused_in_a_sentence():
    for kind, target, values in (
        ("join", "c0", {}),
        ("join", "c1", {"glue": "–"}),
        ("level", "c0", {"by": -1}),
        ("level", "c0", {"by": 1}),
        ("level", "c1", {"by": 7}),
        ("number", "c1", {}),
        ("number", "c1", {"element": ""}),
        ("words", "c1", {"text": 3}),
        ("words", "c99", {"text": "x"}),
        ("split", "c1", {"at": 10_000}),
    ):
        with pytest.raises(CorrectionError) as refused:
            apply_corrections(law(), [Correction(4, kind, target, values)])
        assert refused.value.number == 4 and "\n" not in str(refused.value)
    with pytest.raises(CorrectionError, match="no clause would be left"):
        one = Document("L", "en", (Clause("art_1", "article", "Article 1"),))
        apply_corrections(one, [Correction(1, "aside", "c0")])


def test_a_correction_that_rests_on_another_is_refused_without_it():
    before = apply_corrections(law(), [])
    key = key_of(before, "Article 1")
    first = made(before, 1, "words", key, text="Whoever enters a house. It is shut.")
    between = apply_corrections(law(), [first])
    values = split_values(between, key, len("Whoever enters a house."), inside=False)
    second = made(between, 2, "split", key, **values)
    third = Correction(3, "words", "m2", {"heading": "Doors"})
    assert apply_corrections(law(), [first, second, third]).clause("m2").heading == "Doors"
    for without in ([second, third], [first, third]):
        with pytest.raises(CorrectionError):
            apply_corrections(law(), without)


def test_addresses_that_the_source_gives_are_kept():
    source = b'## Article 1. Aim\n{: eid="art_nn_aim" }\n\nText.\n\n## Article 2. Scope\n\nText.\n'
    document = read(source, filename="a.md")
    assert document.clauses[0].eid == "art_nn_aim"
    after = apply_corrections(document, [Correction(1, "number", "c1", {"num": "Article 4"})]).document
    assert outline(after) == ["art_nn_aim", "art_4"]


def test_a_document_comes_through_json_as_it_was():
    document = law()
    again = from_plain(json.loads(json.dumps(to_plain(document))))
    assert again == document
    assert again.source == document.source == tuple(LAW.split("\n"))


# --- properties ---------------------------------------------------------------------------------------------------


def draw_correction(draw: st.DrawFn, corrected: CorrectedDocument, number: int, kinds: tuple[str, ...]) -> Correction:
    kind = draw(st.sampled_from(kinds))
    key = draw(st.sampled_from(corrected.keys))
    values: dict[str, object] = {}
    if kind == "join":
        values = {"into": draw(st.sampled_from(["text", "heading"])), "glue": draw(st.sampled_from([" ", "\n"]))}
    elif kind == "split":
        at = draw(st.integers(0, len(corrected.clause(key).text)))
        values = split_values(corrected, key, at, inside=draw(st.booleans()))
    elif kind == "level":
        values = {"by": draw(st.sampled_from([1, -1]))}
    elif kind == "number":
        values = {"num": draw(st.sampled_from(["Article 7", "(a)", ""]))}
    elif kind == "words":
        values = {"text": draw(st.sampled_from(["Other words.", "", "(1) one"]))}
    return made(corrected, number, kind, key, **values)


@st.composite
def corrected_laws(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> tuple[Document, list[Correction]]:
    try:
        document = read("\n".join(draw(law_lines)).encode())
    except ReadingError:
        document = law()
    corrections: list[Correction] = []
    for number in range(1, draw(st.integers(2, 8))):
        corrected = apply_corrections(document, corrections)
        try:
            each = draw_correction(draw, corrected, number, kinds)
            apply_corrections(document, [*corrections, each])
        except CorrectionError:
            continue
        corrections.append(each)
    return document, corrections


@given(corrected_laws(("join", "split", "level", "aside")))
def test_no_letter_is_lost_by_joining_splitting_moving_or_setting_aside(case):
    document, corrections = case
    assert kept(apply_corrections(document, corrections).document) == kept(document)


@given(corrected_laws())
def test_addresses_stay_unique_and_the_tree_a_tree(case):
    document, corrections = case
    after = apply_corrections(document, corrections)
    check(after.document)
    assert len(set(after.keys)) == len(after.document.clauses)
    open_eids: list[str] = []
    for clause in after.document.clauses:
        del open_eids[clause.depth :]
        assert clause.parent == (open_eids[-1] if open_eids else None)
        open_eids.append(clause.eid)


@given(corrected_laws(), st.data())
def test_what_is_undone_was_never_there_and_what_is_redone_never_left(case, data):
    document, corrections = case
    before = replace(document)
    whole = apply_corrections(document, corrections)
    assert document == before, "the text as it was read is never changed"
    if not corrections:
        assert whole.document is document
        return
    at = data.draw(st.integers(0, len(corrections) - 1))
    rest = [each for each in corrections if each is not corrections[at]]
    try:
        without = apply_corrections(document, rest)
    except CorrectionError as refused:
        assert refused.number > corrections[at].number, "only a later correction can rest on it"
        return
    assert apply_corrections(document, sorted([*rest, corrections[at]], key=lambda each: each.number)) == whole
    if at == len(corrections) - 1:
        assert without == apply_corrections(document, corrections[:-1])


@given(corrected_laws(("level",)), st.data())
def test_a_step_in_and_out_again_changes_nothing(case, data):
    document, corrections = case
    whole = apply_corrections(document, corrections)
    key = data.draw(st.sampled_from(whole.keys))
    there_and_back = [*corrections, Correction(98, "level", key, {"by": 1}), Correction(99, "level", key, {"by": -1})]
    try:
        assert apply_corrections(document, there_and_back).document == whole.document
    except CorrectionError as refused:
        assert refused.number == 98


@given(st.text("ab. ;(1)\n", max_size=60))
def test_a_place_to_split_at_is_followed_by_the_words_it_names(text):
    for at, words in places_to_split(text):
        assert " ".join(text[at:].split()).startswith(words)
        assert 0 < at < len(text)


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
