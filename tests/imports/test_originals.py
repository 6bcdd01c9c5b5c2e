"""Uploaded files: encrypted where they lie, opened by few, and each opening in the log."""

import hashlib
import os
import re
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.core.page_cache.content_token import current_token, set_triggers
from lawcompare.imports import corrections
from lawcompare.imports.corrections import start_correcting
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.storing.services import ask_to_store, save_details
from lawcompare.imports.upload.services import discard, read_again, take_in
from lawcompare.laws.models import Original, Version
from lawcompare.laws.uploads import originals
from tests.conftest import OLD_DRAFT, ROOT
from tests.imports.conftest import DETAILS, LAW

pytestmark = pytest.mark.django_db
OTHER_KEY = "another key, as long as a key has to be to be one"


def openings():
    return list(Entry.objects.filter(action="open original").order_by("number").values_list("actor", "organisation"))


@pytest.mark.both_databases
def test_what_lies_in_the_database_is_encrypted(hand_in):
    draft = hand_in()
    assert Original.objects.count() == 2  # the file, and what was read from it
    for original in Original.objects.all():
        assert b"Article" not in bytes(original.data) and b"Illegal access" not in bytes(original.data)
    assert originals.get(draft.original) == LAW.encode()


def test_the_same_bytes_are_never_encrypted_to_the_same_bytes():
    digest = originals.put(b"the same", None)
    first = bytes(Original.objects.get().data)
    originals.remove(digest)
    originals.put(b"the same", None)
    assert bytes(Original.objects.get().data) != first


def test_bytes_changed_or_put_under_another_digest_do_not_open(hand_in):
    draft = hand_in()
    other = Original.objects.exclude(digest=draft.original).get()
    Original.objects.filter(digest=draft.original).update(data=bytes(other.data))
    with pytest.raises(originals.OriginalClosed):
        originals.get(draft.original)
    Original.objects.all().delete()
    digest = originals.put(b"as it was", None)
    data = bytearray(Original.objects.get().data)
    data[20] ^= 1
    Original.objects.update(data=bytes(data))
    with pytest.raises(originals.OriginalClosed):
        originals.get(digest)


def test_an_editor_of_the_organisation_gets_the_file_under_a_name_that_tells_nothing(editor, cast, hand_in):
    draft = hand_in(name="from-sok-dara.txt")
    answer = editor.post(f"{draft.get_absolute_url()}original/")
    assert answer.content == LAW.encode()
    assert answer["Content-Disposition"] == f'attachment; filename="import-{seal(draft.pk, "importdraft")[:8]}.txt"'
    assert answer["Cache-Control"] == "private, no-store" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    # Once by the program, to read it, and once by Eve.
    assert openings() == [(None, "centre"), (cast.eve.pk, "centre")]


def test_nobody_else_opens_it_and_nothing_is_logged(client, cast, hand_in):
    draft = hand_in()
    for who in ("alice", "rita", "charlie", "bob", "sara"):
        client.force_login(getattr(cast, who))
        assert client.post(f"{draft.get_absolute_url()}original/").status_code in {403, 404}, who
    assert openings() == [(None, "centre")]


def test_who_corrects_a_text_of_others_does_not_get_their_file(editor, cast, store):
    version = store(OLD_DRAFT)
    originals.put(OLD_DRAFT.encode(), None)
    Original.objects.update(digest=version.file_hash)
    draft = start_correcting(cast.eve, version)
    assert editor.post(f"{draft.get_absolute_url()}original/").status_code == 404
    assert openings() == []


def test_without_the_key_every_page_says_so_in_a_sentence(editor, hand_in, settings):
    draft = hand_in()
    save_details(draft.creator, draft, DETAILS)
    settings.ORIGINALS_KEY = OTHER_KEY
    corrections.forget()
    here = draft.get_absolute_url()
    for answer in (editor.get(here), editor.get(f"{here}preview/"), editor.post(f"{here}original/")):
        assert answer.status_code == 503
        assert "encrypted with a key that this site does not have" in answer.content.decode()


