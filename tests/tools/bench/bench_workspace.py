"""Making the workspace's pages for a reviewer, with 10,000 annotations and 500 texts stored.

One process with the embedded settings, SQLite in it, best of seven after one that fills what is read once. The figures
are processor time of this process, so that a busy machine changes them little.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from tests.tools.bench.child import measure_in_child

LIMIT_MS = 100
NOTES, TEXTS = 10_000, 500
TIMES = 7
PAGES = (
    "/workspace/",
    "/workspace/?status=draft",
    "/workspace/carrying/",
    "/workspace/suggestions/",
    "/workspace/memos/",
    "/workspace/topics/",
    "/workspace/values/",
    "/workspace/jobs/",
    "/workspace/log/",
)


def main() -> None:
    print(f"  {'':<32}{'made':>9}{'queries':>9}{'KB':>6}")
    for page, (made, queries, size) in measure_in_child("tests.tools.bench.bench_workspace").items():
        print(f"  {page:<32}{1000 * made:>6.1f} ms{queries:>9}{size // 1000:>6}")
        if 1000 * made > LIMIT_MS:
            print(f"  slower than {LIMIT_MS} ms", file=sys.stderr)


def measure() -> dict[str, Any]:
    from django.conf import settings
    from django.test import Client

    from tests import second_factor

    settings.ALLOWED_HOSTS = ["testserver"]
    person = store_rows()
    client = Client()
    second_factor.sign_in(client, person)
    return {page: measure_page(client, page) for page in PAGES if client.get(page).status_code == 200}


def measure_page(client: Any, page: str) -> tuple[float, int, int]:
    """Seconds of the processor to make the page, queries, bytes."""
    from django.db import connection

    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        body = client.get(page).content
    made = []
    for _time in range(TIMES):
        begun = time.process_time()
        client.get(page)
        made.append(time.process_time() - begun)
    return min(made), len(asked), len(body)


def store_rows() -> Any:
    """Texts of three articles, notes of four people in every state, and rows carried; returns a reviewer."""
    from lawcompare.annotations.models import Annotation, NoteStatus
    from lawcompare.crosswalk.models import Correspondence
    from lawcompare.laws.models import Clause, Law, Version
    from tests.conftest import Cast

    cast = Cast()
    people = [cast.eve, cast.alice, cast.rita, cast.adam]
    laws = Law.objects.bulk_create(Law(slug=f"law-{n}", title=f"Law {n}", kind="draft") for n in range(TEXTS // 5))
    versions = Version.objects.bulk_create(
        Version(
            law=laws[n % len(laws)], slug=f"v{n}", title=f"Text {n}", language="en", date=f"{1900 + n // 5}",
            text_hash=f"{n:064x}",
        )
        for n in range(TEXTS)
    )  # fmt: skip
    clauses = Clause.objects.bulk_create(
        Clause(
            version=version, eid=f"art_{number}", element="article", num=f"Article {number}", heading="Words",
            text="Nobody enters a machine without right.", position=number, end=number + 1, depth=0,
        )
        for version in versions
        for number in (1, 2, 3)
    )  # fmt: skip
    Version.objects.update(published_at="2026-01-01T00:00:00Z")
    states = [NoteStatus.DRAFT, NoteStatus.SUBMITTED, NoteStatus.PUBLISHED, NoteStatus.PUBLISHED]
    Annotation.objects.bulk_create(
        Annotation(
            slug=f"n{n}", body="Nobody can foresee it.", body_html="<p>Nobody can foresee it.</p>", risk=1 + n % 4,
            clause=clauses[n % len(clauses)], version=clauses[n % len(clauses)].version, organisation=cast.centre,
            creator=people[n % len(people)], status=states[n // 4 % 4],
            published_at="2026-01-02T00:00:00Z" if states[n // 4 % 4] == NoteStatus.PUBLISHED else None,
        )
        for n in range(NOTES)
    )  # fmt: skip
    Correspondence.objects.bulk_create(
        Correspondence(
            subject=clauses[n], subject_version=clauses[n].version, object=clauses[-n - 1],
            object_version=clauses[-n - 1].version, score=0.5,
        )
        for n in range(500)
    )  # fmt: skip
    return people[0]
