"""How a job runs, whatever its kind: claimed once, with heartbeats, to one end; lost ones; the admin page for it."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone

from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs import registry, runner, services
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.jobs.services import jobs_of
from lawcompare.core.models import Entry
from lawcompare.crosswalk.models import DraftComparison, SuggestionRun
from lawcompare.engine.errors import EngineError
from tests.conftest import NEW_DRAFT, OLD_DRAFT, ROOT
from tests.core.making import made
from tests.imports.conftest import hand_in as hand_in
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def comparison(store) -> Comparison:
    """A comparison that waits."""
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    return made(Comparison, old=old, new=new)


@pytest.fixture
def job(comparison) -> Job:
    return comparison.job


def work(comparison, report) -> None:
    """What the jobs of these tests do, unless they are given something else."""


@pytest.fixture
def doing(monkeypatch):
    """Have comparisons do something else: ``doing(function)``; ``changes`` are of the kind."""

    def replace(function=work, **changes):
        monkeypatch.setattr(f"{__name__}.work", function)
        kind = dataclasses.replace(registry.kinds["comparison"], function=f"{__name__}.work", **changes)
        monkeypatch.setitem(registry.kinds, "comparison", kind)

    return replace


def silence(job, **values) -> None:
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE_MAX * 2, **values)


def test_a_job_runs_once_however_often_its_message_comes(job, doing):
    runs = []
    doing(lambda one, report: runs.append((one.job.state, one.job.attempts)))
    for _message in range(3):
        runner.run_now(job)
    job.refresh_from_db()
    assert runs == [("running", 1)] and job.is_done and job.finished_at is not None


def test_a_job_in_a_living_worker_s_hands_is_left_to_it_and_one_that_is_gone_is_no_error(job, doing):
    runs = []
    doing(lambda one, report: runs.append(one.pk))
    Job.objects.update(state=JobState.RUNNING, attempts=1)
    runner.run_now(job)
    runner.run(0)
    assert runs == []


def test_a_job_whose_row_was_deleted_goes_too(comparison, job, doing):
    doing(lambda one, report: pytest.fail("of what?"))
    comparison.delete()
    assert runner.run(job.pk) and not Job.objects.filter(pk=job.pk).exists()
    orphan = Job.objects.create(kind="comparison", state="failed")
    runner.sweep()
    assert not Job.objects.filter(pk=orphan.pk).exists()


def test_a_job_whose_worker_is_lost_is_claimed_by_the_next_and_the_first_writes_nothing_more(job, doing):
    def lose(first, report):
        silence(first.job)
        second = runner.claim(first.job.pk)
        assert second is not None and second.attempts == 2
        with pytest.raises(runner.LostClaim):
            report("mapping", 1, 2)
        with pytest.raises(runner.LostClaim):
            runner.finish(first.job)

    doing(lose)
    runner.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.step, job.reason) == ("running", 2, "", "")


def test_a_result_is_undone_where_the_claim_was_lost_before_its_end(comparison, job, doing):
    def lose(one, report):
        Job.objects.filter(pk=job.pk).update(attempts=9)
        with transaction.atomic():
            Comparison.objects.filter(pk=one.pk).update(stats={"added": 1})
            runner.finish(one.job)

    doing(lose)
    runner.run_now(job)
    comparison.refresh_from_db()
    assert comparison.stats == {}


def test_one_that_is_requested_anew_while_it_runs_runs_again_and_is_lost_to_the_first(job, doing):
    doing(lambda one, report: services.request_anew(Job.objects.get(pk=job.pk)) or report("mapping", 1, 2))
    runner.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.step) == ("queued", "")


def test_progress_is_written_at_each_step_and_at_its_end_but_not_many_times_a_second(job, doing):
    seen = []

    def tell(one, report):
        for step, done in (("mapping", 0), ("mapping", 1), ("mapping", 4), ("storing", 0)):
            report(step, done, 4)
            row = Job.objects.get(pk=job.pk)
            seen.append((row.step, row.done, row.percent))

    doing(tell)
    runner.run_now(job)
    assert seen == [("mapping", 0, 0), ("mapping", 0, 0), ("mapping", 4, 100), ("storing", 0, 0)]


def test_one_in_a_single_transaction_reports_through_the_cache_and_is_alive_by_that(job, doing):
    seen = []

    def tell(one, report):
        silence(job)
        report("storing", 1, 4)
        row = Job.objects.get(pk=job.pk)
        seen.append((row.done, row.progress.done, row.percent, row.is_abandoned))

    doing(tell, is_one_transaction=True)
    runner.run_now(job)
    assert seen == [(0, 1, 25, False)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(EngineError("The text has no clauses."), "The text has no clauses."), (ValueError("secret"), runner.UNEXPECTED)],
)
def test_a_job_that_fails_says_why_and_tells_no_secret(job, doing, error, reason):
    def fail(one, report):
        raise error

    doing(fail)
    runner.run_now(job)
    job.refresh_from_db()
    assert (job.is_failed, job.reason, job.may_be_retried) == (True, reason, True)
    doing(lambda one, report: None)
    assert services.retry(job)
    runner.run_now(job)
    job.refresh_from_db()
    assert (job.is_done, job.reason) == (True, "")


@pytest.mark.parametrize("error", [OperationalError("deadlock detected"), IntegrityError("taken meanwhile")])
@pytest.mark.parametrize(("times", "state"), [(2, "done"), (3, "failed")])
def test_a_job_that_the_database_ends_is_tried_again(
    job, doing, error, times, state, django_capture_on_commit_callbacks
):
    ends = [error] * times

    def work_or_end(one, report):
        if ends:
            raise ends.pop()

    doing(work_or_end)
    with django_capture_on_commit_callbacks(execute=True):
        runner.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (state, 3)


def test_a_job_that_is_put_off_waits_until_it_is_due(job, doing, django_capture_on_commit_callbacks):
    def put_off(one, report):
        raise runner.NotNow(timezone.now() + timedelta(hours=1))

    doing(put_off)
    runner.run_now(job)
    doing(lambda one, report: None)
    silence(job)
    assert runner.sweep()["comparison"] == 0 and not runner.run(job.pk)
    Job.objects.update(due_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        runner.sweep()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


def test_retrying_what_somebody_else_has_started_or_finished_changes_nothing(job, doing, cast):
    stale = Job.objects.get(pk=job.pk)
    silence(job)
    stale.refresh_from_db()
    doing(lambda one, report: None)
    runner.run_now(job)
    assert stale.may_be_retried and not services.retry(stale, cast.rita)
    assert Job.objects.get(pk=job.pk).is_done and not Entry.objects.filter(action="retry").exists()


def test_the_sweep_queues_lost_jobs_again_and_gives_up_what_ends_its_worker_each_time(
    job, doing, django_capture_on_commit_callbacks
):
    doing(lambda one, report: None)
    silence(job, state=JobState.RUNNING, attempts=3)
    assert runner.sweep()["comparison"] == 1
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "Its worker ended 3 times before it was done.")
    # A message that was lost ended no worker: it is sent again, however often people had the job tried.
    silence(job, state=JobState.QUEUED, attempts=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert runner.sweep()["comparison"] == 1
    job.refresh_from_db()
    assert job.is_done and runner.sweep()["comparison"] == 0


def test_what_ends_its_worker_is_given_up_too_where_its_message_comes_again(job, doing):
    doing(lambda one, report: pytest.fail("it would end this one too"))
    silence(job, state=JobState.RUNNING, attempts=3)
    assert not runner.run(job.pk)
    job.refresh_from_db()
    assert job.is_failed


def test_a_periodic_task_is_one_job_that_runs_when_it_is_due(monkeypatch, django_capture_on_commit_callbacks):
    runs = []
    monkeypatch.setattr(f"{__name__}.work", lambda job, report: runs.append(job.kind))
    kind = registry.Kind("task", "a task", f"{__name__}.work", every=timedelta(hours=1))
    monkeypatch.setitem(registry.kinds, "task", kind)
    for _minute in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            runner.sweep()
    assert runs == []
    for _minute in range(2):
        Job.objects.filter(kind="task").update(requested_at=timezone.now() - timedelta(hours=1))
        with django_capture_on_commit_callbacks(execute=True):
            runner.sweep()
            runner.sweep()
    assert runs == ["task"] * 2 and Job.objects.filter(kind="task").count() == 1


@pytest.mark.parametrize("error", [None, EngineError("No.")])
def test_what_follows_a_job_is_made_when_it_is_done_or_has_failed(job, doing, monkeypatch, error):
    def end(one, report):
        if error:
            raise error

    doing(end)
    kind = registry.Kind("follower", "what follows", f"{__name__}.work", follows=("comparison",))
    monkeypatch.setitem(registry.kinds, "follower", kind)
    runner.run_now(job)
    assert Job.objects.get(kind="follower").after == job


def test_every_kind_is_registered_and_counted(job):
    people_s = {"comparison", "carrying", "examination", "fetch", "indexing", "reading", "storing", "suggestionrun"}
    people_s |= {"translationmapping", "memofile", "comparisonfile", "amending", "draftpublishing"}
    emails = {"email", "password-email", "password-link", "note-news", "text-news", "job-news"}
    periodic = {"daily-emails", "missing-indexes", "old-files", "forgotten-names", "earlier-rules", "search-model"}
    periodic |= {"old-sessions", "old-memo-files"}
    assert registry.kinds.keys() == people_s | emails | periodic
    assert {kind.name for kind in registry.kinds.values() if kind.every} == periodic
    assert services.count_jobs()["comparison", "queued"] == 1
    registry.import_functions()


def test_people_see_the_jobs_of_what_they_may_see_and_try_them_again(client, cast, store, doing):
    old, new = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", published=False)
    job = made(Comparison, old=old, new=new, state="failed", reason="Too long.").job
    assert job not in jobs_of(cast.charlie), "one of the texts is in preparation"
    client.force_login(cast.charlie)
    assert "Too long." not in client.get(reverse("jobs")).content.decode()
    assert client.post(reverse("job_retry", args=["comparison", job.pk])).status_code == 404
    assert client.post(reverse("job_retry", args=["nothing", job.pk])).status_code == 404


def test_a_version_is_published_in_one_way_alone():
    """``laws`` only marks it; what must come with that stands in ``publishing``."""
    users = {
        path.relative_to(ROOT / "lawcompare").parts[0]
        for path in (ROOT / "lawcompare").rglob("*.py")
        if "mark_published" in path.read_text("utf-8")
    }
    assert users == {"laws", "publishing"}


PAGE = "/admin/core/job/"


@pytest.fixture
def stuck(cast, drafts, hand_in):
    """One of some kinds that failed, though nothing is wrong any more."""
    old, new = drafts
    failed = {"state": "failed", "reason": "The disk was full.", "heartbeat": timezone.now() - timedelta(hours=3)}
    made(Comparison, old=new, new=old, **failed)
    made(SuggestionRun, subject_version=old, object_version=new, owner=cast.others, **failed)
    hand_in()
    Job.objects.filter(kind__in=["reading", "examination"]).update(**failed)
    return list(Job.objects.filter(state="failed"))


def test_staff_see_what_is_stuck_why_and_for_how_long(client, cast, stuck, drafts):
    client.force_login(cast.sara)
    own = made(
        DraftComparison, key="own", source=drafts[0], target=drafts[1], organisation=cast.others, made_by=cast.charlie
    )
    Job.objects.filter(pk=own.job_id).update(state="failed", reason="Article 4: the zebra is not here.")
    html = client.get(PAGE).content.decode()
    assert html.count("The disk was full.") == len(stuck) == 5 and "Try again" in html
    # Words of a private draft are in the reason why it is not published.
    html += client.get(f"{PAGE}?q=zebra").content.decode() + client.get(f"{PAGE}{own.job_id}/change/").content.decode()
    assert "zebra is" not in html and f"{PAGE}{own.job_id}/change/" in html
    assert client.get(f"{PAGE}?q=comparison").content.decode().count("The disk was full.") == 1
    # What a file is called and what an organisation asked for is its own; the comparison is nobody's.
    asked = Job.objects.get(kind="suggestionrun")
    assert "draft.txt" not in html and re.search(f"field-subject[^>]*>{asked.pk}<", html)
    assert re.search("field-subject[^>]*>draft new → draft old<", html)
    for job in stuck:
        page = client.get(f"{PAGE}{job.pk}/change/")
        assert page.status_code == 200 and "draft.txt" not in page.content.decode()
        assert client.post(f"{PAGE}{job.pk}/change/", {"state": "done"}).status_code == 403
    assert client.get(f"{PAGE}add/").status_code == 403


def test_it_is_tried_again_and_ends_well(client, cast, stuck, django_capture_on_commit_callbacks):
    client.force_login(cast.sara)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(PAGE, {"action": "try_again", "_selected_action": [job.pk for job in stuck]})
    for job in stuck:
        job.refresh_from_db()
        assert job.state == "done" and job.finished_at, job
        assert Entry.objects.filter(action="retry", subject=f"{job.kind}/{job.pk}").count() == 1


def test_so_many_are_tried_again_at_once_since_each_is_asked_for_by_itself(client, cast, stuck, monkeypatch):
    monkeypatch.setattr("lawcompare.core.admin.TRIED_AT_ONCE", len(stuck) - 1)
    client.force_login(cast.sara)
    chosen = {"action": "try_again", "_selected_action": [job.pk for job in stuck]}
    assert "jobs are tried again at once" in client.post(PAGE, chosen, follow=True).content.decode()
    assert not Entry.objects.filter(action="retry").exists()


def test_what_is_done_is_left_alone(client, cast, stuck):
    client.force_login(cast.sara)
    done = Job.objects.filter(state="done").first()
    answer = client.post(PAGE, {"action": "try_again", "_selected_action": [done.pk]}, follow=True)
    assert "0 were started again. 1 are done or under way." in answer.content.decode()
    assert not Entry.objects.filter(action="retry").exists()


@pytest.mark.both_databases
def test_a_job_that_was_tried_for_a_whole_night_stops_no_queue(job, doing):
    """At the 32,768th try PostgreSQL refused to count, and hardly another job of any organisation was taken."""
    runs = []
    doing(lambda one, report: runs.append(one.job.attempts))
    Job.objects.filter(pk=job.pk).update(attempts=32_767)
    job.refresh_from_db()
    runner.run_now(job)
    job.refresh_from_db()
    assert job.is_done and runs == [32_768]


HELD = "import re; from lawcompare.core.jobs.runner import ends_if_held as ends\n%s\nprint('done')"
NEVER_ENDS = "with ends(1): re.match('(a|aa)+b', 'a' * 100)"
WAITS = "import time\nwith ends(0.5): time.sleep(1.5)\nwith ends(0): re.match('(a|aa)+b', 'a' * 30)\ntime.sleep(1)"


@pytest.mark.parametrize(("work", "ends"), [(NEVER_ENDS, (1, b"")), (WAITS, (0, b"done\n"))])
def test_a_step_that_never_ends_ends_its_process_and_not_one_that_waits(work, ends):
    """An expression that held the interpreter wrote no heartbeat, and its job went to the next worker, and the next."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "lawcompare.settings", "EMBEDDED": "1"}
    held = f"import django; django.setup(); {HELD % work}"
    done = subprocess.run([sys.executable, "-c", held], cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == ends, done.stderr
