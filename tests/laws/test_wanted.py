"""Texts that are known and that nobody here has seen: a law may have no other, and every text says when a later one is
known; what is private counts nowhere.
"""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from lawcompare.accounts.services import add_member
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.upload.services import discard
from lawcompare.laws.editing.services import may_edit, seen_of
from lawcompare.laws.models import Event, Law, LawChange, Origin, Version, WantedText, Withdrawal
from lawcompare.laws.withdrawal.services import may_withdraw
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.laws.test_events import TRAINING
from tests.proposals import decide, listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def unseen() -> Law:
    """A law without a text, of which one is known."""
    law = Law.objects.create(slug="lanterns", title="Sub-decree on lanterns", title_km="អនុក្រឹត្យស្តីពីចង្កៀង",
                             jurisdiction="kh", kind="sub-decree", date="2021")  # fmt: skip
    want(law, date="2021-02-16")
    return law


def want(law: Law, slug: str = "", **fields: str) -> WantedText:
    sources = [{"url": "https://news.example/a", "name": "The News"}]
    given = {"title": "Its text", "title_km": "អត្ថបទរបស់វា", "known_since": "2021", "body": "It says who may light one."}
    return WantedText.objects.create(law=law, slug=slug or f"{law.slug}-text", sources=sources, **given | fields)


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["English", "Khmer"])
def test_a_law_without_a_text_says_so_wherever_it_is_named(client, unseen, prefix):
    law = page(client, f"{prefix}/laws/lanterns/")
    assert "<form" not in law.partition("<main")[2].partition("</main")[0], "there is nothing to compare"
    assert "The News" in law and 'id="lanterns-text"' in law
    assert unseen.title_km in page(client, f"{prefix}/laws/") if prefix else unseen.title in page(client, "/laws/")
    assert f"{prefix}/wanted/" in page(client, f"{prefix}/laws/")
    assert f"{prefix}/laws/lanterns/" in page(client, f"{prefix}/wanted/")
    asked = unseen.title_km if prefix else "LANTERNS sub-decree"
    assert f"{prefix}/laws/lanterns/" in page(client, f"{prefix}/search/?q={asked}").partition("<main")[2]
    assert "lanterns/" in page(client, "/sitemap-laws-1.xml") and "/wanted/" in page(client, "/sitemap-pages-1.xml")


def test_a_text_that_nobody_saw_cannot_be_read_or_compared_and_the_answer_says_why(client, drafts, unseen, subtests):
    compared = ["/compare/lanterns/2021/with/draft/new/", "/compare/draft/new/with/lanterns/2021/"]
    texts = ["/laws/lanterns/2021/", "/laws/lanterns/2021.json", "/laws/lanterns/versions/"]
    for address in [*texts, *compared, "/api/v1/laws/lanterns/2021"]:
        with subtests.test(address=address):
            assert "Nobody here has seen a text of" in page(client, address, 404)


def test_every_page_of_a_law_without_a_text_can_be_read(client, unseen, subtests):
    for name in ["law_feed", "concerns", "follow_law"]:
        with subtests.test(name=name):
            page(client, reverse(name, args=["lanterns"]))


def test_the_api_and_the_data_give_it_out_with_what_is_wanted(client, unseen):
    (law,) = client.get("/api/v1/laws").json()["items"]
    assert (law["slug"], law["kind"], law["versions"]) == ("lanterns", "sub-decree", [])
    (text,) = law["wanted"]
    assert (text["date"], text["sources"][0]["name"]) == ("2021-02-16", "The News")


def test_a_text_says_when_a_later_one_is_known_seen_or_not(client, drafts):
    old, _new = drafts
    want(old.law, "unseen", date="2021", title="The draft of 2021")
    want(old.law, "part", title="Articles 5 to 9")
    want(old.law, "same-year", date="2020-05", title="A draft of some month of 2020")
    assert client.get("/laws/draft/old.json").json()["later"] == [
        "/laws/draft/new/", "/wanted/#same-year", "/wanted/#unseen",
    ]  # fmt: skip
    assert client.get("/laws/draft/new.json").json()["later"] == ["/wanted/#unseen"]
    for address in ("/laws/draft/old/", "/laws/draft/old/chp_1__art_1/"):
        notice = page(client, address).partition("A later text of this law is publicly known:")[2].partition("</p>")[0]
        assert "new</a>" in notice and re.search(r"#wanted\"\s*>\s*2 not seen here", notice)
    assert 'href="/laws/draft/#wanted"' in page(client, "/laws/draft/new/")
    assert "Articles 5 to 9" in page(client, "/laws/draft/")
    assert "A later text is publicly known: draft new" in page(client, "/laws/draft/old.txt")