def test_a_file_that_cannot_be_opened_fails_to_be_read_with_the_reason(
    hand_in, settings, django_capture_on_commit_callbacks
):
    draft = hand_in("Dear friend.")
    settings.ORIGINALS_KEY = OTHER_KEY
    with django_capture_on_commit_callbacks(execute=True):
        read_again(draft.creator, draft)
    draft.refresh_from_db()
    assert draft.state == "failed" and "encrypted with a key that this site does not have" in draft.job.reason


@pytest.mark.both_databases
def test_a_key_is_changed_without_losing_a_file(hand_in, settings, capsys, cast):
    draft = hand_in()
    settings.ORIGINALS_KEYS_OLD, settings.ORIGINALS_KEY = [settings.ORIGINALS_KEY], OTHER_KEY
    assert originals.get(draft.original) == LAW.encode()
    assert take_in(cast.eve, LAW.encode(), "again.txt") == (draft, False), "it is known again"
    call_command("reencrypt_originals")
    assert capsys.readouterr().out.strip() == "Encrypted with today's key: 2"
    settings.ORIGINALS_KEYS_OLD = []
    assert originals.get(draft.original) == LAW.encode()
    call_command("reencrypt_originals")
    assert capsys.readouterr().out.strip() == "Encrypted with today's key: 0"


def test_a_lost_key_is_said_by_the_command_and_by_readyz(hand_in, settings, client):
    hand_in()
    settings.ORIGINALS_KEY = OTHER_KEY
    with pytest.raises(CommandError, match="2 are encrypted with a key") as refused:
        call_command("reencrypt_originals")
    assert refused.value.returncode == 2
    assert "uploaded files are encrypted" in client.get("/readyz").json()["checks"]["originals"]


def test_a_production_site_does_not_start_with_a_short_key(tmp_path):
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment = {
        "SECRET_KEY": "x" * 60,
        "ORIGINALS_KEY": "short",
        "DATA_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "example.org",
    }
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "at least 32 characters" in done.stderr


def test_an_embedded_site_makes_its_key_once_and_keeps_it_to_itself(settings):
    path = settings.DATA_DIR / "originals-key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().strip() == settings.ORIGINALS_KEY


