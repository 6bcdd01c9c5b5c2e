"""A worker's way with suggestions for a whole text: do it, or say why it failed."""

from __future__ import annotations

import logging

from django.utils import timezone

from lawcompare.crosswalk.models import SuggestionRun
from lawcompare.crosswalk.suggestions.store import store_suggestions

log = logging.getLogger(__name__)


def run_suggestions(run_id: int) -> None:
    run = SuggestionRun.objects.select_related("subject_version", "object_version").filter(pk=run_id).first()
    if run is None or run.finished_at is not None:
        return
    held = SuggestionRun.objects.filter(pk=run_id, asked_at=run.asked_at)
    try:
        store_suggestions(run.subject_version, run.object_version)
    except Exception:
        log.exception("suggestions %s failed", run_id)
        held.update(failure="The search ended with an unexpected error, which is in the server's log.")
    else:
        held.update(finished_at=timezone.now(), failure="")
