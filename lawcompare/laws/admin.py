from django.contrib import admin

from lawcompare.laws.models import Origin


@admin.register(Origin)
class OriginAdmin(admin.ModelAdmin):
    """Which organisation brought which text; staff confirm the texts that the first page shows as the latest draft."""

    list_display = ["version", "organisation", "is_confirmed"]
    list_filter = ["is_confirmed", "organisation"]
    fields = ["version", "organisation", "is_confirmed"]
    readonly_fields = ["version", "organisation"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(version__published_at__isnull=False)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
