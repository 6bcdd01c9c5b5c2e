from django.contrib import admin

from lawcompare.audit.models import Entry


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """The log, to be read; the database refuses every change."""

    list_display = ["number", "at", "action", "subject", "organisation", "actor"]
    list_filter = ["action", "organisation"]
    search_fields = ["subject"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