def test_a_private_or_unconfirmed_text_is_no_later_one(client, cast, store, drafts, alice):
    private = store(NEW_DRAFT + "\nOf our own.\n", "secret", date="2022", published=False)
    public = store(NEW_DRAFT + "\nOf theirs.\n", "brought", date="2023")
    for text in (private, public):
        Origin.objects.create(version=text, organisation=cast.centre)
    assert alice.get("/laws/draft/new.json").json()["later"] == []
    assert "later text" not in page(alice, "/laws/draft/new/")


def test_what_an_organisation_keeps_of_a_wanted_law_stays_its_own(client, cast, store, eve, unseen):
    text = store(OLD_DRAFT, "secret", law="lanterns", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    assert "secret" in page(eve, "/laws/lanterns/") and not may_edit(cast.eve, unseen), "others read what it is called"
    client.logout()
    assert "secret" not in page(client, "/laws/lanterns/")
    assert "Nobody here has seen" in page(client, "/laws/lanterns/secret/", 404)


def test_who_brings_the_only_text_of_a_wanted_law_proposes_what_is_said_of_it(cast, store, eve, unseen):
    text = store(OLD_DRAFT, "brought", law="lanterns")
    Origin.objects.create(version=text, organisation=cast.centre)
    names = ["title", "title_km", "slug", "jurisdiction", "organisation", "kind", "date", "description"]
    fields = {name: str(getattr(unseen, name)) for name in names} | {
        "title": "zz",
        "reason": "",
        "seen": seen_of(unseen),
    }
    assert eve.post("/workspace/laws/lanterns/", fields).status_code == 302
    unseen.refresh_from_db()
    assert unseen.title == "Sub-decree on lanterns"
    decide(cast.sara, LawChange.objects.get())
    unseen.refresh_from_db()
    assert unseen.title == "zz"
    assert (may_withdraw(cast.eve, text), may_withdraw(cast.eve, unseen)) == (True, False), "the law is the site's"


def test_a_wanted_law_stays_where_the_only_text_that_somebody_kept_of_it_is_discarded(client, cast, store, unseen):
    text = store(OLD_DRAFT, "secret", law="lanterns", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    draft = ImportDraft.objects.create(organisation=cast.centre, name="x", original="page", version=text)
    discard(cast.eve, draft)
    assert not Version.objects.filter(slug="secret").exists() and "lanterns" in page(client, "/laws/lanterns/")


def test_a_law_that_was_withdrawn_is_wanted_no_more(client, unseen):
    Withdrawal.objects.create(law=unseen, reason="By mistake.")
    page(client, "/laws/lanterns/", 404)
    assert "lanterns" not in page(client, "/wanted/") and client.get("/api/v1/laws").json()["total"] == 0


@pytest.mark.parametrize("channel", ["", "https://hand-in.example.org/"])
def test_the_page_names_the_channel_of_who_runs_the_site_and_takes_no_file(client, settings, unseen, channel):
    settings.HAND_IN_CHANNEL = channel
    wanted = page(client, "/wanted/")
    assert ('href="https://hand-in.example.org/"' in wanted) == bool(channel)
    assert ("has named no channel" in wanted) == (not channel)
    assert 'type="file"' not in wanted and 'method="post"' not in wanted


def test_what_an_organisation_tells_of_a_law_without_text_waits_for_staff_and_counts(client, cast, unseen, settings):
    settings.PROPOSALS_WAITING_MAX = 2
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    client.force_login(otto)
    for title in ("One", "Two", "Three"):
        client.post("/laws/lanterns/events/add/", TRAINING | {"title": title})
    assert (
        {proposal.heading for proposal in listed(cast.sara)}
        == {"One", "Two"}
        == set(Event.objects.values_list("title", flat=True))
    )
    decide(cast.sara, Event.objects.get(title="One"), "refuse")
    client.logout()
    shown = page(client, "/laws/lanterns/")
    assert ">Two<" in shown and ">One<" not in shown
