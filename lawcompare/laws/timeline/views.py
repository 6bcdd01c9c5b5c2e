"""Stating an event of a law, and changing one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.laws import access
from lawcompare.laws.models import Event
from lawcompare.laws.timeline import services
from lawcompare.laws.timeline.forms import EventForm


@login_required
def add_event(request: HttpRequest, law: str) -> HttpResponse:
    """A new event, for an editor."""
    requested = access.get_law(request.user, law)
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor can state events."))
    return _edit(request, Event(law=requested, sources=[]))


@login_required
def edit_event(request: HttpRequest, law: str, event: str) -> HttpResponse:
    """An event of the editor's organisation, with every change there was."""
    requested = access.get_law(request.user, law)
    return _edit(request, get_object_or_404(services.changeable_events(request.user, requested), slug=event))


def _edit(request: HttpRequest, event: Event) -> HttpResponse:
    # A rendering counts with its original; one that was named before stays.
    offered = Q(pk__in=access.visible_originals(request.user).values("pk"))
    if event.pk:
        offered |= Q(pk__in=event.versions.values("pk"))
    texts = access.visible_versions(request.user).filter(offered, law=event.law).order_by("date", "slug")
    form = EventForm(request.POST or None, instance=event, texts=texts)
    if request.method == "POST" and form.is_valid():
        is_changed = services.save_event(request.user, form.instance, form.cleaned_data["texts"])
        messages.success(request, _("Saved and noted in its history.") if is_changed else _("Nothing was changed."))
        return redirect(event.law)
    context = {
        "form": form,
        "law": event.law,
        "event": event if event.pk else None,
        "changes": list(event.changes.all()) if event.pk else [],
    }
    return render(request, "laws/event.html", context, status=400 if form.errors else 200)
