"""Published notes as files: W3C JSON-LD, CSV and spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from lawcompare.accounts.models import digest_of
from lawcompare.annotations.models import Annotation
from lawcompare.laws.models import Clause
from tests.annotations.conftest import make_note
from tests.office import cells_of, links_of
from tests.publishing.test_carrying import publish_note

pytestmark = pytest.mark.django_db
PROFILE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'


def _get(client, address):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == PROFILE
    return response.json()


def test_an_annotation_on_words_or_a_whole_clause_is_a_valid_web_annotation(client, noted):
    data = _get(client, "/annotations/on-words.jsonld")
    check_annotation(data)
    assert data["id"] == "http://testserver/annotations/on-words/"
    assert data["creator"]["name"] == "The Centre"
    quote, fragment = data["target"]["selector"]
    assert fragment["type"] == "FragmentSelector" and fragment["value"] == "chp_1__art_3"
    position = fragment["refinedBy"]
    text = Clause.objects.get(eid="chp_1__art_3", version__slug="new").text
    assert text[position["start"] : position["end"]] == quote["exact"] == "deemed to hinder"
    assert data["body"][1]["purpose"] == "editing"
    assert data["risk"] == "critical" and data["categories"] == ["VAGUE"]
    assert {"test": "legality", "answer": "no", "words": "deemed"} in data["checklist"]
    data = _get(client, "/annotations/on-clause.jsonld")
    check_annotation(data)
    assert data["target"]["selector"][0]["value"] == "chp_1__art_2"
    page = client.get(data["target"]["source"].removeprefix("http://testserver"))
    assert page.status_code == 200 and b'id="chp_1__art_2"' in page.content


def test_nothing_that_is_not_public_and_nobody_s_name_is_in_it(client, noted, cast):
    assert client.get("/annotations/secret.jsonld").status_code == 404
    client.force_login(cast.alice)
    words = json.dumps(_get(client, "/annotations.jsonld?page=1"))
    assert "secret" not in words and "alice" not in words
    assert client.get("/annotations/secret.jsonld").status_code == 404


def test_the_collection_its_pages_and_its_filters_are_valid(client, noted, monkeypatch):
    assert _get(client, "/annotations.jsonld?risk=critical&risk=low")["total"] == 1
    assert _get(client, "/annotations.jsonld?category=VAGUE&law=draft&organisation=centre&version=new")["total"] == 1
    empty = _get(client, "/annotations.jsonld?organisation=others")
    check_collection(empty)
    assert empty["total"] == 0
    assert client.get("/annotations.jsonld?risk=enormous").status_code == 404
    assert client.get("/annotations.jsonld?category=NONE").status_code == 404
    monkeypatch.setattr("lawcompare.annotations.exchange.PER_PAGE", 1)
    collection = _get(client, "/annotations.jsonld")
    check_collection(collection)
    assert collection["total"] == 2
    ids, address = [], collection["first"]
    while address:
        page = _get(client, address.removeprefix("http://testserver"))
        check_page(page)
        assert page["startIndex"] == len(ids)
        ids += [item["id"] for item in page["items"]]
        address = page.get("next")
    assert page["id"] == collection["last"] and len(set(ids)) == 2
    assert client.get("/annotations.jsonld?page=3").status_code == 404
    assert client.get("/annotations.jsonld?page=x").status_code == 404


def test_the_number_of_queries_does_not_grow(client, noted, cast, django_assert_max_num_queries):
    clause = Clause.objects.get(eid="chp_1__art_2", version__slug="new")
    for number in range(20):
        make_note(cast, clause, f"more-{number}", "").standards.add(clause)
    with django_assert_max_num_queries(7):
        client.get("/annotations.jsonld?page=1")


def test_a_person_is_named_by_their_own_choice_alone(client, noted, cast):
    cast.alice.display_name = "Alice A."
    cast.alice.save()
    assert "Alice A." not in json.dumps(_get(client, "/annotations/on-words.jsonld"))
    Annotation.objects.filter(slug="on-words").update(credits_person=True, name_read=digest_of("Alice A."))
    data = _get(client, "/annotations/on-words.jsonld")
    check_annotation(data)
    assert data["creator"][1] == {"type": "Person", "name": "Alice A."}


def test_the_note_itself_answers_in_the_form_asked_for(client, noted):
    address = "/annotations/on-words/"
    assert (
        client.get(address, headers={"accept": "text/html,*/*;q=0.8"}).headers["Content-Type"].startswith("text/html")
    )
    for accept in ("application/ld+json", 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'):
        response = client.get(address, headers={"accept": accept})
        assert response.status_code == 303 and response.headers["Location"] == "/annotations/on-words.jsonld"
        assert "accept" in response.headers["Vary"].lower()
    page = client.get(address)
    assert "accept" in page.headers["Vary"].lower()
    data = client.get("/annotations/on-words.jsonld")
    assert data.headers["Access-Control-Allow-Origin"] == "*"
    assert all(body["language"] in {"en", "km"} for body in data.json()["body"])


def test_the_page_of_the_pinned_text_is_shown_and_no_other(client, noted):
    address = "/laws/draft/new/chp_1__art_3/"
    text_hash = Clause.objects.get(eid="chp_1__art_3", version__slug="new").version.text_hash
    assert client.get(f"{address}?text={text_hash[:12]}").status_code == 200
    assert client.get(f"{address}?text={text_hash[:4]}").status_code == 404
    wrong = client.get(f"{address}?text=0123456789ab")
    assert wrong.status_code == 404 and b"not the one at this address" in wrong.content


@pytest.mark.parametrize("prefix", ["", "/km"])
def test_quoted_words_stand_whole_in_the_text_of_the_page(client, noted, prefix):
    """The sign of a note holds no text, so that other annotation programs find the words by the quote."""
    item = _get(client, "/annotations/on-words.jsonld")
    quote = item["target"]["selector"][0]
    page = html.fromstring(client.get(prefix + urlsplit(item["target"]["source"]).path).content)
    (words,) = page.xpath("//div[@data-eid='chp_1__art_3']")
    assert words.xpath(".//a[contains(@class, 'ref')]/@aria-label")[0]
    around = quote.get("prefix", "") + quote["exact"] + quote.get("suffix", "")
    assert around.replace("\n", "") in words.text_content()


# --- what the W3C Web Annotation Data Model says that an annotation, page or collection MUST be

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
MOTIVATIONS = {
    "assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting", "identifying",
    "linking", "moderating", "questioning", "replying", "tagging",
}  # fmt: skip
OWN_KEYS = {
    "@context", "id", "type", "motivation", "creator", "created", "modified", "generator", "generated", "body",
    "target", "rights", "canonical", "via", "audience", "stylesheet",
    "dcterms:source",
}  # fmt: skip
SELECTORS = {"FragmentSelector", "TextQuoteSelector", "TextPositionSelector"}


def check_annotation(data: dict[str, Any], *, embedded: bool = False) -> None:
    """Sections 3 and 4 of the W3C Web Annotation Data Model."""
    terms = set()
    if not embedded:
        terms = _check_context(data["@context"])
        assert set(data) <= OWN_KEYS | terms, set(data) - OWN_KEYS - terms
    _check_iri(data["id"])
    assert "Annotation" in _many(data["type"])
    assert set(_many(data.get("motivation"))) <= MOTIVATIONS
    for name in ("created", "modified"):
        if name in data:
            _check_moment(data[name])
    for creator in _many(data.get("creator")):
        assert isinstance(creator.get("name", ""), str)
        assert set(_many(creator.get("type"))) <= {"Person", "Organization", "Software"}
    for body in _many(data.get("body")):
        _check_body(body)
    targets = _many(data["target"])
    assert targets
    for target in targets:
        _check_iri(target["source"])
        for selector in _many(target.get("selector")):
            _check_selector(selector)


def check_page(data: dict[str, Any]) -> None:
    """Section 5.2."""
    terms = _check_context(data["@context"])
    _check_iri(data["id"])
    assert data["type"] == "AnnotationPage"
    _check_iri(data["partOf"])
    for name in ("next", "prev"):
        if name in data:
            _check_iri(data[name])
    assert type(data["startIndex"]) is int and data["startIndex"] >= 0
    assert isinstance(data["items"], list) and data["items"]
    for item in data["items"]:
        check_annotation(item, embedded=True)
        assert set(item) <= OWN_KEYS | terms


def check_collection(data: dict[str, Any]) -> None:
    """Section 5.1."""
    _check_context(data["@context"])
    _check_iri(data["id"])
    assert data["type"] == "AnnotationCollection"
    assert isinstance(data["label"], str)
    assert type(data["total"]) is int and data["total"] >= 0
    if data["total"]:
        _check_iri(data["first"])
        _check_iri(data["last"])
    else:
        assert "first" not in data


def _check_context(context: Any) -> set[str]:
    """Names the standard's context; returns the terms of our own, each of which leads to an IRI."""
    parts = _many(context)
    assert parts[0] == CONTEXT and all(isinstance(part, dict) for part in parts[1:]), "one remote context alone"
    terms = {name: term for part in parts[1:] for name, term in part.items()}
    for term in terms.values():
        iri = term if isinstance(term, str) else term["@id"]
        prefix, _colon, rest = iri.partition(":")
        assert rest and (prefix in terms or prefix in {"urn", "http", "https"}), iri
    return set(terms)


