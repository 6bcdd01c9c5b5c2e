"""The search: from a question and filters to ranked answers, with highlights and counts for every filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from operator import or_

from django.db.models import Count, Q
from django.urls import reverse

from lawcompare.accounts.models import Organisation
from lawcompare.languages import reader_language
from lawcompare.laws.citing.find_clause import cite_address
from lawcompare.laws.citing.numbers import number_in_reader_language
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.translations import original_of
from lawcompare.search.models import EntryKind, SearchEntry, SearchEntryQuerySet
from lawcompare.search.query.citations import find_cited, read_citation
from lawcompare.search.query.conditions import Condition
from lawcompare.search.query.highlight import HighlightRun, mark
from lawcompare.search.query.question import Question, read_question
from lawcompare.search.query.ranking import Candidate, rank

# Answers that are ranked and can be paged through; of more than these the best steps of the question are taken.
RANKED_MAX = 300
PER_PAGE = 20


@dataclass(frozen=True)
class Filters:
    """The filters a reader chose, each empty or a value of the index."""

    kind: str = ""
    law: str = ""
    language: str = ""
    risk: str = ""
    organisation: str = ""
    category: str = ""

    def chosen(self) -> dict[str, str]:
        """Returns the filters that are not empty."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}

    def without(self, name: str) -> Filters:
        """Returns the filters without one of them."""
        return replace(self, **{name: ""})


@dataclass(frozen=True)
class AnswerGroup:
    """A number of answers that have the same value for every filter."""

    values: dict[str, tuple[str, ...]]
    count: int

    def passes(self, chosen: dict[str, str]) -> bool:
        """Returns whether the answers have all values chosen."""
        return all(value in self.values[name] for name, value in chosen.items())


@dataclass
class Hit:
    """An answer as it is shown. ``named``: a topic's title in the page's language, where the match is in another."""

    entry: SearchEntry
    title: list[HighlightRun] = field(default_factory=list)
    text: list[HighlightRun] = field(default_factory=list)
    is_cited: bool = False
    # What a topic is called in the reader's language, where the words found are those of another.
    named: str = ""

    @property
    def clause(self) -> Clause | None:
        return self.entry.clause

    @property
    def version(self) -> Version | None:
        return self.entry.version

    @property
    def says_date(self) -> bool:
        """Whether to show the text's date: its title often has it already."""
        return bool(self.version and self.version.date and self.version.date[:4] not in self.version.title)

    @property
    def place(self) -> str:
        """How the clause is cited, without its heading."""
        if self.entry.kind != EntryKind.CLAUSE or not self.entry.clause:
            return ""
        return cite_address(self.entry.key) if self.entry.citation else number_in_reader_language(self.entry.clause.num)

    @property
    def url(self) -> str:
        if self.entry.kind == EntryKind.CLAUSE and self.entry.version:
            return reverse("clause", args=[self.entry.version.law.slug, self.entry.version.slug, self.entry.key])
        return reverse(self.entry.kind, args=[self.entry.key])


@dataclass
class SearchResults:
    """All answers to a question. ``ranked``: keys of entries, the best first; the first ``cited`` are what the question
    names.
    """

    question: Question
    total: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    # Keys of entries, and how many of the first of them are what the question names.
    ranked: list[int] = field(default_factory=list)
    cited: int = 0
    versions: dict[int, Version] = field(default_factory=dict)

    @property
    def is_more_than_ranked(self) -> bool:
        return self.total > len(self.ranked)


def _in_one_language(cited: Iterable[SearchEntry], versions: Iterable[Version], language: str) -> list[SearchEntry]:
    """Returns the clauses cited, each once: of a text and its renderings the one in a language, or the original's."""
    originals = {version.pk: original_of(version) for version in versions}
    chosen: dict[tuple[int, str], SearchEntry] = {}
    for entry in cited:
        key = originals.get(entry.version_id or 0, 0), entry.key
        is_original = entry.version_id == key[0]
        if key not in chosen or entry.language == language or (is_original and chosen[key].language != language):
            chosen[key] = entry
    return list(chosen.values())


def find(text: str, filters: Filters, versions: Sequence[Version]) -> SearchResults:
    """Returns the answers to a question, the best first. ``versions``: all public versions with their laws."""
    question = read_question(text)
    citation = read_citation(text)
    entries = SearchEntry.objects.of_texts(versions)
    every_cited = find_cited(citation, versions, entries.select_related("law")) if citation else []
    cited = _in_one_language(every_cited, versions, filters.language or reader_language().code)
    groups = [AnswerGroup(_values_of(entry), 1) for entry in cited]
    if not question.is_empty:
        groups += _groups(
            _answers(entries, question, every_cited), {version.law_id: version.law.slug for version in versions}
        )
    total = sum(group.count for group in groups if group.passes(filters.chosen()))
    first = [entry for entry in cited if AnswerGroup(_values_of(entry), 1).passes(filters.chosen())]
    others = total - len(first)
    rest = (
        _candidates(question, lambda step: _narrowed(_answers(entries, question, every_cited, step), filters), others)
        if others
        else []
    )
    ranked = [*(entry.pk for entry in first), *rank(question, rest)][:RANKED_MAX]
    texts = {version.pk: version for version in versions}
    return SearchResults(question, total, _counts(groups, filters), ranked, len(first), texts)


