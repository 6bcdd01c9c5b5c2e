"""The search: from a question and filters to ranked answers, with counts for every filter.

First stands what the question cites. Then comes what has every word, as typed or in one of the ways in which laws say
it; where nothing has, with misspelt words corrected. Then what has most of the words that tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from functools import reduce
from itertools import batched, chain
from operator import add, or_
from time import monotonic
from typing import Any

from django.db.models import Case, Count, F, FloatField, Q, Value, When, Window
from django.db.models.functions import Coalesce, Left, RowNumber
from django.urls import reverse

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.core.standard_names import language_name
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.languages import reader_language
from lawcompare.laws.citing import cite_address
from lawcompare.laws.formatting import number_in_reader_language
from lawcompare.laws.models import Clause, LawKind, TextStatus, Version
from lawcompare.laws.translations.services import original_of, set_shown
from lawcompare.search.asking import Filters, find_cited, first_articles, is_unchecked, read_citation, texts_named
from lawcompare.search.everyday import everyday_words
from lawcompare.search.fitted import CLOSE_SHOWN, Fitted, fitted
from lawcompare.search.marks import HighlightRun, mark
from lawcompare.search.models import (
    EntryKind,
    SearchEntry,
    SearchEntryQuerySet,
    TookTooLong,
    by_index,
    by_key,
    until,
)
from lawcompare.search.question import Part, Question, any_of, read_question
from lawcompare.search.ranking import OF_DRAFT, OF_ITS_COUNTRY, OF_NAMED, RankedEntry, Read, Score, in_turns, whose
from lawcompare.search.services import names_of, stems_of

# Answers that are ranked and can be paged through; of more than these the best steps of the question are taken.
RANKED_MAX = 300
PER_PAGE = 20
# What has most of the words is added where fewer clauses than this have all, so many of it at most, and with so large a
# share of the best score.
ENOUGH, MOST_READ, MOST_MAX, SCORE_LEAST = 10, 150, 40, 0.4
# Seconds in which what organisations say is looked through behind the law: the longest texts take any time.
SECONDS_BEHIND = 2
# Entries that are read at once meanwhile, and whatever the time is, each of up to so many letters as below.
READ_AT_ONCE, READ_ALWAYS = 20, 5
# Texts that are named above the answers, of those that are not confirmed.
NAMED_MAX = 5
# Parts of a question by which it is looked for, the rarest.
PIECES_MAX = 8
# Entries with one of them that are known to have it: a longer list does not fit into the memory by which PostgreSQL
# looks a key up at once, and it would walk through the list for each entry.
HAVING_MAX = 50_000
# Of a heading, and of the words of a clause as long as a book, the first letters are read alone.
LETTERS_MAX = 20_000
COLUMNS = [
    Left(name, LETTERS_MAX) if name in ("heading", "words", "title", "text") else name for name in RankedEntry._fields
]
# Other texts that are named beside an answer.
ALSO_MAX = 4


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
    """An answer as it is shown: in the reader's language, where it is rendered in it."""

    entry: SearchEntry
    title: list[HighlightRun] = field(default_factory=list)
    text: list[HighlightRun] = field(default_factory=list)
    is_cited: bool = False
    # Whether the words found are what the clause says in plain words, and not its own.
    in_plain_words: bool = False
    # The language of title and text.
    language: str = ""
    # The clause in the reader's language, where the words found are those of another.
    rendering: Clause | None = None
    # The words that match, where title and text are a rendering of them.
    original_title: list[HighlightRun] = field(default_factory=list)
    original_text: list[HighlightRun] = field(default_factory=list)
    # The same clause in other texts of its law.
    also: list[Clause] = field(default_factory=list)

    @property
    def clause(self) -> Clause | None:
        return self.rendering or self.entry.clause

    @property
    def version(self) -> Version | None:
        return self.rendering.version if self.rendering else self.entry.version

    @property
    def is_rendered(self) -> bool:
        """Whether title and text are a rendering of the words found."""
        return self.language != self.entry.language

    @property
    def is_foreign(self) -> bool:
        """Whether it is shown in another language than the page's, for want of a rendering."""
        return self.language != reader_language().code

    @property
    def is_restatement(self) -> bool:
        """Whether the words shown are a restatement and not the law's."""
        if self.entry.kind != EntryKind.CLAUSE or not self.clause or not self.version:
            return False
        return (self.clause.text_status or self.version.text_status) == TextStatus.RESTATEMENT

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def says_date(self) -> bool:
        """Whether to show the text's date: its title often has it already."""
        return bool(self.version and self.version.date and self.version.date[:4] not in from_khmer(self.version.name))

    @property
    def place(self) -> str:
        """How the clause is cited, without its heading."""
        if self.entry.kind != EntryKind.CLAUSE or not self.clause:
            return ""
        return cite_address(self.clause.eid) if self.entry.citation else number_in_reader_language(self.clause.num)

    @property
    def url(self) -> str:
        if self.entry.kind == EntryKind.CLAUSE and self.version and self.clause:
            return reverse("clause", args=[self.version.law.slug, self.version.slug, self.clause.eid])
        return reverse(self.entry.kind, args=[self.entry.key])

    @property
    def original_url(self) -> str:
        """The address of the clause that holds the words that match."""
        version = self.entry.version
        return reverse("clause", args=[version.law.slug, version.slug, self.entry.key]) if version else self.url


