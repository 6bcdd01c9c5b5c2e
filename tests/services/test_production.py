"""The production stack by docs/deploy.md, for real: PostgreSQL, Redis, Celery, gunicorn, all private to the test."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

import pytest

from tests.conftest import ROOT, require
from tests.services.private import NotHere, free_port, postgresql, redis, wait_for_port
from tests.services.stage import ask, manage, running, wait_until

pytestmark = pytest.mark.services

SECONDS = 180
WAITING = "SELECT count(*) FROM comparisons_comparison WHERE finished_at IS NULL"
DONE = "SELECT count(*) FROM comparisons_comparison WHERE finished_at IS NOT NULL"
TEXTS = [f"fixtures/laws/kh-cybercrime/{name}-en.md" for name in ("2012-v1", "2020-08", "2024-leak")]


# --- docs/deploy.md as a program: its settings, commands and units, with the places of a test in those of a machine

GUIDE = ROOT / "docs" / "deploy.md"
UNITS = ROOT / "docs" / "deploy"


def quoted_in(section: int) -> str:
    """The shell commands of a section, by its number."""
    text = re.split(r"^## (\d+)\. ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text[text.index(str(section)) + 1], re.MULTILINE | re.DOTALL))


def commands_of(section: int, places: dict[str, str]) -> list[list[str]]:
    """The ``manage …`` commands of a section, in order, each as its arguments."""
    lines = [line for line in quoted_in(section).splitlines() if line.startswith("manage ")]
    commands = [part.strip() for line in lines for part in line.partition("#")[0].split("&&")]
    assert commands and all(part.startswith("manage ") for part in commands)
    return [shlex.split(_placed(part, places))[1:] for part in commands]


def settings_of_the_guide(folder: Path) -> dict[str, str]:
    """What the file has that section 3 makes, as a shell and systemd read it."""
    path = folder / "lawcompare.env"
    script = quoted_in(3).replace("/etc/lawcompare.env", str(path)).replace("/etc/lawcompare/", f"{folder}/")
    script = script.replace("python3", sys.executable)
    subprocess.run(["bash", "-euc", script], check=True)
    assert path.stat().st_mode & 0o777 == 0o600
    shown = f"set -a; . {shlex.quote(str(path))}; env -0"
    by_shell = subprocess.run(["env", "-i", "bash", "-c", shown], capture_output=True, text=True, check=True).stdout
    sourced = dict(line.split("=", 1) for line in by_shell.split("\0") if line)
    values = dict(line.split("=", 1) for line in path.read_text("utf-8").splitlines())
    assert values == {name: sourced[name] for name in values}, "systemd reads the file otherwise than a shell"
    return values


def started_by(name: str, places: dict[str, str]) -> list[str]:
    """The command of a unit, of this machine's Python."""
    (line,) = re.findall(r"^ExecStart=(.*)$", (UNITS / f"lawcompare-{name}.service").read_text("utf-8"), re.MULTILINE)
    program, *options = shlex.split(_placed(line, places))
    return [sys.executable, "-m", program.rpartition("/")[2], *options]


def _placed(text: str, places: dict[str, str]) -> str:
    for documented, here in places.items():
        text = text.replace(documented, here)
    return text


# --- a site made by it


