"""Counterparts in other laws, for pages of rooms below this one."""

from django import template

from lawcompare.crosswalk.access import visible_correspondences
from lawcompare.crosswalk.models import Correspondence

register = template.Library()


@register.simple_tag(takes_context=True)
def counterparts_of(context, clause) -> list[Correspondence]:
    """Correspondences in which the clause takes part, on either side."""
    found = visible_correspondences(context["request"].user)
    return list((found.filter(subject=clause) | found.filter(object=clause)).order_by("topic__position"))
