"""Handing in a file: read apart, shown beside its source, refused in a sentence, stored once; and tracked changes."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote

import docx
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.jobs.runner import run_now, sweep
from lawcompare.engine.sandbox.box import SECCOMP
from lawcompare.imports import corrections
from lawcompare.imports.models import DraftState, ImportBatch, ImportDraft
from lawcompare.imports.storing.services import ask_to_store
from lawcompare.imports.upload import reading
from lawcompare.imports.upload.services import NAMES_KEPT, discard, forget_names
from lawcompare.laws.models import Original, Version
from lawcompare.laws.uploads import originals, sandbox
from tests.engine.test_read_pdf import Print
from tests.engine.test_tracked_changes import gone, ins, law, par, run
from tests.imports.conftest import DETAILS, LAW
from tests.imports.files import ARTICLES, khmer_docx

pytestmark = pytest.mark.django_db
IMPORTS = "/workspace/imports/"


def upload(editor, *files: tuple[str, bytes], **fields: str):
    return editor.post(IMPORTS, {"files": [SimpleUploadedFile(*file) for file in files], **fields})


@pytest.fixture
def reads(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_khmer_word_file_is_read_and_shown_beside_its_lines(editor, reads):
    with reads():
        response = upload(editor, ("ព្រាង.docx", khmer_docx()))
    draft = ImportDraft.objects.get()
    assert response.status_code == 302 and response["Location"].startswith(draft.get_absolute_url())
    assert (draft.state, draft.clause_count, draft.warning_count) == (DraftState.READY, ARTICLES, 0)
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "មាត្រា ៥០" in html and 'id="l-101"' in html
    assert "Somebody Whose Name" not in html


def test_each_warning_stands_at_its_line_and_is_listed(editor, hand_in):
    draft = hand_in()
    assert draft.unchecked_count == 2
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert html.count('class="reader-warning"') == 2
    assert 'href="#w-0"' in html and "skipped number" in html and "heading without text" in html
    assert html.index('id="l-6"') < html.index('id="w-0"') < html.index('id="l-8"')


def locked_docx() -> bytes:
    """As Word writes a file with a password: no ZIP but an old container with the packed file inside."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)


def old_font_pdf() -> bytes:
    printed = Print(fonts={"plain": "Khek-Basic"})
    printed.put(60, 700, "maRta 427>- karlukluyeTAkn")
    return printed.data()


OLD_FONT = "maRtaTI 1 .- eKalbMNg c,ab;enHmaneKalbMNgkMNt; GMBIbTelµIs nigeTas EdnGnuvtþ bTbBaØtiénc,ab;enHRtUv"


def old_font_docx() -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(OLD_FONT).runs[0].font.name = "Khek Basic"
    document.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("name", "make", "sentence"), [
    ("law.pdf", lambda: Print(encrypted=True).data(), "locked with a password"),
    ("law.docx", locked_docx, "locked with a password"),
    ("law.pdf", lambda: Print().data(), "none could be recognised"),
    ("law.pdf", old_font_pdf, "none could be recognised"),
    ("law.docx", old_font_docx, "old Khmer font that is not Unicode"),
    ("law.md", lambda: f"# {OLD_FONT}".encode(), "old Khmer font that is not Unicode"),
    ("law.pdf", khmer_docx, "is called .pdf but holds a Word file"),
    ("law.docx", LAW.encode, "is called .docx but does not hold a Word file"),
    ("law.doc", lambda: b"\xd0\xcf\x11\xe0 and so on", "is no extension of a law file"),
    ("law", lambda: b"\xff\xd8\xff\xe0 a picture \x00\x01\x02", ""),
])  # fmt: skip
def test_a_file_that_is_no_text_of_a_law_is_one_sentence_and_no_text(editor, reads, monkeypatch, name, make, sentence):
    monkeypatch.setenv("RECOGNISER", "tests.engine.test_read_pdf:Blind")
    with reads():
        response = upload(editor, (name, make()))
    draft = ImportDraft.objects.first()
    page = draft.job.reason if draft else response.content.decode()
    assert sentence in page and not Version.objects.exists()
    if draft:
        assert draft.state == DraftState.FAILED and page and "\n" not in page.strip() and "Traceback" not in page
        assert (draft.reading, draft.clause_count) == ("", 0)
        html = editor.get(draft.get_absolute_url()).content.decode()
        assert "The file could not be read" in html and "Discard" in html
        editor.post(f"{draft.get_absolute_url()}discard/")
    assert not Original.objects.exists()