class Site:
    """A site made by the guide, with the test's servers in place of the machine's."""

    started_alone: ClassVar[set[str]] = set()  # names of commands

    def __init__(self, folder: Path, database: str, broker: str) -> None:
        self.folder, self.database, self.port = folder, database, free_port()
        self.places = {"/srv/lawcompare/data": str(folder / "data"), "/srv/lawcompare/backups": str(folder / "backups"),
                       "127.0.0.1:8000": f"127.0.0.1:{self.port}"}  # fmt: skip
        for place in ("data", "backups"):
            (folder / place).mkdir()
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        self.environment = kept | settings_of_the_guide(folder)
        # Asked for by createsuperuser, which has nobody to ask here.
        self.environment |= {
            "DJANGO_SUPERUSER_EMAIL": "staff@example.org",
            "DJANGO_SUPERUSER_PASSWORD": "long enough 1",
        }
        self.environment |= {"DATABASE_URL": database, "REDIS_URL": broker, "CACHE_URL": broker.removesuffix("0") + "1"}
        self.environment["DATA_DIR"] = str(folder / "data")

    def run(self, section: int) -> dict[str, str]:
        """Do what a section of the guide says; gives what each command printed."""
        answers = {}
        for command in commands_of(section, self.places):
            if command == ["demo"]:  # some of its texts: other tests load all
                for text in TEXTS:
                    self.manage("import_law", text, "--publish")
                continue
            more = ["--noinput"] if command[0] == "createsuperuser" else []
            answers[command[0]] = self.manage(*command, *more)
        return answers

    def manage(self, *command: str) -> str:
        """As somebody at a shell gives it: the first of a name in a run is a program of its own."""
        if command[0] in self.started_alone:
            return manage(self.environment, *command)
        self.started_alone.add(command[0])
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def process(self, name: str):
        return running(started_by(name, self.places), self.environment)

    def read(self, path: str, **headers: str) -> tuple[int, str]:
        """As the proxy in front asks."""
        sent = {"Host": "example.org", "X-Forwarded-Proto": "https", **headers}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def checks(self) -> dict[str, str]:
        return json.loads(self.read("/readyz")[1])["checks"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        try:
            yield stack.enter_context(postgresql()), stack.enter_context(redis())
        except NotHere as reason:
            require("services", str(reason))


@pytest.fixture(scope="module")
def site(tmp_path_factory, servers) -> Site:
    made = Site(tmp_path_factory.mktemp("site"), *servers)
    printed = made.run(4)
    assert "https://example.org/accounts/password/reset/key/" in printed["add_member"]
    assert "no issues" in printed["check"]
    return made


def test_a_site_made_by_the_guide_is_ready_and_does_what_was_asked_while_no_worker_ran(site):
    assert ask(site.database, WAITING)[0][0] > 1, "publishing the texts asked for comparisons"
    with site.process("web") as server:
        wait_for_port(site.port, server)
        assert site.read("/healthz") == (200, '{"status": "ok"}')
        assert {name: word for name, word in site.checks().items() if word != "ok"} == {"tasks": "no worker answers"}
        with site.process("worker"), site.process("beat"):
            wait_until(lambda: ask(site.database, WAITING)[0][0] == 0, SECONDS, "the comparisons are done")
            wait_until(lambda: set(site.checks().values()) == {"ok"}, SECONDS, "every part is ready")
            assert site.read("/readyz")[0] == 200
        compared = "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/"
        for path in ("/", "/km/", "/laws/kh-cybercrime/2024-leak-en/", compared, "/search/?q=computer", "/api/v1/laws"):
            assert site.read(path)[0] == 200, path
        assert 'class="row' in site.read(compared)[1]
        assert site.read("/laws/us-code-17/nothing/")[0] == 404
        assert site.read("/", Host="elsewhere.example")[0] == 400
        figures = site.read("/metrics", Authorization=f"Bearer {site.environment['METRICS_TOKEN']}")[1]
        done = ask(site.database, DONE)[0][0]
        assert f'lawcompare_jobs{{kind="comparison",state="done"}} {done}.0' in figures
        for name in ("lawcompare_queue_length", "lawcompare_cache_hits", "lawcompare_tasks_total"):
            assert name in figures, name


def test_it_is_looked_after_backed_up_and_brought_back_by_the_guide(site, tmp_path):
    printed = site.run(7)
    assert set(printed) == {"check_texts", "check_audit", "examine"}
    assert set(site.run(8)) == {"backup", "migrate", "examine", "build_fonts", "collectstatic"}
    (kept,) = (site.folder / "backups").iterdir()
    with postgresql() as other:
        new = Site(tmp_path, other, site.environment["REDIS_URL"])
        new.environment |= {name: site.environment[name] for name in ("SECRET_KEY_FILE", "ORIGINALS_KEY_FILE")}
        restore = commands_of(9, {})[0]
        assert restore[0] == "restore"
        assert "Restored and compared" in new.manage("restore", str(kept))
        assert new.run(7) == printed
