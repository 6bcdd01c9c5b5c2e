"""The clause map of two documents: rows, what is inside them, what they stand in.

Golden cases are ``tests/data/align-*/``: ``old.md``, ``new.md`` and ``expected.txt``, a line for each entry: what
happened, the old numbers, the new ones. To add one, write the two texts, run ``make golden`` and read what it says.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import Alignment, DocumentAlignment, Reason, align, align_documents, explain
from lawcompare.engine.anchor import AnnotatedSpan, carry
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.reading import read
from tests import samples

DATA = Path(__file__).resolve().parents[1] / "data"
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CASES = sorted(path.parent for path in DATA.glob("align-*/old.md"))


def markdown(text: str) -> Document:
    return read(text.encode(), filename="law.md", format="markdown")


def numbers(document: Document, eids: tuple[str, ...]) -> str:
    return ", ".join(document.by_eid[eid].num or document.by_eid[eid].heading or eid for eid in eids) or "-"


def as_lines(old: Document, new: Document, alignment: DocumentAlignment) -> str:
    """The alignment as a lawyer writes it down."""

    def line(entry: Alignment, indent: str) -> str:
        return f"{indent}{entry.kind}: {numbers(old, entry.old)} -> {numbers(new, entry.new)}"

    lines = [line(entry, "") for entry in alignment.containers]
    for index, entry in enumerate(alignment.units):
        lines.append(line(entry, ""))
        lines.extend(line(part, "    ") for part in alignment.parts.get(index, ()))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_golden_clause_map_is_as_a_lawyer_put_it_down(case: Path) -> None:
    old, new = (read((case / name).read_bytes(), filename=name) for name in ("old.md", "new.md"))
    lines = as_lines(old, new, align_documents(old, new))
    expected = case / "expected.txt"
    if os.environ.get("GOLDEN") == "rewrite":
        expected.write_text(lines, encoding="utf-8")
    assert lines == expected.read_text(encoding="utf-8")


OLD = """## Article 1. Registers

A harbour master keeps these:

(a) a register of vessels with their flag and cargo;

(b) a register of persons who land without being of the crew;

(c) a register of fees paid and still owed.

## Article 2. Fees

