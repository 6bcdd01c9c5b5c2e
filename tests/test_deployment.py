"""systemd, compose.yaml, the Procfile and the image start the same processes with the same settings."""

from __future__ import annotations

import json
import re
from configparser import RawConfigParser
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

DEPLOY = ROOT / "docs" / "deploy"
PROCESSES = ["web", "worker", "beat"]
# What differs between the three because the machines differ: where things lie, and on which address web listens.
PLACES = [
    (r"/srv/lawcompare/app/\.venv/bin/", ""),
    (r"\$\{(\w+):-([^}]*)\}", r"\2"),
    (r"(/srv/lawcompare/data|/data|\bvar)/", "DATA/"),
    (r"/srv/lawcompare/backups|/backups", "BACKUPS"),
    (r"(127\.0\.0\.1|0\.0\.0\.0):8000", "ADDRESS"),
]


def plain(command: str) -> str:
    for pattern, instead in PLACES:
        command = re.sub(pattern, instead, command)
    return command


def unit(name: str) -> dict[str, list[str]]:
    """What a systemd unit says, every line of each name."""
    said: dict[str, list[str]] = {}
    for line in (DEPLOY / f"lawcompare-{name}").read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            said.setdefault(line.partition("=")[0], []).append(line.partition("=")[2])
    return said


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


def test_no_process_is_in_one_place_alone(compose, procfile):
    units = {path.stem.removeprefix("lawcompare-") for path in DEPLOY.glob("*.service")}
    services = set(compose["services"])
    assert units == services - {"postgres", "redis", "release"} == {*PROCESSES, "backup"}
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
    systemd = [plain(line).removeprefix("python ") for line in unit("backup.service")["ExecStart"]]
    composed = re.findall(r"python (manage\.py [^;\"]+)", compose["services"]["backup"]["command"])
    assert [plain(command) for command in composed] == systemd
    assert unit("backup.timer")["Persistent"] == ["true"]


def test_the_image_starts_web_as_compose_does(compose):
    image = (ROOT / "Dockerfile").read_text("utf-8")
    (started,) = re.findall(r"^CMD (\[.*\])$", image, re.MULTILINE)
    assert " ".join(json.loads(started)) == compose["services"]["web"]["command"]
    assert {".env", ".git", "var"} <= set((ROOT / ".dockerignore").read_text("utf-8").split()), "secrets in the image"
    server = compose["services"]["postgres"]["image"].partition(":")[2]
    assert f"postgresql-client-{server}" in image, "pg_dump refuses a server of a later release"


def names_of(text: str) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE))


def test_the_same_settings_are_asked_for_everywhere(compose):
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    documented = names_of(guide.partition("lawcompare.env <<END")[2].partition("\nEND\n")[0])
    example = names_of((ROOT / ".env.example").read_text("utf-8"))
    assert documented == example and {"SECRET_KEY", "ORIGINALS_KEY", "DATABASE_URL"} < documented
    for name in ("web", "worker", "beat", "backup", "release"):
        service = compose["services"][name]
        assert service["env_file"] == ".env" and set(service["environment"]) <= documented
    for path in DEPLOY.glob("*.service"):
        said = unit(path.name.removeprefix("lawcompare-"))
        assert said["EnvironmentFile"] == ["/etc/lawcompare.env"] and said["User"] == ["lawcompare"], path.name


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
        assert service["Restart"] == "always"


def test_the_proxy_in_front_writes_no_addresses_and_says_who_asks():
    proxy = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert proxy.count("access_log off;") == 2 and "ssl_protocols TLSv1.2 TLSv1.3;" in proxy
    for header in ("Host $host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {header};" in proxy
    # A page is never kept under the name of another host, nor one of somebody who is signed in.
    assert "proxy_cache_key $scheme$host$request_uri;" in proxy
    assert "proxy_no_cache $cookie_sessionid;" in proxy and "proxy_cache_bypass $cookie_sessionid;" in proxy
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", proxy)[1])
    from django.conf import settings

    assert megabytes * 1024 * 1024 >= settings.IMPORT_BYTES_MAX
