"""The machine's clock jumps back or forward by a day: nothing is lost, hangs or lasts longer than it may."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from lawcompare import celery
from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.runner import LostClaim, claim, finish, run_now, sweep
from lawcompare.core.log.services import BadStatement, check_log, publish, record
from lawcompare.core.models import Entry, Statement
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.core.making import made

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
JUMPS = pytest.mark.parametrize("jump", [DAY, -DAY], ids=["forward", "back"])


@contextmanager
def clock(jump: timedelta):
    real = time.time
    with (
        patch("django.utils.timezone.now", lambda: datetime.now(UTC) + jump),
        patch("time.time", lambda: real() + jump.total_seconds()),
    ):
        yield


@pytest.fixture
def comparison(store) -> Comparison:
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    return made(Comparison, old=old, new=new)


@pytest.fixture
def job(comparison) -> Job:
    return comparison.job


@JUMPS
def test_a_job_whose_worker_was_lost_before_the_jump_is_found_and_has_one_result(comparison, job, jump):
    first = claim(job.pk)
    with clock(jump):
        assert sweep()["comparison"] == 1
        run_now(job)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (JobState.DONE, 2)
        pairs = list(comparison.pairs.values_list("position", "kind", "old", "new"))
        with pytest.raises(LostClaim):
            finish(first)  # it lived after all, and writes nothing more
    assert pairs and list(comparison.pairs.values_list("position", "kind", "old", "new")) == pairs


@JUMPS
def test_a_job_that_is_done_stays_done(job, jump):
    run_now(job)
    with clock(jump):
        assert sweep()["comparison"] == 0
        run_now(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)


@pytest.mark.django_db
def test_periodic_work_goes_on_when_the_clock_is_set_right_again():
    sweep()
    with clock(DAY * 40):
        sweep()
        begun = Job.objects.filter(is_periodic=True, state=JobState.QUEUED)
        kinds = set(begun.values_list("kind", flat=True))
        begun.update(state=JobState.DONE)
    assert kinds
    sweep()
    assert set(begun.all().values_list("kind", flat=True)) == kinds


def test_what_was_put_off_while_the_clock_was_ahead_is_done_when_it_is_set_right_again(job):
    later = timezone.now() + timedelta(minutes=30)
    Job.objects.update(due_at=later)
    assert not Job.objects.waiting().exists() and claim(job.pk) is None
    Job.objects.update(due_at=later + DAY)
    with clock(DAY):
        assert claim(job.pk) is None
    with patch("lawcompare.core.jobs.runner.enqueue") as enqueued:
        sweep()
    assert job in [call.args[0] for call in enqueued.call_args_list]
    assert job in Job.objects.waiting() and claim(job.pk)


def test_a_session_ends_when_the_clock_jumps_ahead_and_lasts_no_longer_when_it_is_set_back(cast, settings):
    cast.alice.set_password("a long enough pass phrase")
    cast.alice.save()

    def is_in() -> bool:
        return browser.get("/workspace/").status_code == 200

    def sign_in() -> Client:
        browser = Client()
        browser.post("/accounts/login/", {"login": cast.alice.email, "password": "a long enough pass phrase"})
        return browser

    browser = sign_in()
    assert is_in()
    with clock(DAY):
        assert not is_in()
        browser = sign_in()  # while the clock is a day ahead
        assert is_in()
    assert is_in()  # it was set right again; from here on the session's clocks run anew
    with clock(timedelta(hours=settings.SESSION_HOURS_IDLE + 1)):
        assert not is_in()


@JUMPS
def test_the_log_goes_on_in_its_order(jump):
    record("test", "one/1")
    with clock(jump), patch("lawcompare.core.log.services.datetime") as moved:
        moved.now = lambda zone: datetime.now(zone) + jump
        record("test", "two/2")
    record("test", "three/3")
    assert check_log() == (Entry.objects.count(), 0)
    assert list(Entry.objects.order_by("number").values_list("subject", flat=True))[-3:] == [
        "one/1",
        "two/2",
        "three/3",
    ]


def test_no_statement_is_made_of_a_day_before_the_last_one():
    """Two statements must not contradict each other in which of them is the later one."""
    key, today = Ed25519PrivateKey.generate(), datetime.now(UTC).date()
    publish("law.example", today, list, key)
    with pytest.raises(BadStatement, match="set the clock right"):
        publish("law.example", today - DAY, list, key)
    assert Statement.objects.count() == 1


@pytest.mark.parametrize(("since", "is_due"), [(DAY, True), (timedelta(), False), (-DAY, True)])
def test_what_beat_sends_each_minute_is_due_though_the_clock_was_set_back(since, is_due):
    """It kept when it had sent last, a day ahead, and sent nothing for a day, started anew or not."""
    (sent,) = celery.app.conf.beat_schedule.values()
    assert sent["schedule"].is_due(datetime.now(UTC) + since).is_due is is_due
