"""Organisations take turns: who hands in two hundred files does not keep the others' from being read."""

from __future__ import annotations

import dataclasses
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from lawcompare import celery
from lawcompare.comparisons.exports import request_file
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs import models, registry, runner, services, tasks
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.crosswalk.findings.models import Examination
from lawcompare.crosswalk.suggestions.services import request_suggestions
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.writing.markdown import write as write_markdown
from lawcompare.imports.models import ImportDraft
from lawcompare.laws import services as laws_services
from lawcompare.laws.models import Origin, Version
from lawcompare.laws.services import Import, ImportRefused, read_file, store_text
from lawcompare.publishing.services import publish
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.core.making import made

pytestmark = pytest.mark.django_db


def work(row, report) -> None:
    """What the jobs of these tests do."""
    runs.append(row.organisation.slug if isinstance(row, ImportDraft) else "comparison")


runs: list[str] = []


@pytest.fixture
def queue(cast, settings, monkeypatch):
    """``queue(organisation)`` has one more file wait; what is run is noted in ``runs``, as the worker does it."""
    settings.TASKS = "worker"

    def wait(organisation) -> Job:
        later = timezone.now() + timedelta(seconds=len(wait.messages))
        job = Job.objects.create(kind="reading", owner=organisation, requested_at=later)
        ImportDraft.objects.create(
            organisation=organisation, name=f"{len(wait.messages)}.txt", original="0", reading_job=job
        )
        wait.messages.append(job)
        return job

    monkeypatch.delitem(registry.kinds, "job-news")  # no other job takes the place of one of these
    wait.messages = []
    runs.clear()
    for name in ("reading", "comparison"):
        kind = dataclasses.replace(registry.kinds[name], function=f"{__name__}.work")
        monkeypatch.setitem(registry.kinds, name, kind)
    return wait


def deliver(queue) -> None:
    """The broker hands out each message once, in the order in which they were sent."""
    with patch.object(celery, "_post"):
        for job in queue.messages:
            tasks.run_job(job.kind, job.pk)


def test_an_organisation_with_many_files_waits_for_its_turn(queue, cast):
    centre, other = cast.centre, cast.charlie.organisations.get()
    for organisation in (centre, centre, centre, centre, other):
        queue(organisation)
    deliver(queue)
    assert runs == [centre.slug, other.slug, centre.slug, centre.slug, centre.slug]
    assert set(Job.objects.filter(kind="reading").values_list("state", "attempts")) == {("done", 1)}


def test_work_of_the_site_takes_its_turn_too(queue, cast, store):
    queue(cast.centre)
    queue(cast.centre)
    comparison = made(
        Comparison,
        old=store(OLD_DRAFT, "old", published=False),
        new=store(NEW_DRAFT, "new", published=False),
        requested_at=timezone.now() + timedelta(hours=1),
    )
    queue.messages.append(comparison.job)
    deliver(queue)
    assert runs == [cast.centre.slug, "comparison", cast.centre.slug]


