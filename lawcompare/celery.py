"""The Celery application, and the one way in which the project starts background work."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from celery import Celery
from django.conf import settings
from django.db import close_old_connections, transaction

# A worker is started by Celery's own command, which knows nothing of manage.py.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lawcompare.settings")

app = Celery("lawcompare")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# One at a time, as one worker would: SQLite has one writer, and the page stays quick on two cores.
_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tasks")


def send(task: Any, *ids: int) -> None:
    """Start ``task`` after the present transaction is committed, where the ``TASKS`` setting says."""
    transaction.on_commit(partial(_start, task, ids))


def _start(task: Any, ids: tuple[int, ...]) -> None:
    if settings.TASKS == "worker":
        task.apply_async(ids)
    elif settings.TASKS == "thread":
        _thread.submit(_run_in_thread, task, ids)
    else:
        task.apply(ids, throw=True)


def _run_in_thread(task: Any, ids: tuple[int, ...]) -> None:
    close_old_connections()
    try:
        task.apply(ids)
    finally:
        close_old_connections()
