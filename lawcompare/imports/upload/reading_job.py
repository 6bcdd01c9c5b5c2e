"""What a worker does to read the file of a draft."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.imports.corrections.apply import keep_reading
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.upload import page_images, recognised_pages
from lawcompare.laws.services import Import, read_file
from lawcompare.laws.uploads import originals

# What the front matter of our own Markdown says of a text is what its importer would type.
FRONT_MATTER = ("law", "version", "date", "text_status", "source_url", "became_public", "became_public_on", "note")


def run_reading(draft: ImportDraft, report: Report) -> None:
    job = draft.reading_job
    assert job is not None
    wanted = Import(
        originals.open_original(draft.original, f"import/{draft.pk}", None, draft.organisation.slug),
        draft.name,
        metadata={"language": draft.language},
        accept_warnings=True,
        sandboxed=True,
    )
    pages = recognised_pages.KeptPages(draft, job)
    document = read_file(wanted, report, pages.keep_image, pages)
    before = _before_changes(draft, wanted, document, report)
    with transaction.atomic():
        finish(job)
        _keep(draft, document)
        page_images.store(draft, pages.images)
        recognised_pages.remove(draft)
        if before is not None:
            _keep_before(draft, before)


def _before_changes(draft: ImportDraft, wanted: Import, document: Document, report: Report) -> Document | None:
    """The text of a Word file before the changes tracked in it, where wanted; None where there is none, or no law."""
    if not draft.wants_before or "tracked_changes" not in document.meta:
        return None
    try:
        before = read_file(replace(wanted, before_changes=True), report)
    except EngineError:
        return None
    return before if before.clauses != document.clauses else None


def _keep_before(draft: ImportDraft, before: Document) -> None:
    """A draft of its own for the text before the changes, beside the one of the text after them."""
    other = draft.before_changes or ImportDraft.objects.create(
        organisation=draft.organisation,
        creator=draft.creator,
        batch=draft.batch,
        name=draft.name,
        original=draft.original,
        size=draft.size,
        language=draft.language,
    )
    _keep(other, before)
    ImportDraft.objects.filter(pk=draft.pk).update(before_changes=other)


def _keep(draft: ImportDraft, document: Document) -> None:
    details = {name: str(document.meta[name]) for name in FRONT_MATTER if document.meta.get(name)}
    ImportDraft.objects.filter(pk=draft.pk).update(
        reading=keep_reading(document, draft.organisation_id),
        title=document.title[:300],
        clause_count=len(document.clauses),
        warning_count=len(document.warnings),
        details={"title": document.title[:300], "language": document.language} | details,
        changed_at=timezone.now(),
    )