@dataclass
class SearchResults:
    """All answers to a question.

    ``ranked``: keys of entries, the best first: ``cited`` that the question names, up to ``exact`` that have all it
    asks for, then what has most of it. ``also``: by key those of the same clause in other texts of its law.
    """

    question: Question
    # The question as typed, or corrected, and with what laws say instead where that differs.
    readings: list[Question] = field(default_factory=list)
    # The question with misspelt words corrected; empty where it was answered as typed.
    corrected: str = ""
    total: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    ranked: list[int] = field(default_factory=list)
    cited: int = 0
    # Whether the question cites the law, also where a filter leaves that out.
    is_citing: bool = False
    exact: int = 0
    also: dict[int, list[int]] = field(default_factory=dict)
    # How many of ``ranked`` stand before what organisations say; None: there is nothing of theirs.
    before_others: int | None = None
    # Until when, of the monotonic clock, more is read of what organisations say, which stands by turns; 0: the law.
    read_until: float = 0
    # Whether what organisations say was not looked through to the end, which would have kept the reader waiting.
    is_cut: bool = False
    # Texts of which the question is the name.
    texts: list[Version] = field(default_factory=list)
    # Keys of entries close in meaning, as the program finds.
    close: list[int] = field(default_factory=list)
    versions: dict[int, Version] = field(default_factory=dict)

    def put_behind(self, others: SearchResults) -> None:
        """Add what others say, or what is not confirmed, behind all."""
        # What has most keeps its places behind whatever number that has all.
        too_many = max(len(self.ranked) + len(others.ranked) - RANKED_MAX, 0)
        exact = max(others.exact - too_many, 0)
        del others.ranked[exact : others.exact]
        others.exact, others.cited = exact, min(others.cited, exact)
        if self.before_others is None and others.ranked:
            self.before_others = len(self.ranked)
        if self.cited == len(self.ranked):
            self.cited += others.cited
        if self.exact == len(self.ranked):
            self.exact += others.exact
        self.ranked = [*self.ranked, *others.ranked][:RANKED_MAX]
        self.exact = min(self.exact, len(self.ranked))
        self.is_cut |= others.is_cut
        self.readings = [*(one for one in others.readings if one not in self.readings), *self.readings]
        self.total += others.total
        for name, counter in others.counts.items():
            self.counts.setdefault(name, Counter()).update(counter)
        self.also |= others.also
        self.texts = [*self.texts, *(text for text in others.texts[:NAMED_MAX] if text not in self.texts)]
        self.versions |= others.versions

    @property
    def is_more_than_ranked(self) -> bool:
        return self.total > len(self.ranked)

    @property
    def strict(self) -> list[Question]:
        """The readings of which an answer needs every part. Two everyday words may meet in no clause."""
        return [*self.readings[:1], *(each for each in self.readings[1:] if len(each.parts) == 1)]

    @property
    def in_law(self) -> dict[str, list[str]]:
        """Everyday words of the question, and the phrases of laws that were looked for beside them."""
        titles = everyday_words().names.values()
        parts = self.readings[-1].parts if self.readings else ()
        asked = {" ".join(term.text for term in part.terms): part.law for part in parts if part.law}
        return {words: [one for one in law if one != words and one not in titles] for words, law in asked.items()}

    def marked(self, language: str) -> Question:
        """Returns a question whose terms are all that was looked for in texts of a language."""
        ways = (way for reading in self.readings for part in reading.parts for way in part.ways)
        terms = dict.fromkeys(term for way in ways for term in way if language == "km" or not term.is_khmer)
        return Question(self.question.text, tuple(Part((term,)) for term in terms), self.question.phrases)


