"""The row of a background job: its state, its progress, the claim of the worker that holds it, and why it failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.core.jobs.registry import Kind, kinds

PROGRESS_SECONDS = 600
# No job is put off for longer: one that seems to be was put off before the clock was set back.
PUT_OFF_MAX = timedelta(hours=1)


class JobState(models.TextChoices):
    QUEUED = "queued", gettext_lazy("waiting")
    RUNNING = "running", gettext_lazy("running")
    DONE = "done", gettext_lazy("done")
    FAILED = "failed", gettext_lazy("failed")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def waiting(self) -> JobQuerySet:
        now = timezone.now()
        return self.filter(state=JobState.QUEUED).exclude(due_at__gt=now, due_at__lte=now + PUT_OFF_MAX)


@dataclass(frozen=True)
class Progress:
    """How far a job is: the step it is at, ``done`` of ``total`` units of it, and when that was reported."""

    step: str
    done: int
    total: int
    heartbeat: datetime


class Job(models.Model):
    """A piece of background work. What it is about is the row that points to it (``Kind.model``).

    ``attempts`` counts the claims, so it is also the number of the claim that counts: a worker with an older number
    has lost the job and writes nothing more.
    """

    # The name of a registered ``Kind``.
    kind = models.CharField(max_length=20)
    # Whose it is: it waits for its turn among organisations. None: nobody's, as what the site does by itself.
    owner = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.SET_NULL, related_name="+")
    # The job whose end it follows (``Kind.follows``).
    after = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    is_periodic = models.BooleanField(default=False)
    # What only its function reads, encrypted (``services.secret_of``); forgotten once it is done or given up.
    sealed = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    # Why it failed, one sentence, which people read; and how, in a word for programs.
    reason = models.TextField(blank=True)
    result = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    # Of one that was put off: not run before.
    due_at = models.DateTimeField(null=True)
    heartbeat = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "kind", "owner"], name="jobs_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(is_periodic=True), name="one_job_of_a_periodic_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"  # nothing private: it stands in logs

    @property
    def registered(self) -> Kind:
        return kinds[self.kind]

    @cached_property
    def row(self) -> Any:
        """What it is about; None where that was deleted, or the kind has no rows."""
        return self.registered.row_of(self)

    @property
    def kind_label(self) -> str:
        return str(self.registered.title)

    @property
    def title(self) -> str:
        """What it is about, for who may see it."""
        return str(self.row or self.pk)

    def get_absolute_url(self) -> str:
        return str(self.row.get_absolute_url()) if self.row else reverse("jobs")

    @property
    def unit(self) -> str:
        """What is counted: ``clauses``, ``notes`` or ``pages``; empty where pages show no number."""
        kind = self.registered
        return kind.unit if not kind.counted_steps or self.step in kind.counted_steps else ""

    @property
    def step_label(self) -> str:
        """What is being done, in the reader's language."""
        if self.state == JobState.QUEUED and not self.step:
            return _("Waiting for its turn")
        return str(self.registered.steps.get(self.progress.step) or _("Starting"))

    @property
    def is_done(self) -> bool:
        return self.state == JobState.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == JobState.FAILED

    @property
    def is_abandoned(self) -> bool:
        """Whether it is unfinished and its worker has been silent for too long."""
        # A heartbeat that lies ahead is of before the clock was set back, and tells nothing.
        silent = min(abs(timezone.now() - heard) for heard in (self.heartbeat, self.progress.heartbeat))
        return self.state in UNFINISHED and silent > self.registered.silence_max and not self.is_put_off

    @property
    def is_put_off(self) -> bool:
        now = timezone.now()
        return self.state == JobState.QUEUED and self.due_at is not None and now < self.due_at <= now + PUT_OFF_MAX

    @property
    def is_under_way(self) -> bool:
        return self.state in UNFINISHED and not self.is_abandoned

    @property
    def may_be_retried(self) -> bool:
        return bool(self.registered.retried_by) and (self.is_failed or self.is_abandoned)

    @property
    def progress(self) -> Progress:
        is_in_cache = self.state == JobState.RUNNING and self.registered.is_one_transaction
        in_cache = cache.get(self.progress_key) if is_in_cache else None
        if not in_cache:
            return Progress(self.step, self.done, self.total, self.heartbeat)
        step, done, total, heartbeat = in_cache
        return Progress(step, done, total, datetime.fromisoformat(heartbeat))

    @property
    def progress_key(self) -> str:
        return f"job-{self.pk}-{self.requested_at.timestamp()}-{self.attempts}"

    @property
    def percent(self) -> int:
        """Of the present step, 0 to 100; 0 where it is not known how much there is."""
        progress = self.progress
        return round(100 * progress.done / progress.total) if progress.total else 0
