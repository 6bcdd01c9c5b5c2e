"""The clause map of two flat lists of clauses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.align import KINDS, Alignment, Reason, align
from lawcompare.engine.align.candidates import number_keys
from lawcompare.engine.align.model import fold_clauses
from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.changes import evidence_in_words
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


def test_a_text_against_itself_is_unchanged() -> None:
    entries = align(units(TEXTS), units(TEXTS))
    assert kinds(entries) == ["unchanged"] * len(TEXTS)
    assert {in_words(entry) for entry in entries} == {"same text, same number"}


def test_no_clauses_give_no_entries() -> None:
    assert align([], []) == []


def test_everything_is_added_to_nothing() -> None:
    assert kinds(align([], units(TEXTS))) == ["added"] * len(TEXTS)


def test_an_inserted_article_renumbers_the_rest_and_changes_nothing() -> None:
    entries = align(units(TEXTS), units((*TEXTS[:2], FOREIGN, *TEXTS[2:]), "n"))
    assert kinds(entries) == ["unchanged"] * 2 + ["added"] + ["renumbered"] * 4
    assert entries[3].evidence == (Reason("same-text"), Reason("new-number"))
    assert in_words(entries[3]) == "same text, new number"


def test_one_article_put_into_thirty_alike_is_the_only_one_added() -> None:
    old = [f"In district {name} a harbour master keeps a register of vessels and is paid {fee} crowns a year."
           for name, fee in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", range(100, 360, 10), strict=True)]  # fmt: skip
    entries = align(units(old), units((*old[:4], FOREIGN, *old[4:]), "n"))
    assert kinds(entries).count("added") == 1
    assert kinds(entries).count("unchanged") + kinds(entries).count("renumbered") == len(old)


def test_an_unrelated_article_in_the_place_of_another_is_no_change_of_it() -> None:
    entries = align(units(TEXTS), units((*TEXTS[:2], FOREIGN, *TEXTS[3:]), "n"))
    assert sorted(kinds(entries)) == ["added", "removed"] + ["unchanged"] * 5


def test_numbers_never_decide_against_the_text() -> None:
    turned = list(reversed(TEXTS))
    pairs = pairs_of(align(units(TEXTS), units(turned, "n")))
    assert pairs == {(f"o{place}", f"n{len(TEXTS) - 1 - place}") for place in range(len(TEXTS))}


def test_a_reworded_article_keeps_its_partner() -> None:
    reworded = TEXTS[3].replace("500 crowns", "up to 800 crowns or to one month in prison")
    entries = align(units(TEXTS), units((*TEXTS[:3], reworded, *TEXTS[4:]), "n"))
    assert kinds(entries) == ["unchanged"] * 3 + ["changed"] + ["unchanged"] * 2


def test_a_split_is_one_entry_with_its_parts() -> None:
    whole = f"{TEXTS[1]} {TEXTS[4]}"
    entries = align(units((TEXTS[0], whole, TEXTS[2])), units((TEXTS[0], TEXTS[1], TEXTS[4], TEXTS[2]), "n"))
    split = entries[1]
    assert (split.kind, split.old, split.new) == ("split", ("o1",), ("n1", "n2"))
    assert split.evidence == (Reason("parts", {"count": 2, "name": "Article 2"}),)
    assert in_words(split) == "both parts of old Article 2"


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


def test_a_text_in_normal_form_is_not_copied() -> None:
    clauses = units((TEXTS[0], "“Record” means\n a page."))
    folded = fold_clauses(clauses)
    assert folded[0] is clauses[0] and folded[1].text == '"Record" means a page.'


def test_words_too_many_to_be_sorted_as_one_number_are_sorted_all_the_same() -> None:
    keys = np.array([2**62, 5, 2**62, 7, 5], dtype=np.int64)
    known, place, frequency = number_keys(keys)
    assert (known.tolist(), place.tolist(), frequency.tolist()) == ([5, 7, 2**62], [2, 0, 2, 1, 0], [2, 1, 2])


def test_a_moved_article_is_moved_and_the_others_are_not() -> None:
    entries = align(units(TEXTS), units((TEXTS[4], *TEXTS[:4], TEXTS[5]), "n"))
    assert kinds(entries) == ["moved"] + ["renumbered"] * 4 + ["unchanged"]
    assert entries[0].old == ("o4",)


def test_repeated_clauses_are_told_apart_by_their_neighbours() -> None:
    again = "The Minister may make regulations for this Part."
    old = (TEXTS[0], TEXTS[1], again, TEXTS[2], TEXTS[3], again, TEXTS[4])
    new = (TEXTS[2], TEXTS[3], again, TEXTS[4], TEXTS[0], TEXTS[1], again)
    pairs = pairs_of(align(units(old), units(new, "n")))
    assert {("o2", "n6"), ("o5", "n2")} <= pairs


def test_a_removed_repeated_clause_is_the_one_whose_neighbours_are_gone() -> None:
    again = "The Minister may make regulations for this Part."
    old = (TEXTS[0], TEXTS[1], again, TEXTS[2], TEXTS[3], again, TEXTS[4])
    entries = align(units(old), units((TEXTS[2], TEXTS[3], again, TEXTS[4]), "n"))
    assert {entry.old for entry in entries if entry.kind == "removed"} == {("o0",), ("o1",), ("o2",)}


def test_removed_clauses_are_told_of_where_they_stood() -> None:
    entries = align(units(TEXTS), units((*TEXTS[:2], *TEXTS[3:]), "n"))
    assert [entry.old[0] for entry in entries] == [f"o{place}" for place in range(len(TEXTS))]
    assert entries[2].kind == "removed"


def test_quotes_and_spaces_are_no_change() -> None:
    old, new = "The “register” of  vessels\u00a0is public.", 'The "register" of vessels\nis public.'
    assert kinds(align(units([old]), units([new], "n"))) == ["unchanged"]


def test_a_comma_is_a_change() -> None:
    old, new = "The register, of vessels is public.", "The register of vessels is public."
    assert kinds(align(units([old]), units([new], "n"))) == ["changed"]


def test_khmer_spelling_variants_are_no_change() -> None:
    old, new = "ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ ឆ្នាំ", "ត្រូវផ្ដន្ទាទោស\u200bដាក់ពន្ធនាគារពី ១ ឆ្នាំ"
    assert kinds(align(units([old]), units([new], "n"))) == ["unchanged"]


def test_a_decision_is_kept_against_the_text() -> None:
    entries = align(units(TEXTS), units(TEXTS, "n"), decided=[("o1", "n4")])
    decided = next(entry for entry in entries if "o1" in entry.old)
    assert (decided.new, decided.score) == (("n4",), 1.0)
    assert in_words(decided).startswith("as decided")


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
    ("decided", "sentence"),
    [
        ([("nowhere", "n1")], "'nowhere', which is not in the old text"),
        ([("o1", "nowhere")], "'nowhere', which is not in the new text"),
        ([(None, None)], "neither an old nor a new clause"),
        ([("o1", None), ("o1", "n1")], "give 'o1' a partner and none"),
    ],
)
def test_a_decision_that_cannot_be_kept_is_refused(decided: list[tuple[str | None, str | None]], sentence: str) -> None:
    with pytest.raises(ComparisonError, match=sentence):
        align(units(TEXTS), units(TEXTS, "n"), decided=decided)


def test_an_id_that_appears_twice_is_refused() -> None:
    with pytest.raises(ComparisonError, match="'a' appears twice in the new text"):
        align([], [Clause("a"), Clause("a")])


def test_a_clause_without_id_is_refused() -> None:
    with pytest.raises(ComparisonError, match="clause 2 of the old text has no id"):
        align([Clause("a"), Clause("")], [])


SENTENCES = st.sampled_from(
    (*TEXTS, FOREIGN, "", "Repealed.", "ច្បាប់នេះមានគោលបំណងការពារព័ត៌មាន។", "本辦法依法官法第八十四條規定訂定之。")
)
LAWS = st.lists(SENTENCES, max_size=12)


@given(LAWS)
def test_any_text_against_itself_is_unchanged_clause_by_clause(texts: list[str]) -> None:
    law = units(texts)
    entries = align(law, law)
    spoken = {unit.eid for unit in law if unit.text}
    assert all(entry.old == entry.new for entry in entries if set(entry.old) & spoken)
    assert {entry.kind for entry in entries if set(entry.old) & spoken} <= {"unchanged"}


@given(LAWS, LAWS, st.booleans())
def test_every_clause_is_told_of_and_nothing_else(old: list[str], new: list[str], ignore: bool) -> None:
    before, after = units(old), units(new, "n")
    entries = align(before, after, ignore_numbers=ignore)
    assert {name for entry in entries for name in entry.old} == {unit.eid for unit in before}
    assert {name for entry in entries for name in entry.new} == {unit.eid for unit in after}
    for entry in entries:
        assert entry.kind in KINDS and 0 <= entry.score <= 1 and entry.evidence
        assert (entry.kind == "added") == (not entry.old) and (entry.kind == "removed") == (not entry.new)
        assert (len(entry.new) > 1) == (entry.kind == "split") and (len(entry.old) > 1) == (entry.kind == "merged")


@given(LAWS, LAWS)
def test_a_clause_stands_in_one_split_or_one_merge_at_most(old: list[str], new: list[str]) -> None:
    entries = align(units(old), units(new, "n"))
    for side, kind in (("old", "split"), ("new", "merged")):
        names = [name for entry in entries if entry.kind == kind for name in getattr(entry, side)]
        assert len(names) == len(set(names))


@given(st.permutations(TEXTS), st.permutations(TEXTS))
def test_distinct_clauses_are_paired_whatever_their_order_and_from_either_side(old: list[str], new: list[str]) -> None:
    there = pairs_of(align(units(old), units(new, "n")))
    back = pairs_of(align(units(new, "n"), units(old)))
    assert there == {(n, o) for o, n in back} == {(f"o{old.index(text)}", f"n{new.index(text)}") for text in TEXTS}


@given(st.integers(0, len(TEXTS)))
def test_an_insertion_anywhere_is_one_added_clause(place: int) -> None:
    entries = align(units(TEXTS), units((*TEXTS[:place], FOREIGN, *TEXTS[place:]), "n"))
    assert kinds(entries) == ["unchanged"] * place + ["added"] + ["renumbered"] * (len(TEXTS) - place)


@given(LAWS, LAWS, st.data())
def test_decisions_are_always_kept(old: list[str], new: list[str], data: st.DataObject) -> None:
    before, after = units(old), units(new, "n")
    if not before or not after:
        return
    pair = data.draw(st.tuples(st.sampled_from(before), st.sampled_from(after)))
    entries = align(before, after, decided=[(pair[0].eid, pair[1].eid)])
    chosen = [entry for entry in entries if pair[0].eid in entry.old or pair[1].eid in entry.new]
    assert [(entry.old, entry.new) for entry in chosen] == [((pair[0].eid,), (pair[1].eid,))]


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


@pytest.mark.shared
def test_the_answer_of_a_judged_case_does_not_hang_on_ids() -> None:
    case = json.loads((GOLD / "ca-fr-shishalh.json").read_text(encoding="utf-8"))
    old, new = (
        [Clause(u["id"], "article", u["number"], u["heading"], u["text"]) for u in case[side]]
        for side in ("old", "new")
    )
    named = align([replace(unit, eid=f"x{unit.eid[::-1]}") for unit in old], new)
    assert pairs_of(named) == {(f"x{before[::-1]}", after) for before, after in pairs_of(align(old, new))}
