"""Celery's way into fetching official texts, and the weekly check."""

from celery import shared_task

from lawcompare.uscode.job import check_current, run_fetch


@shared_task
def fetch_official(fetch_id: int) -> None:
    run_fetch(fetch_id)


@shared_task
def check_releases() -> None:
    check_current()
