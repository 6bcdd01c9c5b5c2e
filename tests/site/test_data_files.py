"""What is loaded when a server starts, where a mistake stops it, and what only when it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from lawcompare.core.jobs import registry
from lawcompare.engine.compare_laws import thesaurus
from lawcompare.engine.rules import RuleError, runner
from lawcompare.engine.values import penalties
from lawcompare.site.data_files import load_data_files
from tests.conftest import ROOT

# What a command of a moment does without: each takes between a twentieth and half a second to import.
HEAVY = {"numpy", "scipy", "lxml", "docx", "openpyxl", "xlsxwriter", "pydantic", "ninja", "redis", "PIL", "weasyprint"}


def fail():
    raise RuleError("level must be one of note, concern, serious", file="deemed-to.yaml", line=4)


@pytest.mark.parametrize(("module", "name"), [(runner, "check_rules"), (thesaurus, "load_thesaurus")])
def test_a_mistake_stops_the_web_server_and_the_worker(monkeypatch, module, name):
    monkeypatch.setattr(module, name, fail)
    with pytest.raises(ImproperlyConfigured, match=r"deemed-to\.yaml, line 4"):
        load_data_files()
    with pytest.raises(SystemExit, match=r"deemed-to\.yaml, line 4"):
        worker_init.send(sender=None)


def test_what_is_in_the_project_has_no_mistake():
    load_data_files()


def test_the_start_of_a_command_imports_nothing_that_reads_compares_or_writes_files():
    """A mistake here would make each command, worker and test process a second slower to start."""
    code = "import django, json, sys; django.setup(); print(json.dumps(sorted(sys.modules)))"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "lawcompare.settings", "EMBEDDED": "1"}
    modules = json.loads(
        subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=True).stdout
    )
    assert {"lawcompare.core.jobs.registry", "lawcompare.imports.apps"} <= set(modules)
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    packages = ("align", "anchor", "compare_laws.suggest", "reading", "values.penalties", "writing")
    assert [name for name in modules if name.startswith(tuple(f"lawcompare.engine.{each}" for each in packages))] == []


def test_a_server_has_the_functions_of_all_jobs_and_the_patterns_of_all_values_before_its_first_request():
    load_data_files()
    functions = [kind.function for kind in registry.kinds.values()]
    assert len(functions) > 15 and all(path.rpartition(".")[0] in sys.modules for path in functions)
    assert "_compiled" in vars(penalties._TERMS[0])


def test_a_path_at_which_there_is_no_function_stops_a_server(monkeypatch):
    wrong = registry.Kind("wrong", "a kind", "lawcompare.sharing.emails.services.no_such_function")
    monkeypatch.setitem(registry.kinds, "wrong", wrong)
    with pytest.raises(ImportError, match="no_such_function"):
        load_data_files()
