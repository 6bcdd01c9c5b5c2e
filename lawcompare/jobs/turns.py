"""Whose job is next: each organisation in its turn, however many jobs another one has waiting.

The broker hands out messages in the order in which they came, so that two hundred files of one organisation would stand
before the one of another. So a message is only the news that something waits: whoever gets one runs the job of that
organisation which has the fewest under way and was served longest ago. Jobs of no organisation share a turn too.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import BigIntegerField, Count, F, Max, Value
from django.utils import timezone

from lawcompare.jobs import registry
from lawcompare.jobs.models import SILENCE_MAX, Job, JobState

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class WaitingJob:
    """The oldest job of a kind that an organisation (its key, None for none) has waiting."""

    kind: str
    pk: int
    owner: Any
    requested_at: datetime


def next_job(kind_name: str, job_id: int) -> tuple[str, int] | None:
    """The job to run on the news that this one waits; None where nothing waits, or all is held back (``at_once_max``).

    The one named may have been run already, on the news of another: then this news is good for that other one. A job
    whose worker was lost is run by whichever worker gets the message.
    """
    named = registry.kinds[kind_name].model._default_manager.filter(pk=job_id).first()
    if named is not None and named.state == JobState.RUNNING and named.is_abandoned:
        return kind_name, job_id
    running, served = _under_way()
    by_owner: Counter[Any] = Counter()
    for (_kind, owner), count in running.items():
        by_owner[owner] += count
    candidates = [one for one in _waiting() if not _is_held_back(one, running)]
    if not candidates:
        return None
    chosen = min(candidates, key=lambda one: (by_owner[one.owner], served.get(one.owner, NEVER), one.requested_at))
    return chosen.kind, chosen.pk


def has_all_it_may(job: Job) -> bool:
    """Whether the organisation of a waiting job runs as many of its kind as it may (``at_once_max``).

    Call it in a transaction: until its end no other worker gets an answer for the same organisation.
    """
    model = type(job)
    jobs = model._default_manager.annotate(owner=_owner(model)).order_by()
    owner = jobs.values_list("owner", flat=True).get(pk=job.pk)
    if model.at_once_max is None or owner is None:  # jobs of the site itself are not limited
        return False
    _model_of_owner(model)._default_manager.select_for_update().get(pk=owner)
    others = jobs.filter(owner=owner, state=JobState.RUNNING, heartbeat__gt=timezone.now() - SILENCE_MAX)
    return others.exclude(pk=job.pk).count() >= model.at_once_max


def _model_of_owner(model: type[Job]) -> Any:
    owner: Any = model
    for name in model.owner_field.split("__"):
        owner = owner._meta.get_field(name).related_model
    return owner


def _waiting() -> Iterator[WaitingJob]:
    for kind in registry.kinds.values():
        jobs = kind.model.sweepable().filter(state=JobState.QUEUED)
        rows = jobs.annotate(owner=_owner(kind.model)).order_by("requested_at", "pk")
        seen = set()
        for pk, owner, requested_at in rows.values_list("pk", "owner", "requested_at"):
            if owner not in seen:
                seen.add(owner)
                yield WaitingJob(kind.name, pk, owner, requested_at)


def _under_way() -> tuple[Counter[tuple[str, Any]], dict[Any, datetime]]:
    """(kind, owner) -> how many run, and owner -> when one of its jobs last reported something."""
    running: Counter[tuple[str, Any]] = Counter()
    served: dict[Any, datetime] = {}
    living = timezone.now() - SILENCE_MAX
    for kind in registry.kinds.values():
        begun = kind.model._default_manager.filter(attempts__gt=0).annotate(owner=_owner(kind.model)).order_by()
        for owner, last in begun.values("owner").annotate(last=Max("heartbeat")).values_list("owner", "last"):
            served[owner] = max(served.get(owner, NEVER), last or NEVER)  # nobody's jobs are one row, empty or not
        at_work = begun.filter(state=JobState.RUNNING, heartbeat__gt=living)
        for owner, count in at_work.values("owner").annotate(n=Count("pk")).values_list("owner", "n"):
            running[kind.name, owner] += count
    return running, served


def _owner(model: type[Job]) -> Any:
    return F(model.owner_field) if model.owner_field else Value(None, output_field=BigIntegerField())


def _is_held_back(one: WaitingJob, running: Counter[tuple[str, Any]]) -> bool:
    most = registry.kinds[one.kind].model.at_once_max
    return most is not None and one.owner is not None and running[one.kind, one.owner] >= most
