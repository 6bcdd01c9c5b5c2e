"""Actions on findings: have a version examined, dismiss a finding, reopen it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.crosswalk.findings.models import ENGINE, Examination, Finding, FindingDecision, FindingDecisionKind
from lawcompare.laws.models import Version


@transaction.atomic
def request_examination(version: Version) -> Examination:
    """Have a version examined by today's rules, once."""
    new = {"job": lambda: jobs.create("examination", version.brought_by)}
    examination, is_new = Examination.objects.get_or_create(version=version, engine=ENGINE, defaults=new)
    if not is_new:
        jobs.retry(examination.job)
    return examination


def request_missing_examinations() -> list[Examination]:
    """Have each published version examined that today's rules have not examined; returns what was asked for."""
    examined = Examination.objects.filter(engine=ENGINE, finished_at__isnull=False).values("version")
    versions = Version.objects.published().exclude(pk__in=examined).select_related("law").order_by("pk")
    return [request_examination(version) for version in versions]


@transaction.atomic
def decide_on_finding(user: Any, finding: Finding, kind: str, reason: str) -> FindingDecision:
    """Dismiss or reopen a finding, with the reason that readers see. Raises ``PermissionDenied``."""
    membership = membership_that_may(user, "review", _("Only a reviewer can decide on a finding."))
    record(
        f"finding {FindingDecisionKind(kind)}",
        f"finding/{finding.pk}",
        by=user,
        organisation=membership.organisation.slug,
    )
    return FindingDecision.objects.create(
        finding=finding, kind=FindingDecisionKind(kind), reason=reason, organisation=membership.organisation, by=user
    )
