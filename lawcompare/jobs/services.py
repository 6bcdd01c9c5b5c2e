"""Starting jobs, trying them again, and finding those that were lost."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from lawcompare import celery
from lawcompare.audit.services import record
from lawcompare.jobs import registry, runner
from lawcompare.jobs.models import UNFINISHED, Job, JobState


def enqueue(job: Job) -> None:
    """Have a new job run once the present transaction is committed."""
    celery.send(celery.RUN_JOB, job.kind, job.pk)


def send_held_back(kind_name: str) -> None:
    """After a job of a kind whose number at once is limited: have the next one run that waited for it."""
    model = registry.kinds[kind_name].model
    if model.at_once_max is not None and (job := model.sweepable().filter(state=JobState.QUEUED).first()):
        enqueue(job)


def request_anew(job: Job) -> None:
    """Have a job run from now on, whatever its state: a worker that holds it loses it."""
    _queue(job, type(job)._default_manager.filter(pk=job.pk))


@transaction.atomic
def request(model: type[Job], **key: Any) -> None:
    """Have the one job of these values run from now on; it is made where there is none."""
    job, is_new = model._default_manager.get_or_create(**key)
    if is_new:
        enqueue(job)
    else:
        request_anew(job)


def start(job: Job) -> bool:
    """Have a job run again, done or not; False where it is under way."""
    return not job.is_under_way and _queue(job, _as_seen(job))


@transaction.atomic
def retry(job: Job, by: Any = None, organisation: str = "") -> bool:
    """Have a job run again that failed or whose worker is lost; False for any other. What a person asks is logged."""
    if not (job.may_be_retried and _queue(job, _as_seen(job))):
        return False
    if by is not None:
        record("retry", f"{job.kind}/{job.pk}", by=by, organisation=organisation)
    return True


def _as_seen(job: Job) -> QuerySet[Job]:
    """The job's row, unless somebody has queued it or claimed it since it was read."""
    return type(job)._default_manager.filter(pk=job.pk, state=job.state, attempts=job.attempts)


def _queue(job: Job, rows: QuerySet[Job]) -> bool:
    now = timezone.now()
    if not rows.update(state=JobState.QUEUED, reason="", requested_at=now, heartbeat=now, finished_at=None):
        return False
    job.refresh_from_db()
    enqueue(job)
    return True


def run_now(job: Job) -> None:
    """Run a job in this process. One that another worker holds is left to it."""
    runner.run(job.kind, job.pk)


def sweep() -> dict[str, int]:
    """Queue again the jobs whose message or worker was lost. Returns how many of each kind were taken up or given up.

    Safe to run at any time and by several at once: whoever runs a job claims it first.
    """
    for chore in registry.chores:
        chore()
    return {kind.name: _sweep(kind.model) for kind in registry.kinds.values()}


def _sweep(model: type[Job]) -> int:
    lost = [job for job in model.sweepable().filter(state__in=UNFINISHED) if job.is_abandoned]
    for job in lost:
        if job.state == JobState.RUNNING and job.attempts >= job.attempts_max:
            reason = f"Its worker ended {job.attempts} times before it was done."
            _as_seen(job).update(state=JobState.FAILED, reason=reason)
        elif _as_seen(job).update(state=JobState.QUEUED, heartbeat=timezone.now()):
            enqueue(job)
    return len(lost)


def count_jobs() -> Counter[tuple[str, str]]:
    """(kind, state) -> how many jobs."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind in registry.kinds.values():
        for row in kind.model._default_manager.order_by().values("state").annotate(n=Count("pk")):
            counts[kind.name, row["state"]] = row["n"]
    return counts
