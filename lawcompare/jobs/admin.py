"""Work of the background in the admin pages: how old it is, why it failed, and the button that has it tried again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.audit.services import record


class WorkAdmin(admin.ModelAdmin):
    """To read; nothing of it is typed here. A room's own admin says which fields tell how it goes, and ``start_again``.

    ``start_again`` is the room's service: it starts nothing that is done or in a living worker's hands, and says so by
    returning False.
    """

    actions = ["try_again"]
    list_per_page = 100
    heard = "heard_at"  # when something was last heard of it

    @admin.display(description=gettext_lazy("silent for"))
    def age(self, work: Any) -> str:
        return timesince(getattr(work, self.heard))

    def start_again(self, work: Any) -> bool:
        raise NotImplementedError

    @admin.action(description=gettext_lazy("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        started = 0
        for work in chosen:
            if self.start_again(work):
                record("try again", f"{self.opts.model_name}/{work.pk}", by=request.user)
                started += 1
        said = ngettext("%(n)s was started again.", "%(n)s were started again.", started) % {"n": started}
        left = chosen.count() - started
        said += " " + _("%(n)s are done or under way.") % {"n": left} if left else ""
        messages.success(request, said)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
