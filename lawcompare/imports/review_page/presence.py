"""Who is at a draft just now, and at which clause. Known for half a minute, in the cache alone, to the organisation."""

import time
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from lawcompare.imports.models import ImportDraft

SECONDS = 30


@dataclass(frozen=True)
class Present:
    name: str
    clause: str


def name_of(user: Any) -> str:
    """How colleagues know a person: by name, else by what stands before the @ of the address."""
    if user is None:
        return ""
    return user.display_name or user.get_full_name() or user.email.partition("@")[0]


def note(user: Any, draft: ImportDraft, clause: str = "") -> None:
    """Say that the person is at the draft, and which clause they have open."""
    here = _here(draft)
    here[str(user.pk)] = (name_of(user), clause, time.time())
    cache.set(_key(draft), here, SECONDS)


def others(user: Any, draft: ImportDraft) -> list[Present]:
    return [Present(name, clause) for pk, (name, clause, _at) in sorted(_here(draft).items()) if pk != str(user.pk)]


def _here(draft: ImportDraft) -> dict[str, tuple[str, str, float]]:
    since = time.time() - SECONDS
    return {pk: seen for pk, seen in (cache.get(_key(draft)) or {}).items() if seen[2] > since}


def _key(draft: ImportDraft) -> str:
    return f"import-{draft.pk}-here"