def test_one_organisation_reads_one_file_at_a_time_and_the_next_is_sent_when_it_is_done(
    queue, cast, django_capture_on_commit_callbacks
):
    first, second = queue(cast.centre), queue(cast.centre)
    Job.objects.filter(pk=first.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
    assert runner.next_job(second.pk) is None
    other = queue(cast.charlie.organisations.get())
    assert runner.next_job(second.pk) == other
    Job.objects.filter(pk=first.pk).update(state=JobState.QUEUED)
    with (
        patch.object(celery, "_post") as post,
        django_capture_on_commit_callbacks(execute=True),
    ):
        tasks.run_job("reading", first.pk)
        tasks.run_job("reading", first.pk)
    assert post.call_args[0][1][0] == "reading" and len(runs) == 2


def test_a_job_whose_worker_was_lost_is_run_by_who_is_told_of_it_and_holds_nobody_back(queue, cast):
    lost, waiting = queue(cast.centre), queue(cast.centre)
    silent = timezone.now() - SILENCE_MAX * 2
    Job.objects.filter(pk=lost.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=silent)
    assert runner.next_job(lost.pk) == lost
    assert runner.next_job(waiting.pk) == waiting
    assert runner.next_job(0) == waiting


def test_who_chose_a_job_that_another_worker_took_meanwhile_chooses_again(queue, cast, monkeypatch):
    first, second = queue(cast.centre), queue(cast.charlie.organisations.get())
    choose = runner.next_job

    def lose_the_first(named):
        chosen = choose(named)
        if chosen == first:
            Job.objects.filter(pk=first.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
        return chosen

    monkeypatch.setattr(runner, "next_job", lose_the_first)
    tasks.run_job("reading", second.pk)
    assert runs == [second.owner.slug]
    tasks.run_job("reading", second.pk)
    assert len(runs) == 1


def test_two_workers_that_chose_two_files_of_one_organisation_do_not_read_both(queue, cast, monkeypatch):
    """Each chose while none was being read: the second to claim leaves its file to the one that ends first."""
    first, second = queue(cast.centre), queue(cast.centre)
    chosen = runner.next_job(second.pk)
    assert chosen == first
    Job.objects.filter(pk=second.pk).update(state=JobState.RUNNING, attempts=1, heartbeat=timezone.now())
    assert not runner.run(chosen.pk, in_turn=True) and runs == []
    first.refresh_from_db()
    assert (first.state, first.attempts) == (JobState.QUEUED, 0)
    Job.objects.filter(pk=second.pk).update(state=JobState.DONE)
    assert runner.run(chosen.pk, in_turn=True) and runs == [cast.centre.slug]


@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody claims meanwhile")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_visitor", [False, True])
def test_workers_claim_one_after_the_other_for_one_organisation_and_for_visitors(cast, is_visitor):
    """Ten threads claim the ten waiting jobs of an organisation at one moment: one gets one."""
    owner = None if is_visitor else cast.centre
    readings = [Job.objects.create(kind="comparison", owner=owner) for _ in range(10)]
    together = threading.Barrier(len(readings))

    def claim(reading: Job) -> bool:
        try:
            together.wait(10)
            return runner.claim(reading.pk, in_turn=True) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(readings)) as pool:
        assert list(pool.map(claim, readings)).count(True) == 1


# What bounds the size of each: of a text, a file, a form, a note, an e-mail; or that it does a piece at a time.
BOUNDS = {
    **dict.fromkeys(("storing", "indexing", "examination", "comparison", "comparisonfile"), "TEXT_CHARACTERS_MAX"),
    **dict.fromkeys(("translationmapping", "suggestionrun", "carrying", "draftpublishing"), "TEXT_CHARACTERS_MAX"),
    **dict.fromkeys(("reading", "forgotten-names", "amending"), "IMPORT_BYTES_MAX"),
    **dict.fromkeys(
        ("memofile", "email", "password-email", "password-link", "note-news"), "DATA_UPLOAD_MAX_MEMORY_SIZE"
    ),
    **dict.fromkeys(("memofile", "email", "password-email", "password-link"), "DATA_UPLOAD_MAX_MEMORY_SIZE"),
    **dict.fromkeys(
        ("note-news", "text-news", "job-news", "daily-emails", "old-sessions"), "DATA_UPLOAD_MAX_MEMORY_SIZE"
    ),
    **dict.fromkeys(
        ("missing-indexes", "old-files", "old-memo-files", "earlier-rules", "search-model"), "TEXT_CHARACTERS_MAX"
    ),
    "fetch": "USCODE_BYTES_MAX",
}


def test_every_kind_is_bounded_by_a_setting_and_in_time(settings):
    assert BOUNDS.keys() == registry.kinds.keys()
    assert all(getattr(settings, name) > 0 for name in BOUNDS.values()) and settings.CELERY_TASK_TIME_LIMIT > 0


