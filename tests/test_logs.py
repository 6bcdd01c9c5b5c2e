"""No line of the log knows a reader: not where they come from, who they are, what they asked for or typed."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
from contextlib import suppress

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.test import Client
from pythonjsonlogger.json import JsonFormatter

from lawcompare.accounts.models import User
from lawcompare.site.views import pages
from tests.conftest import ROOT
from tests.services.private import free_port, wait_for_port

pytestmark = pytest.mark.django_db
SECRETS = {
    "address": "203.0.113.77",
    "address behind a proxy": "198.51.100.23",
    "e-mail": "sok.dara@planted.example",
    "password": "the-pass-phrase-planted",
    "query": "query-planted",
    "cookie": "cookie-planted",
    "browser": "browser-planted",
    "path": "token-planted",
    "form": "form-planted",
    "error": "row-planted",
}


@pytest.fixture(params=["text", "json"])
def log(request):
    """What the site's own handler writes, in both forms."""
    handler = logging.getLogger("lawcompare").handlers[0]
    assert handler in logging.getLogger("django.request").handlers
    output, before, formatter = io.StringIO(), handler.stream, handler.formatter
    handler.setStream(output)
    if request.param == "json":
        form = project.LOGGING["formatters"]["json"]
        handler.setFormatter(JsonFormatter(form["format"], style="{", rename_fields=form["rename_fields"]))
    yield output
    handler.setStream(before)
    handler.setFormatter(formatter)


def test_a_walk_with_every_kind_of_failure_leaves_nothing_of_the_reader(log, cast, drafts, settings, monkeypatch):
    cache.clear()
    settings.SEARCHES_PER_MINUTE, settings.BEHIND_PROXY = 1, True
    User.objects.create_user(SECRETS["e-mail"])
    reader = Client(
        raise_request_exception=False,
        enforce_csrf_checks=False,
        REMOTE_ADDR=SECRETS["address"],
        headers={"x-forwarded-for": SECRETS["address behind a proxy"], "user-agent": SECRETS["browser"]},
    )
    reader.cookies["sessionid"] = SECRETS["cookie"]
    query = {"q": SECRETS["query"]}
    seen = [
        reader.get("/", query).status_code,
        reader.get("/search/", query).status_code,
        reader.get("/search/", query).status_code,
        reader.get(f"/nothing/{SECRETS['path']}/", query).status_code,
        reader.get(f"/invitation/{SECRETS['path']}/").status_code,
        reader.get("/about/", query, headers={"host": "elsewhere.example"}).status_code,
        reader.post("/accounts/login/", {"login": SECRETS["e-mail"], "password": SECRETS["password"]}).status_code,
        Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": SECRETS["e-mail"]}).status_code,
    ]
    for _attempt in range(12):
        answer = reader.post("/accounts/login/", {"login": SECRETS["e-mail"], "password": SECRETS["password"]})
    seen.append(answer.status_code)
    reader.force_login(cast.alice)
    seen.append(reader.post("/workspace/imports/", {"pasted": SECRETS["form"]}).status_code)

    def broken(*args, **kwargs):
        raise ValueError(f"duplicate key (email)=({SECRETS['error']})")

    monkeypatch.setattr(pages, "render", broken)
    monkeypatch.setattr("lawcompare.accounts.views.services.find_invitation", broken)
    seen.append(reader.get("/about/", query).status_code)
    seen.append(reader.post(f"/invitation/{SECRETS['path']}/", {"password": SECRETS["form"]}).status_code)
    assert {200, 400, 403, 404, 429, 500} <= set(seen), seen
    printed = log.getvalue()
    assert "ValueError" in printed and "500 GET /about/" in printed and "500 POST /invitation/<" in printed
    assert not [f"{what}: {line}" for what, word in SECRETS.items() for line in printed.splitlines() if word in line]
    for line in printed.splitlines():
        if line.startswith("{"):
            json.loads(line)


def test_an_error_of_a_worker_says_where_and_not_which_words(log, monkeypatch, drafts):
    from lawcompare.core.jobs.models import Job
    from lawcompare.core.jobs.runner import run_now
    from lawcompare.crosswalk.findings import services

    def broken(_document, language):
        raise ValueError(SECRETS["form"])

    monkeypatch.setattr(services, "examine", broken)
    Job.objects.filter(kind="examination").update(state="queued")
    run_now(Job.objects.filter(kind="examination").first())
    printed = log.getvalue()
    assert "ValueError" in printed and "findings/services.py" in printed and SECRETS["form"] not in printed


# Requests that gunicorn itself refuses; the words planted in them stand in its own messages.
MALFORMED = {
    "no request line": "planted\r\n\r\n",
    "method": "pl@nted-planted /planted HTTP/1.1\r\n\r\n",
    "version": "GET /?planted HTTP/planted\r\n\r\n",
    "too long": f"GET /planted{'x' * 9000} HTTP/1.1\r\n\r\n",
    "header": "GET / HTTP/1.1\r\nplanted header: planted\r\n\r\n",
    "header without colon": "GET / HTTP/1.1\r\nplanted\r\n\r\n",
    "folded header": "GET / HTTP/1.1\r\nA: b\r\n planted\r\n\r\n",
    "too long a header": f"GET / HTTP/1.1\r\nA: planted{'x' * 9000}\r\n\r\n",
    "length": "POST / HTTP/1.1\r\nContent-Length: planted\r\n\r\n",
    "two lengths": "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: planted\r\n\r\n",
    "chunk": "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nplanted\r\nplanted\r\n0\r\n\r\n",
    "expectation": "POST / HTTP/1.1\r\nExpect: planted\r\n\r\n",
    "cut off": "GET /planted HTTP/1.1\r\nCookie: planted",
    "TLS": "\x16\x03\x01\x02planted",
}


@pytest.mark.verify
def test_gunicorn_logs_no_reader_however_malformed_a_request_is(tmp_path):
    port, address = free_port(), "127.0.0.77"
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    command = [sys.executable, "-m", "gunicorn", "lawcompare.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "2"]
    with (tmp_path / "log").open("w") as output:
        process = subprocess.Popen(
            [*command, "--log-level", "debug", "--access-logfile", "-"],
            cwd=ROOT,
            env=kept | {"EMBEDDED": "1", "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lawcompare.settings"},
            stdout=output,
            stderr=output,
        )
        try:
            wait_for_port(port, process)
            for words in MALFORMED.values():
                with socket.create_connection(("127.0.0.1", port), source_address=(address, 0), timeout=10) as reader:
                    reader.sendall(words.encode("latin-1"))
                    reader.shutdown(socket.SHUT_WR)
                    with suppress(ConnectionError):
                        reader.recv(1000)
        finally:
            process.terminate()
            process.wait(20)
    printed = (tmp_path / "log").read_text()
    assert "Listening at" in printed and printed.count(" in handle_error") >= len(MALFORMED) - 4, printed
    assert address not in printed and not re.search(r"pl.nted", printed), printed
