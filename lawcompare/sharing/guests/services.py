"""Giving a guest link, ending it, opening it: one function each, and each in the log."""

import secrets
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person, digest_of
from lawcompare.core.encryption import site_cipher
from lawcompare.core.log.services import record
from lawcompare.sharing.guests.access import SALT, organisation_that_shows
from lawcompare.sharing.guests.models import GuestLink, GuestOpening

DAYS = (1, 7, 30)
# Links of one organisation that work at the same time.
OPEN_MAX = 200


@transaction.atomic
def give(user: Person, name: str, days: int, shown: GuestLink) -> tuple[GuestLink, str]:
    """A new link for a named outsider. Returns it with its token, which is shown once and stored nowhere.

    ``shown`` is a link that is not stored, with what it is to show.
    """
    organisation = organisation_that_shows(user)
    if days not in DAYS or not name.strip():
        raise ValidationError(_("Say for whom the link is, and for how long."))
    if organisation.guest_links.filter(ended_at=None, expires_at__gt=timezone.now()).count() >= OPEN_MAX:
        sentence = _("%(number)s links of your organisation are open: close one before you give another.")
        raise ValidationError(sentence % {"number": OPEN_MAX})
    token = signing.Signer(salt=SALT).sign(secrets.token_urlsafe(24))
    link = GuestLink.objects.create(
        old=shown.old,
        new=shown.new,
        by_subject=shown.by_subject,
        draft=shown.draft,
        memo=shown.memo,
        organisation=organisation,
        by_id=user.pk,
        sealed_name=seal_name(name.strip()),
        token_digest=digest_of(token),
        expires_at=timezone.now() + timedelta(days=days),
    )
    record("give guest link", str(link), by=user, organisation=organisation.slug, days=days)
    return link, token


@transaction.atomic
def end(user: Person, number: int) -> None:
    """Close a link of the person's organisation. Raises ``ValidationError`` where it is over already."""
    organisation = organisation_that_shows(user)
    links = GuestLink.objects.filter(pk=number, organisation=organisation, ended_at=None)
    if not links.filter(expires_at__gt=timezone.now()).update(ended_at=timezone.now()):
        raise ValidationError(_("This link has already ended."))
    record("end guest link", f"guest-link/{number}", by=user, organisation=organisation.slug)


@transaction.atomic
def note_opening(link: GuestLink, page: int) -> None:
    """Keep that a link was opened; the log of the site says so too."""
    GuestOpening.objects.create(link=link, page=page)
    record("open guest link", str(link), organisation=link.organisation.slug)


def seal_name(name: str) -> str:
    return site_cipher("guests").encrypt(name.encode()).decode()


def name_of(link: GuestLink) -> str:
    """For whom a link is; empty where none of the site's keys opens it."""
    try:
        return site_cipher("guests").decrypt(link.sealed_name.encode()).decode()
    except InvalidToken:
        return ""
