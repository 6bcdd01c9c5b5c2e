"""Official sections of the Code into the library: each a new text of its law, with what was known of the one before."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.imports.uscode.carry_correspondences import carry_to
from lawcompare.imports.uscode.models import Archive, Fetch
from lawcompare.imports.uscode.publisher import (
    FetchRefused,
    Progress,
    ReleasePoint,
    Source,
    Wanted,
    checksum,
    read_release,
    read_wanted,
    source_of,
    unpack,
)
from lawcompare.laws.models import TextStatus, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish

# The Code as a whole was enacted on 30 June 1926; its titles stand under that year, positive law or not.
CODE_DATE = "1926"
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


@dataclass(frozen=True)
class Stored:
    version: Version
    is_new: bool


def run_fetch(fetch: Fetch, report: Report) -> None:
    """What a worker does to fetch official texts."""
    stored = fetch_sections(read_wanted(fetch.wanted), fetch.release_point, source_of(), report)
    fetch.versions.set([one.version for one in stored])


def fetch_sections(
    wanted: Sequence[Wanted], release: str, source: Source, progress: Progress = ignore_progress
) -> list[Stored]:
    """Bring official sections as new public texts of their laws: all of what is wanted, or nothing.

    ``release`` empty: the release point that is current at the source. Raises EngineError with one sentence.
    """
    chosen = read_release(release) if release else source.current()
    files = [fetch_file(one, chosen, source, progress) for one in wanted]
    progress("storing", 0, len(files))
    with transaction.atomic():
        stored = [_store(file) for file in files]
    for number, one in enumerate(stored):
        progress("carrying", number, len(stored))
        carry_to(one.version.pk)
    return stored


def fetch_file(
    wanted: Wanted, release: ReleasePoint, source: Source, progress: Progress = ignore_progress
) -> TitleFile:
    """The file of one title, unpacked, and found to be the one that was asked for."""
    data, url = source.archive(wanted, release, progress)
    digest = checksum(data)
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


def _store(file: TitleFile) -> Stored:
    wanted, release = file.wanted, file.release
    before = text_before(wanted.law, release)
    official = f"{settings.USCODE_URL.rstrip('/')}/{release.folder}/{release.archive(wanted)}"
    number = wanted.title.upper()
    imported = import_law(
        Import(
            file.xml,
            f"usc{wanted.padded}@{release}.xml",
            law=wanted.law,
            version=_slug(wanted, release),
            sections=wanted.sections,
            metadata={
                "title": f"{number} U.S.C., selected sections, official text ({release})",
                "law_title": f"United States Code, Title {number}",
                "jurisdiction": "us",
                "kind": "statute",
                "law_date": CODE_DATE,
                "language": "en",
                "text_status": TextStatus.OFFICIAL,
                "source_url": file.url if file.url.startswith("http") else official,
                "note": f"Office of the Law Revision Counsel, release point {release}, sections {wanted.sections}.",
                "follows": before.address if before else "",
            },
        )
    )
    version = imported.version
    if file.sha256:
        Archive.objects.get_or_create(
            title=wanted.title,
            release_point=str(release),
            defaults={"url": file.url[:500], "sha256": file.sha256, "size": file.size},
        )
    publish(version)
    if version.follows:
        request_comparison(version.follows, version)
    return Stored(version, imported.is_new)


def _slug(wanted: Wanted, release: ReleasePoint) -> str:
    """``rp119-36-en``; other sections of the same release point get a number after it."""
    slug = f"rp{release}-en"
    taken = Version.objects.filter(law__slug=wanted.law).values_list("slug", "selection")
    same = next(
        (known for known, selection in taken if selection == wanted.sections and release_of(known) == release), ""
    )
    count = sum(release_of(known) == release for known, _selection in taken)
    return same or (f"{slug}-{count + 1}" if count else slug)


def release_of(slug: str) -> ReleasePoint | None:
    """The release point that a text's name tells, if it is one of ours."""
    match = _SLUG.fullmatch(slug)
    return read_release(match[1]) if match else None


def text_before(law: str, release: ReleasePoint) -> Version | None:
    """The official text of the release point before, or else the restatement that the official text takes over from."""
    texts = Version.objects.published().filter(law__slug=law, language="en").select_related("law")
    return newest(text for text in texts if (known := release_of(text.slug)) is None or known < release)


def newest(texts: Iterable[Version]) -> Version | None:
    """The text of the latest release point; texts of none come before, by date. None without texts."""

    def rank(text: Version) -> tuple[bool, ReleasePoint | None, str]:
        known = release_of(text.slug)
        return known is not None, known or ReleasePoint(0, 0), text.date

    return max(texts, key=rank, default=None)
