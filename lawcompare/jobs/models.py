"""The row of a background job: its state, its progress, the claim of the worker that holds it, and why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# A running job without a heartbeat for so long has lost its worker.
SILENCE_MAX = timedelta(seconds=settings.WORK_SILENCE_SECONDS)
PROGRESS_SECONDS = 600


class JobState(models.TextChoices):
    QUEUED = "queued", gettext_lazy("waiting")
    RUNNING = "running", gettext_lazy("running")
    DONE = "done", gettext_lazy("done")
    FAILED = "failed", gettext_lazy("failed")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class Progress:
    """How far a job is: the step it is at, ``done`` of ``total`` units of it, and when that was reported."""

    step: str
    done: int
    total: int
    heartbeat: datetime


class Job(models.Model):
    """Base of every kind of background work. A room registers its kinds with ``jobs.registry.register``.

    ``attempts`` counts the claims, so it is also the number of the claim that counts: a worker with an older number
    has lost the job and writes nothing more.
    """

    # A job that has ended its worker so often would end the next one too.
    attempts_max: ClassVar[int] = 3
    silence_max: ClassVar[timedelta] = SILENCE_MAX
    # Its function runs in one transaction, which nobody sees into: its progress is kept in the cache.
    is_one_transaction: ClassVar[bool] = False
    # The field with the organisation whose job it is, which waits for its turn among organisations; empty: nobody's.
    owner_field: ClassVar[str] = ""
    # How many of one organisation run at the same time; None: as many as there are workers.
    at_once_max: ClassVar[int | None] = None
    # The words for each step that its function reports.
    steps: ClassVar[Mapping[str, StrPromise]] = {}
    # By which fields staff find one.
    search_fields: ClassVar[tuple[str, ...]] = ()

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    # Why it failed: one sentence, which people read.
    reason = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    heartbeat = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def sweepable(cls) -> models.QuerySet[Job]:
        """The jobs that this program may run."""
        return cls._default_manager.all()

    @property
    def kind(self) -> str:
        """The name of its kind, as in addresses and figures."""
        return str(self._meta.model_name)

    @property
    def kind_label(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def title(self) -> str:
        """What it is about, for who may see it."""
        return str(self)

    @property
    def unit(self) -> str:
        """What is counted: ``clauses``, ``notes`` or ``pages``; empty where pages show no number."""
        return ""

    @property
    def step_label(self) -> str:
        """What is being done, in the reader's language."""
        if self.state == JobState.QUEUED:
            return _("Waiting for its turn")
        return str(self.steps.get(self.progress.step) or _("Starting"))

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
        return self.state in UNFINISHED and abs(timezone.now() - self.progress.heartbeat) > self.silence_max

    @property
    def is_under_way(self) -> bool:
        return self.state in UNFINISHED and not self.is_abandoned

    @property
    def may_be_retried(self) -> bool:
        return self.is_failed or self.is_abandoned

    @property
    def progress(self) -> Progress:
        """What its worker reported last."""
        in_cache = cache.get(self.progress_key) if self.is_one_transaction and self.state == JobState.RUNNING else None
        if not in_cache:
            return Progress(self.step, self.done, self.total, self.heartbeat)
        step, done, total, heartbeat = in_cache
        return Progress(step, done, total, datetime.fromisoformat(heartbeat))

    @property
    def progress_key(self) -> str:
        return f"job-{self.kind}-{self.pk}-{self.requested_at.timestamp()}-{self.attempts}"

    @property
    def percent(self) -> int:
        """Of the present step, 0 to 100; 0 where it is not known how much there is."""
        progress = self.progress
        return round(100 * progress.done / progress.total) if progress.total else 0
