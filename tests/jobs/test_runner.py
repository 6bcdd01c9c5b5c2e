"""How a job runs, whatever its kind: claimed once, with heartbeats, to one end; lost ones are found, and given up."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lawcompare.audit.models import Entry
from lawcompare.comparisons.models import Comparison
from lawcompare.engine.errors import EngineError
from lawcompare.jobs import registry, runner, services
from lawcompare.jobs.access import jobs_of
from lawcompare.jobs.models import SILENCE_MAX, JobState
from tests.conftest import NEW_DRAFT, OLD_DRAFT, ROOT
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def job(store) -> Comparison:
    """A comparison that waits."""
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    return Comparison.objects.create(old=old, new=new)


@pytest.fixture
def doing(monkeypatch):
    """Have the jobs do something else: ``doing(function)``."""

    def replace(function):
        monkeypatch.setitem(
            registry.kinds,
            "comparison",
            registry.JobKind("comparison", Comparison, function, lambda user: Comparison.objects.all(), "review"),
        )

    return replace


def silence(job, **values) -> None:
    Comparison.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE_MAX * 2, **values)


def test_a_job_runs_once_however_often_its_message_comes(job, doing):
    runs = []
    doing(lambda one, report: runs.append((one.state, one.attempts)))
    for _message in range(3):
        services.run_now(job)
    job.refresh_from_db()
    assert runs == [("running", 1)] and job.is_done and job.finished_at is not None


def test_a_job_in_a_living_worker_s_hands_is_left_to_it_and_one_that_is_gone_is_no_error(job, doing):
    runs = []
    doing(lambda one, report: runs.append(one.pk))
    Comparison.objects.update(state=JobState.RUNNING, attempts=1)
    services.run_now(job)
    runner.run("comparison", 0)
    assert runs == []


def test_a_job_whose_worker_is_lost_is_claimed_by_the_next_and_the_first_writes_nothing_more(job, doing):
    def lose(first, report):
        silence(first)
        second = runner.claim(Comparison, first.pk)
        assert second is not None and second.attempts == 2
        with pytest.raises(runner.LostClaim):
            report("mapping", 1, 2)
        with pytest.raises(runner.LostClaim):
            runner.finish(first)

    doing(lose)
    services.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.step, job.reason) == ("running", 2, "", "")


def test_a_result_is_undone_where_the_claim_was_lost_before_its_end(job, doing):
    def work(one, report):
        with transaction.atomic():
            Comparison.objects.filter(pk=one.pk).update(stats={"added": 1}, attempts=9)
            runner.finish(one)

    doing(work)
    services.run_now(job)
    job.refresh_from_db()
    assert job.stats == {}


def test_one_that_is_requested_anew_while_it_runs_runs_again_and_is_lost_to_the_first(job, doing):
    doing(lambda one, report: services.request_anew(one) or report("mapping", 1, 2))
    services.run_now(job)
    job.refresh_from_db()
    assert (job.state, job.step) == ("queued", "")


def test_progress_is_written_at_each_step_and_at_its_end_but_not_many_times_a_second(job, doing):
    seen = []

    def work(one, report):
        for step, done in (("mapping", 0), ("mapping", 1), ("mapping", 4), ("storing", 0)):
            report(step, done, 4)
            row = Comparison.objects.get(pk=one.pk)
            seen.append((row.step, row.done, row.percent))

    doing(work)
    services.run_now(job)
    assert seen == [("mapping", 0, 0), ("mapping", 0, 0), ("mapping", 4, 100), ("storing", 0, 0)]


def test_one_in_a_single_transaction_reports_through_the_cache_and_is_alive_by_that(job, doing, monkeypatch):
    monkeypatch.setattr(Comparison, "is_one_transaction", True)
    seen = []

    def work(one, report):
        silence(one)
        report("storing", 1, 4)
        row = Comparison.objects.get(pk=one.pk)
        seen.append((row.done, row.progress.done, row.percent, row.is_abandoned))

    doing(work)
    services.run_now(job)
    assert seen == [(0, 1, 25, False)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(EngineError("The text has no clauses."), "The text has no clauses."), (ValueError("secret"), runner.UNEXPECTED)],
)
def test_a_job_that_fails_says_why_and_tells_no_secret(job, doing, error, reason):
    def fail(one, report):
        raise error

    doing(fail)
    services.run_now(job)
    job.refresh_from_db()
    assert (job.is_failed, job.reason, job.may_be_retried) == (True, reason, True)
    doing(lambda one, report: None)
    assert services.retry(job)
    services.run_now(job)
    job.refresh_from_db()
    assert (job.is_done, job.reason) == (True, "")


def test_retrying_what_somebody_else_has_started_or_finished_changes_nothing(job, doing, cast):
    stale = Comparison.objects.get()
    silence(job)
    stale.refresh_from_db()
    doing(lambda one, report: None)
    services.run_now(job)
    assert stale.may_be_retried and not services.retry(stale, cast.rita)
    assert Comparison.objects.get().is_done and not Entry.objects.filter(action="retry").exists()


def test_the_sweep_queues_lost_jobs_again_and_gives_up_what_ends_its_worker_each_time(
    job, doing, django_capture_on_commit_callbacks
):
    doing(lambda one, report: None)
    silence(job, state=JobState.RUNNING, attempts=3)
    assert services.sweep()["comparison"] == 1
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "Its worker ended 3 times before it was done.")
    # A message that was lost ended no worker: it is sent again, however often people had the job tried.
    silence(job, state=JobState.QUEUED, attempts=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep()["comparison"] == 1
    job.refresh_from_db()
    assert job.is_done and services.sweep()["comparison"] == 0


def test_every_kind_is_registered_and_counted(job):
    kinds = {"comparison", "carrying", "examination", "fetch", "indexing", "reading", "storing", "suggestionrun"}
    others = {
        "translationmapping",
        "passwordletter",
        "delivery",
        "announcement",
        "digest",
        "memofile",
        "comparisonfile",
    }
    assert registry.kinds.keys() == kinds | others
    assert services.count_jobs()["comparison", "queued"] == 1


def test_people_see_the_jobs_of_what_they_may_see_and_try_them_again(client, cast, store, doing):
    old, new = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", published=False)
    job = Comparison.objects.create(old=old, new=new, state="failed", reason="Too long.")
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
