"""Celery's way into the computation of comparisons, of clause maps between languages, and of what notes become."""

from celery import shared_task

from lawcompare.comparisons.computing.carry_notes import run_carrying
from lawcompare.comparisons.computing.job import map_translation, run_comparison


@shared_task
def compare_versions(comparison_id: int) -> None:
    run_comparison(comparison_id)


@shared_task
def align_translation(version_id: int) -> None:
    map_translation(version_id)


@shared_task
def carry_annotations(carrying_id: int) -> None:
    run_carrying(carrying_id)
