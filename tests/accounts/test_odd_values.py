"""Odd values in every address and form: an answer or a refusal on PostgreSQL, and never an error of ours.

Each address is asked by somebody who may use it; `make soak` has every role try everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from lawcompare.annotations.models import Annotation, Revision
from lawcompare.annotations.services import content_of
from tests.accounts.test_permissions import ARGUMENTS, TABLE, is_let_in, patterns, planted  # noqa: F401
from tests.conftest import PROFILE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.verify]

NULL = "\x00"
# A null character, half a character, numbers that are none or too large, what means something to a database or a path.
ODD = [
    "²",
    "'\"%\\",
    "9" * 30,
    "[",
    "9" * 5000,
    "../..",
    "-1",
    NULL,
    "NaN",
    "{}",
    "1e9",
    "\udcff",
    "၁",
    "a" * 3000,
    "\u202e\u200b",
]
ODD_IN_ADDRESS = [NULL, "9" * 30, "9" * 12, "²", "a" * 3000, "'\"%"]
# Names that views read behind the ?, sent all at once; those that the files of a view's app name, one by one too.
NAMES = [
    "at", "by", "category", "clause", "creator", "edition", "element", "end", "engine", "exact", "focus", "from",
    "group", "hide", "id", "kind", "language", "law", "layer", "level", "motivation", "new", "next", "number",
    "old", "on", "only", "order", "organisation", "page", "part", "q", "risk", "row", "show", "side", "since",
    "source", "start", "state", "status", "stored", "target", "text", "texts", "to", "topic", "until", "value",
    "version", "view",
]  # fmt: skip
# Of the fifteen values a name meets one at each address, another at the next; in the soak all of them.
VALUES_A_NAME = len(ODD) if PROFILE == "soak" else 1
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\sname="([^"]+)"')
ACTION = re.compile(r'\saction="([^"]*)"')


@pytest.fixture(params=["", *(pytest.param(role, marks=pytest.mark.soak) for role in ("visitor", "eve", "sara"))])
def client_for(request, planted) -> Callable[[str], Client]:  # noqa: F811
    """Signed in as the role, or else as somebody who may use the address of this name.

    In the planted world, whose notes have the history that services write.
    """
    for note in Annotation.objects.filter(revisions=None):
        Revision.objects.create(annotation=note, number=note.revision, content=content_of(note), by=note.creator)

    @cache
    def signed_in(role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role != "visitor":
            client.force_login(getattr(planted, role))
        return client

    def client_for(name: str) -> Client:
        roles = [request.param] if request.param else ["eve", "adam", "sara", "visitor"]
        return signed_in(next((role for role in roles if is_let_in(role, TABLE[name])), roles[0]))

    return client_for


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, examples of its arguments) of every address but the one that signs out."""
    for name, arguments in patterns():
        if name in TABLE and name != "account_logout":
            yield name, {argument: ARGUMENTS[argument] for argument in arguments}


@cache
def names_in(folder: str) -> list[str]:
    words = {word for path in Path(folder).rglob("*.py") for word in re.findall(r'"(\w+)"', path.read_text("utf-8"))}
    return [name for name in NAMES if name in words]


def names_of(address: str) -> list[str]:
    """The names that the view of an address may look up: those in the files of its app, or all where it has none."""
    app = apps.get_containing_app_config(resolve(urlsplit(address).path).func.__module__)
    return names_in(app.path) if app and app.name.startswith("lawcompare.") else NAMES


def mixes(names: list[str], values: list[str], times: int) -> Iterator[dict[str, str]]:
    """Odd values for the names, each name with another one each time."""
    for shift in range(times):
        yield {name: values[(at * 11 + shift * 4) % len(values)] for at, name in enumerate(names)}


def encoded(values: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8", "surrogateescape") for name, value in values.items()}


def shown(values: dict[str, str]) -> str:
    return repr({name: value[:40] for name, value in values.items()})


def test_odd_values_behind_the_question_mark_are_answered(client_for):
    """All names at once, and one by one at a page that refused that: one refused name hides what others do."""
    broken, count = [], 0

    def ask(client: Client, name: str, address: str, query: dict[str, str]) -> int:
        status = client.get(address, encoded(query)).status_code
        if status >= 500 and name != "readyz":
            broken.append(f"{name} {shown(query)}: {status}")
        return status

    for place, (name, good) in enumerate(examples()):
        client, address = client_for(name), reverse(name, kwargs=good)
        statuses = {ask(client, name, address, query) for query in mixes(NAMES, ODD, 2)}
        count += 1
        if PROFILE != "soak" and (statuses == {200} or ask(client, name, address, {}) != 200):
            continue
        for at, one in enumerate(names_of(address)):
            first = (at + place) * VALUES_A_NAME
            for turn in range(VALUES_A_NAME):
                ask(client, name, address, {one: ODD[(first + turn) % len(ODD)]})
                count += 1
    assert not broken, "\n".join(broken)
    assert count > 600


def test_odd_values_inside_the_address_are_answered(client_for):
    broken, count = [], 0
    for name, good in examples():
        for argument in good:
            for odd in ODD_IN_ADDRESS:
                try:
                    address = reverse(name, kwargs=good | {argument: odd})
                except (NoReverseMatch, ValueError, UnicodeEncodeError):
                    continue
                count += 1
                if (status := client_for(name).get(address).status_code) >= 500:
                    broken.append(f"{name} {address[:80]}: {status}")
    assert not broken, "\n".join(broken)
    assert count > 300


def forms_of(address: str, answer: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(address, names of its fields) of each form on a page."""
    if answer.status_code == 200 and not answer.streaming and "text/html" in answer.get("Content-Type", ""):
        for opening, inner in FORM.findall(answer.content.decode()):
            if 'method="post"' in opening.lower():
                action = ACTION.search(opening)
                target = urljoin(address, unescape(action[1])) if action else address
                yield urlsplit(target).path, tuple(sorted(set(FIELD.findall(inner))))


def sent(client: Client, address: str, values: dict[str, str]) -> int:
    """The status of the answer to a form. What it did is undone."""
    before = transaction.savepoint_create()
    status = client.post(address, urlencode(encoded(values)), FORM_TYPE).status_code
    transaction.savepoint_rollback(before)
    return status


def test_odd_values_in_every_form_are_answered(client_for):
    forms: dict[tuple[str, tuple[str, ...]], Client] = {}
    for name, good in examples():
        client, address = client_for(name), reverse(name, kwargs=good)
        forms |= dict.fromkeys(forms_of(address, client.get(address)), client)
    broken = []
    for (address, names), client in sorted(forms.items(), key=lambda form: form[0]):
        if address.endswith(("/logout/", "/end-others/")):
            continue
        # A null character is refused before a view is asked, and would hide what it does with the others.
        queries = list(mixes(list(names), [value for value in ODD if value != NULL], 4))
        for values in [*queries, dict.fromkeys(names, NULL)]:
            if (status := sent(client, address, values)) >= 500:
                broken.append(f"{address} {shown(values)}: {status}")
    assert len(forms) > 5 and not broken, "\n".join(broken)
