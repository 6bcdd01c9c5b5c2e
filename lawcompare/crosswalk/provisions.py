"""The clauses of correspondences with the text inside each, and how they stand to each other."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.elements import (
    NOT_SEEN,
    WHOLE,
    ElementCell,
    ElementColumn,
    ElementReading,
    ElementRow,
    ElementTable,
    ElementValue,
    Placed,
    Quote,
    SharedValues,
    build_table,
    outermost,
    quoted,
    read_clauses,
    rows_of,
    sizes_of,
    units_of,
    value_in_words,
    without_confirmed,
)
from lawcompare.crosswalk.models import (
    GRAVITY,
    REVERSED,
    VERDICTS,
    Basis,
    Correspondence,
    Element,
    Relation,
    Topic,
    Value,
    ValueStatus,
)
from lawcompare.engine.compare_laws.elements import Elements, Excerpt, ProvisionDifference, contrast
from lawcompare.engine.wording.values import difference_sentence
from lawcompare.languages import in_a_row
from lawcompare.laws.citing import cite_address, cite_in_law, short_name
from lawcompare.laws.formatting import LOCALE, format_in_dollars
from lawcompare.laws.models import Clause, LawKind, Version

# Their sentences do not quote the words they rest on.
_UNQUOTED = {"penalties", "authorisation", "time_limits"}
# Their sentences say that the other penalty has no minimum, no prison or no fine.
_LACKING = {"minimum", "prison", "fine"}


@dataclass(frozen=True)
class QuotedWords:
    """Words that a sentence rests on, in the language of their text."""

    quote: Quote
    version: Version


@dataclass(frozen=True)
class ElementDifference:
    """``by``: the organisations whose values it rests on; empty where all are the site's."""

    sentence: str
    words: list[QuotedWords]
    by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Direction:
    """What distinguishes one clause from the other; ``lead`` names the two, and the organisations that say so."""

    lead: str
    differences: list[ElementDifference]

    @property
    def words(self) -> list[QuotedWords]:
        """All that the sentences rest on and do not quote, each once."""
        return list(dict.fromkeys(words for difference in self.differences for words in difference.words))


@dataclass(frozen=True)
class Differences:
    """Both directions, and what a draft punishes more heavily than the law in force; or why nothing can be compared."""

    directions: list[Direction] = field(default_factory=list)
    heavier: Direction | None = None
    silence: str = ""

    def __bool__(self) -> bool:
        return bool(self.directions or self.heavier or self.silence)


@dataclass(frozen=True)
class ConfirmedElements:
    """What people confirmed of a clause; ``absent`` are the elements that its whole text does not have, ``by`` the
    organisations that state an element beside or instead of the site, ``of_site`` what the site states alone.
    """

    elements: Elements
    absent: frozenset[str] = frozenset()
    by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    of_site: ConfirmedElements | None = None


type Confirmed = Mapping[int, ConfirmedElements]


def differences_between(
    own: Placed, other: Placed, readings: Mapping[int, ElementReading], confirmed: Confirmed
) -> Differences:
    """The differences of ``own`` from ``other`` and the other way round, in values confirmed of both; else none.

    Where the text of one has not been seen, no sentence calls anything missing in it: ``silence`` has the reason.
    """
    unseen = [cite_in_law(*one) for one in (own, other) if readings[one[1].pk].known == NOT_SEEN]
    if unseen:
        words = _("Nothing can be said of differences: the text of %(clause)s has not been seen.")
        return Differences(silence=words % {"clause": "; ".join(unseen)})
    if own[1].pk not in confirmed or other[1].pk not in confirmed:
        return Differences()
    both = [(one, _differences(*one, readings, confirmed)) for one in ((own, other), (other, own))]
    return _by_direction(both, readings)


def _according_to(lead: str, differences: Iterable[ElementDifference]) -> str:
    names = sorted(frozenset().union(*(difference.by for difference in differences)))
    return _("%(lead)s, according to %(names)s") % {"lead": lead, "names": in_a_row(names)} if names else lead


type _OneDirection = tuple[tuple[Placed, Placed], list[tuple[str, ElementDifference]]]


