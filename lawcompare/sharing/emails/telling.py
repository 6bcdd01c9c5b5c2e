"""What workers do for e-mails by choice: find whom something concerns, and write the e-mails of a day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import batched
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from lawcompare.annotations.models import NoteDecision, NoteStep
from lawcompare.core.jobs.models import UNFINISHED, Job
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish, hold
from lawcompare.core.mail import REFUSED, queue
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.uscode.models import Fetch
from lawcompare.languages import DEFAULT
from lawcompare.laws.models import Version
from lawcompare.sharing.emails.access import (
    DAYS_TO_CONFIRM,
    followers_of,
    members_told,
    not_told_any_more,
    person,
    waiting_organisations,
)
from lawcompare.sharing.emails.models import Choice, EmailKind, Follower, Notice, Pace
from lawcompare.sharing.emails.words import email_about, email_of_day

# Recipients whose e-mails are written in one transaction.
BATCH = 500


@transaction.atomic
def tell_of_decision(decision: NoteDecision, report: Report) -> None:
    annotation, path = decision.annotation, _path("annotation", decision.annotation.slug)
    organisation = annotation.organisation_id
    if decision.status == NoteStep.SUBMITTED:
        reviewers = members_told(EmailKind.SUBMITTED, organisation, besides=decision.by_id)
        _tell(EmailKind.SUBMITTED, path, reviewers, organisation)
    elif annotation.creator_id != decision.by_id:
        kind = EmailKind.RETURNED if decision.status == NoteStep.RETURNED else EmailKind.PUBLISHED
        _tell(kind, path, person(annotation.creator_id, organisation), organisation)
    if decision.job is not None:
        finish(decision.job)


@transaction.atomic
def tell_of_text(version: Version, report: Report) -> None:
    _tell(EmailKind.TEXT, _path("version", version.law.slug, version.slug), followers_of(version))
    if version.news_job is not None:
        finish(version.news_job)


@transaction.atomic
def tell_of_job(job: Job, report: Report) -> None:
    """A job is done or failed: who started it is told; of a search for notes, the organisations that have some."""
    ended = job.after
    row = ended.row if ended is not None else None
    if ended is None or row is None:
        pass
    elif ended.kind == "carrying":
        path = _path("carrying", row.pk)
        for organisation in waiting_organisations(row) if ended.is_done else ():
            _tell(EmailKind.CARRIED, path, members_told(EmailKind.CARRIED, organisation), organisation)
    elif isinstance(row, ImportDraft):
        by = row.creator_id if ended.kind == "reading" else row.stored_by_id
        _tell(EmailKind.JOB, _path("import", row.pk), person(by, row.organisation_id), row.organisation_id)
    elif isinstance(row, Fetch):
        _tell(EmailKind.JOB, _path("uscode"), person(row.by_id, row.organisation_id), row.organisation_id)
    finish(job)


def _path(name: str, *arguments: Any) -> str:
    with translation.override(DEFAULT.code):
        return reverse(name, args=arguments)


def _tell(kind: EmailKind, path: str, recipients: Iterable[Choice | Follower], organisation: int | None = None) -> None:
    """Write the e-mails that go at once, and note what the daily ones will tell; of whose work, if of anybody's."""
    by_pace: dict[str, list[Choice | Follower]] = {Pace.NEVER: [], Pace.AT_ONCE: [], Pace.DAILY: []}
    for one in recipients:
        by_pace[one.pace_of(kind)].append(one)
    at_once = by_pace[Pace.AT_ONCE]
    sent = queue(*[email_about(one, kind, path) for one in at_once])
    notices = [Notice.about(one, kind, organisation, job) for one, job in zip(at_once, sent, strict=True)]
    notices += [Notice.about(one, kind, organisation) for one in by_pace[Pace.DAILY]]
    Notice.objects.bulk_create(notices, batch_size=BATCH)


def write_daily(job: Job, report: Report) -> None:
    """Write one e-mail for each person and follower of what was noted until the hour of the daily ones.

    Those whose mailbox does not exist are ended before that, and who never confirmed is forgotten.
    """
    _end_refused()
    now = timezone.now()
    Follower.objects.filter(confirmed_at=None, asked_at__lt=now - timedelta(days=DAYS_TO_CONFIRM)).delete()
    until = now.replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if until > now:
        until -= timedelta(days=1)
    notices = Notice.objects.filter(job=None, at__lt=until)
    not_told_any_more(notices).delete()
    known = {
        "choice": Choice.objects.select_related("user"),
        "follower": Follower.objects.select_related("user", "law", "topic"),
    }
    for name, rows in known.items():
        recipients = list(notices.exclude(**{name: None}).order_by().values_list(name, flat=True).distinct())
        for done, batch in enumerate(batched(recipients, BATCH)):
            with transaction.atomic():
                hold(job, step="writing", done=done * BATCH, total=len(recipients))
                _write(notices.filter(**{f"{name}__in": batch}), name, rows)


def _write(notices: QuerySet[Notice], name: str, known: QuerySet[Any]) -> None:
    kinds: dict[int, Counter[str]] = defaultdict(Counter)  # counted there: a person may have thousands
    for key, kind, number in notices.order_by().values_list(name, "kind").annotate(Count("pk")):
        kinds[key][kind] = number
    wanted = [one for one in known.in_bulk(list(kinds)).values() if one.user is None or one.user.is_active]
    jobs = queue(*[email_of_day(one, kinds[one.pk]) for one in wanted])
    for one, sent in zip(wanted, jobs, strict=True):
        notices.filter(**{name: one}).update(job=sent)
    notices.filter(job=None).delete()  # of people whose account is closed


@transaction.atomic
def _end_refused() -> None:
    """An address that its own server refused for good gets no more e-mails; whoever has an account sees a notice.

    Notices of e-mails that left, or never will, are deleted.
    """
    refused = Notice.objects.filter(job__result=REFUSED)
    choices = Choice.objects.filter(pk__in=refused.exclude(choice=None).values("choice"))
    choices.update(paces={}, refused_at=timezone.now())
    Follower.objects.filter(pk__in=refused.exclude(follower=None).values("follower")).delete()
    Notice.objects.exclude(job=None).exclude(job__state__in=UNFINISHED).delete()
