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


@pytest.mark.parametrize(("page", "least", "header"), [("reliability.md", 30, "promise"), ("security.md", 30, "found")])
def test_every_test_that_proves_a_promise_is_there(page, least, header):
    text = (ROOT / "docs" / page).read_text("utf-8")
    promises = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(promises) > least
    for path, name in promises:
        assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8"), f"{path}::{name}"
    tables = re.findall(rf"^\| {header} \|.*\n\|---.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert tables and all("::" in row for table in tables for row in table.splitlines()), "a promise without a test"