def _by_direction(both: list[_OneDirection], readings: Mapping[int, ElementReading]) -> Differences:
    directions, heavier = [], None
    for (own, other), differences in both:
        heavier_element = "penalties" if _is_draft_beside_law_in_force(own[0], other[0]) else ""
        weights = [difference for element, difference in differences if element == heavier_element]
        rest = [difference for element, difference in differences if element != heavier_element]
        if weights:
            heavier = Direction(_according_to(_("Heavier than in the law in force"), weights), weights)
        # The site's first, and each organisation's apart: nobody's name stands above what another says.
        by_whom: dict[tuple[str, ...], list[ElementDifference]] = defaultdict(list)
        for difference in rest:
            by_whom[tuple(sorted(difference.by))].append(difference)
        for _names, of_one in sorted(by_whom.items()):
            directions.append(Direction(_according_to(_lead(own, other, readings), of_one), of_one))
    return Differences(directions, heavier)


def _differences(
    own: Placed, other: Placed, readings: Mapping[int, ElementReading], confirmed: Confirmed
) -> list[tuple[str, ElementDifference]]:
    """(element, difference) of one direction. What follows from the site's values alone bears no name."""
    mine, theirs = confirmed[own[1].pk], confirmed[other[1].pk]
    of_site = {placed[1].pk: side.of_site for placed, side in ((own, mine), (other, theirs)) if side.of_site}
    alone = _differences(own, other, readings, of_site) if len(of_site) == 2 and (mine.by or theirs.by) else []
    sentences = {difference.sentence for _element, difference in alone}
    other_name = cite_in_law(*other)
    has_several_levels = len({excerpt.values.get("level") for excerpt in theirs.elements.mental}) > 1
    is_reported = other[0].law.kind == LawKind.DRAFT and readings[other[1].pk].known != WHOLE
    found = [
        (one, difference_sentence(LOCALE, one, other_name))
        for one in contrast(mine.elements, theirs.elements)
        # Only what somebody confirmed to be missing is shown as missing.
        if (getattr(mine.elements, one.element) or one.element in mine.absent)
        # Which of several levels is enough, their list does not say; a report may leave out part of a penalty.
        and not (one.kind == "lower-mental" and has_several_levels)
        and not (one.kind in _LACKING and is_reported)
    ]
    by = {
        one.element: frozenset().union(*(side.by.get(one.element, ()) for side in (mine, theirs))) for one, _ in found
    }
    return [
        (
            one.element,
            ElementDifference(
                sentence,
                _words(one, own, other, readings),
                frozenset() if sentence in sentences else by[one.element],
            ),
        )
        for one, sentence in found
    ]


def _words(
    difference: ProvisionDifference, own: Placed, other: Placed, readings: Mapping[int, ElementReading]
) -> list[QuotedWords]:
    """The words of either text, where the sentence itself does not quote them."""
    if difference.element not in _UNQUOTED or difference.kind == "no-authorisation":
        return []
    # A sentence rests on the other text's words, and first on its own where it has any.
    sides = (own, other)[-len(difference.words) :] if difference.words else ()
    return [
        QuotedWords(_named(quoted(excerpt, readings[clause.pk], ""), clause), version)
        for excerpt, (version, clause) in zip(difference.words, sides, strict=True)
    ]


def _named(quote: Quote, clause: Clause) -> Quote:
    """The words with the name of the clause where they stand in it, which its eId alone may not give."""
    return Quote(quote.words, quote.eid, short_name(clause)) if quote.eid == clause.eid else quote


def _lead(own: Placed, other: Placed, readings: Mapping[int, ElementReading]) -> str:
    names = {"own": cite_in_law(*own), "other": cite_in_law(*other)}
    if all(readings[clause.pk].known == WHOLE for _version, clause in (own, other)):
        return _("%(own)s beside %(other)s") % names
    return _("%(own)s beside %(other)s, in what is known of them") % names


def _is_draft_beside_law_in_force(own: Version, other: Version) -> bool:
    is_in_force = other.law.kind not in {LawKind.DRAFT, LawKind.TREATY, LawKind.INSTRUMENT}
    return own.law.kind == LawKind.DRAFT and is_in_force and own.law.jurisdiction == other.law.jurisdiction


# The scope of a clause makes no difference sentence.
COMPARED = frozenset(Element.values) - {Element.SCOPE}


def values_of_clauses(values: QuerySet[Value], clauses: Iterable[Clause]) -> dict[int, list[Value]]:
    """Those of ``values`` that are stated of the clauses, by the key of the clause. One query."""
    by_clause: dict[int, list[Value]] = {}
    for value in values.filter(clause__in={clause.pk for clause in clauses}):
        by_clause.setdefault(value.clause_id, []).append(value)
    return by_clause