def _in_one_language(cited: Iterable[SearchEntry], versions: dict[int, Version], language: str) -> list[SearchEntry]:
    """Returns the clauses cited, each once: of a text and its renderings the one in a language, or the original's."""
    originals = {pk: original_of(version) for pk, version in versions.items()}
    chosen: dict[tuple[int, str, int], SearchEntry] = {}
    for entry in cited:
        key = originals.get(entry.version_id or 0, 0), entry.key, whose(entry, versions)
        is_original = entry.version_id == key[0]
        if key not in chosen or entry.language == language or (is_original and chosen[key].language != language):
            chosen[key] = entry
    return list(chosen.values())


@dataclass
class Answer:
    """An entry found. ``has_all``: it has every part of the question. ``also``: the same clause in other texts."""

    entry: RankedEntry
    score: float
    has_all: bool = True
    also: list[int] = field(default_factory=list)


@by_index()
def find(
    text: str, filters: Filters, versions: Sequence[Version], *, as_typed: bool = False, corrected: str = ""
) -> SearchResults:
    """Returns the answers to a question, the best first. ``versions``: all public versions with their laws.
    ``as_typed``: only what has the very words. ``corrected``: the question, where its words are no more as typed.

    The law comes first, with topics and the notes of the editors. What others say, and behind it what is not confirmed,
    is looked for by itself: it takes no place of the law, and keeps nothing from being tried.
    """
    unchecked = [version for version in versions if is_unchecked(version)]
    confirmed = [version for version in versions if not is_unchecked(version)]
    entries = SearchEntry.objects.of_texts(confirmed)
    notes = SearchEntry.objects.filter(kind=EntryKind.ANNOTATION).exclude(organisation__slug=EDITORS).order_by()
    others = list(notes.values_list("organisation", flat=True).distinct()) if text.strip() else []
    of_law = entries.exclude(kind=EntryKind.ANNOTATION, organisation__in=others) if others else entries
    results = _find(text, filters, confirmed, of_law, as_typed, corrected)
    behind = [(confirmed, entries.filter(kind=EntryKind.ANNOTATION, organisation__in=others))] if others else []
    if unchecked:
        # Not by their keys: PostgreSQL would go through all of them, and not ask the index of words.
        behind.append((unchecked, SearchEntry.objects.of_texts(unchecked).filter(version__isnull=False)))
    # What has most of the words is not wanted where the law is cited, or enough of it has all.
    most, begun = not results.is_citing and results.exact < ENOUGH, monotonic()
    for number, (texts, among) in enumerate(behind, 1):
        moment = begun + SECONDS_BEHIND * number / len(behind)  # what organisations say leaves the others their time
        try:
            with until(moment):
                for question in filter(None, [results.corrected, text]):
                    found = _find(question, filters, texts, among, as_typed, corrected, moment=moment, most=most)
                    results.put_behind(found)
                    among = among.exclude(pk__in=found.ranked)
        except TookTooLong:
            results.is_cut = True
    return results


