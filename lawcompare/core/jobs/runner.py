"""How workers run jobs: whose turn it is, the claim, the work with heartbeats and progress, its end; and the lost ones.

The broker hands out messages in the order in which they came, so that two hundred files of one organisation would stand
before the one of another. So a message is only the news that something waits: whoever gets one runs the job of that
organisation which has the fewest under way and was served longest ago, e-mails first (``Kind.goes_first``), but not one
after the other. Jobs of no organisation, which visitors ask for, share a turn too. An organisation has ``JOBS_AT_ONCE``
under way at most, whatever their kinds, and leaves the other workers to the others; so have all visitors together, and
all e-mails, each of which may wait half a minute for a slow mail server.
"""

import faulthandler
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import current_task
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Max, Min, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from lawcompare.core.jobs.models import PROGRESS_SECONDS, UNFINISHED, Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX, Kind, kinds
from lawcompare.core.jobs.services import as_seen, caused_by, create, enqueue
from lawcompare.engine.errors import EngineError

log = logging.getLogger(__name__)

UNEXPECTED = "It ended with an unexpected error, which is in the server's log."
# Progress is reported many times a second, and each report that is written is a transaction.
SECONDS_BETWEEN_REPORTS = 0.5
NEVER = datetime.min.replace(tzinfo=UTC)
# An organisation none of whose jobs ran for so long was served longest ago.
SERVED_WITHIN = timedelta(days=1)
# After so many seconds in which none of its threads had a turn, a worker's process ends itself.
HELD_MAX = 90
# Any number, the same for all: who holds it asks whether nobody's jobs have all the places they may.
LOCK = 0x6A6F62


class LostClaim(Exception):
    """The job is no longer this worker's: another one has it, or it was requested anew, or it was deleted."""


class JobFailed(EngineError):
    """A job cannot be done. ``result`` says how it failed, in a word for programs."""

    def __init__(self, reason: str, result: str) -> None:
        super().__init__(reason)
        self.result = result


class NotNow(Exception):
    """A job cannot be done at present: it is put off until ``due_at``."""

    def __init__(self, due_at: datetime) -> None:
        super().__init__(due_at)
        self.due_at = due_at


def leave_to_later_release(engine: str, ours: str) -> None:
    """Raises ``NotNow`` for work by the rules of a later release: a worker of that one will do it."""
    if engine.isdecimal() and int(engine) > int(ours):
        raise NotNow(timezone.now() + timedelta(minutes=1))


# --- Running one -----------------------------------------------------------------------------------------------------


def run_now(job: Job) -> None:
    """Run a job in this process. One that another worker holds is left to it."""
    run(job.pk)


def run(job_id: int, *, in_turn: bool = False) -> bool:
    """Run a job that waits, or whose worker is lost; do nothing with one that is done or in a living worker's hands.

    ``in_turn``: nor with one whose organisation already runs as many as it may (``JOBS_AT_ONCE``).
    Returns whether it was run here, whatever became of it.
    """
    job = claim(job_id, in_turn=in_turn)
    if job is None:
        return False
    if job.registered.model is not None and job.row is None:
        job.delete()  # what it was about is gone
        return True
    try:
        with _heartbeats(job), ends_if_held(HELD_MAX if is_worker() else 0), caused_by(job):
            import_string(job.registered.function)(job.row or job, Reporter(job))
        if job.state == JobState.RUNNING:
            with transaction.atomic():
                finish(job)
    except LostClaim:
        log.info("%s is no longer this worker's", job)
    except NotNow as later:
        _own(job).update(state=JobState.QUEUED, step="", due_at=later.due_at, heartbeat=timezone.now())
    except EngineError as error:
        _fail(job, str(error), getattr(error, "result", ""))
    except (IntegrityError, OperationalError):
        # A deadlock, a name that another transaction took meanwhile: PostgreSQL ends it by giving up one of them.
        log.exception("%s was ended by the database", job)
        if job.attempts >= job.registered.attempts_max:
            _fail(job, UNEXPECTED)
        elif _own(job).update(state=JobState.QUEUED, step="", heartbeat=timezone.now()):
            enqueue(job)
    except Exception:
        # What it was about went meanwhile, as where a text became public and is compared anew.
        if job.registered.model is not None and job.registered.row_of(job) is None:
            job.delete()
            return True
        log.exception("%s failed", job)
        _fail(job, UNEXPECTED)
    return True


