"""The admin pages of the jobs, all kinds alike: how old each is, why it failed, and the button that tries it again."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.audit.admin import ReadOnlyAdmin
from lawcompare.jobs.models import Job
from lawcompare.jobs.services import retry

FIELDS = ["state", "step", "done", "total", "attempts", "reason", "requested_at", "heartbeat", "finished_at"]


class JobAdmin(ReadOnlyAdmin):
    """To read, and to try again. The subject of a job is shown by ``str`` alone, which holds nothing private."""

    actions = ["try_again"]
    list_display = ["__str__", "state", "age", "attempts", "reason"]
    list_filter = ["state"]
    list_per_page = 100
    ordering = ["-heartbeat"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return FIELDS

    get_readonly_fields = get_fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        related = {field.rpartition("__")[0] for field in self.model.search_fields} - {""}
        return super().get_queryset(request).select_related(*related or [None])

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("=pk", "reason", *self.model.search_fields)

    @admin.display(description=gettext_lazy("silent for"))
    def age(self, job: Job) -> str:
        return timesince(job.heartbeat)

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        jobs = list(chosen)
        started = sum(retry(job, by=request.user) for job in jobs)
        message = ngettext("%(n)s was started again.", "%(n)s were started again.", started) % {"n": started}
        if left := len(jobs) - started:
            message += " " + _("%(n)s are done or under way.") % {"n": left}
        messages.success(request, message)


admin.site.register([model for model in apps.get_models() if issubclass(model, Job)], JobAdmin)
