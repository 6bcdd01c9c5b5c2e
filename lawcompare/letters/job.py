"""What workers do for letters: find whom something concerns, and write the letters of a day."""

from collections import Counter
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from lawcompare.jobs.registry import Report
from lawcompare.jobs.runner import finish, hold
from lawcompare.letters.access import recipients_of
from lawcompare.letters.models import Announcement, Choice, Digest, Follower, Notice, Pace
from lawcompare.letters.words import letter_about, letter_of_day
from lawcompare.mail.services import queue

# Recipients whose daily letters are written in one transaction.
BATCH = 500


@transaction.atomic
def run_announcement(announcement: Announcement, report: Report) -> None:
    """Write the letters that go at once, and note what the daily ones will tell."""
    kind, letters, notices = announcement.kind_of_letter, [], []
    for recipient in recipients_of(announcement):
        if _pace_of(recipient, kind) == Pace.AT_ONCE:
            letters.append((recipient.recipient, letter_about(recipient, kind, announcement.path)))
        else:
            name = "choice" if isinstance(recipient, Choice) else "follower"
            notices.append(Notice(kind=kind, **{name: recipient}))
    Notice.objects.bulk_create(notices, batch_size=BATCH)
    if letters:
        queue(*letters)
    finish(announcement)


def _pace_of(recipient: Choice | Follower, kind: str) -> str:
    return recipient.pace_of(kind) if isinstance(recipient, Choice) else recipient.pace


def run_digest(digest: Digest, report: Report) -> None:
    """Write one letter for each person and follower with notices. Those it has written about are deleted with it."""
    until = timezone.now()
    notices = Notice.objects.filter(at__lte=until)
    done = 0
    for name in ("choice", "follower"):
        recipients = list(notices.exclude(**{name: None}).order_by().values_list(name, flat=True).distinct())
        for batch in batched(recipients, BATCH):
            with transaction.atomic():
                hold(digest, step="writing")
                rows = notices.filter(**{f"{name}__in": batch})
                _write(rows, name)
                rows.delete()
            done += len(batch)
            report("writing", done, max(done, len(recipients)))


def _write(notices: QuerySet[Notice], name: str) -> None:
    related = {"choice": ["choice__user"], "follower": ["follower__user", "follower__law", "follower__topic"]}
    kinds: dict[Any, Counter[str]] = {}
    recipients: dict[int, Choice | Follower] = {}
    for notice in notices.select_related(*related[name]):
        recipient = getattr(notice, name)
        recipients.setdefault(recipient.pk, recipient)
        kinds.setdefault(recipient.pk, Counter())[notice.kind] += 1
    wanted = [one for one in recipients.values() if one.user is None or one.user.is_active]
    letters = [(one.recipient, letter_of_day(one, kinds[one.pk])) for one in wanted]
    queue(*letters)
