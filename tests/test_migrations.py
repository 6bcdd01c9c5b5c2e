"""A site of 0.1.0, with rows in it, comes to today's release whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lawcompare.core.page_cache.content_token import COLUMNS
from tests.conftest import ROOT, require
from tests.services.private import NotHere, postgresql


def migrate(folder: Path, database: str) -> dict:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environment |= {"EMBEDDED": "1", "DEBUG": "1", "TASKS": "inline", "DATA_DIR": str(folder), "DATABASE_URL": database}
    environment["DJANGO_SETTINGS_MODULE"] = "lawcompare.settings"
    command = [sys.executable, "-m", "tests.migrating"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def is_whole(counts: dict) -> bool:
    assert counts["after"] == counts["before"]
    assert counts["hashes"] == {"old": True, "new": True, "t": True}
    assert counts["refusals"] == ["refused"] * 3
    columns = COLUMNS["annotations_annotation"].removeprefix(" OF ").split(", ")
    assert counts["columns"] == sorted(columns)
    assert counts["pages"].pop("draft note") == 404
    assert set(counts["pages"].values()) == {200}
    return True


@pytest.mark.verify
def test_a_site_of_0_1_0_on_sqlite_comes_to_today_whole(tmp_path):
    assert is_whole(migrate(tmp_path, f"sqlite:///{tmp_path}/site.sqlite3"))


@pytest.mark.services
def test_a_site_of_0_1_0_on_postgresql_comes_to_today_whole(tmp_path):
    try:
        with postgresql() as database:
            assert is_whole(migrate(tmp_path, database))
    except NotHere as reason:
        require("services", str(reason))


@pytest.mark.django_db
@pytest.mark.parametrize("applied", [("accounts", "0004_words_in_languages"), ("pages", "0001_edition")])
def test_a_database_of_another_program_is_refused_before_anything_is_written(applied):
    MigrationRecorder(connection).record_applied(*applied)
    tables = connection.introspection.table_names()
    with pytest.raises(CommandError, match="make fresh") as refusal:
        call_command("migrate", verbosity=0)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    assert connection.introspection.table_names() == tables
