"""Annotations as W3C JSON-LD: valid against the model; taken in again they are the same."""

from __future__ import annotations

import copy
import json
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from lxml import html

from lawcompare.annotations.exchange.jsonld_shapes import NotImported
from lawcompare.annotations.exchange.jsonld_writer import TERMS, W3C_CONTEXT, annotation_data
from lawcompare.annotations.exchange.services import import_annotations
from lawcompare.annotations.models import Annotation, NoteStatus, Revision
from lawcompare.audit.models import Entry
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
    monkeypatch.setattr("lawcompare.annotations.exchange.views.PER_PAGE", 1)
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


def test_what_is_exported_is_imported_as_the_same(client, noted, cast, tmp_path):
    before = _get(client, "/annotations.jsonld?page=1")
    file = tmp_path / "page.jsonld"
    file.write_text(json.dumps(before), "utf-8")
    Annotation.objects.update(descends_from=None)
    Annotation.objects.all().delete()
    call_command("import_annotations", str(file), organisation="centre", publish=True)
    assert _get(client, "/annotations.jsonld?page=1") == before
    assert Revision.objects.exclude(published_at=None).count() == 2
    assert Entry.objects.filter(action="annotations-imported").count() == 1


def test_what_is_imported_enters_as_a_draft_of_a_member(client, noted, cast, tmp_path):
    file = tmp_path / "one.jsonld"
    file.write_text(json.dumps(_get(client, "/annotations/on-clause.jsonld") | {"id": "https://x.example/1"}))
    with pytest.raises(CommandError, match="who holds the drafts"):
        call_command("import_annotations", str(file), organisation="centre")
    with pytest.raises(CommandError, match="no member"):
        call_command("import_annotations", str(file), organisation="centre", by="charlie@example.org")
    with pytest.raises(CommandError, match="Another reviewer publishes"):
        call_command("import_annotations", str(file), organisation="centre", by="rita@example.org", publish=True)
    call_command("import_annotations", str(file), organisation="centre", by="alice@example.org")
    draft = Annotation.objects.latest("pk")
    assert (draft.status, draft.creator, draft.published_at) == (NoteStatus.DRAFT, cast.alice, None)
    with pytest.raises(CommandError, match="no organisation"):
        call_command("import_annotations", str(file), organisation="nobody")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_annotations", str(tmp_path / "none"), organisation="centre", publish=True)


def _spoil(path, value):
    def change(item):
        *steps, last = path
        for step in steps:
            item = item[step]
        item[last] = value

    return change


WRONG = {
    "words that are not there": (_spoil(["target", "selector", 0, "exact"], "no such words"), "not at that place"),
    "another place": (_spoil(["target", "selector", 1, "refinedBy", "start"], 1), "not at that place"),
    "words around that differ": (_spoil(["target", "selector", 0, "prefix"], "zzz"), "not at that place"),
    "a place and no words": (_spoil(["target", "selector"], [{"type": "TextPositionSelector"}]), "no words"),
    "an unknown selector": (_spoil(["target", "selector"], {"type": "XPathSelector"}), "selector that is not known"),
    "an unknown clause": (_spoil(["target", "source"], "http://testserver/laws/draft/new/art_99/"), "no clause"),
    "a page that is no clause": (_spoil(["target", "source"], "http://testserver/laws/"), "no clause"),
    "another text": (_spoil(["target", "textHash"], "0" * 64), "not the one"),
    "another pinned text": (
        _spoil(["target", "source"], "http://testserver/laws/draft/new/chp_1__art_3/?text=000000000000"),
        "not the one",
    ),
    "a script": (_spoil(["body", 0, "value"], "Oh <script>alert(1)</script>"), "tags of HTML"),
    "an image": (_spoil(["body", 1, "value"], "<img src=x onerror=alert(1)>"), "tags of HTML"),
    "HTML said to be so": (_spoil(["body", 0, "format"], "text/html"), "neither Markdown nor plain"),
    "a body too long": (_spoil(["body", 0, "value"], "x" * 1_000_000), "longer than"),
    "no body": (_spoil(["body"], []), "one body"),
    "a body elsewhere": (_spoil(["body"], "https://example.org/body"), "no text that stands in the file"),
    "a forged creator": (_spoil(["creator"], {"name": "The Others", "type": "Organization"}), "creator is not"),
    "a forged creator's address": (
        _spoil(["creator"], "http://testserver/annotations/?organisation=others"),
        "creator is not",
    ),
    "a person's name": (
        _spoil(["creator"], [{"name": "The Centre"}, {"name": "Alice", "type": "Person"}]),
        "names a person",
    ),
    "a test that is none": (_spoil(["checklist"], [{"test": "beauty", "answer": "no"}]), "checklist"),
    "a forged status": (_spoil(["status"], "published"), "claims a status"),
    "an unknown risk": (_spoil(["risk"], "huge"), "its risk"),
    "an unknown category": (_spoil(["categories"], ["NONE"]), "no kind of risk"),
    "an unknown standard": (_spoil(["standards"], ["http://testserver/laws/x/y/z/"]), "no clause"),
    "a time to come": (_spoil(["created"], "2999-01-01T00:00:00Z"), "in the future"),
    "no time": (_spoil(["created"], "yesterday"), "no date and time"),
    "an unknown motivation": (_spoil(["motivation"], "moderating"), "motivation"),
    "a wrong checklist": (_spoil(["checklist"], [{"test": "legality", "answer": "maybe"}]), "checklist"),
    "a number for a text": (_spoil(["body", 0, "value"], 5), "no text"),
    "two targets": (_spoil(["target"], [{}, {}]), "more than one target"),
    "a bad address of a source": (_spoil(["dcterms:source", "id"], "javascript:alert(1)"), "source_url"),
}


