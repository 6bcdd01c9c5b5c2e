"""A mistake in the rules or the thesaurus stops a server at its start, with the file and the line."""

from __future__ import annotations

import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from lawcompare.engine.compare_laws import thesaurus
from lawcompare.engine.rules import RuleError, runner
from lawcompare.site.data_files import load_data_files


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
