"""What a worker does to make a version of a draft: store it, and publish it where that was asked for.

All is written in one transaction, which ends by asking whether the claim still holds: however often a message comes,
and whichever worker is taken for dead, one version is made.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.core.log.services import record
from lawcompare.engine.document import Document
from lawcompare.imports.corrections.apply import corrected, neutral_name
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.storing.forms import free_slug
from lawcompare.imports.storing.services import private_names
from lawcompare.laws.models import Law, Origin, Version
from lawcompare.laws.services import store_text
from lawcompare.publishing.services import publish


@transaction.atomic
def run_storing(draft: ImportDraft, report: Report) -> None:
    job, is_public = draft.storing_job, draft.store_publicly
    assert job is not None
    step = "publishing" if is_public else "keeping"
    report(step, 0, draft.clause_count)
    details = _free_law(draft.store_as) if is_public else private_names(draft.store_as)
    document = corrected(draft).document
    version = store_text(
        document,
        details | _pages(draft, document),
        draft.original,
        progress=lambda _step, done, total: report(step, done, total),
    )
    Origin.objects.create(version=version, organisation=draft.organisation)
    ImportDraft.objects.filter(pk=draft.pk).update(
        version=version,
        warnings_unchecked=draft.unchecked_count,
        name=neutral_name(draft),  # how people call a file may tell who wrote it or passed it on
        changed_at=timezone.now(),
    )
    counts = {"unchecked": draft.unchecked_count, "corrections": draft.corrections.active().count()}
    action = "publish" if is_public else "keep"
    record(action, f"text/{version.address}", by=draft.stored_by, organisation=draft.organisation.slug, **counts)
    if is_public:
        publish(version)
    _compare_with_counterpart(draft, version)
    finish(job)


def _pages(draft: ImportDraft, document: Document) -> dict[str, int]:
    """How many pages a text that was recognised has, and how many of them a person read; nothing of other texts."""
    total, read = draft.pages.count(), draft.pages.exclude(read_at=None).count()
    is_recognised = "recognised" in str(document.meta.get("text", ""))
    return {"pages_total": total, "pages_proofread": read} if total and (is_recognised or read) else {}


def _compare_with_counterpart(draft: ImportDraft, version: Version) -> None:
    """Compare the texts before and after the changes tracked in one file, once both are stored as texts of one law."""
    other = draft.counterpart.version if draft.counterpart is not None else None
    if other is not None and other.law_id == version.law_id:
        old, new = (other, version) if draft.before_changes_id else (version, other)
        request_comparison(old, new)


def _free_law(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details with a free name for a new law, where another organisation has a private one of the same name."""
    public = Version.objects.filter(law__slug=details["law"], published_at__isnull=False)
    if "law_title" not in details or public.exists():
        return dict(details)
    taken = set(Law.objects.filter(slug__startswith=details["law"]).values_list("slug", flat=True))
    return dict(details) | {"law": free_slug(details["law"], taken)}
