"""Counterparts in other laws, for pages of rooms below this one."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q

from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.elements.provisions import Counterpart, counterparts_by_topic
from lawcompare.crosswalk.elements.values import short_name
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.models import Clause

register = template.Library()
register.filter(short_name)


@register.simple_tag(takes_context=True)
def counterparts_of(context: Any, clause: Clause) -> list[tuple[Topic, list[Counterpart]]]:
    """What answers the clause, or one inside it, in other laws, by topic. Three queries, however many there are."""
    own = Q(
        subject__version=clause.version_id, subject__position__gte=clause.position, subject__position__lt=clause.end
    )
    answered = Q(
        object__version=clause.version_id, object__position__gte=clause.position, object__position__lt=clause.end
    )
    correspondences = visible_correspondences(context["request"].user).filter(own | answered)
    return counterparts_by_topic(
        correspondences.order_by("topic__position", "subject__position", "object__position"), clause
    )
