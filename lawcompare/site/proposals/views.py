"""The page on which staff decide on what organisations propose, and on which these see what of theirs waits."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff
from lawcompare.accounts.responses import attempt
from lawcompare.core.numbers import unseal
from lawcompare.site.proposals import services

PER_PAGE = 20


@login_required
def proposals(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        name, letters, decision, seen = (request.POST.get(key, "") for key in ("kind", "number", "decision", "seen"))
        kind = services.KINDS.get(name)
        number = kind and unseal(letters, kind.model._meta.model_name)
        if number is None or decision not in services.DECISIONS:
            raise BadRequest(_("This address is not valid."))
        attempt(request, lambda: services.decide(request.user, name, number, decision, seen), _("Saved."))
        return redirect(request.get_full_path())
    at = ("text", unseal(request.GET.get("at", ""), "origin"))
    lists = {waits: services.list_in_turns(request.user, waiting=waits) for waits in (True, False)}
    waiting = "decided" not in request.GET and at not in lists[False]
    rows = lists[waiting]
    page = Paginator(rows, PER_PAGE).get_page(rows.index(at) // PER_PAGE + 1 if at in rows else request.GET.get("page"))
    context = {
        "proposals": services.read(page),
        "page": page,
        "query": "" if waiting else "decided=1",
        "decisions": [("confirm", _("Confirm")), ("refuse", _("Refuse"))] if waiting else [("undo", _("Take it back"))],
        "may_decide": is_staff(request.user),
    }
    return render(request, "site/proposals/proposals.html", context)
