"""A text removed from public view: gone from every list, its address kept with the reason, and brought back."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from lawcompare.accounts.models import Confirmation, Membership
from lawcompare.core.models import Entry
from lawcompare.core.numbers import seal
from lawcompare.laws import proposals
from lawcompare.laws.editing.services import may_edit
from lawcompare.laws.models import Event, Origin, Version, Withdrawal, check_date
from lawcompare.laws.timeline.services import save_event
from lawcompare.laws.withdrawal.services import may_withdraw, restore, withdraw
from lawcompare.publishing.carrying_forward.services import line_of_texts
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import decide
from tests.world import made_once

pytestmark = pytest.mark.django_db

REASON = "The Centre was asked by its source to take it down."


@pytest.fixture
@made_once
def drafts(drafts, cast):
    """Two public drafts that the Centre brought."""
    for version in drafts:
        Origin.objects.create(version=version, organisation=cast.centre)
    return drafts


@pytest.fixture
def withdrawn(drafts, cast):
    return withdraw(cast.eve, drafts[1], REASON)


def test_its_address_says_that_it_is_gone_and_why(client, withdrawn, subtests):
    for address in ["/laws/draft/new/", "/laws/draft/new/chp_1__art_3/", "/laws/draft/new/?page=2"]:
        with subtests.test(address=address):
            response = client.get(address)
            assert response.status_code == 410
            html = response.content.decode()
            assert REASON in html and "The Centre" in html
            assert "eve@" not in html
            assert "keep traffic data" not in html


def test_it_is_in_no_list_and_programs_and_comparisons_say_that_it_is_gone(client, withdrawn):
    for address in ("/", "/laws/", "/laws/draft/", "/compare/", "/laws/draft/old/", "/topics/"):
        assert "/laws/draft/new/" not in client.get(address).content.decode(), address
    response = client.get("/laws/draft/new.json")
    assert response.status_code == 410
    assert (response.json()["by"], response.json()["reason"]) == ("The Centre", REASON)
    assert "The Centre" in client.get("/api/v1/laws/draft/new").json()["detail"]
    for address in ("/compare/draft/old/with/draft/new/", "/compare/draft/old/with/draft/new.json"):
        assert client.get(address).status_code == 410


def test_what_never_was_is_still_not_found(client, drafts, cast):
    withdraw(cast.eve, drafts[0].law, REASON)
    assert client.get("/laws/draft/never/").status_code == 404
    gone = client.get("/laws/draft/old/")
    assert gone.status_code == 410 and "with all its texts" in gone.content.decode()
    assert client.get("/laws/draft/").status_code == 410


def test_an_editor_withdraws_and_restores_by_forms(drafts, eve):
    for reason, sentence in ((" ", "Say why"), ("x " * 2_501, "at most 5000 characters")):
        refused = eve.post("/workspace/withdraw/draft/new/", {"reason": reason})
        page = refused.content.decode()
        assert refused.status_code == 400 and sentence in page and f">{reason.strip()}</textarea>" in page
    assert not Withdrawal.objects.exists()
    assert eve.post("/workspace/withdraw/draft/new/", {"reason": REASON}).status_code == 302
    page = eve.get("/laws/draft/new/")
    assert page.status_code == 410 and "Make it public again" in page.content.decode()
    eve.post(f"/workspace/restore/{seal(Withdrawal.objects.get().pk, 'withdrawal')}/")
    assert eve.get("/laws/draft/new/").status_code == 200
    assert Withdrawal.objects.count() == 1, "the record stays"
    assert list(Entry.objects.order_by("number").values_list("action", flat=True))[-2:] == ["withdraw", "restore"]


def test_it_can_be_withdrawn_again(cast, drafts):
    first = withdraw(cast.eve, drafts[1], REASON)
    assert withdraw(cast.eve, drafts[1], "Again.") == first
    restore(cast.eve, first)
    assert withdraw(cast.eve, drafts[1], "Again.") != first


def test_a_text_of_another_organisation_is_theirs_to_withdraw(cast, drafts):
    Origin.objects.filter(version=drafts[1]).update(organisation=cast.others)
    for target in (drafts[1], drafts[1].law):
        with pytest.raises(PermissionDenied):
            withdraw(cast.eve, target, REASON)


def test_a_private_text_is_seen_by_its_organisation_alone(client, store, cast):
    version = store(OLD_DRAFT, "secret", law="hidden", published=False)
    Origin.objects.create(version=version, organisation=cast.centre)
    for person, status in [(None, 404), (cast.charlie, 404), (cast.bob, 404), (cast.sara, 404), (cast.alice, 200)]:
        if person:
            client.force_login(person)
        assert client.get("/laws/hidden/secret/").status_code == status, person


def test_it_is_found_by_no_search_no_feed_and_no_program(client, drafts, cast, django_capture_on_commit_callbacks):
    addresses = ("/search/?q=retention", "/laws/draft/feed.atom", "/api/v1/laws/", "/laws/draft/concerns/")
    addresses = tuple(address for address in addresses if client.get(address).status_code == 200)
    assert len(addresses) > 1
    assert "/laws/draft/new/" in client.get("/search/?q=retention").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(cast.eve, drafts[1], REASON)
    for address in addresses:
        assert "draft/new" not in client.get(address).content.decode(), address
    assert client.get("/api/v1/laws/draft/versions/new/").status_code in (404, 410)


def test_what_came_with_the_site_is_withdrawn_and_restored_by_its_staff_alone(client, drafts, cast):
    Origin.objects.all().delete()
    client.force_login(cast.eve)
    assert "/workspace/withdraw/" not in client.get("/laws/draft/new/").content.decode()
    assert client.post("/workspace/withdraw/draft/new/", {"reason": REASON}).status_code == 403
    client.force_login(cast.sara)
    assert "/workspace/withdraw/draft/new/" in client.get("/laws/draft/new/").content.decode()
    client.post("/workspace/withdraw/draft/new/", {"reason": REASON})
    withdrawal = Withdrawal.objects.get()
    assert "The staff of this site" in client.get("/laws/draft/new/").content.decode()
    Origin.objects.create(version=drafts[1], organisation=cast.centre)
    with pytest.raises(PermissionDenied):
        restore(cast.eve, withdrawal)  # staff took it down
    restore(cast.sara, withdrawal)
    assert client.get("/laws/draft/new/").status_code == 200


def test_what_another_organisation_keeps_private_in_a_law_takes_no_right_away(drafts, cast, store):
    kept = store(OLD_DRAFT, "kept", published=False)
    Origin.objects.create(version=kept, organisation=cast.others)
    withdraw(cast.eve, drafts[0].law, REASON)


def test_a_text_that_staff_refused_takes_no_law_from_who_brought_it(store, cast):
    """Whoever proposed a text of another's law kept them from its title, and from withdrawing it, for good."""
    for organisation, version in ((cast.centre, "first"), (cast.others, "theirs")):
        text = store(OLD_DRAFT if version == "first" else NEW_DRAFT, version, law="ours")
        Origin.objects.create(version=text, organisation=organisation)
    law, theirs = text.law, text.origin

    def rights(user) -> list[bool]:
        return [may_edit(user, law), may_withdraw(user, law)]

    assert rights(cast.eve) == [False, False], "others' text waits"
    theirs.confirmation = Confirmation.REFUSED
    theirs.save()
    assert rights(cast.eve) == [True, True] and may_withdraw(cast.eve, text) is False
    Origin.objects.exclude(pk=theirs.pk).update(confirmation=Confirmation.REFUSED)
    Origin.objects.filter(pk=theirs.pk).update(confirmation=Confirmation.CONFIRMED)
    assert rights(cast.eve) == [False, False] and not may_withdraw(cast.eve, text)
    Membership.objects.filter(user=cast.eve).update(organisation=cast.others)
    assert rights(cast.eve) == [False, False], "nor the law from who brought the first"


