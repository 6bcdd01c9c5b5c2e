"""Annotations as W3C JSON-LD: valid against the model."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from lxml import html

from lawcompare.annotations.models import Annotation
from lawcompare.laws.models import Clause
from tests.annotations.conftest import make_note
from tests.annotations.webannotation import check_annotation, check_collection, check_page

pytestmark = pytest.mark.django_db
PROFILE = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'


def _get(client, address):
    response = client.get(address)
    assert response.status_code == 200 and response["Content-Type"] == PROFILE
    return response.json()


def test_an_annotation_is_a_valid_web_annotation(client, noted):
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


def test_an_annotation_on_a_whole_clause_names_the_clause(client, noted):
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


def test_the_collection_and_its_pages_are_valid(client, noted, monkeypatch):
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


def test_a_filter_narrows_the_collection(client, noted):
    assert _get(client, "/annotations.jsonld?risk=critical&risk=low")["total"] == 1
    assert _get(client, "/annotations.jsonld?category=VAGUE&law=draft&organisation=centre&version=new")["total"] == 1
    empty = _get(client, "/annotations.jsonld?organisation=others")
    check_collection(empty)
    assert empty["total"] == 0
    assert client.get("/annotations.jsonld?risk=enormous").status_code == 404
    assert client.get("/annotations.jsonld?category=NONE").status_code == 404


def test_the_number_of_queries_does_not_grow(client, noted, cast, django_assert_max_num_queries):
    clause = Clause.objects.get(eid="chp_1__art_2", version__slug="new")
    for number in range(20):
        make_note(cast, clause, f"more-{number}", "").standards.add(clause)
    with django_assert_max_num_queries(6):
        client.get("/annotations.jsonld?page=1")


def test_a_person_is_named_by_their_own_choice_alone(client, noted, cast):
    cast.alice.display_name = "Alice A."
    cast.alice.save()
    assert "Alice A." not in json.dumps(_get(client, "/annotations/on-words.jsonld"))
    Annotation.objects.filter(slug="on-words").update(credits_person=True)
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
