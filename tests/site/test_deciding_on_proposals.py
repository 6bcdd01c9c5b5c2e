"""Staff decide on what they read, and what comes or goes with a proposal is its own alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from lawcompare.annotations.models import Category, CategoryChange
from lawcompare.comparisons.services import request_comparison
from lawcompare.crosswalk.findings.models import Finding
from lawcompare.crosswalk.findings.services import decide_on_finding
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.suggestions.services import reopen_correspondence
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.values.services import confirm_value, find_words, state_value
from lawcompare.laws.editing.services import COLUMNS, edit_law
from lawcompare.laws.models import LawChange, Origin, Version
from lawcompare.laws.plain_words.services import said, write_plain_words
from lawcompare.publishing.services import publish
from lawcompare.site.proposals import services
from lawcompare.site.proposals.services import KINDS, Proposal
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import decide, listed

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


@pytest.fixture
def misuse():
    return Topic.objects.create(slug="misuse", title="Misuse")


@pytest.mark.parametrize("stood_in", ["access", "misuse"])
def test_what_stood_under_either_of_two_topics_stays_under_the_one_into_which_they_are_merged(
    cast, clauses, topic, misuse, stood_in
):
    (named, _other), (answer, _last) = clauses
    of_itself, of_a_row = (topic, misuse) if stood_in == "access" else (misuse, topic)
    of_itself.clauses.add(named)
    row = state_by_hand(cast.rita, of_a_row, named, answer, "partial", "So.")
    decide(cast.sara, row)
    change = topics.merge_topic(cast.eve, misuse, topic)
    decide(cast.sara, change)
    decide(cast.sara, change, "undo")
    before = under(of_a_row)
    decide(cast.sara, change)
    row.refresh_from_db()
    reopen_correspondence(cast.rita, row, "A mistake.")
    assert (before, under(topic)) == ({named.pk, answer.pk}, {named.pk})


def test_where_a_merge_is_taken_back_each_topic_has_what_its_statements_name_by_then(cast, clauses, topic, misuse):
    (named, other), (answer, last) = clauses
    topic.clauses.add(other)
    gone = state_by_hand(cast.rita, topic, named, answer, "partial", "So.")
    decide(cast.sara, gone)
    waiting = state_by_hand(cast.charlie, topic, named, last, "partial", "So.")
    change = topics.merge_topic(cast.eve, topic, misuse)
    decide(cast.sara, change)
    gone.refresh_from_db()
    reopen_correspondence(cast.rita, gone, "A mistake.")
    decide(cast.sara, waiting)
    since = state_by_hand(cast.rita, misuse, other, answer, "partial", "So.")
    decide(cast.sara, since)
    decide(cast.sara, change, "undo")
    assert (under(topic), under(misuse)) == ({other.pk, named.pk, last.pk}, {other.pk, answer.pk})
    decide(cast.sara, waiting, "refuse")
    decide(cast.sara, since, "refuse")
    assert (under(topic), under(misuse)) == ({other.pk}, set())


def test_what_a_statement_set_under_a_topic_does_not_come_back_without_it(cast, clauses, topic):
    (named, _other), (answer, _last) = clauses
    row = state_by_hand(cast.rita, topic, named, answer, "partial", "So.")
    decide(cast.sara, row)
    change = topics.edit_topic(cast.eve, topic, {"title": topic.title}, [answer], topic.revision)
    decide(cast.sara, change)
    reopen_correspondence(cast.rita, row, "A mistake.")
    decide(cast.sara, change, "undo")
    assert under(topic) == set()


@pytest.fixture
def own(cast, store, django_capture_on_commit_callbacks):
    """A text of the Centre's that staff confirmed."""
    text = store(OLD_DRAFT, "own", law="own", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    with django_capture_on_commit_callbacks(execute=True):
        publish(text)
    decide(cast.sara, Origin.objects.get(version=text))
    return Version.objects.get(pk=text.pk)


def test_nobody_replaces_at_once_what_others_said_of_their_own_text(cast, own):
    finding = Finding.objects.filter(version=own).first()
    decide(cast.sara, decide_on_finding(cast.charlie, finding, "dismissed", "The Others: no question."))
    later = decide_on_finding(cast.rita, finding, "reopened", "The Centre: a question.")
    assert not later.stands
    decide(cast.sara, later)
    assert decide_on_finding(cast.rita, finding, "dismissed", "Or none.").stands, "its own last word it changes"


def test_plain_words_of_ones_own_text_wait_too(cast, own):
    clause = own.clauses.get(num="Article 1")
    nothing = said(None)
    assert not write_plain_words(cast.eve, clause, nothing | {"text": "zzplain"}, nothing).stands


def test_what_an_organisation_says_that_a_clause_lays_down_bears_its_name_in_comparisons(
    cast, own, store, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        later = store(NEW_DRAFT, "later", law="own", date="2021")
    for text, stated in ((own, "intent"), (later, "knowledge")):
        clause = text.clauses.get(num="Article 1")
        value = state_value(cast.rita, clause, "mental", {"level": stated}, find_words(clause, clause.text.split()[0]))
        confirm_value(cast.eve, value, value.seen)
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(own, later)
    row = client.get("/compare/own/own/with/own/later.json").content.decode()
    assert "(The Centre)" in row
    assert "(The Centre)" in client.get("/compare/own/own/with/own/later/?show=all").content.decode()


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


@pytest.mark.verify
@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_clause_stays_where_one_statement_goes_while_staff_confirm_another_that_names_it(cast, clauses, topic):
    (named, _other), answers = clauses
    gone = state_by_hand(cast.rita, topic, named, answers[0], "partial", "So.")
    decide(cast.sara, gone)
    stays = state_by_hand(cast.charlie, topic, named, answers[1], "partial", "So.")
    gone.refresh_from_db()
    taken_back = threading.Event()

    def take_back() -> None:
        with transaction.atomic():
            reopen_correspondence(cast.rita, gone, "A mistake.")
            taken_back.set()
            threading.Event().wait(0.5)  # for staff, who wait for it
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(take_back)
        taken_back.wait(5)
        decide(cast.sara, stays)
        taking.result()
    assert under(topic) == {named.pk, answers[1].pk}


def test_what_staff_decided_stays_on_their_page_however_much_of_another_follows(cast):
    """Fifty of one organisation's pushed another's off the only page on which staff take it back."""
    kind = Category.objects.create(code="VAGUE", label="Vagueness")
    told = {"category": kind, "before": {"label": "Vagueness"}, "after": {"label": "Too vague"}}
    first = CategoryChange.objects.create(organisation=cast.others, confirmation="confirmed", **told)
    more = [CategoryChange(organisation=cast.centre, confirmation="confirmed", **told) for _time in range(60)]
    CategoryChange.objects.bulk_create(more)
    assert first.pk in [one.row.pk for one in listed(cast.sara, waiting=False)]


def test_a_decision_that_its_organisation_replaced_waits_for_staff_no_more(
    cast, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        text = store(OLD_DRAFT, "1", law="one")
    finding = Finding.objects.filter(version=text).first()
    for kind in ("dismissed", "reopened"):
        decide_on_finding(cast.rita, finding, kind, f"It is {kind}.")
    assert [one.row.reason for one in listed(cast.sara)] == ["It is reopened."]
