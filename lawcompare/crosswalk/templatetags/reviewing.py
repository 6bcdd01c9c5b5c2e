"""Whether the reader may decide, for pages that lead reviewers on."""

from typing import Any

from django import template

from lawcompare.accounts.access import may

register = template.Library()


@register.simple_tag(takes_context=True)
def may_review(context: Any) -> bool:
    return may(context["request"].user, "review")
