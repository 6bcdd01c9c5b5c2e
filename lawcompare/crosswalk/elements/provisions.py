"""The clauses of correspondences with the text inside each, and how they stand to each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from lawcompare.crosswalk.elements.confirmed import build_confirmed_table, confirmed_elements, values_of_clauses
from lawcompare.crosswalk.elements.differences import Confirmed, Differences, differences_between
from lawcompare.crosswalk.elements.values import (
    ElementReading,
    ElementTable,
    build_table,
    outermost,
    read_clauses,
    without_confirmed,
)
from lawcompare.crosswalk.models import REVERSED, Correspondence, Relation, Topic, Value
from lawcompare.laws.models import Clause, Version


@dataclass
class ProvisionText:
    """A clause with what stands inside it."""

    version: Version
    clause: Clause
    inside: list[Clause]


def provisions_of(correspondences: Iterable[Correspondence]) -> dict[Version, list[ProvisionText]]:
    """Every clause that takes part, once, under its version; a clause inside another one is part of that one's text."""
    by_version: dict[Version, dict[int, Clause]] = {}
    for stated in correspondences:
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
    """For each clause, itself and what stands inside it, in one query."""
    wanted = list(clauses)
    condition = Q(pk__in=[])
    for clause in wanted:
        condition |= Q(version_id=clause.version_id, position__gte=clause.position, position__lt=clause.end)
    rows = list(Clause.objects.filter(condition).order_by("version_id", "position"))
    return {
        clause.pk: [
            row for row in rows if row.version_id == clause.version_id and clause.position <= row.position < clause.end
        ]
        for clause in wanted
    }


@dataclass
class Counterpart:
    """What ``clause`` of ``version`` is to ``old`` of the other text. One of the two may be None: none was found."""

    old: Clause | None
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


def rows_between(
    correspondences: Iterable[Correspondence], values: QuerySet[Value], old: Version, new: Version
) -> list[TopicRow]:
    """Correspondences between two versions as rows by topic, whichever way round each was stated.

    ``values`` are those that the reader may see.
    """
    rows: dict[int, TopicRow] = {}
    for stated in correspondences:
        row = rows.setdefault(stated.stated_topic.pk, TopicRow(stated.stated_topic, [], []))
        answer = _answer(stated, is_as_stated=stated.subject_version_id == old.pk)
        if answer.old is not None and answer.old not in row.olds:
            row.olds.append(answer.old)
        row.answers.append(answer)
    for row in rows.values():
        row.elsewhere = row.topic.elsewhere_in({old.law.jurisdiction, new.law.jurisdiction})
    _set_side_by_side(list(rows.values()), values, old, new)
    return list(rows.values())


def _answer(stated: Correspondence, *, is_as_stated: bool) -> Counterpart:
    """A correspondence as it was stated, or read from the other side."""
    relation = Relation(stated.relation)
    reasons = (stated.reasoning, stated.searched, stated.author, stated.standing_label, stated.element_labels)
    if is_as_stated:
        return Counterpart(
            stated.subject, stated.object_version, stated.object, relation, str(relation.label), *reasons
        )
    relation = REVERSED.get(relation, relation)
    return Counterpart(stated.object, stated.subject_version, stated.subject, relation, str(relation.label), *reasons)


def _set_side_by_side(rows: list[TopicRow], values: QuerySet[Value], old: Version, new: Version) -> None:
    """Read the elements of all clauses at once, and say of each row what they are and how they differ."""
    placed = [(old, clause) for row in rows for clause in row.olds]
    placed += [(new, clause) for row in rows for clause in row.news]
    readings, stated = read_clauses(placed), values_of_clauses(values, (clause for _version, clause in placed))
    confirmed = confirmed_elements(stated)
    for row in rows:
        shelves = [(old, row.olds), (new, row.news)]
        row.confirmed = build_confirmed_table(shelves, stated)
        row.table = without_confirmed(build_table(shelves, readings), row.confirmed)
        for answer in row.answers:
            _set_differences(answer, old, readings, confirmed)


def counterparts_by_topic(
    correspondences: Iterable[Correspondence], values: QuerySet[Value], clause: Clause
) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers a clause, or one that stands inside it, in other laws; with how they differ."""
    by_topic: dict[Topic, list[Counterpart]] = {}
    for stated in correspondences:
        is_as_stated = _is_inside(stated.subject, clause)
        by_topic.setdefault(stated.stated_topic, []).append(_answer(stated, is_as_stated=is_as_stated))
    answers = [answer for answers in by_topic.values() for answer in answers]
    placed = [(clause.version, a.old) for a in answers if a.old] + [(a.version, a.clause) for a in answers if a.clause]
    readings = read_clauses(placed)
    confirmed = confirmed_elements(values_of_clauses(values, (one for _version, one in placed)))
    for answer in answers:
        _set_differences(answer, clause.version, readings, confirmed)
    return list(by_topic.items())


def _is_inside(inner: Clause, outer: Clause) -> bool:
    return inner.version_id == outer.version_id and outer.position <= inner.position < outer.end


def _set_differences(
    answer: Counterpart, version: Version, readings: Mapping[int, ElementReading], confirmed: Confirmed
) -> None:
    """``version`` is the text of the clause that is answered."""
    if answer.old and answer.clause:
        sides = (version, answer.old), (answer.version, answer.clause)
        answer.differences = differences_between(*sides, readings, confirmed)


@dataclass
class TopicTables:
    """Each correspondence of a topic with the differences of its clauses, and the elements of all laws as tables."""

    answers: list[tuple[Correspondence, Differences]]
    confirmed: ElementTable | None
    table: ElementTable | None


def side_by_side(
    correspondences: Iterable[Correspondence],
    values: QuerySet[Value],
    provisions: Mapping[Version, list[ProvisionText]],
) -> TopicTables:
    """What is confirmed, and what the program read, of all clauses under a topic."""
    rows = list(correspondences)
    subjects = [(row.subject_version, row.subject) for row in rows]
    objects = [(row.object_version, row.object) for row in rows if row.object]
    placed = [*subjects, *objects]
    readings, stated = read_clauses(placed), values_of_clauses(values, (clause for _version, clause in placed))
    confirmed = confirmed_elements(stated)
    return TopicTables(
        [(row, _differences_of(row, readings, confirmed)) for row in rows],
        build_confirmed_table(
            [(version, [clause for of, clause in placed if of.pk == version.pk]) for version in provisions], stated
        ),
        build_table([(version, [one.clause for one in shelf]) for version, shelf in provisions.items()], readings),
    )


def _differences_of(row: Correspondence, readings: Mapping[int, ElementReading], confirmed: Confirmed) -> Differences:
    if row.object is None:
        return Differences()
    sides = (row.subject_version, row.subject), (row.object_version, row.object)
    return differences_between(*sides, readings, confirmed)
