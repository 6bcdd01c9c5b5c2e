from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from lawcompare.core.jobs import services as jobs
from lawcompare.laws.models import Origin


@admin.register(Origin)
class OriginAdmin(admin.ModelAdmin):
    """Who brought which text; staff confirm the latest draft of the first page, and translations of others' texts."""

    list_display = ["version", "translates", "organisation", "is_confirmed"]
    list_filter = ["is_confirmed", "organisation"]
    fields = ["version", "translates", "organisation", "is_confirmed"]
    readonly_fields = ["version", "translates", "organisation"]

    @admin.display(description=_("Translates the text"))
    def translates(self, origin):
        return origin.version.translates

    def get_queryset(self, request):
        return super().get_queryset(request).filter(version__published_at__isnull=False)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.version.translates_id:
            version = obj.version
            jobs.request("translationmapping", version, version.brought_by)  # the comparisons of what stands follow it
