"""What a hostile person tries, a test each."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, TestCase
from django.test.client import MULTIPART_CONTENT
from django.urls import resolve, reverse

from lawcompare.accounts.responses import LongAnswers
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.annotations.services import render_body
from tests.accounts.conftest import PASSWORD
from tests.conftest import OLD_DRAFT, ROOT

pytestmark = pytest.mark.django_db
CLAUSE = "/laws/draft/old/chp_1__art_1/"
ESCAPED = "application/x-www-form-urlencoded"
MARK = "<script>alert('planted')</script>"
# Data in a page, which no browser runs.
DATA_BLOCKS = {"application/json", "application/ld+json"}


class Programs(HTMLParser):
    """What would run of a page, wherever it came from: a script in the page itself, a handler, an address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.programs: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in attributes and attributes.get("type") not in DATA_BLOCKS:
            self.programs.append(tag)
        self.programs += [name for name in attributes if name.startswith("on") or name == "srcdoc"]
        for name in ("href", "src", "action", "formaction"):
            if re.match(r"[\s\x00-\x1f]*(javascript|data|vbscript):", attributes.get(name, ""), re.IGNORECASE):
                self.programs.append(attributes[name])


def runs(page: str) -> list[str]:
    return Programs(page).programs


def test_what_would_run_is_found():
    assert runs(MARK) == ["script"] and runs("<img src=x onerror=alert(1)>") == ["onerror"]
    assert runs('<script type="application/ld+json"></script><img src=x onerror=alert(1)></script>') == ["onerror"]
    assert runs("<a href=' javascript:alert(1)'>a</a>") and not runs('<input value="&lt;img onerror=x&gt;">')


BODIES = [
    MARK,
    "[a](javascript:alert(1))",
    "![](https://evil.example/track.gif)",
    "![a](data:text/html;base64,PHNjcmlwdD4=)",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='jav&#x09;ascript:alert(1)'>a</a>",
    "[a]( javascript:alert(1))",
    "<style>@import 'https://evil.example'</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action='https://evil.example'><input name=password></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]


def test_a_note_runs_nothing(client, cast, drafts):
    old, _new = drafts
    paths = ["/annotations/", CLAUSE, "/laws/draft/old/"]
    for number, body in enumerate(BODIES):
        html = render_body(f"Before.\n\n{body}\n\nAfter.")
        assert not runs(html) and "Before." in html, body
        assert not re.search(r"<(script|style|iframe|form|input|svg|math|object|embed|img)\b", html), body
        paths.append(f"/annotations/planted-{number}/")
        Annotation.objects.create(
            slug=f"planted-{number}", body=body, body_html=render_body(body), version=old, risk=3, creator=cast.alice,
            clause=old.clauses.get(eid="chp_1__art_1"), organisation=cast.centre, status=NoteStatus.PUBLISHED,
        )  # fmt: skip
    for path in paths:
        assert not runs(client.get(path).content.decode()), path


def test_a_law_s_own_words_run_nothing(client, store):
    text = OLD_DRAFT.replace("Illegal access", f"Illegal {MARK} access").replace(
        "without right", f"{MARK} without right"
    )
    store(text, "old")
    pages = [client.get(path).content.decode() for path in ("/laws/draft/old/", CLAUSE)]
    assert all("&lt;script&gt;" in page and not runs(page) for page in pages)


def test_names_and_titles_run_nothing(client, cast, store):
    cast.centre.name, cast.centre.description = f"Centre {MARK}", MARK
    cast.centre.save()
    cast.alice.display_name = MARK
    cast.alice.save()
    client.force_login(cast.alice)
    for path in ("/organisation/", "/workspace/", "/accounts/profile/"):
        page = client.get(path).content.decode()
        assert "&lt;script&gt;" in page and not runs(page), path


def test_words_in_an_address_run_nothing(client, drafts, subtests):
    for path in ["/search/?q={}", "/laws/draft/{}/", "/annotations/?page={}", "/compare/?old={}", "/{}/"]:
        with subtests.test(path=path):
            for words in (MARK, '"><img src=x onerror=alert(1)>', "'-alert(1)-'"):
                page = client.get(path.format(quote(words, safe="")))
                assert page.status_code < 500 and not runs(page.content.decode())


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
]


def test_signing_in_and_out_never_leads_elsewhere(alice, subtests):
    for target in ELSEWHERE:
        with subtests.test(target=target):
            client = Client()
            answer = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD, "next": target})
            assert answer["Location"] == "/workspace/"
            answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": target})
            assert answer["Location"] == "/workspace/"
            assert client.post("/accounts/logout/", {"next": target})["Location"] == "/"


