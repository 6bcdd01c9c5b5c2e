"""Removal is removal: what a person opened for an organisation ends with the role that allowed it."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail, signing
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.leaving import OPENINGS
from lawcompare.accounts.models import Invitation, Membership, Organisation, Role, User, digest_of
from lawcompare.accounts.services import add_member, change_role, find_invitation, remove_member
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.mail import Email, queue
from lawcompare.core.models import Entry
from lawcompare.crosswalk.drafts.services import begin_draft
from lawcompare.imports.models import DraftPage, ImportDraft
from lawcompare.laws.models import Origin
from lawcompare.memos.services import make_memo
from lawcompare.sharing.emails.access import members_told, person
from lawcompare.sharing.emails.models import Choice, Notice
from lawcompare.sharing.guests.access import SALT
from lawcompare.sharing.guests.models import GuestLink
from tests import second_factor
from tests.conftest import OLD_DRAFT
from tests.proposals import edits_the_site

pytestmark = pytest.mark.django_db
TOKEN = "a-token"

# Every column of a table that names a person, and what becomes of it when they leave. What ends is closed by
# ``accounts.leaving``.
ENDS = {"sharing.GuestLink.by", "accounts.Invitation.invited_by", "imports.DraftPage.taken_by"}
OWN = {
    "accounts.Membership.user": "the membership itself: it is deleted",
    "crosswalk.DraftComparison.asked_by": "what they asked for fails, and the draft is open again",
    "sharing.Choice.user": "a wish; nothing is sent of an organisation they do not belong to",
    "sharing.Follower.user": "of what is public",
    "annotations.OwnNote.person": "nobody else ever reads it",
    "usersessions.UserSession.user": "it goes on for the account, and acts for the organisation no more",
    "mfa.Authenticator.user": "of the account",
    "account.EmailAddress.user": "of the account",
    "admin.LogEntry.user": "of staff",
    "accounts.User_groups.user": "of staff",
    "accounts.User_user_permissions.user": "of staff",
}
# Who did something, once: it is done, and the row is the organisation's, whose others go on with it.
DONE = """
    annotations.Annotation.creator annotations.CategoryChange.by annotations.NoteDecision.by
    annotations.RenderedWords.by annotations.Reply.creator annotations.ReviewRemark.by annotations.Revision.by
    comparisons.LeadSentence.by comparisons.MapDecision.by
    crosswalk.Correspondence.seconded_by crosswalk.Correspondence.stated_by
    crosswalk.CorrespondenceDecision.by crosswalk.DraftComparison.made_by crosswalk.DraftComparison.published_by
    crosswalk.DraftPair.by crosswalk.FindingDecision.by crosswalk.TopicChange.by crosswalk.Value.confirmed_by
    crosswalk.Value.stated_by crosswalk.ValueChange.by imports.DraftPage.read_by imports.Fetch.by
    imports.ImportBatch.creator imports.ImportCorrection.by imports.ImportCorrection.undone_by
    imports.ImportDraft.creator imports.ImportDraft.stored_by laws.EventChange.by laws.LawChange.by
    laws.PlainWords.by
    laws.TranslationReview.by laws.Withdrawal.by laws.Withdrawal.restored_by memos.Memo.made_by memos.MemoFile.asked_by
    publishing.Carried.decided_by
""".split()  # noqa: SIM905 - one name after the other, as they are found


def columns() -> set[str]:
    """Every column that points to a person, of every table there is."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and not field.many_to_many and field.related_model is User
    }


def test_what_becomes_of_every_column_that_names_a_person_is_said():
    said = ENDS | OWN.keys() | set(DONE)
    assert columns() - said == set(), "does it stay open for others when the person leaves? accounts/leaving.py"
    assert said - columns() == set()
    closed = {f"{one.rows().model._meta.label}.{one.by}" for one in OPENINGS}
    assert closed == ENDS


