"""Bytes that only who has the key can read: AES-256-GCM, bound to the digest under which they are kept."""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class WrongKey(Exception):
    """None of the site's keys opens this, or it is not what was sealed."""


def seal(data: bytes, digest: str) -> tuple[bytes, str]:
    """The sealed bytes, and the name of the key that they were sealed with."""
    key = _derived(settings.ORIGINALS_KEY)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, digest.encode()), name_of(key)


def unseal(sealed: bytes, digest: str, name: str) -> bytes:
    """The bytes as they were. Raises ``WrongKey``."""
    key = _keys().get(name)
    if key is None:
        raise WrongKey
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], digest.encode())
    except InvalidTag:
        raise WrongKey from None


def current_name() -> str:
    """That of the key with which things are sealed today."""
    return name_of(_derived(settings.ORIGINALS_KEY))


def known_names() -> set[str]:
    """Those of all keys that this site has."""
    return set(_keys())


def name_of(key: bytes) -> str:
    """Tells keys apart and says nothing of them."""
    return hashlib.blake2b(key, person=b"originals-name", digest_size=8).hexdigest()


def _keys() -> dict[str, bytes]:
    found = (_derived(said) for said in [settings.ORIGINALS_KEY, *settings.ORIGINALS_KEYS_OLD])
    return {name_of(key): key for key in found}


def _derived(said: str) -> bytes:
    """A setting is a long random word; the cipher wants 32 bytes."""
    return hashlib.blake2b(said.encode(), person=b"originals-key", digest_size=32).digest()
