"""A worker's way with a draft: claim it, have its file read, say how far it is, and say why if that fails."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.imports.corrections.apply import keep_reading
from lawcompare.imports.models import ImportDraft, State
from lawcompare.laws import originals
from lawcompare.laws.services import Import, read_file

log = logging.getLogger(__name__)

# What the front matter of our own Markdown says of a text is what its importer would type.
SAID = ("law", "version", "date", "text_status", "source_url", "became_public", "became_public_on", "note")


class LostClaim(Exception):
    """Another worker has taken the draft over, or it was discarded: what this one finds is not wanted."""


def run_reading(draft_id: int) -> None:
    """Read the file of a draft that waits; leave one alone that is read or in another worker's hands."""
    draft = _claim(draft_id)
    if draft is None:
        return
    try:
        wanted = Import(
            originals.open_original(draft.original, f"import/{draft.pk}", None, draft.organisation.slug),
            draft.name,
            metadata={"language": draft.language},
            accept_warnings=True,
            sandboxed=True,
        )
        document = read_file(wanted, _Reporter(draft))
        _finish(draft, document)
    except LostClaim:
        log.info("the reading of import %s is no longer wanted", draft_id)
    except EngineError as error:
        _fail(draft, str(error))
    except Exception:
        log.exception("the reading of import %s failed", draft_id)
        _fail(draft, "the reading ended with an unexpected error, which is in the server's log")


def _claim(draft_id: int) -> ImportDraft | None:
    """Take the draft for this worker. ``attempts`` is the claim's number: who holds an older one has lost it."""
    draft = ImportDraft.objects.filter(pk=draft_id).first()
    if draft is None or not (draft.state == State.QUEUED or (draft.state == State.READING and draft.is_abandoned)):
        return None
    taken = ImportDraft.objects.filter(pk=draft_id, state=draft.state, attempts=draft.attempts).update(
        state=State.READING, attempts=F("attempts") + 1, step="", done=0, total=0, heard_at=timezone.now()
    )
    if not taken:
        return None
    draft.refresh_from_db(fields=["state", "attempts"])
    return draft


class _Reporter:
    """Writes progress, and with it the sign of life that keeps the claim."""

    def __init__(self, draft: ImportDraft) -> None:
        self.mine = ImportDraft.objects.filter(pk=draft.pk, attempts=draft.attempts, state=State.READING)

    def __call__(self, step: str, done: int, total: int) -> None:
        if not self.mine.update(step=step, done=done, total=total, heard_at=timezone.now()):
            raise LostClaim


@transaction.atomic
def _finish(draft: ImportDraft, document: Document) -> None:
    said = {name: str(document.meta[name]) for name in SAID if document.meta.get(name)}
    found = ImportDraft.objects.filter(pk=draft.pk, attempts=draft.attempts, state=State.READING).update(
        state=State.READY,
        step="",
        reason="",
        reading=keep_reading(document),
        title=document.title[:300],
        clause_count=len(document.clauses),
        doubt_count=len(document.warnings),
        said={"title": document.title[:300], "language": document.language} | said,
        heard_at=timezone.now(),
        changed_at=timezone.now(),
    )
    if not found:
        raise LostClaim


def _fail(draft: ImportDraft, reason: str) -> None:
    ImportDraft.objects.filter(pk=draft.pk, attempts=draft.attempts).update(
        state=State.FAILED, reason=reason, heard_at=timezone.now(), changed_at=timezone.now()
    )
