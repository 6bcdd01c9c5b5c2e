"""The API keeps to its own OpenAPI document: schemathesis asks what the document allows, and much that it does not.

A part of `make outside`, which has pytest run it.
"""

from __future__ import annotations

import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

import lawcompare.urls  # noqa: F401 (declares all addresses)
from lawcompare.api.views import document

pytestmark = pytest.mark.django_db

EXAMPLES = 6
PATHS = sorted(document()["paths"])


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.SEARCHES_PER_MINUTE = 1_000_000
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()


@pytest.fixture(autouse=True)
def connection_stays_open():
    """Requests here go through the real handler, inside the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def schema():
    schema = schemathesis.openapi.from_dict(document())
    schema.app = WSGIHandler()
    return schema


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("path", PATHS)
def test_answers_are_what_the_document_says(drafts, schema, path, mode):
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode))
    def ask(case):
        case.call_and_validate(headers={"Accept-Encoding": "identity"})

    ask()
