"""The workspace's list of what waits for the signed-in person, for pages of lower apps."""

from typing import Any

from django import template

from lawcompare.site.proposals.services import count_waiting
from lawcompare.site.views.activity_log import latest
from lawcompare.site.workspace import WaitingItem, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_for_me(context: Any) -> list[WaitingItem]:
    return waiting_for(context["request"].user)


@register.simple_tag(takes_context=True)
def proposals_waiting(context: Any) -> int:
    """How many proposals wait for staff, or for others: how many of their organisation wait."""
    return count_waiting(context["request"].user)


@register.simple_tag(takes_context=True)
def done_lately(context: Any) -> list[tuple[Any, str, Any]]:
    """What was done last in the name of the person's organisation: (entry, who, what)."""
    return latest(context["request"].user)
