"""Numbers of rows as pages and addresses show them: sealed, or two of them would tell what others did in between."""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.urls import register_converter


def seal(number: int) -> str:
    """Returns the number in 32 letters, always the same as long as the site's secret is."""
    sealed = _cipher(settings.SECRET_KEY).encrypt(number.to_bytes(8, signed=True), None)
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(letters: str) -> int | None:
    """Returns the number that was sealed, also with an earlier secret; None where these are letters of nobody's."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            opened = _cipher(secret).decrypt(base64.urlsafe_b64decode(letters.encode()), None)
        except (InvalidTag, ValueError):
            continue
        return int.from_bytes(opened, signed=True)
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.blake2b(secret.encode(), person=b"numbers", digest_size=32).digest())


class SealedNumber:
    """The number of a row in an address."""

    regex = "[A-Za-z0-9_-]{32}"

    def to_python(self, value: str) -> int:
        number = unseal(value)
        if number is None:
            raise ValueError  # no such address
        return number

    def to_url(self, value: int) -> str:
        if not isinstance(value, int):
            raise ValueError  # no number
        return seal(value)


register_converter(SealedNumber, "sealed")
