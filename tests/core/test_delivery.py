"""Letters leave once, over one connection; none is sent twice; a server that is down is tried again and reported."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.jobs.services import retry, secret_of
from lawcompare.core.mail import GIVE_UP_AFTER, KEPT_FOR, Email, close_connection, delay_after, queue
from tests.core.sink import mail_sink

pytestmark = pytest.mark.django_db


WORDS = Email("asked@example.org", "A subject", "Planted words.", {"X-Kind": "test"})


class Server(EmailBackend):
    """A mail server in memory that counts connections and refuses on demand."""

    opened = 0
    is_down = False
    refusals: list[Exception] = []

    def open(self) -> bool:
        if Server.is_down:
            raise ConnectionRefusedError
        Server.opened += 1
        return True

    def send_messages(self, messages):
        if Server.refusals:
            raise Server.refusals.pop(0)
        return super().send_messages(messages)


@pytest.fixture
def server(settings):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Server"}}
    Server.opened, Server.is_down, Server.refusals = 0, False, []
    mail.outbox = []
    close_connection()
    yield Server
    close_connection()


def emails() -> QuerySet[Job]:
    return Job.objects.filter(kind="email").order_by("pk")


def run() -> None:
    for email in emails().filter(state=JobState.QUEUED):
        runner.run_now(email)


def states() -> list[str]:
    """What became of each: its result, or else the state of its job."""
    return [result or state for state, result in emails().values_list("state", "result")]


def test_a_letter_is_sealed_until_it_is_sent_and_forgotten_then(server):
    [email] = queue(WORDS)
    assert "asked" not in email.sealed and "Planted" not in email.sealed and Email(**secret_of(email)) == WORDS
    run()
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body, sent.extra_headers) == (
        ["asked@example.org"], "A subject", "Planted words.", {"X-Kind": "test"},
    )  # fmt: skip
    email.refresh_from_db()
    assert (email.state, email.sealed) == (JobState.DONE, "")


@pytest.mark.both_databases
def test_an_e_mail_under_way_when_its_worker_ends_is_reported_and_not_sent_again(server, caplog, client, cast):
    handed, _waiting = queue(WORDS, WORDS)
    server.refusals = [KeyboardInterrupt()]  # no error that a worker could handle: it ends
    with pytest.raises(KeyboardInterrupt):
        run()
    assert states() == [JobState.RUNNING, JobState.QUEUED]
    emails().update(heartbeat=timezone.now() - SILENCE_MAX * 2)
    assert not runner.run(handed.pk), "its message comes again"
    runner.sweep()
    run()
    handed.refresh_from_db()
    assert states() == [JobState.FAILED, JobState.DONE] and len(mail.outbox) == 1
    assert handed.sealed == "" and not retry(handed)
    assert "is not tried again" in caplog.text and "asked" not in caplog.text
    client.force_login(cast.alice)
    assert "1 email this week may not have arrived" in client.get(reverse("jobs")).content.decode()


def test_a_server_that_is_down_is_tried_again_later_and_the_page_says_so(
    server, client, cast, django_capture_on_commit_callbacks
):
    queue(WORDS, WORDS)
    server.is_down = True
    run()
    assert states() == [JobState.QUEUED] * 2 and not mail.outbox
    client.force_login(cast.alice)
    page = client.get(reverse("letters")).content.decode()
    assert "2 emails are waiting to be sent again" in page
    server.is_down = False
    run()
    assert not mail.outbox, "not before its time"
    emails().update(due_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        runner.sweep()
    assert len(mail.outbox) == 2 and "tried again" not in client.get(reverse("letters")).content.decode()


def test_it_is_tried_more_and_more_rarely_and_given_up_after_days(server):
    assert [delay_after(n) for n in (0, 1, 2, 30)] == [timedelta(minutes=n) for n in (1, 2, 4, 60)]
    queue(WORDS)
    server.is_down = True
    emails().update(requested_at=timezone.now() - GIVE_UP_AFTER - timedelta(hours=1))
    run()
    assert states() == ["not-sent"] and emails().get().sealed == ""


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"asked@example.org": (550, b"no such mailbox")}), "refused"),
        (smtplib.SMTPRecipientsRefused({"asked@example.org": (450, b"come back later")}), JobState.QUEUED),
        (smtplib.SMTPDataError(554, b"spam"), "not-sent"),
        (smtplib.SMTPServerDisconnected("in the midst"), "unknown"),
        (ValueError("no address"), "not-sent"),
    ],
)
def test_what_the_server_says_of_one_letter_keeps_no_other_from_leaving_and_no_address_is_logged(
    server, refusal, state, caplog
):
    caplog.set_level("DEBUG", "lawcompare")
    queue(WORDS, WORDS)
    server.refusals = [refusal]
    run()
    assert states() == [state, JobState.DONE]
    assert not [word for word in ("asked", "A subject", "Planted") if word in caplog.text]


def test_a_server_that_is_busy_puts_all_off(server):
    queue(WORDS, WORDS)
    server.refusals = [smtplib.SMTPSenderRefused(421, b"too many", "us")]
    run()
    assert states() == [JobState.QUEUED] * 2 and emails().filter(due_at__gt=timezone.now()).count() == 2


def test_a_letter_that_no_key_opens_is_given_up(server):
    queue(WORDS)
    emails().update(sealed="gAAAAA")
    run()
    assert states() == ["not-sent"]


def test_a_site_without_a_mail_server_says_that_letters_are_printed(client, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    page = client.get(reverse("account_reset_password_done")).content.decode()
    assert "emails are printed on the console" in page


def test_what_became_of_letters_is_forgotten_after_a_month(server):
    queue(WORDS, WORDS)
    run()
    emails().filter(pk=emails().last().pk).update(requested_at=timezone.now() - KEPT_FOR - timedelta(days=1))
    runner.sweep()
    assert states() == [JobState.DONE]


def test_a_real_connection_is_used_again_for_all_letters(settings):
    with mail_sink() as sink:
        options = {"host": "127.0.0.1", "port": sink.server_address[1], "use_tls": False}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        queue(*[WORDS] * 5)
        run()
        close_connection()
        assert (sink.letters, sink.connections) == (5, 1) and states() == [JobState.DONE] * 5
