"""Choosing and clearing the filter of a list in the workspace."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lawcompare.accounts.responses import number_of
from lawcompare.annotations.list_filters import services


@require_POST
@login_required
def filter_list(request: HttpRequest, place: str) -> HttpResponse:
    """Keep the filter of a list and lead to it; ``clear`` shows all again."""
    if place not in services.LISTS:
        raise Http404(_("There is no such list here."))
    number = number_of(request.POST.get("number", ""))
    if place == "carrying" and number is None:
        raise Http404(_("There is no such list here."))
    chosen = services.keep_filter(request.user, place, {} if "clear" in request.POST else request.POST.dict())
    query = f"?{chosen.query}" if chosen else ""
    return redirect(f"{_address(place, number)}{query}#{'rows' if place == 'carrying' else place}")


def _address(place: str, number: int | None) -> str:
    if place == "carrying":
        return reverse("carrying", args=[number])
    return reverse("suggestions" if place == "suggestions" else "workspace")
