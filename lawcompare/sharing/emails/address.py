"""The addresses of visitors who follow something: encrypted, found again by a keyed digest, used for nothing else."""

from cryptography.fernet import InvalidToken
from django.conf import settings

from lawcompare.core.encryption import hmac_of, site_cipher
from lawcompare.sharing.emails.models import Choice, Follower

PURPOSE = "followers"


def seal(address: str) -> str:
    return site_cipher(PURPOSE).encrypt(address.encode()).decode()


def digests_of(address: str) -> list[str]:
    """The digests by which an address may be stored: under today's key first, then under earlier ones."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac_of(secret, PURPOSE, address.lower().encode()) for secret in secrets]


def address_of(recipient: Choice | Follower) -> str:
    """Where an e-mail goes; empty for an address that none of the site's keys opens."""
    if recipient.user is not None:
        return recipient.user.email
    try:
        return site_cipher(PURPOSE).decrypt(recipient.sealed.encode()).decode()
    except InvalidToken:
        return ""