def confirmed_elements(by_clause: Mapping[int, Sequence[Value]]) -> dict[int, ConfirmedElements]:
    """What was confirmed of each clause, by its key, in the engine's form; a clause of which nothing was is left out.

    An element with a disputed value is left out too, and what is merely proposed: no sentence about a difference rests
    on it.
    """
    sites = {key: [value for value in values if is_site(value.organisation)] for key, values in by_clause.items()}
    of_site = _in_engine_form(sites)
    every = _in_engine_form(by_clause)
    return {clause: replace(elements, of_site=of_site.get(clause)) for clause, elements in every.items()}


def _in_engine_form(by_clause: Mapping[int, Sequence[Value]]) -> dict[int, ConfirmedElements]:
    excerpts: dict[int, dict[str, list[Excerpt]]] = defaultdict(lambda: defaultdict(list))
    absent: dict[int, set[str]] = defaultdict(set)
    by: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    for values in by_clause.values():
        disputed = {value.element for value in values if value.stands and value.status != ValueStatus.CONFIRMED}
        for value in filter(attrgetter("stands"), values):
            if value.element not in COMPARED - disputed:
                continue
            if not is_site(value.organisation):
                others = by[value.clause_id].get(value.element, frozenset())
                by[value.clause_id][value.element] = others | {value.credit}
            if value.is_absence:
                absent[value.clause_id].add(value.element)
            elif (excerpt := excerpt_of(value)) is not None and (value.values or value.element != Element.PENALTIES):
                excerpts[value.clause_id][value.element].append(excerpt)
    confirmed = {}
    for clause in excerpts.keys() | absent.keys():
        named: dict[str, Any] = {name: tuple(each) for name, each in excerpts[clause].items()}
        confirmed[clause] = ConfirmedElements(Elements(**named), frozenset(absent[clause]), by[clause])
    return confirmed


def excerpt_of(value: Value) -> Excerpt | None:
    """The words of a value in the engine's form; None where it says that there are none."""
    if value.words_clause is None or value.start is None or value.end is None:
        return None
    return Excerpt(value.words_clause.eid, value.start, value.end, value.quote, value.values)


# --- showing ----------------------------------------------------------------------------------------------------------


def build_confirmed_table(
    shelves: Iterable[tuple[Version, Sequence[Clause]]], by_clause: Mapping[int, Sequence[Value]]
) -> ElementTable | None:
    """What people confirmed of each law's clauses, side by side, or None where there is nothing."""
    columns = []
    for version, clauses in shelves:
        distinct = {clause.pk: clause for clause in clauses}.values()
        if stated := sorted((c for c in distinct if c.pk in by_clause), key=lambda clause: clause.position):
            columns.append(ElementColumn(version, stated))
    if not columns:
        return None
    values = [value for column in columns for clause in column.clauses for value in by_clause[clause.pk]]
    standing = [value for value in values if value.stands] or values  # what is merely proposed says by whom
    credits, is_project = {value.credit for value in standing}, not any(value.organisation_id for value in standing)
    only = next(iter(credits)) if len(credits) == 1 else ""
    lines = []
    for element, name in Element.choices:
        cells = [_cell(column, element, by_clause, credited=not only) for column in columns]
        if any(cell.entries for cell in cells):
            lines.append(ElementRow(str(name), cells, is_text=False))
    return ElementTable(columns, lines, [], only, is_project)


def is_site(organisation: Organisation | None) -> bool:
    """Whether what this organisation states, or none, is the site's own word."""
    return organisation is None or organisation.slug == EDITORS


def _standing_first[Row: Correspondence | Value](rows: Iterable[Row]) -> list[Row]:
    """The site's own comes first and what is merely proposed last: it is seen, however much there is of that."""
    return sorted(rows, key=lambda one: (not one.stands, not is_site(one.organisation)))


def _cell(
    column: ElementColumn, element: str, by_clause: Mapping[int, Sequence[Value]], *, credited: bool
) -> ElementCell:
    entries: list[SharedValues] = []
    stated = [value for clause in column.clauses for value in by_clause[clause.pk] if value.element == element]
    # By clauses, but those of the site before all others, and what is merely proposed behind them.
    of_clause: dict[tuple[bool, bool, int], list[ElementValue]] = {}
    for value in _standing_first(stated):
        of_kind = value.stands, is_site(value.organisation), value.clause_id
        of_clause.setdefault(of_kind, []).append(_shown_in_cell(value, credited))
    clauses = {clause.pk: clause for clause in column.clauses}
    for (*_kind, pk), values in of_clause.items():
        same = next((entry for entry in entries if entry.values == values), None)
        if same:
            same.clauses.append(clauses[pk])
        else:
            entries.append(SharedValues([clauses[pk]], values))
    return ElementCell(column, entries, {} if entries else {_("not confirmed yet"): column.clauses})