def _find(
    text: str, filters: Filters, versions: Sequence[Version], entries: SearchEntryQuerySet, as_typed: bool,
    corrected: str, *, moment: float = 0, most: bool = True,
) -> SearchResults:  # fmt: skip
    """``moment``, when it has to end: behind other answers; then the question is not corrected, and nothing close in
    meaning looked for. ``most``: whether also what has most of the words, where little has all.
    """
    is_behind = bool(moment)
    language = filters.language or reader_language().code
    left = moment - monotonic() if is_behind else 0
    # The second half is for the database.
    results = SearchResults(read_question(text), corrected=corrected, read_until=moment - left / 2)
    results.versions = {version.pk: version for version in versions}
    if not text.strip():
        return results
    citation = read_citation(text, among_names=not as_typed)
    every_cited = find_cited(citation, versions, entries.select_related("law")) if citation else []
    if not (as_typed or every_cited) and (texts := texts_named(text, versions)):
        results.texts = texts
        every_cited = first_articles(texts, entries.select_related("law"))
    cited = _in_one_language(every_cited, results.versions, language)
    cited = in_turns(cited, lambda entry: whose(entry, results.versions))
    others = entries.exclude(pk__in=[entry.pk for entry in every_cited]) if every_cited else entries

    results.readings = list(_readings(text, as_typed=as_typed))
    laws = {version.law_id: version.law.slug for version in versions}
    groups = _groups(_answers(others, results), laws)
    model = fitted()
    if not (as_typed or cited or groups or corrected or is_behind) and (corrected := model.correct(text)):
        return _find(corrected, filters, versions, entries, as_typed, corrected)
    groups += [AnswerGroup(_values_of(entry), 1) for entry in cited]
    first = [entry for entry in cited if AnswerGroup(_values_of(entry), 1).passes(filters.chosen())]
    passing = sum(group.count for group in groups if group.passes(filters.chosen())) - len(first)
    found = _having_all(_narrowed(others, filters), results, passing) if passing else {}

    # Clauses that have all, by whose they are; a text that is named is enough.
    of = Counter(whose(one.entry, results.versions) for one in found.values() if one.entry.kind == EntryKind.CLAUSE)
    of.update({whose(entry, results.versions): ENOUGH for entry in every_cited})
    most = most and not as_typed and (is_behind or of.total() < ENOUGH)
    having_most: dict[int, Answer] = {}
    if most:
        try:  # what has all is not lost where the database takes all the time for this
            with until(moment - left / 4) if is_behind else nullcontext():
                having_most = _having_most(others, results, model)
        except TookTooLong:
            results.is_cut = True
    if having_most:
        having_most = {pk: one for pk, one in having_most.items() if of[whose(one.entry, results.versions)] < ENOUGH}
        among = others.filter(pk__in=list(having_most))
        groups += _groups(among, laws)
        passing += len(passed := set(_narrowed(among, filters).values_list("pk", flat=True)))
        found |= {pk: answer for pk, answer in having_most.items() if pk in passed}
    answers = _fold(found.values(), results.versions, language)
    answers = _in_turns(answers, results)
    results.counts = _counts(groups, filters)
    _count_once(results, found, answers, entries)
    _put_in_language(answers, entries, results.versions, language)
    results.total = len(first) + passing - (len(found) - len(answers))
    # What has most keeps its places behind whatever number that has all.
    too_many, having_all = len(first) + len(answers) - RANKED_MAX, sum(answer.has_all for answer in answers)
    del answers[max(having_all - max(too_many, 0), 0) : having_all]
    results.ranked = [*(entry.pk for entry in first), *(answer.entry.pk for answer in answers)][:RANKED_MAX]
    results.is_citing = bool(every_cited)
    results.cited, results.exact = len(first), len(first) + sum(answer.has_all for answer in answers)
    results.also = {answer.entry.pk: answer.also for answer in answers if answer.also}
    if not (as_typed or cited or is_behind):
        close = model.closest(results.readings)
        results.close = _not_found_yet(_narrowed(entries, filters), close, found.values(), results.versions, language)
    return results


def _readings(text: str, *, as_typed: bool = False) -> Iterator[Question]:
    typed = read_question(text)
    if not typed.is_empty:
        yield typed
    in_law = read_question(text, in_law=True)
    if not as_typed and in_law.parts and in_law.parts != typed.parts:
        yield in_law


def _answers(entries: SearchEntryQuerySet, results: SearchResults) -> SearchEntryQuerySet:
    """Returns what has all that is asked for, as typed; or what laws say instead, where that is all the question."""
    if not results.strict:
        return entries.none()
    everything = any_of(reading.everything for reading in results.strict)
    return entries.answering(everything, results.question.phrases)


