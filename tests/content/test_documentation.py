"""What is documented is there, and what is there is documented."""

import re

import pytest
from django.apps import apps

from tests.conftest import ROOT

pytestmark = pytest.mark.content


def test_every_setting_is_documented():
    code = (ROOT / "lawcompare" / "settings.py").read_text("utf-8")
    documented = (ROOT / "docs" / "settings.md").read_text("utf-8")
    names = set(re.findall(r'env(?:str|bool|int|list|choice|secret)\(\s*"([A-Z_]+)"', code))
    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in documented} == set()


def test_every_link_of_the_documents_leads_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_table_is_documented_and_every_table_documented_is_there():
    page = (ROOT / "docs" / "data-model.md").read_text("utf-8")
    models = {model.__name__ for model in apps.get_models() if model.__module__.startswith("lawcompare.")}
    named = {
        name.rpartition(".")[2]
        for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`([\w.]+)`", row)
    }
    # One is no table itself, and two are tables of others.
    assert named - {"Authenticator", "UserSession"} == models


def test_every_test_that_proves_a_promise_is_there():
    """One table for all promises: ``docs/security.md`` says against whom they hold, and names no test."""
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    promises = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(promises) > 100
    for path, name in promises:
        assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"
    tables = re.findall(r"^\| promise \|.*\n\|---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    assert tables and all("::" in row for row in rows), "a promise without a test"
    said = [row.split("|")[1].strip() for row in rows]
    assert len(said) == len(set(said)) and "::" not in (ROOT / "docs" / "security.md").read_text("utf-8")


def test_what_is_promised_and_against_whom_is_written_once():
    """No eight words in a row of one page stand in the other too."""

    def runs(page: str) -> set[str]:
        words = re.findall(
            r"\w+", re.sub(r"`[^`]*`|\]\([^)]*\)", "", (ROOT / "docs" / page).read_text("utf-8").lower())
        )
        return {" ".join(words[start : start + 8]) for start in range(len(words) - 7)}

    assert runs("reliability.md") & runs("security.md") == set()