def _shown_in_cell(value: Value, credited: bool) -> ElementValue:
    """A value with who stands for it where the line of the table is seen without opening it."""
    one = shown(value, credited=credited)
    if not one.credit:
        return one
    return replace(one, status=f"{one.status}{_(':')} {one.credit}", credit="")


def shown(value: Value, *, credited: bool = True) -> ElementValue:
    """A value in the reader's words, with its status, and with who stands for it where ``credited``."""
    is_plain = value.status == ValueStatus.CONFIRMED and value.stands and not credited
    status = "" if is_plain else value.status_label
    excerpt, credit = excerpt_of(value), value.credit if credited else ""
    if excerpt is None:
        return ElementValue(_("none in the whole text"), [], "", status, credit, localised(value.note))
    place = cite_address(excerpt.eid)
    place = "" if place == cite_address(value.clause.eid) else place  # its continuation is cited as the clause itself
    quote = Quote(" ".join(excerpt.quote.split()), excerpt.eid, place)
    dollars = format_in_dollars(excerpt.values) if value.element == Element.PENALTIES else ""
    label = value_in_words(value.element, excerpt)
    return ElementValue(label, [quote], dollars, status, credit, localised(value.note))


@dataclass
class ProvisionText:
    """A clause with what stands inside it."""

    version: Version
    clause: Clause
    inside: list[Clause]


def provisions_of(correspondences: Iterable[Correspondence]) -> dict[Version, list[ProvisionText]]:
    """Every clause that takes part in what stands, once, under its version; a clause inside another one is part of that
    one's text. Those of what is merely proposed are printed on the pages of their two laws alone.
    """
    by_version: dict[Version, dict[int, Clause]] = {}
    for stated in (one for one in correspondences if one.stands):
        by_version.setdefault(stated.subject_version, {})[stated.subject.pk] = stated.subject
        if stated.object:
            by_version.setdefault(stated.object_version, {})[stated.object.pk] = stated.object
    shelves = {version: outermost(clauses.values()) for version, clauses in by_version.items()}
    inside = texts_inside(clause for clauses in shelves.values() for clause in clauses)
    return {
        version: [ProvisionText(version, clause, inside[clause.pk]) for clause in shelves[version]]
        for version in sorted(shelves, key=lambda version: (version.law.slug, version.date))
    }


def inside_of(provisions: Mapping[Version, list[ProvisionText]]) -> list[Clause]:
    """Returns all clauses of provisions and those inside them, each with its version."""
    clauses = []
    for version, shelf in provisions.items():
        for provision in shelf:
            for clause in (provision.clause, *provision.inside):
                clause.version = version
            clauses += provision.inside
    return clauses


def sides_of(correspondences: Iterable[Correspondence]) -> list[Clause]:
    """Returns the clauses of both sides, each with its version."""
    clauses = []
    for row in correspondences:
        for clause, version in ((row.subject, row.subject_version), (row.object, row.object_version)):
            if clause is not None:
                clause.version = version
                clauses.append(clause)
    return clauses


def texts_inside(clauses: Iterable[Clause]) -> dict[int, list[Clause]]:
    """For each clause, itself and what stands inside it, in a query for every 300."""
    wanted = list(clauses)
    inside = (Q(version_id=one.version_id, position__gte=one.position, position__lt=one.end) for one in wanted)
    rows, place = rows_of(inside), attrgetter("version_id", "position")
    return {
        one.pk: rows[bisect_left(rows, place(one), key=place) : bisect_left(rows, (one.version_id, one.end), key=place)]
        for one in wanted
    }


@dataclass
class Counterpart:
    """What ``clause`` of ``version`` is to ``old`` of ``old_version``. One of the two may be None: none was found."""

    old: Clause | None
    old_version: Version
    version: Version
    clause: Clause | None
    relation: str
    relation_label: str
    reasoning: str
    searched: str
    author: str
    standing: str = ""
    # The elements in which they were said to differ, in the reader's language.
    elements: list[str] = field(default_factory=list)
    differences: Differences = field(default_factory=Differences)
    # Stated by the editors of the site, which a page says once.
    is_project: bool = False
    # Or under its pages, by a person, whose name and standing stand beside it.
    is_site: bool = False
    # Of what is merely proposed alone no two laws are read by subject.
    stands: bool = True


def _clauses_that_stand(answers: Iterable[Counterpart]) -> set[int]:
    """The keys of the clauses in those answers that stand."""
    return {clause.pk for one in answers if one.stands for clause in (one.old, one.clause) if clause}