@pytest.mark.parametrize("case", WRONG)
def test_one_wrong_annotation_keeps_all_out_and_is_named(client, noted, cast, case):
    spoil, sentence = WRONG[case]
    page = _get(client, "/annotations.jsonld?page=1")
    good, bad = copy.deepcopy(page["items"][1]), copy.deepcopy(page["items"][0])
    good["id"], bad["id"] = "https://elsewhere.example/1", "https://elsewhere.example/2"
    good.pop("descendsFrom")
    spoil(bad)
    before = Annotation.objects.count()
    with pytest.raises(NotImported) as refused:
        import_annotations(json.dumps(page | {"items": [good, bad]}).encode(), cast.centre, cast.rita)
    assert sentence in str(refused.value) and "https://elsewhere.example/2" in str(refused.value)
    assert Annotation.objects.count() == before


def test_a_person_is_named_by_their_own_choice_alone(client, noted, cast):
    cast.alice.display_name = "Alice A."
    cast.alice.save()
    assert "Alice A." not in json.dumps(_get(client, "/annotations/on-words.jsonld"))
    Annotation.objects.filter(slug="on-words").update(credits_person=True)
    data = _get(client, "/annotations/on-words.jsonld")
    check_annotation(data)
    assert data["creator"][1] == {"type": "Person", "name": "Alice A."}
    copied = json.dumps(data | {"id": "https://elsewhere.example/1"}).encode()
    with pytest.raises(NotImported, match="names a person"):
        import_annotations(copied, cast.centre, cast.rita)
    assert import_annotations(copied, cast.centre, cast.alice)[0].person_credited == "Alice A."


def _compacted(item):
    """The same with the standard's context alone, as a JSON-LD processor compacts it: terms of ours as IRIs."""
    own = {"risk": "risk", "categories": "category", "standards": "reliesOn",
           "checklist": "checklist", "published": "published"}  # fmt: skip
    for term, name in own.items():
        if term in item:
            item["urn:lawcompare:annotation:" + name] = item.pop(term)
    item["urn:lawcompare:annotation:reliesOn"] = [{"@id": one} for one in item["urn:lawcompare:annotation:reliesOn"]]
    item["urn:lawcompare:annotation:risk"] = {"@value": item["urn:lawcompare:annotation:risk"]}
    item["@id"], item["@type"] = item.pop("id"), item.pop("type")
    return item


def _in_khmer(address):
    return address.replace("/laws", "/km/laws")


