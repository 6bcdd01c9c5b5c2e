"""A backup brought back into an empty place is row for row what was kept, and a damaged one is refused."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import MagicMock

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from lawcompare.core.jobs.models import UNFINISHED, Job, JobState
from lawcompare.core.mail import Email, queue
from lawcompare.sharing.emails.models import Choice, EmailKind, Notice
from lawcompare.site.backups import archive as backups
from lawcompare.site.management.commands import restore as restoring
from tests.conftest import ROOT
from tests.shared_files import filled_once

pytestmark = pytest.mark.verify
KEEP = """from lawcompare.laws.uploads.originals import put; put(b"as it came, with Sok Dara's name", None)"""
OPEN = """from lawcompare.laws.uploads import originals
print(originals.get(originals.digests_of(b"as it came, with Sok Dara's name", None)[0]).decode())"""
DIGEST = """from lawcompare.laws.uploads import originals
print(originals.digests_of(b"as it came, with Sok Dara's name", None)[0])"""
LAW = "fixtures/laws/kh-cybercrime/2012-v1-en.md"


def python(data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {
        "EMBEDDED": "1",
        "TASKS": "inline",
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }
    command = [sys.executable, *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


def run_all(data: Path, *steps: str) -> subprocess.CompletedProcess[str]:
    """One program after the other in one process, since each start of Django takes seconds."""
    program = "\n".join(["from django.core.management import call_command", *steps])
    return python(data, "manage.py", "shell", "--no-imports", "-c", program)


@pytest.fixture(scope="module")
def site(shared_folder, put_migrated_database) -> Path:
    """A site with a law, an original and a backup of both, and the original's digest beside them."""

    def make(data: Path) -> None:
        (data / "backups").mkdir()
        put_migrated_database(data / "lawcompare.sqlite3")
        done = run_all(data, "call_command('migrate', verbosity=0)",
                       f"call_command('import_law', {LAW!r}, publish=True)",
                       KEEP, f"call_command('backup', {str(data / 'backups')!r})", DIGEST)  # fmt: skip
        assert done.returncode == 0, done.stderr
        (data / "digest").write_text(done.stdout.splitlines()[-1])

    return filled_once(shared_folder / "site-with-backup", make)


def backup_of(site: Path) -> Path:
    (archive,) = (site / "backups").iterdir()
    return archive


class Answer(NamedTuple):
    """How a command ended, and how many tables the database had then."""

    status: int
    out: str
    err: str
    tables: int


