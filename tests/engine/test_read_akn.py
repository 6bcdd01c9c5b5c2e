"""Reading Akoma Ntoso of several hands: our own, list-style acts, earlier drafts of the standard."""

from __future__ import annotations

import pytest
from hypothesis import given

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import akn
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.engine.reading_cases import answers_or_refuses, damaged

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
META = """<meta><identification source="#x"><FRBRWork><FRBRthis value="/akn/kh/act/2012/x/!main"/>
<FRBRuri value="/akn/kh/act/2012/x"/><FRBRalias name="title" value="Law on Networks"/>
<FRBRdate date="2012-01-01" name=""/>
<FRBRauthor href="#x"/><FRBRcountry value="kh"/></FRBRWork><FRBRExpression>
<FRBRuri value="/akn/kh/act/2012/x/khm@2012-04-09"/><FRBRdate date="2012-04-09" name=""/>
<FRBRlanguage language="khm"/>
</FRBRExpression></identification></meta>"""


def source(body: str, before: str = "", after: str = "", namespace: str = NAMESPACE) -> bytes:
    law = f"<act name='act'>{before}<body>{body}</body>{after}</act>"
    return f"<akomaNtoso xmlns='{namespace}'>{law}</akomaNtoso>".encode()


def read(body: str, before: str = "", after: str = "") -> Document:
    return akn.read(source(body, before, after))


def outline(document: Document) -> list[tuple[str, str, str, str]]:
    return [(clause.eid, clause.element, clause.num, clause.text) for clause in document.clauses]


def test_the_rows_of_a_table_keep_their_cells_and_a_flattened_one_is_warned_of() -> None:
    note = "<authorialNote marker='1'><p>Or less.</p></authorialNote>"
    ports = (("Port", "Ship", "Fee"), ("North", "", f"5{note}"), ("South", "Brig", "9"))
    articles = (("Article 1", "Ports", note), ("Article 2", "Ships", "b"), ("Article 3", "Seas", "c"))
    tables = ""
    for rows in (ports, articles):
        cells = ("".join(f"<td><p>{cell}</p></td>" for cell in row) for row in rows)
        tables += f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
    document = read(f"<article eId='art_1'><content><p>Fees:</p>{tables}</content></article>")
    lines = document.clauses[0].text.split("\n")
    assert lines[:4] == ["Fees:", "Port\tShip\tFee", "North\t\u00a0\t5[1]", "South\tBrig\t9"]
    assert "\t" not in "".join(lines[4:]) and len(document.furniture) == 2
    assert [(each.kind, each.subject) for each in document.warnings] == [("table-flattened", "Article 1 Ports [1]")]


def test_the_identification_says_what_the_law_is() -> None:
    document = read("<article eId='art_1'><content><p>A.</p></content></article>", META)
    assert (document.title, document.language) == ("Law on Networks", "km")
    assert document.meta["frbr_uri"] == "/akn/kh/act/2012/x"
    assert document.meta["date"] == "2012-04-09"
    assert akn.read(source("<article><content><p>A.</p></content></article>", META), language="en").language == "en"


def test_items_of_a_list_are_clauses_and_its_frame_is_text() -> None:
    document = read(
        "<section eId='sec_1'><num>1.</num><content><blockList eId='sec_1__list_1'>"
        "<listIntroduction>In this Act—</listIntroduction>"
        "<item eId='sec_1__list_1__item_a'><num>(a)</num><p>“network” means all;</p></item>"
        "<item eId='sec_1__list_1__item_b'><num>(b)</num><blockList eId='l'>"
        "<listIntroduction>“data” means</listIntroduction>"
        "<item eId='i'><num>(i)</num><p>any.</p></item></blockList></item>"
        "<listWrapUp>and so on.</listWrapUp></blockList></content></section>"
    )
    assert [clause[1:] for clause in outline(document)] == [
        ("section", "1.", "In this Act—"),
        ("item", "(a)", "“network” means all;"),
        ("item", "(b)", "“data” means"),
        ("item", "(i)", "any."),
        ("wrapUp", "", "and so on."),
    ]


