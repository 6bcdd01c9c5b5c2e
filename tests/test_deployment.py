"""systemd, compose.yaml, the Procfile and the image start the same processes with the same settings."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.conftest import ROOT
from tests.test_settings import python
from tests.tools import images

DEPLOY = ROOT / "docs" / "deploy"
PROCESSES = ["web", "worker", "beat"]
# What differs between the three because the machines differ: where things lie, and on which address web listens.
PLACES = [
    (r"/srv/lawcompare/app/\.venv/bin/", ""),
    (r"\$\{(\w+):-([^}]*)\}", r"\2"),
    (r"(/srv/lawcompare/data|/run/lawcompare|/data|/tmp|\bvar)/", "DATA/"),
    (r"/srv/lawcompare/backups|/backups", "BACKUPS"),
    (r"(127\.0\.0\.1|0\.0\.0\.0):8000", "ADDRESS"),
]


def plain(command: str) -> str:
    for pattern, instead in PLACES:
        command = re.sub(pattern, instead, command)
    return command


def unit(name: str) -> dict[str, list[str]]:
    """What a systemd unit says, every line of each name."""
    settings: dict[str, list[str]] = {}
    for line in (DEPLOY / f"lawcompare-{name}").read_text("utf-8").replace("\\\n", "").splitlines():
        if "=" in line and not line.startswith("#"):
            settings.setdefault(line.partition("=")[0], []).append(line.partition("=")[2])
    return settings


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def procfile() -> dict[str, str]:
    return dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_is_started_by_the_same_command_everywhere(compose, procfile, name):
    (systemd,) = unit(f"{name}.service")["ExecStart"]
    assert plain(compose["services"][name]["command"]) == plain(procfile[name]) == plain(systemd)


@pytest.mark.parametrize("name", ["web", "worker"])
def test_what_needs_too_much_memory_ends_alone(compose, name):
    service = unit(f"{name}.service")
    assert (service["MemoryMax"], service["OOMPolicy"]) == (["2G"], ["continue"])
    assert compose["services"][name]["mem_limit"] == "2g"


def test_one_person_cannot_keep_all_workers_busy_as_a_member_and_as_a_visitor(procfile):
    """They waited 46 seconds for a link to a new password: each of two workers had a line of the same person."""
    workers = int(re.search(r"--concurrency \$\{WORKERS:-(\d+)\}", procfile["worker"])[1])
    assert workers > 2 * settings.JOBS_AT_ONCE


def test_no_process_is_in_one_place_alone(compose, procfile):
    units = {path.stem.removeprefix("lawcompare-") for path in DEPLOY.glob("*.service")}
    services = set(compose["services"])
    assert units == services - {"postgres", "queue", "cache", "release"} == {*PROCESSES, "backup"}
    assert set(procfile) == {*PROCESSES, "release"}
    for name in PROCESSES:
        assert f"lawcompare-{name}" in (ROOT / "docs" / "deploy.md").read_text("utf-8")


def test_tables_are_brought_up_to_date_by_the_same_commands_everywhere(compose, procfile):
    release = re.findall(r"manage\.py ([\w -]+?)(?: &&|\"|$)", compose["services"]["release"]["command"])
    assert release == re.findall(r"manage\.py ([\w -]+?)(?: &&|$)", procfile["release"])
    documented = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    for command in release:
        assert f"manage {command.removesuffix(' --no-input')}" in documented
    waits = compose["services"]["web"]["depends_on"]["release"]["condition"]
    assert waits == "service_completed_successfully"


def test_backups_are_made_and_checked_by_the_same_commands(compose):
    (line,) = unit("backup.service")["ExecStart"]
    systemd, composed = (
        [plain(command) for command in re.findall(r"python (manage\.py [^;|\"]+\b)", one)]
        for one in (line, compose["services"]["backup"]["command"])
    )
    assert composed == systemd and len(systemd) == 4
    assert unit("backup.timer")["Persistent"] == ["true"]


@pytest.mark.parametrize("fails", ["", "backup", "check_texts", "check_audit"])
def test_a_backup_that_fails_keeps_no_check_from_running_and_is_told(tmp_path, fails):
    (line,) = unit("backup.service")["ExecStart"]
    program = tmp_path / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho $2 >> ran\ntest $2 != '{fails}'\n", "utf-8")
    program.chmod(0o755)
    done = subprocess.run(shlex.split(line.replace("$$", "$")), cwd=tmp_path)
    assert (tmp_path / "ran").read_text("utf-8").split() == [
        "publish_statement",
        "backup",
        "check_texts",
        "check_audit",
    ]
    assert done.returncode == (1 if fails else 0)


def test_the_image_starts_web_as_compose_does(compose):
    image = (ROOT / "Dockerfile").read_text("utf-8")
    (started,) = re.findall(r"^CMD (\[.*\])$", image, re.MULTILINE)
    assert " ".join(json.loads(started)) == compose["services"]["web"]["command"]
    assert {".env", ".git", "var"} <= set((ROOT / ".dockerignore").read_text("utf-8").split()), "secrets in the image"
    server = compose["services"]["postgres"]["image"].partition(":")[2].partition("@")[0]
    assert f"postgresql-client-{server}" in image, "pg_dump refuses a server of a later release"


def names_of(text: str) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def test_a_site_in_containers_starts_with_the_example_s_settings(compose, tmp_path):
    """REDIS_URL stood in one and REDIS_URL_FILE in the other: nothing started."""
    for name in compose["secrets"]:
        (tmp_path / name).write_text("redis://queue:6379/0" if name.endswith("-url") else "x" * 60)
    lines = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    given = dict(lines) | compose["services"]["web"]["environment"] | {"DATA_DIR": str(tmp_path)}
    given = {name: value.replace("/run/secrets", str(tmp_path)) for name, value in given.items()}
    show = "from django.conf import settings as s; print(s.TASKS, s.REDIS_URL, s.DATABASES['default']['PASSWORD'])"
    done = python(tmp_path, "-c", show, DJANGO_SETTINGS_MODULE="lawcompare.settings", **given)
    assert done.stdout.split() == ["worker", "redis://queue:6379/0", "x" * 60], done.stderr


def test_no_volume_hides_what_the_image_has(compose):
    """A volume keeps the style sheets of the release that filled it."""
    made = re.search(r"install -d -o lawcompare (.*?) \\", (ROOT / "Dockerfile").read_text("utf-8"))[1].split()
    for name in ("web", "worker", "beat", "backup"):
        mounted = {volume.partition(":")[2] for volume in compose["services"][name].get("volumes", [])}
        assert mounted <= set(made) - {"/data", "/data/static", "/data/fonts"}, name


def test_the_same_settings_are_asked_for_everywhere(compose):
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    documented = names_of(guide.partition("lawcompare.env <<END")[2].partition("\nEND\n")[0])
    example = names_of((ROOT / ".env.example").read_text("utf-8"))
    # The guide's PostgreSQL knows its user by the socket; one in a container wants a password.
    assert documented == example - {"DATABASE_PASSWORD_FILE"}
    assert {"SECRET_KEY_FILE", "ORIGINALS_KEY_FILE", "DATABASE_URL"} < documented
    for text in (guide, (ROOT / ".env.example").read_text("utf-8")):
        assert re.search("^PRIVATE_NEEDS_SECOND_FACTOR=true$", text, re.MULTILINE), (
            "a password alone reads what is private"
        )
    example |= {"REDIS_URL_FILE", "CACHE_URL_FILE"}
    for name in ("web", "worker", "beat", "backup", "release"):
        service = compose["services"][name]
        assert service["env_file"] == ".env" and set(service["environment"]) <= example
    for path in DEPLOY.glob("*.service"):
        section = unit(path.name.removeprefix("lawcompare-"))
        assert section["EnvironmentFile"] == ["/etc/lawcompare.env"] and section["User"] == ["lawcompare"], path.name


def test_no_password_stands_in_the_files_and_each_is_drawn_once(compose, tmp_path):
    for name, service in compose["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            assert "PASSWORD" not in variable or variable.endswith("_FILE"), (name, variable)
            assert not re.search(r"//[^/@]*:[^/@]+@", str(value)), (name, variable)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"))
    for _ in range(2):
        subprocess.run(["make", "-s", "secrets"], cwd=tmp_path, check=True)
        drawn = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(drawn) == {Path(secret["file"]).name for secret in compose["secrets"].values()}
    assert len(set(drawn.values())) == len(drawn) and all(len(word) > 40 for word in drawn.values())
    assert drawn["cache-url"] == f"redis://:{drawn['redis-password']}@cache:6379/0"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_site_is_begun_anew_and_the_old_one_is_set_aside_whole(tmp_path):
    command = ["make", "-s", "fresh"]
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"))
    plain = {name: value for name, value in os.environ.items() if name not in {"DATA_DIR", "DATABASE_URL"}}
    for data, environment in ((tmp_path / "var", plain), (tmp_path / "own data", plain | {"DATA_DIR": "own data/"})):
        nothing = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
        assert "nothing to set aside" in nothing.stdout and not data.exists()
        (data / "static").mkdir(parents=True)
        (data / "static/staticfiles.json").touch()
        (data / "lawcompare.sqlite3").write_text("rows")
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        (aside,) = tmp_path.glob(f"{data.name}-20[0-9][0-9]-*")
        assert (aside / "lawcompare.sqlite3").read_text() == "rows"
        assert [path.name for path in data.rglob("*")] == ["static", "staticfiles.json"]


def limits_of(lines: list[str]) -> dict[str, str]:
    return dict(line.partition(" ")[::2] for line in lines if line and not line.startswith("#"))


def test_queue_and_cache_are_limited_and_the_queue_throws_nothing_away(compose):
    for name, policy in (("queue", "noeviction"), ("cache", "allkeys-lru")):
        limits = limits_of((DEPLOY / f"redis-{name}.conf").read_text("utf-8").splitlines())
        assert (limits["maxmemory-policy"], limits["port"], limits["unixsocketperm"]) == (policy, "0", "770")
        command = compose["services"][name]["command"]
        assert (
            f"--maxmemory {limits['maxmemory']} --maxmemory-policy {policy}" in command and "--requirepass" in command
        )


@pytest.mark.parametrize("name", [*PROCESSES, "backup"])
def test_a_unit_is_well_formed_and_lets_its_process_at_little(name):
    parser = RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(DEPLOY / f"lawcompare-{name}.service", "utf-8")
    assert {"Unit", "Service"} <= set(parser.sections())
    service = parser["Service"]
    assert (service["NoNewPrivileges"], service["ProtectSystem"], service["ProtectHome"]) == ("true", "strict", "true")
    assert "/srv/lawcompare/data" in service["ReadWritePaths"] and service["PrivateTmp"] == "true"
    if name != "backup":
        # However long it cannot start, and whatever fills the disk of the data.
        assert (service["Restart"], parser["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
        assert "/srv/lawcompare/data" not in service["ExecStart"]


HARDENED = {
    "CapabilityBoundingSet": "", "PrivateDevices": "true", "PrivateUsers": "true", "ProtectProc": "invisible",
    "ProtectKernelTunables": "true", "ProtectKernelModules": "true", "ProtectKernelLogs": "true",
    "ProtectControlGroups": "true", "ProtectClock": "true", "ProtectHostname": "true", "RestrictSUIDSGID": "true",
    "LockPersonality": "true", "MemoryDenyWriteExecute": "true", "SystemCallArchitectures": "native",
    "SystemCallErrorNumber": "EPERM", "UMask": "0077",
}  # fmt: skip


@pytest.mark.parametrize("name", [*PROCESSES, "backup"])
def test_a_unit_takes_from_its_process_what_it_does_not_need(name):
    directives = unit(f"{name}.service")
    assert {key: directives[key][-1] for key in HARDENED} == HARDENED
    assert directives["SystemCallFilter"][0].startswith("@system-service")
    # The reader's box is made of these, and no other process needs them.
    box = (directives["RestrictNamespaces"] != ["true"], "@sandbox @mount" in directives["SystemCallFilter"][0])
    assert box == (name == "worker",) * 2
    if analyse := shutil.which("systemd-analyze"):
        command = [analyse, "security", "--offline=yes", "--threshold=25", str(DEPLOY / f"lawcompare-{name}.service")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout.splitlines()[-1:]


def test_the_proxy_in_front_writes_no_addresses_and_says_who_asks():
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert proxy.count("access_log off;") == 2 and "ssl_protocols TLSv1.2 TLSv1.3;" in proxy
    for header in ("Host $host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {header};" in proxy
    # A page is never kept under the name of another host, nor one of somebody who is signed in.
    assert "proxy_cache_key $scheme$host$request_uri;" in proxy
    assert (
        "proxy_no_cache $cookie_sessionid $lawcompare_private;" in proxy
        and "proxy_cache_bypass $cookie_sessionid;" in proxy
    )
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", proxy)[1])
    from django.conf import settings

    assert megabytes * 1024 * 1024 >= settings.IMPORT_BYTES_MAX


def test_no_container_has_rights_or_writes_where_it_need_not(compose):
    for name, service in compose["services"].items():
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert any(mount.partition(":")[0] == "/tmp" for mount in service["tmpfs"]), name
        assert not {"cap_add", "privileged", "pid", "ipc", "network_mode", "userns_mode", "devices"} & set(service), (
            name
        )
        assert "build" in service or service["user"] not in {"root", "0"}, name
        # Of the machine's own folders none is given to a container.
        assert all(re.match(r"[a-z]+:/", volume) for volume in service.get("volumes", [])), name
        writes = re.findall(r"(?<= )/(?:data|backups|tmp)\b", service.get("command", ""))
        places = [mount.partition(":")[0] for mount in service["tmpfs"]]
        assert set(writes) <= {*places, *(volume.partition(":")[2] for volume in service.get("volumes", []))}, name


def test_the_image_runs_as_nobody_of_importance():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.findall(r"^USER (.*)$", image, re.MULTILINE) == ["lawcompare"]
    assert image.index("USER lawcompare") > max(place.start() for place in re.finditer("^RUN ", image, re.MULTILINE))
    assert "--require-hashes" in image and "sudo" not in image and "ADD " not in image
    copied = image.partition("COPY . .")[2].partition("USER")[0]
    assert "chown -R lawcompare /data" in copied and "/app" not in copied, (
        "the program is not its own process's to change"
    )


def test_gunicorn_finds_its_settings_wherever_it_is_started(compose, procfile):
    assert (ROOT / "gunicorn.conf.py").exists()
    assert unit("web.service")["WorkingDirectory"] == ["/srv/lawcompare/app"]
    assert re.search(r"^WORKDIR /app\n", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert "gunicorn.conf.py" not in (ROOT / ".dockerignore").read_text("utf-8")
    for command in (compose["services"]["web"]["command"], procfile["web"], unit("web.service")["ExecStart"][0]):
        assert "gunicorn lawcompare.wsgi" in command and not re.search(
            r"--(config|logger|log-config|chdir)|-c ", command
        )


def make_with(tmp_path: Path, command: str, engine: str = "") -> subprocess.CompletedProcess[str]:
    """``make`` where there is no container engine but a program of this text."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "seq", "make", "find"):
        (programs / name).symlink_to(shutil.which(name) or "")
    (programs / "sleep").symlink_to(shutil.which("true") or "")
    if engine:
        (programs / "docker").write_text(f"#!/bin/sh\n{engine}")
        (programs / "docker").chmod(0o755)
    environment = os.environ | {"PATH": str(programs)}
    return subprocess.run(
        ["make", "-s", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_without_a_container_engine_it_is_said_that_no_image_was_started(tmp_path):
    done = make_with(tmp_path, "image")
    assert done.returncode == 0 and "neither built nor started" in done.stdout
    soak = (ROOT / "Makefile").read_text("utf-8").partition("\nsoak:")[2].partition("\n\n")[0]
    assert "image" in soak.splitlines()[-1].split()


@pytest.mark.parametrize("answers", [True, False])
def test_an_image_is_started_confined_as_by_compose_and_asked_for_a_page(tmp_path, answers):
    log = tmp_path / "asked"
    engine = f'echo "$@" >> {log}\ncase $1 in run) echo one;; exec) exit {0 if answers else 1};; esac\n'
    done = make_with(tmp_path, "image", engine)
    assert (done.returncode == 0) == answers and ("gave its first page" in done.stdout) == answers, done
    assert ("gave no page" in done.stderr) != answers
    confined = "--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges"
    for words in ("build", confined, "/healthz", "stop one"):
        assert words in log.read_text(), words


IMAGES = "services:\n  a:\n    image: redis:8{}\n"
DIGEST = "@sha256:" + "0" * 64


def test_a_release_refuses_an_image_that_a_tag_alone_names_and_no_digest_is_made_up(tmp_path, monkeypatch):
    compose = tmp_path / "compose.yaml"
    compose.write_text(IMAGES.format(""))
    assert images.unpinned((compose,)) == ["redis:8"]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LookupError):
        images.pin((compose,))
    assert compose.read_text() == IMAGES.format(""), "where none can be asked, nothing is written"
    compose.write_text(IMAGES.format(DIGEST))
    assert images.unpinned((compose,)) == []
    for line in ("image: redis", "image: 'redis:8'", "image: redis:8@sha256:0000  # short"):
        compose.write_text(f"services:\n  a:\n    {line}\n")
        assert images.unpinned((compose,)), line
    compose.write_text(f"FROM --platform=linux/amd64 python AS build\nFROM python:3.13{DIGEST}\n")
    assert images.unpinned((compose,)) == ["python"]
    assert "tests.tools.images check" in (ROOT / "Makefile").read_text().partition("\nrelease:")[2].partition("\n\n")[0]


def test_the_release_before_is_stopped_before_anything_of_the_new_one_is_there():
    """It failed with new templates and tables."""
    step = (ROOT / "docs/deploy.md").read_text("utf-8").partition("\n## 8. ")[2].partition("\n## ")[0]
    assert re.findall(r"manage backup|systemctl \w+|git pull|pip install|migrate|collectstatic", step) == [
        *("manage backup", "systemctl stop", "git pull", "pip install", "migrate", "collectstatic", "systemctl start"),
    ]
    containers = step.partition("In containers:")[2]
    assert containers.index("backup /backups") < containers.index("compose stop") < containers.index("compose up")
