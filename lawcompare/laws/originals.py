"""Where the files that people handed in are kept: by their hash, each once. Nobody but the desk reads one again.

No page gives an original out, and what stands inside a file beside its text is never shown.
"""

from __future__ import annotations

import hashlib

from lawcompare.laws.models import Original


class OriginalLost(LookupError):
    """There is no file with this hash here."""


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def put(data: bytes) -> str:
    """Keep the bytes, once; returns their SHA-256 in hexadecimal, by which ``get`` finds them."""
    digest = digest_of(data)
    if not Original.objects.filter(digest=digest).exists():
        Original.objects.get_or_create(digest=digest, defaults={"data": data})
    return digest


def get(digest: str) -> bytes:
    """The bytes that were kept. Raises ``OriginalLost``."""
    found = Original.objects.filter(digest=digest).values_list("data", flat=True).first()
    if found is None:
        raise OriginalLost(digest)
    return bytes(found)


def remove(digest: str) -> None:
    """Forget the bytes; whoever calls knows that nothing needs them any more."""
    Original.objects.filter(digest=digest).delete()