def test_a_fingerprint_of_a_file_is_shown_nowhere_and_stored_nowhere(
    client, cast, hand_in, django_capture_on_commit_callbacks
):
    """Copies of the same words differ in it: it would tell whoever has one whose copy was passed on."""
    draft = hand_in(LAW)
    details = DETAILS | {"law": "lamps", "version": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_store(cast.eve, draft, details, is_public=True, unchecked_is_known=True)
    version = Version.objects.published().get()
    plain = hashlib.sha256(LAW.encode()).hexdigest()
    stored = [version.file_hash, draft.original, *Original.objects.values_list("digest", flat=True)]
    assert draft.original == version.file_hash and plain not in stored
    for tail in ("/", ".json", ".akn.xml", ".md"):
        words = client.get(f"/laws/lamps/1{tail}").content.decode()
        assert "Illegal access" in words and not [one for one in (plain, *stored) if one in words], tail
    for address in ("/laws/lamps/1/", "/laws/lamps/1.json", "/api/v1/laws/lamps/1"):
        words = client.get(address).content.decode()
        assert version.text_hash in words and not [one for one in (plain, *stored) if one in words], address


def test_neither_answer_nor_work_tells_that_another_organisation_has_the_file(
    client, cast, hand_in, monkeypatch, django_capture_on_commit_callbacks
):
    """Copies with the same words differ in their fields: whoever learns which of them is here knows whose it was."""
    nobodys, first, private, public = (f"{LAW}\nCopy {number}." for number in range(1, 5))
    kept, published = hand_in(private), hand_in(public)
    with django_capture_on_commit_callbacks(execute=True):
        details = DETAILS | {"law": "lamps", "version": "1"}
        ask_to_store(cast.eve, published, details, is_public=True, unchecked_is_known=True)
    cast.charlie.memberships.update(role="editor")
    client.force_login(cast.charlie)
    encrypt, encrypted = originals._encrypt, []
    monkeypatch.setattr(originals, "_encrypt", lambda data: encrypted.append(1) or encrypt(data))

    def hand_in_as_other(text: str, other: str):
        """What is answered and how much is done: of the file alone, and of it beside another, once it was discarded."""
        files = {"copy.txt": text, "other.txt": other}
        answers, rows = [], [Original.objects.count()]
        encrypted.clear()
        for names in (["copy.txt"], list(files)):
            uploads = [SimpleUploadedFile(name, files[name].encode()) for name in names]
            with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
                answer = client.post("/workspace/imports/", {"files": uploads}, follow=True)
            random = r'token" value="\w+|(?<=/)[\w-]{32}(?=/)|import-[\w-]{8}|\d+|nonce=\S+'
            words = re.sub(random, "", answer.content.decode())
            answers.append((answer.status_code, len(answer.redirect_chain), words, len(encrypted), len(queries)))
            rows.append(Original.objects.count())
            for draft in ImportDraft.objects.filter(organisation=cast.others):
                discard(cast.charlie, draft)
            rows.append(Original.objects.count())
        return answers, [count - rows[0] for count in rows]

    hand_in_as_other(first, "Article 1. A\nB.")  # what is loaded once is loaded now
    expected = hand_in_as_other(nobodys, "Article 2. A\nB.")
    assert hand_in_as_other(private, "Article 3. A\nB.") == expected
    assert hand_in_as_other(public, "Article 4. A\nB.") == expected
    for draft, text in ((kept, private), (published, public)):
        assert originals.get(draft.original) == text.encode(), "what one organisation discards the other one keeps"


@pytest.mark.verify
def test_nothing_a_visitor_or_another_editor_meets_tells_how_far_a_private_copy_is(
    client, cast, hand_in, drafts, monkeypatch, django_capture_on_commit_callbacks
):
    """Answers, their sizes, the work done for them, and the token of the public content, after each state of a copy."""
    set_triggers()
    new = drafts[1]
    cast.charlie.memberships.update(role="editor")
    encrypt, encrypted = originals._encrypt, []
    monkeypatch.setattr(originals, "_encrypt", lambda data: encrypted.append(1) or encrypt(data))
    paths = ["/", "/laws/", "/laws/draft/", "/laws/draft/new/", "/laws/draft/new.json", "/search/?q=computer",
             "/topics/", "/compare/?old=draft/old&new=draft/new",
             "/annotations/", "/feeds/laws/draft.atom", "/sitemap.xml",
             "/api/v1/laws", "/workspace/", "/workspace/jobs/", "/workspace/imports/", "/workspace/log/"]  # fmt: skip

    def met() -> list[tuple[object, ...]]:
        before = transaction.savepoint_create()
        client.logout()
        found: list[tuple[object, ...]] = [(current_token(),)]
        for person in (None, cast.charlie):
            if person:
                client.force_login(person)
            for path in paths:
                cache.clear()
                with CaptureQueriesContext(connection) as queries:
                    answer = client.get(path)
                words = re.sub(r'nonce="[^"]+"|csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
                found.append(
                    (path, answer.status_code, words, len([one for one in queries if "session" not in one["sql"]]))
                )
        encrypted.clear()
        files = {"files": [SimpleUploadedFile("copy.txt", LAW.encode())]}
        with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/workspace/imports/", files)
        found.append((answer.status_code, len(encrypted), len(queries)))
        transaction.savepoint_rollback(before)
        return found

    def check(state: str) -> None:
        for now, before in zip(met(), expected, strict=True):
            assert now == before, state

    met()  # what is loaded once is loaded now
    expected = met()
    with django_capture_on_commit_callbacks(execute=False):
        waiting, _is_new = take_in(cast.eve, f"{LAW}\nOne more.".encode(), "waiting.txt")
    check("handed in")
    draft = hand_in(LAW)
    check("read")
    with django_capture_on_commit_callbacks(execute=True):
        ask_to_store(
            cast.eve, draft, DETAILS | {"law": "draft", "version": "leak"}, is_public=False, unchecked_is_known=True
        )
    version = Version.objects.get(published_at=None)
    check("stored and examined")
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(new, version)
    check("compared")
    note = Annotation(body="It is vague.", risk=3)
    set_target(note, version.clauses.exclude(text="").first(), "")
    annotating.write_annotation(cast.alice, note, {})
    annotating.submit_annotation(cast.alice, note)
    check("annotated")
    discard(cast.eve, waiting)
    check("discarded")
