"""Which comparisons may be seen, and how often a visitor may ask for a new one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from lawcompare.accounts.limits import allow
from lawcompare.comparisons.models import ENGINE, Comparison
from lawcompare.laws.access import get_two_versions, visible_versions
from lawcompare.laws.models import Version


def get_versions(user: Any, old: tuple[str, str], new: tuple[str, str]) -> tuple[Version, Version]:
    return get_two_versions(user, old, new)


def find_comparison(old: Version, new: Version) -> Comparison | None:
    """The comparison of two versions by today's engine, if it was ever asked for."""
    found = Comparison.objects.filter(old=old, new=new, engine=ENGINE).first()
    if found is not None:
        found.old, found.new = old, new
    return found


def visible_comparisons(user: Any) -> Any:
    versions = visible_versions(user).values("pk")
    return Comparison.objects.filter(old__in=versions, new__in=versions, engine=ENGINE).select_related(
        "old__law", "new__law"
    )


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from this site's own page, as the browser itself says.

    Browsers say ``Sec-Fetch-Site``, older ones at least ``Origin`` with every form that another site sends; what says
    neither is no browser, and nobody else's name is on its request.
    """
    where = request.headers.get("Sec-Fetch-Site")
    if where is not None:
        return where == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


def may_ask_again(request: HttpRequest) -> bool:
    """Count a request for a new comparison against the limit of this hour."""
    return allow(request, "comparison", settings.COMPARISONS_PER_HOUR)