def test_a_foreign_host_name_is_refused_and_stands_in_no_letter(alice, mailoutbox, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example"):
        client = Client(headers={"host": host})
        assert client.get("/").status_code == 400
        assert client.post("/accounts/password/reset/", {"email": alice.email}).status_code == 400
    forged = Client(
        headers={"x-forwarded-host": "evil.example", "x-host": "evil.example", "forwarded": "host=evil.example"}
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        forged.post("/accounts/password/reset/", {"email": alice.email})
    assert len(mailoutbox) == 1 and "evil.example" not in mailoutbox[0].body


def test_what_a_signed_in_person_sees_is_kept_by_nobody(client, cast, drafts):
    client.force_login(cast.alice)
    for path in ("/", "/laws/draft/old/", "/workspace/", "/organisation/", "/accounts/profile/"):
        assert "no-store" in client.get(path)["Cache-Control"], path
    visitor = Client().get("/laws/draft/old/").content.decode()
    assert cast.alice.email not in visitor and "Sign out" not in visitor


def test_every_page_forbids_frames_foreign_scripts_and_guessing(client, drafts, subtests):
    for path in ["/", "/laws/draft/old/", "/accounts/login/", "/nowhere/", "/invitation/x/"]:
        with subtests.test(path=path):
            headers = client.get(path).headers
            policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
            assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'" and policy["form-action"] == "'self'"
            assert not re.search(r"unsafe|data:|\*|https?:", headers["Content-Security-Policy"])
            assert headers["X-Frame-Options"] == "DENY" and headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
            asked_for = headers["Permissions-Policy"].split(", ")
            assert {"camera=()", "geolocation=()", "publickey-credentials-get=(self)"} <= set(asked_for)


def test_a_visitor_sends_no_more_than_their_forms_hold_and_nothing_of_it_is_read(client, cast, monkeypatch):
    """Sixteen forms of 12 MB at once took 3.3 GB of the web processes."""
    long = {"words": "x" * 200_001, "kind": "danger"}
    with monkeypatch.context() as patched:
        patched.setattr(WSGIRequest, "_load_post_and_files", lambda *_args: pytest.fail("read"))
        for path in ("/accounts/login/", "/annotations/nowhere/flag/", reverse("mfa_login_webauthn"), "/nowhere/"):
            answer = client.post(path, long)
            assert answer.status_code == 413 and "Sign in, and send it again" in answer.content.decode(), path
    client.force_login(cast.alice)
    assert client.post("/accounts/login/", long).status_code != 413
    own_note, files = "/laws/draft/old/chp_1__art_1/own-note/", reverse("imports")
    for data, kind in (({"body": "x" * 1_000_000}, MULTIPART_CONTENT), (b"body=" + b"x" * 1_000_000, ESCAPED)):
        with monkeypatch.context() as patched:
            patched.setattr(WSGIRequest, "_load_post_and_files", lambda *_args: pytest.fail("read"))
            answer = client.post(own_note, data, content_type=kind)
        assert answer.status_code == 413 and "Send a long text as a file" in answer.content.decode()
    client.force_login(cast.eve)
    for letters, status in ((2**20 + 1, 200), (2**21, 413)):
        pasted = {"pasted": "x" * letters, "language": "en"}
        assert client.post(files, pasted, follow=True).status_code in {status, 400}, letters
    whole = {
        "imports": [],
        "import_correct": [1],
        "amending_start": [],
        "memo": ["x"],
        "values_import": [],
        "corrections": 4 * ["x"],
    }
    assert all(resolve(reverse(name, args=args)).func.takes_long_forms for name, args in whole.items())
    monkeypatch.setattr(LongAnswers, "_has_place", lambda *_args: False)
    assert client.post(files, {"pasted": "x" * (2**20 + 1)}).status_code == 429


PRODUCTION = """
import django; django.setup()
from django.test import Client
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
site = Client(headers={"host": "example.org"})
plain, safe = site.get("/about/"), site.get("/healthz", secure=True)
print(plain.status_code, plain["Location"])
print(safe.headers["Strict-Transport-Security"])
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY)
"""


def test_a_production_site_speaks_https_alone_and_passes_django_s_own_check(tmp_path):
    environment = {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "example.org",
        "EMAIL_HOST": "mail.example.org",
    }
    environment |= {
        "ORIGINALS_KEY": secrets.token_urlsafe(32),
        "DATA_DIR": str(tmp_path),
        "PAGE_CACHE": "off",  # it would ask a table which edition this is, and no tables are made here
        "DJANGO_SETTINGS_MODULE": "lawcompare.settings",
    }
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    run = {"cwd": ROOT, "env": kept | environment, "capture_output": True, "text": True}
    shown = subprocess.run([sys.executable, "-c", PRODUCTION], **run)
    assert shown.returncode == 0, shown.stderr
    redirect, hsts, cookies = shown.stdout.splitlines()[-3:]
    assert redirect == "301 https://example.org/about/", shown.stderr
    assert hsts == "max-age=31536000; includeSubDomains"
    assert cookies == "True True True"


def wrong_password(client, address: str, login: str = "alice@example.org"):
    form = {"login": login, "password": "wrong"}
    return client.post(reverse("account_login"), form, REMOTE_ADDR=address)


def test_wrong_passwords_from_elsewhere_lock_nobody_out(client, cast):
    cast.alice.set_password(PASSWORD)
    cast.alice.save()
    answers = [wrong_password(client, "203.0.113.5") for _ in range(6)]
    assert "Too many failed login attempts" in answers[-1].content.decode()
    form = {"login": "alice@example.org", "password": PASSWORD}
    assert client.post(reverse("account_login"), form, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_guessing_from_many_networks_ends_too(client, cast, settings):
    settings.LOGIN_ATTEMPTS_PER_HOUR = 4
    answers = [wrong_password(client, f"203.0.113.{number}") for number in range(6)]
    refused = ["Too many failed login attempts" in answer.content.decode() for answer in answers]
    assert refused == [False] * 4 + [True] * 2


@pytest.mark.both_databases
def test_a_null_character_in_a_form_is_refused_with_a_sentence(drafts, cast):
    client = Client(raise_request_exception=False)
    client.force_login(cast.rita)
    for address, form in (
        (f"{CLAUSE}annotate/", {"body": "a\x00b", "exact": "x\x00", "risk": "1", "motivation": "assessing"}),
        ("/accounts/login/", {"login": "a\x00@example.org", "password": "x"}),
        ("/workspace/annotations/import/", {"text": "\x00"}),
    ):
        answer = client.post(address, form)
        assert answer.status_code in {400, 404}, address
    assert "Null characters are not allowed." in client.post(f"{CLAUSE}annotate/", {"body": "\x00"}).content.decode()
