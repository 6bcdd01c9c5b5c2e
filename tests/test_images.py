"""Container images are named by the digest that their registry says, never by one that was made up."""

from __future__ import annotations

import subprocess

import pytest

from tests import images

DIGEST = "sha256:" + "ab" * 32
COMPOSE = "services:\n  a:\n    image: postgres:17\n  b:\n    image: redis:8@sha256:" + "00" * 32 + "\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM python:3.13-slim\nRUN true\n")
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path / "Dockerfile", tmp_path / "compose.yaml"


def registry(monkeypatch, answers):
    def run(command, **_options):
        answer = answers(command[-1])
        return subprocess.CompletedProcess(command, 0 if answer else 1, answer, "no such image")

    monkeypatch.setattr(images.subprocess, "run", run)


def test_a_release_refuses_images_by_tag(files, monkeypatch, capsys):
    assert images.unpinned(files) == ["python:3.13-slim", "postgres:17"]
    monkeypatch.setattr(images, "unpinned", lambda: ["postgres:17"])
    assert images.main("check") == 1 and "postgres:17" in capsys.readouterr().out


def test_the_digests_of_the_registry_are_written_behind_the_tags(files, monkeypatch):
    registry(monkeypatch, lambda image: f"{DIGEST}\n")
    images.pin(files)
    assert images.unpinned(files) == []
    assert f"FROM python:3.13-slim@{DIGEST}\n" in files[0].read_text()
    assert files[1].read_text().count(DIGEST) == 2, "an old digest is asked for anew"


@pytest.mark.parametrize("answer", ["", "sha256:short", "latest"])
def test_where_the_registry_does_not_say_it_nothing_is_written(files, monkeypatch, answer):
    registry(monkeypatch, lambda image: answer if image == "postgres:17" else DIGEST)
    before = [path.read_text() for path in files]
    with pytest.raises(LookupError, match="postgres:17"):
        images.pin(files)
    assert [path.read_text() for path in files] == before


def test_the_projects_own_images_are_all_looked_at():
    text = "".join(path.read_text("utf-8") for path in images.FILES)
    assert len(images.IMAGE.findall(text)) == text.count("\nFROM ") + text.startswith("FROM ") + text.count(" image: ")
