"""The forms of amending acts of the United States, each on a small law of our own."""

from dataclasses import replace

import pytest

from lawcompare.engine.amend import amend
from tests.engine.amend.laws import act, amended, law, one, text_of

DUTY = "The keeper shall light each lamp at dusk. The keeper may use gas or oil for a lamp."


@pytest.mark.parametrize(
    ("says", "clause", "becomes"),
    [
        (
            "Section 5(a) of the Lamp Act is amended by striking “at dusk” and inserting “before dusk”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp before dusk. The keeper may use gas or oil for a lamp.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by striking “lamp” each place it appears and inserting “light”.",
            "subsec_a",
            "(a) Duty The keeper shall light each light at dusk. The keeper may use gas or oil for a light.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by striking “lamp” the second place it appears "
            "and inserting “torch”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk. The keeper may use gas or oil for a torch.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by striking “or oil”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk. The keeper may use gas for a lamp.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by striking “gas” and all that follows through "
            "the period at the end "
            "and inserting “wax.”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk. The keeper may use wax.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended in the first sentence by striking “light” and "
            "all that follows and "
            "inserting “clean each lamp.”.",
            "subsec_a",
            "(a) Duty The keeper shall clean each lamp. The keeper may use gas or oil for a lamp.",
        ),
        (
            "Section 5(b) of the Lamp Act is amended by striking “fee” and all that follows through “gas lamp;” and "
            "inserting “price is low;”.",
            "subsec_b",
            "(b) Fees The price is low; (2) $6 for an oil lamp; and (3) $7 for any other lamp.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by striking the last sentence.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk.",
        ),
        (
            "The second sentence of section 5(a) of the Lamp Act is amended to read as follows: “No gas is used.”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk. No gas is used.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by inserting “, wax,” after “gas”.",
            "subsec_a",
            "(a) Duty The keeper shall light each lamp at dusk. The keeper may use gas, wax, or oil for a lamp.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by inserting before the period at the end the "
            "following: “or torch”.",
            "subsec_a",
            f"(a) Duty {DUTY[:-1]} or torch.",
        ),
        (
            "Section 5(a) of the Lamp Act is amended by adding at the end the following: “Torches are forbidden.”.",
            "subsec_a",
            f"(a) Duty {DUTY} Torches are forbidden.",
        ),
        (
            "Section 5(b)(3) of the Lamp Act is amended by striking the period at the end and inserting “; and”.",
            "subsec_b__para_3",
            "(3) $7 for any other lamp; and",
        ),
        (
            "Section 5(b)(2) of the Lamp Act is amended by striking “and” at the end.",
            "subsec_b__para_2",
            "(2) $6 for an oil lamp;",
        ),
        (
            "Section 5(b) of the Lamp Act is amended in the matter preceding paragraph (1) by striking “lamp” and "
            "inserting “light”.",
            "subsec_b",
            "(b) Fees The fee for a light is— (1) $5 for a gas lamp; (2) $6 for an oil lamp; and (3) "
            "$7 for any other lamp.",
        ),
        (
            "Section 5(b) of the Lamp Act is amended by striking paragraph (2) and inserting the following: "
            "“(2) $9 for an oil lamp; and”.",
            "subsec_b",
            "(b) Fees The fee for a lamp is— (1) $5 for a gas lamp; (2) $9 for an oil lamp; and (3) "
            "$7 for any other lamp.",
        ),
        (
            "Section 5(b)(2) of the Lamp Act is repealed.",
            "subsec_b",
            "(b) Fees The fee for a lamp is— (1) $5 for a gas lamp; (3) $7 for any other lamp.",
        ),
        (
            "Section 5(c) of the Lamp Act is amended to read as follows: “(c) Books.—The keeper keeps books.”.",
            "subsec_c",
            "(c) Books The keeper keeps books.",
        ),
        (
            "Section 5 of the Lamp Act is amended in the subsection (c) heading by striking "
            "“Records” and inserting “Books”.",
            "subsec_c",
            "",
        ),
        (
            "Section 5(c) of the Lamp Act is amended in the heading by striking “Records” and inserting “Books”.",
            "subsec_c",
            "(c) Books The keeper shall keep records for five years.",
        ),
    ],
)
def test_an_instruction_on_words_or_provisions(says, clause, becomes):
    reason, _, document = one(says)
    if not becomes:
        assert reason == "not-understood"
        assert document.clauses == law().clauses
        return
    assert not reason
    assert text_of(document, f"sec_5__{clause}") == becomes