def test_a_text_that_never_was_public_is_not_withdrawn_and_none_tells_that_it_is_there(client, store, cast):
    secret = store(OLD_DRAFT, "secret", law="hidden", published=False)
    Origin.objects.create(version=secret, organisation=cast.centre)
    for target in (secret, secret.law):
        with pytest.raises(PermissionDenied):
            withdraw(cast.eve, target, REASON)
    Withdrawal.objects.create(version=secret, organisation=cast.centre, reason=REASON)  # which no service does
    for address in ("/laws/hidden/", "/laws/hidden/secret/", "/laws/hidden/versions/", "/feeds/laws/hidden.atom"):
        answer = client.get(address)
        assert answer.status_code == 404 and REASON not in answer.content.decode()


def test_who_did_not_bring_a_text_only_proposes_to_correct_it(client, drafts, cast, store):
    later = store(OLD_DRAFT.replace("thirty", "sixty"), "later", date="2021")
    Version.objects.filter(pk=later.pk).update(corrects=drafts[1])
    origin = Origin.objects.create(version=later, organisation=cast.others)
    html = client.get("/laws/draft/new/").content.decode()
    assert "The Others proposes a correction" in html and "This text was corrected" not in html
    assert "Proposes to correct" in client.get("/laws/draft/later/").content.decode()
    assert later not in line_of_texts(drafts[1])
    decide(cast.sara, origin, "refuse")
    assert "a correction" not in client.get("/laws/draft/new/").content.decode()
    Origin.objects.filter(pk=origin.pk).update(organisation=cast.centre)
    html = client.get("/laws/draft/new/").content.decode()
    assert "This text was corrected" in html and "proposes" not in html


