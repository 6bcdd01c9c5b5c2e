"""Celery's way into suggestions for a whole text."""

from celery import shared_task

from lawcompare.crosswalk.suggestions.job import run_suggestions


@shared_task
def suggest_for_version(run_id: int) -> None:
    run_suggestions(run_id)
