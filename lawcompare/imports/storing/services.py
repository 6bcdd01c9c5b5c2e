"""From a corrected draft to a version: its details, having it stored, and publishing what was kept private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.audit.services import record
from lawcompare.imports.access import editor
from lawcompare.imports.models import ImportDraft, Storing
from lawcompare.jobs import services as jobs
from lawcompare.laws.services import ImportRefused
from lawcompare.publishing.services import publish


class UncheckedWarnings(Exception):
    """The text has warnings that nobody has checked; it is published only by who says that this is known."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@transaction.atomic
def save_details(user: Any, draft: ImportDraft, details: Mapping[str, str]) -> None:
    """Keep what was typed about the text, whether it is complete or not."""
    editor(user)
    held = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if not held.is_open:
        raise ImportRefused(_("This text is stored already; its details can no longer change."))
    held.details = held.details | dict(details)
    held.save(update_fields=["details", "changed_at"])
    draft.details = held.details


@transaction.atomic
def ask_to_store(
    user: Any, draft: ImportDraft, details: Mapping[str, Any], *, is_public: bool, unchecked_is_known: bool = False
) -> None:
    """Have a version made of the draft: published, or for its organisation alone. Of one on its way nothing is begun.

    Raises ``UncheckedWarnings`` where warnings are unchecked and nobody said that this is known, and ``ImportRefused``.
    """
    membership = editor(user)
    held = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if held.version_id is not None or held.is_being_stored:
        return
    if not held.is_open:
        raise ImportRefused(_("The file has not been read yet."))
    if held.unchecked_count and not unchecked_is_known:
        raise UncheckedWarnings(held.unchecked_count)
    kept = {name: str(value) for name, value in details.items() if value}
    held.details = held.details | kept
    held.save()
    Storing.objects.filter(draft=held).delete()  # one that failed
    job = Storing.objects.create(draft=held, details=kept, is_public=is_public, by=user)
    record("ask to store", f"import/{held.pk}", by=user, organisation=membership.organisation.slug, public=is_public)
    jobs.enqueue(job)


@transaction.atomic
def publish_kept(user: Any, draft: ImportDraft) -> None:
    """Make public what the organisation had kept to itself."""
    membership = editor(user)
    version = draft.version
    if version is not None and publish(version):
        draft.save(update_fields=["changed_at"])
        record("publish", f"text/{version.address}", by=user, organisation=membership.organisation.slug)
