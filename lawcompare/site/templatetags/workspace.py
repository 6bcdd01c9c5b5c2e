"""The workspace's list of what waits for the signed-in person, for pages of lower rooms."""

from typing import Any

from django import template

from lawcompare.site.workspace import WaitingItem, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_for_me(context: Any) -> list[WaitingItem]:
    return waiting_for(context["request"].user)
