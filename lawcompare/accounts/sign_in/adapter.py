"""django-allauth's hooks: no sign-up, no network address stored, no secret in clear text."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from lawcompare.accounts.access import lacks_second_factor
from lawcompare.accounts.models import User
from lawcompare.accounts.rate_limits import allow, pseudonym
from lawcompare.accounts.sign_in.sessions import begin
from lawcompare.core.encryption import site_cipher
from lawcompare.core.log.services import record


class InvitationOnly(DefaultAccountAdapter):
    """Accounts come from invitations alone, and changes to passwords and second factors are logged."""

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Returns an invented address instead of the real one, for allauth's rate limits and its list of sessions."""
        return pseudonym(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by account and network: nobody locks another person's account from elsewhere."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{pseudonym(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Also counts the attempts on an account from everywhere, of which there may be many more."""
        super().pre_authenticate(request, **credentials)
        login = str(credentials.get("email", "")).strip().lower()
        if not allow(f"login-{login}", "login-account", settings.LOGIN_ATTEMPTS_PER_HOUR):
            raise self.validation_error("too_many_login_attempts")

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Records in the audit log each change of which allauth tells the person by mail."""
        change = template_prefix.rpartition("/")[2].replace("_", " ")
        record(change, f"person/{user.pk}", by=user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Starts the session's clocks, and leads a person whose role needs a second factor to setting one up."""
        begin(request.session)
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