def _check_body(body: dict[str, Any]) -> None:
    assert body["type"] == "TextualBody" and isinstance(body["value"], str)
    for name in ("format", "language", "purpose"):
        assert isinstance(body.get(name, ""), str)
    assert {body["purpose"]} <= MOTIVATIONS if "purpose" in body else True


def _check_selector(selector: dict[str, Any]) -> None:
    assert selector["type"] in SELECTORS
    if selector["type"] == "TextQuoteSelector":
        assert isinstance(selector["exact"], str)
        assert all(isinstance(selector.get(name, ""), str) for name in ("prefix", "suffix"))
    elif selector["type"] == "TextPositionSelector":
        assert all(type(selector[name]) is int and selector[name] >= 0 for name in ("start", "end"))
        assert selector["start"] <= selector["end"]
    else:
        assert isinstance(selector["value"], str)
        _check_iri(selector["conformsTo"])
        if "refinedBy" in selector:
            _check_selector(selector["refinedBy"])


def _check_iri(words: Any) -> None:
    assert isinstance(words, str)
    parts = urlsplit(words)
    assert parts.scheme and (parts.netloc or parts.scheme == "urn"), words
    assert " " not in words


def _check_moment(words: str) -> None:
    assert datetime.fromisoformat(words).tzinfo is not None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def rows_of(client, address):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_annotations_as_csv_in_the_reader_s_language(client, noted):
    rows = rows_of(client, "/annotations.csv")
    assert len(rows) == 2
    assert rows[0]["Words"] == "deemed to hinder" and rows[0]["Risk"] == "critical"
    assert rows[0]["Address"] == "http://testserver/annotations/on-words/"
    assert rows[0]["Standard relied on"] == "draft old, Article 1. Illegal access"
    assert "?text=" in rows[0]["Address of the words"]
    assert "alice" not in str(rows)
    assert [row["Risk"] for row in rows_of(client, "/annotations.csv?risk=critical")] == ["critical"]
    assert "អាសយដ្ឋាន" in rows_of(client, "/km/annotations.csv")[0]


