"""What a worker does to make a version of a draft: store it, and publish it where that was asked for.

All is written in one transaction, which ends by asking whether the claim still holds: however often a message comes,
and whichever worker is taken for dead, one version is made.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lawcompare.audit.services import record
from lawcompare.imports.corrections.apply import corrected, neutral_name
from lawcompare.imports.models import ImportDraft, Storing
from lawcompare.jobs.registry import Report
from lawcompare.jobs.runner import finish
from lawcompare.laws.models import Origin
from lawcompare.laws.services import store_text
from lawcompare.publishing.services import publish


@transaction.atomic
def run_storing(job: Storing, report: Report) -> None:
    draft = job.draft
    report("storing", 0, draft.clause_count)
    version = store_text(corrected(draft).document, job.details, draft.original, progress=report)
    Origin.objects.create(version=version, organisation=draft.organisation)
    ImportDraft.objects.filter(pk=draft.pk).update(
        version=version,
        warnings_unchecked=draft.unchecked_count,
        name=neutral_name(draft),  # how people call a file may tell who wrote it or passed it on
        changed_at=timezone.now(),
    )
    details = {"unchecked": draft.unchecked_count, "corrections": draft.corrections.active().count()}
    action = "publish" if job.is_public else "keep"
    record(action, f"text/{version.address}", by=job.by, organisation=draft.organisation.slug, **details)
    if job.is_public:
        publish(version)
    finish(job)
