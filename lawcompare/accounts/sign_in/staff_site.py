"""The admin pages, for staff who passed a second factor; what they do there is in the activity log."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from lawcompare.accounts.access import has_second_factor, has_set_up_second_factor
from lawcompare.core.log.services import record


class RecordedAdmin(ModelAdmin):
    """The part of every page of the admin site that writes what staff add, change and delete into the activity log.

    An entry names the table and number of a row and which fields were changed, never what stands in them.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("admin.add", request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("admin.change", request, obj, fields=_fields_in(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> Any:
        for obj in queryset:
            self._record("admin.delete", request, obj)
        return super().log_deletions(request, queryset)

    def _record(self, action: str, request: HttpRequest, obj: Model, **details: Any) -> None:
        record(action, f"{obj._meta.label_lower}/{obj.pk}", by=request.user, **details)


def _fields_in(message: Any) -> list[str]:
    """The names of the fields that Django's own message of a change names, those of rows inside it among them."""
    parts = message if isinstance(message, list) else []
    changes = [change for part in parts if isinstance(part, dict) for change in part.values()]
    return sorted({name for change in changes for name in [change.get("name", ""), *change.get("fields", [])]} - {""})


class StaffSite(AdminSite):
    """Django's admin site without a sign-in page of its own."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers tables as Django does; whatever their pages are, they write into the activity log."""
        kind = admin_class or ModelAdmin
        recorded = type(f"Recorded{kind.__name__}", (RecordedAdmin, kind), {"__module__": kind.__module__})
        super().register(model_or_iterable, recorded, **options)

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
