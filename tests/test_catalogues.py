"""A catalogue with a broken placeholder stops the build, with its line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.catalogues import CATALOGUES, problems_of
from tests.conftest import ROOT

ENTRY = """msgid ""
msgstr ""
"Language: km\\n"

#, python-format
msgid "%(n)s pair waits since %(day)s."
msgid_plural "%(n)s pairs wait since %(day)s."
msgstr[0] "{}"

msgid "100 % sure"
msgstr "ប្រាកដ ១០០ %"
"""


def catalogue(tmp_path, translated: str):
    path = tmp_path / "django.po"
    path.write_text(ENTRY.replace("{}", translated), "utf-8")
    return path


@pytest.mark.parametrize(
    ("translated", "sentence"),
    [
        ("%(n)s គូរង់ចាំ", "%(day)s is missing"),
        ("%(n) គូរង់ចាំតាំងពី %(day)s", "broken placeholder %(n)"),
        ("%(n)s គូរង់ចាំតាំងពី %(date)s %(day)s", "%(date)s is not in the original"),
        ("%(n)s គូ 5 % រង់ចាំតាំងពី %(day)s", "broken placeholder %"),
    ],
)
def test_a_broken_placeholder_stops_the_build_with_its_line(tmp_path, translated, sentence):
    path = catalogue(tmp_path, translated)
    command = [sys.executable, "-m", "tests.catalogues", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{path}:8: {sentence}: ")
    assert len(done.stderr.splitlines()) == 1


def test_what_has_the_placeholders_of_its_original_passes(tmp_path):
    assert list(problems_of(catalogue(tmp_path, "%(n)s គូរង់ចាំតាំងពី %(day)s"))) == []
    assert [sentence for path in CATALOGUES for sentence in problems_of(path)] == []


def test_the_build_asks():
    assert "tests.catalogues" in (ROOT / "Makefile").read_text("utf-8")
