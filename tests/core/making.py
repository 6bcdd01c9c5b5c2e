"""Rows with a job, for tests."""

from __future__ import annotations

from typing import Any

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import kinds

JOB_FIELDS = {field.name for field in Job._meta.get_fields()} - {"id"}


def made(model: Any, **values: Any) -> Any:
    """A stored row and its job, which nobody is told of: values of the job's own fields go to the job."""
    kind = next(kind for kind in kinds.values() if kind.model is model and kind.field == "job")
    of_row = {field.name for field in model._meta.get_fields()}
    job = Job.objects.create(kind=kind.name, **{name: values.pop(name) for name in JOB_FIELDS & (set(values) - of_row)})
    return model.objects.create(job=job, **values)
