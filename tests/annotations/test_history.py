"""Every writing is kept, decisions are only added, and readers see of it what was published."""

import pytest
from django.db import DatabaseError, transaction

from lawcompare.accounts.models import User
from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation, Category, CategoryChange, NoteDecision, Revision
from lawcompare.core.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
def test_each_writing_is_kept_and_each_decision_logged(write, cast):
    note = write(body="One.")
    note.body = "Two."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.return_annotation(cast.rita, note, "Name the standard.")
    note.body = "Three."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    assert [revision.content["body"] for revision in note.revisions.all()] == ["One.", "Two.", "Three."]
    assert [bool(revision.published_at) for revision in note.revisions.all()] == [False, False, True]
    steps = ["draft", "submitted", "returned", "submitted", "published"]
    assert [decision.status for decision in note.decisions.all()] == steps


def test_what_readers_see_changed_stands_in_the_log_of_the_site_and_no_draft_does(write, cast):
    write()
    note = write("published")
    services.withdraw_annotation(cast.rita, note, "It was of another draft.")
    entries = Entry.objects.filter(subject__startswith="annotation/").order_by("number")
    assert [(entry.action, entry.subject) for entry in entries] == [
        (action, f"annotation/{note.slug}") for action in ("submit", "publish", "withdraw")
    ]  # fmt: skip
    assert "another draft" not in "".join(entry.details for entry in entries)


@pytest.mark.both_databases
def test_the_database_refuses_to_rewrite_or_shorten_the_log(write, cast, subtests):
    write("published")
    category = Category.objects.create(code="VAGUE", label="Vagueness")
    CategoryChange.objects.create(category=category, after={"label": "Vagueness"}, organisation=cast.centre)
    at, by = "2001-01-01T00:00:00Z", cast.charlie
    for table, changes in {
        NoteDecision: [{"reason": "Another."}, {"status": "withdrawn"}, {"at": at}, {"by": by}],
        Revision: [{"content": {}}, {"number": 7}, {"published_at": None}],
        CategoryChange: [{"after": {}}],
    }.items():
        for change in [*changes, "delete"]:
            with subtests.test(table=table.__name__, change=str(change)):
                with pytest.raises(DatabaseError), transaction.atomic():
                    rows = table.objects.all()
                    rows._raw_delete(using="default") if change == "delete" else rows.update(**change)
                assert table.objects.exists()


@pytest.mark.both_databases
def test_an_account_that_goes_is_forgotten_in_the_log(write, cast):
    note = write("published")
    User.objects.get(pk=cast.alice.pk).delete()
    assert NoteDecision.objects.filter(annotation=note, by=None).exists()
    assert note.revisions.get().by is None
    assert Annotation.objects.get().creator is None


def test_new_words_of_a_published_note_wait_beside_it(write, cast):
    note = write("published", body="One.")
    note.body, note.risk = "Two.", 2
    services.write_annotation(cast.alice, note, {})
    stored = Annotation.objects.get()
    assert (stored.body, stored.risk, stored.status, stored.pending) == ("One.", 4, "published", "draft")
    services.submit_annotation(cast.alice, stored)
    services.publish_annotation(cast.rita, stored)
    stored.refresh_from_db()
    assert (stored.body, stored.risk, stored.status, stored.pending) == ("Two.", 2, "published", "")
    assert stored.body_html == "<p>Two.</p>\n"
    assert [bool(revision.published_at) for revision in stored.revisions.all()] == [True, True]
