"""Feeds are valid Atom, say what is new, and nothing that is not public."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.db import models
from django.utils import timezone
from lxml import etree

from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.core.translations.texts import store_localised_texts
from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Clause, Origin, Version
from lawcompare.publishing.services import publish
from lawcompare.site.views import feeds
from tests import second_factor
from tests.annotations.conftest import clause, noted, write  # noqa: F401
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
TAG = re.compile(r"tag:[\w.-]+,\d{4}(-\d\d(-\d\d)?)?:\S+")


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    check_feed(feed, f"http://testserver{address}")
    return feed


def check_feed(feed, address):
    """RFC 4287, what a feed and an entry MUST have."""
    assert feed.tag == f"{ATOM}feed"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == address and urlsplit(links["alternate"]).scheme
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    check_names_and_times(feed)
    for entry in feed.findall(f"{ATOM}entry"):
        check_names_and_times(entry)
        assert entry.find(f"{ATOM}link").get("href").startswith("http://testserver/")
        assert entry.find(f"{ATOM}summary").get("type") == "html"
    names = [one.text for one in feed.iter(f"{ATOM}id")]
    assert len(names) == len(set(names))


def check_names_and_times(element):
    for name in ("id", "title", "updated"):
        assert len(element.findall(f"{ATOM}{name}")) == 1
    assert TAG.fullmatch(element.findtext(f"{ATOM}id"))
    assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def test_the_feed_of_annotations(client, noted):  # noqa: F811
    feed = read(client, "/feeds/annotations.atom")
    assert titles(feed) == [
        "draft new, Article 2. Data retention: no risk stated",
        "draft new, Article 3. Publications: critical",
    ]
    assert [one.text for one in feed.iter(f"{ATOM}name")] == ["lawcompare", "The Centre", "The Centre"]
    entry = feed.findall(f"{ATOM}entry")[1]
    assert entry.find(f"{ATOM}category").get("term") == "Vagueness"
    assert "<em>Nobody</em>" in entry.findtext(f"{ATOM}summary")
    assert b"alice" not in client.get("/feeds/annotations.atom").content
    assert len(titles(read(client, "/feeds/annotations.atom?risk=critical"))) == 1
    assert client.get("/feeds/annotations.atom?risk=some").status_code == 404


def test_a_khmer_feed_has_a_note_in_the_khmer_that_the_site_has_of_it(client, noted):  # noqa: F811
    note = Annotation.objects.listed().first()
    store_localised_texts("km", {note.body: "ពាក្យនេះ **ទូលាយ** ពេក។"})
    summaries = [one.text for one in read(client, "/km/feeds/annotations.atom").iter(f"{ATOM}summary")]
    assert any("ពាក្យនេះ <strong>ទូលាយ</strong> ពេក។" in words for words in summaries)


def test_the_name_of_an_entry_stays_when_it_changes(client, noted):  # noqa: F811
    before = read(client, "/feeds/annotations.atom").find(f"{ATOM}entry").findtext(f"{ATOM}id")
    note = Annotation.objects.get(slug="on-clause")
    note.body = "Other words"
    with patch("django.utils.timezone.now", lambda: datetime.now(UTC) + timedelta(days=1)):
        note.save()
    entry = read(client, "/feeds/annotations.atom").find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == before
    assert entry.findtext(f"{ATOM}updated") > entry.findtext(f"{ATOM}published")


def test_the_feed_of_a_law_has_its_texts_comparisons_and_annotations(client, noted):  # noqa: F811
    page = titles(read(client, "/feeds/laws/draft.atom"))
    assert "New text: draft old" in page and "Compared: draft old with draft new" in page
    assert "draft new, Article 3. Publications: critical" in page
    assert client.get("/feeds/laws/none.atom").status_code == 404


def test_a_law_in_preparation_has_no_feed(client, store, cast):
    store("## Article 1. Aim\n\nSecret words.\n", law="hidden", published=False)
    client.force_login(cast.sara)
    assert client.get("/feeds/laws/hidden.atom").status_code == 404


def test_the_feed_of_a_topic(client, noted):  # noqa: F811
    topic = Topic.objects.create(slug="speech", title="Speech")
    assert titles(read(client, "/feeds/topics/speech.atom")) == []
    clauses = {c.eid: c for c in Clause.objects.filter(version__slug="new")}
    other = Clause.objects.get(version__slug="old", eid="chp_1__art_1")
    state_correspondence(topic, clauses["chp_1__art_3"], other, "narrower", "Because.", "Ed.")
    page = titles(read(client, "/feeds/topics/speech.atom"))
    assert len(page) == 2 and any("narrower" in one for one in page)
    assert client.get("/feeds/topics/none.atom").status_code == 404


@pytest.mark.both_databases
def test_the_feed_of_a_topic_takes_its_newest_entries_alone_from_the_database(client, noted, monkeypatch):  # noqa: F811
    topic, (old, new) = Topic.objects.create(slug="speech", title="Speech"), Version.objects.order_by("date")
    pairs = [(one, other) for one in new.clauses.all() for other in old.clauses.all()]
    for number, (one, other) in enumerate(pairs):
        with patch("django.utils.timezone.now", lambda day=number: datetime.now(UTC) + timedelta(days=day)):
            state_correspondence(topic, one, other, "narrower", "Because.", "Ed.")
    last = cite(pairs[-1][0])
    monkeypatch.setattr(feeds, "ENTRIES_MAX", 3)
    begun, begin = [], models.Model.__init__
    monkeypatch.setattr(Correspondence, "__init__", lambda row, *values: begun.append(begin(row, *values)))
    page = titles(read(client, "/feeds/topics/speech.atom"))
    assert len(begun) == len(page) == 3 and page[0].startswith(f"draft new, {last} –")


def test_the_feed_of_a_topic_with_a_thousand_clauses_has_the_notes_on_the_last_as_well(client, noted, store):  # noqa: F811
    text = store("".join(f"## Article {number}. Aim\n\nThe aim.\n\n" for number in range(1, 1_101)), law="long")
    topic = Topic.objects.create(slug="speech", title="Speech")
    topic.clauses.set([*text.clauses.all(), Clause.objects.get(version__slug="new", eid="chp_1__art_3")])
    assert len(titles(read(client, "/feeds/topics/speech.atom"))) == 1


def test_what_is_merely_proposed_takes_no_place_in_a_feed(client, store, cast, monkeypatch):
    days = (datetime(2026, month, 5, tzinfo=UTC) for month in range(1, 10))
    topic = Topic.objects.create(slug="access", title="Access")

    def on_next_day(make):
        day = next(days)
        with patch("django.utils.timezone.now", lambda: day):
            return make()

    sites = on_next_day(lambda: store(OLD_DRAFT, "a", law="one"))
    beside = on_next_day(lambda: store(NEW_DRAFT, "b", law="two"))
    pairs = [(sites.clauses.get(num=f"Article {number}"), beside.clauses.get(num="Article 1")) for number in (1, 2, 3)]
    on_next_day(lambda: state_correspondence(topic, *pairs[0], "equivalent", "Alike.", "An editor"))
    for number in (1, 2):
        on_next_day(lambda number=number: state_by_hand(cast.rita, topic, *pairs[number], "contrary", "They differ."))
    state_by_hand(cast.charlie, topic, *pairs[1], "contrary", "They do.")
    monkeypatch.setattr(feeds, "ENTRIES_MAX", 9)
    assert len(titles(read(client, "/feeds/topics/access.atom"))) == 4, "each has a name of its own"
    for slug in ("x", "y", "z"):
        theirs = store(NEW_DRAFT.replace("computer", slug), slug, law="one", published=False, date="2021")
        Origin.objects.create(version=theirs, organisation=cast.centre)
        on_next_day(lambda theirs=theirs: publish(theirs))
        note = Annotation(slug=f"on-{slug}", body="Theirs.", risk=2, organisation=cast.centre)
        set_target(note, theirs.clauses.get(num="Article 1"), "")
        record_published(note, {})
    monkeypatch.setattr(feeds, "ENTRIES_MAX", 2)
    said = titles(read(client, "/feeds/topics/access.atom"))
    assert len(said) == 2 and any("equivalent" in title for title in said)
    said = titles(read(client, "/feeds/laws/one.atom"))
    assert len(said) == 2 and any(title.startswith("New text") and "proposed" not in title for title in said), said
    early = Annotation(slug="early", body="On the site's text.", risk=3, organisation=cast.others)
    set_target(early, sites.clauses.get(num="Article 1"), "")
    on_next_day(lambda: record_published(early, {}))
    for path in ("/feeds/laws/one.atom", "/feeds/annotations.atom"):
        assert any(f"{sites.name}, " in title for title in titles(read(client, path))), path


def test_one_organisation_takes_no_other_s_place_in_a_feed(client, store, cast, monkeypatch):
    """Sixty notes of one left in the feed of a law neither another's note nor the text itself."""
    monkeypatch.setattr(feeds, "ENTRIES_MAX", 4)
    site, beside = store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")
    topic = Topic.objects.create(slug="access", title="Access")
    pairs = itertools.product(
        site.clauses.filter(num__startswith="Article"), beside.clauses.filter(num__startswith="Article")
    )
    otto, _is_new = add_member("otto@example.org", cast.others, "reviewer")
    second_factor.give(otto)
    by = [("theirs", otto, cast.others), *((f"a-{at}", cast.rita, cast.centre) for at in range(6))]
    for day, (slug, person, organisation) in enumerate(by, 1):
        with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=day)):
            note = Annotation(slug=slug, body="So.", risk=3, organisation=organisation)
            set_target(note, site.clauses.get(num="Article 1"), "")
            record_published(note, {})
            state_by_hand(person, topic, *next(pairs), "contrary", "They differ.")
    for path, theirs in (
        ("annotations", "/theirs/"),
        ("laws/one", "/theirs/"),
        ("laws/one", "/laws/one/a/"),
        ("topics/access", "Others"),
    ):
        assert theirs in client.get(f"/feeds/{path}.atom").content.decode(), path


