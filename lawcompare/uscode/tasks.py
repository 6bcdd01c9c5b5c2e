"""Celery's way into the weekly check of the current release point."""

from celery import shared_task

from lawcompare.uscode.job import check_current


@shared_task
def check_releases() -> None:
    check_current()
