"""Organisations take turns: who hands in two hundred files does not keep the others' from being read."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from lawcompare import celery
from lawcompare.comparisons.models import Comparison
from lawcompare.imports.models import ImportDraft, Reading
from lawcompare.jobs import registry, runner, tasks, turns
from lawcompare.jobs.models import SILENCE_MAX, JobState
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(cast, settings, monkeypatch):
    """``queue(organisation)`` has one more file wait; what is run is noted in ``queue.runs``, as the worker does it."""
    settings.TASKS = "worker"

    def wait(organisation) -> Reading:
        draft = ImportDraft.objects.create(organisation=organisation, name=f"{len(wait.messages)}.txt", original="0")
        reading = Reading.objects.create(
            draft=draft, requested_at=timezone.now() + timedelta(seconds=len(wait.messages))
        )
        wait.messages.append(("reading", reading.pk))
        return reading

    def run(job, report) -> None:
        wait.runs.append(job.draft.organisation.slug if isinstance(job, Reading) else job.kind)

    wait.messages, wait.runs = [], []
    for name in ("reading", "comparison"):
        kind = registry.kinds[name]
        monkeypatch.setitem(registry.kinds, name, registry.JobKind(name, kind.model, run, kind.visible, "import"))
    return wait


def deliver(queue) -> None:
    """The broker hands out each message once, in the order in which they were sent."""
    sent = []
    with patch.object(celery, "_post", lambda task, arguments: sent.append(arguments)):
        for message in queue.messages:
            tasks.run_job(*message)


def test_an_organisation_with_many_files_waits_for_its_turn(queue, cast):
    centre, other = cast.centre, cast.charlie.organisations.get()
    for organisation in (centre, centre, centre, centre, other):
        queue(organisation)
    deliver(queue)
    assert queue.runs == [centre.slug, other.slug, centre.slug, centre.slug, centre.slug]
    assert set(Reading.objects.values_list("state", "attempts")) == {("done", 1)}


def test_work_of_the_site_takes_its_turn_too(queue, cast, store):
    queue(cast.centre)
    queue(cast.centre)
    comparison = Comparison.objects.create(
        old=store(OLD_DRAFT, "old", published=False),
        new=store(NEW_DRAFT, "new", published=False),
        requested_at=timezone.now() + timedelta(hours=1),
    )
    queue.messages.append(("comparison", comparison.pk))
    deliver(queue)
    assert queue.runs == [cast.centre.slug, "comparison", cast.centre.slug]


def test_one_organisation_reads_one_file_at_a_time_and_the_next_is_sent_when_it_is_done(
    queue, cast, django_capture_on_commit_callbacks
):
    first, second = queue(cast.centre), queue(cast.centre)
    Reading.objects.filter(pk=first.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
    assert turns.next_job("reading", second.pk) is None
    other = queue(cast.charlie.organisations.get())
    assert turns.next_job("reading", second.pk) == ("reading", other.pk)
    Reading.objects.filter(pk=first.pk).update(state=JobState.QUEUED)
    with (
        patch.object(celery, "_post") as post,
        django_capture_on_commit_callbacks(execute=True),
    ):
        tasks.run_job("reading", first.pk)
    assert post.call_args[0][1][0] == "reading" and len(queue.runs) == 1


def test_a_job_whose_worker_was_lost_is_run_by_who_is_told_of_it_and_holds_nobody_back(queue, cast):
    lost, waiting = queue(cast.centre), queue(cast.centre)
    silent = timezone.now() - SILENCE_MAX * 2
    Reading.objects.filter(pk=lost.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=silent)
    assert turns.next_job("reading", lost.pk) == ("reading", lost.pk)
    assert turns.next_job("reading", waiting.pk) == ("reading", waiting.pk)
    assert turns.next_job("reading", 0) == ("reading", waiting.pk)


def test_who_chose_a_job_that_another_worker_took_meanwhile_chooses_again(queue, cast, monkeypatch):
    first, second = queue(cast.centre), queue(cast.charlie.organisations.get())
    choose = turns.next_job

    def lose_the_first(*named):
        chosen = choose(*named)
        if chosen == ("reading", first.pk):
            Reading.objects.filter(pk=first.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
        return chosen

    monkeypatch.setattr(turns, "next_job", lose_the_first)
    tasks.run_job("reading", second.pk)
    assert queue.runs == [second.draft.organisation.slug]
    tasks.run_job("reading", second.pk)
    assert len(queue.runs) == 1


def test_every_kind_that_an_organisation_can_ask_for_names_whose_it_is():
    nobodys = {"passwordletter", "delivery", "announcement", "digest"}
    for kind in registry.kinds.values():
        assert bool(kind.model.owner_field) != (kind.name in nobodys), kind.name
        if kind.model.owner_field:
            list(kind.model._default_manager.values_list(kind.model.owner_field))


def test_two_workers_that_chose_two_files_of_one_organisation_do_not_read_both(queue, cast, monkeypatch):
    """Each chose while none was being read: the second to claim leaves its file to the one that ends first."""
    first, second = queue(cast.centre), queue(cast.centre)
    chosen = turns.next_job("reading", second.pk)
    assert chosen == ("reading", first.pk)
    Reading.objects.filter(pk=second.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
    assert not runner.run(*chosen, in_turn=True) and queue.runs == []
    first.refresh_from_db()
    assert (first.state, first.attempts) == (JobState.QUEUED, 0)
    Reading.objects.filter(pk=second.pk).update(state=JobState.DONE)
    assert runner.run(*chosen, in_turn=True) and queue.runs == [cast.centre.slug]


@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody claims meanwhile")
@pytest.mark.django_db(transaction=True)
def test_workers_claim_one_after_the_other_for_one_organisation(queue, cast):
    """Ten threads claim the ten waiting files of an organisation at one moment: one gets one."""
    readings = [queue(cast.centre) for _ in range(10)]
    together = threading.Barrier(len(readings))

    def claim(reading: Reading) -> bool:
        try:
            together.wait(10)
            return runner.claim(Reading, reading.pk, in_turn=True) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(readings)) as pool:
        assert list(pool.map(claim, readings)).count(True) == 1
