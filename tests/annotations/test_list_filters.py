"""Filters of the workspace's lists, which stand in the address."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from lawcompare.annotations.models import Annotation
from lawcompare.publishing.models import Carried, Carrying
from tests.conftest import OLD_DRAFT
from tests.core.making import made
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


def test_a_filter_stands_in_the_address_and_says_how_many_it_hides(notes, alice):
    assert shown(alice) == {"first", "second", "third"}
    assert shown(alice, f"{WORKSPACE}?status=submitted&law=&risk=critical") == {"third"}
    page = alice.get(f"{WORKSPACE}?status=submitted&risk=critical").content.decode()
    assert "2 annotations are hidden by this filter." in page and "Clear the filter" in page
    assert shown(alice, f"{WORKSPACE}?law=draft") == {"first", "second"}
    assert shown(alice, f"{WORKSPACE}?law=") == shown(alice) == {"first", "second", "third"}


def test_what_waits_has_a_filter_of_its_own_and_each_form_keeps_the_other(notes, rita):
    assert shown(rita, part="waiting") == {"second", "third"}
    assert shown(rita, f"{WORKSPACE}?waiting_law=draft&status=draft", "waiting") == {"second"}
    page = rita.get(f"{WORKSPACE}?waiting_risk=low&law=draft").content.decode()
    assert "2 annotations are hidden by this filter." in page
    assert re.search(r'type="hidden"\s+name="law"\s+value="draft"', page)
    assert re.search(r'type="hidden"\s+name="waiting_risk"\s+value="low"', page)
    assert 'href="/workspace/?law=draft#waiting"' in page and 'href="/workspace/?waiting_risk=low#mine"' in page


def test_after_a_decision_the_lists_are_narrowed_as_before(notes, rita):
    page = rita.get(f"{WORKSPACE}?waiting_law=draft").content.decode()
    address = f"{reverse('annotations_decide')}?waiting_law=draft"
    assert f'action="{address}"' in page
    revision = Annotation.objects.get(slug="second").revision
    answer = rita.post(address, {"note": f"second:{revision}", "reason": "Say more.", "return": "1"})
    assert answer.headers["Location"] == f"{WORKSPACE}?waiting_law=draft#waiting"


def test_the_queue_of_a_later_text_has_its_filter_in_the_address(notes, drafts, rita):
    Annotation.objects.filter(slug="first").update(status="published", published_at="2021-01-01T00:00:00Z")
    carrying = made(Carrying, old=drafts[0], new=drafts[1], state="done")
    row = Carried.objects.create(
        carrying=carrying, annotation=Annotation.objects.get(slug="first"), verdict="lost", decided_by=None
    )
    address = reverse("carrying", args=[carrying.pk])
    page = rita.get(f"{address}?show=lost").content.decode()
    decide = f"{reverse('carried_decide', args=[row.pk])}?show=lost"
    assert "hidden by this filter" in page and f'action="{decide}"' in page
    assert "hidden by this filter" not in rita.get(address).content.decode()
    assert rita.post(decide, {"do": "gone"}).headers["Location"] == f"{address}?show=lost"


@pytest.mark.parametrize("query", ["status=" + "x" * 300, "law=%2500'\"<b>&risk=worst"])
def test_odd_values_break_nothing(notes, query, alice):
    assert alice.get(f"{WORKSPACE}?{query}").status_code == 200
