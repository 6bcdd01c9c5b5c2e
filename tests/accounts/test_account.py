"""One's own account: the name for credit, sessions, and the ways by which somebody else might get in."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lawcompare import celery
from lawcompare import settings as shipped
from lawcompare.accounts.models import User
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now, sweep
from lawcompare.core.jobs.services import create_sealed, retry
from tests import second_factor
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0"


def sign_in(person, password=PASSWORD, **headers) -> Client:
    browser = Client(**headers)
    browser.post("/accounts/login/", {"login": person.email, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/workspace/").status_code == 200


def test_a_name_for_credit_is_given_with_a_warning_and_taken_back(client, alice):
    client.force_login(alice)
    assert "can put you in danger" in client.get("/accounts/profile/").content.decode()
    client.post("/accounts/profile/", {"display_name": "  Night   Owl "})
    assert User.objects.get(pk=alice.pk).display_name == "Night Owl"
    assert client.post("/accounts/profile/", {"display_name": "x" * 101}).status_code == 400
    client.post("/accounts/profile/", {"display_name": ""})
    assert User.objects.get(pk=alice.pk).display_name == ""


def test_sessions_are_listed_and_ended_one_by_one_or_all_others_at_once(alice):
    phone, desk = sign_in(alice, headers={"user-agent": ANDROID}), sign_in(alice)
    page = desk.get("/accounts/sessions/").content.decode()
    assert "Firefox, Android" in page and "this device" in page and "127.0.0.1" not in page
    other = UserSession.objects.get(user_agent=ANDROID)
    desk.post(reverse("session_end", args=[other.pk]))
    assert is_in(desk) and not is_in(phone)
    browsers = [sign_in(alice) for _ in range(3)]
    browsers[0].post(reverse("sessions_end_others"))
    assert [is_in(browser) for browser in browsers] == [True, False, False]


def test_nobody_ends_another_person_s_session_beside_which_no_address_is_kept(alice, cast):
    sign_in(alice, REMOTE_ADDR="192.0.2.33")
    session = UserSession.objects.get()
    assert session.ip.startswith("fd")
    other = Client()
    other.force_login(cast.charlie)
    assert other.post(reverse("session_end", args=[session.pk])).status_code == 404
    other.post(reverse("sessions_end_others"))
    assert UserSession.objects.get() == session and session.exists()


@pytest.mark.parametrize(
    ("since", "hours", "stays"),
    [("seen_at", 11, True), ("seen_at", 13, False), ("began_at", 6 * 24, True), ("began_at", 8 * 24, False)],
)
def test_a_session_ends_when_it_is_idle_and_however_much_it_is_used(alice, since, hours, stays):
    browser = sign_in(alice)
    session = browser.session
    session[since] -= hours * 3600
    session.save()
    assert is_in(browser) is stays


def test_being_used_keeps_a_session_from_idling(alice):
    browser = sign_in(alice)
    for _ in range(3):
        session = browser.session
        session["seen_at"] -= 10 * 3600
        session.save()
        assert is_in(browser)


def test_a_new_password_ends_the_other_sessions_and_a_letter_tells(alice, mailoutbox):
    phone, desk = sign_in(alice), sign_in(alice)
    new = "quite another pass phrase"
    with TestCase.captureOnCommitCallbacks(execute=True):
        desk.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert is_in(desk) and not is_in(phone)
    assert [letter.to for letter in mailoutbox] == [[alice.email]]


def test_who_is_deactivated_is_out_at_once_and_does_not_come_in(alice):
    browser = sign_in(alice)
    assert is_in(browser)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_in(browser)
    assert not is_in(sign_in(alice))


def ask_for_link(browser: Client, email: str):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return browser.post("/accounts/password/reset/", {"email": email})


def reset_link(browser: Client, email: str, mailoutbox) -> str:
    ask_for_link(browser, email)
    return link_in(mailoutbox[-1])


def choose(link: str, password: str) -> bool:
    browser = Client()
    form = browser.get(link)
    if form.status_code != 302:
        return False
    browser.post(form["Location"], {"password1": password, "password2": password})
    return True


def test_a_link_for_a_new_password_works_once_and_ends_all_sessions(alice, mailoutbox):
    browser = sign_in(alice)
    link = reset_link(Client(), alice.email, mailoutbox)
    new = "quite another pass phrase"
    assert choose(link, new) and User.objects.get(pk=alice.pk).check_password(new)
    assert not is_in(browser)
    assert not choose(link, "one more pass phrase")
    assert User.objects.get(pk=alice.pk).check_password(new)


def test_a_new_password_leaves_the_second_factor(cast, mailoutbox):
    cast.rita.set_password(PASSWORD)
    cast.rita.save()
    new = "quite another pass phrase"
    choose(reset_link(Client(), cast.rita.email, mailoutbox), new)
    browser = sign_in(cast.rita, new)
    assert not is_in(browser)
    browser.post("/accounts/second-factor/authenticate/", {"code": second_factor.code()})
    assert is_in(browser)


@pytest.mark.both_databases
def test_a_link_is_sent_to_nobody_but_the_very_address_that_was_typed(client, alice, mailoutbox):
    """PostgreSQL takes a letter without its dot for the same, the limit of letters to one address does not."""
    ask_for_link(client, alice.email.replace("i", "ı"))
    assert not mailoutbox


def test_asking_for_a_link_does_the_same_for_a_known_and_an_unknown_address(client, alice, mailoutbox, settings):
    """A worker looks for the account: whoever asks can tell nothing by the time it takes (finding 12)."""
    settings.TASKS = "worker"
    asked = []
    for email in (alice.email, "stranger@example.org"):
        with CaptureQueriesContext(connection) as queries, patch.object(celery, "_post"):
            answer = ask_for_link(client, email)
        statements = [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries]
        asked.append((answer.status_code, answer["Location"], statements))
    assert asked[0] == asked[1] and not mailoutbox
    for job in Job.objects.filter(kind="password-email"):
        assert alice.email not in job.sealed + str(job)
        run_now(job)
    waiting = Job.objects.get(kind="password-link")
    assert alice.email not in waiting.sealed + str(waiting)
    run_now(waiting)
    assert [mail.to for mail in mailoutbox] == [[alice.email]]
    assert not Job.objects.exclude(sealed="").exists()  # no address stays


def test_a_letter_waits_for_a_mail_server_that_is_down_and_leaves_with_all_others(client, alice, mailoutbox):
    with patch("lawcompare.core.mail._connection", side_effect=ConnectionRefusedError):
        ask_for_link(client, alice.email)
    assert Job.objects.get(kind="password-email").sealed == "" and not mailoutbox
    email = Job.objects.get(kind="password-link")
    assert email.state == "queued" and email.attempts == 1 and alice.email not in email.sealed
    Job.objects.update(due_at=timezone.now())
    with TestCase.captureOnCommitCallbacks(execute=True):
        sweep()
    assert len(mailoutbox) == 1 and Job.objects.get(kind="password-link").sealed == ""


def test_no_form_of_an_account_is_an_error_where_the_mail_server_is_down(client, alice, mailoutbox):
    """A new password was kept, and answered with 500."""
    new, sending = "five other words that follow", "django.core.mail.backends.locmem.EmailBackend.send_messages"
    client.force_login(alice)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    with patch(sending, side_effect=ConnectionRefusedError):
        page = client.post(reverse("account_email"), {"email": "new@example.org"})
        assert page.status_code == 400 and "could not be sent" in page.content.decode()
        typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert client.post(reverse("account_change_password"), typed).status_code == 302
    assert Job.objects.get(kind="email").state == "queued" and not mailoutbox


def test_a_request_for_a_letter_that_no_worker_took_up_is_forgotten_soon(client, alice, mailoutbox):
    with patch("lawcompare.accounts.sign_in.queue_password_email", side_effect=ValueError("broken")):
        ask_for_link(client, alice.email)
    job = Job.objects.get(kind="password-email")
    assert job.is_failed and alice.email not in job.reason + str(job) and not mailoutbox
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert retry(job)
    assert len(mailoutbox) == 1 and not Job.objects.exclude(sealed="").exists()
    create_sealed("password-email", [{"email": alice.email, "site": "", "language": ""}])
    Job.objects.filter(kind="password-email").update(requested_at=timezone.now() - timedelta(hours=3))
    sweep()
    assert not Job.objects.filter(kind="password-email").exists()


def test_a_letter_s_link_takes_no_port_that_somebody_made_up(alice, mailoutbox, settings):
    settings.HTTPS = True
    for port, kept in (("", ""), (":8443", ""), (":9443", ":9443")):
        settings.CSRF_TRUSTED_ORIGINS = ["http://testserver:9443"]
        ask_for_link(Client(headers={"host": f"testserver{port}"}), alice.email)
        assert f"http://testserver{kept}/accounts/password/reset/key/" in mailoutbox[-1].body


NEW = "alice@elsewhere.example"


def ask_for_change(browser: Client, email: str = NEW):
    return browser.post("/accounts/email/", {"email": email})


@pytest.fixture
def proved(alice) -> Client:
    """A browser in which Alice signed in and proved once more who she is."""
    browser = sign_in(alice)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


def link_in(letter) -> str:
    return re.search(r"http://testserver(\S+)", letter.body).group(1)


def test_a_new_address_asks_who_it_is_is_confirmed_and_the_old_one_is_told(alice, mailoutbox):
    browser = sign_in(alice)
    assert "reauthenticate" in ask_for_change(browser)["Location"] and not mailoutbox
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    ask_for_change(browser)
    assert mailoutbox[-1].to == [NEW]
    assert User.objects.get(pk=alice.pk).email == alice.email, "not before it is confirmed"
    link = link_in(mailoutbox[-1])
    signed = link.rstrip("/").rpartition("/")[2].partition(":")[0].removeprefix(".")
    plain = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)).decode()
    assert NEW in plain and "alice@example.org" not in plain, "whoever reads the letter learns no address but their own"
    browser.get(link)
    assert User.objects.get(pk=alice.pk).email == alice.email, "looking at the link does not confirm it"
    browser.post(link)
    assert User.objects.get(pk=alice.pk).email == NEW
    assert mailoutbox[-1].to == [alice.email], "the old one hears of it"
    assert NEW not in mailoutbox[-1].body


def test_a_link_to_a_new_address_ends_with_a_second_factor_and_with_the_end_of_other_sessions(
    proved, alice, mailoutbox
):
    """A thief's link, asked for before, took the account's address all the same."""
    for end in (lambda: sign_in(alice).post(reverse("sessions_end_others")), lambda: second_factor.give(alice)):
        proved = sign_in(alice)
        proved.post("/accounts/reauthenticate/", {"password": PASSWORD})
        ask_for_change(proved)
        end()
        assert Client().post(link_in(mailoutbox[-1])).status_code == 404
        assert User.objects.get(pk=alice.pk).email == alice.email


def test_an_address_signs_in_however_it_is_written_and_a_former_one_no_more(proved, alice, mailoutbox):
    """With a capital before the @ it did not at all; and after a new password the former one did for good."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    ask_for_change(proved, "Vanna.Kim@Example.org")
    proved.post(link_in(mailoutbox[-1]))
    for typed in ("Vanna.Kim@Example.org", "vanna.kim@example.org"):
        assert is_in(sign_in(User(email=typed))), typed
    assert not is_in(sign_in(alice)), "the former address"


