"""What an editor does: ask for official sections, try again, and mark a notice as read."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare import celery
from lawcompare.accounts.access import may, membership_of
from lawcompare.audit.services import record
from lawcompare.uscode.models import Fetch, ReleaseNotice
from lawcompare.uscode.names import read_release, read_wanted
from lawcompare.uscode.tasks import fetch_official


def check_editor(user: Any) -> None:
    if not may(user, "import"):
        raise PermissionDenied(_("Only an editor brings in official texts."))


@transaction.atomic
def request_fetch(user: Any, wanted: str, release_point: str) -> Fetch:
    """Have official sections fetched. Raises EngineError for what names no sections or no release point."""
    check_editor(user)
    membership = membership_of(user)
    assert membership is not None
    sections = " ".join(str(one) for one in read_wanted(wanted))
    release = str(read_release(release_point)) if release_point.strip() else ""
    fetch = Fetch.objects.create(wanted=sections, release_point=release, organisation=membership.organisation, by=user)
    record("uscode.fetch", f"us-code/{sections}", user, membership.organisation.slug, release_point=release)
    celery.send(fetch_official, fetch.pk)
    return fetch


@transaction.atomic
def try_again(user: Any, fetch: Fetch) -> None:
    check_editor(user)
    if fetch.may_be_tried_again:
        fetch.state, fetch.reason, fetch.heard_at = Fetch.State.QUEUED, "", timezone.now()
        fetch.save(update_fields=["state", "reason", "heard_at"])
        record("uscode.fetch-again", f"us-code/{fetch.wanted}", user, fetch.organisation.slug)
        celery.send(fetch_official, fetch.pk)


# A fetch that ended its worker so often ends the next one too.
ATTEMPTS_MAX = 5


def take_up_lost_fetches() -> int:
    """Send again what is under way only in name; what ended its worker too often has failed. Returns how many."""
    under_way = Fetch.objects.filter(state__in=[Fetch.State.QUEUED, Fetch.State.RUNNING])
    lost = [one for one in under_way if one.is_abandoned]
    for fetch in lost:
        mine = Fetch.objects.filter(pk=fetch.pk, state=fetch.state, attempts=fetch.attempts)
        if fetch.attempts >= ATTEMPTS_MAX:
            reason = f"Its worker ended {fetch.attempts} times before it was done."
            mine.update(state=Fetch.State.FAILED, reason=reason)
        elif mine.update(state=Fetch.State.QUEUED, heard_at=timezone.now()):
            celery.send(fetch_official, fetch.pk)
    return len(lost)


@transaction.atomic
def put_aside(user: Any, notice: ReleaseNotice) -> None:
    """Say that a notice was read."""
    check_editor(user)
    if ReleaseNotice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now()):
        membership = membership_of(user)
        record("uscode.notice-read", f"us-notice/{notice.pk}", user, membership.organisation.slug if membership else "")