def test_no_organisation_makes_its_own_text_the_latest_draft(client, drafts, cast, store):
    Origin.objects.all().delete()
    later = store(OLD_DRAFT.replace("thirty", "sixty"), "later", date="2021")
    Origin.objects.create(version=later, organisation=cast.others)
    html = client.get("/").content.decode()
    latest = html.partition('class="section latest"')[2][:300]
    assert "draft new" in latest and "The Others brought in a newer draft" in html
    client.force_login(cast.sara)
    decide(cast.sara, later.origin)
    html = client.get("/").content.decode()
    assert "draft later" in html.partition('class="section latest"')[2][:300] and "brought in a newer" not in html
    assert Entry.objects.first().action == "confirm"


@pytest.mark.parametrize("date", ["2099-12-31", "2099", "2027-01"])
def test_a_date_in_the_future_is_refused(date):
    with pytest.raises(ValidationError, match="future"):
        check_date(date)


def test_today_is_no_future_whatever_the_time_zone():
    tomorrow = timezone.now() + timedelta(days=1)
    for form in ("%Y", "%Y-%m", "%Y-%m-%d"):
        check_date(f"{tomorrow:{form}}")


def test_what_an_organisation_restores_has_room_among_what_waits_for_staff(cast, store, eve, settings, monkeypatch):
    """It published as much as may wait, withdrew it, published as much again, and at last restored it all."""
    settings.PROPOSALS_WAITING_MAX = 2
    source = [{"url": "https://example.org/", "name": ""}]
    talk = {"law": store("## Article 1. A\n\nB.\n", "x", law="theirs").law, "date": "2015", "kind": "drafting"}
    for number in range(4):
        text = store("## Article 1. Access\n\nWhoever.\n", "text", law=f"law-{number}")
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="proposed")
        withdraw(cast.eve, text, REASON)
    first, *others = Withdrawal.objects.standing().order_by("pk")
    restore(cast.eve, first)
    save_event(cast.eve, Event(title="A talk", sources=source, **talk), [])
    for other in others:
        page = eve.post(f"/workspace/restore/{seal(other.pk, 'withdrawal')}/", follow=True)
        assert "2 proposals of your organisation wait" in page.content.decode()
    assert Version.objects.published().filter(origin__organisation=cast.centre).count() == 1
    settings.PROPOSALS_WAITING_MAX = 100
    for limit in ("CLAUSES_WAITING_MAX", "LETTERS_WAITING_MAX"):
        with monkeypatch.context() as patched, pytest.raises(ValidationError, match="wait for staff"):
            patched.setattr(proposals, limit, 1)
            restore(cast.eve, others[0])
    restore(cast.sara, others[0])
    restore(cast.eve, others[1])
    of_law = withdraw(cast.eve, first.target.law, REASON)
    monkeypatch.setattr(proposals, "CLAUSES_WAITING_MAX", 2)
    with pytest.raises(ValidationError, match="wait for staff"):  # what waits behind a law counts once it is back
        restore(cast.eve, of_law)
    Origin.objects.filter(version__law=of_law.law).update(confirmation="confirmed")
    restore(cast.eve, of_law)  # waits for nobody
