"""Who may see how letters leave: the staff of the site, and everybody whether the mail server answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from lawcompare.mail.models import Delivery, Letter, LetterState

CONSOLE = "django.core.mail.backends.console.EmailBackend"
# How long a letter that may not have arrived is told of.
SHOWN_FOR = timedelta(days=7)


def visible_deliveries(user: Any) -> QuerySet[Delivery]:
    return Delivery.objects.all() if user.is_staff else Delivery.objects.none()


def prints_on_console() -> bool:
    """Whether letters are printed where the server was started, and sent to nobody."""
    return bool(settings.MAILERS["default"]["BACKEND"] == CONSOLE)


@dataclass(frozen=True)
class MailTrouble:
    """Letters that wait since the mail server does not take them, and those of which nobody knows whether they left."""

    waiting: int
    since: datetime | None
    next_try: datetime | None
    unknown: int


def mail_trouble() -> MailTrouble | None:
    """What keeps letters from leaving; None where they leave."""
    waits = Q(state=LetterState.WAITING, attempts__gt=0)
    unknown = Q(state=LetterState.UNKNOWN, changed_at__gt=timezone.now() - SHOWN_FOR)
    figures = Letter.objects.filter(waits | unknown).aggregate(
        waiting=Count("pk", filter=waits),
        since=Min("created_at", filter=waits),
        next_try=Min("due_at", filter=waits),
        unknown=Count("pk", filter=unknown),
    )
    return MailTrouble(**figures) if figures["waiting"] or figures["unknown"] else None
