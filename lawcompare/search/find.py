"""The search: from a question and filters to ranked answers, with highlights and counts for every filter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from math import log2
from operator import or_
from typing import NamedTuple

import regex
from django.db.models import Count, Q
from django.urls import reverse

from lawcompare.accounts.models import Organisation
from lawcompare.core.standard_names import language_name
from lawcompare.engine.structure.numbering import from_khmer
from lawcompare.engine.text.normalise import Normalised, normalise
from lawcompare.engine.text.words import STOP_WORDS, borders
from lawcompare.languages import reader_language
from lawcompare.laws.citing import cite_address
from lawcompare.laws.formatting import number_in_reader_language
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.translations.services import original_of, set_shown
from lawcompare.search.asking import Filters, find_cited, read_citation
from lawcompare.search.models import EntryKind, SearchEntry, SearchEntryQuerySet
from lawcompare.search.question import Condition, QueryTerm, Question, read_question
from lawcompare.search.words import SearchWord, has_stem, read_words, stem

# Clusters of a text that are shown, and how many of them before the first mark.
SHOWN, BEFORE = 260, 60
# Code points of a long text that are cut into words at a time, and where it may be parted.
EXTRACT_LENGTH = 2000
_BORDER = regex.compile(r"(?<=\S)[ \n](?=[\p{L}\p{N}])")


@dataclass(frozen=True, slots=True)
class HighlightRun:
    """A run of text, highlighted or not. ``is_gap``: words are left out here."""

    text: str
    is_mark: bool = False
    is_gap: bool = False


def mark(text: str, language: str, question: Question, shown: int = SHOWN) -> list[HighlightRun]:
    """Returns an extract of about ``shown`` clusters as runs, around the place with most highlights.

    >>> from lawcompare.search.question import read_question
    >>> [(run.text, run.is_mark) for run in mark("Illegal accessing.", "en", read_question("access "))]
    [('Illegal ', False), ('accessing', True), ('.', False)]
    """
    if not text:
        return []
    best = _best_extract(text, language, question, shown)
    length = len(best.text)
    start, end = (0, length) if length <= shown else _window(best, shown)
    runs = list(_runs(best.text, best.places, start, end))
    before = [HighlightRun("… ", is_gap=True)] if best.at + start else []
    return [*before, *runs, *([HighlightRun(" …", is_gap=True)] if best.at + end < len(text) else [])]


@dataclass(frozen=True, slots=True)
class _Extract:
    """A part of a text, cut into words. ``places`` are its ranges to highlight.

    ``answered``: how many terms and phrases they answer before ``until``; what comes after belongs to the next part.
    """

    at: int
    text: str
    form: Normalised
    words: list[SearchWord]
    cuts: list[int] | None
    places: list[tuple[int, int]]
    until: int
    answered: int


def _best_extract(text: str, language: str, question: Question, shown: int) -> _Extract:
    """Returns the first part with all terms, else the one with most: a long text is seldom read to its end."""
    sought = len(question.terms) + len(question.phrases)
    best: _Extract | None = None
    at = end = 0
    long = max(EXTRACT_LENGTH, 4 * shown)
    while end < len(text):
        border = _BORDER.search(text, at + long)
        end = border.start() if border else len(text)
        extract = _read(at, text[at:end], language, question, end - at - shown if border else end - at)
        if best is None or extract.answered > best.answered:
            best = extract
        if best.answered == sought:
            break
        # The next begins earlier, so that what stands near the border is found with the words around it.
        border = _BORDER.search(text, end - 2 * shown)
        at = border.start() if border else end
    assert best is not None
    return best


def _read(at: int, text: str, language: str, question: Question, until: int) -> _Extract:
    form = normalise(text, language)
    words = list(read_words(form, language))
    cuts = None if text.isascii() else borders(text)
    matches = sorted(_places(form.text, words, question), key=lambda place: place[:2])
    places = _in_source(form, cuts, [(start, end) for start, end, _what in matches])
    answered = {what for start, _end, what in matches if start < until}
    return _Extract(at, text, form, words, cuts, places, until, len(answered))


def _places(
    form: str, words: list[SearchWord], question: Question
) -> Iterator[tuple[int, int, QueryTerm | tuple[str, ...]]]:
    """Yields the ranges of the normal form to highlight, with the term or phrase of each."""
    single = {term.words[0]: term for term in question.terms if len(term.words) == 1}
    stems = {stem(word): term for word, term in single.items()}
    begun = next((term for term in single.values() if term.is_open), None)
    for word in words:
        term = single.get(word.text) or stems.get(stem(word.text))
        if not term and begun and word.text.startswith(begun.words[0]):
            term = begun
        if term:
            yield word.start, word.end, term
    for phrase in question.phrases:
        for start, end in _phrase_places(words, phrase):
            yield start, end, phrase
    for term in question.terms:
        if term.is_khmer:
            for start, end in _khmer_places(form, words, term):
                yield start, end, term


def _phrase_places(words: list[SearchWord], phrase: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for at in range(len(words) - len(phrase) + 1):
        run = words[at : at + len(phrase)]
        if run[0].text == phrase[0] and tuple(word.text for word in run) == phrase:
            yield run[0].start, run[-1].end


def _khmer_places(form: str, words: list[SearchWord], term: QueryTerm) -> Iterator[tuple[int, int]]:
    """Yields the ranges where the letters asked for stand together, else those of its words."""
    at = form.find(term.text)
    if at < 0:
        for word in words:
            if word.text in term.words:
                yield word.start, word.end
    while at >= 0:
        yield at, at + len(term.text)
        at = form.find(term.text, at + len(term.text))


def _in_source(form: Normalised, cuts: list[int] | None, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns the ranges in the printed text, widened to whole clusters and joined where they touch."""
    joined: list[tuple[int, int]] = []
    for place in places:
        start, end = form.to_source(*place)
        if cuts:
            start, end = cuts[bisect_right(cuts, start) - 1], cuts[bisect_left(cuts, end)]
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _window(read: _Extract, shown: int) -> tuple[int, int]:
    """Returns the range to show: the most highlights, the earliest of equals, cut where words begin."""
    marks = [start for start, _end in read.places]
    first = [at for at in marks if at < read.until] or marks
    best = max(first, key=lambda at: (bisect_left(marks, at + shown - BEFORE) - bisect_left(marks, at), -at), default=0)

    def begins(word: SearchWord) -> int:
        return read.form.to_source(word.start, word.end)[0]

    def is_cut(at: int) -> bool:
        return read.cuts is None or read.cuts[bisect_left(read.cuts, at)] == at

    start = 0
    if best > BEFORE:
        before = bisect_right(read.words, best - BEFORE, key=begins)
        start = next((at for word in reversed(read.words[:before]) if is_cut(at := begins(word))), 0)
    after = bisect_right(read.words, start + shown, key=begins)
    return start, next((at for word in read.words[after:] if is_cut(at := begins(word))), len(read.text))