def test_new_provisions_get_places_numbers_and_addresses():
    done = amended(
        "Section 5(b) of the Lamp Act is amended by adding at the end the following: “(4) $8 for a torch, if—\n"
        "“(A) it is of wax; and\n“(B) it is carried.”.",
        "Section 5 of the Lamp Act is amended by inserting after subsection (b) the following: “(b-1) x”.",
        "The Lamp Act is amended by inserting after section 5 the following: “SEC. 5A. "
        "TORCHES.\n“(a) In General.—A torch "
        "is a lamp.”.",
    )
    assert [outcome.verdict for outcome in done.outcomes] == ["executed", "refused", "executed"]
    eids = [clause.eid for clause in done.document.clauses]
    new = "sec_5__subsec_b__para_4"
    assert eids[7:10] == [new, f"{new}__subpara_A", f"{new}__subpara_B"]
    assert text_of(done.document, "sec_5A") == "SEC. 5A TORCHES (a) In General A torch is a lamp."
    assert eids.index("sec_5A") == eids.index("sec_6") - 2


def test_order_counts_and_provisions_keep_their_addresses_when_they_get_new_numbers():
    done = amended(
        "Section 5 of the Lamp Act is amended—\n"
        "(1) by redesignating subsection (c) as subsection (d);\n"
        "(2) by inserting after subsection (b) the following:\n“(c) Light.—Lamps burn until dawn.”; and\n"
        "(3) in subsection (d) (as so redesignated), by striking “five” and inserting “six”.",
    )
    assert [outcome.reason for outcome in done.outcomes] == ["", "", ""]
    assert done.outcomes[2].clauses == ("sec_5__subsec_c",)
    assert [outcome.instruction.act for outcome in done.outcomes] == [f"sec. 101({at})" for at in (1, 2, 3)]
    old, new = (done.document.by_eid[eid] for eid in ("sec_5__subsec_c", "sec_5__subsec_c_2"))
    assert (old.num, old.text) == ("(d)", "The keeper shall keep records for six years.")
    assert (new.num, new.heading) == ("(c)", "Light")


