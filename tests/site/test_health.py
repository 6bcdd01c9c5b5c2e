"""What machines ask of the site, and the sweep that finds lost work."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from lawcompare import celery
from lawcompare.comparisons.models import Comparison
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.runner import sweep
from lawcompare.crosswalk.findings.models import Examination
from lawcompare.laws.uploads import sandbox
from lawcompare.site.views import health
from tests.core.making import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")
    return settings


def test_a_site_with_all_its_parts_is_ready(client, site):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    assert set(response.json()["checks"].values()) == {"ok"}
    assert "no-store" in response.headers["Cache-Control"] and not response.cookies


@pytest.mark.parametrize(
    ("part", "harm", "word"),
    [
        ("static files", lambda site, patch: (site.STATIC_ROOT / "staticfiles.json").unlink(), "not collected"),
        ("disk", lambda site, patch: setattr(site, "DATA_DIR", site.DATA_DIR / "gone"), "cannot be written to"),
        ("disk", lambda site, patch: patch.setattr(health, "BYTES_FREE_MIN", 1 << 62), "100 MB"),
        ("database", lambda site, patch: patch.setattr(health, "MigrationExecutor", Waiting), "2 migrations"),
        ("cache", lambda site, patch: patch.setattr(health, "cache", Forgetful()), "not given back"),
    ],
)
def test_each_part_that_fails_is_named_and_the_site_is_not_ready(client, site, monkeypatch, part, harm, word):
    harm(site, monkeypatch)
    response = client.get("/readyz")
    checks = response.json()["checks"]
    assert response.status_code == 503 and word in checks.pop(part)
    assert set(checks.values()) == {"ok"}


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ([], None),
        (["namespaces", "seccomp"], "the kernel gives the reader of files no namespaces, no seccomp"),
        (None, "no worker has reported what its box has"),
    ],
)
def test_a_weaker_box_of_the_file_reader_is_named_and_the_site_is_ready(client, site, missing, sentence):
    site.READER_SANDBOX, site.TASKS = True, "worker"
    site.CACHE_URL = ""
    cache.delete(sandbox.KEY) if missing is None else sandbox.note(missing)
    monkeypatched = {name: check for name, check in health.CHECKS.items() if name != "tasks"}
    with patch.object(health, "CHECKS", monkeypatched):
        response = client.get("/readyz")
    assert response.status_code == 200
    assert (response.json()["warnings"].get("file reader") or "").partition(":")[0] == (sentence or "")
    cache.delete(sandbox.KEY)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/km/laws/draft/old/", "text/html"),
        ("/laws/draft/old.json", "application/problem+json"),
        ("/api/v1/laws", "application/problem+json"),
        ("/healthz", "application/problem+json"),
        ("/readyz", "application/json"),
    ],
)
def test_a_database_that_does_not_answer_is_503_for_people_and_machines(client, site, drafts, settings, path, kind):
    """With the cache of pages too, which asks it first; /readyz still names each part."""
    settings.PAGE_CACHE = True
    client.raise_request_exception = False

    def away(execute, sql, params, many, context):
        raise OperationalError("connection to server at 10.0.0.1 failed: FATAL: sorry, too many clients already")

    with connection.execute_wrapper(away):
        answer = client.get(path)
    words = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (503, kind), words
    assert "10.0.0.1" not in words and "no-store" in answer["Cache-Control"]
    if path == "/readyz":
        assert answer.json()["checks"]["database"] == "failed (OperationalError)"
        assert answer.json()["checks"]["disk"] == "ok"
    else:
        assert answer["Retry-After"] == "10"
    if path == "/":
        assert "The site is not available right now" in words
    assert client.get(path).status_code == 200


class Waiting:
    def __init__(self, connection):
        self.loader = self.graph = self

    def leaf_nodes(self):
        return []

    def migration_plan(self, leaves):
        return [1, 2]


class Forgetful:
    def set(self, *_):
        pass

    get = set


def test_a_check_that_breaks_tells_its_kind_and_no_more(client, site, monkeypatch):
    def broken():
        raise OSError("password=secret at 10.0.0.1")

    monkeypatch.setitem(health.CHECKS, "disk", broken)
    response = client.get("/readyz")
    assert response.json()["checks"]["disk"] == "failed (OSError)"
    assert "secret" not in response.content.decode()


def test_metrics_are_for_whoever_has_the_token(client, settings, drafts):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-long-word"
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    response = client.get("/metrics", headers={"Authorization": "Bearer a-long-word"})
    assert response.status_code == 200
    figures = response.content.decode()
    assert 'lawcompare_jobs{kind="comparison",state="done"} 1.0' in figures
    assert "lawcompare_tasks_total{" in figures and 'lawcompare_tasks_total{result="done",task="comparison"}' in figures


def test_a_task_is_counted_with_its_time(drafts):
    before = celery.count_of("comparison", "done")
    celery.app.tasks[celery.RUN_JOB].apply(("comparison", 0))
    assert celery.count_of("comparison", "done") == before + 1
    name = "lawcompare.core.jobs.tasks.sweep"
    before = celery.count_of(name, "done")
    celery.app.tasks[name].apply()
    assert celery.count_of(name, "done") == before + 1 and name in celery.task_names()


def test_the_sweep_takes_up_a_comparison_whose_message_was_lost(drafts, django_capture_on_commit_callbacks):
    old, new = drafts
    long_ago = timezone.now() - timedelta(minutes=10)
    lost = made(Comparison, old=new, new=old, heartbeat=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep()["comparison"] == 1
    lost.refresh_from_db()
    assert lost.is_done
    assert sweep()["comparison"] == 0


def test_the_sweep_gives_up_what_ends_its_worker_each_time(drafts):
    old, new = drafts
    long_ago = timezone.now() - timedelta(minutes=10)
    poison = made(Comparison, old=new, new=old, heartbeat=long_ago, state=JobState.RUNNING, attempts=3)
    sweep()
    poison.refresh_from_db()
    assert (poison.job.state, poison.job.reason) == (JobState.FAILED, "Its worker ended 3 times before it was done.")
    assert poison.job.may_be_retried


def test_the_sweep_leaves_alone_what_is_under_way(drafts):
    old, new = drafts
    made(Comparison, old=new, new=old, state=JobState.RUNNING, attempts=1)
    assert sweep() == dict.fromkeys(sweep(), 0)


def test_the_sweep_takes_up_an_examination_and_gives_up_after_three_tries(drafts, django_capture_on_commit_callbacks):
    examination = Examination.objects.first()
    examination.findings.all().delete()
    long_ago = timezone.now() - timedelta(hours=1)
    lost = {"state": JobState.RUNNING, "finished_at": None, "heartbeat": long_ago}
    Job.objects.filter(pk=examination.job_id).update(attempts=0, **lost)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("sweep")
    examination.refresh_from_db()
    assert examination.job.finished_at and examination.job.attempts == 1
    Job.objects.filter(pk=examination.job_id).update(attempts=3, **lost)
    sweep()
    examination.refresh_from_db()
    assert examination.job.reason == "Its worker ended 3 times before it was done."


def test_logs_as_json_are_an_object_a_line(settings, capsys):
    from logging.config import DictConfigurator  # type: ignore[attr-defined]

    formatters = settings.LOGGING["formatters"]
    formatter = DictConfigurator({"version": 1}).configure_formatter(dict(formatters["json"]))
    record = logging.LogRecord("lawcompare", logging.INFO, "", 0, "comparison %s was taken over", (7,), None)
    line = json.loads(formatter.format(record))
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "lawcompare", "comparison 7 was taken over")


@pytest.mark.parametrize(("minutes", "is_named"), [(5, False), (30, True)])
def test_where_nothing_is_begun_by_the_clock_it_is_named_and_the_site_is_ready(client, site, minutes, is_named):
    site.TASKS, site.CACHE_URL = "worker", ""
    begun = timezone.now() - timedelta(minutes=minutes)
    Job.objects.create(kind="daily-emails", is_periodic=True, state=JobState.DONE, requested_at=begun)
    with patch.object(health, "CHECKS", {}):
        response = client.get("/readyz")
    assert response.status_code == 200 and ("clock" in response.json()["warnings"]) == is_named
