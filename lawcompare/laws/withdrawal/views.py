"""The page at the address of a withdrawn text, and the forms of an editor who withdraws or restores one."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from lawcompare.accounts.responses import attempt, makes_public
from lawcompare.laws import access
from lawcompare.laws.models import Withdrawal
from lawcompare.laws.withdrawal import services as withdrawal_services


class WithdrawnPages:
    """Middleware that answers ``WithdrawnError`` of any view with 410 and the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, access.WithdrawnError):
            return None
        withdrawal = exception.withdrawal
        if request.path.endswith((".json", ".jsonld")):
            said = {"by": str(withdrawal.organisation or ""), "reason": withdrawal.reason}
            return JsonResponse({"error": "This text was withdrawn.", **said}, status=410)
        context = {
            "withdrawal": withdrawal,
            "target": withdrawal.target,
            "may_restore": withdrawal_services.may_restore(request.user, withdrawal),
        }
        return render(request, "laws/withdrawn.html", context, status=410)


@login_required
def withdraw(request: HttpRequest, law: str, version: str | None = None) -> HttpResponse:
    target = access.get_law(request.user, law) if version is None else access.get_version(request.user, law, version)
    if not withdrawal_services.may_withdraw(request.user, target):
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can do this."))
    reason = request.POST.get("reason", "").strip()
    done = _("Removed from public view. Its address now says why.")
    if reason and attempt(request, lambda: withdrawal_services.withdraw(request.user, target, reason), done):
        return redirect(target)
    is_missing = request.method == "POST" and not reason
    context = {"target": target, "is_version": version is not None, "is_missing": is_missing, "reason": reason}
    return render(request, "laws/withdraw.html", context, status=400 if request.method == "POST" else 200)


@login_required
@makes_public
def restore(request: HttpRequest, number: int) -> HttpResponse:
    withdrawal = get_object_or_404(Withdrawal.objects.select_related("law", "version__law"), pk=number)
    if not withdrawal_services.may_restore(request.user, withdrawal):
        raise Http404(_("There is no page at this address."))
    if request.method == "POST":
        attempt(request, lambda: withdrawal_services.restore(request.user, withdrawal), _("Public again."))
    return redirect(withdrawal.target)