def test_the_text_of_a_section_becomes_its_first_subsection():
    done = amended(
        "Section 6 of the Lamp Act is amended—\n"
        "(1) by striking “Each town” and inserting “(a) In General.—Each town”; and\n"
        "(2) by adding at the end the following:\n“(b) Two Keepers.—A city shall name two.”.",
    )
    assert [outcome.reason for outcome in done.outcomes] == ["", ""]
    assert text_of(done.document, "sec_6") == (
        "§ 6 Keepers (a) In General Each town shall name a keeper. The name shall be published. "
        "(b) Two Keepers A city shall name two."
    )


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("Section 9 of the Lamp Act is amended by striking “lamp”.", "no-target"),
        ("Section 5(b)(7) of the Lamp Act is amended by striking “lamp”.", "no-target"),
        ("Section 5(c) of the Lamp Act is amended by striking “harbour masters” and inserting “x”.", "words-not-there"),
        ("Section 5(a) of the Lamp Act is amended by striking “lamp” and inserting “light”.", "several-places"),
        ("Section 5(b) of the Harbour Act is amended by striking “fee”.", "names-another-act"),
        ("Section 5(b) of the Lamp Act is amended by striking the fee specified there.", "not-understood"),
        ("Section 5(a) of the Lamp Act is amended by striking “records for five years”.", "does-not-fit"),
        ("Section 5(c) of the Lamp Act is amended by striking “keep the records for five years”.", "does-not-fit"),
        ("Section 5(c) of the Lamp Act is amended by striking the semicolon at the end.", "does-not-fit"),
        ("Section 5(b) of the Lamp Act is amended by adding at the end the following: “(3) $8.”.", "does-not-fit"),
        ("Section 5(b) of the Lamp Act is amended by adding at the end the following: “(9) $8.”.", "does-not-fit"),
        ("Section 5(c) of the Lamp Act is amended by striking “records and inserting books.", "not-understood"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_its_reason_and_changes_nothing(says, reason):
    # The second sentence shows that the rest of the act is carried out.
    done = amend(law(), act(says, "Section 6 of the Lamp Act is amended by striking “Each” and inserting “Every”."))
    assert [outcome.reason for outcome in done.outcomes] == [reason, ""]
    assert done.document.by_eid["sec_6"].text.startswith("Every town")
    untouched = [clause for clause in law().clauses if clause.eid != "sec_6"]
    assert [clause for clause in done.document.clauses if clause.eid != "sec_6"] == untouched


CODE = """\
## 33 U.S.C. 467
§ 467. Definitions
The Director is the head.

## 33 U.S.C. 467a
§ 467a. Inspection
(a) Duty.—The Director inspects.

## 49 U.S.C. 106
§ 106. Agency
The agency has a Director.
"""


def test_acts_whose_sections_have_other_numbers_in_a_code_are_found_by_their_citation():
    done = amended(
        "Section 3(a) of the Dam Act (33 U.S.C. 467a(a)) is amended by striking “inspects” and inserting “looks”.",
        "Section 3(a) of the Dam Act is amended by striking “looks” and inserting “visits”.",
        "The Dam Act (33 U.S.C. 467 et seq.) is amended by striking “Director” each place it appears "
        "and inserting “Head”.",
        "The Dam Act is amended by redesignating section 3 as section 4.",
        "Section 4(a) of the Dam Act is amended by striking “Head” and inserting “Chief”.",
        "Section 2 of the Other Act (49 U.S.C. 106 note) is amended by striking “agency”.",
        "Section 106 of title 49, United States Code, is amended by striking “has” and inserting “had”.",
        "Section 9 of title 5, United States Code, is amended by striking “x”.",
        base=CODE,
    )
    assert [outcome.reason for outcome in done.outcomes] == [*[""] * 5, "names-another-act", "", "names-another-act"]
    texts = {clause.eid: clause.text for clause in done.document.clauses}
    assert texts["sec_467"] == "The Head is the head.\n## 33 U.S.C. 467a"
    assert texts["sec_467a__subsec_a"] == "The Chief visits.\n## 49 U.S.C. 106"
    assert texts["sec_106"] == "The agency had a Director."


def test_sentences_of_a_text_become_paragraphs_one_after_the_other():
    done = amended(
        "Section 5(a) of the Lamp Act is amended—\n"
        "(1) in the first sentence, by striking “The keeper shall” and inserting “(1) Light.—The keeper shall”; and\n"
        "(2) in the second sentence, by striking “The keeper may” and inserting “(2) Fuel.—The keeper may”.",
        "Section 5 of the Lamp Act is amended in the section heading by striking “lamps” and inserting “lights”.",
        "Section 5(c) of the Lamp Act is amended by striking “(c) Records.—The keeper” and inserting "
        "“(c) Books.—A keeper”.",
    )
    assert [outcome.reason for outcome in done.outcomes] == [""] * 4
    assert text_of(done.document, "sec_5__subsec_a") == (
        "(a) Duty (1) Light The keeper shall light each lamp at dusk. "
        "(2) Fuel The keeper may use gas or oil for a lamp."
    )
    assert done.document.by_eid["sec_5"].heading == "Lights"
    assert text_of(done.document, "sec_5__subsec_c") == "(c) Books A keeper shall keep records for five years."


def test_two_sections_cited_together_are_each_found_at_their_own_citation():
    done = amended(
        "Sections 2 and 3(a) of the Dam Act (33 U.S.C. 467, 467a(a)) are each amended by striking “Director” and "
        "inserting “Head”.",
        base=CODE,
    )
    assert [outcome.clauses for outcome in done.outcomes] == [("sec_467",), ("sec_467a__subsec_a",)]


def test_words_after_a_list_stay_where_the_text_is_stored_without_its_lines():
    """A reader of plain text gives them to the last item."""
    base = law("§ 1. Sums\n(a) There is paid—\n  (1) $5; and\n  (2) $6.\nSuch sums remain.\n(b) Nothing else.\n")
    done = amend(
        replace(base, source=()),
        act(
            "Section 1(a)(2) of the Sums Act is amended to read as follows: “(2) $7.”.",
            "Section 1(a) of the Sums Act is amended by adding at the end the following: “(3) $8.”.",
        ),
    )
    assert [outcome.reason for outcome in done.outcomes] == ["", ""]
    assert text_of(done.document, "sec_1").endswith("(2) $7. (3) $8.\nSuch sums remain. (b) Nothing else.")
