"""Whether reading a long file in the background blocks a page: Title 18, Part I, while a visitor reads.

The real site on SQLite with its tasks in a thread, as `make run` starts it. A visitor asks for one page after another,
with the page cache off, first in quiet and then while the PDF is read and laid out; the longest twentieth counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.browser.serving import environment, serving
from tests.conftest import ROOT, SHARED

PDF = SHARED / "data" / "us-code-gpo" / "title18-partI-2023ed.pdf"
PAGES = [
    "/",
    "/laws/",
    "/laws/kh-cybercrime/2012-v1-en/",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/",
]
QUIET = 60
PAUSE = 0.05
LIMIT = 0.3


def main() -> None:
    if not PDF.exists():
        print("Title 18 is not beside the checkout; nothing to measure.")
        return
    data = Path(tempfile.mkdtemp(prefix="lawcompare-bench-"))
    variables = environment(data) | {"PAGE_CACHE": "0"}
    os.environ.update(variables)
    child = [sys.executable, "-m", "tests.tools.bench.bench_import"]
    subprocess.run([*child, "prepare"], cwd=ROOT, env=variables | {"TASKS": "inline"}, check=True)
    with serving(data, data / "server.log") as address:
        quiet = [ask(address, number) for number in range(QUIET)]
        reading = subprocess.Popen([*child, "hand-in", address], cwd=ROOT, env=variables)
        busy = []
        while reading.poll() is None:
            busy.append(ask(address, len(busy)))
            time.sleep(PAUSE)
        if reading.returncode:
            raise SystemExit(reading.returncode)
    for name, seconds in (("in quiet", quiet), ("while it is read", busy)):
        ordered = sorted(seconds)
        middle, most = (ordered[int(len(ordered) * part)] for part in (0.5, 0.95))
        print(
            f"  pages {name:<18} {len(ordered):4} requests, median {middle * 1000:5.0f} ms, p95 {most * 1000:5.0f} ms"
        )
    print(f"  limit {LIMIT * 1000:.0f} ms on two cores")


def ask(address: str, number: int) -> float:
    start = time.perf_counter()
    with urllib.request.urlopen(address + PAGES[number % len(PAGES)]) as answer:
        answer.read()
    return time.perf_counter() - start


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.conftest import Cast

    call_command("migrate", verbosity=0)
    call_command("demo")
    call_command("build_fonts")
    call_command("collectstatic", interactive=False, verbosity=0, ignore=["admin"])
    Cast()


def hand_in(address: str) -> None:
    """Upload the file as a browser does, wait until it is read, and open the desk's first and last page."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from lawcompare.accounts.models import User
    from lawcompare.imports.models import DraftState, ImportDraft

    person = User.objects.get(email="eve@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={'a' * 32}"
    upload(address, cookies)
    start = time.perf_counter()
    while not (draft := ImportDraft.objects.get()).is_open:
        if draft.state == DraftState.FAILED:
            raise SystemExit(f"the file was not read: {draft.job.reason if draft.job else ''}")
        time.sleep(0.5)
    print(f"  the PDF was read in {time.perf_counter() - start:.0f} s")
    for page in (1, 2, 99):
        start = time.perf_counter()
        request = urllib.request.Request(
            f"{address}{draft.get_absolute_url()}?page={page}", headers={"Cookie": cookies}
        )
        with urllib.request.urlopen(request) as answer:
            size = len(answer.read())
        print(f"  page {page} of its desk: {time.perf_counter() - start:.2f} s, {size // 1024} KB")


def upload(address: str, cookies: str) -> None:
    edge = "----lawcompare"
    head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="title18.pdf"\r\n\r\n'
    token = f'--{edge}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{"a" * 32}\r\n'
    body = token.encode() + head.encode() + PDF.read_bytes() + f"\r\n--{edge}--\r\n".encode()
    headers = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={edge}", "Origin": address}
    request = urllib.request.Request(f"{address}/workspace/imports/", body, headers)
    with urllib.request.urlopen(request) as answer:
        if "/login/" in answer.url:
            raise SystemExit("the bench is not signed in")


if __name__ == "__main__":
    {"prepare": prepare, "hand-in": lambda: hand_in(sys.argv[2])}.get(sys.argv[1] if sys.argv[1:] else "", main)()
