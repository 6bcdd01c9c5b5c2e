"""Making a page with nothing kept, set against packing the same page with gzip, the work that every answer needs.

One process with the embedded settings, SQLite in it; ``PAGE_CACHE`` is off and all caches are emptied before each
request. The figures are processor time of this process, best of seven, so that a busy machine changes them little.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.conftest import SHARED
from tests.tools.bench.bench_site import FILES, LAW, PAGES, ROWS, handler, invented, quietly
from tests.tools.bench.child import measure_in_child

# As much as making a page may cost, in gzips of the page.
LIMITS = {
    "comparison page of 200 rows": 14,
    "comparison page": 10,
    "version page": 10,
    "clause page": 40,
}
TIMES = 7
GZIP_LEVEL = 6  # that of kept pages and of Django's middleware


def main() -> None:
    if not (SHARED / "data" / "us-code-uslm").exists():
        print("Title 17 is not beside the checkout; nothing to measure.")
        return
    figures = measure_in_child("tests.tools.bench.bench_pages", ROWS_PER_PAGE=str(ROWS), PAGE_CACHE="0")
    print(f"  {'':<32}{'made':>9}{'gzip':>9}{'ratio':>8}{'limit':>7}{'queries':>9}{'KB':>6}")
    for page, (made, packed, queries, size) in figures.items():
        ratio = made / packed
        row = (
            f"{1000 * made:>6.1f} ms{1000 * packed:>6.2f} ms{ratio:>8.1f}{LIMITS[page]:>7}{queries:>9}{size // 1000:>6}"
        )
        print(f"  {page:<32}{row}")
        if ratio > LIMITS[page]:
            print(f"  slower than {LIMITS[page]} times its gzip", file=sys.stderr)


def measure() -> dict[str, Any]:
    store_texts()
    return {page: measure_page(path) for page, path in PAGES.items()}


def store_texts() -> None:
    """Two releases of Title 17 and two invented laws of 200 articles, all public and compared."""
    from django.core.management import call_command

    from lawcompare.comparisons.services import request_comparison
    from lawcompare.laws.models import Version
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    for version, name in FILES.items():
        path = str(SHARED / "data" / "us-code-uslm" / name)
        quietly(call_command, "import_law", path, *LAW, "--version", version, "--date", version[:4])
    texts = list(Version.objects.select_related("law").order_by("date"))
    for version, date, word in (("old", "1990", "first"), ("new", "1991", "second")):
        texts.append(import_law(Import(invented(version, date, word), f"{version}.md")).version)
    for text in texts:
        publish(text)
    request_comparison(*texts[:2])


def measure_page(path: str) -> tuple[float, float, int, int]:
    """Seconds to make the page, seconds to pack it, queries, bytes."""
    from django.core.cache import caches
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    body = make(path)
    with CaptureQueriesContext(connection) as asked:
        make(path)
    queries = len(asked)
    made, packed = [], []
    for _ in range(TIMES):
        for name in caches:
            caches[name].clear()
        made.append(seconds(lambda: make(path)))
        packed.append(seconds(lambda: gzip.compress(body, GZIP_LEVEL)))
    return min(made), min(packed), queries, len(body)


def make(path: str) -> bytes:
    """The page, made from the database."""
    from wsgiref.util import setup_testing_defaults

    asked: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "testserver"}
    setup_testing_defaults(asked)
    statuses: list[str] = []
    answer = handler()(asked, lambda status, _headers: statuses.append(status))
    body = b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"], (path, statuses)
    return body


def seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
