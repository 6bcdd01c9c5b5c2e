"""Readings that failed or hang, for staff: told by number, since a file's name and title are its organisation's own."""

from django.contrib import admin

from lawcompare.imports.models import ImportDraft
from lawcompare.imports.services import start_again
from lawcompare.jobs.admin import WorkAdmin


@admin.register(ImportDraft)
class ImportDraftAdmin(WorkAdmin):
    list_display = ["pk", "organisation", "state", "age", "attempts", "reason"]
    list_filter = ["state", "organisation"]
    list_select_related = ["organisation"]
    ordering = ["-heard_at"]
    search_fields = ["=pk", "organisation__slug", "reason"]
    fields = ["organisation", "state", "step", "done", "total", "size", "attempts", "reason", "created_at", "heard_at"]

    def start_again(self, work: ImportDraft) -> bool:
        return start_again(work)
