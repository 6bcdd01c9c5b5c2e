"""Clause maps between languages that wait for a person, for the workspace."""

from typing import Any

from django import template
from django.db.models import Count, Q

from lawcompare.accounts.access import may
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Version

register = template.Library()


@register.simple_tag(takes_context=True)
def renderings_waiting(context: Any) -> list[Version]:
    """Translations with pairs that nobody has confirmed, each with their number as ``waiting``; for who may confirm."""
    user = context["request"].user
    if not may(user, "map"):
        return []
    waiting = Count("clause_translations", filter=Q(clause_translations__confirmed_by=""))
    translations = visible_versions(user).filter(translates__in=visible_versions(user)).annotate(waiting=waiting)
    return list(translations.filter(waiting__gt=0).select_related("translates__law").order_by("law__title", "slug"))
