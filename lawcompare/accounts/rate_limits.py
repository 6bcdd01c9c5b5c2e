"""Rate limits that store no network address.

``allow`` is for every app: sign-in, invitations, notices, search, exports, comparisons. Only a count is kept, in the
cache alone, under a hash of the network address that cannot be reversed: its salt is random, lives in the cache for a
day and is written nowhere else. No address is stored, and none is logged.
"""

import hashlib
import ipaddress
import re
import secrets

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600
DAY = 24 * HOUR
# By which Tor names the circuits of an onion service (``HiddenServiceExportCircuitID haproxy``).
PORT = re.compile(r"((?:\d+\.){3}\d+|\[[^\]]*\]):\d+")
CIRCUITS = ipaddress.ip_network("fc00:dead:beef:4dab::/64")


def allow(who: HttpRequest | str, name: str, most: int, per: int = HOUR, uses: int = 1) -> bool:
    """Count one or more uses of ``name`` and return whether it is still within ``most`` uses in ``per`` seconds.

    ``who`` is the request (a signed-in person counts as that person everywhere, a visitor by a hash of the network
    address) or a string that names what is limited, such as an organisation's slug. The period begins with the first
    use. Every call counts, so call it once, and only for what really costs or harms::

        if not allow(request, "search", settings.SEARCHES_PER_MINUTE, per=60):
            return too_many(request)
    """
    known_as = who if isinstance(who, str) else _known_as(who)
    key = f"limit-{name}-{_hash(known_as).hex()}"
    cache.add(key, 0, per)
    try:
        return cache.incr(key, uses) <= most
    except ValueError:  # it ran out between the two calls
        return uses <= most


def network_of(request: HttpRequest) -> str:
    """Returns the IPv4 address of a request, or the /64 network of its IPv6 address. Never store it.

    Behind a proxy it is the last address in ``X-Forwarded-For``, since a client can make up all before that. Of the
    site's onion service it is the whole address by which Tor names a circuit.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    address_text = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    without_port = PORT.sub(r"\1", address_text)  # some proxies write it, another with each connection
    try:
        address = ipaddress.ip_address(without_port.strip("[]"))
    except ValueError:
        return without_port
    if address.version == 6 and address.ipv4_mapped is None and address not in CIRCUITS:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def pseudonym(known_as: str) -> str:
    """Returns an invented IPv6 address that stands for a network or device during a day, for packages that want one."""
    return str(ipaddress.IPv6Address(b"\xfd" + _hash(known_as)[:15]))


def _known_as(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    return f"person-{user.pk}" if user is not None and user.is_authenticated else f"network-{network_of(request)}"


def _hash(words: str) -> bytes:
    salt = str(cache.get_or_set("limits-salt", lambda: secrets.token_urlsafe(24), DAY) or "")
    key = salt.encode()[:32] + settings.SECRET_KEY.encode()[:32]
    return hashlib.blake2b(words.encode(), key=key, digest_size=16).digest()