def test_thousands_of_long_notes_of_one_organisation_leave_the_others_the_file(client, noted, cast, monkeypatch):
    """Built whole in memory, it was answered with 503, whoever asked."""
    text = Annotation.objects.first().clause
    publish_note(text, cast.others, slug="theirs", proposed_text="x" * 5_000)
    monkeypatch.setattr("lawcompare.annotations.exchange.LETTERS_OF_A_FILE", 5_000)
    *rows, last = rows_of(client, "/annotations.csv")
    assert len(rows) == 2 and not any(row["By"] == "The Others" for row in rows)
    assert (
        last["By"] == "The Others"
        and "one of their own" in last["Reasoning"]
        and last["Address"].endswith(
            f"/annotations.csv?organisation=others&law={text.version.law.slug}&version={text.version.slug}"
        )
    )
    monkeypatch.setattr("lawcompare.annotations.exchange.LETTERS_OF_A_FILE", 6_000)
    (own,) = rows_of(client, last["Address"].removeprefix("http://testserver"))
    assert own["Proposed wording"] == "x" * 5_000
    assert client.get("/annotations.xlsx").status_code == 200


def test_no_cell_is_a_formula(client, noted, subtests):
    for start in ["=", "+", "-", "@", "\t", " =", "＝"]:
        with subtests.test(start=start):
            Annotation.objects.filter(slug="on-words").update(body=f"{start}HYPERLINK(1)")
            assert rows_of(client, "/annotations.csv")[0]["Reasoning"] == f"'{start}HYPERLINK(1)"


def test_annotations_as_a_spreadsheet(client, noted):
    Annotation.objects.filter(slug="on-words").update(body="=1+1")
    response = client.get("/annotations.xlsx?organisation=centre")
    book = zipfile.ZipFile(io.BytesIO(response.content))
    xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "deemed to hinder" in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in xml
    assert 'name="Annotations"' in book.read("xl/workbook.xml").decode()
    addresses = links_of(response.content, 1)
    assert addresses[0] == "http://testserver/annotations/on-words/" and "?text=" in addresses[1]
    day = Annotation.objects.get(slug="on-words").published_at.date()
    assert cells_of(response.content, 1)[1][-2] == (day - date(1899, 12, 30)).days
    assert "The Centre" not in book.read("docProps/core.xml").decode()
