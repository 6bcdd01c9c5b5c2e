"""The admin pages, for staff who passed a second factor."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from lawcompare.accounts.access import has_second_factor, has_set_up_second_factor


class StaffSite(AdminSite):
    """Django's admin site without a sign-in page of its own."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirects to the site's own sign-in, which has rate limits and second factors."""
        if self.has_permission(request):
            return redirect("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('admin:index')})}")
        if request.user.is_staff:
            return redirect("mfa_reauthenticate" if has_set_up_second_factor(request.user) else "mfa_index")
        raise PermissionDenied
