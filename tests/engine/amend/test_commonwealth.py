"""The forms of amending acts of Canada and others of the Commonwealth; the XML and plain text of Canadian laws."""

import re
from dataclasses import replace

import pytest

from lawcompare.engine.amend import amend
from lawcompare.engine.reading import read
from tests.engine.amend.laws import BOATS, law, text_of

XML = """<Bill xml:lang="en"><Body><Heading><TitleText>Boats Act</TitleText></Heading>
<Section type="amending"><Label>1</Label>
<Subsection type="amending"><Label>(1)</Label><Text>Subsection 3(2) of the <XRefExternal>Boats Act</XRefExternal> is
replaced by the following:</Text><AmendedText><SectionPiece><Subsection><MarginalNote>New fee</MarginalNote>
<Label>(2)</Label><Text>The fee is</Text><Paragraph><Label>(a)</Label><Text>$25; or</Text></Paragraph>
<Paragraph><Label>(b)</Label><Text>$30.</Text></Paragraph></Subsection></SectionPiece></AmendedText></Subsection>
<Subsection type="amending"><Label>(2)</Label><Text>Subsection 3(3) of the Act is repealed.</Text></Subsection>
</Section></Body></Bill>"""


ACT = """Boats Act

1 (1) Subsection 3(2) of the Boats Act is replaced by the following:
      [New fee]
      (2) The fee is
        (a) $25; or
        (b) $30.
  (2) Section 4 of the Act is replaced by the following:
      [Fine]
      4 (1) A fine is due.
        (2) It is $100.

[Order in council]
2 This Act comes into force on a day to be fixed.
"""


def strip_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n"))


def with_points(text: str) -> str:
    return re.sub(r"^(\d+) ", r"\1. ", text, flags=re.MULTILINE)


def amended(lines: str, name: str = "act.txt"):
    return amend(law(BOATS), read(lines.encode(), filename=name))


def test_marginal_notes_in_brackets_and_definitions_are_read():
    boats = law(BOATS)
    assert [clause.eid for clause in boats.clauses][:5] == [
        "sec_1",
        "sec_2",
        "sec_2__al_1",
        "sec_2__al_1__para_a",
        "sec_2__al_1__para_b",
    ]
    assert boats.by_eid["sec_3"].heading == "[Registration]"
    assert [clause.num for clause in boats.children["sec_3"]] == ["(1)", "(2)", "(3)"]
    assert boats.by_eid["sec_3__subsec_2"].heading == "[Fee]"


@pytest.mark.parametrize(
    ("says", "clause", "becomes", "operation"),
    [
        (
            "1 Subsection 3(2) of the Boats Act is replaced by the following:\n    [New fee]\n    (2) The fee is $25.",
            "sec_3__subsec_2",
            "(2) [New fee] The fee is $25.",
            "replace_unit",
        ),
        (
            "1 The portion of subsection 3(1) of the Boats Act before paragraph (a) is replaced by the following:\n"
            "    (1) The owner of a boat or raft shall register it",
            "sec_3__subsec_1",
            "(1) The owner of a boat or raft shall register it (a) within 30 days; or (b) before its first voyage.",
            "replace_portion",
        ),
        (
            "1 Paragraph (a) of the definition boat in section 2 of the Boats Act is replaced by the following:\n"
            "    (a) swims; and",
            "sec_2__al_1",
            "boat means a craft that (a) swims; and (b) is rowed. (bateau)",
            "replace_unit",
        ),
        (
            "1 Section 2 of the Boats Act is amended by adding the following in alphabetical order:\n"
            "    captain means whoever steers. (capitaine)",
            "sec_2",
            "2 [Definitions] The following definitions apply in this Act. boat means a craft that "
            "(a) floats; and (b) is "
            "rowed. (bateau) captain means whoever steers. (capitaine) owner means the person in whose name a boat is "
            "registered. (propriétaire)",
            "insert_at",
        ),
        (
            "1 Paragraph 3(1)(a) of the Boats Act is amended by replacing “30” with “60”.",
            "sec_3__subsec_1__para_a",
            "(a) within 60 days; or",
            "strike_insert",
        ),
        (
            "1 Subsection 3(2) of the Boats Act is amended by adding the following after that subsection:\n"
            "    (2.1) The fee is paid once.",
            "sec_3__subsec_2-1",
            "(2.1) The fee is paid once.",
            "insert_at",
        ),
        (
            "1 Section 4 of the Boats Act is replaced by the following:\n    [Fine]\n"
            "    4 (1) A fine is due.\n      (2) It is $100.",
            "sec_4",
            "4 [Fine] (1) A fine is due. (2) It is $100.",
            "replace_unit",
        ),
    ],
)
def test_an_instruction_whose_new_words_are_not_quoted(says, clause, becomes, operation):
    (outcome,) = (done := amended(says)).outcomes
    assert (outcome.reason, outcome.instruction.operation, outcome.instruction.act) == ("", operation, "s. 1")
    assert text_of(done.document, clause) == becomes


