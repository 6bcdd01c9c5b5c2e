"""How a worker runs a job: claim it, do it with heartbeats and progress, and mark it done or failed with the reason."""

import logging
import time
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from lawcompare.engine.errors import EngineError
from lawcompare.jobs import turns
from lawcompare.jobs.models import PROGRESS_SECONDS, Job, JobState
from lawcompare.jobs.registry import kinds, watchers

log = logging.getLogger(__name__)

UNEXPECTED = "It ended with an unexpected error, which is in the server's log."
# Progress is reported many times a second, and each report that is written is a transaction.
SECONDS_BETWEEN_REPORTS = 0.5


class LostClaim(Exception):
    """The job is no longer this worker's: another one has it, or it was requested anew, or it was deleted."""


def run(kind_name: str, job_id: int, *, in_turn: bool = False) -> bool:
    """Run a job that waits, or whose worker is lost; do nothing with one that is done or in a living worker's hands.

    ``in_turn``: nor with one whose organisation already runs as many of the kind as it may (``at_once_max``).
    Returns whether it was run here, whatever became of it.
    """
    kind = kinds[kind_name]
    job = claim(kind.model, job_id, in_turn=in_turn)
    if job is None:
        return False
    try:
        kind.run(job, Reporter(job))
        if job.state == JobState.RUNNING:
            finish(job)
    except LostClaim:
        log.info("%s %s is no longer this worker's", kind_name, job_id)
    except EngineError as error:
        _fail(job, str(error))
    except Exception:
        log.exception("%s %s failed", kind_name, job_id)
        _fail(job, UNEXPECTED)
    return True


def claim[AnyJob: Job](model: type[AnyJob], job_id: int, *, in_turn: bool = False) -> AnyJob | None:
    """Take a job for this worker, in one conditional update; None where it is not to be had.

    ``in_turn``: workers of one organisation's jobs claim one after the other, and none beyond ``at_once_max``.
    """
    jobs = model._default_manager
    job = jobs.filter(pk=job_id).first()
    if job is None or not (job.state == JobState.QUEUED or job.is_abandoned):
        return None
    if not in_turn or model.at_once_max is None:
        return _take(job)
    with transaction.atomic():
        return None if turns.has_all_it_may(job) else _take(job)


def _take[AnyJob: Job](job: AnyJob) -> AnyJob | None:
    jobs = type(job)._default_manager
    now, attempts = timezone.now(), F("attempts") + 1
    if not jobs.filter(pk=job.pk, state=job.state, attempts=job.attempts).update(
        state=JobState.RUNNING, attempts=attempts, step="", done=0, total=0, reason="", heartbeat=now
    ):
        return None
    job.refresh_from_db()
    return job


def hold(job: Job, **values: Any) -> None:
    """Write ``values`` and a heartbeat to a job that this worker has claimed. Raises ``LostClaim``."""
    values["heartbeat"] = timezone.now()
    if not _own(job).update(**values):
        raise LostClaim
    for name, value in values.items():
        setattr(job, name, value)


def finish(job: Job, **values: Any) -> None:
    """Mark a claimed job as done, in one transaction with its result. Raises ``LostClaim``, which undoes both."""
    hold(job, state=JobState.DONE, reason="", finished_at=timezone.now(), **values)
    _tell_watchers(job)


def _fail(job: Job, reason: str) -> None:
    if _own(job).update(state=JobState.FAILED, reason=reason, heartbeat=timezone.now()):
        job.state, job.reason = JobState.FAILED, reason
        _tell_watchers(job)


def _tell_watchers(job: Job) -> None:
    for watcher in watchers:
        watcher(job)


def _own(job: Job) -> QuerySet[Job]:
    return type(job)._default_manager.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


class Reporter:
    """Writes the progress that a job's function reports, which is its heartbeat too. Raises ``LostClaim``."""

    def __init__(self, job: Job) -> None:
        self.job, self.step, self.reported_at = job, "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        is_last = bool(total) and done == total
        is_soon = time.monotonic() - self.reported_at < SECONDS_BETWEEN_REPORTS
        if is_soon and step == self.step and not is_last:
            return
        self.step, self.reported_at = step, time.monotonic()
        if self.job.is_one_transaction:
            now = timezone.now().isoformat()
            cache.set(self.job.progress_key, [step, done, total, now], PROGRESS_SECONDS)
        else:
            hold(self.job, step=step, done=done, total=total)