SHAPES = {
    "compacted with the standard's context alone": (W3C_CONTEXT, _compacted),
    "the context by https": (["https://www.w3.org/ns/anno.jsonld", TERMS], lambda item: item),
    "terms of its own": (
        [W3C_CONTEXT, {"lc": "urn:lawcompare:annotation:", "danger": "lc:risk"}],
        lambda item: {("danger" if name == "risk" else name): value for name, value in item.items()},
    ),
    "a source on a Khmer page": (
        [W3C_CONTEXT, TERMS],
        lambda item: item | {"target": item["target"] | {"source": _in_khmer(item["target"]["source"])}},
    ),
    "a position beside the quote": (
        [W3C_CONTEXT, TERMS],
        lambda item: item | {"target": item["target"] | {"selector": [item["target"]["selector"][0],
                                                                      item["target"]["selector"][1]["refinedBy"]]}},
    ),
    "a range in the page beside the quote": (
        [W3C_CONTEXT, TERMS],
        lambda item: item | {"target": item["target"] | {"selector": [*item["target"]["selector"],
                                                                      {"type": "RangeSelector", "startOffset": 3}]}},
    ),
    "purposes in lists": (
        [W3C_CONTEXT, TERMS],
        lambda item: item | {"body": [body | {"purpose": [body["purpose"]]} for body in item["body"]]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("is_framed", [False, True], ids=["alone", "in a graph"])
def test_other_shapes_of_an_annotation_are_taken_whole(client, noted, cast, shape, is_framed):
    context, change = SHAPES[shape]
    ours = _get(client, "/annotations/on-words.jsonld")
    item = change({name: value for name, value in ours.items() if name != "@context"})
    item["@id" if "@id" in item else "id"] = "https://elsewhere.example/1"
    file = {"@context": context, "@graph": [item]} if is_framed else {"@context": context, **item}
    (note,) = import_annotations(json.dumps(file).encode(), cast.centre, cast.alice)
    stored = annotation_data(Annotation.objects.for_export().get(pk=note.pk), "http://testserver")
    for name in ("motivation", "body", "target", "risk", "categories", "standards", "checklist", "dcterms:source"):
        assert stored.get(name) == ours.get(name), name
    assert stored["risk"] and stored["standards"] and stored["categories"]


def test_a_body_as_a_bare_value_is_taken(client, noted, cast):
    item = _get(client, "/annotations/on-words.jsonld") | {"id": "https://elsewhere.example/1"}
    del item["body"]
    (note,) = import_annotations(json.dumps(item | {"bodyValue": "Too broad."}).encode(), cast.centre, cast.alice)
    assert note.body == "Too broad."


UNKNOWN = {
    "a property of the standard that is not kept": ({"generator": "https://example.org/"}, "says “generator”"),
    "a property of nobody": ({"colour": "red"}, "says “colour”"),
    "a property of another vocabulary": ({"http://schema.org/about": "x"}, "says “http://schema.org/about”"),
    "a foreign licence": ({"rights": "https://creativecommons.org/licenses/by/4.0/"}, "its rights"),
    "a risk said twice": ({"urn:lawcompare:annotation:risk": "low"}, "says “risk” twice"),
    "our word for something else": (
        {"@context": [W3C_CONTEXT, TERMS, {"risk": "https://example.org/risk"}]}, "another meaning"),
    "a context of somebody else": ({"@context": [W3C_CONTEXT, "https://example.org/c"]}, "context that is not read"),
    "a purpose that is none": ({"body": {"type": "TextualBody", "value": "x", "purpose": "moderating"}}, "a purpose"),
    "a field of a body": ({"body": {"type": "TextualBody", "value": "x", "accessibility": "y"}}, "says"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_would_be_lost_is_refused_by_its_name(client, noted, cast, case):
    more, sentence = UNKNOWN[case]
    item = _get(client, "/annotations/on-words.jsonld") | {"id": "https://elsewhere.example/1"} | more
    before = Annotation.objects.count()
    with pytest.raises(NotImported, match=sentence):
        import_annotations(json.dumps(item).encode(), cast.centre, cast.alice)
    assert Annotation.objects.count() == before


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


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"{}", "does not name the context"),
        (b"[1, 2]", "does not name the context"),
        (b'{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": []}', "no annotation"),
        (b'{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": 1}', "no list"),
        (b'{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationCollection"}', "only names the pages"),
        (b'{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Person"}', "no annotation, page"),
        (b" " * (10 * 1024 * 1024 + 1), "larger than"),
    ],
    ids=["bytes", "deep", "empty", "numbers", "no-items", "items", "collection", "person", "large"],
)
def test_a_file_that_is_no_annotations_is_refused(cast, data, sentence):
    with pytest.raises(NotImported, match=sentence):
        import_annotations(data, cast.centre, cast.rita)


def test_the_same_name_twice_is_refused(client, noted, cast):
    data = json.dumps(_get(client, "/annotations/on-words.jsonld")).encode()
    with pytest.raises(NotImported, match="here already"):
        import_annotations(data, cast.centre, cast.rita)


def test_a_reviewer_imports_by_a_form(client, noted, cast):
    item = _get(client, "/annotations/on-words.jsonld") | {"id": "https://elsewhere.example/1"}
    client.force_login(cast.rita)
    assert b"multipart/form-data" in client.get("/workspace/import/").content
    refused = client.post("/workspace/import/", {"file": SimpleUploadedFile("x.jsonld", b"{}")})
    assert refused.status_code == 400 and b"does not name the context" in refused.content
    assert client.post("/workspace/import/", {}).status_code == 400
    file = SimpleUploadedFile("x.jsonld", json.dumps(item).encode())
    assert client.post("/workspace/import/", {"file": file}).status_code == 302
    assert Annotation.objects.filter(creator=cast.rita, status=NoteStatus.DRAFT).count() == 1
    client.force_login(cast.alice)
    assert client.get("/workspace/import/").status_code == 403
    client.force_login(cast.charlie)
    file = SimpleUploadedFile("x.jsonld", json.dumps(item).encode())
    assert b"creator is not" in client.post("/workspace/import/", {"file": file}).content


def test_the_page_of_the_pinned_text_is_shown_and_no_other(client, noted):
    address = "/laws/draft/new/chp_1__art_3/"
    text_hash = Clause.objects.get(eid="chp_1__art_3", version__slug="new").version.text_hash
    assert client.get(f"{address}?text={text_hash[:12]}").status_code == 200
    assert client.get(f"{address}?text={text_hash[:4]}").status_code == 404
    wrong = client.get(f"{address}?text=0123456789ab")
    assert wrong.status_code == 404 and b"not the one at this address" in wrong.content


def test_half_a_character_is_no_json(cast):
    """Half of a surrogate pair has no bytes: neither a database nor a page can hold it."""
    item = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "Annotation", "id": "x\ud800"}
    with pytest.raises(NotImported, match="no JSON"):
        import_annotations(json.dumps(item).encode(), cast.centre, cast.alice)


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
