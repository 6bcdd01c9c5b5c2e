"""Pages of a person's own account: profile, sessions, the organisation they act for, their email address."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts import services
from lawcompare.accounts.access import has_set_up_second_factor, membership_of
from lawcompare.accounts.display import device
from lawcompare.accounts.forms import AddressForm, ProfileForm
from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import first_or_404, methods, site_address, too_many
from lawcompare.accounts.sign_in.sessions import ACTING_FOR
from lawcompare.core.log.services import record


@methods("GET", "HEAD", "POST")
@never_cache
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """The name for credit, and links to all other settings of the account."""
    # A copy: a name that is refused must not show as the person's name on this very page.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=_person(request).pk))
    if request.method == "POST" and form.is_valid():
        services.set_display_name(form.instance, form.cleaned_data["display_name"])
        messages.success(request, _("Saved."))
        return redirect("profile")
    context = {
        "form": form,
        "acting_for": membership_of(request.user),
        "memberships": list(_person(request).memberships.select_related("organisation").order_by("pk")),
        "has_second_factor": has_set_up_second_factor(request.user),
    }
    return render(request, "account/profile/profile.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose the organisation under which one acts in this session."""
    chosen = request.POST.get("organisation", "")
    own = _person(request).memberships.select_related("organisation")
    membership = first_or_404(own.filter(organisation__slug=chosen), _("You do not belong to this organisation."))
    request.session[ACTING_FOR] = membership.organisation_id
    messages.success(request, _("You now act for %(organisation)s.") % {"organisation": membership.organisation})
    return redirect("profile")


@require_safe
@never_cache
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions in which the person is signed in."""
    open_sessions = [session for session in _sessions_of(request) if session.exists()]
    listed = [
        {"session": session, "device": device(session.user_agent), "is_current": session.is_current()}
        for session in open_sessions
    ]
    return render(request, "account/profile/sessions.html", {"sessions": listed})


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's sessions."""
    session = first_or_404(_sessions_of(request).filter(pk=pk), _("There is no such session."))
    session.end()
    record("end session", f"person/{request.user.pk}", by=request.user)
    messages.success(request, _("That session has ended."))
    return redirect("sessions")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of the person's sessions but this one."""
    for session in _sessions_of(request).exclude(session_key=request.session.session_key):
        session.end()
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


@methods("GET", "HEAD", "POST")
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
def change_address(request: HttpRequest) -> HttpResponse:
    """Ask for a new address; the person has confirmed their identity within the last minutes."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not allow(request, "new-address", CHANGES_PER_HOUR):
            return too_many(request)
        services.ask_for_address(cast(User, request.user), form.cleaned_data["email"], _link_to(request))
        messages.success(request, _("The link is on its way to the new address. It works for a day."))
        return redirect("profile")
    return render(request, "account/email_change.html", {"form": form}, status=400 if form.errors else 200)


def _link_to(request: HttpRequest):
    return lambda key: site_address(request) + reverse("account_confirm_email", args=[key])


@methods("GET", "HEAD", "POST")
@never_cache
def confirm_address(request: HttpRequest, key: str) -> HttpResponse:
    """The page of the confirmation link. Only its form changes the address, since mail filters follow links too."""
    try:
        if request.method == "POST":
            services.confirm_address(key)
            messages.success(request, _("The address is changed. Sign in with the new one from now on."))
            return redirect("profile" if request.user.is_authenticated else "account_login")
        context = {"email": services.read_key(key)[1]}
    except ValidationError as refused:
        return render(request, "account/email_confirm.html", {"refused": " ".join(refused.messages)}, status=404)
    return render(request, "account/email_confirm.html", context)
