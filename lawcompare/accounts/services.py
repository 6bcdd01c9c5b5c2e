"""Actions on organisations and on a person's own account: one function each, in one transaction."""

import re
import secrets
from collections.abc import Callable
from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import password_validation
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.access import SECOND_FACTORS, membership_that_may
from lawcompare.accounts.apps import after_waiving
from lawcompare.accounts.leaving import end_left_open
from lawcompare.accounts.models import EDITORS, Invitation, Membership, Organisation, Person, Role, User, digest_of
from lawcompare.accounts.rate_limits import DAY, allow
from lawcompare.core.jobs.services import create_sealed
from lawcompare.core.log.services import record
from lawcompare.core.mail import Email, queue
from lawcompare.core.numbers import seal, unseal


def send_invitation(invitation: Invitation, link: str) -> None:
    """Mails the link of an invitation to the invited address. Raises ``ValidationError``."""
    subject = _("An invitation to %(organisation)s") % {"organisation": invitation.organisation}
    _send(subject, "invitation", invitation.email, {"invitation": invitation, "link": link})


def send_new_address(email: str, link: str) -> None:
    """Mails the confirmation link to the new address of an account. Raises ``ValidationError``."""
    _send(_("Confirm your email address"), "new_address", email, {"link": link})


def queue_password_email(email: str, link: str) -> None:
    """Has the link mailed with which the person of an account chooses a new password, by a worker."""
    subject, words = _written(_("A new password"), "password_reset_key", {"password_reset_url": link})
    queue(Email(email, subject, words), kind="password-link")


def send_address_changed(old: str) -> None:
    """Tells the old address of an account that it was replaced: its owner may not be the one who did it."""
    _send(_("Your email address was changed"), "address_changed", old, {})


def _send(subject: str, name: str, to: str, context: dict[str, Any]) -> None:
    subject, words = _written(subject, name, context)
    try:
        send_mail(subject, words, settings.DEFAULT_FROM_EMAIL, [to])
    except OSError:  # smtplib's errors are OSErrors
        raise ValidationError(_("The email could not be sent, and nothing was changed. Try again later.")) from None


def _written(subject: str, name: str, context: dict[str, Any]) -> tuple[str, str]:
    words = render_to_string(f"account/email/{name}_message.txt", context | {"site_name": settings.SITE_NAME})
    return f"[{settings.SITE_NAME}] {' '.join(subject.split())}", words


# Invitations an organisation may send in a day: more than any organisation invites, too few to annoy strangers with.
INVITATIONS_PER_DAY = 50


@transaction.atomic
def add_member(email: str, organisation: Organisation, role: str = Role.MEMBER) -> tuple[User, bool]:
    """Create the person without a usable password if they are new, and set their role. Returns (person, is new).

    For commands and fixtures; people use ``invite``. Raises ``ValidationError`` for the editors of the site where the
    person is not staff.
    """
    user = User.objects.filter(email__iexact=email).first()
    if organisation.slug == EDITORS and not (user and user.is_staff):
        raise ValidationError(_("Only staff can write as the editors of the site."))
    is_new = user is None
    if user is None:
        user = User.objects.create_user(email)
    Membership.objects.update_or_create(user=user, organisation=organisation, defaults={"role": role})
    end_left_open(user, None)
    return user, is_new


def _administered_by(user: Person) -> Organisation:
    """The organisation that the person may administer now, locked until the transaction ends."""
    refusal = _("Only administrators of the organisation can do this.")
    membership = membership_that_may(user, "invite", refusal)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    if not organisation.memberships.filter(user=membership.user, role=Role.ADMINISTRATOR).exists():
        raise PermissionDenied(refusal)  # removed while this waited for the lock
    return organisation


