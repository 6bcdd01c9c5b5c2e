"""Filters of the workspace's lists: in the address, kept for the person, cleared by one press; GET keeps nothing."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from lawcompare.accounts.models import KeptFilter
from lawcompare.annotations.models import Annotation, Carrying
from tests.conftest import OLD_DRAFT
from tests.world import made_once

pytestmark = pytest.mark.django_db
WORKSPACE = "/workspace/"


@pytest.fixture
@made_once
def notes(cast, drafts, store):
    """Three of Alice's: a draft and one handed in on a law, and a grave one handed in on another."""
    other = store(OLD_DRAFT, law="other")
    rows = [("first", drafts[0], 2, "draft"), ("second", drafts[0], 2, "submitted"), ("third", other, 4, "submitted")]
    for slug, version, risk, status in rows:
        Annotation.objects.create(
            slug=slug, body=f"The {slug} note.", body_html=f"The {slug} note.", risk=risk, status=status,
            version=version, clause=version.clauses.get(num="Article 1"), organisation=cast.centre, creator=cast.alice,
        )  # fmt: skip


def shown(client, path: str = WORKSPACE, part: str = "mine") -> set[str]:
    html = client.get(path).content.decode()
    section = re.split(r'<section class="section" id="', html)
    (own,) = [one for one in section if one.startswith(f'{part}"')]
    return set(re.findall(r"/annotations/(first|second|third)/", own))


def choose(client, place: str, **values: str):
    return client.post(reverse("list_filter", args=[place]), values)


def test_a_filter_stands_in_the_address_and_stays_until_it_is_cleared(client, cast, notes):
    client.force_login(cast.alice)
    assert shown(client) == {"first", "second", "third"}
    answer = choose(client, "mine", status="submitted", law="", risk="critical")
    assert answer.headers["Location"] == f"{WORKSPACE}?status=submitted&risk=critical#mine"
    assert shown(client, answer.headers["Location"]) == {"third"}
    page = client.get(WORKSPACE).content.decode()
    assert shown(client) == {"third"} and "2 annotations are hidden by this filter." in page
    assert "You chose it on an earlier visit." in page and "Clear the filter" in page
    client.logout()
    client.force_login(cast.alice)
    assert shown(client) == {"third"}, "on another day"
    assert choose(client, "mine", clear="yes", status="submitted").headers["Location"] == f"{WORKSPACE}#mine"
    assert shown(client) == {"first", "second", "third"} and not KeptFilter.objects.exists()


def test_an_address_is_shown_as_it_asks_and_keeps_nothing(client, cast, notes):
    client.force_login(cast.alice)
    choose(client, "mine", law="other")
    assert shown(client, f"{WORKSPACE}?law=draft") == {"first", "second"}
    assert shown(client, f"{WORKSPACE}?law=") == {"first", "second", "third"}
    assert shown(client) == {"third"}


def test_what_waits_has_a_filter_of_its_own(client, cast, notes):
    client.force_login(cast.rita)
    assert shown(client, part="waiting") == {"second", "third"}
    answer = choose(client, "waiting", waiting_law="draft", status="draft")
    assert answer.headers["Location"] == f"{WORKSPACE}?waiting_law=draft#waiting"
    assert shown(client, part="waiting") == {"second"}
    choose(client, "waiting", waiting_risk="low")
    page = client.get(WORKSPACE).content.decode()
    assert "2 annotations are hidden by this filter." in page and "Clear the filter" in page


def test_one_person_s_filter_is_nobody_else_s(client, cast, notes):
    client.force_login(cast.rita)
    choose(client, "waiting", waiting_law="draft")
    client.force_login(cast.eve)
    assert shown(client, part="waiting") == {"second", "third"}


def test_the_queue_of_a_later_text_keeps_its_filter(client, cast, notes, drafts):
    Annotation.objects.filter(slug="first").update(status="published", published_at="2021-01-01T00:00:00Z")
    number = Carrying.objects.get_or_create(old=drafts[0], new=drafts[1], defaults={"state": "done"})[0].pk
    address = reverse("carrying", args=[number])
    client.force_login(cast.alice)
    answer = choose(client, "carrying", show="lost", number=str(number))
    assert answer.headers["Location"] == f"{address}?show=lost#rows"
    assert "hidden by this filter" in client.get(address).content.decode()
    choose(client, "carrying", clear="yes", number=str(number))
    assert "hidden by this filter" not in client.get(address).content.decode()


@pytest.mark.parametrize(("place", "data"), [("nonsense", {}), ("carrying", {}), ("carrying", {"number": "x"})])
def test_a_list_that_is_none_keeps_nothing(client, cast, notes, place, data):
    client.force_login(cast.alice)
    assert choose(client, place, show="lost", **data).status_code == 404
    assert not KeptFilter.objects.exists()


@pytest.mark.parametrize("data", [{"status": "x" * 300}, {"law": "%00'\"<b>", "risk": "worst"}])
def test_odd_values_break_nothing(client, cast, notes, data):
    client.force_login(cast.alice)
    assert choose(client, "mine", **data).status_code == 302
    assert client.get(WORKSPACE).status_code == 200
