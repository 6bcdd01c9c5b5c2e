"""Pages of a person's own account, and of their organisation: its members, invitations, and accepting one."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from lawcompare.accounts import services
from lawcompare.accounts.access import has_set_up_second_factor, may, membership_of, membership_that_may
from lawcompare.accounts.devices import forget_other_devices
from lawcompare.accounts.leaving import left_open
from lawcompare.accounts.models import Invitation, Membership, Organisation, Role, User
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import (
    first_or_404,
    makes_public,
    methods,
    refused_on,
    signed_in,
    site_address,
    too_many,
)
from lawcompare.accounts.services import device, masked
from lawcompare.accounts.sign_in import ACTING_FOR, refuse_open_forms
from lawcompare.core.log.services import record


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["display_name"]
        labels = {"display_name": gettext_lazy("Name for credit")}
        help_texts = {
            "display_name": gettext_lazy(
                "Shown only beside annotations where you ask for it. Another name takes it away there. "
                "Leave it empty to be safe."
            )
        }
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "off"})}

    def clean_display_name(self) -> str:
        return " ".join(self.cleaned_data["display_name"].split())


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role"]
        labels = {"email": gettext_lazy("Email address"), "role": gettext_lazy("Role")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off"})}


class OrganisationForm(forms.ModelForm):
    """What an organisation says about itself, and whether it keeps the two-person rule."""

    class Meta:
        model = Organisation
        fields = ["description", "two_person_rule"]
        labels = {"description": gettext_lazy("Description"), "two_person_rule": gettext_lazy("Two-person rule")}
        help_texts = {
            "two_person_rule": gettext_lazy("A correspondence, and an only member’s note, need a second person too.")
        }
        widgets = {"description": forms.Textarea(attrs={"rows": 5, "maxlength": 2000})}

    def clean_description(self) -> str:
        description = self.cleaned_data["description"]
        if len(description) > 2000:
            raise forms.ValidationError(_("At most 2,000 characters."))
        return description


class PasswordForm(forms.Form):
    """The password of a new account, typed twice; the service checks its strength."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. Four or five words that do not belong together are good."),
    )
    again = forms.CharField(
        label=gettext_lazy("Repeat the password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("again") and cleaned.get("password") != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New email address"),
        validators=[services.check_address],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


# By each all pages are made anew where a note is credited.
NAMES_PER_HOUR = 60


@never_cache
@signed_in("GET", "POST")
def profile(request: HttpRequest) -> HttpResponse:
    """The name for credit, and links to all other settings of the account."""
    # A copy: a name that is refused must not show as the person's name on this very page.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=_person(request).pk))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["display_name"]
        if name and not allow(request, "name", NAMES_PER_HOUR):  # to be named no more is never refused
            return too_many(request)
        with refused_on(form, "display_name"):
            services.set_display_name(form.instance, name)
            messages.success(request, _("Saved."))
            return redirect("profile")
    context = {
        "form": form,
        "acting_for": membership_of(request.user),
        "memberships": list(_person(request).memberships.select_related("organisation").order_by("pk")),
        "has_second_factor": has_set_up_second_factor(request.user),
    }
    return render(request, "account/profile/profile.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Choose the organisation under which one acts in this session."""
    chosen = request.POST.get("organisation", "")
    own = _person(request).memberships.select_related("organisation")
    membership = first_or_404(own.filter(organisation__slug=chosen), _("You do not belong to this organisation."))
    request.session[ACTING_FOR] = membership.organisation_id
    refuse_open_forms(request)
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": membership.organisation})
    return redirect("profile")


@never_cache
@signed_in("GET")
def sessions(request: HttpRequest) -> HttpResponse:
    open_sessions = [session for session in _sessions_of(request) if session.exists()]
    listed = [
        {"session": session, "device": device(session.user_agent), "is_current": session.is_current()}
        for session in open_sessions
    ]
    return render(request, "account/profile/sessions.html", {"sessions": listed})


@signed_in("POST")
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's sessions; its device is not known any more, nor is any other but this one."""
    session = first_or_404(_sessions_of(request).filter(pk=pk), _("There is no such session."))
    session.end()
    forget_other_devices(request, _person(request))
    record("end session", f"person/{request.user.pk}", by=request.user)
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


@signed_in("POST")
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    for session in _sessions_of(request).exclude(session_key=request.session.session_key):
        session.end()
    forget_other_devices(request, _person(request))
    record("end other sessions", f"person/{request.user.pk}", by=request.user)
    messages.success(request, _("All other sessions have ended."))
    return redirect("sessions")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "login_required stands before"
    return request.user


def _sessions_of(request: HttpRequest) -> QuerySet[UserSession]:
    return UserSession.objects.filter(user_id=request.user.pk).order_by("-last_seen_at", "-pk")


# --- a new address: the new mailbox must confirm it before it counts --------------------------------------------------

CHANGES_PER_HOUR = 5


@never_cache
@signed_in("GET", "POST")
@reauthentication_required(app="allauth.account")
def change_address(request: HttpRequest) -> HttpResponse:
    """Ask for a new address; the person has confirmed their identity within the last minutes."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not allow(request, "new-address", CHANGES_PER_HOUR):
            return too_many(request)
        with refused_on(form, "email"):
            services.ask_for_address(
                _person(request), form.cleaned_data["email"], _link_to(request, "account_confirm_email")
            )
            messages.success(request, _("Link sent to the new address. It works for a day."))
            return redirect("profile")
    return render(request, "account/email_change.html", {"form": form}, status=400 if form.errors else 200)


def _link_to(request: HttpRequest, name: str) -> Callable[[str], str]:
    """Returns what makes the whole address of a page of this ``name`` for a key."""
    return lambda key: site_address(request) + reverse(name, args=[key])


@methods("GET", "HEAD", "POST")
@never_cache
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """The page of the confirmation link. Only its form changes the address, since mail filters follow links too."""
    try:
        if request.method == "POST":
            services.confirm_address(key)
            messages.success(request, _("Address changed. Sign in with the new one from now on."))
            return redirect("profile" if request.user.is_authenticated else "account_login")
        context = {"email": services.read_key(key)[1]}
    except ValidationError as refused:
        return render(request, "account/email_confirm.html", {"refused": " ".join(refused.messages)}, status=404)
    return render(request, "account/email_confirm.html", context)


def _membership(request: HttpRequest) -> Membership:
    membership = membership_of(request.user)
    if membership is None:
        raise PermissionDenied(_("You are not in an organisation yet. An organisation’s administrator can add you."))
    return membership


@never_cache
@signed_in("GET")
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


@never_cache
@signed_in("GET", "POST")
@makes_public
def edit(request: HttpRequest) -> HttpResponse:
    """The form with the organisation's description and its two-person rule."""
    own = _membership(request)
    if not may(request.user, "invite"):
        raise PermissionDenied(_("Only administrators of the organisation can do this."))
    form = OrganisationForm(request.POST or None, instance=own.organisation)
    if request.method == "POST" and form.is_valid():
        services.describe_organisation(request.user, form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("organisation")
    return render(
        request, "account/organisations/organisation_form.html", {"form": form}, status=400 if form.errors else 200
    )


@signed_in("POST")
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if not may(request.user, "invite"):
        raise PermissionDenied(_("Only administrators of the organisation can do this."))
    if form.is_valid():
        with refused_on(form, "email"):
            services.invite(request.user, **form.cleaned_data, address_of=_link_to(request, "invitation"))
            messages.success(request, _("Email sent. Its link works once, for seven days."))
            return redirect("organisation")
    return _show(request, form, status=400)


@signed_in("POST")
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, _("Withdrawn. The link in the email no longer works."), services.withdraw_invitation, pk)


@signed_in("POST")
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a member another role, after a page that says what ends with the old one, if anything does."""
    role, member = request.POST.get("role", ""), _members(request).filter(pk=pk).first()
    if member is not None and role in Role.values and "confirmed" not in request.POST and left_open(member, role):
        return _ask(request, pk, "role", _("Change the role"), role)
    return _do(request, _("Saved."), services.change_role, pk, role)


@never_cache
@signed_in("GET", "POST")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership; the page says what ends with it and what stays."""
    if request.method == "POST":
        return _do(request, _("No longer a member."), services.remove_member, pk)
    return _ask(request, pk, "remove", _("Remove from the organisation"))


@never_cache
@signed_in("GET", "POST")
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the second factor of a member who lost it; the administrator proves anew who they are."""
    _members(request)
    return _reset_second_factor(request, pk)


@reauthentication_required(app="allauth.account")
def _reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        done = _("Their second factor is removed. They and all administrators are told by email.")
        return _do(request, done, services.reset_second_factor, pk, site_address(request))
    return _ask(request, pk, "factor", _("Remove the second factor"))


def _members(request: HttpRequest) -> QuerySet[Membership]:
    own = membership_that_may(request.user, "invite", _("Only administrators of the organisation can do this."))
    return own.organisation.memberships.select_related("user", "organisation")


def _ask(request: HttpRequest, pk: int, what: str, title: str, role: str = "") -> HttpResponse:
    member = first_or_404(_members(request).filter(pk=pk), _("This person is no longer a member."))
    context = {
        "what": what,
        "title": title,
        "role": role,
        "ends": left_open(member, role),
        "organisation": member.organisation,
        "address": member.user.email,
    }
    return render(request, "account/organisations/member.html", context)


def _do(request: HttpRequest, done: str, action, *arguments) -> HttpResponse:
    """Run an action of ``services`` and return to the members' page, with the reason where it was refused.

    The page also names what ended with it, where the action says so.
    """
    try:
        ended = action(request.user, *arguments)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return _show(request, InvitationForm(), status=400)
    messages.success(request, done)
    if ended:
        messages.info(request, _("Ended: %(lines)s") % {"lines": "; ".join(ended)})
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
    if form is None:
        return redirect("workspace")
    # A new person goes on signed in: they have just chosen the password that they would be asked for.
    request.session.flush()  # whoever was signed in on this device is not any more
    record_authentication(request, user, "password", reauthenticated=True)
    return perform_login(request, user, email_verification="none")
