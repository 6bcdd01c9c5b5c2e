"""Keeping the search index up to date, for all apps."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from lawcompare.accounts.models import VISITOR, Organisation
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import JobState
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.engine.text.words import STOP_WORDS, language_of
from lawcompare.languages import in_every_language
from lawcompare.laws.citing import read_address
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.plain_words.services import plain_words_of
from lawcompare.search.models import EntryKind, SearchEntry
from lawcompare.search.words import SearchWord, has_stem, neighbours, pairs_of_clusters, runs, stem, words_of

# PostgreSQL refuses a vector of 1,048,576 bytes.
BYTES_MAX = 1_000_000


@dataclass(frozen=True)
class Indexed:
    """What is stored of a text: words of heading and text with a space around each, and its tokens."""

    heading: str
    words: str
    tokens: str


def index(heading: str, text: str, context: Iterable[str], language: str, told: str = "") -> Indexed:
    """Returns what is stored of a text. ``context``: stems of the headings and titles it stands under
    (:func:`stems_of`). ``told``: what it says in plain words, by which it is found too.

    >>> index("Access", "Whoever accesses", ["law"], "en").tokens
    ' gaccess haccess saccess swhoever ulaw xaccess xaccesses xwhoever paccess·whoever pwhoever·accesses '
    """
    above, below = words_of(heading, language), words_of(text, language)
    tokens = {f"u{word}" for word in context}
    for words, exact, loose in ((above, "h", "g"), (above, "x", "s"), (below, "x", "s")):
        for word in words:
            if word.text not in STOP_WORDS:
                tokens.add(exact + word.text)
                if has_stem(word.text):
                    tokens.add(loose + stem(word.text))
    plain = words_of(told, language)
    tokens |= {f"s{stem(word.text)}" for word in plain if has_stem(word.text) and word.text not in STOP_WORDS}
    tokens |= {f"b{pair}" for words in (above, below, plain) for pair in _cluster_pairs(words)}
    both = [word.text for word in [*above, *below]]
    held = _holdable([*sorted(tokens), *dict.fromkeys(f"p{pair}" for pair in neighbours(both))])
    return Indexed(_joined([word.text for word in above]), _joined(both), _joined(held))


@lru_cache(maxsize=4096)
def stems_of(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a text's words without stop words."""
    return frozenset(stem(word.text) for word in words_of(text, language) if word.text not in STOP_WORDS)


@lru_cache(maxsize=4096)
def stems_above(text: str, language: str) -> frozenset[str]:
    """Returns the stems of a heading or title under which others stand, and the pairs of its Khmer clusters: a
    dictionary cuts a name by what stands around it.

    >>> sorted(stems_above("The Access Law", "en"))
    ['access', 'law']
    """
    return stems_of(text, language).union(_cluster_pairs(words_of(text, language)))


def _cluster_pairs(words: list[SearchWord]) -> Iterable[str]:
    for run in runs(words):
        if run[0].is_khmer:
            yield from pairs_of_clusters(word.text for word in run)


def _holdable(tokens: list[str]) -> list[str]:
    """Returns the first tokens, as many as a vector of PostgreSQL holds: a clause as long as a book loses its last
    pairs.
    """
    sizes = accumulate(len(token.encode()) for token in tokens)
    return tokens[: bisect_right(list(sizes), BYTES_MAX)]


def _joined(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""


BATCH = 500
# Words of headings above a clause by which it is found too: every clause below keeps them.
ABOVE_MAX = 500


def index_clauses(version: Version, entries: Sequence[SearchEntry] | None = None) -> int:
    """Write the entries of a public version anew and return their number; a version that is not public gets none.

    ``entries``: those made already, where this is part of a transaction for which others wait on SQLite.
    """
    made = [] if not version.is_published else list(entries_of(version)) if entries is None else entries
    with transaction.atomic():
        SearchEntry.objects.filter(version=version, kind=EntryKind.CLAUSE).delete()
        return len(SearchEntry.objects.bulk_create(made, batch_size=BATCH))


def entries_of(version: Version) -> Iterator[SearchEntry]:
    """Yields the unsaved entries of a version's clauses, in order."""
    names, told = names_of(version), plain_words_of(VISITOR, version)
    above: list[tuple[Clause, frozenset[str]]] = []
    clauses = version.clauses.order_by("position")
    for clause in clauses.only("eid", "element", "heading", "text", "position", "end", "version_id").iterator(BATCH):
        while above and above[-1][0].end <= clause.position:
            above.pop()
        context = names
        for _above, stems in reversed(above):
            context = context | stems if len(context) + len(stems) <= ABOVE_MAX else context
        title = next((each.heading for each in [clause, *(row for row, _stems in reversed(above))] if each.heading), "")
        plain = in_every_language(told[clause.pk], "text").get(version.language, "") if clause.pk in told else ""
        indexed = index(clause.heading, clause.text, context, version.language, plain)
        yield SearchEntry(
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
            text=plain,
            heading=indexed.heading,
            words=indexed.words,
            tokens=indexed.tokens,
        )
        above.append((clause, stems_above(clause.heading, version.language)))


def names_of(version: Version) -> frozenset[str]:
    """Returns the stems by which a reader may name the text: its titles, slugs and date; of Khmer the pairs of
    clusters too.
    """
    law = version.law
    titles = in_every_language(law, "title").values()
    names = " ".join([*titles, version.title, law.slug, version.slug, version.date])
    return stems_above(names.replace("-", " "), version.language)


def citation_of(eid: str) -> str:
    """Returns how a clause is cited, normalised: ``sec:1030.a.2``; empty outside any article.

    >>> citation_of("chp_47__sec_1030__subsec_a__para_2"), citation_of("chp_4")
    ('sec:1030.a.2', '')
    """
    unit, number, parts = read_address(eid)
    return f"{unit}:{'.'.join([number, *parts])}".casefold()[:200] if unit else ""


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


def request_missing(*_of_job: object) -> None:
    """Have public texts indexed of which the index holds nothing, and which no job is to index: what is lost, or came
    with a restored database. Also the periodic task.
    """
    entries = SearchEntry.objects.filter(kind=EntryKind.CLAUSE, version=OuterRef("pk"))
    missing = Version.objects.published().filter(~Exists(entries), clause_count__gt=0)
    for version in missing.filter(Q(index_job=None) | Q(index_job__state=JobState.DONE)):
        request_indexing(version)


def has_any(kind: EntryKind, **of: Version) -> bool:
    """Returns whether the index has entries of this kind, or of it those of a ``version``."""
    return SearchEntry.objects.filter(kind=kind, **of).exists()


@transaction.atomic
def put(kind: EntryKind, key: str, findables: Iterable[Findable]) -> None:
    """Replace the entries of a thing, one entry a language."""
    take_out(kind, key)
    SearchEntry.objects.bulk_create(_entry(each) for each in findables)


def take_out(kind: EntryKind, key: str) -> None:
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
