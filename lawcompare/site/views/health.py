"""Addresses for machines: liveness, readiness, metrics. None of them knows a reader."""

import hmac
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from lawcompare import celery
from lawcompare.core.jobs import registry
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.services import count_jobs
from lawcompare.laws.uploads.originals import count_closed
from lawcompare.laws.uploads.sandbox import missing_layers
from lawcompare.sharing.cards import cards_folder

BYTES_FREE_MIN = 100 * 1024 * 1024
SECONDS_TO_ANSWER = 1.0
# The shortest of what is begun by the clock is begun every ten minutes.
BEGUN_WITHIN = timedelta(minutes=20)


class NotReady(Exception):
    """Why a part of the site cannot work now, in a few words that name no secret."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process lives and the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where readers can be sent here, else 503; each part is checked and says what it lacks."""
    results = {name: _look(check) for name, check in CHECKS.items()}
    is_ready = all(word == "ok" for word in results.values())
    # What works, and with less protection than it could have.
    warnings = {name: word for name, check in WARNINGS.items() if (word := _look(check)) != "ok"}
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": results, "warnings": warnings},
        status=200 if is_ready else 503,
    )


def _look(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as reason:
        return str(reason)
    except Exception as error:
        return f"failed ({type(error).__name__})"
    return "ok"


def _check_database() -> None:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations are not applied")


def _check_cache() -> None:
    if settings.CACHE_URL:
        _client(settings.CACHE_URL).ping()  # without it the cache is the process's own
    cache.set("readyz", "ok", 10)
    if cache.get("readyz") != "ok":
        raise NotReady("what is put in is not given back")


def _check_tasks() -> None:
    """A worker that answers; without one, work would be accepted and never done."""
    if settings.TASKS != "worker":
        return
    if not celery.app.control.inspect(timeout=SECONDS_TO_ANSWER, limit=1).ping():
        raise NotReady("no worker answers")


def _check_disk() -> None:
    folder = cards_folder()
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise NotReady("the data folder cannot be written to")
    if shutil.disk_usage(folder).free < BYTES_FREE_MIN:
        raise NotReady("less than 100 MB are free")


def _check_originals() -> None:
    if count_closed():
        raise NotReady("uploaded files are encrypted with a key that is not here")


def _check_static_files() -> None:
    if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise NotReady("static files are not collected")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _check_database,
    "cache": _check_cache,
    "tasks": _check_tasks,
    "disk": _check_disk,
    "originals": _check_originals,
    "static files": _check_static_files,
}


def _check_cache_limits() -> None:
    """A Redis that drops what was used least, apart from the queue, of which nothing may be dropped."""
    if not settings.CACHE_URL:
        return
    if settings.CACHE_URL == settings.REDIS_URL:
        raise NotReady("queue and cache share one Redis: set CACHE_URL")
    memory = _client(settings.CACHE_URL).info("memory")
    if not memory["maxmemory"] or not memory["maxmemory_policy"].startswith("allkeys-"):
        raise NotReady("the Redis of the cache has no limit: set maxmemory and maxmemory-policy allkeys-lru")


def _check_box() -> None:
    """The box in which files of strangers are read has all its layers."""
    if not settings.READER_SANDBOX:
        raise NotReady("files are read without a box")
    missing = missing_layers()
    if missing is None:
        raise NotReady("no worker has reported what its box has")
    if missing:
        raise NotReady(f"the kernel gives the reader of files no {', no '.join(missing)}: see docs/security.md")


def _check_clock() -> None:
    """Beat runs: without it nothing is begun by the clock, and no lost job is taken up. Busy workers begin late too."""
    last = Job.objects.filter(is_periodic=True).aggregate(last=Max("requested_at"))["last"]
    if settings.TASKS == "worker" and last and last < timezone.now() - BEGUN_WITHIN:
        raise NotReady("nothing was begun by the clock for 20 minutes: does beat run?")


WARNINGS: dict[str, Callable[[], None]] = {
    "cache": _check_cache_limits,
    "file reader": _check_box,
    "clock": _check_clock,
}


def _client(url: str) -> Any:
    return redis.Redis.from_url(url, socket_timeout=SECONDS_TO_ANSWER)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics in Prometheus' text form, for whoever sends the token."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


class _Figures:
    """Read anew at each scrape, from what all processes share: the database and Redis."""

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("lawcompare_jobs", "Jobs by kind and state", labels=["kind", "state"])
        for (kind, state), count in sorted(count_jobs().items()):
            jobs.add_metric([kind, state], count)
        yield jobs
        done = CounterMetricFamily("lawcompare_tasks", "Tasks, and jobs by kind, that ended", labels=["task", "result"])
        seconds = CounterMetricFamily("lawcompare_task_seconds", "Time spent in tasks", labels=["task"])
        for name in [*registry.kinds, *celery.task_names()]:
            for result in ("done", "failed"):
                done.add_metric([name, result], celery.count_of(name, result))
            seconds.add_metric([name], celery.count_of(name, "milliseconds") / 1000)
        yield from (done, seconds)
        if settings.REDIS_URL:
            yield from _redis_figures()


def _redis_figures() -> Iterator[Metric]:
    queued = GaugeMetricFamily("lawcompare_queue_length", "Task messages that wait for a worker")
    queued.add_metric([], _client(settings.REDIS_URL).llen("celery"))
    yield queued
    info = _client(settings.CACHE_URL).info("stats")
    for name in ("hits", "misses"):
        figure = CounterMetricFamily(f"lawcompare_cache_{name}", f"Look-ups in the shared cache: {name}")
        figure.add_metric([], info[f"keyspace_{name}"])
        yield figure
