"""What a worker does to fetch official texts, and in the weekly check of the current release point."""

import logging

from lawcompare.engine.errors import EngineError
from lawcompare.jobs.registry import Report
from lawcompare.uscode.fetching import fetch_sections
from lawcompare.uscode.models import Fetch
from lawcompare.uscode.publisher.names import read_wanted
from lawcompare.uscode.publisher.source import source_of
from lawcompare.uscode.release_check import check_laws

log = logging.getLogger(__name__)


def run_fetch(fetch: Fetch, report: Report) -> None:
    stored = fetch_sections(read_wanted(fetch.wanted), fetch.release_point, source_of(), report)
    fetch.versions.set([one.version for one in stored])


def check_current() -> None:
    """The weekly look at the current release point."""
    try:
        notices = check_laws(source_of())
    except EngineError as error:
        log.warning("the current release point could not be read: %s", error)
        return
    log.info("release points were checked: %s texts changed where something rests on them", len(notices))
