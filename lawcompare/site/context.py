"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url

from lawcompare.accounts.access import has_set_up_second_factor, lacks_second_factor, membership_of


def site(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)  # none on the page of an error that came before it was known who asks
    missing = user is not None and lacks_second_factor(user)
    return {
        "site_name": settings.SITE_NAME,
        "in_english": translate_url(request.get_full_path(), "en"),
        "in_khmer": translate_url(request.get_full_path(), "km"),
        "membership": membership_of(user) if user is not None and user.is_authenticated else None,
        "second_factor_missing": missing,
        "second_factor_to_confirm": missing and has_set_up_second_factor(user),
    }
