"""The letter to who forgot a password: a worker looks for the account and hands the letter to the job of all letters.

Whoever asks learns nothing: for a known and an unknown address the same is done and answered in the same time.
"""

from datetime import timedelta
from typing import Any

from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation

from lawcompare.accounts.models import PasswordLetter, User
from lawcompare.accounts.organisations.emails import queue_password_letter
from lawcompare.accounts.responses import site_address
from lawcompare.jobs.models import JobState
from lawcompare.jobs.registry import Report
from lawcompare.jobs.services import enqueue

# A request that no worker took up is forgotten with its address, which somebody typed and nobody may have confirmed.
LETTERS_KEPT = timedelta(hours=2)


class PasswordLetterForm(ResetPasswordForm):
    """Takes any address, and looks for no account."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    @transaction.atomic
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        letter = PasswordLetter(email=self.cleaned_data["email"], site=site_address(request))
        letter.language = translation.get_language() or ""
        letter.save()
        enqueue(letter)
        return letter.email


@transaction.atomic
def run_letter(letter: PasswordLetter, report: Report) -> None:
    """Have the link sent to the account of the address, if there is one; the row goes in the same transaction."""
    for user in User.objects.filter(email__iexact=letter.email, is_active=True):
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        with translation.override(letter.language):
            link = letter.site + reverse("account_reset_password_from_key", kwargs=key)
            queue_password_letter(user.email, link)
    PasswordLetter.objects.filter(pk=letter.pk).delete()
    letter.state = JobState.DONE


def forget_letters() -> int:
    """Delete the requests of which nothing became. Returns how many."""
    return PasswordLetter.objects.filter(requested_at__lt=timezone.now() - LETTERS_KEPT).delete()[0]
