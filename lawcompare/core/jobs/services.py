"""Having jobs done: new ones, those that failed, those that are asked for again."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from lawcompare import celery
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs.models import UNFINISHED, Job, JobState
from lawcompare.core.jobs.registry import Kind, kinds
from lawcompare.core.log.services import record

# The key of the organisation whose job is being run here.
_running_for: ContextVar[int | None] = ContextVar("running_for", default=None)


@contextmanager
def caused_by(job: Job) -> Iterator[None]:
    """What a job causes is of its owner, where it is not somebody else's: it waits for that organisation's turn."""
    token = _running_for.set(job.owner_id)
    try:
        yield
    finally:
        _running_for.reset(token)


def create(kind: str, owner: Any = None, **values: Any) -> Job:
    """Have a new job run once the present transaction is committed. ``owner``: the organisation whose it is.

    The caller has its row point to it in the same transaction.
    """
    job = Job.objects.create(kind=kind, owner_id=owner.pk if owner else _running_for.get(), **values)
    enqueue(job)
    return job


def create_claimed(kind: str, owner: Any = None) -> Job:
    """A new job that this process does itself, at once."""
    return Job.objects.create(kind=kind, owner=owner, state=JobState.RUNNING, attempts=1)


def create_sealed(kind: str, secrets: Iterable[Mapping[str, Any]]) -> list[Job]:
    """Have a new job run for each of these values, which are kept encrypted until it is done or has failed."""
    cipher = site_cipher("jobs")
    sealed = [cipher.encrypt(json.dumps(dict(secret)).encode()).decode() for secret in secrets]
    jobs = Job.objects.bulk_create([Job(kind=kind, sealed=one) for one in sealed], batch_size=500)
    for job in jobs:
        enqueue(job)
    return jobs


def secret_of(job: Job) -> dict[str, Any] | None:
    """The values that a job was made with; None where none of the site's keys opens them."""
    try:
        secret: dict[str, Any] = json.loads(site_cipher("jobs").decrypt(job.sealed.encode()))
    except InvalidToken:
        return None
    return secret


def enqueue(job: Job) -> None:
    """Tell the workers of a waiting job once the present transaction is committed."""
    celery.send(celery.RUN_JOB, job.kind, job.pk)


@transaction.atomic
def request(kind: str, row: Any, owner: Any = None) -> None:
    """Have the job of this kind that a row points to run from now on, as the ``owner``'s; it is made where there is
    none.
    """
    field = kinds[kind].field
    row.refresh_from_db(fields=[field])
    job = getattr(row, field)
    if job is not None:
        _queue(job, Job.objects.filter(pk=job.pk), owner=owner.pk if owner else _running_for.get())
        return
    setattr(row, field, create(kind, owner))
    row.save(update_fields=[field])


def request_anew(job: Job) -> None:
    """Have a job run from now on, whatever its state: a worker that holds it loses it."""
    _queue(job, Job.objects.filter(pk=job.pk))


def start(job: Job, owner: Any = None) -> bool:
    """Have a job run again, done or not, as the ``owner``'s from now on; False where it is under way."""
    return not job.is_under_way and _queue(job, as_seen(job), owner=owner)


def take_over(job: Job, owner: Any) -> None:
    """Have a job that waits in another's turn run in the owner's, where nothing of theirs waits: who asks for what
    another asked for does not wait for all else of that one.
    """
    if may_take_over(job, owner) and Job.objects.filter(pk=job.pk, state=JobState.QUEUED).update(owner=owner):
        enqueue(job)


def may_take_over(job: Job, owner: Any) -> bool:
    """Whether a job waits in another's turn, and nothing waits in the owner's."""
    is_elsewhere = Job.objects.filter(pk=job.pk, state=JobState.QUEUED).exclude(owner=owner).exists()
    return is_elsewhere and not Job.objects.filter(owner=owner, state__in=UNFINISHED, is_periodic=False).exists()


@transaction.atomic
def retry(job: Job, by: Any = None, organisation: str = "") -> bool:
    """Have a job run again that failed or whose worker is lost; False for any other. What a person asks is logged."""
    if not (job.may_be_retried and _queue(job, as_seen(job))):
        return False
    if by is not None:
        record("retry", f"{job.kind}/{job.pk}", by=by, organisation=organisation)
    return True


def as_seen(job: Job) -> QuerySet[Job]:
    """The job's row, unless somebody has queued it or claimed it since it was read."""
    return Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts)


def _queue(job: Job, rows: QuerySet[Job], **values: Any) -> bool:
    now = timezone.now()
    if not rows.update(
        state=JobState.QUEUED,
        step="",
        reason="",
        result="",
        requested_at=now,
        due_at=None,
        heartbeat=now,
        finished_at=None,
        **values,
    ):
        return False
    job.refresh_from_db()
    enqueue(job)
    return True


def count_jobs() -> Counter[tuple[str, str]]:
    rows = Job.objects.order_by().values_list("kind", "state").annotate(n=Count("pk"))
    return Counter({(kind, state): n for kind, state, n in rows})


# Of one kind, of those that a page lists and counts.
OF_A_KIND_MAX = 100


def jobs_of(user: Any) -> list[Job]:
    """The unfinished and failed jobs that a person may see, the newest first, and of each kind the newest alone.

    One query for each kind, also where nobody has such a job: nobody learns by it that others have.
    """
    jobs = [job for kind in kinds.values() for job in _jobs_of_kind(kind, user)]
    return sorted(jobs, key=lambda job: job.requested_at, reverse=True)


def _jobs_of_kind(kind: Kind, user: Any, number: int | None = None) -> list[Job]:
    jobs = []
    if kind.visible is not None:
        wanted: dict[str, Any] = {
            f"{kind.field}__kind": kind.name,
            f"{kind.field}__state__in": [*UNFINISHED, JobState.FAILED],
        }
        wanted |= {kind.field: number} if number is not None else {}
        rows = kind.visible(user).filter(**wanted).order_by(f"-{kind.field}__requested_at")
        for row in rows.select_related(kind.field)[:OF_A_KIND_MAX]:
            job = getattr(row, kind.field)
            job.row = row
            jobs.append(job)
    return jobs


def get_job(user: Any, kind: str, number: int) -> Job | None:
    """A job that a person may see, by its kind and number."""
    return next(iter(_jobs_of_kind(kinds[kind], user, number)), None) if kind in kinds else None
