"""Ciphers whose keys are derived from the site's secrets: one key for each secret and purpose."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def make_cipher(secret: str, purpose: str) -> Fernet:
    """The cipher for one use of a secret. ``purpose``, at most 16 bytes, keeps the keys of different uses apart."""
    key = hashlib.blake2b(secret.encode(), person=purpose.encode(), digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def site_cipher(purpose: str) -> MultiFernet:
    """The cipher for one use of the site's secret, which also opens what an earlier secret sealed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([make_cipher(secret, purpose) for secret in secrets])


def key_name(secret: str, purpose: str) -> str:
    """A name of 16 hexadecimal digits that tells the keys of a purpose apart and from which none can be computed."""
    return hashlib.blake2b(secret.encode(), person=f"{purpose}-id".encode(), digest_size=8).hexdigest()


def hmac_of(secret: str, purpose: str, data: bytes) -> str:
    """The HMAC-SHA256 of the bytes in hexadecimal, under a key that this use of the secret alone has."""
    key = hashlib.blake2b(secret.encode(), person=purpose.encode(), digest_size=32).digest()
    return hmac.new(key, data, hashlib.sha256).hexdigest()