def invite(by: Person, email: str, role: str, address_of: Callable[[str], str]) -> Invitation:
    """Invite a person by mail, with the link that ``address_of(token)`` returns.

    An earlier invitation of the same address is withdrawn. The caller cannot learn whether the address has an account.
    Raises ``ValidationError``; nothing stays stored where the mail cannot be sent.
    """
    token = secrets.token_urlsafe(32)
    invitation, earlier = _store_invitation(by, email, role, token)
    # Not in that transaction: a worker that asks whether the organisation may have a job run would wait for the server.
    try:
        send_invitation(invitation, address_of(token))
    except ValidationError:
        with transaction.atomic():
            record("withdraw invitation", f"invitation/{invitation.pk}", organisation=invitation.organisation.slug)
            # Who withdrew it meanwhile, or invited the person anew, wants the earlier ones back no more.
            if Invitation.objects.open().filter(pk=invitation.pk).exists():
                Invitation.objects.filter(pk__in=earlier).update(withdrawn_at=None)
            Invitation.objects.filter(pk=invitation.pk, accepted_at=None).delete()
        raise
    return invitation


@transaction.atomic
def _store_invitation(by: Person, email: str, role: str, token: str) -> tuple[Invitation, list[int]]:
    """The invitation, and the numbers of those of the same address that it withdraws."""
    organisation = _administered_by(by)
    if Role(role) not in Role:
        raise ValidationError(_("There is no such role."))
    email = email.lower()
    check_address(email)
    if organisation.memberships.filter(user__email__iexact=email).exists():
        raise ValidationError(_("This person is a member already."))
    if not allow(f"organisation-{organisation.pk}", "invitation", INVITATIONS_PER_DAY, DAY):
        raise ValidationError(_("Too many invitations today. Try again tomorrow."))
    open_now = organisation.invitations.open().filter(email__iexact=email)
    earlier = list(open_now.values_list("pk", flat=True))
    open_now.update(withdrawn_at=timezone.now())
    invitation = Invitation.objects.create(
        organisation=organisation, email=email, role=role, token_digest=digest_of(token), invited_by=cast(User, by)
    )
    record("invite", f"invitation/{invitation.pk}", by=by, organisation=organisation.slug, role=role)
    return invitation, earlier


@transaction.atomic
def withdraw_invitation(by: Person, pk: int) -> None:
    """Make the link of an open invitation useless. Raises ``ValidationError`` where it is not open any more."""
    organisation = _administered_by(by)
    if not organisation.invitations.open().filter(pk=pk).update(withdrawn_at=timezone.now()):
        raise ValidationError(_("This invitation was accepted, withdrawn or has expired."))
    record("withdraw invitation", f"invitation/{pk}", by=by, organisation=organisation.slug)


def check_address(email: str) -> None:
    """Raises ``ValidationError`` where an address could be taken for another one by its letters."""
    if not email.isascii():
        raise ValidationError(_("An email address is written in plain Latin letters here."))


def find_invitation(token: str) -> Invitation | None:
    """Returns the open invitation of a token with its organisation, or None."""
    invitations = Invitation.objects.open().filter(token_digest=digest_of(token))
    return invitations.select_related("organisation").first()


def account_of(invitation: Invitation) -> User | None:
    """Returns the existing account of an invited address, which must sign in to accept; None where there is none.

    An account that never had a password does not count, unless it is inactive.
    """
    user = User.objects.filter(email__iexact=invitation.email).first()
    return user if user is not None and (user.has_usable_password() or not user.is_active) else None


@transaction.atomic
def accept_invitation(token: str, user: Person | None = None, password: str = "") -> User:
    """Make the invited person a member: the signed-in ``user`` of that address, or a new person with ``password``.

    Whoever holds the token has read the mail at that address, which is all that a new account needs; an existing
    account needs its own sign-in. The token works once. Raises ``ValidationError``.
    """
    invitation = Invitation.objects.open().select_for_update(no_key=True).filter(token_digest=digest_of(token)).first()
    if invitation is None:
        raise ValidationError(_("This invitation was accepted, withdrawn or has expired."))
    owner = account_of(invitation)
    if owner is None:
        owner = _new_person(invitation.email, password)
    elif user is None or user.pk != owner.pk:
        raise ValidationError(_("Sign in with the invited address to accept."))
    Membership.objects.get_or_create(
        user=owner, organisation=invitation.organisation, defaults={"role": invitation.role}
    )
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record("accept invitation", f"invitation/{invitation.pk}", by=owner, organisation=invitation.organisation.slug)
    return owner