def _runs(text: str, places: list[tuple[int, int]], start: int, end: int) -> Iterator[HighlightRun]:
    at = start
    for first, last in places:
        if last <= start or first >= end:
            continue
        if first > at:
            yield HighlightRun(text[at:first])
        yield HighlightRun(text[max(first, at) : min(last, end)], is_mark=True)
        at = min(last, end)
    if at < end:
        yield HighlightRun(text[at:end].rstrip() if end < len(text) else text[at:end])


# What a term weighs where it is found: a heading says what a clause is about, the words as asked go before others of
# their stem, and an unfinished word is a guess. Around: in the headings above alone.
IN_HEADING, BEGINS_IN_HEADING, STEM_IN_HEADING = 8.0, 6.0, 5.0
IN_TEXT, STEM_IN_TEXT, BEGINS_IN_TEXT, SCATTERED, AROUND = 4.0, 3.0, 2.5, 2.0, 1.0
AGAIN, AGAIN_MAX = 0.3, 3  # for each further time in the text
TOGETHER_IN_HEADING, TOGETHER = 6.0, 3.0  # the terms follow each other as asked
ALL_OF_HEADING = 6.0  # the heading says nothing else
IS_WHOLE, IS_TOPIC = 1.0, 2.0
LENGTH = 0.15  # for each doubling of the words


class RankedEntry(NamedTuple):
    """The columns of an entry by which it is ranked, and by which the same thing in two languages is known."""

    pk: int
    kind: str
    date: str
    is_whole: bool
    heading: str
    words: str
    key: str
    version_id: int | None
    language: str


@dataclass(frozen=True, slots=True)
class _Sought:
    """A term as it stands in stored words: its beginning and its whole. ``stems``: empty where a word has no stem."""

    term: QueryTerm
    begins: str
    whole: str
    stems: frozenset[str]


def rank(question: Question, candidates: list[RankedEntry]) -> list[int]:
    """Returns the keys of the candidates, the best first; of equals the newest text first."""
    sought = [_sought(term) for term in question.terms]
    ranked = sorted(candidates, key=lambda each: each.pk)
    ranked.sort(key=lambda each: each.date, reverse=True)
    ranked.sort(key=lambda each: round(_score(sought, each), 4), reverse=True)
    return [each.pk for each in ranked]


def _sought(term: QueryTerm) -> _Sought:
    begins = f" {' '.join(term.words)}"
    stems = frozenset(map(stem, term.words) if all(map(has_stem, term.words)) else ())
    return _Sought(term, begins, f"{begins} ", stems)


