"""A worker's way with what was asked for: claim it, fetch it, say how far it is, and say why if it fails."""

from __future__ import annotations

import logging
import time

from django.db.models import F
from django.utils import timezone

from lawcompare.engine.errors import EngineError
from lawcompare.uscode.fetching import fetch_sections
from lawcompare.uscode.models import Fetch
from lawcompare.uscode.names import read_wanted
from lawcompare.uscode.release_check import check_laws
from lawcompare.uscode.source import source_of

log = logging.getLogger(__name__)

# A download reports several times a second; each report is a transaction.
SECONDS_BETWEEN = 0.5


class LostClaim(Exception):
    """Another worker has taken it over, since this one was silent for too long."""


def run_fetch(fetch_id: int) -> None:
    """Fetch what waits; leave alone what is done or in another worker's hands."""
    fetch = _claim(fetch_id)
    if fetch is None:
        return
    try:
        stored = fetch_sections(read_wanted(fetch.wanted), fetch.release_point, source_of(), Reporter(fetch))
    except LostClaim:
        log.info("fetch %s was taken over", fetch_id)
    except EngineError as error:
        _end(fetch, Fetch.State.FAILED, str(error))
    except Exception:
        log.exception("fetch %s failed", fetch_id)
        _end(fetch, Fetch.State.FAILED, "It ended with an unexpected error, which is in the server's log.")
    else:
        fetch.versions.set([one.version for one in stored])
        _end(fetch, Fetch.State.DONE, "")


def _claim(fetch_id: int) -> Fetch | None:
    """Take it for this worker. ``attempts`` is the claim's number: who holds an older one has lost it."""
    fetch = Fetch.objects.filter(pk=fetch_id).first()
    if fetch is None or not (fetch.state == Fetch.State.QUEUED or fetch.is_abandoned):
        return None
    taken = Fetch.objects.filter(pk=fetch_id, state=fetch.state, attempts=fetch.attempts).update(
        state=Fetch.State.RUNNING, attempts=F("attempts") + 1, done=0, total=0, step="", heard_at=timezone.now()
    )
    if not taken:
        return None
    fetch.refresh_from_db()
    return fetch


class Reporter:
    """Writes progress, and with it the sign of life that keeps the claim."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch, self.said_at, self.step = fetch, 0.0, ""

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.step and done != total and now - self.said_at < SECONDS_BETWEEN:
            return
        self.said_at, self.step = now, step
        mine = Fetch.objects.filter(pk=self.fetch.pk, attempts=self.fetch.attempts)
        if not mine.update(step=step, done=done, total=total, heard_at=timezone.now()):
            raise LostClaim


def _end(fetch: Fetch, state: str, reason: str) -> None:
    Fetch.objects.filter(pk=fetch.pk, attempts=fetch.attempts).update(
        state=state, reason=reason, heard_at=timezone.now()
    )


def check_current() -> None:
    """The weekly look at the current release point."""
    try:
        notices = check_laws(source_of())
    except EngineError as error:
        log.warning("the current release point could not be read: %s", error)
        return
    log.info("release points were checked: %s texts changed where something rests on them", len(notices))
