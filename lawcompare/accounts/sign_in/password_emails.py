"""The e-mail to who forgot a password: a worker looks for the account and queues it.

Whoever asks learns nothing: for a known and an unknown address the same is done and answered in the same time.
"""

from typing import Any

from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from lawcompare.accounts.models import User
from lawcompare.accounts.organisations.emails import queue_password_email
from lawcompare.accounts.responses import site_address
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.core.jobs.services import create_sealed, secret_of


class PasswordEmailForm(ResetPasswordForm):
    """Takes any address, and looks for no account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    @transaction.atomic
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = str(self.cleaned_data["email"])
        language = translation.get_language() or ""
        create_sealed("password-email", [{"email": email, "site": site_address(request), "language": language}])
        return email


@transaction.atomic
def send_password_email(job: Job, report: Report) -> None:
    """Have the link sent to the account of the address, if there is one."""
    asked = secret_of(job) or {"email": ""}
    for user in User.objects.filter(email__iexact=asked["email"], is_active=True).exclude(email=""):
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        with translation.override(asked["language"]):
            link = asked["site"] + reverse("account_reset_password_from_key", kwargs=key)
            queue_password_email(user.email, link)
    finish(job)
