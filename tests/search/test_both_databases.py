"""PostgreSQL and SQLite give the same answers in the same order with the same marks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, require
from tests.search.answers import add_odd_texts, answers, keep_rows
from tests.services.prepared import migrated_postgresql
from tests.services.private import NotHere

pytestmark = pytest.mark.services


def answers_on(database: str, folder: Path, rows: Path) -> list[Any]:
    environment = os.environ | {
        "DATABASE_URL": database, "EMBEDDED": "1", "TASKS": "inline", "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }  # fmt: skip
    environment.pop("REDIS_URL", None)
    child = [sys.executable, "-m", "tests.search.answers", str(rows)]
    done = subprocess.run(child, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_same_corpus_gives_the_same_answers_on_both_databases(
    demonstration, django_capture_on_commit_callbacks, tmp_path, shared_folder
):
    with django_capture_on_commit_callbacks(execute=True):
        add_odd_texts()
    keep_rows(tmp_path / "rows")
    here = json.loads(json.dumps(answers()))
    try:
        with migrated_postgresql(shared_folder) as server:
            there = answers_on(server.url, tmp_path / "postgresql", tmp_path / "rows")
    except NotHere as reason:
        require("services", str(reason))
    for one, other in zip(here, there, strict=True):
        assert one == other
    assert sum(bool(answer[-1]) for answer in here) > 45, "most questions find something"
    totals = {question: total for question, filters, total, *_more in here if not filters}
    assert totals['"w1x w2x"'] == totals["w39999x"] == 1, "a clause as long as a book"
    assert totals['"right to freedom of opinion"'] and not totals['"expression of freedom"']
    assert any("ផ្" in str(answer[-1]) for answer in here)
