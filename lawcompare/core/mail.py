"""E-mails: each is a job, whose address and words are encrypted until it is sent or given up, and then forgotten.

An e-mail is claimed before it is handed to the mail server. Where the worker ends in between, nobody knows whether it
left: it is not sent again (``attempts_max`` of its kind), and that is reported.
"""

import logging
import smtplib
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from email.policy import EmailPolicy, Policy
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.core.mail.handler import DEFAULT_MAILER_ALIAS
from django.db.models import Count, F, Min, Q
from django.utils import timezone

from lawcompare.core.jobs.models import PUT_OFF_MAX, Job, JobState
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import JobFailed, NotNow
from lawcompare.core.jobs.services import create_sealed, secret_of

log = logging.getLogger(__name__)

# Links to a new password wait for no others, of which anybody may cause thousands.
KINDS = ["email", "password-link"]

# How an e-mail failed (``Job.result``). Any that failed otherwise may have left.
REFUSED, NOT_SENT, UNKNOWN = "refused", "not-sent", "unknown"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
# How long an e-mail that may not have arrived is told of.
SHOWN_FOR = timedelta(days=7)
# An e-mail that the mail server would not take for so long is given up.
GIVE_UP_AFTER = timedelta(days=3)
FIRST_DELAY = timedelta(minutes=1)
# For so long it is kept what became of an e-mail, without its address and words.
KEPT_FOR = timedelta(days=30)
# SMTP: 250 is yes, and replies from 500 on are for good (RFC 5321 §4.2.1).
OK, PERMANENT = 250, 500
LINK_HEADER = "List-Unsubscribe"
# A connection that was not used for so long is not used again.
IDLE_SECONDS = 30


@dataclass(frozen=True)
class Email:
    to: str
    subject: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


def queue(*emails: Email, kind: str = "email") -> list[Job]:
    """Have e-mails sent by workers once the present transaction is committed. ``kind`` is one of ``KINDS``: e-mails of
    one kind leave in the order in which they were asked for, and the kinds in turn.
    """
    return create_sealed(kind, [asdict(email) for email in emails])


class _WholeLinks(EmailPolicy):
    """Leaves the header with a link unfolded: written as encoded words no mail program opens it (RFC 8058)."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}\r\n" if name == LINK_HEADER else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


class _WithWholeLinks(EmailMessage):
    """An e-mail written by that policy, whichever is asked for: the mail server's own would fold the link."""

    def message(self, *, policy: Policy | None = None) -> Any:
        return super().message(policy=_WholeLinks(linesep="\r\n"))


def send_email(job: Job, report: Report) -> None:
    """Hand an e-mail to the mail server. Raises ``JobFailed``, and ``NotNow`` where it is to be tried again."""
    secret = secret_of(job)
    if secret is None:
        raise JobFailed("None of the site's keys opens it.", NOT_SENT)
    email = Email(**secret)
    sender, headers = settings.DEFAULT_FROM_EMAIL, dict(email.headers)
    message = _WithWholeLinks(email.subject, email.body, sender, [email.to], headers=headers)
    try:
        backend = _connection()
    except OSError as error:  # smtplib's errors are OSErrors
        raise _server_is_down(job, type(error).__name__) from None
    try:
        backend.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refused:
        if next(iter(refused.recipients.values()))[0] < PERMANENT:
            raise NotNow(_later(job)) from None
        raise JobFailed("The mail server says that there is no such mailbox.", REFUSED) from None
    except smtplib.SMTPResponseException as refused:
        if refused.smtp_code < PERMANENT:
            raise _server_is_down(job, str(refused.smtp_code)) from None
        raise JobFailed("The mail server refused it.", NOT_SENT) from None
    except OSError:
        close_connection()
        log.warning("%s: the connection broke while it was handed over; it is not sent again", job)
        raise JobFailed("The connection broke while it was handed over.", UNKNOWN) from None
    except ValueError:
        raise JobFailed("Its address is none.", NOT_SENT) from None


def _server_is_down(job: Job, why: str) -> NotNow:
    """Put off all e-mails that are due; this one is by what is returned. Raises ``JobFailed`` after days."""
    log.warning("the mail server takes no e-mails: %s", why)
    close_connection()
    later = _later(job)
    Job.objects.waiting().filter(kind__in=KINDS).update(due_at=later, attempts=F("attempts") + 1)
    return NotNow(later)


def _later(job: Job) -> datetime:
    if job.requested_at < timezone.now() - GIVE_UP_AFTER:
        raise JobFailed("The mail server did not take it for days.", NOT_SENT)
    return timezone.now() + delay_after(job.attempts - 1)


def delay_after(attempts: int) -> timedelta:
    """How long after so many attempts an e-mail is tried again: a minute, two, four, at most an hour."""
    return min(FIRST_DELAY * 2 ** min(attempts, 16), PUT_OFF_MAX)


# --- The connection, one a thread, over which one e-mail after the other leaves --------------------------------------

_kept = threading.local()


def _connection() -> Any:
    """The open connection to the mail server. Raises ``OSError``."""
    backend = getattr(_kept, "backend", None)
    if backend is not None and (time.monotonic() - _kept.used_at > IDLE_SECONDS or not _is_alive(backend)):
        close_connection()
        backend = None
    if backend is None:
        backend = mailers.create_connection(DEFAULT_MAILER_ALIAS)
        backend.open()
        _kept.backend = backend
    _kept.used_at = time.monotonic()
    return backend


def _is_alive(backend: Any) -> bool:
    """Whether the server still listens: it may close after so many e-mails."""
    smtp = getattr(backend, "connection", None)
    try:
        return smtp is None or bool(smtp.noop()[0] == OK)
    except OSError:
        return False


def close_connection() -> None:
    backend, _kept.backend = getattr(_kept, "backend", None), None
    with suppress(OSError):
        if backend is not None:
            backend.close()


# --- Whether they leave -----------------------------------------------------------------------------------------------


def prints_on_console() -> bool:
    """Whether e-mails are printed where the server was started, and sent to nobody."""
    return bool(settings.MAILERS["default"]["BACKEND"] == CONSOLE)


def mail_trouble() -> dict[str, Any] | None:
    """What keeps e-mails from leaving; None where they leave.

    How many wait (``waiting``) since the mail server does not take them (``since``), when it is asked again
    (``next_try``), and of how many nobody knows whether they left (``unknown``).
    """
    waits = Q(state=JobState.QUEUED, attempts__gt=0)
    is_known = Q(result__in=[REFUSED, NOT_SENT])
    unknown = Q(state=JobState.FAILED, heartbeat__gt=timezone.now() - SHOWN_FOR) & ~is_known
    figures = Job.objects.filter(waits | unknown, kind__in=KINDS).aggregate(
        waiting=Count("pk", filter=waits),
        since=Min("requested_at", filter=waits),
        next_try=Min("due_at", filter=waits),
        unknown=Count("pk", filter=unknown),
    )
    return figures if figures["waiting"] or figures["unknown"] else None
