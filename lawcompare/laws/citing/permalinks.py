"""Addresses that keep their meaning: a page's address with the hash of the text it was read in.

A published text is never edited, so an address alone is lasting; the hash makes it checkable. Where the text at an
address is no longer of that hash, the page says so instead of showing other words (``check_pin``).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.laws.models import Clause, Version

HASH_LENGTH = 12


def plain_address(name: str, *args: Any) -> str:
    """The address of a page without a language: what a citation names."""
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def pin(version: Version) -> str:
    """The part of the text's hash that an address bears."""
    return version.text_hash[:HASH_LENGTH]


def pinned_version(version: Version) -> str:
    return f"{plain_address('version', version.law.slug, version.slug)}?text={pin(version)}"


def pinned_clause(clause: Clause) -> str:
    version = clause.version
    return f"{plain_address('clause', version.law.slug, version.slug, clause.eid)}?text={pin(version)}"


def site_root(request: HttpRequest) -> str:
    """Scheme and host of this site, without a stroke at the end."""
    return request.build_absolute_uri("/")[:-1]


def check_pin(asked: str | None, version: Version) -> None:
    """Refuse a page whose address asks for another text than the one that is there. Raises ``Http404``."""
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
