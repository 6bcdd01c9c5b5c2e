"""The activity log, to which the services of every app add by ``record``; and the daily statements that cover it.

A statement holds the new entries of the log, the hashes of the published texts and digests of what else is public and
was not stated so before, signed, for others to keep. Who has kept them can show later that any of it was changed,
whoever owns the database. A statement covers every entry that was committed since the one before it, one of its own
among them, and names that one by its digest: no entry falls between two. It tells nothing private: of the log one hash
over salted digests, not how many there are, and of a text that was withdrawn its hash alone.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction

from lawcompare.core.models import Entry, Statement


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
    return record_each(action, [subject], by, organisation, **details)[0]


def record_each(
    action: str,
    subjects: Iterable[str],
    by: AbstractBaseUser | AnonymousUser | None = None,
    organisation: str = "",
    **details: Any,
) -> list[Entry]:
    """Add an entry for each of several objects, as ``record`` does, in one statement."""
    said = {
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": getattr(by, "pk", None),
        "organisation": organisation,
        "action": action,
        "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
    }
    entries = [Entry(**said, subject=subject[:300]) for subject in subjects]
    for entry in entries:
        entry.digest = entry.right_digest
    return Entry.objects.bulk_create(entries)


# --- Daily statements -------------------------------------------------------------------------------------------------

FIRST = "lawcompare statement 2"
SIGNATURE = "signature: "
# What the first statement names in place of the one before it.
BEGINNING = "0" * 64
LINES = re.compile(
    r"lawcompare statement [12]\nsite: (?P<site>[^\n]*)\nday: (?P<day>\d{4}-\d\d-\d\d)\n"
    r"before: (?P<before>[0-9a-f]{64})\n(?:entries: \d+\n)?log: (?P<log>[0-9a-f]{64})\n"
    r"texts: (?P<count>\d+)\n(?P<texts>(?:[0-9a-f]{64}(?:  \S+)?\n)*)"
    r"(?:things: (?P<number>\d+)\n(?P<things>(?:[0-9a-f]{64}  \S+\n)*))?"
    rf"(?:{SIGNATURE}(?P<signature>\S+)\n)?"
)
# Any number, the same for all: who holds it makes the next statement.
LOCK = 0x6C6177


class BadStatement(Exception):
    """A file is no statement, or its signature is not by the key. The message is a sentence."""


class BrokenLog(Exception):
    """An entry or a statement is missing, or is not as it was written. The message is a sentence."""


@dataclass(frozen=True)
class Read:
    """What a statement says. ``texts`` are (hash, address); the address is empty where the text was withdrawn.

    ``things`` are (digest, name) of what else is public and was not stated so in an earlier one; of all in a whole one.
    """

    words: str
    site: str
    day: date
    before: str  # digest of the statement before
    log: str
    texts: list[tuple[str, str]]
    things: list[tuple[str, str]]
    signature: str

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Returns whether the signature is of this key."""
        signed = self.words.partition(f"\n{SIGNATURE}")[0].removesuffix("\n") + "\n"
        try:
            key.verify(base64.b64decode(self.signature), signed.encode())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def read_statement(words: str) -> Read:
    """Returns what the text of a statement says. Raises ``BadStatement``."""
    match = LINES.fullmatch(words)
    if match is None:
        raise BadStatement("it is not a statement as publish_statement writes it")
    texts, things = (
        [(line[:64], line[66:]) for line in (match[name] or "").splitlines()] for name in ("texts", "things")
    )
    if (len(texts), len(things)) != (int(match["count"]), int(match["number"] or 0)):
        raise BadStatement("it does not list as many texts or things as it says")
    return Read(words, match["site"], date.fromisoformat(match["day"]), match["before"], match["log"], texts, things,
                match["signature"] or "")  # fmt: skip


def read_files(path: Path) -> list[Read]:
    """Returns the statement in a file, or those in a folder, oldest first. Raises ``BadStatement``."""
    paths = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    statements = []
    for one in paths:
        try:
            statements.append(read_statement(one.read_text("utf-8")))
        except (OSError, ValueError, BadStatement) as error:  # also a day that is none
            raise BadStatement(f"{one} cannot be used: {error}") from None
    return statements


