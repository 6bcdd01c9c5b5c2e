"""Whether the reader may decide, for pages that lead reviewers on."""

from typing import Any

from django import template

from lawcompare.accounts.access import may
from lawcompare.crosswalk.access import own_drafts
from lawcompare.crosswalk.models import DraftComparison
from lawcompare.laws.models import Version

register = template.Library()


@register.simple_tag(takes_context=True)
def may_review(context: Any) -> bool:
    return may(context["request"].user, "review")


@register.simple_tag(takes_context=True)
def draft_between(context: Any, old: Version, new: Version) -> DraftComparison | None:
    """The open draft comparison of the reader's organisation between two texts, if there is one."""
    return own_drafts(context["request"].user).filter(source=old, target=new, published_at=None).first()