def test_the_same_file_again_is_shown_and_not_stored_twice(editor, hand_in, store):
    draft = hand_in()
    response = upload(editor, ("other-name.txt", LAW.encode()))
    assert response["Location"].startswith(draft.get_absolute_url())
    assert ImportDraft.objects.count() == 1
    assert Original.objects.filter(digest=draft.original).count() == 1


def test_the_file_of_another_organisation_is_not_betrayed(client, editor, hand_in, cast, reads):
    hand_in()
    cast.charlie.memberships.update(role="editor")
    client.force_login(cast.charlie)
    with reads():
        upload(client, ("mine.txt", LAW.encode()))
    assert ImportDraft.objects.filter(organisation=cast.others).count() == 1
    theirs = ImportDraft.objects.get(organisation=cast.centre)
    assert client.get(theirs.get_absolute_url()).status_code == 404
    assert client.post(f"{theirs.get_absolute_url()}correct/", {"target": "c0"}).status_code == 404
    assert "draft.txt" not in client.get(IMPORTS).content.decode()


@pytest.mark.parametrize("who", ["alice", "rita", "bob"])
def test_who_is_no_editor_has_no_desk(client, cast, who):
    client.force_login(getattr(cast, who))
    assert client.get(IMPORTS).status_code == 403


def test_who_is_signed_out_comes_back_to_the_page_and_not_to_where_it_posted(client, hand_in):
    draft = hand_in()
    response = client.post(f"{draft.get_absolute_url()}correct/", {"target": "c0", "kind": "words"})
    assert response.status_code == 302
    assert unquote(response["Location"]).endswith(f"?next={draft.get_absolute_url()}?correct=c0"), "its form open"
    part = client.post(f"{draft.get_absolute_url()}here/", headers={"HX-Request": "true"})
    assert part.status_code == 200 and "signed out" in part.content.decode()


REFUSED_AT_ONCE = {
    "no file": [],
    "an empty file": [("a.txt", b"")],
    "only white space": [("a.txt", b" \n\n")],
    "a wrong extension": [("a.exe", b"MZ")],
}


@pytest.mark.parametrize("files", REFUSED_AT_ONCE.values(), ids=REFUSED_AT_ONCE)
def test_what_need_not_be_opened_is_refused_at_once_and_nothing_is_stored(editor, files):
    response = upload(editor, *files)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert not ImportDraft.objects.exists() and not Original.objects.exists()


def test_a_file_over_the_limit_is_refused(editor, settings):
    settings.IMPORT_BYTES_MAX = 100
    assert "larger than the limit" in upload(editor, ("a.txt", LAW.encode())).content.decode()
    assert not Original.objects.exists()


FAILED_IN_READING = {
    "no law": ("a.txt", b"Dear friend, the weather is fine.", "no article, section or numbered clause"),
    "a Word file that is none": ("a.docx", LAW.encode(), "does not hold a Word file"),
    "a broken PDF": ("a.pdf", b"%PDF-1.7 and nothing of use", "cannot be opened"),
    "a page that expands": (
        "a.xml",
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        b'<uscDoc xmlns="http://xml.house.gov/schemas/uslm/1.0">&b;</uscDoc>',
        "",
    ),
}


@pytest.mark.parametrize(("name", "data", "sentence"), FAILED_IN_READING.values(), ids=FAILED_IN_READING)
def test_what_cannot_be_read_says_why_and_can_be_read_again_or_thrown_away(
    editor, hand_in, reads, name, data, sentence
):
    draft = hand_in(data, name)
    assert draft.state == DraftState.FAILED and sentence in draft.job.reason and "\n" not in draft.job.reason
    html = editor.get(draft.get_absolute_url()).content.decode()
    assert "Read it again" in html
    with reads():
        editor.post(f"{draft.get_absolute_url()}again/", {"language": "km"})
    draft.refresh_from_db()
    assert (draft.state, draft.language) == (DraftState.FAILED, "km")
    editor.post(f"{draft.get_absolute_url()}discard/")
    assert not ImportDraft.objects.exists() and not Original.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>bold</b>.txt", "b&gt;.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\secret\\plan.txt", "plan.txt"),
        ("line\nbreak\x00.txt", "linebreak.txt"),
    ],
)
def test_a_name_full_of_tricks_is_only_a_name(editor, hand_in, name, shown):
    hand_in(name=name)
    html = editor.get(IMPORTS).content.decode()
    assert shown in html
    assert "<b>bold" not in html and "secret" not in html and "etc/" not in html


