"""The page to which the link of an invitation leads."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from lawcompare.accounts import services
from lawcompare.accounts.display import masked
from lawcompare.accounts.forms import PasswordForm
from lawcompare.accounts.models import Invitation, User
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import methods, too_many

# Answers to invitations from one network in an hour: a training room, and no more.
ANSWERS_PER_HOUR = 40


@methods("GET", "HEAD", "POST")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites, and accept: with a new password, or as the signed-in person whose address was invited."""
    pending = services.find_invitation(token)
    if pending is None:
        return render(request, "account/organisations/invitation_over.html", status=404)
    owner = services.account_of(pending)
    form = PasswordForm(request.POST or None) if owner is None else None
    if request.method == "POST":
        if not allow(request, "invitation-answer", ANSWERS_PER_HOUR):
            return too_many(request)
        return _accept(request, token, pending, owner, form)
    return _show(request, pending, owner, form)


def _show(request: HttpRequest, pending: Invitation, owner: User | None, form: PasswordForm | None, status: int = 200):
    context = {
        "invitation": pending,
        "address": masked(pending.email),
        "form": form,
        "is_owner": owner is not None and owner.pk == request.user.pk,
    }
    return render(request, "account/organisations/invitation.html", context, status=status)


def _accept(
    request: HttpRequest, token: str, pending: Invitation, owner: User | None, form: PasswordForm | None
) -> HttpResponse:
    if form is not None and not form.is_valid():
        return _show(request, pending, owner, form, 400)
    password = form.cleaned_data["password"] if form is not None else ""
    try:
        user = services.accept_invitation(token, request.user, password)
    except ValidationError as refused:
        if form is not None:
            form.add_error("password", refused)
        else:
            messages.error(request, " ".join(refused.messages))
        return _show(request, pending, owner, form, 400)
    messages.success(request, _("You are now a member of %(organisation)s.") % {"organisation": pending.organisation})
    return redirect("workspace") if form is None else _sign_in(request, user)


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """A new person goes on signed in: they have just chosen the password that they would be asked for."""
    request.session.flush()  # whoever was signed in on this device is not any more
    record_authentication(request, user, "password", reauthenticated=True)
    return perform_login(request, user, email_verification="none")
