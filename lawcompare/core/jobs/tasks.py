"""Celery's way into the jobs: one task for all kinds, and the sweep that beat starts every minute."""

from celery import shared_task
from django.conf import settings

from lawcompare.core.jobs import runner

# More workers than this never choose at one moment; what is then left waiting is sent again by the sweep.
CHOICES_MAX = 100


@shared_task
def run_job(kind: str, job_id: int) -> None:
    """Run the job whose turn it is; without a queue, this one.

    Two workers that get messages for two jobs at the same moment may choose the same one: the second chooses again, or
    the message of the other job would be lost.
    """
    if settings.TASKS != "worker":
        runner.run(job_id)
        return
    for _attempt in range(CHOICES_MAX):
        chosen = runner.next_job(job_id)
        if chosen is None:
            return
        if runner.run(chosen.pk, in_turn=True):
            runner.send_held_back(chosen.owner_id)
            return


@shared_task
def sweep() -> None:
    runner.sweep()
