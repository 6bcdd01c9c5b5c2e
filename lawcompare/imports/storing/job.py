"""A worker's way with a draft that is to become a version: claim it, store it, publish it, or hand it back with why.

All is written in one transaction, which ends by asking whether the claim still holds: however often a message comes,
and whichever worker is taken for dead, one version is made. How far it is stands in the cache, since nobody outside
sees what the transaction has written.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lawcompare.audit.services import record
from lawcompare.comparisons.services import publish as publish_version
from lawcompare.engine.errors import EngineError
from lawcompare.imports.corrections.apply import mended, neutral_name
from lawcompare.imports.models import ImportDraft, State
from lawcompare.imports.upload.reading_job import LostClaim
from lawcompare.laws.models import Origin
from lawcompare.laws.services import store_text

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 600


def run_storing(draft_id: int) -> None:
    """Make a version of a draft that waits for it; leave one alone that is stored or in another worker's hands."""
    draft = _claim(draft_id)
    if draft is None:
        return
    try:
        _store(draft)
    except LostClaim:
        log.info("the storing of import %s is no longer wanted", draft_id)
    except EngineError as error:
        hand_back(draft, str(error))
    except Exception:
        log.exception("the storing of import %s failed", draft_id)
        hand_back(draft, "the storing ended with an unexpected error, which is in the server's log")


def _claim(draft_id: int) -> ImportDraft | None:
    draft = ImportDraft.objects.select_related("organisation", "asked_by").filter(pk=draft_id).first()
    if draft is None or not (draft.state == State.ASKED or (draft.state == State.STORING and draft.is_abandoned)):
        return None
    taken = ImportDraft.objects.filter(pk=draft_id, state=draft.state, attempts=draft.attempts).update(
        state=State.STORING, attempts=F("attempts") + 1, heard_at=timezone.now()
    )
    if not taken:
        return None
    draft.refresh_from_db(fields=["state", "attempts"])
    return draft


@transaction.atomic
def _store(draft: ImportDraft) -> None:
    def report(step: str, done: int, total: int) -> None:
        cache.set(_key(draft), (done, total), PROGRESS_SECONDS)

    report("storing", 0, draft.clause_count)
    is_public = draft.asked["public"]
    version = store_text(mended(draft).document, draft.asked["said"], draft.original, progress=report)
    Origin.objects.create(version=version, organisation=draft.organisation)
    mine = ImportDraft.objects.filter(pk=draft.pk, state=State.STORING, attempts=draft.attempts)
    stored = mine.update(
        version=version,
        state=State.PUBLISHED if is_public else State.KEPT,
        doubts_unread=draft.unread,
        name=neutral_name(draft),  # how people call a file may tell who wrote it or passed it on
        reason="",
        changed_at=timezone.now(),
    )
    if not stored:
        raise LostClaim
    details = {"unread": draft.unread, "mends": draft.mends.standing().count()}
    action = "publish" if is_public else "keep"
    record(action, f"text/{version.address}", by=draft.asked_by, organisation=draft.organisation.slug, **details)
    if is_public:
        publish_version(version)


def hand_back(draft: ImportDraft, reason: str) -> None:
    """To the desk, where people read why, put it right and ask again."""
    ImportDraft.objects.filter(pk=draft.pk, state=draft.state, attempts=draft.attempts).update(
        state=State.READY, reason=reason, heard_at=timezone.now(), changed_at=timezone.now()
    )


def progress_of(draft: ImportDraft) -> tuple[int, int]:
    """Clauses written, of how many."""
    found: Any = cache.get(_key(draft))
    return found or (0, draft.clause_count)


def _key(draft: ImportDraft) -> str:
    return f"import-{draft.pk}-storing"