def test_one_sentence_may_hold_several_instructions():
    done = amended(
        "1 (1) Subsection 3(1) of the Boats Act is amended by striking out “or” at the end of paragraph (a), by adding "
        "“or” at the end of paragraph (b) and by adding the following after paragraph (b):\n"
        "      (c) on demand.\n"
        "  (2) Section 4 of the Act is renumbered as subsection 4(1) and is amended by adding the following:\n"
        "      (2) The fine is $100.\n"
        "  (3) Subsections 3(2) and (3) of the French version of the Act are replaced by the following:\n"
        "      (2) Le droit est de 20 $.\n"
    )
    said = [(each.instruction.act, each.instruction.operation, each.reason) for each in done.outcomes]
    assert said == [
        ("s. 1(1)", "strike_words", ""),
        ("s. 1(1)", "add_words", ""),
        ("s. 1(1)", "insert_at", ""),
        ("s. 1(2)", "redesignate", ""),
        ("s. 1(2)", "insert_at", ""),
        ("s. 1(3)", "replace_unit", "other-language"),
    ]
    assert text_of(done.document, "sec_3__subsec_1") == (
        "(1) The owner of a boat shall register it (a) within 30 days; (b) before its first voyage. or (c) on demand."
    )
    assert text_of(done.document, "sec_4").endswith("is liable to a fine. (2) The fine is $100.")
    assert [clause.num for clause in done.document.children["sec_4"]] == ["(1)", "(2)"]


def as_markdown(text: str) -> str:
    return re.sub(r"^(\d+) ", r"## Section \1\n\n", text, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("print_", "name"),
    [
        (str, "act.txt"),
        (strip_lines, "act.txt"),
        (lambda text: text.replace("  ", "\t"), "act.txt"),
        (with_points, "act.txt"),
        (as_markdown, "act.md"),
        (lambda text: strip_lines(as_markdown(text)), "act.md"),
        (lambda text: strip_lines(as_markdown(text)).replace("\n", "\n\n"), "act.md"),
    ],
)
def test_what_an_act_puts_in_is_its_own_words_however_it_is_printed(print_, name):
    act = read(print_(ACT).encode(), filename=name)
    assert [clause.eid for clause in act.clauses if clause.num] == [
        "sec_1",
        "sec_1__subsec_1",
        "sec_1__subsec_2",
        "sec_2",
    ]
    done = amend(law(BOATS), replace(act, source=()))
    assert [(each.instruction.act, each.instruction.eid, each.reason) for each in done.outcomes] == [
        ("s. 1(1)", "sec_1__subsec_1", ""),
        ("s. 1(2)", "sec_1__subsec_2", ""),
    ]
    assert text_of(done.document, "sec_4") == "4 [Fine] (1) A fine is due. (2) It is $100."
    assert text_of(done.document, "sec_3__subsec_2") == "(2) [New fee] The fee is (a) $25; or (b) $30."


def test_the_xml_of_canada_is_read_and_carried_out():
    done = amended(XML, "act.xml")
    assert [(each.instruction.act, each.reason) for each in done.outcomes] == [("s. 1(1)", ""), ("s. 1(2)", "")]
    assert text_of(done.document, "sec_3__subsec_2") == "(2) [New fee] The fee is (a) $25; or (b) $30."
    assert "sec_3__subsec_3" not in done.document.by_eid


@pytest.mark.parametrize(
    ("says", "becomes"),
    [
        ("In section 3(1)(a), for “30” substitute “60”.", "(a) within 60 days; or"),
        ("In section 3(1)(a), after “within” insert “the next”.", "(a) within the next 30 days; or"),
        ("In section 3(1)(a), omit “within”.", "(a) 30 days; or"),
    ],
)
def test_the_verbs_of_the_united_kingdom(says, becomes):
    done = amended(f"SEC. 1. AMENDMENTS.\n{says}")
    assert [outcome.reason for outcome in done.outcomes] == [""]
    assert text_of(done.document, "sec_3__subsec_1__para_a") == becomes


def test_a_section_amended_as_follows_subsection_by_subsection():
    done = amended(
        "1 (1) Section 3 of the Boats Act is amended as follows.\n"
        "  (2) In subsection (1)—\n"
        "    (a) for “30” substitute “60”;\n"
        "    (b) after “first” insert “long”.\n"
        "  (3) In subsection (3), omit “not”.\n"
    )
    assert [(each.instruction.act, each.reason) for each in done.outcomes] == [
        ("s. 1(2)(a)", ""),
        ("s. 1(2)(b)", ""),
        ("s. 1(3)", ""),
    ]
    assert text_of(done.document, "sec_3").endswith(
        "(a) within 60 days; or (b) before its first long voyage. (2) [Fee] The fee is $20. "
        "(3) [Refund] The fee is refunded."
    )
