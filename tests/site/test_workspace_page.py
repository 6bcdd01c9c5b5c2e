"""The workspace: what blocks others first, ways to begin by role, the same queries however much."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.core.log.services import record
from lawcompare.crosswalk.models import Correspondence
from lawcompare.site.workspace import WaitingItem, waiting_for

pytestmark = pytest.mark.django_db


def write(cast, version, count: int, status: str = NoteStatus.SUBMITTED, start: int = 0) -> None:
    clause = version.clauses.get(eid="chp_1__art_1")
    Annotation.objects.bulk_create(
        Annotation(
            slug=f"n{status}{start + n}", body="Why.", body_html="<p>Why.</p>", clause=clause, version=version, risk=2,
            organisation=cast.centre, creator=cast.alice, status=status,
        )
        for n in range(count)
    )  # fmt: skip


def page_of(client, person, query: str = "") -> str:
    client.force_login(person)
    return client.get(f"/workspace/{query}").content.decode()


def test_what_others_wait_for_stands_before_what_waits_for_oneself(cast, drafts):
    write(cast, drafts[0], 3)
    items = waiting_for(cast.rita)
    assert items and items[0].address == "#waiting" and items[0].count == 3
    order = [(not one.is_problem, not one.blocks_others) for one in items]
    assert order == sorted(order)
    assert WaitingItem(1, "x", "#", is_problem=True, blocks_others=False).is_problem


def test_what_a_role_does_stands_first_and_long_queues_after_what_waits(client, cast, drafts):
    for person, count in ((cast.alice, 3), (cast.eve, 4)):
        page = page_of(client, person)
        begin = page.partition('id="begin"')[2].partition("</p>")[0]
        assert len(re.findall(r'<a\s+class="button', begin)) == count and page.index('id="begin"') < page.index(
            'id="waits"'
        )
    assert "Share privately" in page_of(client, cast.eve) and "Share privately" not in page_of(client, cast.alice)
    old, new = (draft.clauses.get(num="Article 2") for draft in drafts)
    Correspondence.objects.create(
        subject=old, subject_version=old.version, object=new, object_version=new.version, status="suggested"
    )
    write(cast, drafts[0], 1)
    assert [one.is_queue for one in waiting_for(cast.rita)] == [False, True]
    page = page_of(client, cast.rita)
    assert page.index("annotation to decide on") < page.index("Queues") < page.index("likely counterpart")


def test_what_the_organisation_did_last_is_told_without_names(client, cast):
    record("give guest link", "guest-link/1", by=cast.eve, organisation="centre")
    record("publish", "annotation/other", by=cast.charlie, organisation="others")
    lately = page_of(client, cast.alice).partition('id="lately"')[2].partition("</section>")[0]
    assert "guest link given" in lately and "eve@example.org" not in lately and "published" not in lately


def test_one_s_own_annotations_are_listed_by_state_and_by_page(client, cast, drafts):
    write(cast, drafts[0], 25, NoteStatus.SUBMITTED)
    write(cast, drafts[0], 2, NoteStatus.DRAFT)

    def mine(query: str) -> int:
        return page_of(client, cast.alice, query).partition('id="mine"')[2].count('class="note ')

    assert (mine(""), mine("?page=2"), mine("?status=draft"), mine("?status=withdrawn")) == (20, 7, 2, 0)
    assert mine("?status=nonsense&page=x") == 20
    page = page_of(client, cast.alice, "?status=submitted")
    assert "?status=submitted&amp;page=2#mine" in page, "the filter stays"


def test_the_queries_are_the_same_however_much_there_is(client, cast, drafts):
    def count(person) -> int:
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/workspace/").status_code == 200
        return len(queries)

    write(cast, drafts[0], 3)
    few = count(cast.rita), count(cast.alice)
    write(cast, drafts[0], 300, start=10)
    assert (count(cast.rita), count(cast.alice)) == few
