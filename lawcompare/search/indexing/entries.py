"""Index entries from the clauses of a version."""

from collections.abc import Iterator

from django.db import transaction

from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.languages import in_every_language
from lawcompare.laws.citing.find_clause import read_address
from lawcompare.laws.models import Clause, Version
from lawcompare.search.indexing.tokens import index, stems_above
from lawcompare.search.models import EntryKind, SearchEntry

BATCH = 500


@transaction.atomic
def index_clauses(version: Version) -> int:
    """Write the entries of a public version anew and return their number; a version that is not public gets none."""
    SearchEntry.objects.filter(version=version, kind=EntryKind.CLAUSE).delete()
    if not version.is_published:
        return 0
    return len(SearchEntry.objects.bulk_create(entries_of(version), batch_size=BATCH))


def entries_of(version: Version) -> Iterator[SearchEntry]:
    """Yields the unsaved entries of a version's clauses, in order."""
    names = names_of(version)
    above: list[tuple[Clause, frozenset[str]]] = []
    clauses = version.clauses.order_by("position")
    for clause in clauses.only("eid", "element", "heading", "text", "position", "end", "version_id").iterator(BATCH):
        while above and above[-1][0].end <= clause.position:
            above.pop()
        context = names.union(*(stems for _clause, stems in above))
        title = next((each.heading for each in [clause, *(row for row, _stems in reversed(above))] if each.heading), "")
        yield _entry(version, clause, title, context)
        above.append((clause, stems_above(clause.heading, version.language)))


def names_of(version: Version) -> frozenset[str]:
    """Returns the stems by which a reader may name the text: its titles, slugs and date; of Khmer the pairs of
    clusters too.
    """
    law = version.law
    titles = in_every_language(law, "title").values()
    names = " ".join([*titles, version.title, law.slug, version.slug, version.date])
    return stems_above(names.replace("-", " "), version.language)


def _entry(version: Version, clause: Clause, title: str, context: frozenset[str]) -> SearchEntry:
    indexed = index(clause.heading, clause.text, context, version.language)
    return SearchEntry(
        kind=EntryKind.CLAUSE,
        key=clause.eid,
        language=version.language,
        law_id=version.law_id,
        version=version,
        clause=clause,
        date=version.date,
        is_whole=clause.element in UNIT_ELEMENTS,
        citation=citation_of(clause.eid),
        title=title,
        heading=indexed.heading,
        words=indexed.words,
        tokens=indexed.tokens,
    )


def citation_of(eid: str) -> str:
    """Returns how a clause is cited, normalised: ``sec:1030.a.2``; empty outside any article.

    >>> citation_of("chp_47__sec_1030__subsec_a__para_2"), citation_of("chp_4")
    ('sec:1030.a.2', '')
    """
    unit, number, parts = read_address(eid)
    return f"{unit}:{'.'.join([number, *parts])}".casefold()[:200] if unit else ""
