"""The admin page of jobs: how old each is, why it failed, and the button that tries it again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.audit.admin import ReadOnlyAdmin
from lawcompare.jobs.models import Job
from lawcompare.jobs.services import retry

DATES = ["requested_at", "due_at", "heartbeat", "finished_at"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """To read, and to try again. What a job is about is shown where that is nobody's own."""

    actions = ["try_again"]
    list_display = ["kind", "subject", "state", "age", "attempts", "reason"]
    list_filter = ["state", "kind"]
    list_per_page = 100
    ordering = ["-heartbeat"]
    search_fields = ["=pk", "kind", "reason"]
    fields = ["kind", "subject", "state", "step", "done", "total", "attempts", "reason", "result", *DATES]
    readonly_fields = ["kind", "subject"]  # no other is changed either: nobody may

    @admin.display(description="subject")
    def subject(self, job: Job) -> str:
        return str(job.pk) if job.registered.is_private else job.title

    @admin.display(description=gettext_lazy("silent for"))
    def age(self, job: Job) -> str:
        return timesince(job.heartbeat)

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        jobs: list[Any] = list(chosen)
        started = sum(retry(job, by=request.user) for job in jobs)
        message = ngettext("%(n)s was started again.", "%(n)s were started again.", started) % {"n": started}
        if left := len(jobs) - started:
            message += " " + _("%(n)s are done or under way.") % {"n": left}
        messages.success(request, message)
