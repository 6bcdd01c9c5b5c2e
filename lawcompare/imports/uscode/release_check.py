"""The check whether a newer release point changes a section on which a correspondence rests."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus
from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import read
from lawcompare.imports.uscode.fetching import fetch_file, fetch_sections, newest, release_of
from lawcompare.imports.uscode.models import ReleaseNotice
from lawcompare.imports.uscode.publisher import ReleasePoint, Source, Wanted, source_of
from lawcompare.laws.documents import load_document
from lawcompare.laws.models import Clause, Version

log = logging.getLogger(__name__)


def check_current(job: Job, report: Report) -> None:
    """The weekly look at the current release point."""
    try:
        notices = check_laws(source_of())
    except EngineError as error:
        log.warning("the current release point could not be read: %s", error)
        return
    log.info("release points were checked: %s texts changed where something rests on them", len(notices))


def check_laws(source: Source) -> list[ReleaseNotice]:
    """Bring in the newer text of each official text where a section that is relied on changed; returns the notices.

    A law that cannot be checked is logged and delays no other.
    """
    current = source.current()
    notices = []
    for text in _latest():
        known = release_of(text.slug)
        if known is None or not known < current:
            continue
        try:
            notice = _check(text, current, source)
        except EngineError as error:
            log.warning("%s could not be checked against release point %s: %s", text.address, current, error)
            continue
        if notice is not None:
            notices.append(notice)
    return notices


def _latest() -> list[Version]:
    """The newest official text of each title."""
    by_law: dict[int, list[Version]] = defaultdict(list)
    for text in Version.objects.published().filter(slug__startswith="rp").select_related("law"):
        if release_of(text.slug) and re.fullmatch(r"us-code-\w+", text.law.slug):
            by_law[text.law_id].append(text)
    return [last for texts in by_law.values() if (last := newest(texts))]


def _check(text: Version, current: ReleasePoint, source: Source) -> ReleaseNotice | None:
    relied_on = _sections_relied_on(text)
    if not relied_on:
        return None
    wanted = Wanted(text.law.slug.removeprefix("us-code-"), text.selection)
    file = fetch_file(wanted, current, source)
    older, newer = load_document(text), read(file.xml, filename="usc.xml", format="uslm")
    changed = [num for num in relied_on if _words(older, num) != _words(newer, num)]
    if not changed:
        return None
    (stored,) = fetch_sections([wanted], str(current), source)
    notice, _is_new = ReleaseNotice.objects.get_or_create(
        old=text, new=stored.version, defaults={"law": text.law, "sections": changed}
    )
    return notice


def _sections_relied_on(text: Version) -> list[str]:
    """The numbers of sections in which a clause stands of which something is stated, in order."""
    rows = Correspondence.objects.exclude(status=CorrespondenceStatus.REFUSED)
    rows = rows.filter(Q(subject__version=text) | Q(object__version=text)).select_related("subject", "object")
    places = {c.position for row in rows for c in (row.subject, row.object) if c and c.version_id == text.pk}
    sections: Iterable[Clause] = text.clauses.filter(element="section").order_by("position")
    return [section.num for section in sections if any(section.position <= at < section.end for at in places)]


def _words(document: Document, num: str) -> list[tuple[str, str, str]]:
    """All that a section says, with the numbers inside it; nothing where there is no such section."""
    section = next((c for c in document.clauses if c.element == "section" and _bare(c.num) == _bare(num)), None)
    inside = document.subtree(section.eid) if section else ()
    return [(clause.num, clause.heading, clause.text) for clause in inside]


def _bare(num: str) -> str:
    return re.sub(r"[^\w-]", "", num.replace("–", "-"))
