"""Official sections of the Code into the library: each a new text of its law, with what was known of the one before."""

import hashlib
import logging
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, count

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.leaving import still_given
from lawcompare.accounts.models import EDITORS, Person
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.core.jobs.runner import run_now
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, Topic, TopicClause
from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import read
from lawcompare.imports.uscode.models import Archive, Fetch, ReleaseNotice
from lawcompare.imports.uscode.publisher import (
    FetchRefused,
    Progress,
    ReleasePoint,
    Source,
    Wanted,
    read_release,
    read_wanted,
    source_of,
    unpack,
)
from lawcompare.laws.documents import load_document
from lawcompare.laws.editing.services import give_way, unseen
from lawcompare.laws.models import Clause, Law, TextStatus, Version
from lawcompare.laws.services import Import, Imported, import_law
from lawcompare.publishing.services import publish

log = logging.getLogger(__name__)

# The Code as a whole was enacted on 30 June 1926; its titles stand under that year, positive law or not.
LAW = {"jurisdiction": "us", "kind": "statute", "date": "1926"}
_HEAD = 20_000
_SLUG = re.compile(r"rp(\d+-\d+(?:not\d+)*)-en(?:-\d+)?")


@dataclass(frozen=True)
class TitleFile:
    """The official file of one title, checked, and what is wanted of it."""

    wanted: Wanted
    release: ReleasePoint
    xml: bytes
    url: str
    sha256: str
    size: int


def run_fetch(fetch: Fetch, report: Report) -> None:
    """What a worker does to fetch official texts. Raises ``FetchRefused`` where who asked for them may no longer."""
    if not Fetch.objects.filter(still_given("import"), pk=fetch.pk).exists():
        raise FetchRefused(_("whoever asked for it may do so no longer; ask for it anew"))
    by = None if fetch.organisation.slug == EDITORS else fetch.by
    stored = fetch_sections(read_wanted(fetch.wanted), fetch.release_point, source_of(), report, by=by)
    fetch.versions.set([one.version for one in stored])


def fetch_sections(
    wanted: Sequence[Wanted],
    release: str,
    source: Source,
    progress: Progress = ignore_progress,
    *,
    by: Person | None = None,
) -> list[Imported]:
    """Bring official sections as new public texts of their laws: all of what is wanted, or nothing.

    ``release`` empty: the release point that is current at the source. ``by``: who asked, where the site does not speak
    for them. Raises EngineError with one sentence; so it does for them where the text before has more sections, which
    would look removed.
    """
    chosen = read_release(release) if release else source.current()
    files = [fetch_file(one, chosen, source, progress) for one in wanted]
    progress("storing", 0, len(files))
    with transaction.atomic():
        stored = [_store(file, by) for file in files]
        if by:
            for one, file in zip(stored, files, strict=True):
                _check_sections(one.version, file.release)
    for number, one in enumerate(stored):
        progress("carrying", number, len(stored))
        carry_to(one.version.pk)
    return stored


def fetch_file(
    wanted: Wanted, release: ReleasePoint, source: Source, progress: Progress = ignore_progress
) -> TitleFile:
    """The file of one title, unpacked, and found to be the one that was asked for."""
    data, url = source.archive(wanted, release, progress)
    digest = hashlib.sha256(data).hexdigest()
    known = Archive.objects.filter(title=wanted.title, release_point=str(release)).first()
    if known is not None and data.startswith(b"PK") and known.sha256 != digest:
        values = {"title": wanted.title, "release": release, "day": known.fetched_at.date().isoformat()}
        raise FetchRefused(
            _("title %(title)s at release point %(release)s is not the file fetched on %(day)s: its checksum differs")
            % values
        )
    xml = unpack(data, wanted)
    _check_head(xml[:_HEAD].decode("utf-8", "replace"), wanted, release)
    return TitleFile(wanted, release, xml, url, digest if data.startswith(b"PK") else "", len(data))


