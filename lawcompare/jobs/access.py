"""Which jobs a person may see: each kind says so for itself."""

from __future__ import annotations

from itertools import chain
from typing import Any

from lawcompare.jobs import registry
from lawcompare.jobs.models import Job, JobState


def jobs_of(user: Any) -> list[Job]:
    """The unfinished and failed jobs that a person may see, the newest first."""
    visible = [kind.visible(user).exclude(state=JobState.DONE) for kind in registry.kinds.values()]
    return sorted(chain.from_iterable(visible), key=lambda job: job.requested_at, reverse=True)
