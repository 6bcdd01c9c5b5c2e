"""Examining a stored version by the engine's rules."""

from django.db import transaction
from django.utils import timezone

from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.crosswalk.findings.models import Examination, Finding, FindingDecision
from lawcompare.engine.rules.runner import examine
from lawcompare.laws.documents import load_document

BATCH = 500


def run_examination(examination: Examination, report: Report) -> None:
    """Write the findings of a version and the end of its examination, or nothing. Safe to run twice."""
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
    decisions = FindingDecision.objects.filter(finding__version=examination.version).select_related("finding")
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
            )
            FindingDecision.objects.filter(pk=kept.pk).update(at=decision.at)


def _place(finding: Finding) -> tuple[int, str, int, int]:
    return finding.clause_id, finding.rule, finding.start, finding.end
