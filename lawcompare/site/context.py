"""Template variables of every page."""

from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from lawcompare.accounts.access import has_set_up_second_factor, lacks_second_factor, membership_of
from lawcompare.languages import LANGUAGES, address_in
from lawcompare.laws.citing.permalinks import site_root


def site(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all templates."""
    user = getattr(request, "user", None)  # none on the page of an error that came before it was known who asks
    missing = user is not None and lacks_second_factor(user)
    return {
        "site_name": settings.SITE_NAME,
        "root": _root(request),
        "page_in_languages": [(one, address_in(one.code, request.get_full_path())) for one in LANGUAGES],
        "membership": membership_of(user) if user is not None and user.is_authenticated else None,
        "second_factor_missing": missing,
        "second_factor_to_confirm": missing and has_set_up_second_factor(user),
    }


def _root(request: HttpRequest) -> str:
    """Returns scheme and host of the site; empty on the page that refuses a host which is none of ours."""
    try:
        return site_root(request)
    except DisallowedHost:
        return ""
