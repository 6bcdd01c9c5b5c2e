"""Celery's way into the sweep, which beat starts every minute."""

from celery import shared_task

from lawcompare.site.job_sweep import sweep


@shared_task
def sweep_lost_work() -> None:
    sweep()
