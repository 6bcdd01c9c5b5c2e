"""Comparisons and carryings that failed or hang, for staff."""

from django.contrib import admin

from lawcompare.annotations.models import Carrying, CarryingState
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import start_again, take_up_carrying
from lawcompare.jobs.admin import WorkAdmin


@admin.register(Comparison)
class ComparisonAdmin(WorkAdmin):
    list_display = ["__str__", "state", "age", "attempts", "reason"]
    list_filter = ["state"]
    list_select_related = ["old__law", "new__law"]
    ordering = ["-heard_at"]
    search_fields = ["old__slug", "new__slug", "old__law__slug", "new__law__slug", "reason"]
    fields = ["old", "new", "edition", "state", "step", "done", "total", "attempts", "reason", "asked_at", "heard_at"]

    def start_again(self, work: Comparison) -> bool:
        may_be = work.may_be_tried_again
        if may_be:
            start_again(work)
        return may_be


@admin.register(Carrying)
class CarryingAdmin(WorkAdmin):
    list_display = ["__str__", "state", "age", "attempts", "reason"]
    list_filter = ["state"]
    list_select_related = ["old__law", "new__law"]
    ordering = ["-heard_at"]
    search_fields = ["old__slug", "new__slug", "old__law__slug", "new__law__slug", "reason"]
    fields = ["old", "new", "state", "done", "total", "attempts", "reason", "asked_at", "heard_at"]

    def start_again(self, work: Carrying) -> bool:
        may_be = work.state == CarryingState.FAILED or work.is_abandoned
        if may_be:
            take_up_carrying(work)
        return may_be
