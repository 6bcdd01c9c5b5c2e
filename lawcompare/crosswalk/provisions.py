"""The clauses that stand in correspondences, by version, with the text inside each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from lawcompare.crosswalk.models import REVERSED, Correspondence, Relation, Topic
from lawcompare.laws.models import Clause, Version


@dataclass
class Provision:
    """A clause with what stands inside it."""

    version: Version
    clause: Clause
    inside: list[Clause]


def provisions_of(correspondences: Iterable[Correspondence]) -> dict[Version, list[Provision]]:
    """Every clause that takes part, once, under its version."""
    clauses: dict[int, tuple[Version, Clause]] = {}
    for found in correspondences:
        clauses[found.subject.pk] = (found.subject_version, found.subject)
        if found.object:
            clauses[found.object.pk] = (found.object_version, found.object)
    inside = texts_inside(clause for _version, clause in clauses.values())
    shelves: dict[Version, list[Provision]] = {}
    for version, clause in sorted(
        clauses.values(), key=lambda item: (item[0].law.slug, item[0].date, item[1].position)
    ):
        shelves.setdefault(version, []).append(Provision(version, clause, inside[clause.pk]))
    return shelves


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
class Answer:
    """What a clause of the new side is to the old side's, with the reasoning; ``clause`` None: none was found."""

    clause: Clause | None
    relation: str
    relation_label: str
    reasoning: str
    author: str


@dataclass
class TopicRow:
    """A row of a cross-law comparison: clauses of the old law under a topic, and the new law's answers."""

    topic: Topic
    olds: list[Clause]
    answers: list[Answer]


def rows_between(correspondences: Iterable[Correspondence], old: Version, new: Version) -> list[TopicRow]:
    """Correspondences between two versions as rows by topic, whichever way round each was stated."""
    rows: dict[int, TopicRow] = {}
    for found in correspondences:
        as_stated = found.subject_version_id == old.pk
        row = rows.setdefault(found.topic_id, TopicRow(found.topic, [], []))
        old_clause, new_clause = (found.subject, found.object) if as_stated else (found.object, found.subject)
        if old_clause is not None and old_clause not in row.olds:
            row.olds.append(old_clause)
        relation = Relation(found.relation)
        if not as_stated:
            relation = REVERSED.get(relation, relation)
        row.answers.append(Answer(new_clause, relation, str(relation.label), found.reasoning, found.author))
    return list(rows.values())
