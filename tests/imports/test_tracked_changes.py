"""Two drafts of one Word file with tracked changes, and their comparison once both are stored."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from lawcompare.comparisons.models import Comparison
from lawcompare.imports import corrections
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.storing.services import ask_to_store
from lawcompare.imports.upload.services import discard
from lawcompare.laws.models import Original
from tests.engine.test_tracked_changes import gone, ins, law, par, run
from tests.imports.conftest import DETAILS

pytestmark = pytest.mark.django_db
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
