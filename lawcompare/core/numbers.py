"""Numbers of rows as pages and addresses show them: sealed, or two of them would tell what others did in between."""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.urls import register_converter


def seal(number: int, table: str) -> str:
    """Returns the number of a row in 32 letters, always the same as long as the site's secret is.

    Those of one ``table`` (the model's name in small letters) say nothing of those of another and open none.
    """
    sealed = _cipher(settings.SECRET_KEY).encrypt(number.to_bytes(8, signed=True), [table.encode()])
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(letters: str, table: str) -> int | None:
    """Returns the number that was sealed, also with an earlier secret; None for letters of nobody's in this table."""
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            opened = _cipher(secret).decrypt(base64.urlsafe_b64decode(letters.encode()), [table.encode()])
        except (InvalidTag, ValueError):
            continue
        return int.from_bytes(opened, signed=True)
    return None


@lru_cache(maxsize=8)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(hashlib.blake2b(secret.encode(), person=b"numbers", digest_size=32).digest())


class SealedNumber:
    """The number of a row of a table in an address: ``<finding:number>``."""

    table: str
    regex = "[A-Za-z0-9_-]{32}"

    def to_python(self, value: str) -> int:
        number = unseal(value, self.table)
        if number is None:
            raise ValueError  # no such address
        return number

    def to_url(self, value: int) -> str:
        if not isinstance(value, int):
            raise ValueError  # no number
        return seal(value, self.table)


TABLES = """
    authenticator carried carrying choice correspondence draftpair finding guestlink importbatch importdraft invitation
    job membership ownnote releasenotice fetch session value withdrawal
"""
for _table in TABLES.split():
    register_converter(type(f"Sealed_{_table}", (SealedNumber,), {"table": _table}), _table)
