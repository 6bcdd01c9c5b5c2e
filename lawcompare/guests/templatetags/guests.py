"""Whether a page of a private text offers a link for an outsider."""

from __future__ import annotations

from typing import Any

from django import template

from lawcompare.accounts.access import may
from lawcompare.guests.access import is_private
from lawcompare.laws.models import Version

register = template.Library()


@register.simple_tag(takes_context=True)
def may_be_shown(context: Any, *versions: Version) -> bool:
    """Whether the reader may show these texts to somebody outside. Asks nothing for a visitor."""
    user = context["request"].user
    return user.is_authenticated and may(user, "import") and is_private(user, *versions)