def _new_person(email: str, password: str) -> User:
    user = User.objects.filter(email__iexact=email).first() or User(email=email)
    password_validation.validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # by another invitation, at this moment
        raise ValidationError(_("Sign in with the invited address to accept.")) from None
    return user


@transaction.atomic
def change_role(by: Person, pk: int, role: str) -> list[str]:
    """Give a member another role. Returns a line for each thing of theirs that ended with the old one.

    Raises ``ValidationError``, also for the last administrator.
    """
    organisation = _administered_by(by)
    if role not in Role.values:
        raise ValidationError(_("There is no such role."))
    membership = _member(organisation, pk)
    if role != Role.ADMINISTRATOR:
        _refuse_last_administrator(organisation, membership)
    record("change role", f"person/{membership.user_id}", by, organisation.slug, old=membership.role, new=role)
    membership.role = role
    membership.save(update_fields=["role"])
    return end_left_open(membership.user, by)


@transaction.atomic
def remove_member(by: Person, pk: int) -> list[str]:
    """End a membership; what the person wrote stays with the organisation. Returns a line for each thing that ended.

    Raises ``ValidationError``.
    """
    organisation = _administered_by(by)
    membership = _member(organisation, pk)
    _refuse_last_administrator(organisation, membership)
    record("remove member", f"person/{membership.user_id}", by, organisation.slug, role=membership.role)
    membership.delete()
    return end_left_open(membership.user, by)


@transaction.atomic
def reset_second_factor(by: Person, pk: int, site: str) -> None:
    """Remove the second factor of a member who lost it, end their sessions, and have them choose a new password.

    A link to ``site`` goes to their mailbox, so that a stolen password alone sets up no new factor. They and all
    administrators are told. Raises ``ValidationError``, also for who acts beyond the organisation: staff alone may.
    """
    organisation = _administered_by(by)
    user = _member(organisation, pk).user
    if user.pk == by.pk or user.is_staff or user.memberships.count() > 1:  # which of them is not said
        raise ValidationError(_("Another administrator or the site’s staff remove this second factor."))
    remove_second_factor(by, user, site, organisation)


@transaction.atomic
def remove_second_factor(by: Person, user: User, site: str, organisation: Organisation | None = None) -> None:
    """The same of anybody, by an administrator of an ``organisation`` or by staff, without asking who may."""
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record("reset second factor", f"person/{user.pk}", by, organisation.slug if organisation else "")
    of = [organisation] if organisation else Organisation.objects.filter(memberships__user=user)
    administers = Q(memberships__role=Role.ADMINISTRATOR, memberships__organisation__in=of)
    told = User.objects.filter(administers | Q(pk=user.pk), is_active=True).distinct()
    context = {"organisation": organisation, "address": masked(user.email)}
    letter = _written(_("A second factor was removed"), "second_factor_reset", context)
    queue(*[Email(one.email, *letter) for one in told])
    create_sealed("password-email", [{"email": user.email, "site": site, "language": get_language() or ""}])


def _member(organisation: Organisation, pk: int) -> Membership:
    membership = organisation.memberships.select_related("user").filter(pk=pk).first()
    if membership is None:
        raise ValidationError(_("This person is no longer a member."))
    return membership


def _refuse_last_administrator(organisation: Organisation, membership: Membership) -> None:
    administrators = organisation.memberships.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    if membership.role == Role.ADMINISTRATOR and not administrators.exclude(pk=membership.pk).exists():
        raise ValidationError(_("An organisation needs at least one administrator. Make somebody else one first."))


def waive_second_person(organisation: Organisation) -> None:
    """Have followed what waited for a second person and is public from now on."""
    for follow in after_waiving:
        follow(organisation)