def _check_head(head: str, wanted: Wanted, release: ReleasePoint) -> None:
    """Ask the file itself which title and release point it is."""
    number = re.search(r"<docNumber>\s*(\w+)\s*</docNumber>", head)
    if number and number[1].lower() != wanted.title:
        values = {"title": wanted.title, "other": number[1]}
        raise FetchRefused(_("the file of title %(title)s holds title %(other)s") % values)
    name = re.search(r"<docPublicationName>[^<@]*@([\w-]+)\s*</docPublicationName>", head)
    if name and name[1] != str(release):
        values = {"release": release, "other": name[1]}
        raise FetchRefused(_("the file of release point %(release)s says that it is of %(other)s") % values)


def _store(file: TitleFile, by: Person | None) -> Imported:
    wanted, release = file.wanted, file.release
    give_way(Law.objects.all(), wanted.law, by)
    slug = _slug(wanted, release, by)
    give_way(Version.objects.filter(law__slug=wanted.law), slug, by)
    before = text_before(wanted.law, release)
    official = f"{settings.USCODE_URL.rstrip('/')}/{release.folder}/{release.archive(wanted)}"
    number = wanted.title.upper()
    imported = import_law(
        Import(
            file.xml,
            f"usc{wanted.padded}@{release}.xml",
            law=wanted.law,
            version=slug,
            sections=wanted.sections,
            publishes=True,
            knows_unseen=False,
            metadata={
                "title": f"{number} U.S.C., selected sections, official text ({release})",
                "law_title": f"United States Code, Title {number}",
                "jurisdiction": LAW["jurisdiction"],
                "kind": LAW["kind"],
                "law_date": LAW["date"],
                "language": "en",
                "text_status": TextStatus.OFFICIAL,
                "source_url": file.url if file.url.startswith("http") else official,
                "note": f"Office of the Law Revision Counsel, release point {release}, sections {wanted.sections}.",
                "follows": before.address if before else "",
            },
        )
    )
    version = imported.version
    others = Version.objects.published().filter(law=version.law, text_hash=version.text_hash).exclude(pk=version.pk)
    if same := next((text for text in others.select_related("law") if release_of(text.slug) == release), None):
        raise FetchRefused(_("the sections wanted are here already: %(text)s") % {"text": same.address})
    if file.sha256:
        Archive.objects.get_or_create(
            title=wanted.title,
            release_point=str(release),
            defaults={"url": file.url[:500], "sha256": file.sha256, "size": file.size},
        )
    publish(version)
    if version.follows:
        request_comparison(version.follows, version)
    return imported


def _check_sections(version: Version, release: ReleasePoint) -> None:
    """Raises ``FetchRefused`` where the newest text up to the release point has sections that this one has not."""
    texts = Version.objects.published().confirmed().filter(law=version.law, language="en").exclude(pk=version.pk)
    before = newest(text for text in texts if (release_of(text.slug) or release) <= release)
    here, known = map(_section_numbers, (version, before))
    if missing := [num for num in known if num not in here]:
        sentence = _("the text that is here has sections %(sections)s too: name them as well, or ask the staff")
        raise FetchRefused(sentence % {"sections": ", ".join(missing[:20])})


def _section_numbers(text: Version | None) -> list[str]:
    sections = Clause.objects.filter(version=text, element="section").order_by("position")
    return [_bare(num) for num in sections.values_list("num", flat=True)]


def _slug(wanted: Wanted, release: ReleasePoint, by: Person | None) -> str:
    """``rp119-36-en``; other sections of the same release point get a number after it."""
    slug, texts = f"rp{release}-en", Version.objects.filter(law__slug=wanted.law)
    if by:
        texts = texts.exclude(pk__in=unseen(texts).values("pk"))
    stored = texts.filter(origin=None, selection=wanted.sections).values_list("slug", flat=True)
    same = next((known for known in stored if release_of(known) == release), "")
    taken = set(texts.values_list("slug", flat=True))
    names = chain([slug], (f"{slug}-{number}" for number in count(2)))
    return same or next(name for name in names if name not in taken)


