"""Which site a command works on: the embedded one where nothing is set, production where one of its settings is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lawcompare.environment import CHOOSES_THE_SITE, EMBEDDED_NOTICE, embed_unless_configured
from tests.conftest import ROOT

PRODUCTION = {"SECRET_KEY": "x" * 60, "ORIGINALS_KEY": "y" * 40, "ALLOWED_HOSTS": "example.org"}
SHOW = "from django.conf import settings as s; print(s.EMBEDDED, s.SECRET_KEY, s.ORIGINALS_KEY, s.DATABASE_URL)"
START_WEB = ["-c", "import lawcompare.wsgi"]  # what gunicorn loads
START_WORKER = ["-c", "from lawcompare import celery; celery.app.conf.task_acks_late"]  # what Celery loads


def python(data: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    ours = {*CHOOSES_THE_SITE, "ALLOWED_HOSTS", "REDIS_URL", "CACHE_URL", "TASKS", "DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment | {"DATA_DIR": str(data)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def show_settings(data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return python(data, "manage.py", "shell", "--no-imports", "-c", SHOW, **variables)


def test_a_command_without_environment_works_on_the_site_that_make_run_made(tmp_path):
    made = show_settings(tmp_path, EMBEDDED="1")
    plain = show_settings(tmp_path)
    assert plain.returncode == 0 and plain.stdout == made.stdout
    assert plain.stdout.startswith("True ") and str(tmp_path) in plain.stdout
    assert EMBEDDED_NOTICE in plain.stderr and EMBEDDED_NOTICE not in made.stderr


def test_a_command_with_all_that_production_needs_is_not_of_the_embedded_site(tmp_path):
    done = show_settings(tmp_path, **PRODUCTION)
    assert done.returncode == 0 and done.stdout.startswith(f"False {'x' * 60} {'y' * 40} ")
    assert EMBEDDED_NOTICE not in done.stderr and not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({"DATABASE_URL": "postgres://127.0.0.1/lawcompare"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "ORIGINALS_KEY"),
        ({"ORIGINALS_KEY": "y" * 40}, "SECRET_KEY"),
        ({"EMBEDDED": "0"}, "SECRET_KEY"),
    ],
)
def test_a_half_set_production_refuses_to_start(tmp_path, variables, missing):
    done = show_settings(tmp_path, **variables)
    assert done.returncode != 0 and f"{missing} must be set" in done.stderr
    assert EMBEDDED_NOTICE not in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("start", [START_WEB, START_WORKER], ids=["web", "worker"])
def test_a_server_without_environment_refuses_to_start(tmp_path, start):
    done = python(tmp_path, *start)
    assert done.returncode != 0 and "SECRET_KEY must be set" in done.stderr and not list(tmp_path.iterdir())


def test_a_file_of_settings_chooses_the_site_too(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "environ", {})
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://127.0.0.1/lawcompare\n")
    embed_unless_configured(tmp_path / ".env")
    assert "EMBEDDED" not in os.environ and capsys.readouterr().err == ""


def test_a_key_stands_in_a_file_or_is_a_credential_of_systemd(tmp_path):
    (tmp_path / "key").write_text("x" * 60 + "\n")
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "ORIGINALS_KEY").write_text("y" * 40)
    variables = {"SECRET_KEY_FILE": str(tmp_path / "key"), "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    done = show_settings(tmp_path, ALLOWED_HOSTS="example.org", **variables)
    assert done.returncode == 0 and done.stdout.startswith(f"False {'x' * 60} {'y' * 40} ")


def test_a_key_that_is_set_twice_or_whose_file_is_missing_is_one_sentence(tmp_path):
    for variables, sentence in [
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "the file of SECRET_KEY, /nowhere/key, cannot be read: No such file"),
        ({"SECRET_KEY": "x" * 60, "SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY and SECRET_KEY_FILE are both set"),
    ]:
        done = show_settings(tmp_path, **variables)
        assert done.returncode != 0 and sentence in done.stderr


def test_celery_is_told_of_a_redis_on_a_socket_in_its_own_form(tmp_path):
    show = "from django.conf import settings as s; print(s.CELERY_BROKER_URL, s.CACHES['default']['LOCATION'])"
    variables = PRODUCTION | {"REDIS_URL": "unix:///run/a.sock?db=2", "CACHE_URL": "unix:///run/b.sock"}
    done = python(tmp_path, "-c", show, DJANGO_SETTINGS_MODULE="lawcompare.settings", **variables)
    assert done.stdout.split() == ["redis+socket:///run/a.sock?virtual_host=2", "unix:///run/b.sock"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://app@/law?host=/run/postgresql", "/run/postgresql app law {}"),
        ("postgres://app@db.example/law?sslmode=verify-full", "db.example app law {'sslmode': 'verify-full'}"),
        ("postgres://app@db.example/law?host=db.example", "db.example app law {}"),
    ],
)
def test_a_database_is_named_to_all_programs_alike(tmp_path, url, shown):
    """``pg_dump`` is told what stands in HOST and USER: what stands behind the ? must be there, not beside it."""
    show = "from django.conf import settings as s; d = s.DATABASES['default']; "
    show += "print(d['HOST'], d['USER'], d['NAME'], d['OPTIONS'])"
    production = PRODUCTION | {"DATABASE_URL": url}
    done = python(tmp_path, "-c", show, DJANGO_SETTINGS_MODULE="lawcompare.settings", **production)
    assert done.stdout.strip() == shown, done.stderr


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("host=evil.example", "DATABASE_URL names two of host"),
        ("hostaddr=192.0.2.1", "DATABASE_URL may not say hostaddr"),
        ("dbname=other", "DATABASE_URL may not say dbname"),
        ("service=other", "DATABASE_URL may not say service"),
    ],
)
def test_an_address_that_leads_backups_to_another_database_is_refused(tmp_path, query, reason):
    production = PRODUCTION | {"DATABASE_URL": f"postgres://app@db.example/law?{query}"}
    done = python(tmp_path, "manage.py", "check", **production)
    assert done.returncode and reason in done.stderr.splitlines()[-1]
