from django.contrib import admin

from lawcompare.audit.models import Entry


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to be read: none is added, changed or deleted."""

    def has_add_permission(self, request, obj=None):
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """The log, to be read; the database refuses every change."""

    list_display = ["number", "at", "action", "subject", "organisation", "actor"]
    list_filter = ["action", "organisation"]
    search_fields = ["subject"]