def release_of(slug: str) -> ReleasePoint | None:
    """The release point that a text's name tells, if it is one of ours."""
    match = _SLUG.fullmatch(slug)
    return read_release(match[1]) if match else None


def text_before(law: str, release: ReleasePoint) -> Version | None:
    """The official text of the release point before, or else the restatement that the official text takes over from."""
    texts = Version.objects.published().confirmed().filter(law__slug=law, language="en").select_related("law")
    return newest(text for text in texts if (known := release_of(text.slug)) is None or known < release)


def newest(texts: Iterable[Version]) -> Version | None:
    """The text of the latest release point; texts of none come before, by date. None without texts."""

    def rank(text: Version) -> tuple[bool, ReleasePoint | None, str]:
        known = release_of(text.slug)
        return known is not None, known or ReleasePoint(0, 0), text.date

    return max(texts, key=rank, default=None)


# --- Correspondences of an earlier text of a law, carried to the next one for a person to confirm ---------------------

# Another worker may be at the comparison: it is waited for, so many seconds.
PATIENCE, STEP = 600, 2


def carry_to(version_id: int) -> int:
    """Suggest for a text what was stated of the one it follows or corrects, where the clause map pairs the clauses one
    to one.

    Safe to run twice; what people decided on since is left alone. Returns how many are new.
    """
    new = Version.objects.select_related("law", "follows__law", "corrects__law").filter(pk=version_id).first()
    old = new and (new.follows or new.corrects)
    if new is None or old is None:
        return 0
    comparison = _compared(old, new)
    if comparison is None:
        return 0
    partner = partners(comparison)
    stated = Correspondence.objects.filter(Q(subject_version=old) | Q(object__version=old))
    stated = stated.exclude(status=CorrespondenceStatus.SUGGESTED, carried_from=None)
    related = stated.exclude(status=CorrespondenceStatus.REFUSED).select_related("subject", "object", "object_version")
    with transaction.atomic():
        # A clause is read under the topics of the one it took over from: that says nothing of how it answers another.
        for topic in Topic.objects.current().filter(clauses__version=old).distinct():
            links = TopicClause.objects.filter(topic=topic, clause__version=old)
            for pk, of_itself in links.values_list("clause", "of_itself"):
                if pk in partner:
                    topic.clauses.add(partner[pk], through_defaults={"of_itself": of_itself})
        return sum(_carry(row, old, partner, new) for row in related)


def _compared(old: Version, new: Version) -> Comparison | None:
    """The comparison of the two, computed here where no other worker is at it; None where it fails."""
    comparison = request_comparison(old, new)
    for _wait in range(0, PATIENCE, STEP):
        run_now(comparison.job)
        computed = find_comparison(old, new)
        if computed is not None and computed.is_done:
            return computed
        if computed is None or computed.job.is_failed:
            return None
        time.sleep(STEP)
    return None


def partners(comparison: Comparison) -> dict[int, int]:
    """Old clause -> new clause, of all that have one partner each.

    Inside a section that the clause map pairs the number decides where it can: what is stated of § 506(a) is stated of
    § 506(a), whichever of its paragraphs now has the words.
    """
    by_old = _alone(comparison.pairs.filter(level=Level.PART)) | (
        units := _alone(comparison.pairs.filter(level=Level.UNIT))
    )
    olds, news = (list(version.clauses.order_by("position")) for version in (comparison.old, comparison.new))
    by_pk = {clause.pk: clause for clause in (*olds, *news)}
    for old, new in units.items():
        one, other = by_pk[old], by_pk[new]
        there = {_path(clause, other): clause.pk for clause in news[other.position : other.end]}
        for clause in olds[one.position : one.end]:
            if (path := _path(clause, one)) in there:
                by_old[clause.pk] = there[path]
    return by_old


