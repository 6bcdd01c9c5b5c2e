"""Permanent addresses: a page's address with the hash of the text on it.

A published text is never edited, so the address alone is lasting; the hash makes it checkable. Where the text at an
address has another hash, ``check_pin`` refuses the page instead of showing other words.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.laws.models import Clause, Version

HASH_LENGTH = 12


def plain_address(name: str, *args: Any) -> str:
    """Returns the path of a page in the default language, as a citation names it."""
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def pin(version: Version) -> str:
    """Returns the first digits of the text's hash, as they stand in an address."""
    return version.text_hash[:HASH_LENGTH]


def pinned_version(version: Version) -> str:
    """Returns the permanent address of a version."""
    return f"{plain_address('version', version.law.slug, version.slug)}?text={pin(version)}"


def pinned_clause(clause: Clause) -> str:
    """Returns the permanent address of a clause."""
    version = clause.version
    return f"{plain_address('clause', version.law.slug, version.slug, clause.eid)}?text={pin(version)}"


def site_root(request: HttpRequest) -> str:
    """Returns scheme and host of this site, without a slash at the end.

    ``SITE_URL`` says it, so that a page asked for at a second host is named as at the first. A mirror is made for the
    address that ``set_site_root`` gave. An embedded site has neither, and names pages as they were asked for.
    """
    given: str = getattr(request, "site_root", "") or settings.SITE_URL
    return given or request.build_absolute_uri("/")[:-1]


def set_site_root(request: HttpRequest, site: str) -> None:
    """Has the pages made for a request name ``site`` (``https://example.org``) as the address of this site."""
    request.site_root = site  # type: ignore[attr-defined]


def site_of_settings(address: str) -> str:
    """Returns scheme and host of this site for a command: ``address``, or the first allowed host.

    Raises ``ValueError`` with a sentence where there is neither.
    """
    scheme = "https" if settings.HTTPS else "http"
    host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")), "")
    site = address.rstrip("/") or settings.SITE_URL or (f"{scheme}://{host}" if host else "")
    parts = urlsplit(site)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise ValueError("say the site's address with --site https://example.org")
    return site


def check_pin(asked: str | None, version: Version) -> None:
    """Raises ``Http404`` where ``asked``, the hash in an address, is not that of the text at this address."""
    if not asked or (len(asked) >= HASH_LENGTH and version.text_hash.startswith(asked.lower())):
        return
    of_hash = Version.objects.published().select_related("law").filter(text_hash__startswith=asked.lower()[:64])
    cited_version = of_hash.first() if len(asked) >= HASH_LENGTH else None
    if cited_version is not None:
        raise Http404(
            _("The text cited (%(hash)s) is not the one at this address. It is at %(address)s.")
            % {"hash": asked, "address": pinned_version(cited_version)}
        )
    raise Http404(
        _("The text cited (%(hash)s) is not the one at this address, whose hash begins with %(now)s.")
        % {"hash": asked[:64], "now": pin(version)}
    )
