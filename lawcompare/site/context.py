"""Template variables of every page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest

from lawcompare.accounts.access import has_set_up_second_factor, lacks_second_factor, membership_of
from lawcompare.core.page_cache.public import public_parameters
from lawcompare.languages import LANGUAGES, address_in
from lawcompare.laws.citing import site_root
from lawcompare.site.counterparts import address_of
from lawcompare.site.guides import part_about


def site(request: HttpRequest) -> dict[str, Any]:
    # There is none on the page of an error that came before it was known who asks.
    user = getattr(request, "user", AnonymousUser())
    missing = lacks_second_factor(user)
    path = canonical_path(request)
    root = _root(request)
    match, address, place = request.resolver_match, request.get_full_path(), request.GET.get("at", "")[:300]
    return {
        "site_name": settings.SITE_NAME,
        "operator": settings.OPERATOR,
        "root": root,
        "page_in_languages": [(one, address_of(request, match, address, one.code, place)) for one in LANGUAGES],
        "canonical": root + path if path else "",
        "canonical_in_languages": [(one.code, root + address_in(one.code, path)) for one in LANGUAGES] if path else [],
        "membership": membership_of(user),
        "part_of_guide": part_about(request) if user.is_authenticated else None,
        "is_kept_out": settings.PRIVATE_NEEDS_SECOND_FACTOR and (missing or getattr(request, "is_kept_out", False)),
        "second_factor_missing": missing,
        "second_factor_to_confirm": missing and has_set_up_second_factor(user),
    }


def _root(request: HttpRequest) -> str:
    """Returns scheme and host of the site; empty on the page that refuses a host which is none of ours."""
    try:
        return site_root(request)
    except DisallowedHost:
        return ""


def canonical_path(request: HttpRequest) -> str:
    """Returns the one path under which search engines keep a public page; empty where the page is not public.

    What stands behind ``?`` chooses how the same page is shown, so it is left out; but for the number of the page,
    behind which stand other words.
    """
    parameters = public_parameters(request)
    if parameters is None:
        return ""
    number = request.GET.get("page", "") if "page" in parameters else ""
    # int() refuses thousands of digits.
    is_later_page = number.isascii() and number.isdecimal() and len(number) <= 6 and int(number) > 1
    return f"{request.path}?page={int(number)}" if is_later_page else request.path
