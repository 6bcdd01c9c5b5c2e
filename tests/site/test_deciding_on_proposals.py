"""Staff decide on what they read, and what comes or goes with a proposal is its own alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.suggestions.services import reopen_correspondence
from lawcompare.crosswalk.topics import services as topics
from lawcompare.laws.editing.services import COLUMNS, edit_law
from lawcompare.laws.models import LawChange, Origin
from lawcompare.publishing.services import publish
from lawcompare.site.proposals import services
from lawcompare.site.proposals.services import KINDS, Proposal
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def clauses(store):
    """The first two articles of a text, and those of another law."""
    texts = store(OLD_DRAFT, "1", law="one"), store(NEW_DRAFT, "1", law="two")
    return [list(text.clauses.filter(num__startswith="Article").order_by("position"))[:2] for text in texts]


@pytest.fixture
def topic():
    return Topic.objects.create(slug="access", title="Access")


def under(topic) -> set[int]:
    return set(topic.clauses.values_list("pk", flat=True))


def test_a_clause_goes_with_the_last_of_the_statements_that_name_it(cast, clauses, topic):
    (named, _other), answers = clauses
    rows = [
        state_by_hand(person, topic, named, answer, "partial", "So.")
        for person, answer in zip((cast.rita, cast.charlie), answers, strict=True)
    ]
    for row in rows:
        decide(cast.sara, row)
    assert under(topic) == {named.pk, *(answer.pk for answer in answers)}
    decide(cast.sara, rows[0], "refuse")
    assert under(topic) == {named.pk, answers[1].pk}
    decide(cast.sara, rows[1], "refuse")
    assert under(topic) == set()


def test_a_clause_that_staff_set_under_a_topic_stays_when_a_statement_goes_and_the_other_way_round(
    cast, clauses, topic
):
    (named, other), (answer, _last) = clauses
    change = topics.edit_topic(cast.eve, topic, {"title": topic.title}, [named, other], topic.revision)
    row = state_by_hand(cast.rita, topic, named, answer, "partial", "So.")
    decide(cast.sara, row)
    decide(cast.sara, change)
    decide(cast.sara, change, "undo")
    assert under(topic) == {named.pk, answer.pk}, "what a statement names stays"
    decide(cast.sara, change)
    row.refresh_from_db()
    reopen_correspondence(cast.rita, row, "A mistake.")
    assert under(topic) == {named.pk, other.pk}, "what staff set there stays"


@pytest.mark.parametrize("stood_in", ["access", "misuse"])
def test_what_stood_under_either_of_two_topics_stays_under_the_one_into_which_they_are_merged(
    cast, clauses, topic, stood_in
):
    (named, _other), (answer, _last) = clauses
    merged = Topic.objects.create(slug="misuse", title="Misuse")
    of_itself, of_a_row = (topic, merged) if stood_in == "access" else (merged, topic)
    of_itself.clauses.add(named)
    row = state_by_hand(cast.rita, of_a_row, named, answer, "partial", "So.")
    decide(cast.sara, row)
    change = topics.merge_topic(cast.eve, merged, topic)
    decide(cast.sara, change)
    decide(cast.sara, change, "undo")
    before = under(of_a_row)
    decide(cast.sara, change)
    row.refresh_from_db()
    reopen_correspondence(cast.rita, row, "A mistake.")
    assert (before, under(topic)) == ({named.pk, answer.pk}, {named.pk})


@pytest.mark.verify
@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("kind", ["text", "topic"])
@pytest.mark.django_db(transaction=True)
def test_staff_confirm_no_words_that_are_changed_at_that_moment(cast, store, monkeypatch, kind):
    text = store(OLD_DRAFT, "one", law="one", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    publish(text)
    added = topics.add_topic(cast.eve, {"title": "Read by staff", "description": ""}, [])
    row = Origin.objects.get() if kind == "text" else added.changes.get()
    seen, checked = Proposal(kind, row).seen, threading.Event()

    def follow(row, was):
        checked.set()
        threading.Event().wait(0.5)  # for the other, which waits for what is held here

    def change() -> None:
        checked.wait(5)
        if kind == "text":
            fields = {name: str(getattr(text.law, name)) for name in COLUMNS}
            edit_law(cast.eve, text.law, fields | {"title": "Words nobody read"})
        else:
            topics.edit_topic(cast.eve, added, {"title": "Words nobody read"}, [], added.revision)
        connection.close()

    original = KINDS[kind].follow
    monkeypatch.setitem(
        KINDS, kind, KINDS[kind]._replace(follow=lambda row, was: (follow(row, was), original(row, was)))
    )
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        assert services.decide(cast.sara, kind, row.pk, "confirm", seen)
        changing.result()
    if kind == "text":
        text.law.refresh_from_db()
        assert text.law.title != "Words nobody read"
        assert LawChange.objects.get().confirmation == "proposed"
    else:
        added.refresh_from_db()
        assert added.title == "Read by staff" and added.changes.latest("pk").confirmation == "proposed"
