"""What people do about findings: have a version examined, dismiss a finding, take it up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare import celery
from lawcompare.accounts.access import may, membership_of
from lawcompare.audit.services import record
from lawcompare.findings.models import ENGINE, Examination, Finding, FindingDecision, FindingDecisionKind
from lawcompare.findings.tasks import examine
from lawcompare.laws.models import Version


@transaction.atomic
def request_examination(version: Version) -> Examination:
    """Have a version examined by today's rules, once."""
    examination, is_new = Examination.objects.get_or_create(version=version, engine=ENGINE)
    if is_new or (examination.finished_at is None and examination.reason):
        celery.send(examine, examination.pk)
    return examination


# An examination takes seconds. One that was asked for so long ago has lost its message or its worker.
SILENCE_MAX = timedelta(minutes=5)
ATTEMPTS_MAX = 3


def take_up_lost_examinations() -> int:
    """Send again what was asked for and never ended. Returns how many."""
    waiting = Examination.objects.filter(finished_at=None, reason="", asked_at__lt=timezone.now() - SILENCE_MAX)
    count = 0
    for examination in waiting:
        count += 1
        examination.attempts += 1
        examination.asked_at = timezone.now()
        if examination.attempts > ATTEMPTS_MAX:
            examination.reason = f"It was tried {examination.attempts} times and never ended."
        examination.save(update_fields=["attempts", "asked_at", "reason"])
        if not examination.reason:
            celery.send(examine, examination.pk)
    return count


@transaction.atomic
def decide_on_finding(user: Any, finding: Finding, kind: str, reason: str) -> FindingDecision:
    """Dismiss a finding, or take it up again, with the reason that readers see."""
    membership = membership_of(user)
    if membership is None or not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can decide on a finding."))
    record(
        f"finding {FindingDecisionKind(kind)}",
        f"finding/{finding.pk}",
        by=user,
        organisation=membership.organisation.slug,
    )
    return FindingDecision.objects.create(
        finding=finding, kind=FindingDecisionKind(kind), reason=reason, organisation=membership.organisation, by=user
    )