@dataclass
class TopicRow:
    """A row of a cross-law comparison: clauses of the old law under a topic, and the new law's answers.

    ``confirmed`` has their elements as people confirmed them, ``table`` as the program read them.
    """

    topic: Topic
    olds: list[Clause]
    answers: list[Counterpart]
    confirmed: ElementTable | None = None
    table: ElementTable | None = None
    # Law outside this library on the subject, of the countries of the two laws.
    elsewhere: list[str] = field(default_factory=list)
    # Of a subject on another page: the first one that has some of it, as a part of an address.
    there: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether a heading is all that is known: then nothing was judged, and nobody else is to be named."""
        return all(answer.relation == Basis.HEADING and answer.stands for answer in self.answers)

    @property
    def printed(self) -> list[Clause]:
        """The old law's clauses, but for those inside another of them, and what merely holds one that is judged."""
        keys = self.judged
        judged = outermost(clause for clause in self.olds if clause.pk in keys)
        held = {one.position for one in judged}
        others = (one for one in self.olds if held.isdisjoint(range(one.position, one.end)))
        return outermost([*judged, *others])

    @property
    def noted(self) -> list[Clause]:
        """Those of both laws whose notes stand in the row: what is merely proposed brings in no notes of others."""
        named = {clause.pk for one in self.answers for clause in (one.old, one.clause) if clause}
        proposed = named - _clauses_that_stand(self.answers)
        return [clause for clause in [*self.printed, *self.news] if clause.pk not in proposed]

    @property
    def judged(self) -> set[int]:
        """The keys of the clauses in answers that stand; where none does, in all that is proposed."""
        return _clauses_that_stand(self.answers) or {one.pk for one in [*self.olds, *self.news]}

    @property
    def is_known(self) -> bool:
        """Whether a clause of the old law is judged."""
        keys = self.judged
        return any(clause.pk in keys for clause in self.olds)

    @property
    def verdicts(self) -> list[tuple[str, str, str]]:
        """Each verdict with its label, the one that leads first: those that stand, else of who is named beside them;
        and who states it, where neither the site's editors do nor who leads.
        """
        leading, stated = self.leading, defaultdict(list)
        for one in self.answers:
            if one.stands or one.author == leading.author:
                stated[one.relation, one.relation_label].append(one)
        verdicts = []
        for (relation, label), answers in stated.items():
            is_named = not any(one.is_site or one.author == leading.author for one in answers)
            by = ", ".join(sorted({localised(one.author) for one in answers})) if is_named else ""
            verdicts.append((relation, label, by))
        return sorted(verdicts, key=lambda one: (one[0] != leading.relation, bool(one[2]), GRAVITY.index(one[0])))

    @property
    def leading(self) -> Counterpart:
        """The answer that leads, whose reasoning stands for the subject: one of the site's, where there is any; of what
        is merely proposed the first, so that the gravest word takes nobody's place.
        """

        def rank(one: Counterpart) -> tuple[bool, bool, int]:
            return not one.is_site, not one.stands, GRAVITY.index(one.relation) if one.stands else 0

        return min(self.answers, key=rank)

    @property
    def news(self) -> list[Clause]:
        """The new law's clauses, each once."""
        return list({answer.clause.pk: answer.clause for answer in self.answers if answer.clause}.values())


def texts_of_rows(rows: Iterable[TopicRow], old: Version, new: Version) -> dict[int, list[Clause]]:
    """For each clause of the rows itself and what stands inside it, all with their version. One query."""
    versions = {old.pk: old, new.pk: new}
    sides = {clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}
    inside = texts_inside(sides.values())
    answers = [answer for row in rows for answer in row.answers]
    printed = [clause for answer in answers for clause in (answer.old, answer.clause) if clause]
    for clause in [*sides.values(), *printed, *(part for parts in inside.values() for part in parts)]:
        clause.version = versions[clause.version_id]
    return inside


# So much is read and printed for a page, in letters, where nothing of it was read before: what takes about a second.
PAGE_MAX, OF_A_PAIR = 200_000, 500


