"""The forms of amending acts of the United States, each on a small law of our own."""

from dataclasses import replace

from lawcompare.engine.amend import amend
from tests.engine.amend.laws import act, amended, law, one, text_of

DUTY = "The keeper shall light each lamp at dusk. The keeper may use gas or oil for a lamp."


OIL = "The keeper may use gas or oil for a lamp."
FEES = "(b) Fees The fee for a lamp is— (1) $5 for a gas lamp; (2) $6 for an oil lamp; and (3) $7 for any other lamp."
# Where section 5 is amended, by what, and what the words of the clause are then.
AMENDED = [
    ("5(a)", "striking “at dusk” and inserting “before dusk”", f"(a) Duty {DUTY.replace('at dusk', 'before dusk')}"),
    (
        "5(a)",
        "striking “lamp” each place it appears and inserting “light”",
        f"(a) Duty {DUTY.replace('lamp', 'light')}",
    ),
    ("5(a)", "striking “lamp” the second place it appears and inserting “torch”", f"(a) Duty {DUTY[:-5]}torch."),
    ("5(a)", "striking “or oil”", f"(a) Duty {DUTY.replace(' or oil', '')}"),
    (
        "5(a)",
        "striking “gas” and all that follows through the period at the end and inserting “wax.”",
        "(a) Duty The keeper shall light each lamp at dusk. The keeper may use wax.",
    ),
    ("5(a)", "striking the last sentence", "(a) Duty The keeper shall light each lamp at dusk."),
    ("5(a)", "inserting “, wax,” after “gas”", f"(a) Duty {DUTY.replace('gas', 'gas, wax,')}"),
    (
        "5(a)",
        "inserting before the period at the end the following: “or torch”",
        f"(a) Duty {DUTY[:-1]} or torch.",
    ),
    (
        "5(a)",
        "adding at the end the following: “Torches are forbidden.”",
        f"(a) Duty {DUTY} Torches are forbidden.",
    ),
    (
        "5(b)",
        "striking “fee” and all that follows through “gas lamp;” and inserting “price is low;”",
        "(b) Fees The price is low; (2) $6 for an oil lamp; and (3) $7 for any other lamp.",
    ),
    ("5(b)(3)", "striking the period at the end and inserting “; and”", "(3) $7 for any other lamp; and"),
    ("5(b)(2)", "striking “and” at the end", "(2) $6 for an oil lamp;"),
    (
        "5(b)",
        "striking paragraph (2) and inserting the following: “(2) $9 for an oil lamp; and”",
        FEES.replace("$6", "$9"),
    ),
]
SAID = [
    *(
        (target, f"Section {target} of the Lamp Act is amended by {said}.", becomes)
        for target, said, becomes in AMENDED
    ),
    (
        "5(a)",
        "Section 5(a) of the Lamp Act is amended in the first sentence by striking “light” and all that follows and "
        "inserting “clean each lamp.”.",
        f"(a) Duty The keeper shall clean each lamp. {OIL}",
    ),
    (
        "5(a)",
        "The second sentence of section 5(a) of the Lamp Act is amended to read as follows: “No gas is used.”.",
        "(a) Duty The keeper shall light each lamp at dusk. No gas is used.",
    ),
    (
        "5(b)",
        "Section 5(b) of the Lamp Act is amended in the matter preceding paragraph (1) by striking “lamp” and "
        "inserting “light”.",
        FEES.replace("a lamp is", "a light is"),
    ),
    ("5(b)", "Section 5(b)(2) of the Lamp Act is repealed.", FEES.replace("(2) $6 for an oil lamp; and ", "")),
    (
        "5(c)",
        "Section 5(c) of the Lamp Act is amended to read as follows: “(c) Books.—The keeper keeps books.”.",
        "(c) Books The keeper keeps books.",
    ),
    (
        "5(c)",
        "Section 5(c) of the Lamp Act is amended in the heading by striking “Records” and inserting “Books”.",
        "(c) Books The keeper shall keep records for five years.",
    ),
]
NOT_UNDERSTOOD = (
    "Section 5 of the Lamp Act is amended in the subsection (c) heading by striking “Records” and inserting “Books”."
)


def eid_of(target: str) -> str:
    letter, _, number = target.removeprefix("5(").rstrip(")").partition(")(")
    return f"sec_5__subsec_{letter}" + (f"__para_{number}" if number else "")


def test_an_instruction_on_words_or_provisions(subtests):
    for target, says, becomes in SAID:
        with subtests.test(says=says):
            reason, _, document = one(says)
            assert (reason, text_of(document, eid_of(target))) == ("", becomes)
    reason, _, document = one(NOT_UNDERSTOOD)
    assert (reason, document.clauses) == ("not-understood", law().clauses)
    reason, _, document = one("Section 5 of the Lamp Act is amended by striking “at dusk” through “lamp is—”.")
    assert [clause.num for clause in document.subtree("sec_5")][1:] == ["(a)", "(1)", "(2)", "(3)", "(c)"]


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
