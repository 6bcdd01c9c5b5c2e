"""Letters leave once, over one connection; none is sent twice; a server that is down is tried again and reported."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from lawcompare.jobs import services as jobs
from lawcompare.jobs.models import SILENCE_MAX, JobState
from lawcompare.mail.models import Delivery, Letter, LetterState
from lawcompare.mail.services import GIVE_UP_AFTER, LetterWords, delay_after, queue, tidy, unseal
from tests.mail.sink import mail_sink

pytestmark = pytest.mark.django_db


WORDS = LetterWords("asked@example.org", "A subject", "Planted words.", {"X-Kind": "test"})


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
    return Server


def run() -> None:
    for delivery in Delivery.objects.filter(state=JobState.QUEUED):
        jobs.run_now(delivery)


def states() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


def test_a_letter_is_sealed_until_it_is_sent_and_forgotten_then(server):
    queue(("person/1", WORDS))
    letter = Letter.objects.get()
    assert "asked" not in letter.sealed and "Planted" not in letter.sealed and unseal(letter) == WORDS
    run()
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body, sent.extra_headers) == (
        ["asked@example.org"], "A subject", "Planted words.", {"X-Kind": "test"},
    )  # fmt: skip
    letter.refresh_from_db()
    assert (letter.state, letter.sealed) == (LetterState.SENT, "")


def test_all_that_is_due_leaves_over_one_connection(server):
    queue(*[("", WORDS)] * 40)
    run()
    assert len(mail.outbox) == 40 and server.opened == 1


def test_nothing_is_sent_twice_however_often_it_is_asked_for(server):
    queue(("", WORDS))
    run()
    Delivery.objects.update(state=JobState.QUEUED)
    run()
    tidy()
    assert len(mail.outbox) == 1


@pytest.mark.both_databases
def test_a_letter_under_way_when_its_worker_ends_is_reported_and_not_sent_again(server, caplog, client, cast):
    queue(("", WORDS), ("", WORDS))
    server.refusals = [KeyboardInterrupt()]  # no error that a worker could handle: it ends
    with pytest.raises(KeyboardInterrupt):
        run()
    assert states() == [LetterState.HANDED, LetterState.WAITING]
    past = timezone.now() - SILENCE_MAX * 2
    Letter.objects.filter(state=LetterState.HANDED).update(changed_at=past)
    Delivery.objects.update(heartbeat=past)
    jobs.sweep()
    run()
    assert states() == [LetterState.UNKNOWN, LetterState.SENT] and len(mail.outbox) == 1
    assert "is not sent again" in caplog.text and "asked" not in caplog.text
    client.force_login(cast.alice)
    assert "1 letter of this week may not have arrived" in client.get(reverse("jobs")).content.decode()


def test_a_server_that_is_down_is_tried_again_later_and_the_page_says_so(server, client, cast):
    queue(("", WORDS), ("", WORDS))
    server.is_down = True
    run()
    assert states() == [LetterState.WAITING] * 2 and not mail.outbox
    assert Delivery.objects.get().state == JobState.DONE
    client.force_login(cast.alice)
    page = client.get(reverse("letters")).content.decode()
    assert "2 letters wait and are tried again" in page
    tidy()
    assert Delivery.objects.count() == 1, "not before its time"
    server.is_down = False
    Letter.objects.update(due_at=timezone.now())
    tidy()
    run()
    assert len(mail.outbox) == 2 and "tried again" not in client.get(reverse("letters")).content.decode()


def test_it_is_tried_more_and_more_rarely_and_given_up_after_days(server):
    assert [delay_after(n) for n in (0, 1, 2, 30)] == [timedelta(minutes=n) for n in (1, 2, 4, 60)]
    queue(("", WORDS))
    server.is_down = True
    Letter.objects.update(created_at=timezone.now() - GIVE_UP_AFTER - timedelta(hours=1))
    run()
    assert states() == [LetterState.FAILED] and Letter.objects.get().sealed == ""


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"asked@example.org": (550, b"no such mailbox")}), LetterState.REFUSED),
        (smtplib.SMTPRecipientsRefused({"asked@example.org": (450, b"come back later")}), LetterState.WAITING),
        (smtplib.SMTPDataError(554, b"spam"), LetterState.FAILED),
        (smtplib.SMTPServerDisconnected("in the midst"), LetterState.UNKNOWN),
        (ValueError("no address"), LetterState.FAILED),
    ],
)
def test_what_the_server_says_of_one_letter_keeps_no_other_from_leaving(server, refusal, state):
    queue(("", WORDS), ("", WORDS))
    server.refusals = [refusal]
    run()
    assert states() == [state, LetterState.SENT]


def test_a_server_that_is_busy_puts_all_off(server):
    queue(("", WORDS), ("", WORDS))
    server.refusals = [smtplib.SMTPSenderRefused(421, b"too many", "us")]
    run()
    assert states() == [LetterState.WAITING] * 2 and Letter.objects.filter(due_at__gt=timezone.now()).count() == 2


def test_a_letter_that_no_key_opens_is_given_up(server):
    queue(("", WORDS))
    Letter.objects.update(sealed="gAAAAA")
    run()
    assert states() == [LetterState.FAILED]


def test_a_site_without_a_mail_server_says_that_letters_are_printed(client, settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    page = client.get(reverse("account_reset_password_done")).content.decode()
    assert "letters are printed on the console" in page


def test_what_became_of_letters_is_forgotten_after_a_month(server):
    queue(("", WORDS), ("", WORDS))
    run()
    Letter.objects.update(changed_at=timezone.now() - timedelta(days=31))
    Letter.objects.filter(pk=Letter.objects.last().pk).update(state=LetterState.WAITING, sealed="x")
    tidy()
    assert states() == [LetterState.WAITING], "what waits is never forgotten"


def test_a_real_connection_is_used_again_for_all_letters(settings):
    with mail_sink() as sink:
        options = {"host": "127.0.0.1", "port": sink.server_address[1], "use_tls": False}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        queue(*[("", WORDS)] * 5)
        run()
        assert (sink.letters, sink.connections) == (5, 1) and states() == [LetterState.SENT] * 5
