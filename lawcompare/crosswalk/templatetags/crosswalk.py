"""Counterparts in other laws and what people confirmed, for the pages of apps below this one."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import Q

from lawcompare.accounts.access import may
from lawcompare.crosswalk.access import own_drafts, visible_correspondences, visible_values
from lawcompare.crosswalk.elements.provisions import (
    Counterpart,
    build_confirmed_table,
    counterparts_by_topic,
    values_of_clauses,
)
from lawcompare.crosswalk.elements.values import ElementTable
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, DraftComparison, Topic, Value
from lawcompare.laws.citing.find_clause import names_in_short, short_name
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.renderings.translations import set_shown

register = template.Library()
register.filter(short_name)
register.simple_tag(names_in_short)


@register.simple_tag(takes_context=True)
def counterparts_of(context: Any, clause: Clause, inside: Iterable[Clause]) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers the clause, or one ``inside`` it, in other laws, by topic.

    One simple query for the many clauses that have no counterpart, else four, however many there are; two more where
    readers may be led to renderings.
    """
    ids = [clause.pk, *(part.pk for part in inside)]
    stated = Correspondence.objects.filter(
        Q(subject__in=ids) | Q(object__in=ids), status=CorrespondenceStatus.CONFIRMED
    )
    known = list(stated.order_by().values_list("pk", flat=True))
    if not known:
        return []
    correspondences = visible_correspondences(context["request"].user).filter(pk__in=known)
    ordered = correspondences.order_by("topic__position", "subject__position", "object__position")
    counterparts = counterparts_by_topic(ordered, visible_values(context["request"].user), clause)
    answers = [answer for _topic, answers in counterparts for answer in answers]
    for answer in answers:
        if answer.clause:
            answer.clause.version = answer.version
    set_shown(answer.clause for answer in answers if answer.clause)
    return counterparts


@register.simple_tag(takes_context=True)
def confirmed_of(context: Any, clause: Clause, inside: Iterable[Clause]) -> ElementTable | None:
    """What people confirmed of the clause and of those ``inside`` it, as a table of one column.

    One simple query for the many clauses of which nothing is stated, else two.
    """
    clauses = [clause, *inside]
    known = list(Value.objects.filter(clause__in=[each.pk for each in clauses]).order_by().values_list("pk", flat=True))
    if not known:
        return None
    stated = values_of_clauses(visible_values(context["request"].user).filter(pk__in=known), clauses)
    return build_confirmed_table([(clause.version, clauses)], stated)


@register.simple_tag(takes_context=True)
def may_review(context: Any) -> bool:
    return may(context["request"].user, "review")


@register.simple_tag(takes_context=True)
def draft_between(context: Any, old: Version, new: Version) -> DraftComparison | None:
    """The open draft comparison of the reader's organisation between two texts, if there is one."""
    return own_drafts(context["request"].user).filter(source=old, target=new, published_at=None).first()
