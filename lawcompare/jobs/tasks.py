"""Celery's way into the jobs: one task for all kinds, and the sweep that beat starts every minute."""

from celery import shared_task
from django.conf import settings

from lawcompare.jobs import runner, services, turns


@shared_task
def run_job(kind: str, job_id: int) -> None:
    """Run the job whose turn it is; without a queue, this one."""
    if settings.TASKS != "worker":
        return runner.run(kind, job_id)
    chosen = turns.next_job(kind, job_id)
    if chosen is not None:
        runner.run(*chosen)
        services.send_held_back(chosen[0])


@shared_task
def sweep() -> None:
    services.sweep()
