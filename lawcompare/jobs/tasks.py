"""Celery's way into the jobs: one task for all kinds, and the sweep that beat starts every minute."""

from celery import shared_task

from lawcompare.jobs import runner, services


@shared_task
def run_job(kind: str, job_id: int) -> None:
    runner.run(kind, job_id)


@shared_task
def sweep() -> None:
    services.sweep()
