"""The clause map: of two flat lists of clauses, and of two documents: rows, what is inside them, what they stand in.

Golden cases are ``tests/data/align-*/``: ``old.md``, ``new.md`` and ``expected.txt``, a line for each entry: what
happened, the old numbers, the new ones. To add one, write the two texts, run ``make golden`` and read what it says.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import KINDS, Alignment, DocumentAlignment, Reason, align, align_documents, explain
from lawcompare.engine.align.candidates import number_keys
from lawcompare.engine.anchor import AnnotatedSpan, carry
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.reading import read
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import evidence_in_words
from tests import samples
from tests.tools.bench.perturbed import ChangeRates, Perturbed, perturb
from tests.tools.fit.cases import khmer_penal_law

GOLD = Path(__file__).resolve().parents[2].parent / "shared/gold/align"
TEXTS = (
    "This Act may be cited as the Harbour Records Act.",
    "A harbour master must keep a register of every vessel that enters the harbour and of its cargo.",
    "The register is open to the public on every working day, and no fee is asked for reading it.",
    "Whoever enters a false statement in the register commits an offence and is liable to a fine of 500 crowns.",
    "An inspector may board a vessel at any hour to compare the register with what the vessel carries.",
    "The Minister may make regulations for carrying out this Act.",
)
FOREIGN = "Tide tables for the northern ports are printed each March at the expense of the Hydrographic Office."


def in_words(entry: Alignment) -> str:
    return evidence_in_words(ENGLISH, [(reason.kind, reason.values) for reason in entry.evidence])


def units(texts: Sequence[str], prefix: str = "o", numbers: Sequence[str] | None = None) -> list[Clause]:
    names = numbers or [f"Article {place}" for place in range(1, len(texts) + 1)]
    pairs = zip(names, texts, strict=True)
    return [Clause(f"{prefix}{place}", "article", number, "", text) for place, (number, text) in enumerate(pairs)]


def kinds(entries: Sequence[Alignment]) -> list[str]:
    return [entry.kind for entry in entries]


def pairs_of(entries: Sequence[Alignment]) -> set[tuple[str, str]]:
    return {(old, new) for entry in entries for old in entry.old for new in entry.new}


def test_one_article_put_into_thirty_alike_is_the_only_one_added() -> None:
    old = [f"In district {name} a harbour master keeps a register of vessels and is paid {fee} crowns a year."
           for name, fee in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", range(100, 360, 10), strict=True)]  # fmt: skip
    entries = align(units(old), units((*old[:4], FOREIGN, *old[4:]), "n"))
    assert kinds(entries).count("added") == 1
    assert kinds(entries).count("unchanged") + kinds(entries).count("renumbered") == len(old)


def test_a_merge_is_one_entry_with_its_sources() -> None:
    whole = f"{TEXTS[1]} {TEXTS[4]}"
    entries = align(units((TEXTS[0], TEXTS[1], TEXTS[4], TEXTS[2])), units((TEXTS[0], whole, TEXTS[2]), "n"))
    merged = entries[1]
    assert (merged.kind, merged.old, merged.new) == ("merged", ("o1", "o2"), ("n1",))
    assert in_words(merged) == "old Article 2 and Article 3 together"


def khmer_law_changed(seed: int, rates: ChangeRates) -> Perturbed:
    return perturb("Khmer law", khmer_penal_law(seed, 40), seed, rates)


@pytest.mark.parametrize(
    ("seed", "joined", "twin"),
    [(14, ("o9", "n15"), "n6"), (19, ("o14", "n15"), "n31"), (34, ("o1", "n0"), "n32"), (42, ("o14", "n20"), "n1")],
)
def test_a_clause_joined_to_the_one_beside_it_is_not_given_to_one_like_it_elsewhere(
    seed: int, joined: tuple[str, str], twin: str
) -> None:
    law = khmer_law_changed(seed, ChangeRates(split=0.2, merged=0.25, inserted=0.3, words=0.15))
    assert law.gold[joined] == "merged"
    pairs = pairs_of(align(law.old, law.new, ignore_numbers=True))
    assert joined in pairs and (joined[0], twin) not in pairs


@pytest.mark.parametrize(("seed", "old", "twin"), [(9, "o20", "n12"), (32, "o17", "n23"), (37, "o3", "n20")])
def test_a_new_clause_that_reads_like_the_partner_of_an_old_one_is_no_part_of_it(
    seed: int, old: str, twin: str
) -> None:
    law = khmer_law_changed(seed, ChangeRates(inserted=0.4, removed=0.2, words=0.3))
    assert not any(new == twin for _, new in law.gold)
    assert (old, twin) not in pairs_of(align(law.old, law.new, ignore_numbers=True))


def test_words_too_many_to_be_sorted_as_one_number_are_sorted_all_the_same() -> None:
    keys = np.array([2**62, 5, 2**62, 7, 5], dtype=np.int64)
    known, place, frequency = number_keys(keys)
    assert (known.tolist(), place.tolist(), frequency.tolist()) == ([5, 7, 2**62], [2, 0, 2, 1, 0], [2, 1, 2])


AMOUNTS = "In addition to amounts otherwise available, there is appropriated to the Harbour Office for the year"
FUNDS = f"{AMOUNTS} %s crowns, to remain available for five years, for the purposes described in subsection (b)."


def test_what_is_left_over_at_both_ends_is_not_paired() -> None:
    rescission = "The unobligated balances of amounts made available by section %s of the Act for %s are rescinded."
    ends = [("4", "coastal communities"), ("9", "the coral reefs")], [("31", "public buildings"), ("47", "low roads")]
    before, after = ([rescission % each for each in end] for end in ends)
    old = [Clause(f"o{n}", "section", f"{n}", "", text) for n, text in enumerate([*before, *TEXTS, FOREIGN])]
    new = [Clause(f"n{n}", "section", f"{n + 70}", "", text) for n, text in enumerate([*TEXTS, *after])]
    entries = align(old, new)
    assert pairs_of(entries) == {(f"o{n + 2}", f"n{n}") for n in range(len(TEXTS))}
    asked = [reason.values for entry in entries for reason in entry.evidence if reason.kind == "perhaps-in-new"]
    assert asked and all(values["percent"] >= 20 for values in asked)


def test_a_rewritten_article_stays_in_its_place_and_its_pair_says_how_sure_it_is() -> None:
    rewritten = "An officer enters a vessel only with a warrant that names the vessel, and reads what the papers say."
    new = [*TEXTS[:4], rewritten, TEXTS[5]]
    by_number = {entry.old: entry for entry in align(units(TEXTS), units(new, "n"))}
    assert (by_number["o4",].new, by_number["o4",].kind, by_number["o4",].doubtful) == (("n4",), "changed", ())
    assert [reason.values["percent"] < 40 for reason in by_number["o4",].evidence if reason.kind == "alike"] == [True]
    blind = {entry.old: entry for entry in align(units(TEXTS), units(new, "n"), ignore_numbers=True)}
    assert blind["o4",].new == ("n4",)
    assert blind["o4",].score < by_number["o4",].score < by_number["o3",].score == 1
    assert by_number["o4",].pairs == {("o4", "n4"): by_number["o4",].score}


def test_clauses_of_one_pattern_joined_into_one_are_a_merge_to_the_last() -> None:
    aims = ["Hiring of pilots", "Transport of buoys", "Upgrades of quays", "Repair of cranes", "Training of divers"]
    spent = [FUNDS % f"{n}00" + f" They are spent on the {aim.lower()} alone." for n, aim in enumerate(aims, 1)]
    joined = FUNDS % "900" + "".join(f" Funding for the {aim.lower()} in any way that the Office sees." for aim in aims)
    old = units([*TEXTS[:3], *spent, *TEXTS[3:]])
    old[3:8] = [replace(unit, heading=aim) for unit, aim in zip(old[3:8], aims, strict=True)]
    (merge,) = [entry for entry in align(old, units([*TEXTS[:3], joined, *TEXTS[3:]], "n")) if entry.kind == "merged"]
    assert (merge.old, merge.new) == (("o3", "o4", "o5", "o6", "o7"), ("n3",))


def test_repeated_clauses_are_told_apart_by_their_neighbours() -> None:
    again = "The Minister may make regulations for this Part."
    old = (TEXTS[0], TEXTS[1], again, TEXTS[2], TEXTS[3], again, TEXTS[4])
    new = (TEXTS[2], TEXTS[3], again, TEXTS[4], TEXTS[0], TEXTS[1], again)
    pairs = pairs_of(align(units(old), units(new, "n")))
    assert {("o2", "n6"), ("o5", "n2")} <= pairs


def test_removed_clauses_are_told_of_where_they_stood() -> None:
    entries = align(units(TEXTS), units((*TEXTS[:2], *TEXTS[3:]), "n"))
    assert [entry.old[0] for entry in entries] == [f"o{place}" for place in range(len(TEXTS))]
    assert entries[2].kind == "removed"


def test_quotes_spaces_and_spelling_are_no_change_and_a_comma_is() -> None:
    printings = {
        ("The “register” of  vessels\u00a0is public.", 'The "register" of vessels\nis public.'): "unchanged",
        ("ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ ឆ្នាំ", "ត្រូវផ្ដន្ទាទោស\u200bដាក់ពន្ធនាគារពី ១ ឆ្នាំ"): "unchanged",
        ("The register, of vessels is public.", "The register of vessels is public."): "changed",
    }
    assert {pair: align(units(pair[:1]), units(pair[1:], "n"))[0].kind for pair in printings} == printings


def test_decided_as_added_and_removed_stay_alone() -> None:
    entries = align(units(TEXTS), units(TEXTS, "n"), decided=[("o1", None), (None, "n1")])
    assert {(entry.old, entry.new) for entry in entries if entry.kind in ("added", "removed")} == {
        (("o1",), ()),
        ((), ("n1",)),
    }


def test_a_concordance_of_one_to_many_is_a_split() -> None:
    entries = align(units(TEXTS), units(TEXTS, "n"), decided=[("o1", "n1"), ("o1", "n2")])
    split = next(entry for entry in entries if entry.old == ("o1",))
    assert (split.kind, split.new) == ("split", ("n1", "n2"))


@pytest.mark.parametrize(
    ("old", "new", "decided", "sentence"),
    [
        (units(TEXTS), units(TEXTS, "n"), [("nowhere", "n1")], "'nowhere', which is not in the old text"),
        (units(TEXTS), units(TEXTS, "n"), [("o1", "nowhere")], "'nowhere', which is not in the new text"),
        (units(TEXTS), units(TEXTS, "n"), [(None, None)], "neither an old nor a new clause"),
        (units(TEXTS), units(TEXTS, "n"), [("o1", None), ("o1", "n1")], "give 'o1' a partner and none"),
        ([], [Clause("a"), Clause("a")], [], "'a' appears twice in the new text"),
        ([Clause("a"), Clause("")], [], [], "clause 2 of the old text has no id"),
        ([Clause("b", parent="a"), Clause("a")], [], [], "stands before its parent"),
    ],
)
def test_clauses_and_decisions_that_contradict_each_other_are_refused(old, new, decided, sentence) -> None:
    with pytest.raises(ComparisonError, match=sentence):
        align(old, new, decided=decided)


@given(st.permutations(TEXTS), st.permutations(TEXTS))
def test_distinct_clauses_are_paired_whatever_their_order_and_from_either_side(old: list[str], new: list[str]) -> None:
    there = pairs_of(align(units(old), units(new, "n")))
    back = pairs_of(align(units(new, "n"), units(old)))
    assert there == {(n, o) for o, n in back} == {(f"o{old.index(text)}", f"n{new.index(text)}") for text in TEXTS}


@pytest.mark.parametrize("law", ["restated_code", "restated_drafts"])
@pytest.mark.parametrize("way", ["changed", "reworded heavily", "split and merged", "mixed with foreign"])
def test_laws_changed_at_random_are_mapped_as_they_were_changed(law: str, way: str) -> None:
    from tests.tools.bench import bench_align, perturbed

    units, figures = getattr(perturbed, law)(), []
    for seed in (1, 2, 3):
        made = perturbed.perturb(law, units, seed, bench_align.WAYS[way])
        case = bench_align.AlignCase(made.name, made.old, made.new, made.gold, set(), set())
        without = bench_align.judge(case, align(case.old, case.new, ignore_numbers=True))
        assert bench_align.judge(case, align(case.old, case.new)).f1 >= without.f1
        figures.append(without)
    assert fmean(figure.f1 for figure in figures) >= 0.96
    assert fmean(figure.kinds for figure in figures) >= 0.93


def test_the_answer_does_not_hang_on_ids() -> None:
    from tests.tools.bench import bench_align, perturbed

    made = perturbed.perturb("code", perturbed.restated_code(), 2, bench_align.WAYS["split and merged"])
    named = align([replace(unit, eid=f"x{unit.eid[::-1]}") for unit in made.old], made.new)
    assert pairs_of(named) == {(f"x{before[::-1]}", after) for before, after in pairs_of(align(made.old, made.new))}


# F1 over pairs, without numbers, and share of kinds named as judged.
FIGURES = {
    "us-title52-reclass": (0.99, 0.9),
    "tw-judges-study": (0.99, 0.9),
    "ca-en-divorce": (0.985, 0.9),
    "ca-fr-shishalh": (0.98, 0.9),
    "us-title54-a": (0.97, 0.94),
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.shared
def test_the_judged_cases_come_out_as_they_should(name: str) -> None:
    from tests.tools.bench.bench_align import judge, read_case

    case = read_case(GOLD / f"{name}.json")
    without = judge(case, align(case.old, case.new, ignore_numbers=True))
    with_numbers = judge(case, align(case.old, case.new))
    assert without.f1 >= FIGURES[name][0] and with_numbers.f1 >= without.f1
    assert without.kinds >= FIGURES[name][1]


CASES = sorted((Path(__file__).resolve().parents[1] / "data").glob("align-*"))


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
def test_every_clause_is_told_of_and_nothing_else(old: list[Clause], new: list[Clause], ignore: bool) -> None:
    entries = align(old, new, ignore_numbers=ignore)
    assert {name for entry in entries for name in entry.old} == {clause.eid for clause in old}
    assert {name for entry in entries for name in entry.new} == {clause.eid for clause in new}
    for entry in entries:
        assert entry.kind in KINDS and 0 <= entry.score <= 1 and entry.evidence
        assert (entry.kind == "added") == (not entry.old) and (entry.kind == "removed") == (not entry.new)
        assert (len(entry.new) > 1) == (entry.kind == "split") and (len(entry.old) > 1) == (entry.kind == "merged")
    for side, kind in (("old", "split"), ("new", "merged")):
        names = [name for entry in entries if entry.kind == kind for name in getattr(entry, side)]
        assert len(names) == len(set(names)), "a clause stands in one split or one merge at most"


@given(st.integers(0, len(TEXTS)))
def test_an_insertion_anywhere_is_one_added_clause(place: int) -> None:
    entries = align(units(TEXTS), units((*TEXTS[:place], FOREIGN, *TEXTS[place:]), "n"))
    assert kinds(entries) == ["unchanged"] * place + ["added"] + ["renumbered"] * (len(TEXTS) - place)
    same, new = "same text, same number", "same text, new number"
    assert [in_words(entry) for entry in entries if entry.old] == [same] * place + [new] * (len(TEXTS) - place)


SENTENCES = st.sampled_from(
    (*TEXTS, FOREIGN, "", "Repealed.", "ច្បាប់នេះមានគោលបំណងការពារព័ត៌មាន។", "本辦法依法官法第八十四條規定訂定之。")
)


@given(st.lists(SENTENCES, min_size=1, max_size=12), st.lists(SENTENCES, min_size=1, max_size=12), st.data())
def test_decisions_are_always_kept(old: list[str], new: list[str], data: st.DataObject) -> None:
    before, after = units(old), units(new, "n")
    pair = data.draw(st.tuples(st.sampled_from(before), st.sampled_from(after)))
    entries = align(before, after, decided=[(pair[0].eid, pair[1].eid)])
    chosen = [entry for entry in entries if pair[0].eid in entry.old or pair[1].eid in entry.new]
    assert [(entry.old, entry.new) for entry in chosen] == [((pair[0].eid,), (pair[1].eid,))]
    assert in_words(chosen[0]).startswith("as decided") and chosen[0].score == 1


@given(trees())
def test_any_tree_of_clauses_with_words_is_unchanged_against_itself(tree: list[Clause]) -> None:
    spoken = [replace(clause, text=clause.text or f"Words of {clause.eid}.") for clause in tree]
    for entry in align(spoken, spoken):
        assert (entry.kind, entry.old) == ("unchanged", entry.new)


def test_two_releases_of_a_title_keep_every_section() -> None:
    old, new = (read(samples.us_title(release), filename="usc17.xml") for release in ("113-31", "117-80"))
    entries = align_documents(old, new).units
    kinds = {(entry.new or entry.old)[0].rpartition("_")[2]: entry.kind for entry in entries}
    assert {number: kinds[number] for number in ("501", "506", "507", "509", "1501")} == {
        "501": "changed", "506": "unchanged", "507": "unchanged", "509": "unchanged", "1501": "added",
    }  # fmt: skip


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


def document(*clauses: Clause) -> Document:
    return Document("", "en", clauses)


FEES = Clause("sec_708", "section", "§ 708", "Fees", "Fees are paid to the Register for each claim that is recorded.")


def test_a_repealed_section_is_paired_with_what_takes_its_number():
    old = document(FEES, Clause("sec_710", "section", "§ 710", "Repealed. Pub. L. 1–1, 114 Stat. 1", ""))
    new = document(FEES, Clause("sec_710", "section", "§ 710", "Emergency relief", "The Register may toll a deadline."))
    kinds = {entry.new: entry.kind for entry in align_documents(old, new).units}
    assert kinds == {("sec_708",): "unchanged", ("sec_710",): "changed"}


def test_a_section_with_words_of_its_own_is_not_paired_by_its_number():
    old = document(FEES, Clause("sec_710", "section", "§ 710", "Books for the blind", "Copies in braille are free."))
    new = document(FEES, Clause("sec_710", "section", "§ 710", "Emergency relief", "The Register may toll a deadline."))
    assert {entry.kind for entry in align_documents(old, new).units} == {"unchanged", "added", "removed"}


def test_flush_text_marked_up_in_another_way_is_no_change():
    last, flush = "the effect upon the market.", "That a work is unpublished does not itself bar a finding."
    section = Clause("sec_107", "section", "§ 107", "Fair use", "In judging, these are weighed:")
    inside = {"depth": 1, "parent": "sec_107"}
    old = document(section, Clause("sec_107__para_1", "paragraph", "(1)", "", f"{last}\n{flush}", **inside))
    new = document(
        section,
        Clause("sec_107__para_1", "paragraph", "(1)", "", last, **inside),
        Clause("sec_107__wrapup_1", "wrapUp", "", "", flush, **inside),
    )
    assert [entry.kind for entry in align_documents(old, new).units] == ["unchanged"]


def test_a_heading_alone_is_no_part_of_a_split_or_merge():
    words = "The law ensures the integrity of computer systems and of computer data and of their searching and seizing."
    old = document(
        Clause(
            "art_1", "article", "Article 1", "Purpose", "The law combats all kinds of offence committed by computer."
        ),
        Clause("art_19", "article", "Article 19", "Searching and seizing computer data", ""),
    )
    new = document(Clause("art_1", "article", "Article 1", "Purpose", words))
    assert not {entry.kind for entry in align_documents(old, new).units} & {"split", "merged"}


def test_clauses_cut_after_one_pattern_are_not_split_into_each_other():
    def fined(name: str, sum_: int) -> Clause:
        return Clause(
            f"art_{name}", "article", f"Article {name}", "", f"Whoever damages a {THINGS[name]} is fined {sum_}."
        )

    old = document(fined("1", 100), fined("2", 200))
    new = document(fined("1", 200), fined("2", 100))
    assert [entry.kind for entry in align_documents(old, new).units] == ["changed", "changed"]


THINGS = {"1": "bridge", "2": "road"}


def test_clauses_that_say_nothing_are_paired_with_themselves():
    empty = [Clause(f"art_{n}", "article", f"Article {n}", "", "") for n in (2, 4)]
    text = document(empty[0], FEES, empty[1])
    assert [entry.kind for entry in align_documents(text, text).units] == ["unchanged"] * 3
    units = [Clause("a", num="(a)"), Clause("b", num="(b)", text="The fee."), Clause("c"), Clause("d")]
    assert [entry.kind for entry in align(units, units)] == ["unchanged"] * 4
