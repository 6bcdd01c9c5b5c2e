"""Our own mails; django-allauth sends those about passwords and second factors."""

from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Invitation
from lawcompare.core.mail import Email, queue


def send_invitation(invitation: Invitation, link: str) -> None:
    """Mails the link of an invitation to the invited address. Raises ``OSError`` where the mail server refuses it."""
    subject = _("An invitation to %(organisation)s") % {"organisation": invitation.organisation}
    _send(subject, "invitation", invitation.email, {"invitation": invitation, "link": link})


def send_new_address(email: str, link: str) -> None:
    """Mails the confirmation link to the new address of an account. Raises ``OSError``."""
    _send(_("Confirm your email address"), "new_address", email, {"link": link})


def queue_password_email(email: str, link: str) -> None:
    """Has the link mailed with which the person of an account chooses a new password, by a worker."""
    subject, words = _written(_("A new password"), "password_reset_key", {"password_reset_url": link})
    queue(Email(email, subject, words))


def send_address_changed(old: str) -> None:
    """Tells the old address of an account that it was replaced: its owner may not be the one who did it."""
    _send(_("Your email address was changed"), "address_changed", old, {})


def _send(subject: str, name: str, to: str, context: dict[str, Any]) -> None:
    subject, words = _written(subject, name, context)
    send_mail(subject, words, settings.DEFAULT_FROM_EMAIL, [to])


def _written(subject: str, name: str, context: dict[str, Any]) -> tuple[str, str]:
    """Returns the subject of an e-mail and its words."""
    words = render_to_string(f"account/email/{name}_message.txt", context | {"site_name": settings.SITE_NAME})
    return f"[{settings.SITE_NAME}] {' '.join(subject.split())}", words
