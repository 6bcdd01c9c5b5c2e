"""The page on which staff decide on what organisations propose, and on which these see what of theirs waits."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff
from lawcompare.accounts.responses import attempt, number_of
from lawcompare.site.proposals import services
from lawcompare.site.workspace import require_membership


@login_required
def proposals(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        name, number = request.POST.get("kind", ""), number_of(request.POST.get("number", ""))
        decision, seen = request.POST.get("decision", ""), request.POST.get("seen", "")
        if name not in services.KINDS or number is None or decision not in services.DECISIONS:
            raise BadRequest(_("This address cannot be understood."))
        attempt(request, lambda: services.decide(request.user, name, number, decision, seen), _("Saved."))
        return redirect("proposals")
    may_decide = is_staff(request.user)
    if not may_decide:
        require_membership(request.user)
    lists = [(_("Waiting for a decision"), services.waiting(request.user), ["confirm", "refuse"])]
    lists.append((_("Decided"), services.decided(request.user), ["undo"]))
    return render(request, "site/proposals/proposals.html", {"lists": lists, "may_decide": may_decide})
