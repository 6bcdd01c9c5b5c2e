"""Who is written to, when, and what stands in the letter: that something happened, and one link."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from email.policy import SMTP
from typing import Any

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.core.jobs import registry
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.jobs.services import request
from lawcompare.core.mail import _WithWholeLinks
from lawcompare.core.numbers import seal, unseal
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.engine.errors import EngineError
from lawcompare.imports.uscode.models import Fetch
from lawcompare.laws.models import Law, Origin
from lawcompare.publishing.models import Carrying
from lawcompare.sharing.emails import services
from lawcompare.sharing.emails.access import CONFIRM_SALT, confirm_token, end_token
from lawcompare.sharing.emails.models import Choice, Follower, Notice
from tests.conftest import NEW_DRAFT
from tests.core.making import made
from tests.proposals import confirm_all, decide
from tests.world import made_once

pytestmark = pytest.mark.django_db

ROOT = "https://law.example"
ADDRESS = "reader@example.org"
HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Do something and what follows from it after the commit: ``committed(lambda: …)``."""

    def do(act: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return do


def choose(person: Any, pace: str = "at-once", language: str = "en") -> None:
    services.choose(
        person, dict.fromkeys(["submitted", "returned", "published", "carried", "job"], pace), language, ROOT
    )


@pytest.fixture
@made_once
def note(cast, drafts):
    note = Annotation(body="Planted words of a draft.", risk=3)
    set_target(note, drafts[1].clauses.get(eid="chp_1__art_3"), "deemed")
    annotating.write_annotation(cast.alice, note, {})
    return note


def write_daily() -> None:
    """As the periodic task does it, once the hour of the daily e-mails has come."""
    Notice.objects.update(at=timezone.now() - timedelta(days=1))
    run_now(Job.objects.create(kind="daily-emails"))


def addressed() -> list[str]:
    return [letter.to[0] for letter in mail.outbox]


def test_nobody_is_written_to_who_did_not_choose_it(cast, note, committed):
    committed(lambda: annotating.submit_annotation(cast.alice, note))
    committed(lambda: annotating.publish_annotation(cast.rita, note))
    assert not mail.outbox and not Notice.objects.exists() and not Job.objects.filter(kind="email").exists()


@pytest.mark.both_databases
def test_a_note_from_submission_to_publication_with_its_letters(cast, note, committed):
    for person in (cast.alice, cast.rita, cast.eve, cast.charlie, cast.bob):
        choose(person)
    committed(lambda: annotating.submit_annotation(cast.alice, note))
    # Who reviews for the Centre; not its author, not another organisation, not who may not review.
    assert sorted(addressed()) == ["eve@example.org", "rita@example.org"]
    letter = mail.outbox[0]
    assert letter.subject == "[lawcompare] An annotation waits for your review"
    assert letter.body.count("http") == 1 and f"{ROOT}/annotations/{note.slug}/" in letter.body
    assert "lanted" not in letter.body and "deemed" not in letter.body
    mail.outbox.clear()
    committed(lambda: annotating.return_annotation(cast.rita, note, "Planted reason."))
    assert addressed() == ["alice@example.org"] and "was returned" in mail.outbox[0].subject
    assert "lanted" not in mail.outbox[0].body
    committed(lambda: annotating.submit_annotation(cast.alice, note))
    mail.outbox.clear()
    committed(lambda: annotating.publish_annotation(cast.rita, note))
    assert addressed() == ["alice@example.org"] and "was published" in mail.outbox[0].subject


def test_who_did_it_needs_no_letter(cast, drafts, committed):
    choose(cast.rita)
    cast.centre.memberships.exclude(user=cast.rita).delete()  # the only member publishes their own
    own = Annotation(body="Why.", risk=3)
    set_target(own, drafts[1].clauses.get(eid="chp_1__art_3"), "deemed")
    annotating.write_annotation(cast.rita, own, {})
    committed(lambda: annotating.submit_annotation(cast.rita, own))
    committed(lambda: annotating.publish_annotation(cast.rita, own))
    assert not mail.outbox


def test_what_is_chosen_for_once_a_day_comes_in_one_letter(cast, note, committed, monkeypatch):
    choose(cast.rita, "daily")
    for _time in range(3):
        committed(lambda: annotating.submit_annotation(cast.alice, note))
        committed(lambda: annotating.take_back_annotation(cast.alice, note))
    assert not mail.outbox and Notice.objects.count() == 3
    committed(lambda: run_now(Job.objects.create(kind="daily-emails")))
    assert not mail.outbox, "not before the hour of the daily ones"
    with monkeypatch.context() as patch:
        patch.setattr(Notice, "from_db", None)  # 24,000 for one person took 600 MB: they are counted by the database
        committed(write_daily)
    [letter] = mail.outbox
    assert letter.subject == "[lawcompare] What happened since yesterday"
    assert "3 annotations wait for your review" in letter.body and letter.body.count("http") == 1
    assert f"{ROOT}/workspace/" in letter.body and not Notice.objects.filter(job=None).exists()
    committed(write_daily)
    assert len(mail.outbox) == 1 and not Notice.objects.exists()


def test_a_digest_that_was_interrupted_writes_each_letter_once(cast, committed):
    for person in (cast.alice, cast.rita):
        choose(person, "daily")
        Notice.objects.create(choice=person.email_choice, organisation=cast.centre, kind="published")
    committed(write_daily)
    committed(write_daily)
    assert sorted(addressed()) == ["alice@example.org", "rita@example.org"]


def test_no_line_of_a_header_but_the_one_with_a_link_is_long():
    ending = f"<https://law.example/{'x' * 300}>"
    message = _WithWholeLinks("ច្បាប់" * 40, "ច្បាប់\n", "a@example.org", headers={"List-Unsubscribe": ending})
    headers = message.message().as_bytes().decode().partition("\r\n\r\n")[0].splitlines()
    assert [line for line in headers if len(line) > 78] == [f"List-Unsubscribe: {ending}"]


def test_a_letter_speaks_the_language_in_which_it_was_chosen(cast, note, committed):
    choose(cast.rita, language="km")
    committed(lambda: annotating.submit_annotation(cast.alice, note))
    assert re.search(r"[\u1780-\u17b3]", mail.outbox[0].subject)
    assert f"{ROOT}/km/annotations/{note.slug}/" in mail.outbox[0].body


def test_notes_that_wait_in_a_later_text_and_jobs_are_told_of(cast, drafts, note, store, committed):
    for person in (cast.alice, cast.charlie):
        choose(person)
    committed(lambda: annotating.submit_annotation(cast.alice, note))
    committed(lambda: annotating.publish_annotation(cast.rita, note))
    mail.outbox.clear()
    committed(lambda: store(NEW_DRAFT + "\n## Article 5. More\n\nMore.\n", "later", date="2021"))
    carrying = Carrying.objects.get(new__slug="later")
    assert addressed() == ["alice@example.org"], "the organisation whose notes wait"
    assert f"{ROOT}/workspace/carrying/{seal(carrying.pk, 'carrying')}/" in mail.outbox[0].body


def fail(fetch: Any, report: Any) -> None:
    raise EngineError("planted reason")


def test_a_job_that_failed_is_told_to_who_started_it(cast, committed, monkeypatch):
    choose(cast.eve)
    fetch = made(Fetch, organisation=cast.centre, by=cast.eve, wanted="18:1030")
    kind = dataclasses.replace(registry.kinds["fetch"], function=f"{__name__}.fail")
    monkeypatch.setitem(registry.kinds, "fetch", kind)
    committed(lambda: run_now(fetch.job))
    assert addressed() == ["eve@example.org"] and "lanted" not in mail.outbox[0].body


def asks(client: Client, committed: Any, path: str = "/follow/laws/draft/", **changes: str) -> Any:
    form = {"email": ADDRESS, "pace": "at-once"} | changes
    return committed(lambda: client.post(path, form, headers=HERE))


def link_in(letter: Any, part: str) -> str:
    return re.search(rf"http://testserver(\S*/{part}/\S+)", letter.body)[1]


def test_a_visitor_follows_a_law_and_ends_it_without_a_cookie(client, drafts, store, committed):
    answer = asks(client, committed)
    assert answer["Location"] == "/follow/laws/draft/?sent=1" and not client.cookies
    follower = Follower.objects.get()
    assert ADDRESS not in follower.sealed + follower.digest and follower.confirmed_at is None
    committed(lambda: store(NEW_DRAFT.replace("180", "90"), "third", date="2021"))
    assert addressed() == [ADDRESS], "nothing but the letter to confirm"
    link = link_in(mail.outbox[0], "confirm")
    claims = signing.loads(link.strip("/").rpartition("/")[2], salt=CONFIRM_SALT)
    assert unseal(claims[0], "follower") == follower.pk, "what others follow is counted by no number"
    page = client.get(link)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert Follower.objects.confirmed().count() == 0, "opening a link confirms nothing"
    assert "Done" in client.post(link, headers=HERE).content.decode()
    mail.outbox.clear()
    committed(lambda: store(NEW_DRAFT.replace("180", "30"), "fourth", date="2022"))
    [letter] = mail.outbox
    assert "/laws/draft/fourth/" in letter.body and letter.body.count("http") == 2
    end = link_in(letter, "end")
    sent = letter.message(policy=SMTP).as_bytes().decode("ascii")
    assert f"List-Unsubscribe: <http://testserver{end}>\r\n" in sent.replace("\r\n ", " ")
    client.get(end)
    assert Follower.objects.exists(), "opening a link ends nothing"
    # As a mail program's server sends it: from no page, with no cookie.
    assert Client().post(end, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists() and not client.cookies
    assert "already been stopped" in client.get(end).content.decode()


def test_the_answer_is_the_same_whether_an_address_follows_already_or_not(client, drafts, committed):
    first = asks(client, committed)
    services.confirm(confirm_token(Follower.objects.get()))
    again = asks(client, committed, email=ADDRESS.upper())
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Follower.objects.count() == 1 and len(mail.outbox) == 2
    assert mail.outbox[0].subject == mail.outbox[1].subject
    assert Follower.objects.confirmed().count() == 1


def test_a_letter_leads_to_no_port_that_whoever_asked_made_up(client, drafts, committed, settings):
    settings.HTTPS, settings.SITE_URL = True, ""
    form, headers = {"email": ADDRESS, "pace": "daily"}, {"host": "testserver:6666"} | HERE
    committed(lambda: client.post("/follow/laws/draft/", form, headers=headers, secure=True))
    [letter] = mail.outbox
    assert "https://testserver/follow/confirm/" in letter.body and "6666" not in letter.body


def test_nobody_else_changes_the_language_of_letters_that_were_confirmed(client, drafts, committed):
    asks(client, committed)
    services.confirm(confirm_token(Follower.objects.get()))
    about = ({"law": drafts[0].law}, "at-once", "km", "https://second.example")
    committed(lambda: services.ask_to_follow(ADDRESS, *about))
    follower = Follower.objects.get()
    assert (follower.language, follower.root) == ("en", "http://testserver") and len(mail.outbox) == 2


def test_asking_is_limited_by_network_and_by_address(client, drafts, committed, settings):
    for _time in range(5):
        asks(client, committed)
    assert len(mail.outbox) == services.CONFIRMATIONS_PER_DAY
    topic = Topic.objects.create(slug="access", title="Access")
    for _time in range(2):
        committed(lambda: services.ask_to_follow(ADDRESS, {"topic": topic}, "daily", "en", ROOT))
    assert len(mail.outbox) == services.CONFIRMATIONS_PER_DAY + 1, "what others asked for keeps no other subject away"
    settings.FOLLOWS_PER_HOUR = 5
    answer = asks(client, committed, email="other@example.org")
    assert answer.status_code == 429 and Follower.objects.count() == 2


def test_a_form_that_lacks_something_is_refused_with_a_sentence(client, drafts, committed, subtests):
    for changes in [{"email": "none"}, {"email": ""}, {"pace": "never"}, {"pace": ""}]:
        with subtests.test(changes=changes):
            answer = asks(client, committed, **changes)
            assert answer.status_code == 400 and not Follower.objects.exists() and not mail.outbox


def test_links_that_are_forged_or_old_are_refused_with_one_sentence(client, drafts, committed, monkeypatch):
    asks(client, committed)
    follower = Follower.objects.get()
    token = confirm_token(follower)
    for wrong in (token[:-2] + "xx", "nonsense", end_token(follower)):
        page = client.get(reverse("follow_confirm", args=[wrong]))
        assert page.status_code == 404 and "invalid or incomplete" in page.content.decode()
    monkeypatch.setattr("time.time", lambda: timezone.now().timestamp() + timedelta(days=8).total_seconds())
    page = client.post(reverse("follow_confirm", args=[token]), headers=HERE)
    assert page.status_code == 404 and "has expired" in page.content.decode()
    assert not Follower.objects.confirmed().exists()


@pytest.mark.both_databases
def test_a_topic_s_followers_hear_of_texts_of_its_laws(client, cast, drafts, store, committed):
    topic = Topic.objects.create(slug="illegal-access", title="Illegal access")
    asks(client, committed, "/follow/topics/illegal-access/")
    services.confirm(confirm_token(Follower.objects.get()))
    mail.outbox.clear()
    private = store(NEW_DRAFT.replace("180", "60"), "private", published=False)
    topic.clauses.add(private.clauses.get(eid="chp_1__art_1"))
    committed(lambda: store(NEW_DRAFT.replace("180", "90"), "third", date="2021"))
    assert not mail.outbox, "the law has no clause under it that others know of"
    topic.clauses.add(drafts[0].clauses.get(eid="chp_1__art_1"), drafts[1].clauses.get(eid="chp_1__art_1"))
    committed(lambda: store(NEW_DRAFT.replace("180", "30"), "fourth", date="2022"))
    assert addressed() == [ADDRESS]
    Topic.objects.update(organisation=cast.centre, confirmation="refused")
    committed(lambda: store(NEW_DRAFT.replace("180", "20"), "fifth", date="2023"))
    assert addressed() == [ADDRESS], "of a topic that was taken back nobody is told, whose page is gone"


def test_nothing_is_told_of_a_text_that_is_private_again(cast, drafts, store, committed):
    services.follow(cast.alice, {"law": drafts[0].law}, "at-once", "en", ROOT)
    private = store(NEW_DRAFT.replace("180", "7"), "private", published=False)
    committed(lambda: request("text-news", private))
    assert not mail.outbox


def test_a_person_with_an_account_follows_without_an_address_and_ends_it_on_their_page(client, cast, drafts):
    client.force_login(cast.alice)
    client.post("/follow/laws/draft/", {"pace": "daily"}, headers=HERE)
    follower = Follower.objects.get()
    assert (follower.user, follower.sealed) == (cast.alice, "")
    assert "draft" in client.get(reverse("letters")).content.decode()
    client.force_login(cast.charlie)
    client.post(reverse("unfollow", args=[follower.pk]))
    assert Follower.objects.exists(), "another's is not theirs to end"
    client.force_login(cast.alice)
    client.post(reverse("unfollow", args=[follower.pk]))
    assert not Follower.objects.exists()


def test_a_private_law_is_followed_by_no_visitor(client, store, cast):
    store(NEW_DRAFT, "hidden", law="secret", published=False)
    assert client.get("/follow/laws/secret/").status_code == 404


def test_who_left_does_not_see_what_a_private_law_that_they_followed_is_called_now(client, store, cast):
    private = store(NEW_DRAFT, "hidden", law="secret", published=False)
    Origin.objects.create(version=private, organisation=cast.centre)
    client.force_login(cast.alice)
    client.post("/follow/laws/secret/", {"pace": "daily"}, headers=HERE)
    Law.objects.update(title="zzcalled")
    assert "zzcalled" in client.get(reverse("letters")).content.decode()
    cast.alice.memberships.all().delete()
    assert "zzcalled" not in client.get(reverse("letters")).content.decode()


def test_what_a_topic_is_called_after_staff_took_it_back_is_told_to_nobody_who_follows_it(client, cast, committed):
    topic = add_topic(cast.eve, {"title": "Access"}, [])
    confirm_all(cast.sara)
    asks(client, committed, f"/follow/topics/{topic.slug}/")
    end = reverse("follow_end", args=[end_token(Follower.objects.get())])
    client.force_login(cast.charlie)
    client.post(f"/follow/topics/{topic.slug}/", {"pace": "daily"}, headers=HERE)
    pages = [reverse("letters"), end]
    assert all("Access" in client.get(page).content.decode() for page in pages)
    decide(cast.sara, topic.changes.get(), "undo")
    Topic.objects.update(title="zzcalled")
    assert not any("zzcalled" in client.get(page).content.decode() for page in pages)


def test_what_is_chosen_on_the_page_is_kept_and_shown(client, cast):
    client.force_login(cast.alice)
    assert 'name="submitted"' not in client.get(reverse("letters")).content.decode()  # nothing waits for her review
    client.force_login(cast.rita)
    form = {"submitted": "never", "returned": "at-once", "published": "daily", "carried": "never", "job": "daily"}
    assert client.post(reverse("letters"), form).status_code == 302
    assert Choice.objects.get().paces == form
    assert client.post(reverse("letters"), form | {"job": "hourly"}).status_code == 400
    assert Choice.objects.get().paces == form


def test_an_address_that_is_refused_gets_no_more_letters_and_its_person_is_told(client, cast, drafts, committed):
    choose(cast.alice)
    asks(client, committed)
    for recipient in (Choice.objects.get(), Follower.objects.get()):
        refused = Job.objects.create(kind="email", state="failed", result="refused")
        Notice.about(recipient, "text", job=refused).save()
    write_daily()
    assert Choice.objects.get().paces == {} and not Follower.objects.exists()
    client.force_login(cast.alice)
    assert "reported no such mailbox" in client.get(reverse("letters")).content.decode()
    choose(cast.alice)
    write_daily()
    assert Choice.objects.get().paces["job"] == "at-once", "a new choice begins anew"


def test_addresses_whose_mail_came_back_are_ended_by_a_command(client, cast, drafts, committed, monkeypatch, capsys):
    import io
    import sys

    choose(cast.alice)
    asks(client, committed)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ADDRESS}\n\nALICE@example.org\n"))
    call_command("end_letters")
    assert Choice.objects.get().paces == {} and not Follower.objects.exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO("no address\n"))
    with pytest.raises(CommandError) as refused:
        call_command("end_letters")
    assert refused.value.returncode == 2


def test_who_never_confirms_is_forgotten(client, drafts, committed):
    asks(client, committed)
    Follower.objects.update(asked_at=timezone.now() - timedelta(days=8))
    write_daily()
    assert not Follower.objects.exists()


def test_an_address_is_found_again_after_the_key_was_changed(client, drafts, committed, settings):
    asks(client, committed)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the site, long enough to be one", [old]
    asks(client, committed)
    assert Follower.objects.count() == 1 and addressed() == [ADDRESS] * 2


def test_who_asks_twice_at_the_same_moment_follows_once(drafts, committed, monkeypatch):
    """The second was an error, which told that the address had not followed before."""
    about = ({"law": drafts[0].law}, "daily", "en", ROOT)
    committed(lambda: services.ask_to_follow(ADDRESS, *about))
    monkeypatch.setattr(QuerySet, "first", lambda rows: None)  # the other is not there yet
    committed(lambda: services.ask_to_follow(ADDRESS, *about))
    assert Follower.objects.count() == 1