def test_a_reading_whose_worker_died_is_taken_up_again(editor, hand_in, reads):
    draft = hand_in()
    long_ago = timezone.now() - SILENCE_MAX * 2
    Job.objects.filter(kind="reading").update(state=JobState.RUNNING, heartbeat=long_ago, attempts=1)
    ImportDraft.objects.update(reading="")
    assert "interrupted" in editor.get(draft.get_absolute_url()).content.decode()
    with reads():
        assert sweep()["reading"] == 1
    draft.refresh_from_db()
    assert draft.state == DraftState.READY


def test_a_reading_that_ends_its_worker_each_time_is_given_up(hand_in):
    draft = hand_in()
    Job.objects.filter(kind="reading").update(
        state=JobState.RUNNING, heartbeat=timezone.now() - SILENCE_MAX * 2, attempts=3
    )
    ImportDraft.objects.update(reading="")
    sweep()
    draft.refresh_from_db()
    assert draft.state == DraftState.FAILED and "3 times" in draft.job.reason


def test_a_worker_that_lost_its_claim_writes_nothing(hand_in, monkeypatch):
    draft = hand_in()
    Job.objects.filter(kind="reading").update(state=JobState.QUEUED, attempts=0)
    ImportDraft.objects.update(title="")

    def overtaken(wanted, progress, _keep_image, _pages):
        Job.objects.filter(kind="reading").update(attempts=9)
        progress("pages", 1, 2)
        raise AssertionError("the claim was lost")

    monkeypatch.setattr(reading, "read_file", overtaken)
    run_now(draft.job)
    draft.refresh_from_db()
    assert (draft.job.attempts, draft.title, draft.job.reason) == (9, "", "")


def test_a_reader_that_breaks_down_is_one_sentence(hand_in, monkeypatch, settings):
    settings.READER_SANDBOX = True
    monkeypatch.setattr("lawcompare.laws.uploads.sandbox.READER", ["false"])
    draft = hand_in()
    assert draft.state == DraftState.FAILED and "broke down" in draft.job.reason