def pages_of_pairs(pairs: Sequence[tuple[int, int | None, bool]], number: Any) -> Page[list[int]]:
    """A page of pairs of clauses, named by their keys, with whether their elements are wanted; its one object has the
    places of the pairs on it.

    What counts is what is read, each article once, and what is printed of each pair. Four queries.
    """
    keys = {key for *pair, _is_read in pairs for key in pair if key}
    unit_of = units_of(Clause.objects.filter(pk__in=keys).only("version_id", "position", "end"))
    sizes = sizes_of({*keys, *unit_of.values()})
    pages: list[list[int]] = [[]]
    read: set[int] = set()
    room = PAGE_MAX
    for place, (*pair, is_read) in enumerate(pairs):
        clauses = [key for key in pair if key]
        units = {unit_of[key] for key in clauses if is_read}
        own = OF_A_PAIR + sum(sizes[key] for key in clauses) // 4  # to print takes a fourth of the time
        if pages[-1] and own + sum(sizes[unit] for unit in units - read) > room:
            pages.append([])
            read, room = set(), PAGE_MAX
        pages[-1].append(place)
        room -= own + sum(sizes[unit] for unit in units - read)
        read |= units
    return Paginator(pages, 1).get_page(number)


def page_of_topic(stated: Sequence[Correspondence], number: Any) -> tuple[list[Correspondence], Page[list[int]]]:
    """What is on a page of all that is stated under a topic, with the words of its clauses, and the page."""
    stated = _standing_first(stated)
    page = pages_of_pairs([(one.subject_id, one.object_id, one.stands) for one in stated], number)
    shown = [stated[place] for place in page.object_list[0]]
    read_words(shown)
    return shown, page


def read_words(rows: Iterable[Correspondence]) -> None:
    """Read the words of the clauses of rows that came without them (``access.without_words``). One query."""
    clauses: dict[int, list[Clause]] = defaultdict(list)
    for clause in (clause for row in rows for clause in (row.subject, row.object) if clause):
        clauses[clause.pk].append(clause)
    for key, text in Clause.objects.filter(pk__in=clauses).values_list("pk", "text"):
        for clause in clauses[key]:
            clause.text = text


@dataclass
class SubjectPage:
    """A page of two laws by subject: ``rows`` are those of all pages without elements, ``shown`` those on this one."""

    rows: list[TopicRow]
    shown: list[TopicRow]
    page: Page[list[int]]

    def parts(self, rows: Iterable[TopicRow]) -> tuple[list[TopicRow], list[TopicRow]]:
        """Rows whose subject was judged, on this page or another one, and those of which headings are all."""
        by_heading = {row.topic.pk for row in self.rows if row.is_heading}
        parts: tuple[list[TopicRow], list[TopicRow]] = ([], [])
        for row in rows:
            parts[row.topic.pk in by_heading].append(row)
        return parts


def subject_page(
    correspondences: Iterable[Correspondence],
    values: QuerySet[Value],
    old: Version,
    new: Version,
    number: Any,
    query: str = "",
) -> SubjectPage:
    """``query``: what stands in an address of a page before its number.

    What was judged comes first, then what rests on headings alone, of which no elements are read; a subject may go
    on on the next page.
    """
    rows = rows_by_topic(correspondences, old, new)
    topics = {row.topic.pk: row for row in rows}
    by_heading = {row.topic.pk for row in rows if row.is_heading}
    stated = sorted(_standing_first(correspondences), key=lambda one: one.topic_id in by_heading)
    page = pages_of_pairs([(one.subject_id, one.object_id, one.topic_id not in by_heading) for one in stated], number)
    for at, places in reversed(list(enumerate(page.paginator.object_list, start=1))):
        for place in places:
            topics[stated[place].stated_topic.pk].there = f"?{query}page={at}"
    shown = rows_by_topic([stated[place] for place in page.object_list[0]], old, new)
    _set_side_by_side([row for row in shown if row.topic.pk not in by_heading], values, old, new)
    for row in shown:
        topics[row.topic.pk].there = ""
    return SubjectPage(rows, shown, page)


def rows_between(
    correspondences: Iterable[Correspondence], values: QuerySet[Value], old: Version, new: Version
) -> list[TopicRow]:
    """Correspondences between two versions as rows by topic, whichever way round each was stated, with elements.

    ``values`` are those that the reader may see.
    """
    rows = rows_by_topic(correspondences, old, new)
    _set_side_by_side(rows, values, old, new)
    return rows


def rows_by_topic(correspondences: Iterable[Correspondence], old: Version, new: Version) -> list[TopicRow]:
    """The same without elements, which take long to read."""
    rows: dict[int, TopicRow] = {}
    for stated in _standing_first(correspondences):
        row = rows.setdefault(stated.stated_topic.pk, TopicRow(stated.stated_topic, [], []))
        answer = _answer(stated, is_as_stated=stated.subject_version_id == old.pk)
        if answer.old is not None and answer.old not in row.olds:
            row.olds.append(answer.old)
        row.answers.append(answer)
    for row in rows.values():
        row.elsewhere = row.topic.elsewhere_in({old.law.jurisdiction, new.law.jurisdiction})
    return list(rows.values())


