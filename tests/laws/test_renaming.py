"""Other names for laws and versions: the old addresses lead to the new ones, of whatever page."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from lawcompare.core.models import Entry
from lawcompare.laws.models import FormerAddress, Version
from tests.conftest import NEW_DRAFT

pytestmark = pytest.mark.django_db
CLAUSE = "chp_1__art_3"


def leads(client, old, new):
    answer = client.get(old)
    assert answer.status_code == 301, old
    assert answer["Location"] == new
    assert client.get(new).status_code == 200


def test_the_old_addresses_of_a_law_lead_to_the_new_ones(client, drafts):
    call_command("rename_law", "draft", "lantern-act")
    for old, new in {
        "/laws/draft/": "/laws/lantern-act/",
        "/laws/draft/new/?page=1": "/laws/lantern-act/new/?page=1",
        f"/laws/draft/new/{CLAUSE}/": f"/laws/lantern-act/new/{CLAUSE}/",
        "/laws/draft/new.json": "/laws/lantern-act/new.json",
        "/laws/draft/new.akn.xml": "/laws/lantern-act/new.akn.xml",
        "/km/laws/draft/new/": "/km/laws/lantern-act/new/",
        "/feeds/laws/draft.atom": "/feeds/laws/lantern-act.atom",
        "/compare/draft/old/with/draft/new/?show=all": "/compare/lantern-act/old/with/lantern-act/new/?show=all",
        "/compare/draft/old/with/draft/new.json": "/compare/lantern-act/old/with/lantern-act/new.json",
    }.items():
        leads(client, old, new)


def test_the_old_addresses_of_a_version_lead_to_the_new_ones_and_its_text_stays(client, drafts):
    _old, new = drafts
    before = new.text_hash
    call_command("rename_version", "draft/new", "2020-08")
    leads(client, f"/laws/draft/new/{CLAUSE}/", f"/laws/draft/2020-08/{CLAUSE}/")
    leads(client, "/compare/draft/old/with/draft/new/", "/compare/draft/old/with/draft/2020-08/")
    pinned = f"/laws/draft/new/{CLAUSE}/?text={before[:12]}"
    leads(client, pinned, f"/laws/draft/2020-08/{CLAUSE}/?text={before[:12]}")
    assert Version.objects.get(slug="2020-08").text_hash == before


def test_names_that_changed_twice_lead_to_the_last_at_once(client, drafts):
    call_command("rename_law", "draft", "second")
    call_command("rename_version", "second/new", "n2")
    call_command("rename_law", "second", "third")
    call_command("rename_version", "third/n2", "n3")
    leads(client, "/laws/draft/new/", "/laws/third/n3/")
    leads(client, "/laws/second/n2/", "/laws/third/n3/")
    assert Entry.objects.filter(action__endswith="-renamed").count() == 4


def test_a_name_may_be_taken_back_by_its_owner_alone(client, drafts, store):
    call_command("rename_law", "draft", "other")
    call_command("rename_law", "other", "draft")
    assert client.get("/laws/draft/").status_code == 200
    leads(client, "/laws/other/", "/laws/draft/")
    store(NEW_DRAFT, "x", law="elsewhere")
    with pytest.raises(CommandError, match="must go on doing so"):
        call_command("rename_law", "elsewhere", "other")
    call_command("rename_version", "draft/new", "n2")
    with pytest.raises(CommandError, match="must go on doing so"):
        call_command("rename_version", "draft/old", "new")
    call_command("rename_version", "draft/n2", "new")
    assert client.get("/laws/draft/new/").status_code == 200


@pytest.mark.parametrize(
    ("command", "old", "new", "sentence"),
    [
        ("rename_law", "none", "x", "no law none"),
        ("rename_law", "draft", "a b", "letters, digits"),
        ("rename_law", "draft", "x" * 81, "letters, digits"),
        ("rename_law", "draft", "draft", "already"),
        ("rename_version", "draft/none", "x", "no version"),
        ("rename_version", "draft/new", "old", "already"),
        ("rename_version", "draft/new", "../x", "letters, digits"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused_with_a_sentence(drafts, command, old, new, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command(command, old, new)
    assert refused.value.returncode == 2
    assert not FormerAddress.objects.exists()


def test_what_was_never_here_and_what_is_not_public_leads_nowhere(client, store):
    store(NEW_DRAFT, "new", law="hidden", published=False)
    call_command("rename_law", "hidden", "still-hidden")
    assert client.get("/laws/hidden/").status_code == 404
    assert client.get("/laws/never/").status_code == 404
    assert client.post("/laws/hidden/").status_code in {404, 405}


@pytest.mark.both_databases
def test_the_database_refuses_a_new_name_to_which_the_old_one_does_not_lead(drafts):
    _old, new = drafts
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Version.objects.filter(pk=new.pk).update(slug="other")
    FormerAddress.objects.create(slug="new", law=new.law, version=new)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Version.objects.filter(pk=new.pk).update(slug="other", title="Other words")
    Version.objects.filter(pk=new.pk).update(slug="other")
