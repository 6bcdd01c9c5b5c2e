"""Signing in: sessions, second factors, passwords, what django-allauth asks of the site, and the staff pages."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ResetPasswordForm, UserTokenForm, default_token_generator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import act_for, has_second_factor, has_set_up_second_factor, lacks_second_factor
from lawcompare.accounts.devices import device_for, remember_device, write_cookie
from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import allow, network_of, pseudonym
from lawcompare.accounts.responses import site_address, too_many
from lawcompare.accounts.services import queue_password_email
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.core.jobs.services import create_sealed, secret_of
from lawcompare.core.log.services import record
from lawcompare.core.mail import Email, queue
from lawcompare.core.numbers import seal, unseal
from lawcompare.languages import DEFAULT, address_in

BEGAN, SEEN, ACTING_FOR = "began_at", "seen_at", "acting_for"
# Django's mark of the password with which a sign-in under way began.
SIGNING_IN = "signing_in"
# The secret of the forms that were opened since the person chose for whom to act (Django's, in its cookie).
FORMS_OF = "forms_of"
# E-mails with a link to a new password that one address gets, however many networks ask for them.
PASSWORD_EMAILS_PER_HOUR = 3
# How finely it is noted when a session was last used: not a write for every page.
SEEN_EVERY = 300
# What a passkey is asked is kept in a session, which whoever asks gets: so many seconds, if nobody signs in with it.
PASSKEY_SECONDS = 600
PASSKEYS_PER_MINUTE = 60


class Sessions:
    """Middleware that ends old and idle sessions and puts the chosen organisation on ``request.user``.

    The user is loaded when first asked for, and never for a request without a session cookie. Where the site keeps what
    is private behind a second factor, a session without one is a visitor's but on the pages of the account: whatever
    refuses a visitor leads to setting one up or confirming it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]
            if request.method == "POST":
                bool(request.user)  # before the token of the form is looked at
        response = self.get_response(request)
        if request.session.modified and request.session.session_key == request.COOKIES.get(
            settings.SESSION_COOKIE_NAME
        ):
            _keep_choice(request)
        if hasattr(request, "signed_in_here"):
            write_cookie(request, response)
        if not getattr(request, "is_kept_out", False):
            return response
        to_sign_in = response.headers.get("Location", "").startswith(reverse("account_login"))
        return redirect("mfa_index") if to_sign_in or response.status_code in {403, 404} else response


def _person(request: HttpRequest) -> Any:
    user = get_user(request)
    if not user.is_authenticated:
        return user
    now = int(time.time())
    if is_over(request.session, now):
        request.session.flush()
        request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
        return AnonymousUser()
    if BEGAN not in request.session:
        begin(request.session)
    elif abs(now - request.session.get(SEEN, 0)) > SEEN_EVERY:
        # Moments that lie ahead are of before the clock was set back, and would make the session last longer.
        request.session[SEEN], request.session[BEGAN] = now, min(request.session[BEGAN], now)
    _act_in_session(request, user)
    user.passed_second_factor = _passed_second_factor(request, user)
    if settings.PRIVATE_NEEDS_SECOND_FACTOR and lacks_second_factor(user):
        path = address_in(DEFAULT.code, request.path_info)
        # What they chose to be told of names laws that only their organisation sees.
        is_open = path.startswith(("/accounts/", "/invitation/")) and not path.startswith("/accounts/letters/")
        request.is_kept_out = not is_open  # type: ignore[attr-defined]
        return user if is_open else AnonymousUser()
    return user


def _act_in_session(request: HttpRequest, user: User) -> None:
    """Put on the person for whom they act in this session, which stays so: a form is sent for whom it was opened."""
    chosen, secret = request.session.get(ACTING_FOR), request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    membership = act_for(user, chosen)
    is_lost = membership is None and chosen is not None  # they belong there no more
    # A page that was under way while they chose gives the browser the secret of before again.
    if is_lost or request.session.get(FORMS_OF, secret) != secret:
        refuse_open_forms(request)
    if is_lost:
        membership = act_for(user, None)
    if chosen != (now := membership and membership.organisation_id):
        request.session[ACTING_FOR] = now


def refuse_open_forms(request: HttpRequest) -> None:
    """Let neither this form nor one that is open elsewhere be taken: they were written for whom one acted then."""
    request.chooses = True  # type: ignore[attr-defined]
    request.COOKIES.pop(settings.CSRF_COOKIE_NAME, None)
    rotate_token(request)
    request.session[FORMS_OF] = request.META["CSRF_COOKIE"]