def topics_in_one(own: Version, other: Version, rows: Iterable[TopicRow]) -> list[Topic]:
    """The subjects under which ``own`` has clauses and ``other`` none, but for those of the rows. One query."""
    stated = {row.topic.pk for row in rows if any(answer.stands for answer in row.answers)}
    topics = Topic.objects.current().filter(clauses__version=own).exclude(clauses__version=other).distinct()
    return [topic for topic in topics if topic.pk not in stated]


def _answer(stated: Correspondence, *, is_as_stated: bool) -> Counterpart:
    """A correspondence as it was stated, or read from the other side."""
    relation = stated.verdict
    if not is_as_stated and stated.relation:
        relation = REVERSED.get(Relation(relation), relation)
    ends: list[tuple[Clause | None, Version]] = [
        (stated.subject, stated.subject_version),
        (stated.object, stated.object_version),
    ]
    (old, old_version), (clause, version) = ends if is_as_stated else ends[::-1]
    return Counterpart(
        *(old, old_version, version, clause, relation, str(dict(VERDICTS)[relation]), stated.reasoning),
        *(stated.searched, stated.by, stated.standing_label, stated.element_labels),
        is_project=stated.standing == "project",
        is_site=is_site(stated.organisation) and stated.stands,
        stands=stated.stands,
    )


def _set_side_by_side(rows: list[TopicRow], values: QuerySet[Value], old: Version, new: Version) -> None:
    """Read the elements of all clauses at once, and say of each row what they are and how they differ."""
    placed = [(old, clause) for row in rows for clause in row.olds]
    placed += [(new, clause) for row in rows for clause in row.news]
    readings, stated = read_clauses(placed), values_of_clauses(values, (clause for _version, clause in placed))
    confirmed = confirmed_elements(stated)
    # What is merely proposed takes nothing off the page.
    settled = {pk: standing for pk, said in stated.items() if (standing := [one for one in said if one.stands])}
    for row in rows:
        judged = row.judged
        shelves = [(of, [one for one in shelf if one.pk in judged]) for of, shelf in ((old, row.olds), (new, row.news))]
        row.confirmed = build_confirmed_table(shelves, stated)
        row.table = without_confirmed(build_table(shelves, readings), build_confirmed_table(shelves, settled))
        for answer in row.answers:
            _set_differences(answer, readings, confirmed)