def zipped(**files: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return data.getvalue()


@pytest.mark.both_databases
def test_a_zip_is_imported_in_one_go_with_what_became_of_each(editor, reads, hand_in):
    known = hand_in(LAW.replace("180", "90"))
    data = zipped(
        one_txt=LAW.encode(),
        folder__two_txt=LAW.replace("180", "360").encode(),
        known_txt=LAW.replace("180", "90").encode(),
        inner_zip=zipped(a_txt=b"x"),
        virus_exe=b"MZ",
        letter_txt=b"Dear friend.",
    )
    with reads():
        response = upload(editor, ("laws.zip", data))
    batch = ImportBatch.objects.get()
    assert response["Location"].startswith(batch.get_absolute_url())
    assert {draft.name: draft.state for draft in batch.drafts.all()} == {
        "one.txt": DraftState.READY,
        "two.txt": DraftState.READY,
        "letter.txt": DraftState.FAILED,
    }
    others = {one["name"]: one for one in batch.others}
    assert set(others) == {"known.txt", "inner.zip", "virus.exe"}
    assert others["known.txt"]["draft"] == known.pk
    html = editor.get(batch.get_absolute_url()).content.decode()
    assert "is no extension of a law file" in html and "not stored again" in html


def test_several_files_are_one_batch(editor, reads):
    with reads():
        upload(editor, ("one.txt", LAW.encode()), ("two.txt", b""))
    batch = ImportBatch.objects.get()
    assert batch.drafts.count() == 1 and "empty" in batch.others[0]["reason"]


@pytest.mark.both_databases
def test_names_of_files_that_became_nothing_are_forgotten_after_a_day(editor, reads):
    with reads():
        upload(
            editor, ("one.txt", LAW.encode()), ("from-sok-dara.exe", b"MZ"), ("letter. by sok dara", b"Dear friend.")
        )
    batch = ImportBatch.objects.get()
    assert [other["reason"].partition(" is no")[0] for other in batch.others] == [".exe", "what the name ends in"]
    forget_names(None, None)
    assert "from-sok-dara.exe" in editor.get(batch.get_absolute_url()).content.decode()
    ImportBatch.objects.update(created_at=timezone.now() - NAMES_KEPT)
    forget_names(None, None)
    html = editor.get(batch.get_absolute_url()).content.decode()
    assert "dara" not in html and "one.txt" in html
    batch.drafts.all().delete()
    assert "are deleted after a day" in editor.get(batch.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("data", "limit", "sentence"),
    [
        (b"PK\x03\x04 broken", None, "is no ZIP, or is broken"),
        (zipped(), None, "holds no file"),
        (zipped(a_txt=b"a", b_txt=b"b"), {"IMPORT_FILES_MAX": 1}, "more than the 1 allowed"),
        (zipped(a_txt=b"a" * 500), {"IMPORT_BYTES_MAX": 100}, "unpacks to more than the limit"),
        (zipped(bomb_txt=b"0" * 5_000_000), None, "packed more tightly"),
    ],
)
def test_a_zip_that_would_do_harm_is_refused(editor, settings, data, limit, sentence):
    for name, value in (limit or {}).items():
        setattr(settings, name, value)
    upload(editor, ("laws.zip", data))
    assert sentence in ImportBatch.objects.get().others[0]["reason"]
    assert not ImportDraft.objects.exists()


def test_a_folder_is_imported_by_a_command(cast, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.txt").write_text(LAW)
    (tmp_path / "two.exe").write_bytes(b"MZ")
    (tmp_path / ".hidden").write_text("x")
    output = io.StringIO()
    call_command("import_folder", str(tmp_path), "--editor", cast.eve.email, stdout=output)
    assert output.getvalue().splitlines()[0] == "one.txt: read, 4 clauses, 2 warnings"
    assert output.getvalue().splitlines()[1].startswith("two.exe: refused: .exe is no extension")
    assert len(output.getvalue().splitlines()) == 2


@pytest.mark.parametrize(
    ("path", "who", "sentence"),
    [("nowhere.zip", "eve@example.org", "No such file"), (".", "nobody@example.org", "there is nobody")],
)
def test_the_command_says_what_is_wrong(cast, tmp_path, path, who, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("import_folder", str(tmp_path / path), "--editor", who)
    assert refused.value.returncode == 2


def test_an_original_is_given_out_by_no_page(client, hand_in):
    draft = hand_in()
    assert originals.get(draft.original) == LAW.encode()
    for address in (f"/media/{draft.original}", f"/static/{draft.original}", draft.get_absolute_url()):
        assert LAW.splitlines()[3] not in client.get(address).content.decode()
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/workspace/imports/", ["less protection", "start programs and reach other machines"]),
        ("/km/workspace/imports/", ["ការការពារតិចជាង", "បើកកម្មវិធី និងភ្ជាប់ទៅម៉ាស៊ីនផ្សេងទៀត"]),
    ],
)
def test_the_page_says_what_the_box_of_the_reader_lacks_and_nothing_where_it_lacks_nothing(
    client, editor, address, words
):
    sandbox.note([])
    assert words[0] not in client.get(address).content.decode()
    sandbox.note([SECCOMP])
    page = client.get(address).content.decode()
    assert all(word in page for word in words)
    sandbox.note([])


def test_an_organisation_s_files_that_wait_and_that_it_hands_in_on_a_day_are_limited(editor, settings, cast):
    """Nothing is read in between, as while the workers are busy; another organisation is not concerned."""
    settings.IMPORTS_WAITING_MAX, settings.IMPORTS_PER_DAY = 2, 3
    cache.clear()
    for n in range(2):
        assert upload(editor, (f"{n}.txt", f"Article {n}. Aim\nIt has an aim.\n".encode())).status_code == 302
    refused = upload(editor, ("more.txt", LAW.encode()))
    assert refused.status_code == 400 and "2 files of your organisation wait" in refused.content.decode()
    again = upload(editor, ("0.txt", b"Article 0. Aim\nIt has an aim.\n"))
    assert again.status_code == 302  # the same file takes nobody's time
    batch = upload(editor, ("a.txt", b"Article 8. A\nB.\n"), ("b.txt", b"Article 9. A\nB.\n"))
    assert batch.status_code == 302 and ImportDraft.objects.count() == Original.objects.count() == 2
    Job.objects.filter(kind="reading").update(state=JobState.DONE)
    assert upload(editor, ("more.txt", LAW.encode())).status_code == 302
    Job.objects.filter(kind="reading").update(state=JobState.DONE)
    refused = upload(editor, ("last.txt", b"Article 7. A\nB.\n"))
    assert refused.status_code == 400 and "as many files today as it may" in refused.content.decode()
    assert ImportDraft.objects.count() == Original.objects.count() == 3


FINE = law(par(run("A fine of "), gone("four"), ins(run("nine")), run(" riel.")))


def texts(draft):
    return [clause.text for clause in corrections.corrected(draft).document.clauses]


def test_a_file_with_tracked_changes_becomes_two_drafts_that_name_each_other(editor, hand_in):
    after = hand_in(FINE, "law.docx", wants_before=True)
    before = after.before_changes
    assert ImportDraft.objects.count() == 2 and before.counterpart == after and after.counterpart == before
    assert (texts(before)[0], texts(after)[0]) == ("A fine of four riel.", "A fine of nine riel.")
    pages = [editor.get(draft.get_absolute_url()).content.decode() for draft in (before, after)]
    assert "This is its text before them" in pages[0] and after.get_absolute_url() in pages[0]
    assert "with all of them accepted" in pages[1] and before.get_absolute_url() in pages[1]
    assert hand_in(FINE, "again.docx", wants_before=True) == after and ImportDraft.objects.count() == 2


def test_who_does_not_want_the_text_before_gets_one_draft(hand_in):
    assert hand_in(FINE, "law.docx").counterpart is None and ImportDraft.objects.count() == 1


def test_the_form_asks_for_both_unless_told_otherwise(editor, django_capture_on_commit_callbacks):
    assert re.search(r'name="before_changes"[^>]*checked', editor.get(reverse("imports")).content.decode())
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(reverse("imports"), {"files": [SimpleUploadedFile("law.docx", FINE)], "before_changes": "1"})
    assert ImportDraft.objects.count() == 2


def test_a_file_whose_changes_leave_the_words_as_they_are_is_one_draft(hand_in):
    same = law(par(run("A fine of "), gone(""), run("nine riel.")))
    assert hand_in(same, "law.docx", wants_before=True).counterpart is None and ImportDraft.objects.count() == 1


def test_a_text_that_was_no_law_before_leaves_one_draft(hand_in):
    from tests.engine.test_tracked_changes import word_file

    new = [par(ins(run("Article 1. Aim")), mark="ins"), par(ins(run("Words.")), mark="ins")]
    assert hand_in(word_file(*new, par(run("A letter."))), "law.docx", wants_before=True).counterpart is None


def test_stored_as_texts_of_one_law_the_two_are_compared(cast, hand_in, django_capture_on_commit_callbacks):
    after = hand_in(FINE, "law.docx", wants_before=True)
    before = after.before_changes
    for draft, details in (
        (before, {"version": "old", "title": "Before"}),
        (after, {"law": "lamps", "version": "new", "title": "After", "date": "2024-04"}),
    ):
        required = (
            DETAILS | {"law": "lamps"} if draft == before else {k: v for k, v in DETAILS.items() if k != "law_title"}
        )
        draft.refresh_from_db()
        with django_capture_on_commit_callbacks(execute=True):
            ask_to_store(cast.eve, draft, required | details, is_public=True, unchecked_is_known=True)
        draft.refresh_from_db()
        assert draft.version is not None, draft.job.reason
    comparison = Comparison.objects.get(old=before.version, new=after.version)
    assert comparison.pairs.filter(kind="changed").exists()


def test_discarding_one_keeps_the_file_for_the_other(cast, hand_in):
    after = hand_in(FINE, "law.docx", wants_before=True)
    before = after.before_changes
    discard(cast.eve, after)
    assert texts(before) and Original.objects.filter(digest=before.original).exists()
    before.refresh_from_db()
    assert before.counterpart is None
    discard(cast.eve, before)
    assert not Original.objects.filter(digest=before.original).exists()


def test_the_folder_command_names_both(cast, tmp_path, capsys):
    (tmp_path / "law.docx").write_bytes(FINE)
    call_command("import_folder", tmp_path, "--editor", cast.eve.email, "--before-changes")
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "law.docx: read, 2 clauses, 2 warnings",
        "law.docx, before its tracked changes: read, 2 clauses, 1 warnings",
    ]