def claim(job_id: int, *, in_turn: bool = False) -> Job | None:
    """Take a job for this worker, in one conditional update; None where it is not to be had.

    ``in_turn``: workers of one organisation's jobs claim one after the other, and none beyond ``JOBS_AT_ONCE``.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.is_put_off or not (job.state == JobState.QUEUED or job.is_abandoned):
        return None
    if _ends_its_workers(job):
        _give_up(job)
        return None
    if not in_turn or (job.owner_id is None and job.registered.every):
        return _take(job)
    with transaction.atomic():
        return None if has_all_it_may(job) else _take(job)


def _take(job: Job) -> Job | None:
    values = {"state": JobState.RUNNING, "attempts": F("attempts") + 1, "step": "", "done": 0, "total": 0, "reason": ""}
    if not as_seen(job).update(**values, heartbeat=timezone.now()):
        return None
    return Job.objects.get(pk=job.pk)


def hold(job: Job, **values: Any) -> None:
    """Write ``values`` and a heartbeat to a job that this worker has claimed. Raises ``LostClaim``."""
    values["heartbeat"] = timezone.now()
    if not _own(job).update(**values):
        raise LostClaim
    for name, value in values.items():
        setattr(job, name, value)


def finish(job: Job, **values: Any) -> None:
    """Mark a claimed job as done, in one transaction with its result. Raises ``LostClaim``, which undoes both."""
    hold(job, state=JobState.DONE, reason="", sealed="", finished_at=timezone.now(), **values)
    _have_followed(job)


@transaction.atomic
def _fail(job: Job, reason: str, result: str = "") -> None:
    # What nobody can have tried again is forgotten.
    sealed = job.sealed if job.registered.retried_by else ""
    values = {"state": JobState.FAILED, "reason": reason, "result": result, "sealed": sealed}
    if _own(job).update(**values, heartbeat=timezone.now()):
        _have_followed(job)


def _have_followed(job: Job) -> None:
    for kind in kinds.values():
        if job.kind in kind.follows:
            create(kind.name, job.owner, after=job)


def _own(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


@contextmanager
def _heartbeats(job: Job) -> Iterator[None]:
    """Says now and then that this process lives, whatever the function reports (at most ``TASK_SECONDS_MAX`` long)."""
    own, ended = _own(job), threading.Event()

    def beat() -> None:
        while not ended.wait(job.registered.silence_max.total_seconds() / 4):
            try:
                own.update(heartbeat=timezone.now())
            except DatabaseError:
                log.info("%s: no heartbeat could be written", job)  # SQLite has one writer at a time
            finally:
                connection.close()

    (thread := threading.Thread(target=beat, daemon=True)).start()
    try:
        yield
    finally:
        ended.set()
        thread.join(5)  # for one that is being written


def is_worker() -> bool:
    """Whether this is a process that runs nothing but jobs."""
    return settings.TASKS == "worker" and bool(current_task) and not current_task.request.is_eager


@contextmanager
def ends_if_held(seconds: float) -> Iterator[None]:
    """Ends this process where one step holds the interpreter for so long, as an expression does that never ends.

    Then no heartbeat is written, and the job would go to the next worker while the first is still at it. Nothing that
    is written in Python could end it: the C library's timer, which ``faulthandler`` starts, does. 0: nothing is ended.
    """
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            faulthandler.dump_traceback_later(seconds, exit=True, file=2)
            ended.wait(seconds / 10)

    if not seconds:
        yield
        return
    (thread := threading.Thread(target=watch, daemon=True)).start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        faulthandler.cancel_dump_traceback_later()


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
        if self.job.registered.is_one_transaction:
            now = timezone.now().isoformat()
            cache.set(self.job.progress_key, [step, done, total, now], PROGRESS_SECONDS)
        else:
            hold(self.job, step=step, done=done, total=total)


# --- Whose turn it is ------------------------------------------------------------------------------------------------


def next_job(named_id: int) -> Job | None:
    """The job to run on the news that this one waits; None where nothing waits, or all is held back (``JOBS_AT_ONCE``).

    The one named may have been run already, on the news of another: then this news is good for that other one. A job
    whose worker was lost is run by whichever worker gets the message.
    """
    named = Job.objects.filter(pk=named_id).first()
    if named is not None and named.state == JobState.RUNNING and named.is_abandoned:
        return named
    # Those of a kind that another release, or another machine, has are left to it.
    now, jobs = timezone.now(), Job.objects.order_by().filter(kind__in=kinds)
    at_work = Counter(_turn(kind, owner) for kind, owner in _at_work().values_list("kind", "owner"))
    begun = jobs.filter(attempts__gt=0, heartbeat__gt=now - SERVED_WITHIN)
    served = dict(begun.values_list("owner").annotate(last=Max("heartbeat")))
    waiting = jobs.waiting()
    oldest = waiting.values_list("kind", "owner").annotate(first=Min("requested_at"))
    # Who waits for a link to a new password does not wait for a thousand other e-mails, nor a visitor's comparison for
    # many files.
    of_kind = dict(begun.filter(owner=None).values_list("kind").annotate(last=Max("heartbeat")))
    last = begun.order_by("-heartbeat").values_list("kind", flat=True).first()
    candidates = []
    for kind, owner, first in oldest:
        under_way = at_work[_turn(kind, owner)]
        if under_way < settings.JOBS_AT_ONCE or (owner is None and kinds[kind].every):
            goes_first = kinds[kind].goes_first and last not in _first_kinds()
            turn = served.get(owner, NEVER), of_kind.get(kind, NEVER) if owner is None else NEVER
            candidates.append((not goes_first, under_way, *turn, first, kind, owner))
    if not candidates:
        return None
    *_rank, kind, owner = min(candidates, key=lambda candidate: candidate[:5])
    return waiting.filter(kind=kind, owner=owner).order_by("requested_at", "pk").first()


def _turn(kind: str, owner: int | None) -> tuple[int | None, bool]:
    """Whose turn a job takes: an organisation's, that of all e-mails, or that of what visitors ask for."""
    return owner, owner is None and kind in _first_kinds()


