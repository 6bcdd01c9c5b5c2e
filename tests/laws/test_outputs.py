"""A version in other forms; what can be read again is the same again."""

from __future__ import annotations

import pytest
from lxml import etree

from lawcompare.laws.models import Clause, Law, Version
from lawcompare.laws.services import Import, import_law
from tests.conftest import NEW_DRAFT, ROOT
from tests.engine.test_write_akn import needs_schema, schema

pytestmark = pytest.mark.django_db
# A translation is imported beside what it translates, and that is tried in test_translations.
LAWS = [path for path in sorted((ROOT / "fixtures" / "laws").glob("*/*.md")) if "\ntranslates:" not in path.read_text()]


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
@pytest.mark.parametrize("path", LAWS[:4], ids=lambda path: path.stem)
def test_the_akoma_ntoso_is_valid(client, path, cast):
    version = import_law(Import(path.read_bytes(), path.name)).version
    client.force_login(cast.sara)
    answer = client.get(f"/laws/{version.law.slug}/{version.slug}.akn.xml")
    assert answer["Content-Type"] == "application/akn+xml"
    schema().assertValid(etree.fromstring(answer.content))
    again = import_law(Import(answer.content, "x.akn", law="again", version="1", metadata={"kind": "draft"} | _where()))
    assert [row[0] for row in _facts(again.version)] == [row[0] for row in _facts(version)]


def _where():
    return {"jurisdiction": "kh"}


def test_plain_text_says_what_it_is(client, store):
    store(NEW_DRAFT, "new")
    answer = client.get("/laws/draft/new.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    words = answer.content.decode()
    assert words.startswith("draft new\nRestated in our own words\n2020\nhttps://example.org/draft\n")
    assert "  (1) The fine is from 100,000 riel to 10,000,000 riel." in words


@pytest.mark.parametrize("suffix", ["md", "akn.xml", "txt", "json"])
def test_a_text_in_preparation_has_no_other_form(client, store, suffix):
    store(NEW_DRAFT, "new", published=False)
    assert client.get(f"/laws/draft/new.{suffix}").status_code == 404
    assert client.get(f"/laws/draft/none.{suffix}").status_code == 404


def test_the_page_names_its_other_forms(client, store):
    store(NEW_DRAFT, "new")
    page = client.get("/laws/draft/new/").content.decode()
    for suffix in ("md", "akn.xml", "txt", "json"):
        assert f'href="/laws/draft/new.{suffix}"' in page
