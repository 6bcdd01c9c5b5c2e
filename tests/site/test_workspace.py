"""The workspace says what waits for the person, each a number and a link; failed work is tried again from there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lawcompare.annotations.models import Annotation, Flag, NoteDecision
from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs import services
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.log.services import record
from lawcompare.core.numbers import seal
from lawcompare.crosswalk.findings.models import Examination
from lawcompare.crosswalk.models import Correspondence
from lawcompare.imports.models import ImportDraft
from lawcompare.site.workspace import waiting_for
from tests.annotations.conftest import make_note
from tests.core.making import made

pytestmark = pytest.mark.django_db


def counts_of(user) -> dict[str, int]:
    return {one.label: one.count for one in waiting_for(user)}


def test_nothing_waits_in_an_empty_house(cast):
    assert counts_of(cast.alice) == counts_of(cast.eve) == counts_of(cast.bob) == {}


def test_each_thing_that_waits_is_counted_for_who_may_act_on_it(cast, drafts):
    clause = drafts[0].clauses.get(num="Article 2")
    note = make_note(cast, clause, "public", "")
    make_note(cast, clause, "handed-in", "", status="submitted")
    Flag.objects.create(annotation=note, slug="f1", kind="danger", words="It names me.")
    failed = Job.objects.create(kind="reading", owner=cast.centre, state=JobState.FAILED, reason="No.")
    ImportDraft.objects.create(organisation=cast.centre, name="a.docx", original="0" * 64, reading_job=failed)
    made(Comparison, old=drafts[1], new=drafts[0], state=JobState.FAILED, reason="The text has no clauses.")
    reviewer, editor, outsider = counts_of(cast.rita), counts_of(cast.eve), counts_of(cast.charlie)
    assert reviewer["annotation to decide on"] == 1
    assert reviewer["reader says that a note endangers someone"] == 1
    assert reviewer["job that failed"] == 1
    assert "file that could not be read" not in reviewer and editor["file that could not be read"] == 1
    assert "annotation to decide on" not in outsider and "annotation to decide on" not in counts_of(cast.alice)


def test_of_many_open_imports_few_are_looked_into_and_all_are_counted(cast, monkeypatch):
    rows = [
        ImportDraft(organisation=cast.centre, name="a", original="0" * 64, reading="0" * 64, warning_count=number % 2)
        for number in range(1_000)
    ]
    ImportDraft.objects.bulk_create(rows)
    made_of, begin = [], models.Model.__init__
    monkeypatch.setattr(ImportDraft, "__init__", lambda row, *values: made_of.append(begin(row, *values)))
    counts = counts_of(cast.eve)
    assert len(made_of) <= 100
    assert counts["imports with warnings nobody has reviewed"] + counts["imports to finish"] == 1_000


def test_problems_come_first_and_lead_somewhere(client, cast, drafts):
    note = make_note(cast, drafts[0].clauses.get(num="Article 2"), "public", "")
    make_note(cast, note.clause, "handed-in", "", status="submitted")
    Flag.objects.create(annotation=note, slug="f1", kind="danger")
    assert [one.is_problem for one in waiting_for(cast.rita)] == [True, False]
    client.force_login(cast.rita)
    page = client.get("/workspace/").content.decode()
    for one in waiting_for(cast.rita):
        assert f'href="{one.address}"' in page
        assert not one.address.startswith("#") or f'id="{one.address[1:]}"' in page


def test_a_returned_note_waits_for_its_author_until_it_is_submitted_again(client, cast, drafts):
    note = make_note(cast, drafts[0].clauses.get(num="Article 2"), "back", "", status="draft")
    assert counts_of(cast.alice) == {}
    NoteDecision.objects.create(annotation=note, status="returned", reason="Say why.", by=cast.rita)
    (returned,) = waiting_for(cast.alice)
    assert (returned.label, returned.count) == ("annotation of yours that was returned", 1)
    assert counts_of(cast.bob) == {}
    client.force_login(cast.alice)
    page = client.get(f"/workspace/{returned.address.partition('#')[0]}").content.decode()
    assert "Say why." in page and "Nothing is waiting." not in page
    Annotation.objects.filter(pk=note.pk).update(status="submitted")
    assert counts_of(cast.alice) == {}


def test_suggestions_lead_to_the_page_of_their_two_texts(client, cast, drafts):
    old, new = (draft.clauses.get(num="Article 2") for draft in drafts)
    for one, other in ((old, new), (new, old)):
        Correspondence.objects.create(
            subject=one, subject_version=one.version, object=other, object_version=other.version, status="suggested"
        )
    with CaptureQueriesContext(connection) as asked:
        waits = [one for one in waiting_for(cast.rita) if one.label.startswith("likely counterpart")]
    assert not any(one["sql"].startswith('SELECT "laws_origin"') for one in asked), (
        "who brought a text comes with the texts"
    )
    assert [one.count for one in waits] == [1, 1]
    client.force_login(cast.rita)
    shown = [client.get(one.address).content.decode() for one in waits]
    for stated in Correspondence.objects.all():
        assert sum(f'id="c-{seal(stated.pk, "correspondence")}"' in page for page in shown) == 1


def test_failed_work_is_listed_with_its_reason_and_tried_again(
    client, cast, drafts, django_capture_on_commit_callbacks
):
    failed = made(Comparison, old=drafts[1], new=drafts[0], state=JobState.FAILED, reason="A reason.")
    number = Examination.objects.get(version=drafts[0]).job_id
    Job.objects.filter(pk=number).update(state="failed", finished_at=None, reason="Another reason.")
    client.force_login(cast.rita)
    page = client.get("/workspace/jobs/").content.decode()
    assert "A reason." in page and "Another reason." in page
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/workspace/jobs/comparison/{seal(failed.job_id, 'job')}/retry/").status_code == 302
        assert client.post(f"/workspace/jobs/examination/{seal(number, 'job')}/retry/").status_code == 302
    failed.refresh_from_db()
    assert failed.is_done and Job.objects.get(pk=number).finished_at
    assert "none failed" in client.get("/workspace/jobs/").content.decode()
    assert client.post(f"/workspace/jobs/comparison/{seal(failed.job_id, 'job')}/retry/").status_code == 404


def test_of_many_jobs_the_newest_of_each_kind_are_listed_and_each_is_tried_again(client, cast, drafts, monkeypatch):
    """Two thousand files that could not be read were a megabyte, and a second, also of the workspace."""
    monkeypatch.setattr(services, "OF_A_KIND_MAX", 2)
    failed = []
    for number in range(4):
        failed.append(Job.objects.create(kind="reading", owner=cast.centre, state=JobState.FAILED, reason="No."))
        ImportDraft.objects.create(
            organisation=cast.centre, name=f"f{number}", original="0" * 64, reading_job=failed[-1]
        )
    client.force_login(cast.eve)
    page = client.get("/workspace/jobs/").content.decode()
    assert [f">f{number}<" in page for number in range(4)] == [False, False, True, True]
    assert client.post(f"/workspace/jobs/reading/{seal(failed[0].pk, 'job')}/retry/").status_code == 302


def test_a_comparison_whose_worker_died_counts_as_failed(client, cast, drafts):
    long_ago = timezone.now() - timedelta(minutes=10)
    made(Comparison, old=drafts[1], new=drafts[0], state=JobState.RUNNING, attempts=1, heartbeat=long_ago)
    client.force_login(cast.rita)
    assert "You can retry it" in client.get("/workspace/jobs/").content.decode()


def test_a_member_sees_work_and_cannot_start_it_again(client, cast, drafts):
    failed = made(Comparison, old=drafts[1], new=drafts[0], state=JobState.FAILED, reason="A reason.")
    client.force_login(cast.alice)
    page = client.get("/workspace/jobs/").content.decode()
    assert "A reason." in page and "Try again" not in page
    assert client.post(f"/workspace/jobs/comparison/{seal(failed.job_id, 'job')}/retry/").status_code == 403


def test_the_log_says_who_did_what_in_the_name_of_the_organisation(client, cast):
    record("publish", "annotation/x1", by=cast.rita, organisation="centre")
    record("publish", "annotation/x2", by=cast.eve, organisation="centre")
    record("publish", "annotation/x3", by=cast.charlie, organisation="others")
    record("import", "import/7", organisation="centre")
    client.force_login(cast.rita)
    page = client.get("/workspace/log/").content.decode()
    assert "annotation/x1" in page and "annotation/x2" in page and "annotation/x3" not in page
    assert "you" in page and "the program" in page and cast.eve.email not in page


@pytest.mark.parametrize("address", ["/workspace/jobs/", "/workspace/log/"])
def test_nobody_else_sees_them(client, cast, address):
    assert client.get(address).status_code == 302
    client.force_login(cast.bob)
    assert client.get(address).status_code == 403