def _having_all(entries: SearchEntryQuerySet, results: SearchResults, count: int) -> dict[int, Answer]:
    """Returns by key what has every part of the question in one of its readings."""
    found: dict[int, Answer] = {}
    read: dict[int, Read] = {}
    advantages, phrases = _advantages(results), results.question.phrases
    for question in results.strict:
        score_of = Score(question.parts)
        for entry in _read(_candidates(question, entries, phrases, count, by_turns=bool(results.read_until)), results):
            words = read.setdefault(entry.pk, Read(entry))
            score = score_of.of_all(words, len(results.readings[0].terms)) + advantages[entry.kind, entry.law_id]
            answer = found.setdefault(entry.pk, Answer(entry, score))
            answer.score = max(answer.score, score)
    return found


def _advantages(results: SearchResults) -> dict[tuple[str, int | None], float]:
    """Returns what a clause gets by its law: what the question names goes before drafts, and these before other laws of
    their country.
    """
    versions, titles = results.versions.values(), everyday_words().names.values()
    named = [law for reading in results.readings[-1:] for part in reading.parts for law in part.law if law in titles]
    laws = {version.law for version in versions}
    countries = {law.jurisdiction for law in laws if law.kind == LawKind.DRAFT}
    advantages: dict[tuple[str, int | None], float] = defaultdict(float)
    for law in laws:
        if law.jurisdiction in countries:
            advantages[EntryKind.CLAUSE, law.pk] = OF_DRAFT if law.kind == LawKind.DRAFT else OF_ITS_COUNTRY
    for version in versions if named else ():
        if any(stems_of(name, "en") <= names_of(version) for name in named):
            advantages[EntryKind.CLAUSE, version.law_id] = OF_NAMED
    return advantages


def _having_most(entries: SearchEntryQuerySet, results: SearchResults, model: Fitted) -> dict[int, Answer]:
    """Returns by key what has most of the words that tell, of the last reading, and not all."""
    pieces = {piece for reading in results.readings[-1:] for part in reading.parts for piece in part.pieces()}
    if len(pieces) < 2:
        return {}
    rarity = {piece: round(model.rarity(piece), 3) for piece in pieces}
    ordered = sorted(pieces, key=lambda piece: (-rarity[piece], str(piece)))
    sought = {piece: any_of([piece.inside]) for piece in ordered[:PIECES_MAX]}
    having = {
        piece: entries.filter(tokens__answers=condition).order_by().values("pk")[:HAVING_MAX]
        for piece, condition in sought.items()
    }
    weights = [
        Case(When(pk__in=keys, then=Value(rarity[piece])), default=Value(0.0), output_field=FloatField())
        for piece, keys in having.items()
    ]
    matching = entries.answering(any_of(sought.values()), results.question.phrases)
    matching = matching.exclude(pk__in=_answers(entries, results).order_by().values("pk"))
    by_share = matching.order_by().annotate(share=reduce(add, weights))
    keys = list(_first(by_share, MOST_READ, F("share").desc(), "pk", by_turns=bool(results.read_until)))
    advantages = _advantages(results)
    score_of = Score(ordered, [rarity[piece] for piece in ordered])
    answers = []
    for entry in _read(keys, results):
        score = score_of.of_most(Read(entry)) + advantages[entry.kind, entry.law_id]
        answers.append(Answer(entry, score, has_all=False))

    def of(answer: Answer) -> int:
        return whose(answer.entry, results.versions) if results.read_until else 0

    best: dict[int, float] = {}
    for answer in answers:
        best[of(answer)] = max(answer.score, best.get(of(answer), 0))
    answers = [answer for answer in _in_order(answers) if answer.score >= SCORE_LEAST * best[of(answer)]]
    answers = _in_turns(answers, results)
    return {answer.entry.pk: answer for answer in answers[:MOST_MAX]}


def _first(entries: SearchEntryQuerySet, number: int, *order: Any, by_turns: bool) -> dict[int, int]:
    """Returns the keys of the first entries in an order, each with the organisation whose it is; ``by_turns`` with the
    first of each organisation before the second of any, so that none takes the places of the others.
    """
    of: Any = Value(0)
    if by_turns:
        # A clause has no organisation of its own: it is of who brought its text.
        of = Coalesce("organisation_id", "version__origin__organisation_id")
        entries = entries.annotate(place=Window(RowNumber(), partition_by=[of], order_by=list(order)))
        order = ("place", *order)
    return dict(entries.order_by(*order).values_list("pk", of)[:number])