def _score(sought: list[_Sought], entry: RankedEntry) -> float:
    score = sum(_weigh(each, entry) for each in sought)
    asked = "".join(each.begins for each in sought)
    if len(sought) > 1:
        if asked in entry.heading:
            score += TOGETHER_IN_HEADING
        elif asked in entry.words:
            score += TOGETHER
    if entry.heading == f"{asked} ":
        score += ALL_OF_HEADING
    score += IS_WHOLE * (entry.kind == EntryKind.CLAUSE and entry.is_whole) + IS_TOPIC * (entry.kind == EntryKind.TOPIC)
    return score - LENGTH * log2(1 + entry.words.count(" "))


def _weigh(sought: _Sought, entry: RankedEntry) -> float:
    is_open = sought.term.is_open
    if sought.whole in entry.heading:
        return IN_HEADING
    if is_open and sought.begins in entry.heading:
        return BEGINS_IN_HEADING
    if _has_stems(sought, entry.heading):
        return STEM_IN_HEADING
    if times := entry.words.count(sought.whole):
        return IN_TEXT + AGAIN * min(times - 1, AGAIN_MAX)
    if _has_stems(sought, entry.words):
        return STEM_IN_TEXT
    if is_open and sought.begins in entry.words:
        return BEGINS_IN_TEXT
    return _weigh_loose(sought.term, entry)


def _has_stems(sought: _Sought, words: str) -> bool:
    return bool(sought.stems) and sought.stems <= {stem(word) for word in words.split() if word not in STOP_WORDS}


def _weigh_loose(term: QueryTerm, entry: RankedEntry) -> float:
    if term.is_khmer:
        if term.text in entry.words.replace(" ", ""):
            return BEGINS_IN_TEXT
        if all(f" {word}" in entry.words for word in term.words):
            return SCATTERED
    return AROUND


# Answers that are ranked and can be paged through; of more than these the best steps of the question are taken.
RANKED_MAX = 300
PER_PAGE = 20


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
    # The language of title and text.
    language: str = ""
    # The clause in the reader's language, where the words found are those of another.
    rendering: Clause | None = None
    # The words that match, where title and text are a rendering of them.
    original_title: list[HighlightRun] = field(default_factory=list)
    original_text: list[HighlightRun] = field(default_factory=list)

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
    repeated = _repeated(rest, versions, filters.language or reader_language().code)
    ranked = rank(question, [one for one in rest if one.pk not in repeated])
    ranked = [*(entry.pk for entry in first), *ranked][:RANKED_MAX]
    texts = {version.pk: version for version in versions}
    counts = _counts(groups, filters)
    _take_repeated_out(counts, entries.filter(pk__in=repeated) if repeated else [], texts)
    return SearchResults(question, total - len(repeated), counts, ranked, len(first), texts)


def _repeated(candidates: Iterable[RankedEntry], versions: Iterable[Version], language: str) -> set[int]:
    """Returns the keys of the candidates that are in another language what a candidate in ``language`` is, too."""
    originals = {version.pk: original_of(version) for version in versions}
    chosen: dict[tuple[str, int, str], RankedEntry] = {}
    repeated = set()
    for one in sorted(candidates, key=lambda one: (one.language != language, one.pk)):
        is_kept = chosen.setdefault((one.kind, originals.get(one.version_id or 0, 0), one.key), one)
        if is_kept.language != one.language:
            repeated.add(one.pk)
    return repeated


def _take_repeated_out(
    counts: dict[str, Counter[str]], repeated: Iterable[SearchEntry], versions: dict[int, Version]
) -> None:
    """Count what is found in two languages once, but among the answers in each language."""
    for entry in repeated:
        law = versions[entry.version_id].law.slug if entry.version_id in versions else None
        organisation = entry.organisation.slug if entry.organisation else None
        values = _values(entry.kind, law, entry.language, entry.risk, organisation, entry.categories)
        for name in counts.keys() - {"language"}:
            counts[name].subtract(values[name])


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


def _candidates(
    question: Question, answers: Callable[[Condition], SearchEntryQuerySet], count: int
) -> list[RankedEntry]:
    """Returns what is ranked: all answers, or of too many those of the question's best steps."""
    steps = [question.everything] if count <= RANKED_MAX else question.steps
    candidates: dict[int, RankedEntry] = {}
    for step in steps:
        for row in answers(step).in_order().values_list(*RankedEntry._fields)[:RANKED_MAX]:
            candidates.setdefault(row[0], RankedEntry._make(row))
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
    """Returns a page of answers with highlights, each in ``language`` where it is rendered in it; empty: as found."""
    cited = set(results.ranked[: results.cited])
    wanted = list(keys)
    related = SearchEntry.objects.select_related("clause", "organisation")
    rows = related.defer("heading", "words", "tokens").in_bulk(wanted)
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
        hit.title, hit.text = _marked(results.question, rendered or hit.entry, opening)
        if rendered:
            hit.original_title, hit.original_text = _marked(results.question, hit.entry, opening)
    return hits


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
