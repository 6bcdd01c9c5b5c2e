"""Which jobs a person may see: each kind says of which rows."""

from typing import Any

from lawcompare.core.jobs.models import UNFINISHED, Job, JobState
from lawcompare.core.jobs.registry import Kind, kinds


def jobs_of(user: Any) -> list[Job]:
    """The unfinished and failed jobs that a person may see, the newest first.

    One query for all kinds, and one for each of which anybody has such a job.
    """
    unfinished = Job.objects.exclude(state=JobState.DONE).order_by().values_list("kind", flat=True).distinct()
    jobs = [job for name in unfinished if name in kinds for job in _jobs_of_kind(kinds[name], user)]
    return sorted(jobs, key=lambda job: job.requested_at, reverse=True)


def _jobs_of_kind(kind: Kind, user: Any) -> list[Job]:
    jobs = []
    if kind.visible is not None:
        rows = kind.visible(user).filter(**{f"{kind.field}__state__in": [*UNFINISHED, JobState.FAILED]})
        for row in rows.select_related(kind.field):
            job = getattr(row, kind.field)
            job.row = row
            jobs.append(job)
    return jobs


def get_job(user: Any, kind: str, number: int) -> Job | None:
    """A job that a person may see, by its kind and number."""
    return next((job for job in _jobs_of_kind(kinds[kind], user) if job.pk == number), None) if kind in kinds else None
