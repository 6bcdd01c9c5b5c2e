"""Celery's way into the reading of a file, and into the making of a version."""

from celery import shared_task

from lawcompare.imports.storing.job import run_storing
from lawcompare.imports.upload.reading_job import run_reading


@shared_task
def read_draft(draft_id: int) -> None:
    run_reading(draft_id)


@shared_task
def store_draft(draft_id: int) -> None:
    run_storing(draft_id)
