"""Where the files that people handed in are kept: by their hash, each once, sealed.

No page gives an original out but to who may open it, and each opening is in the log (``open_original``). What stands
inside a file beside its text (who wrote it, where, with what) is never read out of it. What was read lies here too.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from lawcompare.audit.services import record
from lawcompare.engine.errors import EngineError
from lawcompare.laws import encryption
from lawcompare.laws.models import Original


class OriginalLost(EngineError):
    """There is no file with this hash here."""

    def __init__(self) -> None:
        super().__init__("the file is not here any more")


class OriginalClosed(EngineError):
    """The file is here, and none of the site's keys opens it."""

    def __init__(self) -> None:
        super().__init__("the file is sealed with a key that this site does not have; tell whoever runs it")


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def put(data: bytes) -> str:
    """Keep the bytes, once; returns their SHA-256 in hexadecimal, by which ``get`` finds them."""
    digest = digest_of(data)
    if not Original.objects.filter(digest=digest).exists():
        sealed, key = encryption.seal(data, digest)
        Original.objects.get_or_create(digest=digest, defaults={"data": sealed, "key": key})
    return digest


def get(digest: str) -> bytes:
    """The bytes that were kept. Raises ``OriginalLost`` and ``OriginalClosed``.

    For what was read from a file. A file itself is opened by ``open_original``.
    """
    found = Original.objects.filter(digest=digest).first()
    if found is None:
        raise OriginalLost
    return _opened(found)


@transaction.atomic
def open_original(digest: str, subject: str, by: Any, organisation: str) -> bytes:
    """The file as it was handed in; that it was opened is in the log. ``by``: None where the program reads it."""
    data = get(digest)
    record("open original", subject, by=by, organisation=organisation)
    return data


def _opened(original: Original) -> bytes:
    try:
        return encryption.unseal(bytes(original.data), original.digest, original.key)
    except encryption.WrongKey:
        raise OriginalClosed from None


def remove(digest: str) -> None:
    """Forget the bytes; whoever calls knows that nothing needs them any more."""
    Original.objects.filter(digest=digest).delete()


def reseal() -> tuple[int, int]:
    """Seal with today's key what was sealed with an earlier one. Returns (how many were, how many no key opens).

    One at a time: files are large, and a run that is ended goes on where it was.
    """
    done = closed = 0
    waiting = (
        Original.objects.exclude(key=encryption.current_name()).order_by("digest").values_list("digest", flat=True)
    )
    for digest in list(waiting):
        with transaction.atomic():
            original = Original.objects.select_for_update().filter(digest=digest).first()
            if original is None:
                continue
            try:
                original.data, original.key = encryption.seal(_opened(original), digest)
            except OriginalClosed:
                closed += 1
                continue
            original.save(update_fields=["data", "key"])
            done += 1
    return done, closed


def count_closed() -> int:
    """How many are sealed with a key that this site does not have."""
    return Original.objects.exclude(key__in=encryption.known_names()).count()
