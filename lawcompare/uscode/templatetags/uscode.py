"""What editors are told of official texts, for the workspace."""

from __future__ import annotations

from typing import Any

from django import template

from lawcompare.accounts.access import may
from lawcompare.uscode.models import ReleaseNotice

register = template.Library()


@register.simple_tag(takes_context=True)
def release_notices(context: Any) -> list[ReleaseNotice] | None:
    """Notices that nobody put aside; None for who brings in no texts."""
    if not may(context["request"].user, "import"):
        return None
    unread = ReleaseNotice.objects.filter(read_at__isnull=True)
    return list(unread.select_related("law", "old__law", "new__law"))
