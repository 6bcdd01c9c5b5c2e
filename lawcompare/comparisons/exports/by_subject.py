"""Two laws read by subject: the rows that a person may see, and the report of them."""

from typing import Any

from lawcompare.crosswalk.access import (
    correspondences_among,
    values_among,
    visible_correspondences,
    visible_values,
)
from lawcompare.crosswalk.elements.provisions import TopicRow, rows_between, texts_inside
from lawcompare.crosswalk.exports import report_of_two_laws
from lawcompare.laws.citing.permalinks import pin, plain_address
from lawcompare.laws.exports.reports import Report
from lawcompare.laws.models import Version


def stated_between(user: Any, old: Version, new: Version) -> Any:
    """How two laws answer each other, whichever way round it was stated."""
    return _between(visible_correspondences(user), old, new)


def _between(stated: Any, old: Version, new: Version) -> Any:
    one_way = stated.filter(subject_version=old, object_version=new)
    return one_way | stated.filter(subject_version=new, object_version=old)


def subject_rows_of_texts(old: Version, new: Version) -> list[TopicRow]:
    """Two laws by subject, as everybody sees them who may see both texts; the caller has looked whether one may."""
    texts = Version.objects.filter(pk__in=[old.pk, new.pk])
    stated = _between(correspondences_among(texts), old, new).order_by("topic__position", "subject__position")
    return rows_between(stated, values_among(texts), old, new)


def subject_rows(user: Any, old: Version, new: Version) -> list[TopicRow]:
    """Two laws by subject; empty where they are of one law, or nothing is known of how they correspond."""
    if old.law_id == new.law_id:
        return []
    stated = stated_between(user, old, new).order_by("topic__position", "subject__position")
    return rows_between(stated, visible_values(user), old, new)


def report_by_subject(user: Any, old: Version, new: Version, rows: list[TopicRow], root: str) -> Report:
    clauses = {clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}
    inside = texts_inside(clauses.values())
    address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
    pinned = f"{address}?texts={pin(old)}-{pin(new)}"
    return report_of_two_laws(old, new, rows, visible_values(user), inside, pinned, root)
