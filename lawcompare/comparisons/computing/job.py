"""A worker's way with a comparison: claim it, compute it, say how far it is, and say why if it fails."""

from __future__ import annotations

import logging

from django.db.models import F
from django.utils import timezone

from lawcompare.comparisons.computing.compare import LostClaim, compare
from lawcompare.comparisons.models import Comparison, Concordance, State
from lawcompare.engine.errors import EngineError
from lawcompare.laws import translations
from lawcompare.laws.models import Version

log = logging.getLogger(__name__)


def run_comparison(comparison_id: int) -> None:
    """Compute a comparison that waits; leave one alone that is done or in another worker's hands."""
    comparison = _claim(comparison_id)
    if comparison is None:
        return
    try:
        compare(comparison, _Reporter(comparison))
    except LostClaim:
        log.info("comparison %s was taken over", comparison_id)
    except EngineError as error:
        _fail(comparison, str(error))
    except Exception:
        log.exception("comparison %s failed", comparison_id)
        _fail(comparison, "The computation ended with an unexpected error, which is in the server's log.")


def _claim(comparison_id: int) -> Comparison | None:
    """Take the comparison for this worker. ``attempts`` is the claim's number: who holds an older one has lost it."""
    comparison = Comparison.objects.select_related("old__law", "new__law").filter(pk=comparison_id).first()
    if comparison is None or not (comparison.state == State.QUEUED or comparison.is_abandoned):
        return None
    taken = Comparison.objects.filter(pk=comparison_id, state=comparison.state, attempts=comparison.attempts).update(
        state=State.RUNNING, attempts=F("attempts") + 1, done=0, total=0, step="", heard_at=timezone.now()
    )
    if not taken:
        return None
    comparison.refresh_from_db(fields=["state", "attempts", "done", "total", "step", "heard_at"])
    return comparison


class _Reporter:
    """Writes progress, and with it the sign of life that keeps the claim."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison

    def __call__(self, step: str, done: int, total: int) -> None:
        mine = Comparison.objects.filter(pk=self.comparison.pk, attempts=self.comparison.attempts)
        if not mine.update(step=step, done=done, total=total, heard_at=timezone.now()):
            raise LostClaim
        self.comparison.step = step


def _fail(comparison: Comparison, reason: str) -> None:
    Comparison.objects.filter(pk=comparison.pk, attempts=comparison.attempts).update(
        state=State.FAILED, reason=reason, heard_at=timezone.now()
    )


def map_translation(version_id: int) -> None:
    """Find which clause of a translation renders which clause of the text translated, keeping what people decided."""
    version = Version.objects.select_related("translates").filter(pk=version_id).first()
    if version is None or version.translates is None:
        return
    said = Concordance.objects.between(version.translates.pk, version.pk).in_force()
    said = said.select_related("decision__organisation", "decision__by")
    translations.map_translation(version, {(row.old_id, row.new_id): row.credit for row in said})