def test_a_text_beyond_the_limit_is_refused_with_a_sentence_whichever_way_it_comes(settings, cast, store, monkeypatch):
    settings.TEXT_CHARACTERS_MAX = 100
    sentence = "the text is longer than the limit of 100 characters"
    for refused in (
        lambda: store(NEW_DRAFT, "new"),
        lambda: read_file(Import(NEW_DRAFT.encode(), "new.txt")),
        lambda: store_text(read(NEW_DRAFT.encode(), filename="new.txt"), {}, ""),
    ):
        with pytest.raises(ImportRefused, match=sentence):
            refused()
    settings.TEXT_CHARACTERS_MAX = 10_000
    settings.TEXT_CLAUSES_MAX = 2
    with pytest.raises(ImportRefused, match="the text has more clauses than the limit of 2"):
        store(NEW_DRAFT, "new")
    settings.TEXT_CLAUSES_MAX = 100
    monkeypatch.setattr(laws_services, "CLAUSE_CHARACTERS_MAX", 30)
    with pytest.raises(ImportRefused, match="a clause of the text is longer than the limit of 30 characters"):
        store(NEW_DRAFT, "new")
    monkeypatch.undo()
    monkeypatch.setattr(laws_services, "HEADING_CHARACTERS_MAX", 3, raising=False)
    with pytest.raises(ImportRefused, match="a heading of the text is longer than the limit of 3 characters"):
        store(NEW_DRAFT, "new")
    monkeypatch.undo()
    for run in ("-", "(a)", "ក", "\u00a0"):
        text = NEW_DRAFT.replace("Whoever publishes", f"Whoever {run * 501} publishes")
        assert text != NEW_DRAFT
        with pytest.raises(ImportRefused, match="a word, or row of signs, is longer than the limit of 500 characters"):
            store(text, "new")
    monkeypatch.setattr(laws_services, "WARNINGS_MAX", 1, raising=False)  # each stands on one page, for who corrects
    doubtful = b"Article 1. A\nB.\nArticle 1. A\nB.\nArticle 5. A\nB.\nArticle 5. A\nB.\n"
    with pytest.raises(ImportRefused, match="more warnings of the reader than the limit of 1"):
        read_file(Import(doubtful, "new.txt", accept_warnings=True))
    monkeypatch.undo()
    nested = [Clause("p0", "article", "Article 1", text="X.")]
    nested += [Clause(f"p{n}", "point", f"({n})", text="X.", depth=n, parent=f"p{n - 1}") for n in range(1, 60)]
    deep = Document("Deep", "en", tuple(nested))
    with pytest.raises(ReadingError, match="more than 50 levels deep"):
        read(write_markdown(deep, {}).encode(), filename="deep.md")
    with pytest.raises(ImportRefused, match="more than 50 levels deep"):
        store_text(deep, {}, "")
    assert not Version.objects.exists()
    assert store(NEW_DRAFT, "new").pk


def test_an_organisation_has_one_job_of_whatever_kind_under_way(queue, cast, settings, subtests):
    """The other worker is left to the others; with more workers more may run."""
    for name in registry.kinds:
        with subtests.test(name=name):
            Job.objects.all().delete()
            settings.JOBS_AT_ONCE = 1
            first, *others = (Job.objects.create(kind=kind, owner=cast.centre) for kind in [name, *registry.kinds])
            assert runner.claim(first.pk, in_turn=True) is not None
            assert [runner.claim(job.pk, in_turn=True) for job in others] == [None] * len(others)
            assert runner.next_job(others[0].pk) is None
            waiting = Job.objects.create(kind=name, owner=cast.charlie.organisations.get())
            assert runner.next_job(others[0].pk) == waiting and runner.claim(waiting.pk, in_turn=True) is not None
            settings.JOBS_AT_ONCE = 2
            assert runner.claim(others[0].pk, in_turn=True) is not None
            assert runner.next_job(others[1].pk) is None


def test_what_visitors_ask_for_leaves_the_other_worker_to_others_and_holds_no_work_of_the_site_up(
    queue, cast, django_capture_on_commit_callbacks
):
    first, second = (Job.objects.create(kind="comparison") for _ in range(2))
    assert runner.claim(first.pk, in_turn=True) is not None
    assert runner.next_job(second.pk) is None and runner.claim(second.pk, in_turn=True) is None
    file = queue(cast.centre)
    assert runner.next_job(second.pk) == file
    Job.objects.filter(pk=file.pk).update(state=JobState.DONE)
    periodic = Job.objects.create(kind="old-files", is_periodic=True)
    assert runner.next_job(second.pk) == periodic and runner.claim(periodic.pk, in_turn=True) is not None
    (mail,) = services.create_sealed("email", [{"to": "alice@example.org"}])
    assert runner.next_job(second.pk) == mail and runner.claim(mail.pk, in_turn=True) is not None
    Job.objects.filter(pk=first.pk).update(state=JobState.DONE)
    with patch.object(celery, "_post") as post, django_capture_on_commit_callbacks(execute=True):
        runner.send_held_back(None)
    assert post.call_args[0][1] == ("comparison", second.pk)
    assert runner.next_job(second.pk) == second and runner.claim(second.pk, in_turn=True) is not None


