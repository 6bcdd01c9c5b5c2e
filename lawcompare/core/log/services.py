"""Adding to the activity log. The services of every app call ``record``."""

import json
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from lawcompare.core.log.models import Entry


def record(
    action: str,
    subject: str,
    by: AbstractBaseUser | AnonymousUser | None = None,
    organisation: str = "",
    **details: Any,
) -> Entry:
    """Add an entry in the caller's transaction, so that an action that is rolled back leaves none.

    ``by`` is a user, or None where the program acts; ``organisation`` the slug under which they act; ``subject`` names
    the object, such as ``annotation/x8Kq``. ``details`` are plain values, never a name, an address or words of a draft.
    """
    entry = Entry(
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
        actor=getattr(by, "pk", None),
        organisation=organisation,
        action=action,
        subject=subject[:300],
        details=json.dumps(details, ensure_ascii=False, sort_keys=True),
    )
    entry.digest = entry.right_digest
    entry.save(force_insert=True)
    return entry
