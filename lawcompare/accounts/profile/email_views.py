"""Changing one's own email address: the new mailbox must confirm it before it counts."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from lawcompare.accounts import services
from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import methods, site_address, too_many

CHANGES_PER_HOUR = 5


class AddressForm(forms.Form):
    """The new email address."""

    email = forms.EmailField(
        label=gettext_lazy("New email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@methods("GET", "HEAD", "POST")
@never_cache
@login_required
@reauthentication_required(app="allauth.account")
def change(request: HttpRequest) -> HttpResponse:
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
def confirm(request: HttpRequest, key: str) -> HttpResponse:
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
