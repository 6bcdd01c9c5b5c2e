from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import kinds
from lawcompare.core.jobs.services import retry
from lawcompare.core.models import Entry, LocalisedText
from lawcompare.core.translations.texts import announce


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


# Each is asked for by itself, while who presses waits.
TRIED_AT_ONCE = 500
DATES = ["requested_at", "due_at", "heartbeat", "finished_at"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """To read, and to try again. What a job is about is shown where that is nobody's own."""

    actions = ["try_again"]
    list_display = ["kind", "subject", "state", "age", "attempts", "why"]
    list_filter = ["state", "kind"]
    list_per_page = 100
    ordering = ["-heartbeat"]
    search_fields = ["=pk", "kind"]
    fields = ["kind", "subject", "state", "step", "done", "total", "attempts", "why", "result", *DATES]
    readonly_fields = ["kind", "subject", "why"]  # no other is changed either: nobody may

    @admin.display(description="subject")
    def subject(self, job: Job) -> str:
        if job.kind not in kinds:  # of another release, or of a setting that is off
            return str(job.pk)
        return str(job.pk) if job.registered.is_private or job.owner_id else job.title

    @admin.display(description="reason")
    def why(self, job: Job) -> str:
        # What its organisation alone tries again failed for what stands in what is its own.
        if job.kind not in kinds:
            return ""
        return "" if job.registered.is_private and not job.registered.retried_by else job.reason

    @admin.display(description=gettext_lazy("silent for"))
    def age(self, job: Job) -> str:
        return timesince(job.heartbeat)

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        jobs: list[Any] = list(chosen[: TRIED_AT_ONCE + 1])
        if len(jobs) > TRIED_AT_ONCE:
            sentence = _("At most %(number)s jobs are tried again at once: filter the list.")
            messages.error(request, sentence % {"number": TRIED_AT_ONCE})
            return
        started = sum(retry(job, by=request.user) for job in jobs)
        message = ngettext("%(n)s was started again.", "%(n)s were started again.", started) % {"n": started}
        if left := len(jobs) - started:
            message += " " + _("%(n)s are done or under way.") % {"n": left}
        messages.success(request, message)


@admin.register(LocalisedText)
class LocalisedTextAdmin(admin.ModelAdmin):
    """The texts side by side, for who knows both languages to correct, and to set their name to."""

    list_display = ["original", "words", "checked_by"]
    list_filter = ["language", ("checked_by", admin.EmptyFieldListFilter)]
    search_fields = ["original", "words"]
    fields = ["language", "original", "words", "checked_by"]
    readonly_fields = ["language", "original"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False  # nothing would say in the log which words those were that were stated

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        announce([obj.original])
