"""Celery's way into the reading of a file."""

from celery import shared_task

from lawcompare.imports.work import run_reading


@shared_task
def read_draft(draft_id: int) -> None:
    run_reading(draft_id)
