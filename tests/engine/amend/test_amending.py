"""What holds for every act: one verdict an instruction, no change without one; hostile input; judged cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.amend import AmendError, Decision, amend
from lawcompare.engine.reading import read
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.amending import outcome_message
from tests.conftest import needs_shared
from tests.engine.amend.laws import act, amended, law, text_of

TARGETS = ("5(a)", "5(b)", "5(b)(1)", "5(b)(2)", "5(c)", "6", "9", "5(b)(8)")
WORDS = ("lamp", "gas", "The keeper", "keeper", "fee", "harbour", "$5", "and", "records", ".")
sentences = st.one_of(
    st.builds(
        "Section {} of the Lamp Act is amended by striking “{}” and inserting “{}”.".format,
        st.sampled_from(TARGETS),
        st.sampled_from(WORDS),
        st.sampled_from(WORDS),
    ),
    st.builds(
        "Section {} of the Lamp Act is amended by inserting “{}” after “{}”.".format,
        st.sampled_from(TARGETS),
        st.sampled_from(WORDS),
        st.sampled_from(WORDS),
    ),
    st.builds("Section {} of the Lamp Act is repealed.".format, st.sampled_from(TARGETS)),
    st.builds(
        "Section {} of the Lamp Act is amended by adding at the end the following: “{} new words.”.".format,
        st.sampled_from(TARGETS),
        st.sampled_from(("(1)", "(4)", "(d)", "(A)", "Some")),
    ),
    st.builds(
        "Section 5(b) of the Lamp Act is amended by redesignating paragraph ({}) as paragraph ({}).".format,
        st.integers(1, 4),
        st.integers(1, 5),
    ),
    st.text(alphabet='“”‘’"()—;. abcSection5amendedstrikingand', max_size=120).map(
        lambda words: f"Section 5(c) of the Lamp Act is amended by striking {words}."
    ),
)


@given(st.lists(sentences, min_size=1, max_size=8))
def test_each_instruction_has_one_verdict_and_each_change_an_instruction(said):
    before = law()
    done = amend(before, act(*said))
    again = amend(before, act(*said))
    assert (done.document, done.outcomes) == (again.document, again.outcomes)
    assert {outcome.verdict for outcome in done.outcomes} <= {"executed", "refused"}
    assert all(outcome.clauses == () for outcome in done.outcomes if outcome.verdict == "refused")
    named = {eid for outcome in done.outcomes for eid in outcome.clauses}
    old, new = before.by_eid, done.document.by_eid
    assert len(new) == len(done.document.clauses)
    for eid in old.keys() | new.keys():
        if eid not in old or eid not in new or replace(old[eid], line=0) != replace(new[eid], line=0):
            assert eid in named, f"{eid} changed without an instruction"
    if not named:
        assert done.document.clauses == before.clauses


def test_an_act_that_amends_nothing_or_another_law_is_refused_as_a_whole():
    with pytest.raises(AmendError, match="no amending instruction"):
        amend(law(), law())
    with pytest.raises(AmendError, match="amends Harbour Act, which the base is not"):
        amended("Section 5 of the Harbour Act is repealed.", "Section 6 of the Harbour Act is repealed.")


def test_an_open_quotation_takes_no_other_instruction_with_it():
    done = amended(
        "Section 5(c) of the Lamp Act is amended by striking “records.",
        "Section 6 of the Lamp Act is amended by striking “Each” and inserting “Every”.",
    )
    assert [outcome.reason for outcome in done.outcomes] == ["not-understood", ""]
    assert "records" in done.outcomes[0].values["unclosed"]


@pytest.mark.parametrize(
    ("target", "said", "reason", "telling"),
    [
        ("5(d)", "striking “lamp”", "no-target", ("missing", "where")),
        ("5(d)", "striking “records for five years”", "does-not-fit", ("words", "place")),
        ("5(a)", "striking “at dawn”", "words-not-there", ("words",)),
        ("5(c)", "striking “keep records for ten years”", "does-not-fit", ("words", "near")),
        ("5(a)", "striking “$5” and inserting “$8”", "does-not-fit", ("words", "place")),
        ("5(a)", "striking “keeper” and inserting “guard”", "several-places", ("words", "count")),
        ("5(c)", "striking “records for five years and inserting “x”", "not-understood", ("unclosed",)),
        ("5(c)", "inserting “the term “book” means paper” after “keeper”", "not-understood", ("unclosed",)),
        ("5(b)", "adding at the end the following: “(3) $9 for a boat.”", "does-not-fit", ("words", "place", "taken")),
        ("5(b)", "adding at the end the following: “(9) $9 for a boat.”", "does-not-fit", ("words", "place", "order")),
        ("5(b)", "striking paragraph (2) and inserting the following: “(5) $60.”", "does-not-fit", ("words",)),
        ("5(b)(1)", "striking the period at the end and inserting “; and”", "does-not-fit", ("words", "end")),
        ("6", "striking the third sentence", "no-target", ("missing", "where")),
        ("6", "striking the first sentence and all that follows", "not-understood", ()),
        (
            "5(b)",
            "striking paragraph (2) and all that follows through paragraph (9)",
            "no-target",
            ("missing", "where"),
        ),
        ("5", "striking “lamp” each place it appears in subsections (a) and (b)", "not-understood", ()),
        ("5", "striking “lamp” and inserting “x” each place it appears except in subsection (b)", "not-understood", ()),
        ("5", "striking “lamp” in subsections (a) and (b)", "not-understood", ()),
        ("5(a)", "striking “gas” and “oil” and inserting “a”, “b”, and “c”, respectively", "not-understood", ()),
        ("5(a)", "striking “gas” the second place it appears", "words-not-there", ("words",)),
        ("9", "striking “lamp”", "no-target", ("missing",)),
        ("5(c)", "striking “harbour masters” and inserting “x”", "words-not-there", ("words",)),
        ("5(b)", "striking the fee specified there", "not-understood", ()),
        ("5(a)", "adding at the end the following: “   ”", "not-understood", ()),
    ],
)
def test_a_defective_instruction_is_refused_and_changes_nothing_while_the_others_are_carried_out(
    target, said, reason, telling
):
    done = amended(
        f"Section {target} of the Lamp Act is amended by {said}.", "Section 5(b)(1) of the Lamp Act is repealed."
    )
    refused, executed = done.outcomes
    assert (refused.reason, tuple(refused.values), executed.reason) == (reason, telling, "")
    assert done.document.clauses == tuple(clause for clause in law().clauses if clause.eid != "sec_5__subsec_b__para_1")


def test_words_are_replaced_respectively_and_in_the_provision_that_is_named():
    said = "striking “gas” and “oil” and inserting “wood” and “wax”, respectively"
    respectively = amended(f"Section 5(a) of the Lamp Act is amended by {said}.")
    assert "may use wood or wax for a lamp" in text_of(respectively.document, "sec_5__subsec_a")
    said = "striking “lamp” each place it appears in subsection (b) and inserting “light”"
    placed = amended(f"Section 5 of the Lamp Act is amended by {said}.")
    assert "each lamp" in text_of(placed.document, "sec_5__subsec_a")
    assert "lamp" not in text_of(placed.document, "sec_5__subsec_b")


def test_a_run_of_provisions_is_struck_whole():
    run = "paragraph (1) and all that follows through paragraph (2)"
    done = amended(f"Section 5(b) of the Lamp Act is amended by striking {run}.")
    assert text_of(done.document, "sec_5__subsec_b") == "(b) Fees The fee for a lamp is— (3) $7 for any other lamp."
    assert outcome_message(ENGLISH, done.outcomes[0]) == "Struck section 5(b)(1) … section 5(b)(2)."


def test_where_a_person_has_it_carried_out_is_said_as_laws_cite_it():
    done = amend(
        law(), act("Section 5(d) of the Lamp Act is repealed."), decisions={0: Decision(target="sec_5__subsec_c")}
    )
    (outcome,) = done.outcomes
    assert (outcome.target, outcome_message(ENGLISH, outcome)) == ("section 5(c)", "Struck section 5(c).")


def test_what_the_act_says_of_the_date_of_an_amendment_is_said_with_it():
    acts = """SEC. 101. LAMPS.
  (a) Dusk.—Section 5(a) of the Lamp Act is amended by striking “dusk” and inserting “sunset”.
  (b) Records.—Section 5(c) of the Lamp Act is amended by striking “five” and inserting “six”.
  (c) Date.—The amendment made by subsection (a) shall take effect on October 1, 2030.

