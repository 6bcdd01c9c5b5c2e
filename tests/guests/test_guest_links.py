"""A private text or comparison is read by the holder of a link, and by nobody else; then it is closed again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.models import digest_of
from lawcompare.audit.models import Entry
from lawcompare.comparisons.services import request_comparison
from lawcompare.guests import views
from lawcompare.guests.access import SALT
from lawcompare.guests.models import GuestLink, GuestOpening
from lawcompare.laws.models import Origin, Version, Withdrawal
from lawcompare.laws.services import mark_published
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db

HERE = {"sec-fetch-site": "same-origin"}
SECRET = "planted wording"
WAYS = "/workspace/guests/draft/hidden/", "/workspace/guests/draft/old/with/draft/hidden/"


@pytest.fixture
def texts(cast, store, django_capture_on_commit_callbacks):
    """A public text, and a private one of the Centre, compared."""
    with django_capture_on_commit_callbacks(execute=True):
        old = store(OLD_DRAFT, "old", date="2019")
        hidden = store(NEW_DRAFT.replace("traffic data", SECRET), "hidden", date="2021", published=False)
        Origin.objects.create(version=hidden, organisation=cast.centre)
        request_comparison(old, hidden)
    return old, hidden


def give(client: Client, cast, path: str = WAYS[0], **changes: str) -> str:
    client.force_login(cast.eve)
    page = client.post(path, {"name": "Planted guest", "days": "7"} | changes).content.decode()
    found = re.search(r"http://testserver(/guest/[^<\s]+/)", page)
    return found[1] if found else page


def words(answer) -> str:
    return answer.content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("path", WAYS)
def test_an_outsider_reads_it_and_it_is_closed_again(client, cast, texts, path):
    link = give(client, cast, path)
    guest = Client()
    first = guest.get(link)
    assert first.status_code == 200 and SECRET not in words(first) and "draft" not in words(first)
    assert "Centre" not in words(first) and not GuestOpening.objects.exists(), "a preview sees and logs nothing"
    opened = guest.post(link, headers=HERE)
    assert SECRET in words(opened) and "Private to The Centre" in words(opened)
    for answer in (first, opened):
        assert "noindex" in answer["X-Robots-Tag"] and "no-store" in answer["Cache-Control"]
        assert '<meta name="robots" content="noindex' in words(answer)
    assert not guest.cookies and GuestOpening.objects.count() == 1
    assert Entry.objects.filter(action="open guest link", subject=f"guest-link/{GuestLink.objects.get().pk}").exists()
    # Nothing on the page leads to where the guest may not go.
    assert "/laws/draft/hidden" not in words(opened) and "/compare/" not in words(opened).replace(
        'href="/compare/"', ""
    )
    assert Client().get("/laws/draft/hidden/").status_code == 404
    listed = words(client.get(reverse("guest_links")))
    assert "Planted guest" in listed and "opened 1 time" in listed
    client.post(reverse("guest_link_end", args=[GuestLink.objects.get().pk]))
    for answer in (guest.get(link), guest.post(link, headers=HERE)):
        assert answer.status_code == 410 and "has closed it" in words(answer) and SECRET not in words(answer)
    assert GuestOpening.objects.count() == 1


def test_a_copy_of_the_database_opens_nothing_and_names_no_guest(client, cast, texts):
    link = give(client, cast)
    stored = GuestLink.objects.get()
    token = link.split("/")[2]
    assert stored.token_digest == digest_of(token) and token not in str(vars(stored))
    assert "Planted" not in stored.sealed_name
    assert not Entry.objects.filter(details__icontains="planted").exists()


def test_after_its_days_it_opens_nothing(client, cast, texts):
    link = give(client, cast)
    GuestLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post(link, headers=HERE)
    assert answer.status_code == 410 and "has run out" in words(answer)


def test_a_forged_signature_is_told_so_without_a_look_into_the_database(client, cast, texts, django_assert_num_queries):
    link = give(client, cast)
    forged = signing.Signer(key="another key", salt=SALT).sign(link.split("/")[2].split(":")[0])
    for wrong in (link[:-3] + "xx/", f"/guest/{forged}/", "/guest/nonsense/"):
        answer = Client().post(wrong, headers=HERE)
        assert answer.status_code == 404 and "not one of ours" in words(answer)
        assert "noindex" in answer["X-Robots-Tag"]
    rightly_signed = signing.Signer(salt=SALT).sign("never given")
    assert Client().get(f"/guest/{rightly_signed}/").status_code == 410


@pytest.mark.parametrize("path", WAYS)
def test_what_was_published_meanwhile_leads_to_its_public_page(client, cast, texts, path):
    link = give(client, cast, path)
    mark_published(Version.objects.get(slug="hidden"))
    answer = Client().post(link, headers=HERE)
    assert "has been published in the meantime" in words(answer) and SECRET not in words(answer)
    target = re.search(r'class="button primary" href="([^"]+)"', words(answer))[1]
    assert Client().get(target).status_code == 200 and not GuestOpening.objects.exists()


def test_what_was_withdrawn_or_discarded_is_shown_no_more(client, cast, texts):
    old, hidden = texts
    link = give(client, cast, WAYS[1])
    Withdrawal.objects.create(version=old, organisation=cast.centre, reason="Asked by its source.")
    answer = Client().post(link, headers=HERE)
    assert answer.status_code == 410 and "no longer here" in words(answer) and SECRET not in words(answer)
    mark_published(hidden)
    Withdrawal.objects.create(version=hidden, organisation=cast.centre, reason="Asked by its source.")
    assert SECRET not in words(Client().post(link, headers=HERE))


def test_a_form_of_another_site_opens_nothing(client, cast, texts):
    link = give(client, cast)
    answer = Client().post(link, headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
    assert answer.status_code == 403 and not GuestOpening.objects.exists()


def test_a_link_is_opened_so_often_in_an_hour_and_its_openings_fill_no_log(client, cast, texts, monkeypatch):
    cache.clear()
    monkeypatch.setattr(views, "OPENINGS_PER_HOUR", 2)
    link, other = give(client, cast), give(client, cast)
    assert [Client().post(link, headers=HERE).status_code for _time in range(4)] == [200, 200, 429, 429]
    assert GuestOpening.objects.count() == 2
    assert Client().post(other, headers=HERE).status_code == 200


@pytest.mark.parametrize("who", ["alice", "rita", "charlie", "bob", "sara"])
def test_only_an_editor_of_the_organisation_gives_links(client, cast, texts, who):
    client.force_login(getattr(cast, who))
    for path in WAYS:
        assert client.post(path, {"name": "x", "days": "7"}).status_code in {403, 404}
    assert client.get(reverse("guest_links")).status_code == 403 and not GuestLink.objects.exists()


def test_a_public_text_needs_no_link(client, cast, texts):
    client.force_login(cast.eve)
    assert client.get("/workspace/guests/draft/old/").status_code == 404


@pytest.mark.parametrize("changes", [{"name": " "}, {"days": "365"}, {"days": ""}])
def test_a_form_that_lacks_something_gives_nothing(client, cast, texts, changes):
    client.force_login(cast.eve)
    answer = client.post(WAYS[0], {"name": "Guest", "days": "7"} | changes)
    assert answer.status_code == 400 and not GuestLink.objects.exists()


def test_another_organisation_closes_nothing(client, cast, texts):
    give(client, cast)
    cast.charlie.memberships.update(role="editor")
    client.force_login(cast.charlie)
    client.post(reverse("guest_link_end", args=[GuestLink.objects.get().pk]))
    assert GuestLink.objects.get().ended_at is None
    assert "Planted guest" not in words(client.get(reverse("guest_links")))


def test_a_long_text_is_read_page_by_page_and_each_is_logged(client, cast, texts, settings):
    settings.CLAUSES_PER_PAGE = 3
    link = give(client, cast)
    first = Client().post(link, headers=HERE)
    assert 'name="page" value="2"' in words(first)
    second = Client().post(link, {"page": "2"}, headers=HERE)
    assert 'name="page" value="1"' in words(second)
    assert list(GuestOpening.objects.values_list("page", flat=True)) == [1, 2]
    assert Client().post(link, {"page": "9" * 40}, headers=HERE).status_code == 200


def test_what_is_private_says_so_wherever_it_shows(client, cast, texts):
    client.force_login(cast.alice)
    for page in (
        "/laws/draft/",
        "/laws/draft/hidden/",
        "/laws/draft/hidden/chp_1__art_1/",
        "/compare/draft/old/with/draft/hidden/",
    ):
        assert "private to The Centre" in words(client.get(page)), page
    assert "private to" not in words(Client().get("/laws/draft/old/"))