def test_the_feed_of_an_organisation(client, noted, cast):  # noqa: F811
    assert len(titles(read(client, "/feeds/organisations/centre.atom"))) == 2
    assert client.get("/feeds/organisations/others.atom").status_code == 404, "nothing of it is public"
    Annotation.objects.update(status=NoteStatus.WITHDRAWN)
    assert titles(read(client, "/feeds/organisations/centre.atom")) == []
    assert client.get("/feeds/organisations/none.atom").status_code == 404


def test_no_sign_of_a_note_makes_a_feed_unreadable(client, noted):  # noqa: F811
    """With two of them reader programs refused the whole feed, and so what others had in it."""
    words = "It is \ufffe\uffff\x0b vague."
    Annotation.objects.update(body=words, body_html=f"<p>{words}</p>")
    for address in ("/feeds/annotations.atom", "/feeds/laws/draft.atom"):
        feed = client.get(address).content
        etree.fromstring(feed)
        assert b"vague" in feed


def test_a_feed_says_the_same_as_long_as_nothing_is_new(client, noted):  # noqa: F811
    for address in ("/feeds/laws/draft.atom", "/feeds/organisations/others.atom"):
        assert client.get(address).content == client.get(address).content


def test_khmer_feeds_speak_khmer_under_names_of_their_own(client, noted):  # noqa: F811
    english, khmer = read(client, "/feeds/laws/draft.atom"), read(client, "/km/feeds/laws/draft.atom")
    assert khmer.get("{http://www.w3.org/XML/1998/namespace}lang") == "km"
    assert english.findtext(f"{ATOM}id") != khmer.findtext(f"{ATOM}id")
    assert "/km/annotations/" in khmer.find(f"{ATOM}entry/{ATOM}link").get("href")


@pytest.mark.parametrize("page", ["/", "/annotations/", "/laws/draft/", "/laws/draft/new/", "/km/laws/draft/"])
def test_pages_tell_of_their_feed(client, noted, page):  # noqa: F811
    words = client.get(page).content.decode()
    address = re.search(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)"', words)
    assert address and client.get(address[1]).status_code == 200
