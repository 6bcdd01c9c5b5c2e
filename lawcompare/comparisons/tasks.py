"""Celery's way into the computation of a comparison."""

from celery import shared_task

from lawcompare.comparisons.work import run_comparison


@shared_task
def compare_versions(comparison_id: int) -> None:
    run_comparison(comparison_id)
