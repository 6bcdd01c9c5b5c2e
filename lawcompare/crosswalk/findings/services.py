"""Actions on findings: have a version examined, dismiss a finding, reopen it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.models import Confirmation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish, leave_to_later_release
from lawcompare.core.log.services import record
from lawcompare.crosswalk.findings.models import ENGINE, Examination, Finding, FindingDecision, FindingDecisionKind
from lawcompare.engine.rules.runner import examine
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Version
from lawcompare.laws.proposals import confirmation_of


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
def decide_on_finding(user: Person, finding: Finding, kind: str, reason: str) -> FindingDecision:
    """Dismiss or reopen a finding, with the reason that readers see, in place of what waits of the organisation.

    Raises ``PermissionDenied``.
    """
    membership = membership_that_may(user, "review", _("Only a reviewer can decide on a finding."))
    record(
        f"finding {FindingDecisionKind(kind)}",
        f"finding/{finding.pk}",
        by=user,
        organisation=membership.organisation.slug,
    )
    finding.decisions.filter(organisation=membership.organisation, confirmation=Confirmation.PROPOSED).delete()
    return FindingDecision.objects.create(
        finding=finding,
        kind=FindingDecisionKind(kind),
        reason=reason,
        organisation=membership.organisation,
        by=membership.user,
        confirmation=confirmation_of(membership, finding.version, last=finding.decisions.all()),
    )


BATCH = 500


def run_examination(examination: Examination, report: Report) -> None:
    """Write the findings of a version and the end of its examination, or nothing. Safe to run twice."""
    leave_to_later_release(examination.engine, ENGINE)
    report("examining", 0, 0)
    version = examination.version
    engine_findings = examine(load_document(version), language=version.language)
    clauses = dict(version.clauses.values_list("eid", "pk"))
    rows = [
        Finding(
            examination=examination,
            version=version,
            clause_id=clauses[one.eid],
            rule=one.rule,
            start=one.start,
            end=one.end,
            quote=one.quote,
            values=dict(one.values),
        )
        for one in engine_findings
    ]
    with transaction.atomic():
        finish(examination.job)
        Examination.objects.filter(pk=examination.pk).update(finished_at=timezone.now())
        Finding.objects.bulk_create(rows, batch_size=BATCH)
        _keep_decisions(examination)


def _keep_decisions(examination: Examination) -> None:
    """What people decided on the same words under the same rule holds for the findings of later rules too."""
    decisions = FindingDecision.objects.stand().filter(finding__version=examination.version).select_related("finding")
    last = {_place(decision.finding): decision for decision in decisions.order_by("pk")}
    if not last:
        return
    for finding in examination.findings.all():
        decision = last.get(_place(finding))
        if decision is not None:
            kept = FindingDecision.objects.create(
                finding=finding,
                kind=decision.kind,
                reason=decision.reason,
                organisation=decision.organisation,
                by=decision.by,
                confirmation=decision.confirmation,
            )
            FindingDecision.objects.filter(pk=kept.pk).update(at=decision.at)


def _place(finding: Finding) -> tuple[int, str, int, int]:
    return finding.clause_id, finding.rule, finding.start, finding.end
