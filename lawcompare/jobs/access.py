"""Which jobs a person may see: each kind says so for itself."""

from itertools import chain
from typing import Any

from django.db import connection

from lawcompare.jobs import registry
from lawcompare.jobs.models import Job, JobState


def _unfinished_kinds() -> list[str]:
    """The kinds of which there is a job that is not done, whoever may see it."""
    quoted = connection.ops.quote_name
    asked = [
        f"SELECT %s WHERE EXISTS (SELECT 1 FROM {quoted(kind.model._meta.db_table)} WHERE state <> %s)"  # noqa: S608 (tables of ours)
        for kind in registry.kinds.values()
    ]
    with connection.cursor() as cursor:
        values = [value for name in registry.kinds for value in (name, JobState.DONE.value)]
        cursor.execute(" UNION ALL ".join(asked), values)
        return [name for (name,) in cursor.fetchall()]


def jobs_of(user: Any) -> list[Job]:
    """The unfinished and failed jobs that a person may see, the newest first.

    One query for all kinds, and one for each of which anybody has such a job.
    """
    kinds = [registry.kinds[name] for name in _unfinished_kinds()]
    visible = [kind.visible(user).exclude(state=JobState.DONE) for kind in kinds]
    return sorted(chain.from_iterable(visible), key=lambda job: job.requested_at, reverse=True)