@transaction.atomic
def describe_organisation(by: Person, fields: dict[str, Any]) -> Organisation:
    """Set the description and the two-person rule of the person's organisation; its name and slug are the site's."""
    organisation = _administered_by(by)
    had = organisation.two_person_rule
    for name in ("description", "two_person_rule"):
        setattr(organisation, name, fields[name])
    organisation.save(update_fields=["description", "two_person_rule"])
    two = organisation.two_person_rule
    if had and not two:
        waive_second_person(organisation)
    record("describe organisation", f"organisation/{organisation.slug}", by, organisation.slug, two_person_rule=two)
    return organisation


@transaction.atomic
def set_display_name(user: User, name: str) -> None:
    """Set the name by which a person may be credited; empty where they are never to be named.

    Raises ``ValidationError`` for a name of who belongs to no organisation: it would stand beside those they left.
    """
    if name and not user.memberships.exists():
        raise ValidationError(_("Only members of an organisation can do this."))
    # The same again makes no page and no file anew.
    if User.objects.filter(pk=user.pk).exclude(display_name=name).update(display_name=name):
        record("change name", f"person/{user.pk}", by=user, is_named=bool(name))
    user.display_name = name


# --- a new address ----------------------------------------------------------------------------------------------------

ADDRESS_SALT = "lawcompare.accounts.new-address"


def ask_for_address(user: User, email: str, address_of: Callable[[str], str]) -> None:
    """Mail a confirmation link to the new address. The caller cannot learn whether it has an account.

    Raises ``ValidationError``.
    """
    claims = [seal(user.pk, "user"), email.lower(), _state_of(user)]
    send_new_address(email, address_of(signing.dumps(claims, salt=ADDRESS_SALT)))


def _state_of(user: User) -> str:
    """A digest that changes with the person's address, password and second factors, and where they end other sessions,
    and tells nothing of these: a link can be read by others.
    """
    factors = Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).order_by("pk")
    state = [user.email, user.get_session_auth_hash(), user.devices_since, list(factors.values_list("pk", flat=True))]
    return salted_hmac(ADDRESS_SALT, repr(state), algorithm="sha256").hexdigest()[:32]


def read_key(key: str) -> tuple[User, str]:
    """Returns (person, new address) of a confirmation link.

    Raises ``ValidationError`` where the link is forged, older than a day or was used: it is signed together with the
    address it replaces and the password and second factors in force when it was made.
    """
    try:
        pk, new, state = signing.loads(key, salt=ADDRESS_SALT, max_age=DAY)
    except (signing.BadSignature, ValueError):
        raise ValidationError(_("This link has been used or has expired.")) from None
    user = User.objects.filter(pk=unseal(str(pk), "user") or 0, is_active=True).first()
    if user is None or not secrets.compare_digest(_state_of(user), state):
        raise ValidationError(_("This link has been used or has expired."))
    return user, new


@transaction.atomic
def confirm_address(key: str) -> User:
    """Replace a person's address by the one in the link. Raises ``ValidationError``."""
    user, new = read_key(key)
    if User.objects.filter(email__iexact=new).exclude(pk=user.pk).exists():
        raise ValidationError(_("The address could not be confirmed: it belongs to another account."))
    old, user.email = user.email, new
    user.save(update_fields=["email"])
    record("change address", f"person/{user.pk}", by=user)
    send_address_changed(old)
    return user


# The first that is found in what a browser says of itself; Edge and Opera say that they are Chrome too.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")]  # fmt: skip
SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux")]  # fmt: skip


def masked(email: str) -> str:
    """Returns an email address with all but three letters left out: ``n…@e….org``."""
    name, _at, domain = email.partition("@")
    first, _dot, last = domain.rpartition(".")
    return f"{name[:1]}…@{(first or last)[:1]}…{'.' + last if first else ''}"


def device(agent: str) -> str:
    """Returns browser and system of a User-Agent header, as ``Firefox, Android``; empty where neither is known."""
    browser, system = (
        next((name for pattern, name in known if re.search(pattern, agent)), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, [browser, system]))
