"""A version in other forms; what can be read again is the same again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from lxml import etree

from lawcompare.engine.reading.akn import ATTRIBUTES, NAMESPACE
from lawcompare.laws import reports
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.mirror.writing import visit
from tests.conftest import NEW_DRAFT, OLD_DRAFT, ROOT
from tests.engine.test_write_akn import needs_schema, schema

pytestmark = pytest.mark.django_db
# One of each form of text; that every file of the corpus is written and read as the same, tests/engine asks.
FIXTURES = ROOT / "fixtures" / "laws"
LARGE = pytest.param(FIXTURES / "us-code-18/2023-en.md", marks=pytest.mark.verify)
LAWS = [FIXTURES / "kh-cybercrime/2024-leak-en.md", FIXTURES / "udhr/1948-en.md", LARGE]


@pytest.mark.parametrize("path", LAWS, ids=lambda path: path.stem)
def test_the_markdown_is_imported_as_the_same_text(client, path, cast):
    first = import_law(Import(path.read_bytes(), path.name)).version
    client.force_login(cast.sara)
    answer = client.get(f"/laws/{first.law.slug}/{first.slug}.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    facts = _facts(first)
    Clause.objects.all().delete()
    Version.objects.all().delete()
    Law.objects.all().delete()
    again = import_law(Import(answer.content, "again.md")).version
    assert again.text_hash == first.text_hash
    assert _facts(again) == facts
    for name in ("title", "date", "text_status", "became_public", "source_url", "note", "articles_total", "language"):
        assert getattr(again, name) == getattr(first, name), name
    assert (again.law.title, again.law.kind) == (first.law.title, first.law.kind)


def _facts(version):
    fields = ("eid", "element", "num", "heading", "text", "depth", "text_status", "source_url", "note", "end")
    return list(version.clauses.order_by("position").values_list(*fields))


@needs_schema
@pytest.mark.parametrize("path", LAWS, ids=lambda path: path.stem)
def test_the_akoma_ntoso_is_valid(client, path, cast):
    version = import_law(Import(path.read_bytes(), path.name)).version
    client.force_login(cast.sara)
    answer = client.get(f"/laws/{version.law.slug}/{version.slug}.akn.xml")
    assert answer["Content-Type"] == "application/akn+xml"
    schema().assertValid(etree.fromstring(answer.content))
    again = import_law(
        Import(answer.content, "x.akn", law="again", version="1", metadata={"kind": "draft", "jurisdiction": "kh"})
    )
    assert [row[0] for row in _facts(again.version)] == [row[0] for row in _facts(version)]


def test_plain_text_says_what_it_is_and_the_page_names_every_form(client, store):
    store(NEW_DRAFT, "new")
    answer = client.get("/laws/draft/new.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    words = answer.content.decode()
    assert words.startswith("draft new\nRestated in our own words\n2020\nhttps://example.org/draft\n")
    assert "  (1) The fine is from 100,000 riel to 10,000,000 riel." in words
    page = client.get("/laws/draft/new/").content.decode()
    for suffix in ("md", "akn.xml", "txt", "json"):
        assert f'href="/laws/draft/new.{suffix}"' in page


def test_a_text_in_preparation_has_no_other_form(client, store, subtests):
    store(NEW_DRAFT, "new", published=False)
    for suffix in ["md", "akn.xml", "txt", "json"]:
        with subtests.test(suffix=suffix):
            assert client.get(f"/laws/draft/new.{suffix}").status_code == 404
            assert client.get(f"/laws/draft/none.{suffix}").status_code == 404


@needs_schema
def test_the_akoma_ntoso_says_that_a_restatement_is_not_the_law_and_has_the_addresses_of_its_pages(client, store):
    version = store(NEW_DRAFT, "new")
    root = etree.fromstring(client.get("/laws/draft/new.akn.xml").content)
    schema().assertValid(root)
    levels = root.iterfind(".//{*}identification/*")
    uris = {level.tag.rpartition("}")[2]: level.find("{*}FRBRuri").get("value") for level in levels}
    assert (uris["FRBRWork"], uris["FRBRExpression"]) == (version.law.frbr_uri, version.frbr_uri)
    namespace = {"akn": NAMESPACE}
    assert root.xpath("//akn:FRBRauthoritative/@value", namespaces=namespace) == ["false"]
    (note,) = root.xpath("//akn:notes/akn:note", namespaces=namespace)
    words = "".join(note.itertext())
    assert "Restated in our own words" in words and "https://example.org/draft" in words
    (provenance,) = root.iter(f"{{{ATTRIBUTES}}}provenance")
    assert provenance.get("text_status") == "restatement"


def test_every_machine_form_says_what_the_words_are(client, drafts):
    """What a page says of a text stands in each form that a program reads."""
    for address in (
        "/laws/draft/new.json",
        "/laws/draft/new/chp_1__art_1.json",
        "/laws/draft/new.md",
        "/laws/draft/new.akn.xml",
        "/compare/draft/old/with/draft/new.json",
        "/api/v1/laws",
        "/api/v1/laws/draft",
        "/api/v1/laws/draft/new",
        "/api/v1/comparisons",
        "/api/v1/comparisons/draft/old/with/draft/new",
    ):
        assert "restatement" in client.get(address).content.decode(), address


def test_a_clause_missing_from_a_text_known_in_part_is_not_called_removed(client, drafts, store):
    """The drafts are restated: what stands in the old one alone is not known in the new one."""
    data = client.get("/compare/draft/old/with/draft/new.json").json()
    gone = [pair for pair in data["pairs"] if pair["kind"] == "removed"]
    assert gone and {pair["standing"] for pair in gone} == {"not-in-new"}
    assert data["is_partial"] == [True, True] and "removed" not in data["standings"]
    pairs = client.get("/api/v1/comparisons/draft/old/with/draft/new/pairs").json()["items"]
    assert {pair["standing"] for pair in pairs if pair["kind"] == "removed"} == {"not-in-new"}
    comparison = client.get("/api/v1/comparisons/draft/old/with/draft/new").json()
    assert comparison["old"]["is_partial"] and comparison["standings"] == data["standings"]


def test_of_long_texts_that_are_not_kept_so_many_are_made_in_an_hour(client, store, settings, monkeypatch):
    store(OLD_DRAFT, "old")
    forms = ["old.json", "old.akn.xml", "old.md", "old.txt", "old/chp_1.json"]
    monkeypatch.setattr(reports, "ROWS_AT_ONCE", 3)
    settings.FILES_PER_HOUR = 1
    ways: list[dict[str, Any]] = [
        {}, {"query_params": {"no": "parameter"}}, {"headers": {"accept": "application/ld+json"}},
        {"headers": {"cookie": "sessionid=none"}}, {"headers": {"if-none-match": '"0"'}},
    ]  # fmt: skip
    for form in forms:
        cache.clear()
        assert client.head(f"/laws/draft/{form}").status_code == 200
        answers = [client.get(f"/laws/draft/{form}", **way).status_code for way in ways]
        assert answers == [429] * len(ways), form
    assert client.get("/laws/draft/old/chp_1__art_1.json").status_code == 200, "a short part is not counted"
    assert b"Too many files" in client.get("/laws/draft/old.md").content
    assert visit("/laws/draft/old.md", "http://testserver").body, "the mirror has them all"
    monkeypatch.setattr(reports, "ROWS_AT_ONCE", 100)
    monkeypatch.setattr(reports, "LETTERS_OF_A_ROW", 2)
    for form in forms:
        cache.clear()
        answers = [client.get(f"/laws/draft/{form}").status_code for _time in range(2)]
        assert answers == [200, 429], "few clauses may have as many letters"
    settings.PAGE_CACHE = True
    cache.clear()
    assert [Client().get("/laws/draft/old.md").status_code for _time in range(3)] == [200] * 3, "one is made, and kept"