def _keep_choice(request: HttpRequest) -> None:
    """Before a session is stored: an answer that took long has not seen for whom the person chose to act meanwhile."""
    stored = type(request.session)(request.session.session_key)
    if stored.get(ACTING_FOR) is not None and not hasattr(request, "chooses"):
        request.session.update({name: stored[name] for name in (ACTING_FOR, FORMS_OF) if name in stored})


def _passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session was opened, or confirmed since, with a second factor and not by password alone."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def begin(session: Any) -> None:
    """Start the session's clocks: somebody has just signed in."""
    session[BEGAN] = session[SEEN] = int(time.time())
    session.pop(FORMS_OF, None)  # Django has made another
    session.set_expiry(None)


def forget_sessions(job: Job, report: Report) -> None:
    """Delete the sessions that are over, and what is told of them."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def is_over(session: Any, now: int) -> bool:
    """Returns whether a session is older, or has been idle longer, than the settings allow. ``now`` is in seconds."""
    old = now - session.get(BEGAN, now) > settings.SESSION_HOURS_MAX * 3600
    return old or now - session.get(SEEN, now) > settings.SESSION_HOURS_IDLE * 3600


def passed(view: Callable[..., Any], back: str = "") -> Callable[..., Any]:
    """Decorates a view for sessions that passed the person's second factor, if there is one. They are led back to it,
    or to the page ``back`` where the view is no page.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if has_set_up_second_factor(request.user) and not has_second_factor(request.user):
            return redirect(
                f"{reverse('mfa_reauthenticate')}?{urlencode({'next': reverse(back) if back else request.path})}"
            )
        return view(request, *args, **kwargs)

    return guarded


# Letters of a passkey's answer: a few thousand, with what a device says of itself.
PASSKEY_ANSWER_MAX = 50_000


def refuse_unreadable_answer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a view that takes a passkey's answer as JSON: too long an answer or number or too deep a list gives
    400, also in the JSON inside it.

    Django's field for JSON would let these errors through; what is no JSON at all it refuses itself, beside the form.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = request.POST.get("credential", "")
        if len(answer) > PASSKEY_ANSWER_MAX:
            raise BadRequest("no answer of a passkey: it is too long")
        try:
            with suppress(json.JSONDecodeError):
                json.loads(answer)
        except (ValueError, RecursionError) as error:
            raise BadRequest(f"no answer of a passkey: {error}") from error
        with suppress(RecursionError):
            return view(request, *args, **kwargs)
        raise BadRequest("no answer of a passkey")

    return guarded