def _alone(pairs: QuerySet[ClausePair]) -> dict[int, int]:
    olds: dict[int, set[int]] = defaultdict(set)
    news: dict[int, set[int]] = defaultdict(set)
    for old, new in pairs.filter(old__isnull=False, new__isnull=False).values_list("old_id", "new_id"):
        olds[old].add(new)
        news[new].add(old)
    return {old: new for old, (new, *more) in olds.items() if not more and len(news[new]) == 1}


def _path(clause: Clause, section: Clause) -> tuple[str, ...]:
    """The numbers from the section down to the clause: ``("a", "1")``."""
    steps = clause.eid.removeprefix(section.eid).split("__")[1:]
    return tuple(step.partition("_")[2] for step in steps)


def _carry(row: Correspondence, old: Version, partner: dict[int, int], new: Version) -> bool:
    subject, answer = (_moved(clause, old, partner) for clause in (row.subject, row.object))
    if subject is None or (answer is None and row.object is not None):
        return False
    _row, is_new = Correspondence.objects.get_or_create(
        topic=row.topic,
        subject=subject,
        object=answer,
        object_version_id=answer.version_id if answer else row.object_version_id,
        organisation=row.organisation,  # what one states, perhaps for itself alone, is carried for it alone
        defaults={
            "subject_version_id": subject.version_id,
            "relation": row.relation,
            "basis": row.basis,
            "reasoning": row.reasoning,
            "searched": row.searched,
            "elements": row.elements,
            "author": row.author,
            "status": CorrespondenceStatus.SUGGESTED,
            "carried_from": row,
            "score": 1.0,
        },
    )
    return is_new


def _moved(clause: Clause | None, old: Version, partner: dict[int, int]) -> Clause | None:
    """A clause of the earlier text in the new one; one of another law as it is."""
    if clause is None or clause.version_id != old.pk:
        return clause
    return Clause.objects.filter(pk=partner.get(clause.pk, 0)).first()


# --- The check whether a newer release point changes a section on which a correspondence rests ------------------------


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
    by_law: dict[int, list[Version]] = defaultdict(list)
    for text in Version.objects.published().filter(origin=None, slug__startswith="rp").select_related("law"):
        if release_of(text.slug) and re.fullmatch(r"us-code-\w+", text.law.slug):
            by_law[text.law_id].append(text)
    notices = []
    for text in filter(None, map(newest, by_law.values())):
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


def _check(text: Version, current: ReleasePoint, source: Source) -> ReleaseNotice | None:
    # The numbers of sections in which a clause stands of which something is stated, in order.
    # What an organisation states or has looked for, and others do not see, brings nothing in that they see.
    public = Version.objects.published().order_by().values("pk")
    rows = Correspondence.objects.stand().filter(subject_version__in=public, object_version__in=public)
    rows = rows.exclude(status=CorrespondenceStatus.REFUSED).exclude(Correspondence.BY_ONE)
    rows = rows.exclude(status=CorrespondenceStatus.SUGGESTED, carried_from=None)
    rows = rows.filter(Q(subject__version=text) | Q(object__version=text)).select_related("subject", "object")
    places = {c.position for row in rows for c in (row.subject, row.object) if c and c.version_id == text.pk}
    sections: Iterable[Clause] = text.clauses.filter(element="section").order_by("position")
    relied_on = [section.num for section in sections if any(section.position <= at < section.end for at in places)]
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


def _words(document: Document, num: str) -> list[tuple[str, str, str]]:
    """All that a section says, with the numbers inside it; nothing where there is no such section."""
    section = next((c for c in document.clauses if c.element == "section" and _bare(c.num) == _bare(num)), None)
    inside = document.subtree(section.eid) if section else ()
    return [(clause.num, clause.heading, clause.text) for clause in inside]


def _bare(num: str) -> str:
    return re.sub(r"[^\w-]", "", num.replace("–", "-"))