def test_what_an_organisation_causes_is_its_own(cast, store):
    version = store(NEW_DRAFT, "new", published=False)
    old = store(OLD_DRAFT, "old")
    Origin.objects.create(version=version, organisation=cast.alice.organisations.get())
    before = set(Job.objects.values_list("pk", flat=True))
    publish(version)
    request_comparison(version, old, by=cast.alice)
    made_now = Job.objects.exclude(pk__in=before)
    assert {"examination", "indexing", "comparison", "text-news"} <= set(made_now.values_list("kind", flat=True))
    assert set(made_now.values_list("owner", flat=True)) == {cast.alice.organisations.get().pk}


def test_what_one_asks_for_on_anothers_text_is_ones_own_and_an_organisation_asks_so_often(cast, store, settings):
    """Else it would fill the slot of who brought the text."""
    cache.clear()  # which counts what was asked for
    new, old = store(NEW_DRAFT, "new"), store(OLD_DRAFT, "old")
    Origin.objects.create(version=new, organisation=cast.centre)
    Comparison.objects.all().delete()  # what publishing had made
    settings.SUGGESTIONS_PER_HOUR = 1
    comparison = request_comparison(old, new, by=AnonymousUser())
    file = request_file(comparison, "pdf", "en", "https://here.example", cast.charlie)
    asked = [comparison, file, request_comparison(new, old, by=cast.charlie)]
    asked += [request_suggestions(cast.charlie, new, old)] * 2  # the last is under way
    assert [one.job.owner for one in asked] == [None, *[cast.others] * 4]
    Job.objects.update(state=JobState.DONE)
    assert request_suggestions(cast.rita, new, old).job.owner == cast.centre
    with pytest.raises(PermissionDenied, match="Too many requests"):
        request_suggestions(cast.rita, old, new)


@pytest.mark.parametrize("kind", ["email", "password-email"])
def test_emails_are_taken_before_what_waited_longer(queue, cast, kind):
    first, (mail,) = queue(cast.centre), services.create_sealed(kind, [{"email": "alice@example.org"}])
    services.create_claimed("old-files")  # nobody's is under way and was served last
    assert runner.next_job(first.pk) == mail


def test_e_mails_for_which_a_slow_server_is_waited_leave_workers_and_turns_to_others(queue, cast):
    """Of sixty that took five seconds each, both workers had them all before they read another's file."""
    file, (one, two) = queue(cast.centre), services.create_sealed("email", [{"to": "a@example.org"}] * 2)
    assert runner.next_job(file.pk) == one and runner.claim(one.pk, in_turn=True) is not None
    assert runner.next_job(two.pk) == file and runner.claim(two.pk, in_turn=True) is None
    Job.objects.filter(pk=one.pk).update(state=JobState.DONE)
    assert runner.next_job(two.pk) == file, "after an e-mail somebody else"
    Job.objects.filter(pk=file.pk).update(state=JobState.DONE)
    for kind in ("password-email", "password-link"):  # the one sends the other
        (password,) = services.create_sealed(kind, [{"to": "b@example.org"}])
        assert runner.next_job(two.pk) == password, "though it was asked for last"
        password.delete()
    Job.objects.filter(pk=file.pk).update(state=JobState.QUEUED)
    assert runner.claim(file.pk, in_turn=True) is not None and runner.next_job(file.pk) == two


