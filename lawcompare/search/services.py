"""Keeping the search index up to date, for all apps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from lawcompare.accounts.models import Organisation
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.engine.text.words import language_of
from lawcompare.laws.models import Clause, Version
from lawcompare.search.indexing import index, index_clauses, names_of, stems_above
from lawcompare.search.models import EntryKind, SearchEntry


@dataclass(frozen=True)
class Findable:
    """What another app puts into the index: its own title and words, and the values of its filters."""

    kind: EntryKind
    key: str
    title: str
    text: str
    language: str = ""
    clause: Clause | None = None
    organisation: Organisation | None = None
    risk: int | None = None
    categories: Sequence[str] = field(default=())


def request_indexing(version: Version) -> None:
    """Have the clauses of a version indexed after the present transaction."""
    jobs.request("indexing", version, version.brought_by)


def run_indexing(version: Version, report: Report) -> None:
    """What a worker does to index a text."""
    with transaction.atomic():
        index_clauses(version)
        if version.index_job is not None:
            finish(version.index_job)


def index_missing(job: Job, report: Report) -> None:
    """The periodic task: what is lost, or came with a restored database, is found."""
    request_missing()


def request_missing() -> None:
    """Have public texts indexed of which the index holds nothing, and which no job is to index."""
    entries = SearchEntry.objects.filter(kind=EntryKind.CLAUSE, version=OuterRef("pk"))
    missing = Version.objects.published().filter(~Exists(entries), clause_count__gt=0)
    for version in missing.filter(Q(index_job=None) | Q(index_job__state=JobState.DONE)):
        request_indexing(version)


def is_indexed(version: Version) -> bool:
    """Returns whether the index has clauses of the version."""
    return SearchEntry.objects.filter(version=version, kind=EntryKind.CLAUSE).exists()


def has_any(kind: EntryKind) -> bool:
    """Returns whether the index has entries of this kind."""
    return SearchEntry.objects.filter(kind=kind).exists()


@transaction.atomic
def put(kind: EntryKind, key: str, findables: Iterable[Findable]) -> None:
    """Replace the entries of a thing, one entry a language."""
    take_out(kind, key)
    SearchEntry.objects.bulk_create(_entry(each) for each in findables)


def take_out(kind: EntryKind, key: str) -> None:
    """Remove the entries of a thing."""
    SearchEntry.objects.filter(kind=kind, key=key).delete()


def take_out_all(kind: EntryKind) -> None:
    """Remove all entries of a kind, before they are put in anew."""
    SearchEntry.objects.filter(kind=kind).delete()


def _entry(thing: Findable) -> SearchEntry:
    language = thing.language or language_of(thing.text)
    version = thing.clause.version if thing.clause else None
    context = stems_above(thing.organisation.name, language) if thing.organisation else frozenset()
    if version is not None:
        context |= names_of(version)
    indexed = index(thing.title, thing.text, context, language)
    return SearchEntry(
        kind=thing.kind,
        key=thing.key,
        language=language,
        law_id=version.law_id if version else None,
        version=version,
        clause=thing.clause,
        date=version.date if version else "",
        risk=thing.risk,
        organisation=thing.organisation,
        categories="".join(f" {code}" for code in thing.categories) + " " if thing.categories else "",
        title=thing.title,
        text=thing.text,
        heading=indexed.heading,
        words=indexed.words,
        tokens=indexed.tokens,
    )