@pytest.fixture
def opened(cast, drafts, store):
    """Ada, a second administrator, and what she left open."""
    ada = add_member("ada@example.org", cast.centre, Role.ADMINISTRATOR)[0]
    hidden = store(OLD_DRAFT, "hidden", date="2021", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    token = signing.Signer(salt=SALT).sign(TOKEN)
    GuestLink.objects.create(
        new=hidden, organisation=cast.centre, by=ada, sealed_name="x", token_digest=digest_of(token),
        expires_at=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    Invitation.objects.create(
        organisation=cast.centre,
        email="asked@example.org",
        role="editor",
        token_digest=digest_of(TOKEN),
        invited_by=ada,
    )
    draft = ImportDraft.objects.create(organisation=cast.centre, name="leak.pdf", original="x", reading="x")
    DraftPage.objects.create(draft=draft, number=3, image_number=3, width=1, height=1, taken_by=ada)
    return ada


def is_open() -> list[bool]:
    guest = Client().get(reverse("guest", args=[signing.Signer(salt=SALT).sign(TOKEN)])).status_code == 200
    return [guest, find_invitation(TOKEN) is not None, DraftPage.objects.get().taken_by_id is not None]


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


LINES = ["Guest link to", "Invitation as editor", "Page 3 of an import"]


@pytest.mark.parametrize(
    ("role", "ends"),
    [("", [True, True, True]), ("member", [True, True, True]), ("editor", [False, True, False])],
)
def test_what_ends_is_named_before_and_after_and_logged(client, cast, opened, role, ends):
    assert is_open() == [True, True, True]
    client.force_login(cast.adam)
    pk = opened.memberships.get().pk
    if role:
        path, form = reverse("member_role", args=[pk]), {"role": role}
        asked = client.post(path, form)
    else:
        path, form = reverse("member_remove", args=[pk]), {}
        asked = client.get(path)
    assert asked.status_code == 200 and is_open() == [True, True, True], "first it is said"
    assert opened.memberships.get().role == "administrator" and "What stays" in words(asked)
    done = client.post(path, form | {"confirmed": "yes"}, follow=True)
    for line, ended in zip(LINES, ends, strict=True):
        assert [line in words(asked), line in words(done)] == [ended, ended], line
    assert is_open() == [not one for one in ends]
    logged = Entry.objects.filter(action__in=["end guest link", "withdraw invitation", "give pages back"])
    assert logged.count() == sum(ends) and {entry.organisation for entry in logged} == {"centre"}
    if not role:
        add_member(opened.email, cast.centre, Role.ADMINISTRATOR)
        assert is_open() == [False] * 3, "who comes back finds nothing open"


def test_who_left_very_much_open_is_removed_as_quickly(client, cast, opened, django_assert_max_num_queries):
    """Five statements for each of thousands of links or pages: whoever removed them waited, and then it was undone."""
    link, page = GuestLink.objects.get(), DraftPage.objects.get()
    for number in range(40):
        link.pk, link.token_digest = None, str(number)
        link.save()
        page.pk, page.number = None, number + 10
        page.save()
    client.force_login(cast.adam)
    path = reverse("member_remove", args=[opened.memberships.get().pk])
    with django_assert_max_num_queries(25):
        client.get(path)
    with django_assert_max_num_queries(40):
        client.post(path)
    assert not GuestLink.objects.filter(ended_at=None).exists()
    assert not DraftPage.objects.exclude(taken_by=None).exists()


def test_a_role_that_ends_nothing_is_given_at_once(client, cast, opened):
    client.force_login(cast.adam)
    pk = cast.alice.memberships.get().pk
    assert client.post(reverse("member_role", args=[pk]), {"role": "reviewer"}).status_code == 302
    assert is_open() == [True, True, True]


def admin_page(client, cast, person, **changes):
    client.force_login(cast.sara)
    membership = person.memberships.get()
    form = {
        "email": person.email, "display_name": "", "is_active": "on", "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 1, "memberships-0-id": membership.pk, "memberships-0-user": person.pk,
        "memberships-0-organisation": membership.organisation_id, "memberships-0-role": membership.role,
    } | changes  # fmt: skip
    form = {name: value for name, value in form.items() if value is not None}
    assert client.post(f"/admin/accounts/user/{person.pk}/change/", form).status_code == 302


@pytest.mark.parametrize(
    "changes", [{"is_active": None}, {"memberships-0-DELETE": "on"}, {"memberships-0-role": "reviewer"}]
)
def test_staff_end_it_in_the_admin_pages_too(client, cast, opened, changes):
    admin_page(client, cast, opened, **changes)
    assert is_open() == [False] * 3 and Entry.objects.filter(action="end guest link", actor=cast.sara.pk).exists()


@pytest.mark.parametrize("how", ["behind", "deleted", "command"])
def test_it_ends_whichever_way_a_role_is_lost(cast, opened, how):
    if how == "behind":
        Membership.objects.filter(user=opened).delete()
    elif how == "deleted":
        opened.delete()
    else:
        add_member(opened.email, cast.centre, Role.MEMBER)
    assert is_open()[:2] == [False, False]


def test_a_session_acts_for_the_organisation_no_more(cast, opened):
    second_factor.give(opened)
    theirs = Client()
    theirs.force_login(opened)
    theirs.post(reverse("act_for"), {"organisation": "centre"})
    assert theirs.get(reverse("organisation")).status_code == 200
    Membership.objects.filter(user=opened).delete()
    for name in ("organisation", "imports", "guest_links", "memos"):
        assert theirs.get(reverse(name)).status_code == 403, name


def test_who_left_changes_no_name_beside_what_the_organisation_published_but_takes_it_back(client, cast):
    client.force_login(cast.alice)
    for name, status, now in (("Sokha", 302, "Sokha"), ("The King", 400, "Sokha"), ("", 302, "")):
        assert client.post("/accounts/profile/", {"display_name": name}).status_code == status
        assert User.objects.get(pk=cast.alice.pk).display_name == now
        Membership.objects.filter(user=cast.alice).delete()


def test_who_left_hears_nothing_of_the_organisation_s_work(cast, opened):
    paces = dict.fromkeys(["submitted", "returned", "published", "carried", "job"], "daily")
    choice = Choice.objects.create(user=opened, paces=paces, language="en", root="https://law.example")
    assert person(opened.pk, cast.centre.pk).exists() and choice in members_told("submitted", cast.centre.pk)
    Notice.objects.create(choice=choice, organisation=cast.centre, kind="job", at=timezone.now() - timedelta(days=2))
    Membership.objects.filter(user=opened).delete()
    assert not person(opened.pk, cast.centre.pk).exists() and choice not in members_told("submitted", cast.centre.pk)
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_now(Job.objects.create(kind="daily-emails"))
    assert not mail.outbox and not Notice.objects.exists()


@pytest.mark.parametrize("is_left", [True, False])
def test_who_lost_a_role_hears_of_the_other_organisation_s_work_alone(cast, opened, is_left):
    """Noted for the daily e-mail, or written and not sent yet: removed from one of two, or a member alone."""
    other = Organisation.objects.create(slug="other", name="Other")
    add_member(opened.email, other, Role.REVIEWER)
    choice = Choice.objects.create(user=opened, language="en", root="https://law.example")
    for organisation, kind in ((cast.centre, "submitted"), (cast.centre, "job"), (other, "submitted")):
        Notice.objects.create(choice=choice, organisation=organisation, kind=kind)
        (job,) = queue(Email(opened.email, "A note waits", "https://law.example/annotations/x/"))
        Notice.objects.create(choice=choice, organisation=organisation, kind=kind, job=job)
    (today,) = queue(Email(opened.email, "What happened", "3 notes wait"))
    for organisation in (cast.centre, other):
        Notice.objects.create(choice=choice, organisation=organisation, kind="submitted", job=today)
    membership = opened.memberships.get(organisation=cast.centre)
    if is_left:
        remove_member(cast.adam, membership.pk)
    else:
        change_role(cast.adam, membership.pk, Role.MEMBER)
    told = [] if is_left else [(cast.centre.pk, "job")]
    at_once = Notice.objects.filter(job__kind="email").values_list("organisation", "kind")
    assert sorted(at_once) == sorted([*told, (other.pk, "submitted")])
    assert Job.objects.filter(kind="email").count() == len(at_once), "e-mails without a notice would leave"
    Job.objects.filter(kind="email").delete()
    Notice.objects.update(at=timezone.now() - timedelta(days=2))
    mail.outbox.clear()
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_now(Job.objects.create(kind="daily-emails"))
    (email,) = mail.outbox
    assert "2 annotations wait for your review" in email.body and ("job" in email.body) == (not is_left)


def test_who_no_longer_is_staff_hears_nothing_of_the_editors_work(cast):
    sara = edits_the_site(cast.sara)
    editors = sara.memberships.get().organisation_id
    choice = Choice.objects.create(user=sara, paces={"submitted": "daily"}, language="en", root="https://law.example")
    for is_staff in (True, False):
        User.objects.filter(pk=sara.pk).update(is_staff=is_staff)
        assert (choice in members_told("submitted", editors)) == person(sara.pk, editors).exists() == is_staff


def prove(client, ago: int = 0) -> None:
    """Have the session say that the person proved who they are, so many seconds ago."""
    session = client.session
    proof = {"method": "mfa", "type": "totp", "at": time.time() - ago, "reauthenticated": True}
    session["account_authentication_methods"] = [proof]
    session.save()


def reset(client, person):
    return client.post(reverse("member_second_factor", args=[person.memberships.first().pk]), follow=True)


def test_another_administrator_removes_a_lost_second_factor_and_all_are_told(client, cast, mailoutbox):
    theirs = Client()
    theirs.force_login(cast.rita)
    assert theirs.get(reverse("workspace")).status_code == 200
    client.force_login(cast.adam)
    prove(client)
    page = client.get(reverse("member_second_factor", args=[cast.rita.memberships.get().pk]))
    assert page.status_code == 200 and "Make sure by another way" in words(page)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert "told by email" in words(reset(client, cast.rita))
    rita = User.objects.get(pk=cast.rita.pk)
    assert not rita.authenticator_set.exists() and not rita.has_usable_password()
    assert theirs.get(reverse("workspace")).status_code == 302, "their sessions ended"
    told = sorted((letter.to[0], letter.subject) for letter in mailoutbox)
    assert [to for to, _ in told] == ["adam@example.org", "rita@example.org", "rita@example.org"]
    assert not any("rita@" in letter.body for letter in mailoutbox)
    assert Entry.objects.get(action="reset second factor").subject == f"person/{rita.pk}"
    link = next(re.search(r"http://testserver(\S+/key/\S+)", one.body) for one in mailoutbox if "/key/" in one.body)[1]
    assert Client().get(link, follow=True).status_code == 200


@pytest.mark.parametrize("all_at_once", [False, True])
def test_where_staff_remove_a_second_factor_the_password_alone_sets_up_no_other(client, cast, mailoutbox, all_at_once):
    theirs = Client()
    theirs.force_login(cast.adam)
    client.force_login(cast.sara)
    factor = cast.adam.authenticator_set.first()
    fields = {"post": "yes"}
    address = f"/admin/mfa/authenticator/{factor.pk}/delete/"
    if all_at_once:
        address = "/admin/mfa/authenticator/"
        fields |= {"action": "delete_selected", "_selected_action": [factor.pk]}
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(address, fields).status_code == 302
    adam = User.objects.get(pk=cast.adam.pk)
    assert not adam.authenticator_set.exists() and not adam.has_usable_password()
    assert theirs.get(reverse("workspace")).status_code == 302, "their sessions ended"
    assert {letter.to[0] for letter in mailoutbox} == {"adam@example.org"} and len(mailoutbox) == 2
    assert any("The staff of this site removed" in letter.body.replace("\n", " ") for letter in mailoutbox)
    assert any("/key/" in letter.body for letter in mailoutbox)
    assert Entry.objects.get(action="reset second factor").subject == f"person/{adam.pk}"


def test_who_removes_a_second_factor_proves_anew_who_they_are(client, cast):
    client.force_login(cast.adam)
    prove(client, ago=3600)
    answer = client.post(reverse("member_second_factor", args=[cast.rita.memberships.get().pk]))
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    assert cast.rita.authenticator_set.exists()


def test_nobody_removes_their_own_or_that_of_who_acts_elsewhere(client, cast):
    client.force_login(cast.adam)
    prove(client)
    add_member(cast.charlie.email, cast.centre)
    cast.sara.memberships.create(organisation=cast.centre)
    for one in (cast.adam, cast.charlie, cast.sara):
        pk = Membership.objects.get(user=one, organisation=cast.centre).pk
        answer = client.post(reverse("member_second_factor", args=[pk]))
        assert answer.status_code == 400
        assert "Another administrator or the site’s staff remove" in answer.content.decode(), "why is not said"
        assert one.authenticator_set.exists()
    alone = Client()
    second_factor.sign_in_by_password_alone(alone, cast.adam)
    assert alone.post(reverse("member_second_factor", args=[cast.rita.memberships.get().pk])).status_code == 403


def test_staff_who_would_delete_an_organisation_do_not_read_what_of_it_stands_in_the_way(client, cast, drafts):
    make_memo(cast.eve, "Planted title")
    begin_draft(cast.rita, *drafts)
    client.force_login(cast.sara)
    chosen = {"action": "delete_selected", "_selected_action": cast.centre.pk}
    for answer in (
        client.get(f"/admin/accounts/organisation/{cast.centre.pk}/delete/"),
        client.post("/admin/accounts/organisation/", chosen),
    ):
        page = answer.content.decode()
        assert "Cannot delete" in page and "Planted" not in page and "draft old" not in page
    client.post(f"/admin/accounts/organisation/{cast.centre.pk}/delete/", {"post": "yes"})
    assert Organisation.objects.filter(pk=cast.centre.pk).exists()
