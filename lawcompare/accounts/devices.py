"""Devices on which a person signed in before: wrong guesses made elsewhere do not keep the person out on these.

After signing in a device gets a cookie that stays when they sign out: a random word and a keyed digest over it, the
person, their password and ``devices_since``. It signs nobody in and tells nothing; it is sent to the pages under
``accounts/`` alone. A new password and the end of other sessions make all others worthless.
"""

import re
import secrets
from typing import Any

from allauth.core import context, ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import get_state
from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from fido2.webauthn import UserVerificationRequirement

from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import DAY, allow
from lawcompare.languages import LANGUAGES, address_in

COOKIE, DAYS, SALT = "device", 180, "lawcompare.accounts.devices"
# People who share a device, each with a token: so many that a few who sign in push none of the others out.
PEOPLE_MAX = 20
TOKEN = re.compile(r"([0-9a-f]{24})([0-9a-f]{32})")
# Second factors tried on one such device in five minutes, whatever was tried elsewhere.
CODES_MOST, CODES_PER = 5, 300
# So long a code of an authenticator app holds: its half minute, and as many before and after as are allowed.
CODE_SECONDS = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def known_device(request: HttpRequest, user: Any) -> str:
    """Returns what names a device on which the person signed in before, or is signed in now; empty for any other."""
    if user is None or user.pk is None:
        return ""
    if request.user.is_authenticated and request.user.pk == user.pk:
        return f"session-{request.session.session_key}"
    return next((word for word, digest in _tokens(request) if constant_time_compare(digest, _digest(word, user))), "")


def device_for(request: HttpRequest, email: str) -> str:
    """Returns what names the device, where the person of this address signed in on it before; else an empty text.

    Without an address it is asked for who is signed in.
    """
    if request.user.is_authenticated and email.lower() in {"", request.user.email.lower()}:
        return known_device(request, request.user)
    return known_device(request, User.objects.filter(email__iexact=email).first()) if _tokens(request) else ""


def remember_device(request: HttpRequest, user: User) -> None:
    """Have the answer to this request tell the device that the person signed in on it."""
    request.signed_in_here = user  # type: ignore[attr-defined]


def forget_other_devices(request: HttpRequest, user: User) -> None:
    """Let no device count as known to the person but this one."""
    User.objects.filter(pk=user.pk).update(devices_since=F("devices_since") + 1)
    remember_device(request, User.objects.get(pk=user.pk))


def write_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Set the cookie that ``remember_device`` asked for."""
    user = request.signed_in_here  # type: ignore[attr-defined]
    word = secrets.token_hex(12)
    others = [
        word + digest for word, digest in _tokens(request) if not constant_time_compare(digest, _digest(word, user))
    ]
    value = ".".join([word + _digest(word, user), *others][:PEOPLE_MAX])
    for language in LANGUAGES:
        response.set_cookie(
            f"{COOKIE}-{language.code}", value, max_age=DAYS * DAY, path=address_in(language.code, "/accounts/"),
            secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict",
        )  # fmt: skip


def _tokens(request: HttpRequest) -> list[tuple[str, str]]:
    values = [request.COOKIES.get(f"{COOKIE}-{language.code}", "") for language in LANGUAGES]
    found = [TOKEN.fullmatch(token) for value in values for token in value.split(".")[:PEOPLE_MAX]]
    return [(match[1], match[2]) for match in found if match]


def _digest(word: str, user: User) -> str:
    words = f"{word}\n{user.pk}\n{user.password}\n{user.devices_since}"
    return salted_hmac(SALT, words, algorithm="sha256").hexdigest()[:32]


class _TakesCodesOnce:
    """The part of a form by which a code is taken once: allauth does so for a third of the time it holds, and takes the
    one with which an app was set up again.
    """

    user: Any

    def clean_code(self) -> str:
        code = str(super().clean_code())  # type: ignore[misc]
        plain = "".join(filter(str.isalnum, code)).upper()
        digest = salted_hmac(SALT, f"{plain}\n{self.user.pk}", algorithm="sha256").hexdigest()  # whatever else changes
        if not cache.add(f"code-{digest}", 1, CODE_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class FirstCodeForm(_TakesCodesOnce, ActivateTOTPForm):
    """The code with which an authenticator app is set up."""


class PasskeyAloneForm(LoginWebAuthnForm):
    """A passkey in place of a password: the device itself must have asked who holds it.

    The question of a second step asks for less, and stays in the session of who leaves it: answered here, it signed in
    whoever had another's key in hand.
    """

    def clean_credential(self) -> Any:
        if (get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()


class _SparesKnownDevices(_TakesCodesOnce):
    """The part of a form for a second factor by which a known device is refused for what was tried on it alone.

    allauth counts the codes of a person from everywhere; whoever has the password alone would keep the person out.
    """

    def full_clean(self) -> None:
        device = known_device(context.request, self.user)
        if device and allow(f"{device}-{self.user.pk}", "second-factor", CODES_MOST, CODES_PER):
            ratelimit.clear(context.request, action="login_failed", key=f"mfa-auth-user-{self.user.pk}")
        super().full_clean()  # type: ignore[misc]


# The code and the passkey at sign-in, and those of who is signed in and asked again.
CodeForm, PasskeyForm, CodeAgainForm, PasskeyAgainForm = (
    type(form.__name__, (_SparesKnownDevices, form), {})
    for form in (AuthenticateForm, AuthenticateWebAuthnForm, ReauthenticateForm, ReauthenticateWebAuthnForm)
)
