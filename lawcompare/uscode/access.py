"""Who sees what was asked for of US law."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from lawcompare.accounts.access import may
from lawcompare.uscode.models import Fetch


def visible_fetches(user: Any) -> QuerySet[Fetch]:
    """All of them for an editor, none for anybody else."""
    fetches = Fetch.objects.select_related("organisation")
    return fetches if may(user, "import") else fetches.none()
