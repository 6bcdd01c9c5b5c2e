"""The comparisons that are here, for pages of rooms that know none."""

from typing import Any

from django import template

from lawcompare.comparisons.reading.known_pairs import drafts_beside_other_law, successive_drafts

register = template.Library()


@register.simple_tag(takes_context=True)
def pairs_here(context: Any) -> dict[str, list[Any]]:
    """Returns ``successive``, comparisons of drafts, and ``cross_law``, (draft, other law) pairs, for the reader."""
    user = context["request"].user
    return {"successive": successive_drafts(user), "cross_law": drafts_beside_other_law(user)}
