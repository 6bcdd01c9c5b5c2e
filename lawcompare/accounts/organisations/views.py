"""Pages of an organisation: members see who belongs to it, administrators invite, change roles and remove."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts import services
from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.display import masked
from lawcompare.accounts.forms import InvitationForm, OrganisationForm, PasswordForm
from lawcompare.accounts.models import Invitation, Membership, Role, User
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import methods, site_address, too_many


def _membership(request: HttpRequest) -> Membership:
    membership = membership_of(request.user)
    if membership is None:
        raise PermissionDenied(_("You belong to no organisation yet. An administrator of an organisation can add you."))
    return membership


@require_safe
@never_cache
@login_required
def organisation(request: HttpRequest) -> HttpResponse:
    """The members of the person's organisation, and for administrators the open invitations."""
    return _show(request, InvitationForm())


def _show(request: HttpRequest, form: InvitationForm, status: int = 200) -> HttpResponse:
    """The members, with whole addresses for administrators alone: one stolen session does not name all."""
    own = _membership(request)
    administers = may(request.user, "invite")
    members = own.organisation.memberships.select_related("user").order_by("pk")
    shown = [
        {
            "membership": one,
            "address": one.user.email if administers or one.pk == own.pk else masked(one.user.email),
            "is_self": one.pk == own.pk,
        }
        for one in members
    ]
    context = {
        "organisation": own.organisation,
        "members": shown,
        "administers": administers,
        "invitations": own.organisation.invitations.open() if administers else [],
        "roles": Role.choices,
        "form": form,
    }
    return render(request, "account/organisations/organisation.html", context, status=status)


@methods("GET", "HEAD", "POST")
@never_cache
@login_required
def edit(request: HttpRequest) -> HttpResponse:
    """The form with the organisation's description and its two-person rule."""
    own = _membership(request)
    if not may(request.user, "invite"):
        raise PermissionDenied(_("Only administrators of the organisation may do this."))
    form = OrganisationForm(request.POST or None, instance=own.organisation)
    if request.method == "POST" and form.is_valid():
        services.describe_organisation(request.user, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organisation")
    return render(
        request, "account/organisations/organisation_form.html", {"form": form}, status=400 if form.errors else 200
    )


@require_POST
@login_required
def invite(request: HttpRequest) -> HttpResponse:
    """Send an invitation by mail."""
    form = InvitationForm(request.POST)
    if not may(request.user, "invite"):
        raise PermissionDenied(_("Only administrators of the organisation may do this."))
    if not form.is_valid():
        return _show(request, form, status=400)
    try:
        services.invite(request.user, form.cleaned_data["email"], form.cleaned_data["role"], _link_to(request))
    except ValidationError as refused:
        form.add_error("email", refused)
        return _show(request, form, status=400)
    messages.success(request, _("The email is on its way. Its link works once, for seven days."))
    return redirect("organisation")


def _link_to(request: HttpRequest):
    return lambda token: site_address(request) + reverse("invitation", args=[token])


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation that was not accepted."""
    return _do(request, _("Withdrawn. The link in the email no longer works."), services.withdraw_invitation, pk)


@require_POST
@login_required
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member another role."""
    return _do(request, _("Saved."), services.change_role, pk, request.POST.get("role", ""))


@require_POST
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership."""
    return _do(request, _("No longer a member."), services.remove_member, pk)


def _do(request: HttpRequest, done: str, action, *arguments) -> HttpResponse:
    """Run an action of ``services`` and return to the members' page, with the reason where it was refused."""
    try:
        action(request.user, *arguments)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return _show(request, InvitationForm(), status=400)
    messages.success(request, done)
    return redirect("organisation")


# --- the page to which the link of an invitation leads --------------------------------------------------------------

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
    return _show_invitation(request, pending, owner, form)


def _show_invitation(
    request: HttpRequest, pending: Invitation, owner: User | None, form: PasswordForm | None, status: int = 200
):
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
        return _show_invitation(request, pending, owner, form, 400)
    password = form.cleaned_data["password"] if form is not None else ""
    try:
        user = services.accept_invitation(token, request.user, password)
    except ValidationError as refused:
        if form is not None:
            form.add_error("password", refused)
        else:
            messages.error(request, " ".join(refused.messages))
        return _show_invitation(request, pending, owner, form, 400)
    messages.success(request, _("You are now a member of %(organisation)s.") % {"organisation": pending.organisation})
    return redirect("workspace") if form is None else _sign_in(request, user)


def _sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """A new person goes on signed in: they have just chosen the password that they would be asked for."""
    request.session.flush()  # whoever was signed in on this device is not any more
    record_authentication(request, user, "password", reauthenticated=True)
    return perform_login(request, user, email_verification="none")
