"""Storing, comparing and serving two releases of Title 17, on SQLite and on PostgreSQL.

Requests are counted against a hello-world view in the same process and run: both go through the same WSGI handler and
middleware, without a network between. Of each page there are two figures: ``kept`` is sent from the page cache; else
the content has changed since (another edition before each request), so that a view makes the page and the cache packs
and keeps it. ``bench_pages`` tells what making a page takes by itself.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import uuid4
from wsgiref.util import setup_testing_defaults

from tests.conftest import SHARED
from tests.tools.bench.child import measure_on_each_database

FILES = {"2013-en": "usc17@113-31.xml", "2022-en": "usc17@117-80.xml"}
LAW = ["--law", "us-code-17", "--jurisdiction", "us", "--kind", "statute"]
PAGES = {
    "comparison page of 200 rows": "/compare/invented/old/with/invented/new/",
    "comparison page": "/compare/us-code-17/2013-en/with/us-code-17/2022-en/",
    "version page": "/laws/us-code-17/2022-en/",
    "clause page": "/laws/us-code-17/2022-en/title_17__chp_5__sec_506/",
}
SECONDS = 3.0
ROWS = 200
INVENTED = """---
law: invented
version: {version}
title: Invented {version}
jurisdiction: int
kind: statute
language: en
date: "{date}"
text_status: official
---

"""
ARTICLE = """## Article {n}. Offence number {n}

Whoever does the {word} thing of kind {kind} without right, or helps another to do it, is punished by imprisonment from
{n} months to {most} months and by a fine of {fine} riel.

"""


def invented(version: str, date: str, word: str) -> bytes:
    """A law of which every article differs from the other version's in one word, so that every row is printed."""
    articles = [ARTICLE.format(n=n, word=word, kind=n * 7, most=n + 12, fine=n * 1000) for n in range(1, ROWS + 1)]
    return (INVENTED.format(version=version, date=date) + "".join(articles)).encode()


def main() -> None:
    if not (SHARED / "data" / "us-code-uslm").exists():
        print("Title 17 is not beside the checkout; nothing to measure.")
        return
    for name, figures in measure_on_each_database("tests.tools.bench.bench_site", ROWS_PER_PAGE=str(ROWS)):
        print_figures(name, figures)


def print_figures(name: str, figures: dict[str, Any]) -> None:
    print(f"{name}:")
    for what, seconds in figures["seconds"].items():
        print(f"  {what:<44}{seconds:8.2f} s")
    hello = figures["rate"]["hello world"]
    print(f"  {'hello world':<44}{hello:8.0f} requests a second")
    for page in PAGES:
        for label, how in ((page, "made"), ("  the same, kept", "kept")):
            rate, queries = figures["rate"][f"{how}: {page}"], figures["queries"][f"{how}: {page}"]
            print(f"  {label:<44}{rate:8.1f} requests a second, {rate / hello:5.3f} of hello world, {queries} queries")


def measure() -> dict[str, Any]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seconds = {}
    for version, name in FILES.items():
        path = str(SHARED / "data" / "us-code-uslm" / name)
        options = [path, *LAW, "--version", version, "--date", version[:4]]
        seconds[f"read and store {name}"] = timed(lambda options=options: quietly(call_command, "import_law", *options))
    from lawcompare.comparisons.services import request_comparison
    from lawcompare.crosswalk.findings.services import request_examination
    from lawcompare.laws.models import Version
    from lawcompare.laws.services import Import, import_law, mark_published
    from lawcompare.publishing.services import publish

    old, new = Version.objects.select_related("law").order_by("date")
    for version in (old, new):
        mark_published(version)
    seconds["examine the second"] = timed(lambda: request_examination(new))
    seconds["compare the two"] = timed(lambda: request_comparison(old, new))
    for version, date, word in (("old", "1990", "first"), ("new", "1991", "second")):
        publish(import_law(Import(invented(version, date, word), f"{version}.md")).version)
    settings.PAGE_CACHE = True
    rate = {"hello world": rate_of("/hello/")}
    queries = {}
    for page, path in PAGES.items():
        for how, before in (("made", forget_pages), ("kept", lambda: None)):
            get(path)
            before()
            with CaptureQueriesContext(connection) as asked:
                get(path)
            queries[f"{how}: {page}"] = len(asked)
            rate[f"{how}: {page}"] = rate_of(path, before)
    rate["hello world, again"] = rate_of("/hello/")
    return {"seconds": seconds, "rate": rate, "queries": queries}


def quietly(call: Callable[..., Any], *args: Any) -> None:
    call(*args, stdout=io.StringIO(), stderr=io.StringIO())


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@cache
def handler() -> Any:
    """The program as a web server has it: loaded once, asked again and again."""
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def get(path: str) -> bytes:
    """The answer to a visitor whose browser unpacks gzip, as all do."""
    address, _sign, query = path.partition("?")
    asked: dict[str, Any] = {
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "HTTP_ACCEPT_ENCODING": "gzip",
    }
    setup_testing_defaults(asked)
    status: list[str] = []
    answer = handler()(asked, lambda status_line, headers: status.append(status_line))
    body = b"".join(answer)
    answer.close()
    assert status == ["200 OK"], (path, status)
    return body


def forget_pages() -> None:
    """As when anything public has changed: no kept page holds any longer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_contenttoken SET token = %s", [uuid4().hex])


def rate_of(path: str, before: Callable[[], None] = lambda: None) -> float:
    """Requests a second through the WSGI handler, after one that warms up; ``before`` each of them."""
    get(path)
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        before()
        get(path)
        done += 1
    return done / (time.perf_counter() - start)