def test_preface_preamble_conclusions_and_schedules_have_their_places() -> None:
    document = read(
        "<article eId='art_1'><content><p>A.</p></content></article>",
        "<preface><p><docTitle>Draft Law</docTitle></p><longTitle eId='lt'><p>An Act.</p></longTitle></preface>"
        "<preamble><p>Whereas</p><recitals><recital eId='rec_1'><num>(1)</num><p>networks;</p></recital></recitals>"
        "<formula name='enacting'><p>Be it enacted:</p></formula></preamble>",
        "<conclusions><p>Signed.</p></conclusions><attachments><attachment eId='att_1'><heading>Schedule 1</heading>"
        "<doc name='schedule'><meta/><mainBody><paragraph eId='att_1__para_1'><num>1</num>"
        "<content><p>Fees.</p></content></paragraph></mainBody></doc></attachment></attachments>",
    )
    assert document.title == "Draft Law"
    assert [(clause.element, clause.text, clause.depth) for clause in document.clauses] == [
        ("longTitle", "An Act.", 0), ("preamble", "Whereas", 0), ("recital", "networks;", 1),
        ("formula", "Be it enacted:", 1), ("article", "A.", 0), ("schedule", "", 0), ("paragraph", "Fees.", 1),
    ]  # fmt: skip
    assert [(item.name, item.text) for item in document.furniture] == [
        ("front-matter", "Draft Law"), ("signatures", "Signed."),
    ]  # fmt: skip


def test_notes_remarks_and_struck_words_are_no_law() -> None:
    document = read(
        "<section eId='s'><num>2</num><content><p>All<authorialNote marker='3' eId='n'><p>Added 2014.</p>"
        "</authorialNote> networks <del>and wires</del><ins>and radio</ins>. <remark>[Section 2 amended]</remark></p>"
        "</content></section>"
    )
    assert document.clauses[0].text == "All[3] networks and radio."
    assert [(item.name, item.text) for item in document.furniture] == [
        ("footnote", "Added 2014."), ("deleted-text", "and wires"), ("note", "[Section 2 amended]"),
    ]  # fmt: skip


def test_a_quoted_provision_is_text_of_the_clause_that_quotes_it() -> None:
    document = read(
        "<section eId='s'><num>3</num><content><p>Insert: <mod><quotedStructure><section eId='q'><num>“4.</num>"
        "<heading>New</heading><content><p>Words.”</p></content></section></quotedStructure></mod></p></content></section>"
    )
    assert [clause.text for clause in document.clauses] == ["Insert:\n“4. New Words.”"]


def test_a_repeated_eid_is_replaced_and_doubted() -> None:
    twice = "<article eId='art_1'><num>Article 1</num><content><p>A.</p></content></article>"
    document = read(twice + twice + "<hcontainer name='annex'><content><p>B.</p></content></hcontainer>")
    assert [clause.eid for clause in document.clauses] == ["art_1", "art_1_2", "annex_1"]
    assert [warning_message(ENGLISH, warning) for warning in document.warnings] == [
        "Article 1 appears twice", "the eId art_1 appears twice",
    ]  # fmt: skip


def test_earlier_drafts_of_the_standard_are_read_too(subtests):
    for namespace in [NAMESPACE, NAMESPACE + "/CSD13", NAMESPACE + "/WD17", "http://www.akomantoso.org/2.0"]:
        with subtests.test(namespace=namespace):
            document = akn.read(
                source("<article id='art1'><content><p>A.</p></content></article>", namespace=namespace)
            )
            assert outline(document) == [("art1", "article", "", "A.")]


def test_what_is_no_law_is_refused_in_one_sentence(subtests):
    for data, reason in [
        (b"", "not well formed"),
        (b"<akomaNtoso>", "not well formed"),
        (b"<akomaNtoso/>", "not Akoma Ntoso"),
        (f"<akomaNtoso xmlns='{NAMESPACE}'/>".encode(), "empty"),
        (source(""), "no provision"),
        (b"<act xmlns='http://docs.oasis-open.org/legaldocml/ns/akn/3.0'/>", "not Akoma Ntoso"),
    ]:
        with subtests.test(data=data), pytest.raises(ReadingError, match=reason):
            akn.read(data)


DAMAGED = (
    "<part eId='p'><num>I</num><article eId='a'><num>1</num><heading>H</heading><intro><p>x</p></intro>"
    "<point eId='b'><num>(a)</num><content><p>y <noteRef marker='1'/></p></content></point>"
    "<wrapUp><p>z</p></wrapUp></article></part>"
)


@given(damaged(source(DAMAGED, META)))
def test_a_damaged_file_is_read_or_refused(data: bytes) -> None:
    answers_or_refuses(data, "akn")
