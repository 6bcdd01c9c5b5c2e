"""How e-mails leave: whether the mail server answers, and whether there is one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from lawcompare.core.jobs.models import Job, JobState

# How an e-mail failed (``Job.result``). Any that failed otherwise may have left.
REFUSED, NOT_SENT, UNKNOWN = "refused", "not-sent", "unknown"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
# How long an e-mail that may not have arrived is told of.
SHOWN_FOR = timedelta(days=7)


def prints_on_console() -> bool:
    """Whether e-mails are printed where the server was started, and sent to nobody."""
    return bool(settings.MAILERS["default"]["BACKEND"] == CONSOLE)


@dataclass(frozen=True)
class MailTrouble:
    """E-mails that wait since the mail server does not take them, and those of which nobody knows whether they left."""

    waiting: int
    since: datetime | None
    next_try: datetime | None
    unknown: int


def mail_trouble() -> MailTrouble | None:
    """What keeps e-mails from leaving; None where they leave."""
    waits = Q(state=JobState.QUEUED, attempts__gt=0)
    is_known = Q(result__in=[REFUSED, NOT_SENT])
    unknown = Q(state=JobState.FAILED, heartbeat__gt=timezone.now() - SHOWN_FOR) & ~is_known
    figures = Job.objects.filter(waits | unknown, kind="email").aggregate(
        waiting=Count("pk", filter=waits),
        since=Min("requested_at", filter=waits),
        next_try=Min("due_at", filter=waits),
        unknown=Count("pk", filter=unknown),
    )
    return MailTrouble(**figures) if figures["waiting"] or figures["unknown"] else None
