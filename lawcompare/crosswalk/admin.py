"""Searches for counterparts that failed or hang, for staff."""

from django.contrib import admin

from lawcompare.crosswalk.models import SuggestionRun
from lawcompare.crosswalk.services import start_again
from lawcompare.jobs.admin import WorkAdmin


@admin.register(SuggestionRun)
class SuggestionRunAdmin(WorkAdmin):
    list_display = ["__str__", "is_finished", "age", "failure"]
    list_filter = [("finished_at", admin.EmptyFieldListFilter), ("failure", admin.EmptyFieldListFilter)]
    list_select_related = ["subject_version__law", "object_version__law"]
    ordering = ["-asked_at"]
    search_fields = ["subject_version__slug", "object_version__slug", "failure"]
    fields = ["subject_version", "object_version", "asked_at", "finished_at", "failure"]
    heard = "asked_at"

    @admin.display(boolean=True)
    def is_finished(self, work: SuggestionRun) -> bool:
        return work.finished_at is not None

    def start_again(self, work: SuggestionRun) -> bool:
        return start_again(work)