def _answers(
    entries: SearchEntryQuerySet, question: Question, cited: Iterable[SearchEntry], step: Condition | None = None
) -> SearchEntryQuerySet:
    answers = entries.answering(step or question.everything, question.phrases)
    return answers.exclude(pk__in=[entry.pk for entry in cited]) if cited else answers


def _groups(answers: SearchEntryQuerySet, laws: dict[int, str]) -> list[AnswerGroup]:
    """Returns all answers counted by everything they can be filtered by, in one query."""
    short = ("kind", "law", "language", "risk", "organisation", "categories")
    rows = answers.order_by().values_list(*short).annotate(number=Count("*"))
    counted = list(rows)
    ids = {row[4] for row in counted if row[4]}
    organisations = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "slug")) if ids else {}
    return [
        AnswerGroup(_values(kind, laws.get(law), language, risk, organisations.get(organisation), categories), number)
        for kind, law, language, risk, organisation, categories, number in counted
    ]


def _values(
    kind: str, law: str | None, language: str, risk: int | None, organisation: str | None, categories: str
) -> dict[str, tuple[str, ...]]:
    return {
        "kind": (kind,),
        "law": (law,) if law else (),
        "language": (language,),
        "risk": () if risk is None else (str(risk),),
        "organisation": (organisation,) if organisation else (),
        "category": tuple(categories.split()),
    }


def _values_of(clause: SearchEntry) -> dict[str, tuple[str, ...]]:
    return _values(clause.kind, clause.law.slug if clause.law else None, clause.language, None, None, "")


def _counts(groups: Iterable[AnswerGroup], filters: Filters) -> dict[str, Counter[str]]:
    """Returns for each filter how many answers each of its values would give beside the other filters chosen."""
    counts: dict[str, Counter[str]] = {each.name: Counter() for each in fields(filters)}
    for group in groups:
        for name, counter in counts.items():
            if group.passes(filters.without(name).chosen()):
                for value in group.values[name]:
                    counter[value] += group.count
    return counts


def _candidates(question: Question, answers: Callable[[Condition], SearchEntryQuerySet], count: int) -> list[Candidate]:
    """Returns what is ranked: all answers, or of too many those of the question's best steps."""
    steps = [question.everything] if count <= RANKED_MAX else question.steps
    candidates: dict[int, Candidate] = {}
    for step in steps:
        for row in answers(step).in_order().values_list(*Candidate._fields)[:RANKED_MAX]:
            candidates.setdefault(row[0], Candidate._make(row))
        if len(candidates) >= RANKED_MAX:
            break
    return list(candidates.values())[:RANKED_MAX]


def _narrowed(entries: SearchEntryQuerySet, filters: Filters) -> SearchEntryQuerySet:
    lookups = {
        "kind": "kind",
        "law": "law__slug",
        "language": "language",
        "risk": "risk",
        "organisation": "organisation__slug",
    }
    for name, value in filters.chosen().items():
        if name == "category":
            entries = entries.filter(categories__contains=f" {value} ")
        else:
            entries = entries.filter(**{lookups[name]: value})
    return entries


def show(results: SearchResults, keys: Iterable[int], language: str = "") -> list[Hit]:
    """Returns a page of answers with highlights; a topic is named in ``language`` where it has a title in it."""
    cited = set(results.ranked[: results.cited])
    wanted = list(keys)
    related = SearchEntry.objects.select_related("clause", "organisation")
    rows = related.defer("heading", "words", "tokens").in_bulk(wanted)
    hits = [Hit(rows[pk], is_cited=pk in cited) for pk in wanted if pk in rows]
    for entry in rows.values():
        if entry.version_id in results.versions:
            entry.version = results.versions[entry.version_id]
    opening = _openings(hits)
    named = _topics_named_in(language, hits)
    for hit in hits:
        entry = hit.entry
        if entry.kind == EntryKind.TOPIC and entry.language != language and entry.key in named:
            hit.named = named[entry.key]
        text = entry.text if entry.clause is None or entry.kind != EntryKind.CLAUSE else entry.clause.text
        hit.title = mark(entry.title, entry.language, results.question, len(entry.title))
        hit.text = mark(text or opening.get(entry.pk, ""), entry.language, results.question)
    return hits


def _topics_named_in(language: str, hits: Iterable[Hit]) -> dict[str, str]:
    keys = {hit.entry.key for hit in hits if hit.entry.kind == EntryKind.TOPIC and hit.entry.language != language}
    if not (keys and language):
        return {}
    topics = SearchEntry.objects.filter(kind=EntryKind.TOPIC, key__in=keys, language=language)
    return dict(topics.values_list("key", "title"))


def _openings(hits: Iterable[Hit]) -> dict[int, str]:
    """Returns by entry the first words inside an article that has none of its own."""
    silent = {
        (hit.entry.version_id, hit.entry.clause.position + 1): hit.entry.pk
        for hit in hits
        if hit.entry.kind == EntryKind.CLAUSE and hit.entry.clause and not hit.entry.clause.text
        if hit.entry.clause.end > hit.entry.clause.position + 1
    }
    if not silent:
        return {}
    places = [Q(version=version, position=position) for version, position in silent]
    inside = Clause.objects.filter(reduce(or_, places)).order_by().values_list("version_id", "position", "text")
    return {silent[version, position]: text for version, position, text in inside}
