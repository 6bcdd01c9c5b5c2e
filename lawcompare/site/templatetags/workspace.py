"""The workspace's list of what waits for the signed-in person, for pages of lower rooms."""

from typing import Any

from django import template

from lawcompare.site.workspace import Waits, waits_for

register = template.Library()


@register.simple_tag(takes_context=True)
def waits_for_me(context: Any) -> list[Waits]:
    return waits_for(context["request"].user)
