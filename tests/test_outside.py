"""``make outside``: a tool that is missing is named and skipped, or a failure where it is required."""

import json
import subprocess

import pytest

from tests.conftest import ROOT
from tests.outside import __main__ as outside
from tests.outside import parts


@pytest.mark.parametrize("name", [name for name in parts.PARTS if name not in {"akn", "pdf", "office"}])
def test_a_missing_tool_is_named_with_the_reason(tmp_path, name):
    errors, skipped = outside.run([name], "http://127.0.0.1:9", "npm is not installed")
    assert errors == [] and skipped == [f"{name}: npm is not installed"]


def test_a_tool_that_was_not_installed_is_named(tmp_path):
    with pytest.raises(parts.ToolMissing, match="redocly is not installed"):
        next(parts.PARTS["openapi"]("http://127.0.0.1:9", tmp_path, ""))


def test_libreoffice_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(parts.shutil, "which", lambda *_names, **_more: None)
    errors, skipped = outside.run(["office"], "http://127.0.0.1:9", "")
    assert errors == [] and skipped == ["office: libreoffice-writer and python3-uno are not installed"]


def test_a_tool_that_breaks_down_is_named_and_stops_no_other(tmp_path, monkeypatch):
    def breaks(base, tools, missing):
        raise ValueError("no JSON at all")
        yield

    monkeypatch.setattr(parts, "PARTS", {"one": breaks, "two": lambda *_arguments: iter(["an error"])})
    errors, skipped = outside.run(["one", "two"], "http://127.0.0.1:9", "")
    assert errors == ["two: an error"] and skipped == ["one: it broke down: ValueError: no JSON at all"]


def test_the_lock_file_has_what_is_asked_for_and_each_with_its_hash():
    folder = ROOT / "tests/outside"
    asked = json.loads((folder / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    assert locked[""]["dependencies"] == asked
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []


def test_npm_that_does_not_answer_is_named(tmp_path, monkeypatch):
    def hangs(command, **_more):
        raise subprocess.TimeoutExpired(command, 300)

    monkeypatch.setattr(outside, "FOLDER", tmp_path)
    monkeypatch.setattr(outside.subprocess, "run", hangs)
    monkeypatch.setattr(outside.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert outside.install() == "npm did not install them within 300 seconds"
    assert not (tmp_path / "ready").exists()
