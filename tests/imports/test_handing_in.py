"""Handing in a file: read apart, shown beside its source, refused in a sentence, stored once; and tracked changes."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import unquote

import docx
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.engine.sandbox.box import SECCOMP
from lawcompare.imports import corrections
from lawcompare.imports.models import DraftPage, DraftState, ImportBatch, ImportDraft
from lawcompare.imports.storing.services import ask_to_store
from lawcompare.imports.upload.services import NAMES_KEPT, discard, forget_names
from lawcompare.laws.models import Original, Version
from lawcompare.laws.uploads import originals, sandbox
from tests.engine.test_read_pdf import Print
from tests.engine.test_recognition import as_file
from tests.engine.test_tracked_changes import gone, ins, law, par, run, word_file
from tests.imports.conftest import DETAILS, LAW
from tests.imports.files import ARTICLES, khmer_docx
from tests.recognisers import bars
from tests.test_hostile_files import blank_png

pytestmark = pytest.mark.django_db
IMPORTS = "/workspace/imports/"


def upload(editor, *files: tuple[str, bytes], **fields: str):
    return editor.post(IMPORTS, {"files": [SimpleUploadedFile(*file) for file in files], **fields})


def test_a_large_file_under_way_has_no_name_in_the_temporary_folder(settings, tmp_path, rf):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    data = b"Article 1. Of lamps\n" * 200_000
    [file] = rf.post(IMPORTS, {"files": SimpleUploadedFile("law.txt", data)}).FILES.getlist("files")
    assert not isinstance(file, InMemoryUploadedFile) and not list(tmp_path.iterdir())
    assert (file.name, file.size, file.read()) == ("law.txt", len(data), data)


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


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    b'<uscDoc xmlns="http://xml.house.gov/schemas/uslm/1.0">&b;</uscDoc>'
)
UNREADABLE = [
    ("law.pdf", lambda: Print(encrypted=True).data(), "locked with a password"),
    ("law.docx", locked_docx, "locked with a password"),
    ("law.pdf", lambda: Print().data(), "none could be recognised"),
    ("law.pdf", old_font_pdf, "none could be recognised"),
    ("law.pdf", lambda: b"%PDF-1.7 and nothing of use", "cannot be opened"),
    ("law.docx", old_font_docx, "old Khmer font that is not Unicode"),
    ("law.md", lambda: f"# {OLD_FONT}".encode(), "old Khmer font that is not Unicode"),
    ("law.pdf", khmer_docx, "is called .pdf but holds a Word file"),
    ("law.docx", LAW.encode, "is called .docx but does not hold a Word file"),
    ("law", lambda: b"\xff\xd8\xff\xe0 a picture \x00\x01\x02", ""),
    ("law.txt", lambda: b"Dear friend, the weather is fine.", "no article, section or numbered clause"),
    ("law.xml", lambda: BILLION_LAUGHS, ""),
    ("cat.jpg", lambda: as_file(bars(3), "JPEG"), "no text could be read in the picture"),
    ("page.png", lambda: blank_png(10_000, 10_000), "more than 80 million pixels; make it smaller"),
]  # fmt: skip


def test_a_file_that_cannot_be_read_is_one_sentence_read_again_or_thrown_away(editor, reads, monkeypatch, subtests):
    monkeypatch.setenv("RECOGNISER", "tests.engine.test_read_pdf:Blind")
    for name, make, sentence in UNREADABLE:
        with subtests.test(name=name, sentence=sentence):
            with reads():
                upload(editor, (name, make()))
            draft = ImportDraft.objects.get()
            reason, address = draft.job.reason, draft.get_absolute_url()
            assert draft.state == DraftState.FAILED and sentence in reason and reason
            assert "\n" not in reason.strip() and "Traceback" not in reason
            assert (draft.reading, draft.clause_count) == ("", 0) and not Version.objects.exists()
            html = editor.get(address).content.decode()
            assert "The file could not be read" in html and "Read it again" in html and "Discard" in html
            with reads():
                editor.post(f"{address}again/", {"language": "km"})
            draft.refresh_from_db()
            assert (draft.state, draft.language) == (DraftState.FAILED, "km")
            editor.post(f"{address}discard/")
            assert not ImportDraft.objects.exists() and not Original.objects.exists()


def test_a_process_takes_in_and_opens_one_large_file_at_a_time(editor, hand_in, monkeypatch, settings):
    """Eight of 48 MB at once, by one member, took 500 MB of memory each, and to open them as much."""
    original = f"{hand_in().get_absolute_url()}original/"
    monkeypatch.setattr(originals, "BIG", 10)
    monkeypatch.setattr(originals, "WAITS", 0.01)
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(originals.in_turn.acquire).result()
        refused = upload(editor, ("other.txt", LAW.upper().encode()))
        closed = editor.post(original)
        elsewhere.submit(originals.in_turn.release).result()
        assert (refused.status_code, closed.status_code) == (400, 503)
        assert all("Another large file is being stored or opened" in one.content.decode() for one in (refused, closed))
        assert upload(editor, ("other.txt", LAW.upper().encode())).status_code == 302
        assert editor.post(original).content == LAW.encode()
        assert elsewhere.submit(originals.in_turn.acquire, timeout=0.1).result(), "it was given back"
        elsewhere.submit(originals.in_turn.release).result()
    with monkeypatch.context() as patch:  # to wait for one's turn holds a thread, and counts as what takes long
        patch.setattr(originals, "perf_counter", count(step=2).__next__)
        assert editor.post(original).status_code == 200
    settings.LONG_SECONDS_PER_HOUR = 1
    assert editor.post(original).status_code == 429


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


def test_who_is_signed_out_comes_back_to_the_page_and_not_to_where_it_posted(client, hand_in):
    draft = hand_in()
    response = client.post(f"{draft.get_absolute_url()}correct/", {"target": "c0", "kind": "words"})
    assert response.status_code == 302
    assert unquote(response["Location"]).endswith(f"?next={draft.get_absolute_url()}?correct=c0"), "its form open"
    part = client.post(f"{draft.get_absolute_url()}here/", headers={"HX-Request": "true"})
    assert part.status_code == 200 and "signed out" in part.content.decode()


def test_what_need_not_be_opened_is_refused_at_once_and_nothing_is_stored(editor, settings, subtests):
    settings.IMPORT_BYTES_MAX = 100
    for name, data, sentence in (
        ("a.txt", b"", ""),
        ("a.txt", b" \n\n", ""),
        ("a.exe", b"MZ", "is no extension of a law file"),
        ("a.doc", b"\xd0\xcf\x11\xe0 and so on", "is no extension of a law file"),
        ("a.txt", LAW.encode(), "larger than the limit"),
        ("", b"", ""),
    ):
        with subtests.test(name=name, sentence=sentence):
            response = upload(editor, *([(name, data)] if name else []))
            html = response.content.decode()
            assert response.status_code == 400 and 'role="alert"' in html and sentence in html
            assert not ImportDraft.objects.exists() and not Original.objects.exists()


def test_a_name_full_of_tricks_is_only_a_name(editor, hand_in):
    names = {
        "<b>bold</b>.txt": "b&gt;.txt",
        "../../etc/passwd.txt": "passwd.txt",
        "C:\\secret\\plan.txt": "plan.txt",
        "line\nbreak\x00.txt": "linebreak.txt",
    }
    for number, name in enumerate(names):
        hand_in(f"{LAW}\n{number}", name)
    html = editor.get(IMPORTS).content.decode()
    assert [shown for shown in names.values() if shown not in html] == []
    assert "<b>bold" not in html and "secret" not in html and "etc/" not in html


def test_a_reader_that_breaks_down_is_one_sentence(hand_in, monkeypatch, settings):
    settings.READER_SANDBOX = True
    monkeypatch.setattr("lawcompare.laws.uploads.sandbox.READER", ["false"])
    draft = hand_in(name="breaks-the-reader.txt")
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


def test_a_zip_that_would_do_harm_is_refused(editor, settings, subtests):
    for data, limit, sentence in (
        (b"PK\x03\x04 broken", {}, "is no ZIP, or is broken"),
        (zipped(), {}, "holds no file"),
        (zipped(bomb_txt=b"0" * 5_000_000), {}, "packed more tightly"),
        (zipped(a_txt=b"a", b_txt=b"b"), {"IMPORT_FILES_MAX": 1}, "more than the 1 allowed"),
        (zipped(**{f"hidden__{n}_exe": b"" for n in range(101)}), {"IMPORT_FILES_MAX": 1}, "holds 101 files"),
        (zipped(a_txt=b"a" * 500), {"IMPORT_BYTES_MAX": 400}, "unpacks to more than the limit"),
    ):
        for name, value in limit.items():
            setattr(settings, name, value)
        with subtests.test(sentence):
            upload(editor, ("laws.zip", data))
            assert sentence in ImportBatch.objects.latest("pk").others[0]["reason"]
            assert not ImportDraft.objects.exists()


def test_what_a_file_says_of_itself_is_as_long_as_a_list_of_files_may_load(hand_in, settings):
    """Ten files with 45 MB of it each, and one visit of the list took 3.5 GB."""
    front = f"---\nlaw: lamps\nversion: '1'\ntitle: Lamps\nlanguage: en\nnote: {'x' * 20_000}\n---\n"
    draft = hand_in((front + "# Article 1\n\nLamps are lit.\n").encode(), "lamps.md")
    assert draft.state == DraftState.READY and len(draft.details["note"]) == 5_000
    settings.TEXT_CHARACTERS_MAX = 10_000
    draft = hand_in((front + "# Article 1\n\nLamps are out.\n").encode(), "more.md")
    assert draft.state == DraftState.FAILED


def test_of_files_and_zips_handed_in_at_once_no_more_is_taken_than_of_one_zip(editor, settings):
    """Each is unpacked and encrypted while the person waits."""
    settings.IMPORT_FILES_MAX, settings.IMPORT_BYTES_MAX = 3, 3000
    text, two = LAW.encode()[:500], zipped(c_txt=b"Article 1. Words.", d_txt=b"Article 1. Others.")
    upload(editor, ("a.txt", text), ("b.zip", zipped(b_txt=text + b"b")), ("c.zip", two), ("d.txt", b"d" * 2990))
    assert {draft.name for draft in ImportDraft.objects.all()} == {"a.txt", "b.txt"}
    refused = {one["name"]: one["reason"] for one in ImportBatch.objects.get().others}
    assert "more than the 3 allowed" in refused["c.zip"] and "together are larger" in refused["d.txt"]


def test_a_folder_is_imported_by_a_command(cast, tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "one.txt").write_text(LAW)
    (tmp_path / "two.exe").write_bytes(b"MZ")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "law.docx").write_bytes(FINE)
    output = io.StringIO()
    call_command("import_folder", str(tmp_path), "--editor", cast.eve.email, "--before-changes", stdout=output)
    *read, refused = output.getvalue().splitlines()
    assert sorted(read) == [
        "law.docx, before its tracked changes: read, 2 clauses, 1 warnings",
        "law.docx: read, 2 clauses, 2 warnings",
        "one.txt: read, 4 clauses, 2 warnings",
    ]
    assert refused.startswith("two.exe: refused: .exe is no extension")


@pytest.mark.parametrize(
    ("path", "who", "sentence"),
    [("nowhere.zip", "eve@example.org", "No such file"), (".", "nobody@example.org", "there is nobody")],
)
def test_the_command_says_what_is_wrong(cast, tmp_path, path, who, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("import_folder", str(tmp_path / path), "--editor", who)
    assert refused.value.returncode == 2


def test_the_page_says_what_the_box_of_the_reader_lacks_and_nothing_where_it_lacks_nothing(editor):
    words = {"": ["less protection", "start programs and reach other machines"]}
    words["/km"] = ["ការការពារតិចជាង", "បើកកម្មវិធី និងភ្ជាប់ទៅម៉ាស៊ីនផ្សេងទៀត"]
    for lacks in ([], [SECCOMP], []):
        sandbox.note(lacks)
        for prefix, said in words.items():
            page = editor.get(f"{prefix}{IMPORTS}").content.decode()
            assert [word in page for word in said] == [bool(lacks)] * 2, prefix


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
    cache.clear()
    settings.IMPORT_BYTES_PER_DAY = 20
    assert upload(editor, ("small.txt", b"Article 7. A\nB.\n")).status_code == 302
    refused = upload(editor, ("next.txt", b"Article 6. A\nB.\n"))
    assert refused.status_code == 400 and "as many files today as it may" in refused.content.decode()
    assert Original.objects.count() == 4
    cache.clear()
    settings.IMPORT_BYTES_PER_DAY, settings.IMPORT_BYTES_KEPT = 1000, sum(one.size for one in ImportDraft.objects.all())
    assert "keeps as many files here as it may" in upload(editor, ("next.txt", b"Article 6. A\nB.\n")).content.decode()
    settings.IMPORT_BYTES_KEPT += 100
    DraftPage.objects.create(
        draft=ImportDraft.objects.last(), number=1, image_number=1, image="a" * 64, width=1, height=1
    )
    assert upload(editor, ("next.txt", b"Article 6. A\nB.\n")).status_code == 400, "a picture takes room too"
    discard(cast.eve, ImportDraft.objects.last())
    assert upload(editor, ("next.txt", b"Article 6. A\nB.\n")).status_code == 302


FINE = law(par(run("A fine of "), gone("four"), ins(run("nine")), run(" riel.")))


def texts(draft):
    return [clause.text for clause in corrections.corrected(draft).document.clauses]


def test_a_file_with_tracked_changes_becomes_two_drafts_that_name_each_other(editor, hand_in):
    assert re.search(r'name="before_changes"[^>]*checked', editor.get(IMPORTS).content.decode())
    after = hand_in(FINE, "law.docx", wants_before=True)
    before = after.before_changes
    assert ImportDraft.objects.count() == 2 and before.counterpart == after and after.counterpart == before
    assert (texts(before)[0], texts(after)[0]) == ("A fine of four riel.", "A fine of nine riel.")
    pages = [editor.get(draft.get_absolute_url()).content.decode() for draft in (before, after)]
    assert "This is its text before them" in pages[0] and after.get_absolute_url() in pages[0]
    assert "with all of them accepted" in pages[1] and before.get_absolute_url() in pages[1]
    assert hand_in(FINE, "again.docx", wants_before=True) == after and ImportDraft.objects.count() == 2


def test_a_file_with_tracked_changes_is_one_draft_where_there_is_no_other_text_before_or_it_is_not_wanted(hand_in):
    same = law(par(run("A fine of "), gone(""), run("nine riel.")))
    new = [par(ins(run("Article 1. Aim")), mark="ins"), par(ins(run("Words.")), mark="ins"), par(run("A letter."))]
    for data, is_wanted in ((FINE, False), (same, True), (word_file(*new), True)):
        assert hand_in(data, "law.docx", wants_before=is_wanted).counterpart is None


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