No fee is asked for reading a register on a working day.
"""


def test_a_document_against_itself_is_unchanged() -> None:
    old = markdown(OLD)
    alignment = align_documents(old, old)
    entries = [*alignment.units, *alignment.containers, *(part for parts in alignment.parts.values() for part in parts)]
    assert {entry.kind for entry in entries} == {"unchanged"}
    assert all(entry.old == entry.new and entry.score == 1 for entry in entries)


def test_a_point_put_in_is_the_only_change_inside_an_article() -> None:
    new = markdown(OLD.replace("(c) a", "(c) a register of pilots and tugs;\n\n(d) a"))
    alignment = align_documents(markdown(OLD), new)
    assert [entry.kind for entry in alignment.units] == ["changed", "unchanged"]
    inside = {(entry.kind, numbers(new, entry.new)) for entry in alignment.parts[0]}
    assert ("added", "(c)") in inside
    assert ("renumbered", "(d)") in inside
    assert not any(entry.kind == "removed" for entry in alignment.parts[0])


def test_an_article_without_clauses_inside_has_no_parts() -> None:
    old = markdown(OLD)
    assert set(align_documents(old, old).parts) == {0}


def test_a_change_inside_makes_the_article_changed() -> None:
    alignment = align_documents(markdown(OLD), markdown(OLD.replace("flag and cargo", "flag, crew and cargo")))
    assert [entry.kind for entry in alignment.units] == ["changed", "unchanged"]
    assert Counter(part.kind for part in alignment.parts[0]) == {"unchanged": 3, "changed": 1}


def test_points_that_become_articles_are_a_split() -> None:
    new = markdown(
        "## Article 1. Vessels\n\nA harbour master keeps a register of vessels with their flag and cargo.\n\n"
        "## Article 2. Persons\n\nA harbour master keeps a register of persons who land without being of the crew.\n\n"
        "## Article 3. Fees owed\n\nA harbour master keeps a register of fees paid and still owed.\n\n"
        "## Article 4. Fees\n\nNo fee is asked for reading a register on a working day.\n"
    )
    alignment = align_documents(markdown(OLD), new)
    split = next(entry for entry in alignment.units if entry.kind == "split")
    assert numbers(new, split.new) == "Article 1, Article 2, Article 3"
    assert split.evidence == (Reason("parts", {"count": 3, "name": "Article 1"}),)


def test_an_article_in_a_section_is_the_row_and_the_section_holds_it() -> None:
    clauses = (
        Clause("sec_1", "section", "ផ្នែកទី ១", "Registers"),
        Clause("art_1", "article", "1", "", "A register is kept of vessels.", 1, "sec_1"),
        Clause("art_2", "article", "2", "", "A register is kept of persons.", 1, "sec_1"),
    )
    document = Document("", "en", clauses)
    alignment = align_documents(document, document)
    assert [entry.old for entry in alignment.units] == [("art_1",), ("art_2",)]
    assert [entry.old for entry in alignment.containers] == [("sec_1",)]


def test_a_chapter_given_another_number_and_place_is_known_by_what_it_holds() -> None:
    first = "# Chapter {}. Registers\n\n## Article {}. Vessels\n\nA register is kept of every vessel and its cargo.\n\n"
    second = "# Chapter {}. Fees\n\n## Article {}. Reading\n\nNo fee is asked for reading on a working day.\n\n"
    old = markdown(first.format(1, 1) + second.format(2, 2))
    new = markdown(second.format(1, 1) + first.format(2, 2))
    pairs = {
        (old.by_eid[entry.old[0]].heading, new.by_eid[entry.new[0]].heading)
        for entry in align_documents(old, new).containers
    }
    assert pairs == {("Registers", "Registers"), ("Fees", "Fees")}


def test_a_decision_about_a_point_is_kept() -> None:
    old = markdown(OLD)
    new = markdown(OLD.replace("(b) a register of persons who land without being of the crew;", "(b) whatever else;"))
    b_old = next(clause.eid for clause in old.clauses if clause.num == "(b)")
    b_new = next(clause.eid for clause in new.clauses if clause.num == "(b)")
    alignment = align_documents(old, new, decided=[(b_old, b_new)])
    entry = next(part for part in alignment.parts[0] if part.old == (b_old,))
    assert (entry.new, entry.score) == ((b_new,), 1.0)
    assert Reason("decided") in entry.evidence


def test_a_decision_pairs_the_articles_of_its_points() -> None:
    old = markdown(OLD)
    new = markdown("## Article 7. Tides\n\nTables are printed in March:\n\n(a) for the north;\n\n(b) for the south.\n")
    b_old = next(clause.eid for clause in old.clauses if clause.num == "(b)")
    b_new = next(clause.eid for clause in new.clauses if clause.num == "(b)")
    alignment = align_documents(old, new, decided=[(b_old, b_new)])
    assert any(numbers(new, entry.new) == "Article 7" and entry.old for entry in alignment.units)


def test_a_repealed_article_decided_to_be_removed_gets_no_partner_by_its_number() -> None:
    old = markdown("## Article 1. Repealed\n\n## Article 2. Fees\n\nNo fee is asked for reading a register.\n")
    new = markdown("## Article 1. Tides\n\nTables are printed.\n\n## Article 2. Fees\n\nNo fee is asked for reading.\n")
    eid = old.clauses[0].eid
    alignment = align_documents(old, new, decided=[(eid, None)])
    assert next(entry for entry in alignment.units if eid in entry.old).kind == "removed"


def test_a_list_with_parents_has_an_entry_for_every_clause() -> None:
    case = DATA / "align-harbour-act"
    old, new = (read((case / name).read_bytes(), filename=name) for name in ("old.md", "new.md"))
    entries = align(old.clauses, new.clauses)
    assert {eid for entry in entries for eid in entry.old} == set(old.by_eid)
    assert {eid for entry in entries for eid in entry.new} == set(new.by_eid)


def test_the_clauses_of_a_reading_go_into_the_map_into_its_explanation_and_into_carrying_as_they_are() -> None:
    old = markdown("## Article 1. Aim\n\nLamps give light at night.\n\n(a) in harbours;\n\n(b) in streets.\n")
    new = markdown("## Article 2. Aim\n\nLamps give light at night.\n\n(a) in harbours;\n\n(b) in all streets.\n")
    renumbered = next(entry for entry in align(old.clauses, new.clauses) if "art_1" in entry.old)
    assert (renumbered.new, renumbered.kind) == (("art_2",), "renumbered")
    assert explain(old.clauses, new.clauses, ("art_1", "art_2")).is_paired
    (kept,) = carry(old.clauses, new.clauses, [AnnotatedSpan("n", "art_1", 0, 5)])
    assert (kept.verdict, kept.clause, kept.start, kept.end) == ("kept", "art_2", 0, 5)


@st.composite
def trees(draw: st.DrawFn) -> list[Clause]:
    """A few chapters, articles, paragraphs and points in any nesting, with few different texts."""
    clauses: list[Clause] = []
    for row in range(draw(st.integers(0, 10))):
        parent = draw(st.none() | st.sampled_from([clause.eid for clause in clauses])) if clauses else None
        element = draw(st.sampled_from(["chapter", "section", "article", "paragraph", "point", ""]))
        text = draw(st.sampled_from(["", "A register is kept of vessels.", "No fee is asked.", "Repealed.", "ច្បាប់នេះ"]))
        clauses.append(Clause(f"c{row}", element, str(row), draw(st.sampled_from(["", "Fees"])), text, parent=parent))
    return clauses


@given(trees(), trees(), st.booleans())
def test_every_clause_of_any_tree_is_told_of(old: list[Clause], new: list[Clause], ignore: bool) -> None:
    entries = align(old, new, ignore_numbers=ignore)
    assert {name for entry in entries for name in entry.old} == {clause.eid for clause in old}
    assert {name for entry in entries for name in entry.new} == {clause.eid for clause in new}


@given(trees())
def test_any_tree_of_clauses_with_words_is_unchanged_against_itself(tree: list[Clause]) -> None:
    spoken = [replace(clause, text=clause.text or f"Words of {clause.eid}.") for clause in tree]
    for entry in align(spoken, spoken):
        assert (entry.kind, entry.old) == ("unchanged", entry.new)


def test_a_clause_before_its_parent_is_refused() -> None:
    with pytest.raises(ComparisonError, match="stands before its parent"):
        align([Clause("b", parent="a"), Clause("a")], [])


def test_two_releases_of_a_title_keep_every_section() -> None:
    old, new = (read(samples.us_title(release), filename="usc17.xml") for release in ("113-31", "117-80"))
    entries = align_documents(old, new).units
    kinds = {(entry.new or entry.old)[0].rpartition("_")[2]: entry.kind for entry in entries}
    assert {number: kinds[number] for number in ("501", "506", "507", "509", "1501")} == {
        "501": "changed", "506": "unchanged", "507": "unchanged", "509": "unchanged", "1501": "added",
    }  # fmt: skip


@pytest.mark.shared
def test_title_17_in_2013_and_2022_keeps_every_section() -> None:
    old, new = (
        read((SHARED / f"data/us-code-uslm/usc17@{point}.xml").read_bytes(), filename="usc17.xml")
        for point in ("113-31", "117-80")
    )
    alignment = align_documents(old, new)
    kinds = Counter(entry.kind for entry in alignment.units)
    added = {
        new.by_eid[entry.new[0]].num.strip("§. \u202f\u00a0") for entry in alignment.units if entry.kind == "added"
    }
    assert added == {"121A", "1401", *map(str, range(1501, 1512))}
    assert not kinds["split"] and not kinds["merged"] and not kinds["moved"] and not kinds["removed"]
    assert {eid for entry in alignment.units for eid in entry.new} <= set(new.by_eid)


def test_of_texts_known_in_part_only_what_is_much_alike_or_has_one_heading_is_paired():
    form = "As reported by the press, the offence carries a fine and a prison term"
    old = markdown(
        f"## Article 1. Data interference\n\n{form}; it rests on right.\n\n## Article 2. Aim\n\nTo keep order.\n"
    )
    new = markdown(f"## Article 5. Insult\n\n{form}; it is rude.\n\n## Article 9. Aim\n\nTo keep the peace.\n")

    def paired(**known) -> list[tuple[str, str]]:
        units = align_documents(old, new, **known).units
        both = [(old.by_eid[one.old[0]], new.by_eid[one.new[0]]) for one in units if one.old and one.new]
        return [(one.heading, other.heading) for one, other in both]

    assert paired() == [("Data interference", "Insult"), ("Aim", "Aim")]
    assert paired(in_part=True) == [("Aim", "Aim")]