@pytest.mark.verify
@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["comparison", "reading"])  # the second is claimed in turn
def test_a_job_that_works_in_silence_is_not_lost(monkeypatch, name):
    """It reports nothing for three times as long as a lost one is silent."""
    silence, seen = 0.4, []

    def work_in_silence(job, report):
        for _time in range(6):
            time.sleep(silence / 2)
            row = Job.objects.get(pk=job.pk)
            seen.append((row.is_abandoned, runner.claim(job.pk), runner.sweep()[name]))

    monkeypatch.setattr(f"{__name__}.work", work_in_silence)
    changes = {"function": f"{__name__}.work", "model": None, "silence_max": timedelta(seconds=silence)}
    one = dataclasses.replace(registry.kinds[name], **changes, every=None, follows=(), kept_for=None)
    monkeypatch.setattr(registry, "kinds", {})
    for module in (registry, runner, services, models):
        monkeypatch.setattr(module, "kinds", {name: one})
    job = Job.objects.create(kind=name)
    assert runner.run(job.pk)
    job.refresh_from_db()
    assert seen == [(False, None, 0)] * 6 and (job.state, job.attempts) == (JobState.DONE, 1)


def test_what_visitors_ask_for_waits_for_one_of_each_other_kind(queue):
    """Thirty-six files that one visitor asked for stood before another's comparison: it came after three minutes."""
    now = timezone.now()
    files = [Job.objects.create(kind="comparisonfile", requested_at=now) for _ in range(3)]
    comparison = Job.objects.create(kind="comparison", requested_at=now + timedelta(seconds=9))
    order = []
    for _ in range(4):
        job = runner.next_job(files[0].pk)
        order.append(job.kind)
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, attempts=1, heartbeat=timezone.now())
    assert order == ["comparisonfile", "comparison", "comparisonfile", "comparisonfile"] and comparison.pk


def cause(row, report) -> None:
    services.create("old-files")


def test_what_a_job_causes_waits_for_its_organisation_s_turn(queue, cast, monkeypatch):
    """What followed an organisation's fetch of US law was nobody's: visitors waited for it for minutes."""
    kind = dataclasses.replace(registry.kinds["reading"], function=f"{__name__}.cause")
    monkeypatch.setitem(registry.kinds, "reading", kind)
    with patch.object(celery, "_post"):
        runner.run_now(queue(cast.centre))
        services.create("old-files")
    assert list(Job.objects.filter(kind="old-files").order_by("pk").values_list("owner", flat=True)) == [
        cast.centre.pk,
        None,
    ]


def test_a_job_of_a_kind_that_this_process_does_not_know_holds_no_other_up(queue, cast, client):
    """It stopped all background work of the process, and the staff's page of jobs."""
    Job.objects.create(kind="of-another-day")
    file = queue(cast.centre)
    assert runner.next_job(file.pk) == file
    client.force_login(cast.sara)
    assert client.get("/admin/core/job/").status_code == 200


def test_work_by_the_rules_of_a_later_release_waits_for_its_workers(cast, store):
    """Those of the release before did it by theirs, under the number of the later."""
    text = store(NEW_DRAFT, "new", published=False)
    job = Job.objects.create(kind="examination")
    examination = Examination.objects.create(version=text, engine="9999", job=job)
    runner.run_now(job)
    job.refresh_from_db()
    assert job.is_put_off and job.state == JobState.QUEUED and not examination.findings.exists()


def test_what_two_ask_for_runs_in_the_turn_in_which_nothing_waits(cast, store, settings):
    """A visitor waited for all that the organisation had asked for before; then others for one of any length."""
    settings.COMPARISONS_PER_HOUR = 50
    new, old = store(NEW_DRAFT, "new"), store(OLD_DRAFT, "old")
    Comparison.objects.all().delete()
    Job.objects.update(state=JobState.DONE)
    comparison = request_comparison(old, new, by=cast.charlie)
    ask_again = partial(Client().post, comparison.get_absolute_url(), headers={"Origin": "http://testserver"})
    job = comparison.job
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    other = Job.objects.create(kind="comparison")
    ask_again()
    assert Job.objects.get(pk=job.pk).owner == cast.others, "another waits there"
    other.delete()
    with patch("lawcompare.comparisons.access.CLAUSES_A_USE", 1):
        assert ask_again().status_code == 302
    assert Job.objects.get(pk=job.pk).owner == cast.others, "it is too long for that line, and waits where it did"
    ask_again()
    assert Job.objects.get(pk=job.pk).owner is None
