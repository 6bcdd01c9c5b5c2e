"""What editors are told of official texts, for the workspace."""

from typing import Any

from django import template

from lawcompare.accounts.access import may
from lawcompare.imports.uscode.access import unread_notices
from lawcompare.imports.uscode.models import ReleaseNotice

register = template.Library()


@register.simple_tag(takes_context=True)
def release_notices(context: Any) -> list[ReleaseNotice] | None:
    """Notices that nobody put aside; None for who brings in no texts."""
    if not may(context["request"].user, "import"):
        return None
    return list(unread_notices(context["request"].user))
