"""Celery's way into the examination of a version."""

from celery import shared_task

from lawcompare.findings.job import run_examination


@shared_task
def examine(examination_id: int) -> None:
    run_examination(examination_id)