class SignInByPasskey(LoginWebAuthnView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not allow(request, "passkey", PASSKEYS_PER_MINUTE, per=60):  # each question is a session
            return too_many(request)
        response = super().get(request, *args, **kwargs)
        if not request.session.is_empty():
            request.session.set_expiry(PASSKEY_SECONDS)
        return response


class AuthenticateSignIn(AuthenticateView):
    """The code or passkey after a password. Who has lost the second factor meanwhile begins anew: the page of the
    password would lead here again.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if response.headers.get("Location") == reverse("account_login"):
            clear_login(request)
        return response


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


class PasswordEmailForm(ResetPasswordForm):
    """Takes any address, and looks for no account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    @transaction.atomic
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        # Whoever asks too often is told the same. Nobody is kept out by it: the links that were sent hold for a day.
        if not allow(f"{email}-{device_for(request, email)}", "password-email", PASSWORD_EMAILS_PER_HOUR):
            return email
        language = translation.get_language() or ""
        create_sealed("password-email", [{"email": email, "site": site_address(request), "language": language}])
        return email


class PasswordLink(UserTokenForm):
    """Reads a link for a new password, in which the account's number is sealed."""

    def _get_user(self, uidb36: str) -> User | None:
        return User.objects.filter(pk=unseal(uidb36, "user") or 0, is_active=True).first()


def password_address(user: User) -> str:
    """The address at which a person sets a new password: once, and for a day."""
    key = {"uidb36": seal(user.pk, "user"), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=key)


@transaction.atomic
def send_password_email(job: Job, report: Report) -> None:
    """Have the link sent to the account of the address, if there is one."""
    asked = secret_of(job) or {"email": ""}
    for user in User.objects.filter(email__iexact=asked["email"], is_active=True).exclude(email=""):
        if user.email.lower() != asked["email"]:
            continue  # PostgreSQL takes more letters for the same than the limit does
        with translation.override(asked["language"]):
            queue_password_email(user.email, asked["site"] + password_address(user))
    finish(job)


class InvitationOnly(DefaultAccountAdapter):
    """Accounts come from invitations alone, and changes to passwords and second factors are logged."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy(
            "Too many failed login attempts. Try again later; or use a device on which you signed in before, a "
            "passkey, or a new password, which you ask for by email."
        )
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns an invented address instead of the real one, for allauth's rate limits and its list of sessions.

        It stands for the device, where the person whose address was typed signed in on it before: what others of the
        same network try does not count there.
        """
        email = request.POST.get("login") or request.POST.get("email") or ""
        return pseudonym(device_for(request, email.strip()) or network_of(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account and network: nobody locks another person's account from elsewhere."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Also counts the attempts on an account from everywhere but its known devices, of which there may be more."""
        super().pre_authenticate(request, **credentials)
        login = str(credentials.get("email", "")).strip().lower()
        if not allow(f"login-{login}{device_for(request, login)}", "login-account", settings.LOGIN_ATTEMPTS_PER_HOUR):
            raise self.validation_error("too_many_login_attempts")

    def set_password(self, user: User, password: str) -> None:
        """A new password makes devices strangers, but for the one on which it was typed."""
        super().set_password(user, password)
        remember_device(self.request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Has a worker send it: no page waits for a mail server, or fails with it."""
        given = {"email": email, "current_site": get_current_site(self.request)} | context
        message = self.render_mail(template_prefix, email, given)
        queue(Email(email, message.subject, message.body))

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Records in the audit log each change of which allauth tells the person by mail."""
        change = template_prefix.rpartition("/")[2].replace("_", " ")
        record(change, f"person/{user.pk}", by=user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Notes what the account's password was when it was typed: the second factor may come minutes later."""
        request.session[SIGNING_IN] = user.get_session_auth_hash()
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Lets nobody in whose password was changed since they typed it."""
        if request.session.pop(SIGNING_IN, None) != user.get_session_auth_hash():
            request.session.flush()
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Starts the session's clocks, and leads a person whose role needs a second factor to setting one up."""
        begin(request.session)
        remember_device(request, user)
        response = super().post_login(request, user, **kwargs)
        if lacks_second_factor(user):
            # The password was typed a moment ago; setting up the first second factor does not ask for it again.
            record_authentication(request, user, "password", reauthenticated=True)
            response["Location"] = reverse("mfa_index")
        return response


class SecondFactors(DefaultMFAAdapter):
    """Second factors whose secrets are encrypted with SECRET_KEY."""

    def _get_site_name(self) -> str:
        return settings.SITE_NAME

    def build_totp_svg(self, url: str) -> str:
        """Returns the QR code as an SVG element: a strict CSP allows it, and the secret is in no address."""
        drawn = super().build_totp_svg(url)
        return drawn[drawn.index("<svg") :]

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def encrypt(self, text: str) -> str:
        return site_cipher("second-factor").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return site_cipher("second-factor").decrypt(encrypted_text.encode()).decode()


class RecordedAdmin(ModelAdmin):
    """The part of every page of the admin site that writes what staff add, change and delete into the activity log.

    An entry names the table and number of a row and which fields were changed, never what stands in them.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("admin.add", request, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self._record("admin.change", request, obj, fields=_fields_in(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> Any:
        for obj in queryset:
            self._record("admin.delete", request, obj)
        return super().log_deletions(request, queryset)

    def _record(self, action: str, request: HttpRequest, obj: Model, **details: Any) -> None:
        record(action, f"{obj._meta.label_lower}/{obj.pk}", by=request.user, **details)


def _fields_in(message: Any) -> list[str]:
    """The names of the fields that Django's own message of a change names, those of rows inside it among them."""
    parts = message if isinstance(message, list) else []
    changes = [change for part in parts if isinstance(part, dict) for change in part.values()]
    return sorted({name for change in changes for name in [change.get("name", ""), *change.get("fields", [])]} - {""})


class StaffSite(AdminSite):
    """Django's admin site without a sign-in page of its own."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers tables as Django does; whatever their pages are, they write into the activity log."""
        kind = admin_class or ModelAdmin
        recorded = type(f"Recorded{kind.__name__}", (RecordedAdmin, kind), {"__module__": kind.__module__})
        super().register(model_or_iterable, recorded, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirects to the site's own sign-in, which has rate limits and second factors."""
        if self.has_permission(request):
            return redirect("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': reverse('admin:index')})}")
        if request.user.is_staff:
            return redirect("mfa_reauthenticate" if has_set_up_second_factor(request.user) else "mfa_index")
        raise PermissionDenied
