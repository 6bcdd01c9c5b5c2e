"""Celery's way into the computation of comparisons and of clause maps between languages."""

from celery import shared_task

from lawcompare.comparisons.work import map_translation, run_comparison


@shared_task
def compare_versions(comparison_id: int) -> None:
    run_comparison(comparison_id)


@shared_task
def align_translation(version_id: int) -> None:
    map_translation(version_id)