def _in_turns(answers: Sequence[Answer], results: SearchResults) -> list[Answer]:
    """Returns what organisations say in turns: what has all, then what has most; all else as it stands."""
    if not results.read_until:
        return list(answers)
    having_all = [answer for answer in answers if answer.has_all]
    having_most = [answer for answer in answers if not answer.has_all]
    return [
        answer
        for those in (having_all, having_most)
        for answer in in_turns(those, lambda answer: whose(answer.entry, results.versions))
    ]


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    """Returns what has all before what has most, the best first; of equals the newest text first."""
    newest = sorted(sorted(answers, key=lambda one: one.entry.pk), key=lambda one: one.entry.date, reverse=True)
    return sorted(newest, key=lambda one: (one.has_all, round(one.score, 4)), reverse=True)


def _fold(found: Iterable[Answer], versions: dict[int, Version], language: str) -> list[Answer]:
    """Returns the answers in order, each once: in ``language`` where it is found in it, and of a clause that other
    texts of the law have under the same heading, or of a part in the same words, the best. What one organisation says
    stands for nobody else's.
    """
    by_thing: dict[tuple[object, ...], list[Answer]] = defaultdict(list)
    for answer in _in_order(found):
        by_thing[*_thing(answer.entry, versions), whose(answer.entry, versions)].append(answer)
    once = []
    for same in by_thing.values():
        shown = min(same, key=lambda answer: (answer.entry.language != language, answer.entry.pk))
        once.append(Answer(shown.entry, same[0].score, same[0].has_all))
    first: dict[tuple[object, ...], Answer] = {}
    seen: Counter[tuple[object, ...]] = Counter()
    kept = []
    for answer in _in_order(once):
        entry = answer.entry
        words = entry.heading if entry.is_whole else entry.words
        clause = (entry.law_id, whose(entry, versions), entry.language, entry.is_whole, words)
        seen[*clause, entry.version_id] += 1
        best = first.setdefault((*clause, seen[*clause, entry.version_id]), answer)
        if best is answer or not words or entry.kind != EntryKind.CLAUSE:
            kept.append(answer)
        else:
            best.also.append(entry.pk)
    return sorted(kept, key=lambda one: (one.has_all, round(one.score, 4)), reverse=True)


def _put_in_language(
    answers: Iterable[Answer], entries: SearchEntryQuerySet, versions: dict[int, Version], language: str
) -> None:
    """Put the original in ``language`` for each answer that is found in its translation alone."""
    foreign = {
        _thing(answer.entry, versions): answer
        for answer in answers
        if answer.entry.kind == EntryKind.CLAUSE and answer.entry.language != language
    }
    wanted = [
        Q(kind=kind, version=original, key=key)
        for (kind, original, key), answer in foreign.items()
        if original != answer.entry.version_id
    ]
    if wanted:
        for row in entries.filter(reduce(or_, wanted), language=language).values_list(*COLUMNS):
            entry = RankedEntry._make(row)
            answer = foreign[_thing(entry, versions)]
            if whose(entry, versions) == whose(answer.entry, versions):
                answer.entry = entry


def _thing(entry: RankedEntry, versions: dict[int, Version]) -> tuple[str, int, str]:
    """Returns what an entry is of, whichever the language."""
    version = versions.get(entry.version_id or 0)
    return entry.kind, original_of(version) if version else 0, entry.key


def _count_once(
    results: SearchResults, found: dict[int, Answer], answers: list[Answer], entries: SearchEntryQuerySet
) -> None:
    """Count what is found in several languages or texts once, but among the answers in each language."""
    left_out = found.keys() - {answer.entry.pk for answer in answers}
    for entry in entries.filter(pk__in=left_out).select_related("organisation") if left_out else ():
        law = results.versions[entry.version_id].law.slug if entry.version_id in results.versions else None
        organisation = entry.organisation.slug if entry.organisation else None
        values = _values(entry.kind, law, entry.language, entry.risk, organisation, entry.categories)
        for name in results.counts.keys() - {"language"}:
            results.counts[name].subtract(values[name])
    for language in list(results.counts["language"]) if left_out else ():
        those = [answer for answer in found.values() if answer.entry.language == language]
        results.counts["language"][language] -= len(those) - len(_fold(those, results.versions, language))


