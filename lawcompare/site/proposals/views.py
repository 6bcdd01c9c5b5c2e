"""The page on which staff decide on what organisations propose, and on which these see what of theirs waits."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff
from lawcompare.accounts.responses import attempt
from lawcompare.core.numbers import unseal
from lawcompare.site.proposals import services


@login_required
def proposals(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        name, letters, decision, seen = (request.POST.get(key, "") for key in ("kind", "number", "decision", "seen"))
        number = unseal(letters)
        if name not in services.KINDS or number is None or decision not in services.DECISIONS:
            raise BadRequest(_("This address cannot be understood."))
        attempt(request, lambda: services.decide(request.user, name, number, decision, seen), _("Saved."))
        return redirect("proposals")
    waiting, decided = (services.proposals(request.user, waiting=waits) for waits in (True, False))
    lists = [
        (_("Waiting for a decision"), waiting, [("confirm", _("Confirm")), ("refuse", _("Refuse"))]),
        (_("Decided"), decided, [("undo", _("Take it back"))]),
    ]
    context = {"lists": lists, "may_decide": is_staff(request.user)}
    return render(request, "site/proposals/proposals.html", context)
