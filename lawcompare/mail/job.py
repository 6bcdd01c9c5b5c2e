"""What a worker does with letters: it hands each to the mail server, over one connection, and notes what became of it.

A letter is marked before it is handed over, in a transaction of its own. Where the worker ends in between, nobody knows
whether the letter left: it is not sent again, and that is reported.
"""

import logging
import smtplib
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.handler import DEFAULT_MAILER_ALIAS
from django.utils import timezone

from lawcompare.jobs.registry import Report
from lawcompare.mail.models import Delivery, Letter, LetterState
from lawcompare.mail.services import put_off, report_lost, unseal

log = logging.getLogger(__name__)

# Letters whose numbers are read at once.
BATCH = 500
# SMTP: 250 is yes, and replies from 500 on are for good (RFC 5321 §4.2.1).
OK, PERMANENT = 250, 500


class ServerDown(Exception):
    """The mail server does not answer, or takes nothing at present."""


def run_delivery(delivery: Delivery, report: Report) -> None:
    """Hand over all that is due."""
    report_lost()
    connection, done, total = Connection(), 0, _due().count()
    try:
        while numbers := list(_due().values_list("pk", "attempts")[:BATCH]):
            for number, attempts in numbers:
                _hand_over(connection, number, attempts)
                done += 1
                report("sending", done, max(done, total))
    except ServerDown as down:
        log.warning("the mail server takes no letters: %s", down)
        waiting = list(_due().values_list("pk", "attempts"))
        put_off([number for number, _attempts in waiting], min((tried for _number, tried in waiting), default=0))
    finally:
        connection.close()


def _due() -> Any:
    return Letter.objects.filter(state=LetterState.WAITING, due_at__lte=timezone.now()).order_by("pk")


class Connection:
    """The one connection to the mail server, opened at the first letter and again where the server closed it."""

    def __init__(self) -> None:
        self._backend: Any = None

    def ready(self) -> Any:
        """The open backend. Raises ``ServerDown``."""
        try:
            if self._backend is not None and not self._is_alive():
                self.close()
            if self._backend is None:
                backend = mailers.create_connection(DEFAULT_MAILER_ALIAS)
                backend.open()
                self._backend = backend
        except OSError as error:  # smtplib's errors are OSErrors
            raise ServerDown(type(error).__name__) from error
        return self._backend

    def _is_alive(self) -> bool:
        """Whether the server still listens: it may close after so many letters."""
        smtp = getattr(self._backend, "connection", None)
        if smtp is None:
            return True
        try:
            return bool(smtp.noop()[0] == OK)
        except OSError:
            return False

    def close(self) -> None:
        backend, self._backend = self._backend, None
        with suppress(OSError):
            if backend is not None:
                backend.close()


def _hand_over(connection: Connection, number: int, attempts: int) -> None:
    backend = connection.ready()
    letter = _mark(number)
    if letter is None:
        return
    words = unseal(letter)
    if words is None:
        log.warning("letter %s: none of the site's keys opens it", number)
        _note(number, LetterState.FAILED)
        return
    sender, headers = settings.DEFAULT_FROM_EMAIL, dict(words.headers)
    message = EmailMessage(words.subject, words.body, sender, [words.to], headers=headers)
    try:
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
        if code < PERMANENT:
            put_off([number], attempts)
        else:
            _note(number, LetterState.REFUSED)
    except smtplib.SMTPResponseException as refused:
        if refused.smtp_code < PERMANENT:
            put_off([number], attempts)
            raise ServerDown(str(refused.smtp_code)) from refused
        _note(number, LetterState.FAILED)
    except OSError:
        # The connection broke in the midst of it: the server may have the letter.
        log.warning("letter %s: the connection broke while it was handed over; it is not sent again", number)
        _note(number, LetterState.UNKNOWN)
        connection.close()
    except ValueError:  # an address that is none
        _note(number, LetterState.FAILED)
    else:
        _note(number, LetterState.SENT)


def _mark(number: int) -> Letter | None:
    """Take a letter to hand it over; None where another worker has it."""
    held = Letter.objects.filter(pk=number, state=LetterState.WAITING)
    if not held.update(state=LetterState.HANDED, changed_at=timezone.now()):
        return None
    return Letter.objects.get(pk=number)


def _note(number: int, state: str) -> None:
    """Keep what became of a letter, and forget its address and words."""
    handed = Letter.objects.filter(pk=number, state__in=[LetterState.HANDED, LetterState.UNKNOWN])
    handed.update(state=state, sealed="", changed_at=timezone.now())