def _first_kinds() -> list[str]:
    return [name for name, kind in kinds.items() if kind.goes_first]


def _at_work() -> QuerySet[Job]:
    """The jobs in the hands of living workers that count against ``JOBS_AT_ONCE``."""
    periodic = [name for name, kind in kinds.items() if kind.every]
    running = Job.objects.order_by().filter(state=JobState.RUNNING, heartbeat__gt=timezone.now() - SILENCE_MAX)
    return running.exclude(kind__in=periodic, owner=None)


def has_all_it_may(job: Job) -> bool:
    """Whether the organisation of a waiting job runs as many as it may (``JOBS_AT_ONCE``), or nobody's of its turn do.

    Call it in a transaction: until its end no other worker gets an answer for the same organisation.
    """
    organisations: Any = Job._meta.get_field("owner").related_model
    if job.owner_id is not None:
        # Not as who changes its key: that would wait for every transaction that wrote a row of this organisation.
        organisations.objects.select_for_update(no_key=True).get(pk=job.owner_id)
    elif connection.vendor == "postgresql":  # SQLite has one writer
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    at_work = _at_work().filter(owner=job.owner_id).exclude(pk=job.pk).values_list("kind", "owner")
    turns = [_turn(kind, owner) for kind, owner in at_work]
    return turns.count(_turn(job.kind, job.owner_id)) >= settings.JOBS_AT_ONCE


def send_held_back(owner: int | None) -> None:
    """After a job of an organisation, or of nobody: have the next one run that waited for it."""
    job = Job.objects.waiting().filter(owner=owner).order_by("pk").first()
    if job is not None:
        enqueue(job)


# --- What was lost, and what is due ----------------------------------------------------------------------------------


def sweep() -> Counter[str]:
    """Queue again the jobs whose message or worker was lost, and start periodic tasks that are due.

    Returns how many lost ones of each kind were taken up or given up. Safe to run at any time and by several at once:
    whoever runs a job claims it first.
    """
    for kind in kinds.values():
        if kind.every is not None:
            _start_periodic(kind, kind.every)
        if kind.kept_for is not None:
            Job.objects.filter(kind=kind.name, requested_at__lt=timezone.now() - kind.kept_for).delete()
        if kind.model is not None:
            with_row = kind.model._default_manager.exclude(**{kind.field: None}).values(kind.field)
            Job.objects.filter(kind=kind.name).exclude(pk__in=with_row).delete()
    taken_up: Counter[str] = Counter(dict.fromkeys(kinds, 0))
    for job in Job.objects.filter(state__in=UNFINISHED, kind__in=kinds).defer("sealed"):
        is_due = job.state == JobState.QUEUED and job.due_at is not None and job.heartbeat < job.due_at
        if job.is_put_off or not (job.is_abandoned or is_due):
            continue
        taken_up[job.kind] += job.is_abandoned
        if _ends_its_workers(job):
            _give_up(job)
        elif as_seen(job).update(state=JobState.QUEUED, step="", heartbeat=timezone.now()):
            enqueue(job)
    return taken_up


def _start_periodic(kind: Kind, every: timedelta) -> None:
    now = timezone.now()
    job, _is_new = Job.objects.get_or_create(
        kind=kind.name, is_periodic=True, defaults={"state": JobState.DONE, "requested_at": now}
    )
    # A moment that lies ahead is of before the clock was set back.
    if job.state not in UNFINISHED and abs(now - job.requested_at) >= every:
        values = {"state": JobState.QUEUED, "reason": "", "attempts": 0, "requested_at": now}
        if as_seen(job).filter(requested_at=job.requested_at).update(**values, heartbeat=now):
            enqueue(job)


def _ends_its_workers(job: Job) -> bool:
    return job.state == JobState.RUNNING and job.attempts >= job.registered.attempts_max


@transaction.atomic
def _give_up(job: Job) -> None:
    reason = f"Its worker ended {job.attempts} times before it was done."
    sealed = job.sealed if job.registered.retried_by else ""
    if as_seen(job).update(state=JobState.FAILED, reason=reason, sealed=sealed, heartbeat=timezone.now()):
        log.warning("%s: its worker ended; it is not tried again", job)
        _have_followed(job)
