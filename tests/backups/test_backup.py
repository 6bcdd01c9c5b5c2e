"""A backup brought back into an empty place is row for row what was kept, and a damaged one is refused."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lawcompare.backups import archive as backups
from tests.conftest import ROOT

KEEP = """from lawcompare.laws.uploads.originals import put; put(b"as it came, with Sok Dara's name")"""
OPEN = """from lawcompare.laws.uploads import originals
print(originals.get(originals.digest_of(b"as it came, with Sok Dara's name")).decode())"""
DIGEST = """from lawcompare.laws.uploads import originals
print(originals.digest_of(b"as it came, with Sok Dara's name"))"""
LAW = "fixtures/laws/kh-cybercrime/2012-v1-en.md"


def manage(data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {
        "EMBEDDED": "1",
        "TASKS": "inline",
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }
    command = [sys.executable, "manage.py", *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def run_all(data: Path, *steps: str) -> subprocess.CompletedProcess[str]:
    """One program after the other in one process, since each start of Django takes seconds."""
    program = "\n".join(["from django.core.management import call_command", *steps])
    return manage(data, "shell", "--no-imports", "-c", program)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A site with a law, an original and a backup of both."""
    data = tmp_path_factory.mktemp("site")
    (data / "backups").mkdir()
    done = run_all(data, "call_command('migrate', verbosity=0)", f"call_command('import_law', {LAW!r}, publish=True)",
                   KEEP, f"call_command('backup', {str(data / 'backups')!r})")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return data


def backup_of(site: Path) -> Path:
    (archive,) = (site / "backups").iterdir()
    return archive


def test_a_backup_is_readable_by_its_owner_alone(site):
    assert backup_of(site).stat().st_mode & 0o777 == 0o600


def test_what_is_restored_is_row_for_row_what_was_kept(site, tmp_path):
    done = manage(tmp_path, "restore", str(backup_of(site)))
    assert done.returncode == 0, done.stderr
    dumps = []
    for data in (site, tmp_path):
        with sqlite3.connect(data / "lawcompare.sqlite3") as database:
            dumps.append(sorted(database.iterdump()))  # in whichever order tables were made
    assert dumps[0] == dumps[1] and len(dumps[0]) > 100
    assert "1 originals are encrypted with a key that is not here" in done.stderr
    (tmp_path / "originals-key").write_text((site / "originals-key").read_text())
    assert manage(tmp_path, "shell", "--no-imports", "-c", OPEN).stdout.strip() == "as it came, with Sok Dara's name"
    published = manage(tmp_path, "shell", "--no-imports", "-c",
                       "from lawcompare.laws.models import *; Clause.objects.update(text='other')")  # fmt: skip
    assert "never changed" in published.stderr


def test_an_uploaded_file_is_in_the_backup_sealed_and_listed_by_its_digest(site):
    path = backup_of(site)
    assert b"Sok Dara" not in path.read_bytes()
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
    digest = manage(site, "shell", "--no-imports", "-c", DIGEST).stdout.strip()
    assert manifest["originals"] == [digest]
    assert digest != hashlib.sha256(b"as it came, with Sok Dara's name").hexdigest(), "whoever has the file could tell"
    assert not any("key" in name for name in manifest["files"])


def test_nothing_is_restored_over_a_site_that_has_rows(site):
    done = manage(site, "restore", str(backup_of(site)))
    assert (done.returncode, done.stderr.strip()) == (
        2,
        "CommandError: Not restored: the database is not empty; restore into a new one.",
    )


HARMS = [
    (lambda path: path.write_bytes(path.read_bytes()[:5000]), "is not a whole backup of lawcompare"),
    (lambda path: path.write_bytes(b"not a tar"), "is not a whole backup of lawcompare"),
    (lambda path: change_a_byte(path), "database.sqlite3 in"),
]


def test_a_damaged_backup_is_refused_and_nothing_is_written(site, tmp_path):
    harm, sentence = HARMS[-1]
    done = manage(tmp_path / "data", "restore", str(harmed(site, tmp_path, harm)))
    assert done.returncode == 2 and sentence in done.stderr and "Traceback" not in done.stderr
    with sqlite3.connect(tmp_path / "data" / "lawcompare.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


@pytest.mark.parametrize(("harm", "sentence"), HARMS)
def test_every_kind_of_damage_is_found_before_the_database_is_touched(site, tmp_path, monkeypatch, harm, sentence):
    monkeypatch.setattr(backups, "_refuse_what_is_not_empty", lambda: pytest.fail("it was unpacked"))
    path = harmed(site, tmp_path, harm)
    with pytest.raises(backups.BackupError, match=sentence):
        backups.restore_backup(path)


def harmed(site: Path, folder: Path, harm: Callable[[Path], object]) -> Path:
    path = folder / "harmed.tar"
    path.write_bytes(backup_of(site).read_bytes())
    harm(path)
    return path


def change_a_byte(path: Path) -> None:
    with tarfile.open(path) as archive:
        place = archive.getmember("database.sqlite3").offset_data + 5000
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_folder_that_is_not_there_is_one_sentence(site, tmp_path):
    done = manage(site, "backup", str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "No backup was made" in done.stderr and "Traceback" not in done.stderr