def _not_found_yet(
    entries: SearchEntryQuerySet, close: list[int], found: Iterable[Answer], versions: dict[int, Version], language: str
) -> list[int]:
    """Returns the first articles close in meaning that are not among the answers, each once."""
    articles = entries.filter(pk__in=close, kind=EntryKind.CLAUSE, is_whole=True) if close else entries.none()
    rows = {entry.pk: entry for entry in map(RankedEntry._make, articles.values_list(*COLUMNS))}
    shown = {_thing(answer.entry, versions) for answer in found}
    kept: dict[tuple[str, int, str], RankedEntry] = {}
    for entry in (rows[key] for key in close if key in rows):
        thing = _thing(entry, versions)
        if thing not in shown and (thing not in kept or entry.language == language):
            kept[thing] = entry
    return [entry.pk for entry in kept.values()][:CLOSE_SHOWN]


def _groups(answers: SearchEntryQuerySet, laws: dict[int, str]) -> list[AnswerGroup]:
    """Returns all answers counted by everything they can be filtered by, in one query."""
    short = ("kind", "law", "language", "risk", "organisation", "categories")
    rows = answers.order_by().values_list(*short).annotate(number=Count("*"))
    counted = list(rows)
    ids = {row[4] for row in counted if row[4]}
    organisations = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "slug")) if ids else {}
    groups = (
        AnswerGroup(_values(kind, laws.get(law), language, risk, organisations.get(organisation), categories), number)
        for kind, law, language, risk, organisation, categories, number in counted
    )
    return sorted(groups, key=str)  # not as the database has them: that tells which was here first


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


def _candidates(
    question: Question, entries: SearchEntryQuerySet, phrases: Iterable[tuple[str, ...]], count: int, *, by_turns: bool
) -> list[int]:
    """Returns the keys of what is ranked: all answers, or of too many those of the question's best steps."""
    steps = [question.everything] if count <= RANKED_MAX else question.steps
    keys: dict[int, int] = {}
    for step in steps:
        keys |= _first(entries.answering(step, phrases), RANKED_MAX, by_key(), by_turns=by_turns)
        if len(keys) >= RANKED_MAX and not by_turns:  # one organisation's best keep no other out
            break
    return in_turns(keys, lambda key: keys[key] if by_turns else key)[:RANKED_MAX]


def _read(keys: list[int], results: SearchResults) -> Iterator[RankedEntry]:
    """Yields the entries of these keys: long words are read of those alone, and not of all that is sorted. Of what
    organisations say some at once, in the order of the keys, and more for as long as there is time.
    """
    read = 0
    for some in batched(keys, READ_AT_ONCE if results.read_until else max(1, len(keys))):
        rows = {row[0]: row for row in SearchEntry.objects.filter(pk__in=some).order_by("pk").values_list(*COLUMNS)}
        for key in [key for key in some if key in rows] if results.read_until else rows:
            if results.read_until and read >= READ_ALWAYS and monotonic() > results.read_until:
                results.is_cut = True
                return
            read += 1
            yield RankedEntry._make(rows[key])


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
    """Returns a page of answers with highlights, each in ``language`` where it is rendered in it; empty: as found."""
    cited = set(results.ranked[: results.cited])
    wanted = list(keys)
    related = SearchEntry.objects.select_related("clause", "organisation")
    also = {pk: results.also.get(pk, ())[:ALSO_MAX] for pk in wanted}
    rows = related.defer("heading", "words", "tokens").in_bulk({*wanted, *chain.from_iterable(also.values())})
    hits = [Hit(rows[pk], is_cited=pk in cited) for pk in wanted if pk in rows]
    for entry in rows.values():
        if entry.version_id in results.versions:
            entry.version = results.versions[entry.version_id]
            if entry.clause:
                entry.clause.version = entry.version
    entries = _in_language(language, hits) if language else {}
    clauses = [hit.entry.clause for hit in hits if _is_clause(hit.entry)]
    opening = _openings([*clauses, *(hit.rendering for hit in hits)])
    for hit in hits:
        rendered = entries.get(hit.entry.pk)
        hit.language = rendered.language if rendered else hit.entry.language
        found = _marked(results.marked(hit.entry.language), hit.entry, opening)
        hit.title, hit.text = _marked(results.marked(hit.language), rendered, opening) if rendered else found
        if rendered:
            hit.original_title, hit.original_text = found
        told = (rendered or hit.entry).text
        if told and _is_found_in_plain_words(hit.entry, results.question, found[1]):
            hit.in_plain_words, hit.text = True, mark(told, hit.language, results.question)
        hit.also = [clause for pk in also[hit.entry.pk] if pk in rows and (clause := rows[pk].clause)]
    return hits


