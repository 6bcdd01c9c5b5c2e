"""An organisation's own pages: who belongs to it, inviting, changing roles, removing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import Invitation, Membership, Organisation, Role, User
from lawcompare.accounts.services import add_member, remove_member, withdraw_invitation
from lawcompare.accounts.views import AddressForm
from lawcompare.core.models import Entry
from lawcompare.site.views import activity_log
from tests import second_factor
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ADDRESS = "new.person@partner.example"


@pytest.fixture
def adam(client, cast):
    client.force_login(cast.adam)
    return cast.adam


def invite(client, email=ADDRESS, role="reviewer"):
    return client.post(reverse("organisation_invite"), {"email": email, "role": role})


def link_in(mailoutbox) -> str:
    return re.search(r"http://testserver(\S+)", mailoutbox[-1].body).group(1)


def join(client, link, password=PASSWORD):
    return client.post(link, {"password": password, "again": password})


def test_an_invited_person_joins_with_the_role_and_is_led_to_a_second_factor(client, adam, cast, mailoutbox):
    assert invite(client).status_code == 302
    assert mailoutbox[0].to == [ADDRESS] and "The Centre" in mailoutbox[0].subject
    client.logout()
    link = link_in(mailoutbox)
    page = client.get(link).content.decode()
    assert "The Centre" in page and "n…@p….example" in page and ADDRESS not in page
    assert join(client, link)["Location"] == "/accounts/second-factor/"
    person = User.objects.get(email=ADDRESS)
    assert person.memberships.get().role == "reviewer" and person.memberships.get().organisation == cast.centre
    assert client.get("/workspace/").status_code == 200
    assert list(Entry.objects.order_by("number").values_list("action", flat=True)) == ["invite", "accept invitation"]
    assert ADDRESS not in "".join(f"{entry.subject}{entry.details}" for entry in Entry.objects.all())


@pytest.mark.both_databases
def test_a_link_works_once(client, adam, mailoutbox):
    invite(client)
    client.logout()
    link = link_in(mailoutbox)
    join(client, link)
    client.logout()
    assert client.get(link).status_code == 404
    assert join(client, link, "another long enough one").status_code == 404
    assert User.objects.get(email=ADDRESS).check_password(PASSWORD)


@pytest.mark.parametrize("how", ["expired", "withdrawn", "replaced", "cut short"])
def test_a_link_that_is_over_opens_nothing(client, adam, mailoutbox, how):
    invite(client)
    link = link_in(mailoutbox)
    if how == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "withdrawn":
        client.post(reverse("invitation_withdraw", args=[Invitation.objects.get().pk]))
    elif how == "replaced":
        invite(client)
        assert Invitation.objects.open().count() == 1
    else:
        link = link[:-3] + "/"
    client.logout()
    assert client.get(link).status_code == 404
    assert join(client, link).status_code == 404
    assert not User.objects.filter(email=ADDRESS).exists()


def test_the_token_is_not_stored(client, adam, mailoutbox):
    invite(client)
    token = link_in(mailoutbox).rstrip("/").rpartition("/")[2]
    assert len(token) > 40 and token not in str(list(Invitation.objects.values()))


def test_a_weak_password_is_refused_and_the_invitation_stays(client, adam, mailoutbox):
    invite(client)
    client.logout()
    link = link_in(mailoutbox)
    for one, other in (("short", "short"), ("new.person@partner", "new.person@partner"), (PASSWORD, PASSWORD + "x")):
        assert client.post(link, {"password": one, "again": other}).status_code == 400
    assert not User.objects.filter(email=ADDRESS).exists() and Invitation.objects.open().exists()


def test_who_has_an_account_accepts_signed_in_as_that_account_alone(client, adam, cast, mailoutbox):
    cast.bob.set_password(PASSWORD)
    cast.bob.save()
    invite(client, cast.bob.email, "member")
    link = link_in(mailoutbox)
    client.logout()
    page = client.get(link).content.decode()
    assert 'name="password"' not in page and "next=/invitation/" in page
    assert join(client, link, "taken over by somebody").status_code == 400
    client.force_login(cast.charlie)
    assert client.post(link).status_code == 400
    assert not cast.bob.memberships.exists() and not cast.charlie.memberships.filter(organisation=cast.centre).exists()
    client.force_login(cast.bob)
    assert client.post(link)["Location"] == "/workspace/"
    assert cast.bob.memberships.get().organisation == cast.centre
    assert User.objects.get(pk=cast.bob.pk).check_password(PASSWORD)


def test_who_accepts_two_invitations_at_once_is_asked_to_sign_in_for_the_second(client, adam, mailoutbox, monkeypatch):
    invite(client, ADDRESS)
    client.logout()

    def save(self, **options):
        raise IntegrityError  # as where the other one made the account meanwhile

    monkeypatch.setattr(User, "save", save)
    answer = join(client, link_in(mailoutbox))
    assert answer.status_code == 400 and "Sign in with the invited address" in answer.content.decode()


def test_a_deactivated_person_does_not_come_back_by_invitation(client, adam, cast, mailoutbox):
    cast.bob.is_active = False
    cast.bob.save()
    invite(client, cast.bob.email)
    client.logout()
    assert join(client, link_in(mailoutbox)).status_code == 400
    assert not cast.bob.memberships.exists()


def test_inviting_does_not_tell_who_has_an_account(client, adam, cast):
    cast.bob.set_password(PASSWORD)
    cast.bob.save()
    pages = []
    for email in (cast.bob.email, "bat@example.org"):
        page = client.post(reverse("organisation_invite"), {"email": email, "role": "member"}, follow=True)
        pages.append(re.sub(r"csrfmiddlewaretoken.*?>|/[\w-]{32}/", "", page.content.decode()).replace(email, "…"))
        client.post(reverse("invitation_withdraw", args=[Invitation.objects.open().get().pk]), follow=True)
    assert pages[0] == pages[1]


def test_an_address_that_looks_like_another_by_its_letters_is_refused(client, adam, mailoutbox):
    """A database takes ı for i where it compares small and capital letters: an account would be given away."""
    for typed in ("alice@example.orɡ", "alıce@example.org", "alice@exam\u200bple.org"):
        assert invite(client, typed).status_code == 400, typed
        assert AddressForm({"email": typed}).errors, typed


def test_a_member_is_not_invited_again(client, adam, cast, mailoutbox):
    page = invite(client, cast.alice.email.upper())
    assert page.status_code == 400 and "member already" in page.content.decode() and not mailoutbox


def test_where_the_letter_cannot_be_sent_nothing_is_kept_and_no_worker_waited_for_it(client, adam, monkeypatch):
    """While the mail server was asked, its organisation was held, for which a worker waits that looks for jobs."""
    invite(client)
    first, blocks = Invitation.objects.open().get(), len(connection.atomic_blocks)

    def refuse(*args, **kwargs):
        assert len(connection.atomic_blocks) == blocks, "nothing is held"
        raise ConnectionRefusedError

    monkeypatch.setattr("lawcompare.accounts.services.send_mail", refuse)
    page = invite(client)
    assert page.status_code == 400 and "could not be sent" in page.content.decode()
    assert Invitation.objects.open().get() == first, "the one that it was to replace stays open"
    assert [entry.action for entry in Entry.objects.order_by("pk")][-2:] == ["invite", "withdraw invitation"]


def test_of_a_letter_that_cannot_be_sent_what_was_done_meanwhile_stays_done(client, adam, monkeypatch):
    """An invitation that was withdrawn while its letter was sent opened those before it again."""
    invite(client)

    def withdraw_and_refuse(*args, **kwargs):
        withdraw_invitation(adam, Invitation.objects.open().get().pk)
        raise ConnectionRefusedError

    monkeypatch.setattr("lawcompare.accounts.services.send_mail", withdraw_and_refuse)
    assert invite(client).status_code == 400
    assert not Invitation.objects.open().exists() and Invitation.objects.count() == 1


def test_too_many_letters_are_refused(client, adam, monkeypatch, mailoutbox):
    monkeypatch.setattr("lawcompare.accounts.services.INVITATIONS_PER_DAY", 2)
    assert [invite(client, f"p{n}@example.org").status_code for n in range(3)] == [302, 302, 400]
    assert len(mailoutbox) == 2


def test_roles_change_members_leave_and_forms_that_do_not_fit_are_400(client, adam, cast):
    assert invite(client, "no address").status_code == 400
    assert invite(client, role="emperor").status_code == 400
    membership = Membership.objects.get(user__email="alice@example.org")
    assert client.post(reverse("member_role", args=[membership.pk]), {"role": "emperor"}).status_code == 400
    assert client.post(reverse("organisation_edit"), {"description": "x " * 1001}).status_code == 400
    assert not Invitation.objects.exists()
    alice = cast.alice.memberships.get()
    assert client.post(reverse("member_role", args=[alice.pk]), {"role": "editor"}).status_code == 302
    assert cast.alice.memberships.get().role == "editor"
    assert client.post(reverse("member_remove", args=[alice.pk])).status_code == 302
    assert not cast.alice.memberships.exists() and User.objects.filter(pk=cast.alice.pk).exists()


@pytest.mark.both_databases
def test_the_last_administrator_stays(client, adam, cast):
    own = adam.memberships.get()
    # One who is not active any more does not count.
    gone, _ = add_member("gone@example.org", cast.centre, Role.ADMINISTRATOR)
    gone.is_active = False
    gone.save()
    assert client.post(reverse("member_role", args=[own.pk]), {"role": "member"}).status_code == 400
    assert client.post(reverse("member_remove", args=[own.pk])).status_code == 400
    assert adam.memberships.get().role == "administrator"
    client.post(reverse("member_role", args=[cast.eve.memberships.get().pk]), {"role": "administrator"})
    assert client.post(reverse("member_remove", args=[own.pk])).status_code == 302
    assert not adam.memberships.exists()


def test_the_administrator_of_another_organisation_reaches_nobody_here(client, cast):
    other, _ = add_member("omar@example.org", cast.others, Role.ADMINISTRATOR)
    second_factor.give(other)
    client.force_login(other)
    invitation = Invitation.objects.create(
        organisation=cast.centre, email=ADDRESS, token_digest="x", invited_by=cast.adam
    )
    alice = cast.alice.memberships.get()
    assert client.post(reverse("invitation_withdraw", args=[invitation.pk])).status_code == 400
    assert client.post(reverse("member_role", args=[alice.pk]), {"role": "administrator"}).status_code == 400
    assert client.post(reverse("member_remove", args=[alice.pk])).status_code == 400
    assert Invitation.objects.open().exists() and cast.alice.memberships.get().role == "member"


def test_addresses_are_whole_for_administrators_alone(client, cast):
    client.force_login(cast.alice)
    page = client.get(reverse("organisation")).content.decode()
    assert cast.alice.email in page and "r…@e….org" in page
    assert not {cast.rita.email, cast.adam.email, cast.charlie.email} & set(re.findall(r"\w+@example.org", page))
    client.force_login(cast.adam)
    page = client.get(reverse("organisation")).content.decode()
    assert cast.rita.email in page and cast.charlie.email not in page


def test_description_and_two_person_rule(client, adam, cast):
    client.post(reverse("organisation_edit"), {"description": "<b>We</b> read laws.", "two_person_rule": "on"})
    cast.centre.refresh_from_db()
    assert cast.centre.two_person_rule and cast.centre.name == "The Centre"
    assert "&lt;b&gt;We" in client.get(reverse("organisation")).content.decode()
    assert client.post(reverse("organisation_edit"), {"name": "Other", "description": ""}).status_code == 302
    cast.centre.refresh_from_db()
    assert cast.centre.name == "The Centre" and not cast.centre.two_person_rule


def test_a_person_of_two_organisations_chooses(client, cast):
    add_member(cast.alice.email, cast.others, Role.MEMBER)
    client.force_login(cast.alice)
    assert "The Centre" in client.get("/organisation/").content.decode()
    client.post(reverse("act_for"), {"organisation": "others"})
    assert "The Others" in client.get("/organisation/").content.decode()
    client.logout()
    client.force_login(cast.alice)
    assert "The Centre" in client.get("/organisation/").content.decode(), "the choice ends with the session"


@pytest.mark.parametrize("how", ["removed", "chosen"])
def test_a_form_that_was_opened_for_one_organisation_is_not_sent_for_another(cast, how):
    """It went to the other one at once, with whatever was written for the first: for staff to the site itself."""
    in_both, _is_new = add_member(cast.alice.email, cast.others, Role.MEMBER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(in_both)
    assert client.get(reverse("profile")).status_code == 200
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "display_name": "zz"}
    assert client.post(reverse("profile"), form).status_code == 302, "as long as nothing changed"
    if how == "removed":
        remove_member(cast.adam, in_both.memberships.get(organisation=cast.centre).pk)
    else:
        assert client.post(reverse("act_for"), form | {"organisation": "others"}).status_code == 302
    refused = client.post(reverse("profile"), form | {"display_name": "Alice"})
    assert refused.status_code == 403 and "The form was not accepted" in refused.content.decode()
    assert client.get(reverse("profile")).status_code == 200
    form["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    assert client.post(reverse("profile"), form).status_code == 302


def test_who_was_removed_while_they_waited_removes_nobody(cast):
    """Two administrators who removed each other at one moment were both gone."""
    adam, (second, _is_new) = cast.adam, add_member("second@example.org", cast.centre, Role.ADMINISTRATOR)
    adam = User.objects.get(pk=adam.pk)
    assert membership_of(adam), "read before the other had the lock"
    second_factor.give(second)
    remove_member(second, adam.memberships.get().pk)
    with pytest.raises(PermissionDenied, match="Only administrators"):
        remove_member(adam, second.memberships.get().pk)
    assert second.memberships.exists()


def test_a_page_that_took_long_does_not_change_back_for_whom_one_acts(cast, monkeypatch):
    in_both, _is_new = add_member(cast.alice.email, cast.others, Role.MEMBER)
    client, other = Client(), Client()
    client.force_login(in_both)
    assert client.get(reverse("profile")).status_code == 200
    session = client.session
    session["seen_at"] -= 400  # so that the next page notes that it was used
    session.save()
    other.cookies = client.cookies
    require = activity_log.require_membership

    def meanwhile(user):
        other.post(reverse("act_for"), {"organisation": "others"})
        return require(user)

    monkeypatch.setattr(activity_log, "require_membership", meanwhile)
    assert client.get(reverse("log")).status_code == 200
    assert client.session["acting_for"] == cast.others.pk


def test_nor_has_it_the_forms_taken_again_that_were_opened_before(cast):
    """Its answer gives the browser the secret of forms again that was replaced while it was under way."""
    in_both, _is_new = add_member(cast.alice.email, cast.others, Role.MEMBER)
    client = Client(enforce_csrf_checks=True)
    client.force_login(in_both)
    assert client.get(reverse("profile")).status_code == 200
    before = client.cookies["csrftoken"].value
    form = {"csrfmiddlewaretoken": before, "display_name": "zz"}
    assert client.post(reverse("act_for"), form | {"organisation": "others"}).status_code == 302
    client.cookies["csrftoken"] = before
    assert client.post(reverse("profile"), form).status_code == 403
    form["csrfmiddlewaretoken"] = client.cookies["csrftoken"].value
    assert client.post(reverse("profile"), form).status_code == 302


@pytest.mark.both_databases
def test_one_acts_only_for_organisations_that_hold_one_and_each_holds_a_person_once(client, cast):
    client.force_login(cast.alice)
    assert client.post(reverse("act_for"), {"organisation": "others"}).status_code == 404
    session = client.session
    session["acting_for"] = cast.others.pk
    session.save()
    assert "The Centre" in client.get("/organisation/").content.decode()
    with pytest.raises(IntegrityError):
        Membership.objects.create(user=cast.alice, organisation=cast.centre)


def test_no_organisation_takes_the_name_by_which_the_log_knows_another(client, cast):
    client.force_login(cast.sara)
    words = {"slug": "new", "name": "The Others", "two_person_rule": "on"}
    assert client.post(reverse("admin:accounts_organisation_change", args=[cast.others.pk]), words).status_code == 302
    cast.others.refresh_from_db()
    assert cast.others.slug == "others"
    address = reverse("admin:accounts_organisation_add")
    assert 'name="slug"' in client.get(address).content.decode()
    Entry.objects.create(at="2026-01-01", organisation="former", action="invite", subject="x", digest="x")
    page = client.post(address, {"slug": "former", "name": "Another"}).content.decode()
    assert "An organisation that is here no more had this name" in page
    assert not Organisation.objects.filter(slug="former").exists()
