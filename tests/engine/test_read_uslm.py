"""Reading USLM: titles of the US Code in both schema versions, bills and resolutions."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, partial

import pytest
from hypothesis import given
from lxml import etree

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import uslm
from tests import samples
from tests.conftest import SHARED, needs_shared
from tests.engine.reading_cases import answers_or_refuses, damaged

CODE = SHARED / "data" / "us-code-uslm"
BILLS = SHARED / "data" / "us-bills-uslm2"

TITLES = ["usc17@113-31.xml", "usc17@117-80.xml", "usc01@113-31.uslm1.xml", "usc01.uslm2-sample.xml"]
MEASURES = ["H2157_IH.XML", "h2157_enr.XML", "SC13_ATS.XML", "SC13_ES.XML", "SC13_RFH.XML"]
OWN = {
    "title, 113-31": partial(samples.us_title, "113-31"),
    "title, 117-80": partial(samples.us_title, "117-80"),
    "bill, introduced": partial(samples.bill, "introduced"),
    "bill, enrolled": partial(samples.bill, "enrolled"),
    "resolution": partial(samples.resolution, "agreed"),
}
EVERY = [*OWN, *(pytest.param(name, marks=needs_shared) for name in TITLES + MEASURES)]
NO_LAW = {"note", "notes", "sourceCredit", "toc", "footnote", "changeNote", "editorialNote", "statutoryNote"}


def law(body: str, namespace: str = "http://schemas.gpo.gov/xml/uslm") -> Document:
    return uslm.read(f'<lawDoc xmlns="{namespace}"><main>{body}</main></lawDoc>'.encode())


def data_of(name: str) -> bytes:
    return OWN[name]() if name in OWN else ((CODE if name in TITLES else BILLS) / name).read_bytes()


@cache
def read(name: str) -> Document:
    return uslm.read(data_of(name))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def words_of_the_law(name: str) -> Counter[str]:
    """Counted without the reader: the words in `main` that are in no note, credit, footnote or table of contents."""
    root = etree.fromstring(data_of(name))
    counts: Counter[str] = Counter()

    def walk(element: etree._Element) -> str:
        if not isinstance(element.tag, str) or local(element) in NO_LAW:
            return ""
        inside = (element.text or "") + "".join(walk(child) + (child.tail or "") for child in element)
        glued = {"inline", "i", "b", "ref", "date", "term", "sup", "quotedText", "headingText", "amendingAction"}
        return inside if local(element) in glued else f" {inside} "

    for main in root.iterchildren("{*}main"):
        counts.update(words(walk(main)))
    return counts


def words_of_the_clauses(document: Document) -> Counter[str]:
    counts: Counter[str] = Counter()
    for clause in document.clauses:
        for part in (clause.num, clause.heading, clause.text):
            counts.update(words(part))
    return counts


@pytest.mark.parametrize("name", EVERY)
def test_no_word_of_the_law_is_lost_and_none_is_added(name: str) -> None:
    lost = words_of_the_law(name)
    lost.subtract(words_of_the_clauses(read(name)))
    assert {word: count for word, count in lost.items() if count} == {}


@pytest.mark.parametrize("name", EVERY)
def test_every_identified_provision_is_a_clause_once(name: str) -> None:
    identified = [
        element.get("identifier")
        for main in etree.fromstring(data_of(name)).iterchildren("{*}main")
        for element in main.iter("{*}*")
        if element.get("identifier")
        and not {local(above) for above in element.iterancestors()} & {"note", "notes", "quotedContent"}
    ]
    document = read(name)
    assert [c.attributes["identifier"] for c in document.clauses if "identifier" in c.attributes] == identified
    assert len({clause.eid for clause in document.clauses}) == len(document.clauses)


@pytest.mark.parametrize("name", ["title, 117-80", pytest.param("usc17@117-80.xml", marks=needs_shared)])
def test_a_title_says_what_it_is(name: str) -> None:
    document = read(name)
    assert document.title == "Title 17—COPYRIGHTS"
    assert document.language == "en"
    assert document.meta["docPublicationName"] == "Online@117-80"
    assert document.meta["release_point"] == "117-80"
    assert document.meta["date"] == "2021-04-29"
    repealed = next(c for c in document.clauses if c.attributes.get("identifier") == "/us/usc/t17/s509")
    assert (repealed.num, repealed.attributes["status"]) == ("§ 509", "repealed")
    assert repealed.heading.startswith("Repealed. Pub. L. 110–403")
    assert {item.name for item in document.furniture} == {"note", "source-credit", "table-of-contents", "footnote"}


@pytest.mark.parametrize(
    ("name", "recitals"), [("resolution", 2), pytest.param("SC13_ATS.XML", 15, marks=needs_shared)]
)
def test_a_resolution_keeps_its_recitals_and_its_last_day(name: str, recitals: int) -> None:
    document = read(name)
    assert document.meta["date"] == "2019-04-30"
    kinds = Counter(clause.element for clause in document.clauses)
    assert (kinds["preamble"], kinds["recital"], kinds["formula"], kinds["section"]) == (1, recitals, 1, 1)


def test_the_words_a_bill_quotes_stay_in_the_clause_that_quotes_them() -> None:
    document = read("bill, introduced")
    quoting = next(c for c in document.clauses if c.attributes.get("identifier") == "/us/bill/1/s102/2")
    assert " ".join(quoting.text.split()).endswith("the following: “SEC. 9. A broken quay.”")
    assert not any(clause.num.startswith("“") for clause in document.clauses)


def test_words_are_neither_glued_nor_split_by_markup() -> None:
    document = law(
        "<section><num>§ 2.</num><heading> <b>Use</b> of\n  Works.—</heading>"
        "<content>\n<p>The “<i>net</i>work” is\n   open<!-- comment -->ed.</p><p>Line<br/>two.</p>"
        "<table xmlns='http://www.w3.org/1999/xhtml'><tr><td>One</td><td>Two</td></tr><tr><td>Three</td></tr></table>"
        "</content></section>"
    )
    assert document.clauses[0].heading == "Use of Works"
    assert document.clauses[0].text == "The “network” is opened.\nLine\ntwo.\nOne Two\nThree"


def test_a_footnote_leaves_its_mark_in_the_text_and_its_words_outside() -> None:
    document = law(
        '<section><num>§ 3.</num><content>Under section 115(b),<ref class="footnoteRef" idref="f1">1</ref>'
        '<note type="footnote" id="f1"><num>1</num> So in original.</note> of the Act <sup>1</sup> and 10<sup>6</sup>'
        " users.</content></section>"
    )
    assert document.clauses[0].text == "Under section 115(b),[1] of the Act [1] and 106 users."
    assert [(item.name, item.text) for item in document.furniture] == [("footnote", "1 So in original.")]


def test_appropriations_stand_under_the_heading_of_higher_rank() -> None:
    document = law(
        "<title><num>TITLE I</num>"
        "<appropriations level='major'><heading>Dept</heading></appropriations>"
        "<appropriations level='intermediate'><heading>Office</heading></appropriations>"
        "<appropriations level='small'><heading>Salaries</heading><content>$1.</content></appropriations>"
        "<appropriations level='intermediate'><heading>Bureau</heading></appropriations>"
        "<section><num>SEC. 101.</num><content>General.</content></section></title>"
    )
    assert [(c.heading or c.num, c.depth) for c in document.clauses] == [
        ("TITLE I", 0), ("Dept", 1), ("Office", 2), ("Salaries", 3), ("Bureau", 2), ("SEC. 101", 1),
    ]  # fmt: skip


def test_the_editors_brackets_around_a_repealed_section_are_dropped() -> None:
    document = law(
        "<section status='repealed'><num>[§ 5.</num><heading> Repealed. Pub. L. 9 [sic]]</heading></section>"
    )
    assert (document.clauses[0].num, document.clauses[0].heading) == ("§ 5", "Repealed. Pub. L. 9 [sic]")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not well formed"),
        (b"<lawDoc", "not well formed"),
        (b"<html/>", "not USLM"),
        (b'<lawDoc xmlns="http://schemas.gpo.gov/xml/uslm"><main/></lawDoc>', "no provision"),
        (b'<lawDoc xmlns="http://schemas.gpo.gov/xml/uslm"/>', "no provision"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><lawDoc xmlns="http://schemas.gpo.gov/xml/uslm">&a;</lawDoc>', "entity"),
    ],
)
def test_what_is_no_uslm_law_is_refused_in_one_sentence(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        uslm.read(data)


@given(damaged(samples.bill("enrolled")))
def test_a_damaged_bill_is_read_or_refused(data: bytes) -> None:
    answers_or_refuses(data, "uslm")
