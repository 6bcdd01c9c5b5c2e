"""Examinations that failed or hang, for staff."""

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcompare.findings.models import Examination
from lawcompare.findings.services import SILENCE_MAX, request_examination, take_up_lost_examinations
from lawcompare.jobs.admin import WorkAdmin


class Unfinished(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request, model_admin):
        return [("waiting", _("waiting")), ("failed", _("failed")), ("done", _("done"))]

    def queryset(self, request, queryset: QuerySet[Examination]) -> QuerySet[Examination]:
        if self.value() == "done":
            return queryset.exclude(finished_at=None)
        if self.value() == "failed":
            return queryset.filter(finished_at=None).exclude(reason="")
        return queryset.filter(finished_at=None, reason="") if self.value() else queryset


@admin.register(Examination)
class ExaminationAdmin(WorkAdmin):
    list_display = ["__str__", "is_finished", "age", "attempts", "reason"]
    list_filter = [Unfinished]
    list_select_related = ["version__law"]
    ordering = ["-asked_at"]
    search_fields = ["version__slug", "version__law__slug", "reason"]
    fields = ["version", "engine", "attempts", "reason", "asked_at", "finished_at"]
    heard = "asked_at"

    @admin.display(boolean=True)
    def is_finished(self, work: Examination) -> bool:
        return work.finished_at is not None

    def start_again(self, work: Examination) -> bool:
        if work.finished_at is not None:
            return False
        if work.reason:
            request_examination(work.version)
            return True
        is_lost = work.asked_at < timezone.now() - SILENCE_MAX
        return bool(is_lost and take_up_lost_examinations())