# Each command as the shell would run it, without the seconds of another start.
COMMANDS = """
import contextlib, io, json, os, runpy, sqlite3, sys
answers = []
for arguments in json.loads(sys.argv[1]):
    sys.argv, status = ["manage.py", *arguments], 0
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        try:
            runpy.run_path("manage.py", run_name="__main__")
        except SystemExit as end:
            status = end.code
    with contextlib.closing(sqlite3.connect(os.path.join(os.environ["DATA_DIR"], "lawcompare.sqlite3"))) as database:
        tables, = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    answers.append([status, out.getvalue(), err.getvalue(), tables])
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def commands(shared_folder, site) -> tuple[Path, dict[str, Answer]]:
    """A new site, and what each command there answered, one after the other."""
    data = shared_folder / "restored-site"

    def make(data: Path) -> None:
        backup = str(backup_of(site))
        asked = {
            "restore a damaged backup": ["restore", str(harmed(site, data, HARMS[-1][0]))],
            "restore": ["restore", backup],
            "restore again": ["restore", backup],
            "back up into no folder": ["backup", str(data / "nowhere")],
        }
        done = python(data, "-c", COMMANDS, json.dumps(list(asked.values())))
        assert done.returncode == 0, done.stderr
        (data / "answers.json").write_text(json.dumps(dict(zip(asked, json.loads(done.stdout), strict=True))))

    filled_once(data, make)
    answers = json.loads((data / "answers.json").read_text())
    return data, {name: Answer(*answer) for name, answer in answers.items()}


def test_a_backup_is_readable_by_its_owner_alone(site):
    assert backup_of(site).stat().st_mode & 0o777 == 0o600


def test_what_is_restored_is_row_for_row_what_was_kept(site, commands, tmp_path):
    restored, answers = commands
    assert answers["restore"].status == 0, answers["restore"].err
    assert answers["restore"].out.startswith("Restored and compared: ")
    assert "1 originals are encrypted with a key that is not here" in answers["restore"].err
    dumps = []
    for data in (site, restored):
        with sqlite3.connect(data / "lawcompare.sqlite3") as database:
            dumps.append(sorted(database.iterdump()))  # in whichever order tables were made
    assert dumps[0] == dumps[1] and len(dumps[0]) > 100
    shutil.copy(restored / "lawcompare.sqlite3", tmp_path)
    (tmp_path / "originals-key").write_text((site / "originals-key").read_text())
    change = "from lawcompare.laws.models import *; Clause.objects.update(text='other')"
    done = run_all(tmp_path, OPEN, change)
    assert done.stdout.strip() == "as it came, with Sok Dara's name"
    assert "never changed" in done.stderr


def test_an_uploaded_file_is_in_the_backup_sealed_and_listed_by_its_digest(site):
    path = backup_of(site)
    assert b"Sok Dara" not in path.read_bytes()
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
    digest = (site / "digest").read_text()
    assert manifest["originals"] == [digest]
    assert digest != hashlib.sha256(b"as it came, with Sok Dara's name").hexdigest(), "whoever has the file could tell"
    assert not any("key" in name for name in manifest["files"])


def test_nothing_is_restored_over_a_site_that_has_rows(commands):
    _site, answers = commands
    assert answers["restore"].tables > 50
    assert (answers["restore again"].status, answers["restore again"].err.strip()) == (
        2,
        "CommandError: Not restored: the database is not empty; restore into a new one.",
    )


HARMS = [
    (lambda path: path.write_bytes(path.read_bytes()[:5000]), "is not a whole backup of lawcompare"),
    (lambda path: path.write_bytes(b"not a tar"), "is not a whole backup of lawcompare"),
    (lambda path: change_a_byte(path, "manifest.json", 700), "manifest.json in"),
    (lambda path: change_a_byte(path, "database.sqlite3", 5000), "database.sqlite3 in"),
]


def test_a_damaged_backup_is_refused_and_nothing_is_written(commands):
    _site, answers = commands
    refused = answers["restore a damaged backup"]
    assert refused.status == 2 and HARMS[-1][1] in refused.err and "Traceback" not in refused.err
    assert refused.tables == 0


@pytest.mark.parametrize(("harm", "sentence"), HARMS)
def test_every_kind_of_damage_is_found_before_the_database_is_touched(site, tmp_path, monkeypatch, harm, sentence):
    monkeypatch.setattr(backups.connection, "cursor", lambda: pytest.fail("it was unpacked"))
    path = harmed(site, tmp_path, harm)
    with pytest.raises(backups.BackupError, match=sentence):
        backups.restore_backup(path, list)


def harmed(site: Path, folder: Path, harm: Callable[[Path], object]) -> Path:
    path = folder / "harmed.tar"
    path.write_bytes(backup_of(site).read_bytes())
    harm(path)
    return path


def change_a_byte(path: Path, name: str, at: int) -> None:
    with tarfile.open(path) as archive:
        place = archive.getmember(name).offset_data + at
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def test_a_folder_that_is_not_there_is_one_sentence(commands):
    _site, answers = commands
    refused = answers["back up into no folder"]
    assert refused.status == 2
    assert "No backup was made" in refused.err and "Traceback" not in refused.err


def test_a_backup_is_unpacked_beside_itself_and_a_full_disk_is_called_so(site, tmp_path, monkeypatch):
    """/tmp was smaller, and a whole backup was called a broken one."""
    path = harmed(site, tmp_path, lambda _path: None)
    unpacked = []

    def unpack(self, parts: Path, **_options: object) -> None:
        unpacked.append(parts.parent)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backups.tarfile.TarFile, "extractall", unpack)
    with pytest.raises(backups.BackupError, match=r"cannot be unpacked into .*No space left"):
        backups.restore_backup(path, list)
    assert unpacked == [tmp_path]


@pytest.mark.django_db
def test_a_disk_that_fills_while_the_file_is_packed_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "_copy_database", lambda parts: {"tables": {}, "originals": []})
    left = tmp_path / ".backup-killed"
    left.mkdir()
    os.utime(left, (0, 0))
    monkeypatch.setattr(
        backups.tarfile, "open", MagicMock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    )
    with pytest.raises(CommandError, match=rf"No backup was made: {tmp_path} cannot be written to: No space left"):
        call_command("backup", str(tmp_path))
    assert not list(tmp_path.iterdir()), "not even what one left that was killed"


def test_a_backup_that_cannot_be_read_is_not_called_a_broken_one(tmp_path):
    for path in (tmp_path, tmp_path / "away.tar"):
        with pytest.raises(backups.BackupError, match=rf"{path} cannot be unpacked into"):
            backups.restore_backup(path, list)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [None, backups.NotAsKept("table core_entry is not what was kept")])
def test_what_went_on_when_a_backup_was_made_ends_once_it_is_restored(drafts, cast, monkeypatch, error):
    """Beside a program that wrote, it was restored and called not restored, and people stayed signed in."""

    def restore_backup(path: Path, afterwards: Callable[[], None]) -> backups.BackupSummary:
        afterwards()
        if error:
            raise error
        return backups.BackupSummary(path, 1, 1, 0)

    monkeypatch.setattr(restoring, "restore_backup", restore_backup)
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=timezone.now() + timedelta(days=1))
    sent, *_rest = queue(Email("rita@example.org", "Subject", "Words"))
    Job.objects.create(kind="job-news", after=sent)
    reading = Job.objects.create(kind="reading", state=JobState.RUNNING)
    choice = Choice.objects.create(user=cast.rita)
    Notice.objects.bulk_create([Notice.about(choice, EmailKind.TEXT), Notice.about(choice, EmailKind.TEXT, job=sent)])
    if error:
        with pytest.raises(CommandError, match=r"Restored, but table core_entry is not what was kept: does a program"):
            call_command("restore", "backup.tar")
    else:
        call_command("restore", "backup.tar")
    assert not Session.objects.exists() and list(Job.objects.filter(state__in=UNFINISHED)) == [reading]
    assert not Job.objects.exclude(sealed="").exists() and not Notice.objects.filter(job=None).exists()