def _is_found_in_plain_words(entry: SearchEntry, question: Question, extract: list[HighlightRun]) -> bool:
    """Whether the words asked for are in what a clause says in plain words alone."""
    if not (_is_clause(entry) and entry.text) or any(run.is_mark for run in extract):
        return False
    heading, plain = (mark(words, entry.language, question) for words in (entry.title, entry.text))
    return any(run.is_mark for run in plain) and not any(run.is_mark for run in heading)


def _is_clause(entry: SearchEntry) -> bool:
    return entry.kind == EntryKind.CLAUSE and entry.clause is not None


def _marked(
    question: Question, entry: SearchEntry, opening: dict[int, str]
) -> tuple[list[HighlightRun], list[HighlightRun]]:
    """Returns title and extract of an entry with the words asked for highlighted."""
    text = entry.text
    if entry.clause is not None and _is_clause(entry):
        text = entry.clause.text or opening.get(entry.clause.pk, "")
    title = mark(entry.title, entry.language, question, len(entry.title))
    return title, mark(text, entry.language, question)


def _in_language(language: str, hits: Iterable[Hit]) -> dict[int, SearchEntry]:
    """Returns by entry that is in another language the one that renders it in ``language``; sets ``rendering``.

    Three queries at most, and none where all is in it.
    """
    foreign = [hit for hit in hits if hit.entry.language != language]
    clauses = [hit for hit in foreign if _is_clause(hit.entry)]
    set_shown(hit.entry.clause for hit in clauses if hit.entry.clause)
    for hit in clauses:
        shown: Clause = hit.entry.clause.shown  # type: ignore[union-attr]
        hit.rendering = shown if shown != hit.entry.clause and shown.version.language == language else None
    wanted = Q(clause__in=[hit.rendering.pk for hit in clauses if hit.rendering], kind=EntryKind.CLAUSE)
    for kind in (EntryKind.ANNOTATION, EntryKind.TOPIC):
        wanted |= Q(kind=kind, key__in=[hit.entry.key for hit in foreign if hit.entry.kind == kind])
    if not foreign:
        return {}
    entries = SearchEntry.objects.filter(wanted, language=language).defer("heading", "words", "tokens")
    by_clause = {entry.clause_id: entry for entry in entries if entry.kind == EntryKind.CLAUSE}
    by_key = {(entry.kind, entry.key): entry for entry in entries if entry.kind != EntryKind.CLAUSE}
    rendered: dict[int, SearchEntry] = {}
    for hit in foreign:
        entry = by_clause.get(hit.rendering.pk) if hit.rendering else by_key.get((hit.entry.kind, hit.entry.key))
        if entry is None:
            hit.rendering = None  # not indexed yet
            continue
        if hit.rendering:
            entry.clause = hit.rendering
        rendered[hit.entry.pk] = entry
    return rendered


def _openings(clauses: Iterable[Clause | None]) -> dict[int, str]:
    """Returns by clause the first words inside an article that has none of its own."""
    silent = {
        (clause.version_id, clause.position + 1): clause.pk
        for clause in clauses
        if clause and not clause.text and clause.end > clause.position + 1
    }
    if not silent:
        return {}
    places = [Q(version=version, position=position) for version, position in silent]
    inside = Clause.objects.filter(reduce(or_, places)).order_by().values_list("version_id", "position", "text")
    return {silent[version, position]: text for version, position, text in inside}
