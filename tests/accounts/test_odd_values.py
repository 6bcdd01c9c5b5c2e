"""Odd values in every address and form: an answer or a refusal, on both databases, and never an error of ours."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lawcompare.annotations.models import Annotation, Revision
from lawcompare.annotations.writing.content import content_of
from tests.accounts.test_permissions import ARGUMENTS, TABLE, patterns, planted  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

# A null character, half a character, numbers that are none or too large, what means something to a database or a path.
ODD = [
    "\x00",
    "\udcff",
    "9" * 30,
    "9" * 5000,
    "-1",
    "²",
    "၁",
    "1e9",
    "'\"%\\",
    "../..",
    "[",
    "{}",
    "a" * 3000,
    "\u202e\u200b",
    "NaN",
]
# The names that views read behind the ?.
NAMES = [
    "at", "by", "category", "clause", "creator", "edition", "element", "end", "engine", "exact", "focus", "from",
    "group", "hide", "id", "kind", "language", "law", "layer", "level", "motivation", "new", "next", "number",
    "old", "on", "only", "order", "organisation", "page", "part", "q", "risk", "row", "show", "side", "since",
    "source", "start", "state", "status", "stored", "target", "text", "texts", "to", "topic", "until", "value",
    "version", "view",
]  # fmt: skip
ROLES = ["visitor", "eve", "sara"]
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\sname="([^"]+)"')
ACTION = re.compile(r'\saction="([^"]*)"')


def browser(cast, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != "visitor":
        client.force_login(getattr(cast, role))
    return client


def all_addresses(odd: str | None = None):
    """(name, address); with ``odd``, in place of one argument after the other where the address takes it."""
    for name, arguments in patterns():
        if name not in TABLE or name == "account_logout":
            continue
        good = {argument: ARGUMENTS[argument] for argument in arguments}
        if odd is None:
            yield name, reverse(name, kwargs=good)
            continue
        for argument in arguments:
            try:
                yield name, reverse(name, kwargs=good | {argument: odd})
            except (NoReverseMatch, ValueError, UnicodeEncodeError):
                continue


def mixes(names, times: int = 4):
    """Odd values for the names, each name with another one each time."""
    for shift in range(times):
        yield {name: ODD[(at * 3 + shift * 4) % len(ODD)] for at, name in enumerate(names)}


def encoded(values: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8", "surrogateescape") for name, value in values.items()}


@pytest.mark.parametrize("role", ROLES)
def test_odd_values_behind_the_question_mark_are_answered(planted, role):  # noqa: F811
    client, broken = browser(planted, role), []
    for name, address in all_addresses():
        for query in mixes(NAMES):
            status = client.get(address, encoded(query)).status_code
            if status >= 500 and name != "readyz":
                broken.append(f"{name} {query}: {status}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("role", ROLES)
def test_odd_values_inside_the_address_are_answered(planted, role):  # noqa: F811
    client, broken = browser(planted, role), []
    for odd in ["\x00", "9" * 30, "9" * 12, "²", "a" * 3000, "'\"%"]:
        for name, address in all_addresses(odd):
            if (status := client.get(address).status_code) >= 500:
                broken.append(f"{name} {address[:80]}: {status}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("role", ROLES)
def test_odd_values_in_every_form_are_answered(planted, role):  # noqa: F811
    client, broken, forms = browser(planted, role), [], set()
    for note in Annotation.objects.filter(revisions=None):  # planted without the history that services write
        Revision.objects.create(annotation=note, number=note.revision, content=content_of(note), by=note.creator)
    for _name, address in all_addresses():
        answer = client.get(address)
        if answer.status_code == 200 and not answer.streaming and "text/html" in answer.get("Content-Type", ""):
            for opening, inner in FORM.findall(answer.content.decode()):
                if 'method="post"' in opening.lower():
                    action = ACTION.search(opening)
                    target = urljoin(address, unescape(action[1])) if action else address
                    forms.add((urlsplit(target).path, tuple(sorted(set(FIELD.findall(inner))))))
    for address, names in sorted(forms):
        if address.endswith(("/logout/", "/end-others/")):
            continue
        for values in mixes(names):
            if (status := client.post(address, urlencode(encoded(values)), FORM_TYPE).status_code) >= 500:
                broken.append(f"{address} {values}: {status}")
    assert forms and not broken, "\n".join(broken)
