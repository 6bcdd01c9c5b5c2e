"""The Celery application, and the one function by which the project starts background tasks."""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from celery import Celery
from celery.schedules import schedstate, schedule
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init
from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections, transaction
from kombu.exceptions import OperationalError

from lawcompare.engine.sandbox.box import end_with

log = logging.getLogger(__name__)

RUN_JOB = "lawcompare.core.jobs.tasks.run_job"
SWEEP_SECONDS = 60.0

# A worker is started by Celery's own command, which knows nothing of manage.py.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")

app = Celery("lawcompare")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Regularly(schedule):
    """A schedule that is due too where the last time lies ahead: the clock was set back."""

    def is_due(self, last_run_at: datetime) -> Any:
        is_ahead = self.maybe_make_aware(last_run_at) > self.maybe_make_aware(self.now())
        return schedstate(is_due=True, next=self.seconds) if is_ahead else super().is_due(last_run_at)


app.conf.beat_schedule = {"sweep": {"task": "lawcompare.core.jobs.tasks.sweep", "schedule": Regularly(SWEEP_SECONDS)}}

# One at a time, as one worker would: SQLite has one writer, and the page stays quick on two cores.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tasks")


def send(name: str, *arguments: str | int) -> None:
    """Start the task of this name after the present transaction is committed, where the ``TASKS`` setting says."""
    transaction.on_commit(partial(_start, name, arguments))


def _start(name: str, arguments: tuple[str | int, ...]) -> None:
    task = app.tasks[name]
    if settings.TASKS == "worker":
        _post(task, arguments)
    elif settings.TASKS == "thread":
        _thread.submit(_run_in_thread, task, arguments)
    else:
        task.apply(arguments, throw=True)


def _post(task: Any, arguments: tuple[str | int, ...]) -> None:
    """Hand the task to the broker. Where there is none, the row that was committed stays, and the sweep finds it."""
    from redis.exceptions import RedisError  # takes 50 ms, and most processes post nothing

    try:
        task.apply_async(arguments)
    except (OperationalError, RedisError):  # gone, or full
        log.warning("the broker takes nothing: %s%s waits for the sweep", task.name, arguments)


def sweep_each_minute() -> None:
    """Where tasks run in a thread of the web process, there is no beat: the same process sweeps. Else does nothing."""
    if settings.TASKS == "thread":
        threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True).start()


def _sweep_for_ever() -> None:
    while True:
        time.sleep(SWEEP_SECONDS)
        _thread.submit(_run_in_thread, app.tasks["lawcompare.core.jobs.tasks.sweep"], ())


@worker_init.connect
def _end_children_with_the_worker(**_: Any) -> None:
    """A process of a worker that was killed would take no more tasks, and end the one it is at beside another."""
    worker_process_init.connect(partial(lambda starter, **_: end_with(starter), os.getpid()), weak=False)


def _run_in_thread(task: Any, arguments: tuple[str | int, ...]) -> None:
    close_old_connections()
    try:
        task.apply(arguments)
    finally:
        close_old_connections()


# --- How long tasks take, counted where all processes see it ---------------------------------------------------------

_begun: dict[str, float] = {}


@task_prerun.connect
def _note_begin(task_id: str, **_: Any) -> None:
    _begun[task_id] = time.monotonic()


@task_postrun.connect
def _count_end(task_id: str, task: Any, args: Any, state: str, **_: Any) -> None:
    seconds = time.monotonic() - _begun.pop(task_id, time.monotonic())
    name = str(args[0]) if args else task.name  # the one task with arguments runs a job of a kind
    _count(name, "done" if state == "SUCCESS" else "failed", 1)
    _count(name, "milliseconds", round(seconds * 1000))


def _count(name: str, figure: str, by: int) -> None:
    key = f"task-{figure}-{name}"
    cache.add(key, 0, timeout=None)
    with suppress(ValueError):  # Redis is gone, and the count with it
        cache.incr(key, by)


def count_of(name: str, figure: str) -> int:
    """How many tasks of a name, or jobs of a kind, ended ``done`` or ``failed``, or the ``milliseconds`` they took."""
    return cache.get(f"task-{figure}-{name}", 0)


def task_names() -> list[str]:
    """The project's own tasks, but for the one that runs jobs: those are counted by their kind."""
    return sorted({name for name in app.tasks if name.startswith("lawcompare.")} - {RUN_JOB})
