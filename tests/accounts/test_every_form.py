"""At every address of the site: a form sent from elsewhere is refused, and nobody is led to another site."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django import forms
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from lawcompare.core.translations.texts import TranslatedForm
from tests.accounts.test_permissions import HOUSEKEEPING, TABLE, Writes, addresses
from tests.accounts.test_permissions import planted as planted

pytestmark = pytest.mark.django_db
WHO = ["visitor", "alice", "adam"]
# Forms of pages that all visitors share have no token: they ask the browser where they came from.
WITHOUT_TOKEN = {"comparison", "versions_table", "annotation_flag", "follow_law", "follow_topic"}
WITHOUT_TOKEN |= {"follow_confirm", "follow_end", "guest", "comparison_docx", "comparison_pdf", "comparison_xlsx"}
ELSEWHERE = "https://evil.example/"
NAMES = ["next", "back", "url", "to", "return", "redirect", "redirect_to", "continue", "q", "at", "old", "new"]


def client_of(world: Any, who: str, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if who != "visitor":
        client.force_login(getattr(world, who))
    return client


def asked(client: Client, method: str, path: str, data: Any = None, **headers: str) -> tuple[Any, set[str]]:
    """The answer, and which tables were written to. Everything is undone again."""
    writes, before = Writes(), transaction.savepoint_create()
    cache.clear()
    with connection.execute_wrapper(writes):
        answer = getattr(client, method)(path, data, headers=headers)
    transaction.savepoint_rollback(before)
    return answer, writes.tables - HOUSEKEEPING


def _kinds_of(form: Any) -> set[Any]:
    return {form}.union(*map(_kinds_of, form.__subclasses__()))


def test_every_field_that_is_kept_has_a_longest_length():
    """A form holds 12 MB: forty of them made a page of hundreds."""
    assert get_resolver().reverse_dict  # every app has its forms by now
    kinds = [form for form in _kinds_of(forms.BaseForm) if form.__module__.startswith("lawcompare")]
    free = {
        f"{form.__name__}.{name}"
        for form in kinds
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.CharField | forms.JSONField) and not isinstance(field, forms.EmailField)
        if getattr(field, "max_length", None) is None and name not in {"seen", "based_on"}
        if not issubclass(form, TranslatedForm)  # has one for all
    }
    # The link, the code and the passkey's answer are read and not kept.
    assert free == {
        *("OrganisationForm.description", "PasswordForm.password", "PasswordForm.again", "SampleForm.reason"),
        *("PasswordLink.uidb36", "PasswordLink.key", "FirstCodeForm.code", "PasskeyAloneForm.credential"),
    }


@pytest.mark.parametrize("who", WHO)
@pytest.mark.verify
def test_no_form_is_taken_that_another_site_sent(planted, who):
    client, tried = client_of(planted, who, enforce_csrf_checks=True), 0
    for place, (name, path) in enumerate(addresses()):
        if "POST" not in TABLE[name].methods:
            continue
        ways = [{"origin": ELSEWHERE.rstrip("/"), "sec-fetch-site": "cross-site"}, {"referer": ELSEWHERE}]
        if name in WITHOUT_TOKEN:
            ways.pop()  # a browser that sends none of the first two headers does not send forms of others, either
        elif who != "visitor":
            ways = [ways[(place + WHO.index(who)) % 2]]  # one of the two who are signed in tries each way
        for headers in ways:
            path = path.replace("submitted-note/flag", "public-note/flag")
            answer, written = asked(client, "post", path, {"reason": "Because.", "publish": "1"}, **headers)
            assert answer.status_code == 403, f"{name} took a form from elsewhere: {answer.status_code}"
            assert not written, f"{name} wrote to {written}"
            tried += 1
    assert tried > (100 if who != "visitor" else 200)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.verify
def test_no_address_leads_to_another_site(planted, who):
    client, tried, led = client_of(planted, who), 0, []
    query = "&".join(f"{name}={quote(ELSEWHERE, safe='')}" for name in NAMES)
    for name, path in addresses():
        if name == "account_logout":
            continue  # test_attacks.py signs out
        if who == "alice" and not TABLE[name].right:
            continue  # where everybody goes, an administrator and a visitor do
        for method in sorted({"GET", "POST"} & TABLE[name].methods):
            form = dict.fromkeys(NAMES, ELSEWHERE) if method == "POST" else None
            answer, _written = asked(client, method.lower(), f"{path}?{query}", form, referer=ELSEWHERE)
            tried += 1
            target = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
            if urlsplit(target).netloc not in {"", "testserver"} or target.startswith(("//", "/\\")):
                led.append(f"{method} {name}: {target}")
    assert not led and tried > (100 if who == "alice" else 200)
