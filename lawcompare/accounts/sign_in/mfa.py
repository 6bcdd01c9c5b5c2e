"""Views that set up second factors; a person who has one cannot add or remove any without passing it."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode

from lawcompare.accounts.access import has_second_factor, has_set_up_second_factor


def passed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a view for sessions that passed the person's second factor, if there is one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if has_set_up_second_factor(request.user) and not has_second_factor(request.user):
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    return guarded


def refuse_unreadable_answer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a view that takes a passkey's answer as JSON: too long a number or too deep a list gives 400.

    Django's field for JSON would let these errors through; what is no JSON at all it refuses itself, beside the form.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            json.loads(request.POST.get("credential", ""))
        except json.JSONDecodeError:
            pass
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"no answer of a passkey: {error}") from error
        return view(request, *args, **kwargs)

    return guarded


@method_decorator(login_required, name="dispatch")
class ActivateApp(ActivateTOTPView):
    """Setting up an authenticator app, which counts as having passed it in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="totp")
        return response


@method_decorator(login_required, name="dispatch")
class AddPasskey(AddWebAuthnView):
    """Setting up a passkey, which counts as having passed it in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_authentication(self.request, self.request.user, "mfa", type="webauthn")
        return response