SEC. 102. KEEPERS.
  (a) Names.—Section 6 of the Lamp Act is amended by striking “Each” and inserting “Every”.
  (b) Date.—The amendments made by this section shall take effect on May 1, 2031.

SEC. 103. FEES.
Effective January 1, 2032, section 5(b)(1) of the Lamp Act is amended by striking “$5” and inserting “$8”.
"""
    done = amend(law(), read(acts.encode(), filename="act.txt"))
    assert [one.values.get("date", "")[-5:] for one in done.outcomes] == ["2030.", "", "2031.", " 2032"]
    assert outcome_message(ENGLISH, done.outcomes[2]).endswith("section shall take effect on May 1, 2031.”")


@needs_shared
@pytest.mark.verify
def test_the_judged_cases_are_carried_out():
    from tests.tools.bench.bench_amend import CASES, count

    counted = {folder.name: count(folder) for folder in sorted(CASES.iterdir()) if folder.is_dir()}
    literal = sum(each.literal for each in counted.values())
    assert sum(each.right for each in counted.values()) >= 0.95 * literal
    assert {name: each.wrong for name, each in counted.items() if each.wrong} == {}
    for name, each in counted.items():
        assert each.distance <= (0.4 if name.startswith("us") else 0.05), name
        assert each.seconds < 2, name
