"""Celery's way into the examination of a version."""

from celery import shared_task

from lawcompare.findings.work import run_examination


@shared_task
def examine(examination_id: int) -> None:
    run_examination(examination_id)
