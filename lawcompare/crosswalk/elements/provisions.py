"""The clauses of correspondences with the text inside each, and how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from lawcompare.crosswalk.elements.differences import Differences, differences_between
from lawcompare.crosswalk.elements.values import ElementReading, ElementTable, build_table, outermost, read_clauses
from lawcompare.crosswalk.models import REVERSED, Correspondence, Relation, Topic
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
    differences: Differences = field(default_factory=Differences)


@dataclass
class TopicRow:
    """A row of a cross-law comparison: clauses of the old law under a topic, and the new law's answers."""

    topic: Topic
    olds: list[Clause]
    answers: list[Counterpart]
    table: ElementTable | None = None

    @property
    def news(self) -> list[Clause]:
        """The new law's clauses, each once."""
        return list({answer.clause.pk: answer.clause for answer in self.answers if answer.clause}.values())


def rows_between(correspondences: Iterable[Correspondence], old: Version, new: Version) -> list[TopicRow]:
    """Correspondences between two versions as rows by topic, whichever way round each was stated."""
    rows: dict[int, TopicRow] = {}
    for stated in correspondences:
        row = rows.setdefault(stated.stated_topic.pk, TopicRow(stated.stated_topic, [], []))
        answer = _answer(stated, is_as_stated=stated.subject_version_id == old.pk)
        if answer.old is not None and answer.old not in row.olds:
            row.olds.append(answer.old)
        row.answers.append(answer)
    _set_side_by_side(list(rows.values()), old, new)
    return list(rows.values())


def _answer(stated: Correspondence, *, is_as_stated: bool) -> Counterpart:
    """A correspondence as it was stated, or read from the other side."""
    relation = Relation(stated.relation)
    reasons = (stated.reasoning, stated.searched, stated.author)
    if is_as_stated:
        return Counterpart(
            stated.subject, stated.object_version, stated.object, relation, str(relation.label), *reasons
        )
    relation = REVERSED.get(relation, relation)
    return Counterpart(stated.object, stated.subject_version, stated.subject, relation, str(relation.label), *reasons)


def _set_side_by_side(rows: list[TopicRow], old: Version, new: Version) -> None:
    """Read the elements of all clauses at once, and say of each row what they are and how they differ."""
    readings = read_clauses(
        [(old, clause) for row in rows for clause in row.olds] + [(new, clause) for row in rows for clause in row.news]
    )
    for row in rows:
        row.table = build_table([(old, row.olds), (new, row.news)], readings)
        for answer in row.answers:
            _set_differences(answer, old, readings)


def counterparts_by_topic(
    correspondences: Iterable[Correspondence], clause: Clause
) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers a clause, or one that stands inside it, in other laws; with how they differ."""
    by_topic: dict[Topic, list[Counterpart]] = {}
    for stated in correspondences:
        is_as_stated = _is_inside(stated.subject, clause)
        by_topic.setdefault(stated.stated_topic, []).append(_answer(stated, is_as_stated=is_as_stated))
    answers = [answer for answers in by_topic.values() for answer in answers]
    placed = [(clause.version, a.old) for a in answers if a.old] + [(a.version, a.clause) for a in answers if a.clause]
    readings = read_clauses(placed)
    for answer in answers:
        _set_differences(answer, clause.version, readings)
    return list(by_topic.items())


def _is_inside(inner: Clause, outer: Clause) -> bool:
    return inner.version_id == outer.version_id and outer.position <= inner.position < outer.end


def _set_differences(answer: Counterpart, version: Version, readings: Mapping[int, ElementReading]) -> None:
    """``version`` is the text of the clause that is answered."""
    if answer.old and answer.clause:
        answer.differences = differences_between((version, answer.old), (answer.version, answer.clause), readings)


def side_by_side(
    correspondences: Iterable[Correspondence], provisions: Mapping[Version, list[ProvisionText]]
) -> tuple[list[tuple[Correspondence, Differences]], ElementTable | None]:
    """Each correspondence of a topic with the differences of its clauses, and the elements of all laws as a table."""
    stated = list(correspondences)
    subjects = [(row.subject_version, row.subject) for row in stated]
    objects = [(row.object_version, row.object) for row in stated if row.object]
    readings = read_clauses([*subjects, *objects])
    table = build_table([(version, [one.clause for one in shelf]) for version, shelf in provisions.items()], readings)
    return [(row, _differences_of(row, readings)) for row in stated], table


def _differences_of(row: Correspondence, readings: Mapping[int, ElementReading]) -> Differences:
    if row.object is None:
        return Differences()
    return differences_between((row.subject_version, row.subject), (row.object_version, row.object), readings)