def counterparts_by_topic(
    correspondences: Sequence[Correspondence], values: QuerySet[Value], clause: Clause
) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers a clause, or one that stands inside it, in other laws; with how they differ."""
    by_topic: dict[Topic, list[Counterpart]] = {}
    for stated in _standing_first(correspondences):
        subject = stated.subject
        is_as_stated = subject.version_id == clause.version_id and clause.position <= subject.position < clause.end
        by_topic.setdefault(stated.stated_topic, []).append(_answer(stated, is_as_stated=is_as_stated))
    answers = [answer for answers in by_topic.values() for answer in answers]
    placed = [(clause.version, a.old) for a in answers if a.old] + [(a.version, a.clause) for a in answers if a.clause]
    readings = _readings(correspondences, placed)
    confirmed = confirmed_elements(values_of_clauses(values, (one for _version, one in placed)))
    for answer in answers:
        _set_differences(answer, readings, confirmed)
    return list(by_topic.items())


def _readings(correspondences: Iterable[Correspondence], placed: Iterable[Placed]) -> dict[int, ElementReading]:
    """What the program reads in the clauses of what stands. Of what is merely proposed there may be as much as a page
    has no time for.
    """
    stand = {pk for row in correspondences if row.stands for pk in (row.subject_id, row.object_id)}
    return read_clauses(one for one in placed if one[1].pk in stand)


def _set_differences(answer: Counterpart, readings: Mapping[int, ElementReading], confirmed: Confirmed) -> None:
    if answer.old and answer.clause and {answer.old.pk, answer.clause.pk} <= readings.keys():
        sides = (answer.old_version, answer.old), (answer.version, answer.clause)
        answer.differences = differences_between(*sides, readings, confirmed)


@dataclass
class TopicTables:
    """Each correspondence of a topic with the differences of its clauses, and the elements of all laws as tables."""

    answers: list[Counterpart]
    confirmed: ElementTable | None
    table: ElementTable | None


def side_by_side(
    correspondences: Sequence[Correspondence],
    values: QuerySet[Value],
    provisions: Mapping[Version, list[ProvisionText]],
) -> TopicTables:
    """What is confirmed of the clauses in what stands under a topic, and what the program read of them."""
    answers = [_answer(row, is_as_stated=True) for row in _standing_first(correspondences)]
    placed = [(one.old_version, one.old) for one in answers if one.old]
    placed += [(one.version, one.clause) for one in answers if one.clause]
    stated = values_of_clauses(values, (clause for _version, clause in placed))
    readings, confirmed = _readings(correspondences, placed), confirmed_elements(stated)
    for answer in answers:
        _set_differences(answer, readings, confirmed)
    stand = _clauses_that_stand(answers)
    return TopicTables(
        answers,
        build_confirmed_table(
            [
                (version, [clause for of, clause in placed if of.pk == version.pk and clause.pk in stand])
                for version in provisions
            ],
            stated,
        ),
        build_table([(version, [one.clause for one in shelf]) for version, shelf in provisions.items()], readings),
    )


type Judgements = tuple[list[Counterpart], list[Counterpart], list[Clause]]


def answers_by_text(
    tables: TopicTables, provisions: Mapping[Version, Sequence[ProvisionText]]
) -> dict[Version, Judgements]:
    """What answers the clauses of each text: what was judged or is proposed, what stands and rests on a heading alone,
    and the clauses.
    """
    by_text: dict[Version, Judgements] = {}
    for answer in tables.answers:
        clauses = [clause for one in provisions.get(answer.old_version, ()) for clause in one.inside]
        judged, by_heading, _clauses = by_text.setdefault(answer.old_version, ([], [], clauses))
        (by_heading if answer.relation == Basis.HEADING and answer.stands else judged).append(answer)
    # Drafts first, the newest of them before the others.
    drafts = sorted((one for one in by_text if one.law.kind == LawKind.DRAFT), key=lambda one: one.date, reverse=True)
    return {one: by_text[one] for one in [*drafts, *by_text]}


@dataclass
class VerdictColumn:
    """A draft, or the Convention, over a topic's grid; ``state`` says why it has no clause there."""

    version: Version
    clauses: list[Clause]
    state: str
    # To each other law of the grid, in their order, the verdicts with their labels, and with the organisations that
    # state them, where the site does not; the site's first.
    cells: list[list[tuple[str, str, str]]]


def verdict_grid(
    topic: Topic, measured: Sequence[Version], correspondences: Sequence[Correspondence], clauses: Iterable[Clause]
) -> tuple[list[VerdictColumn], list[Version]]:
    """How the texts ``measured`` stand to each other law under a topic: a column for each, and the laws of the lines.

    ``clauses`` are those set under the topic. A law none of whose texts says anything there has no column. What is
    merely proposed is not in it.
    """
    stated: dict[tuple[int, int], dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    laws: dict[int, Version] = {}
    columns = {version.pk for version in measured}
    for row in filter(attrgetter("stands"), correspondences):
        for is_as_stated in (True, False):
            ends = (row.subject_version, row.object_version)
            own, other = ends if is_as_stated else ends[::-1]
            if own.pk in columns:
                answer = _answer(row, is_as_stated=is_as_stated)
                by = "" if is_site(row.organisation) else answer.author
                stated[own.pk, other.pk][answer.relation, answer.relation_label].add(by)
                if other.law.kind != LawKind.DRAFT:
                    laws[other.pk] = other
    lines = sorted(
        laws.values(), key=lambda version: (version.pk in columns, version.law.jurisdiction, version.law.slug)
    )
    silences = {silence.version_id: silence.kind for silence in topic.silences.all()}
    placed = list(clauses)
    shown = [
        VerdictColumn(
            version,
            [clause for clause in placed if clause.version_id == version.pk],
            silences.get(version.pk, ""),
            [_verdicts_by(stated[version.pk, other.pk]) for other in lines],
        )
        for version in measured
    ]
    speaking = {column.version.law_id for column in shown if column.clauses or column.state or any(column.cells)}
    return [column for column in shown if column.version.law_id in speaking], lines


def _verdicts_by(stated: Mapping[tuple[str, str], set[str]]) -> list[tuple[str, str, str]]:
    """``stated``: who states each verdict, by an empty name the site. The site's first, then the gravest."""
    verdicts = [(*verdict, "" if "" in by else ", ".join(sorted(by))) for verdict, by in stated.items()]
    return sorted(verdicts, key=lambda one: (bool(one[2]), GRAVITY.index(one[0])))