def test_a_link_for_a_new_address_works_once_for_a_day_and_under_the_password_it_was_asked(
    alice, proved, mailoutbox, monkeypatch
):
    browser = proved
    ask_for_change(browser)
    link = link_in(mailoutbox[-1])
    monkeypatch.setattr("lawcompare.accounts.services.DAY", -1)
    assert browser.post(link).status_code == 404
    monkeypatch.undo()
    assert browser.post(link[:-4] + "abc/").status_code == 404
    alice.set_password("quite another pass phrase")
    alice.save()
    assert browser.post(link).status_code == 404
    alice.set_password(PASSWORD)
    alice.save()
    assert browser.post(link).status_code == 404, "a hash has its own salt: the password was set anew all the same"
    assert User.objects.get(pk=alice.pk).email == alice.email


def test_a_link_that_was_used_changes_nothing_back(alice, proved, mailoutbox):
    ask_for_change(proved)
    assert proved.post(link_in(mailoutbox[-1])).status_code == 302
    User.objects.filter(pk=alice.pk).update(email="third@example.org")
    assert proved.post(link_in(mailoutbox[0])).status_code == 404
    assert User.objects.get(pk=alice.pk).email == "third@example.org"


def test_an_address_of_somebody_else_is_neither_told_nor_taken(alice, proved, cast, mailoutbox):
    answers = {ask_for_change(proved, email)["Location"] for email in (cast.rita.email, "free@example.org")}
    assert answers == {"/accounts/profile/"}
    letter = next(letter for letter in mailoutbox if letter.to == [cast.rita.email])
    assert proved.post(link_in(letter)).status_code == 404
    assert User.objects.get(pk=alice.pk).email == alice.email
    assert User.objects.get(pk=cast.rita.pk).email == "rita@example.org"


def test_letters_to_new_addresses_are_limited(proved, mailoutbox):
    answers = [ask_for_change(proved, f"a{n}@example.org").status_code for n in range(6)]
    assert answers == [302] * 5 + [429] and len(mailoutbox) == 5


def test_passwords_are_hashed_by_argon2(settings):
    settings.PASSWORD_HASHERS = shipped.PASSWORD_HASHERS
    assert make_password(PASSWORD).startswith("argon2$argon2id$")


def test_a_session_that_is_over_is_not_listed(alice):
    browser = sign_in(alice)
    UserSession.objects.create(user=alice, ip="::", user_agent=ANDROID, session_key="gone")
    assert "Android" not in browser.get("/accounts/sessions/").content.decode()
