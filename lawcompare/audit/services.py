"""Adding to the audit log, and checking that nothing in it was changed. Every room's services call ``record``."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from lawcompare.audit.models import BEGINNING, Entry

# Any number, the same for all: who holds it adds the next entry.
LOCK = 0x6C6177


@dataclass(frozen=True)
class Head:
    """The newest entry's number and digest: kept elsewhere, they prove later that the log was not cut short."""

    number: int
    digest: str


class BrokenLog(Exception):
    """An entry is not as it was written. ``number`` is the entry's, ``reason`` a sentence."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"entry {number} {reason}")
        self.number, self.reason = number, reason


@transaction.atomic
def record(action: str, subject: str, by: Any = None, organisation: str = "", **details: Any) -> Entry:
    """Add an entry in the caller's transaction, so that an action that is rolled back leaves none.

    ``by`` is a user, or None where the program acts; ``organisation`` the slug under which they act; ``subject`` names
    the object, such as ``annotation/x8Kq``. ``details`` are plain values, never a name, an address or words of a draft.
    """
    take_turn()
    last = Entry.objects.order_by("-number").first()
    entry = Entry(
        number=last.number + 1 if last else 1,
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
        actor=getattr(by, "pk", None),
        organisation=organisation,
        action=action,
        subject=subject[:300],
        details=json.dumps(details, ensure_ascii=False, sort_keys=True),
        previous=last.digest if last else BEGINNING,
    )
    entry.digest = entry.right_digest
    entry.save(force_insert=True)
    return entry


def take_turn() -> None:
    """Wait until no other transaction adds to the log, and keep it so until this one ends. SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def find_head() -> Head:
    """Returns the newest entry's number and digest, or the beginning of an empty log."""
    last = Entry.objects.order_by("-number").first()
    return Head(last.number, last.digest) if last else Head(0, BEGINNING)


def check_log(noted: Head | None = None) -> Head:
    """Compute every digest again and return the newest entry. Raises ``BrokenLog`` at the first wrong one.

    ``noted`` is a head kept from earlier: it must still be in the log.
    """
    previous, number = BEGINNING, 0
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            raise BrokenLog(number, "is missing")
        if entry.previous != previous:
            raise BrokenLog(number, "does not follow the one before it")
        if entry.digest != entry.right_digest:
            raise BrokenLog(number, "was changed")
        if noted and noted.number == number and noted.digest != entry.digest:
            raise BrokenLog(number, "is not the one that was noted")
        previous = entry.digest
    if noted and noted.number > number:
        raise BrokenLog(number + 1, "is missing, though it was noted")
    return Head(number, previous)
