"""Notes to oneself: kept for one person, seen by nobody else, in no file and no log."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcompare.annotations import own_notes
from lawcompare.annotations.models import OwnNote
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.laws.models import Origin
from tests.conftest import OLD_DRAFT

pytestmark = pytest.mark.django_db
PATH = "/laws/draft/new/chp_1__art_3/"
WORDS = "Ask Dara about the second paragraph."


def write(client: Client, words: str, seen: int = 0, path: str = PATH):
    return client.post(f"{path}own-note/", {"body": words, "seen": seen})


def test_a_note_is_written_changed_and_deleted_where_the_clause_stands(drafts, alice):
    assert reverse("own_note", args=["draft", "new", "chp_1__art_3"]) in alice.get(PATH).content.decode()
    answer = write(alice, WORDS)
    assert answer.headers["Location"] == f"{PATH}#own-note"
    page = alice.get(PATH).content.decode()
    assert WORDS in page and 'id="own-note"' in page
    assert WORDS in alice.get(f"{PATH}own-note/").content.decode()
    write(alice, "Dara has answered.", seen=1)
    page = alice.get("/workspace/own-notes/").content.decode()
    assert "Dara has answered." in page and WORDS not in page and f"{PATH}#own-note" in page
    write(alice, "  ", seen=2)
    assert not OwnNote.objects.exists() and "own-note" in alice.get(PATH).content.decode()


def test_nobody_else_reads_it_in_whatever_role(client, cast, drafts):
    own_notes.write_own_note(cast.alice, drafts[1].clauses.get(eid="chp_1__art_3"), WORDS, 0)
    number = OwnNote.objects.get().pk
    paths = (PATH, f"{PATH}own-note/", "/workspace/own-notes/", "/workspace/", "/laws/draft/new/", "/annotations/")
    for place, other in enumerate([None, "bob", "rita", "eve", "adam", "charlie", "sara"]):
        if other is not None:
            client.force_login(getattr(cast, other))
        assert not [path for path in paths if WORDS in client.get(path).content.decode()], other
        answer = client.post(f"/workspace/own-notes/{seal(number, 'ownnote')}/delete/")
        assert answer.status_code == (404 if other else 302) and OwnNote.objects.count() == max(place, 1), other
        if other is not None:  # theirs is another one
            write(client, "Mine.")
            assert OwnNote.objects.get(pk=number).body == WORDS and OwnNote.objects.count() == place + 1


def test_it_stands_in_no_log_and_no_file_and_changes_no_public_page(drafts, alice):
    before = Entry.objects.count()
    visitor = Client()
    page = visitor.get(PATH).content
    write(alice, WORDS)
    write(alice, WORDS + WORDS, seen=1)
    alice.post(f"/workspace/own-notes/{seal(OwnNote.objects.get().pk, 'ownnote')}/delete/")
    assert Entry.objects.count() == before
    write(alice, WORDS)
    assert visitor.get(PATH).content == page
    for path in ("/annotations.csv", "/annotations.jsonld", f"{PATH.rstrip('/')}.json", "/laws/draft/new.json"):
        assert WORDS.encode() not in alice.get(path).content


def test_of_two_windows_the_second_is_told_and_loses_nothing(drafts, alice):
    write(alice, WORDS)
    answer = write(alice, "Written in a second window.")
    page = answer.content.decode()
    assert answer.status_code == 409 and WORDS in page and "Written in a second window." in page
    assert 'name="seen" value="1"' in page and OwnNote.objects.get().body == WORDS
    write(alice, "Written in a second window.", seen=1)
    answer = write(alice, "Too late.", seen=1)
    assert answer.status_code == 409 and OwnNote.objects.get().body == "Written in a second window."


def test_what_cannot_be_stored_is_refused_and_nothing_is_written(drafts, alice, subtests):
    for data in [{"body": "x " * 5_001, "seen": "0"}, {"body": "x", "seen": "z"}, {"body": "x"}]:
        with subtests.test(data=data):
            assert alice.post(f"{PATH}own-note/", data).status_code == 400
            assert not OwnNote.objects.exists()


def test_there_are_only_so_many(drafts, monkeypatch, alice):
    monkeypatch.setattr(own_notes, "NOTES_MAX", 1)
    write(alice, WORDS)
    answer = write(alice, WORDS, path="/laws/draft/new/chp_1__art_1/")
    assert answer.status_code == 400 and "delete some first" in answer.content.decode()
    assert OwnNote.objects.count() == 1


def test_a_text_that_may_not_be_read_any_more_is_not_named_and_the_words_stay(client, cast, store, drafts):
    hidden = store(OLD_DRAFT, "quiet-law", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    client.force_login(cast.charlie)
    path = f"/laws/{hidden.law.slug}/{hidden.slug}/chp_1__art_1/"
    assert write(client, WORDS, path=path).status_code == 404  # of another organisation
    client.force_login(cast.eve)
    assert write(client, WORDS, path=path).status_code == 302
    assert hidden.slug in client.get("/workspace/own-notes/").content.decode()
    Origin.objects.all().delete()
    page = client.get("/workspace/own-notes/").content.decode()
    assert WORDS in page and hidden.slug not in page and "can no longer read" in page
    hidden.delete()
    assert WORDS in client.get("/workspace/own-notes/").content.decode()


def test_the_list_takes_as_many_queries_for_many_notes_as_for_one(cast, drafts, alice):
    clauses, counts = list(drafts[1].clauses.all()), []
    for some in (clauses[:1], clauses[1:]):
        for clause in some:
            own_notes.write_own_note(cast.alice, clause, WORDS, 0)
        alice.get("/workspace/own-notes/")
        with CaptureQueriesContext(connection) as asked:
            alice.get("/workspace/own-notes/")
        counts.append(len(asked))
    assert counts[0] == counts[1] and len(clauses) > 3
