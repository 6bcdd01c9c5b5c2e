"""The same promise as tests/site/test_backup.py on PostgreSQL: what is restored is row for row what was kept."""

from __future__ import annotations

import os
import subprocess
import tarfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import planting
from tests.conftest import require
from tests.services.commands import run
from tests.services.prepared import migrated_postgresql
from tests.services.private import NotHere, find_program, postgresql
from tests.site.test_backup import KEEP, OPEN
from tests.test_planted_names import HAND_IN

pytestmark = pytest.mark.services

CHANGE = "from lawcompare.laws.models import Clause; Clause.objects.update(text='other')"


def manage(database: str, data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environment |= {"DATABASE_URL": database, "DATA_DIR": str(data), "EMBEDDED": "1", "TASKS": "inline"}
    environment["DJANGO_SETTINGS_MODULE"] = "lawcompare.settings"
    return run(environment, *args)


def test_a_backup_of_postgresql_is_restored_and_proved_equal(tmp_path, shared_folder):
    with ExitStack() as servers:
        try:
            first = servers.enter_context(migrated_postgresql(shared_folder)).url
            second = servers.enter_context(postgresql())
        except NotHere as reason:
            require("services", str(reason))
        old, new = tmp_path / "old", tmp_path / "new"
        assert (
            manage(first, old, "import_law", "fixtures/laws/kh-cybercrime/2012-v1-en.md", "--publish").returncode == 0
        )
        assert manage(first, old, "shell", "--no-imports", "-c", KEEP).returncode == 0
        handed_in = manage(first, old, "shell", "--no-imports", "-c", HAND_IN)
        assert handed_in.returncode == 0, handed_in.stderr
        assert manage(first, old, "backup", str(tmp_path)).returncode == 0
        (path,) = tmp_path.glob("*.tar")
        assert_names_nobody(path, tmp_path)

        new.mkdir()
        (new / "originals-key").write_text((old / "originals-key").read_text())
        done = manage(second, new, "restore", str(path))
        assert done.returncode == 0, done.stderr
        assert "Restored and compared" in done.stdout
        assert (
            manage(second, new, "shell", "--no-imports", "-c", OPEN).stdout.strip()
            == "as it came, with Sok Dara's name"
        )
        # The triggers came along, and new rows get new numbers.
        assert "never changed" in manage(second, new, "shell", "--no-imports", "-c", CHANGE).stderr
        again = manage(second, new, "import_law", "fixtures/laws/kh-cybercrime/2020-08-en.md", "--publish")
        assert again.returncode == 0, again.stderr

        assert "not empty" in manage(first, old, "restore", str(path)).stderr
        sqlite = manage(f"sqlite:///{tmp_path}/other.sqlite3", tmp_path / "third", "restore", str(path))
        assert sqlite.returncode == 2 and "is of a postgresql database" in sqlite.stderr


def assert_names_nobody(path, folder) -> None:
    """What was planted beside the text of files is in no row of the backup; of their text, all is there."""
    with tarfile.open(path) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    dump = folder / "unpacked" / "database.dump"
    done = subprocess.run(
        [find_program("pg_restore", "postgresql"), "-f", "-", str(dump)], capture_output=True, check=True
    )
    assert b"Data retention" in done.stdout and b"laws_original" in done.stdout
    manifest = (folder / "unpacked" / "manifest.json").read_bytes()
    assert not planting.is_in(done.stdout) and not planting.is_in(manifest) and not planting.is_in(path.read_bytes())