@transaction.atomic
def publish(
    site: str,
    day: date,
    texts: Callable[[], Iterable[tuple[str, str]]],
    key: Ed25519PrivateKey,
    things: Callable[[], Iterable[tuple[str, str]]] = list,
) -> Statement:
    """Make and keep the statement of a day, or return the one that was made on it. ``texts`` as in ``Read``;
    ``things`` are (digest, name) of all that is public beside them, of which those are stated that were not yet in that
    week: an entry of the log excuses what changed before its thing is stated again. Both are asked once the entries of
    the log are chosen: what changes meanwhile is in the statement already and its entry in the next.

    Raises ``BadStatement`` where there is one of a later day.
    """
    if connection.vendor == "postgresql":  # SQLite has one writer
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    made = Statement.objects.filter(day=day).first()
    if made is not None:
        return made
    if (later := Statement.objects.filter(day__gt=day).order_by("day").first()) is not None:
        raise BadStatement(
            f"The clock says {day}, and there is a statement of {later.day} already: set the clock right"
        )
    last = Statement.objects.order_by("-day").first()
    made = Statement.objects.create(day=day, words="")
    record("state", f"statement/{day}")  # so that a day without any other entry looks as any other
    Entry.objects.filter(statement=None).update(statement=made)
    earlier = Statement.objects.filter(day__gte=day - timedelta(days=day.weekday())).exclude(words="")
    known = {thing for one in earlier for thing in read_statement(one.words).things}
    new = sorted(f"{digest}  {name}" for digest, name in {*things()} - known)
    lines = sorted(f"{digest}  {address}" if address else digest for digest, address in texts())
    before = last.digest if last else BEGINNING
    words = "\n".join([FIRST, f"site: {site}", f"day: {day}", f"before: {before}",
                       f"log: {_hash_entries(made)}", f"texts: {len(lines)}", *lines,
                       f"things: {len(new)}", *new]) + "\n"  # fmt: skip
    signature = base64.b64encode(key.sign(words.encode())).decode()
    made.words = f"{words}{SIGNATURE}{signature}\n"
    made.save()
    return made


def _hash_entries(statement: Statement) -> str:
    """Returns the SHA-256 in hexadecimal of the sorted digests of its entries, a line each."""
    digests = sorted(statement.entries.values_list("digest", flat=True))
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def check_log(key: Ed25519PublicKey | None = None, kept: Iterable[Read] = ()) -> tuple[int, int]:
    """Compute every digest again; returns how many entries and statements there are. Raises ``BrokenLog``.

    ``key``, where given, has signed every statement; ``kept`` are statements that somebody kept elsewhere.
    """
    entries = 0
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        entries += 1
        if entry.digest != entry.right_digest:
            raise BrokenLog(f"entry {entry.number} was changed")
    before, words = BEGINNING, {}
    for made in Statement.objects.order_by("day"):
        try:
            stated = read_statement(made.words)
        except BadStatement:
            raise BrokenLog(f"the statement of {made.day} was changed") from None
        if stated.day != made.day or (key and not stated.is_signed_by(key)):
            raise BrokenLog(f"the statement of {made.day} is not as this site signed it")
        if stated.before != before:
            raise BrokenLog(f"the statement before that of {made.day} is missing or was changed")
        if _hash_entries(made) != stated.log:
            raise BrokenLog(f"an entry stated on {made.day} is not as it was stated")
        before, words[made.day] = made.digest, made.words
    for one in kept:
        if one.day not in words:
            raise BrokenLog(f"the statement of {one.day} is missing")
        if words[one.day] != one.words:
            raise BrokenLog(f"the statement of {one.day} is not the one that was kept")
    return entries, len(words)


def read_signing_key(encoded: str) -> Ed25519PrivateKey:
    """Returns the key of ``MIRROR_KEY``: 32 bytes in base64. Raises ``BadStatement``."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadStatement("MIRROR_KEY is not 32 bytes in base64") from None


def public_key(encoded: str) -> str:
    """Returns the public key of ``MIRROR_KEY`` in base64, empty where there is none that can be used."""
    try:
        key = read_signing_key(encoded)
    except BadStatement:
        return ""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
