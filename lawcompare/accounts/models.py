"""People, organisations, memberships with their roles, and invitations."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, AnonymousUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lawcompare.core.models import Entry, Translated, translated
from lawcompare.languages import in_reader_language


class PeopleManager(UserManager["User"]):
    """Creates people by email address; there are no user names to guess or to list."""

    def create_user(self, email, password=None, **fields):  # type: ignore[override]
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):  # type: ignore[override]
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who can sign in. Never shown to the public: credit goes to the organisation."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("email address"), unique=True)
    # The name a person wishes to be credited by, where they choose to be credited at all. Empty: never named.
    display_name = models.CharField(_("name for credit"), max_length=100, blank=True)

    # Raised to make worthless what the devices hold on which the person signed in before (``accounts.devices``).
    devices_since = models.PositiveIntegerField(default=0, editable=False)

    # The organisation (its key) for which the person acts in this session; ``accounts.access.act_for`` sets it.
    acting_for: int | None = None
    # Whether the session they act in passed their second factor. None outside a session.
    passed_second_factor: bool | None = None
    # What ``accounts.access`` looked up for this object.
    _membership: "Membership | None"
    _has_second_factor: bool

    def save(self, *, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Store the address in small letters, in which it is looked for when somebody signs in, and forget every other
        one: allauth noted it when a new password was set, and it would sign in still.
        """
        self.email = self.email.lower()
        names = None if update_fields is None else list(update_fields)
        super().save(update_fields=names, **options)
        if names is None or "email" in names:
            self.emailaddress_set.exclude(email=self.email).delete()  # type: ignore[attr-defined]  # a row of allauth's

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()  # as it is stored: forms look for another account with it

    def named(self, name_read: str) -> str:
        """The name for credit, where it is still the one of which this is the digest: another was read by nobody."""
        return self.display_name if digest_of(self.display_name) == name_read else ""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = PeopleManager()  # type: ignore[misc]


# Whoever asks: signed in, or a visitor.
Person = User | AnonymousUser
VISITOR = AnonymousUser()


def account_key(*, blank: bool = False) -> "models.ForeignKey[User | None, User | None]":
    """Returns a column for who did something; it is emptied when the account is deleted."""
    return models.ForeignKey(User, null=True, blank=blank, on_delete=models.SET_NULL, related_name="+")


class Role(models.TextChoices):
    """What a member is in an organisation; ``access.MAY`` lists what each role may do."""

    MEMBER = "member", _("member")
    REVIEWER = "reviewer", _("reviewer")
    EDITOR = "editor", _("editor")
    ADMINISTRATOR = "administrator", _("administrator")


# The slug of the organisation row under which the site itself speaks. Staff alone act for it (``access``). An
# organisation is made by staff or a command, never by itself, so that none takes this place.
EDITORS = "editors"


@translated("name")
class Organisation(Translated):
    """An organisation whose members write annotations and import texts in its name."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    # An organisation may ask for a second person where one would be enough: an only member, a correspondence.
    two_person_rule = models.BooleanField(default=False)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return in_reader_language(self, "name")

    def clean(self) -> None:
        """Raises ValidationError for the short name of a former one: the log would show what that did."""
        super().clean()
        if self._state.adding and Entry.objects.filter(organisation=self.slug).exists():
            raise ValidationError({"slug": _("An organisation that is here no more had this name.")})


class Confirmation(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


class ProposableQuerySet[Row: models.Model](models.QuerySet[Row]):
    def stand(self) -> Self:
        """Returns what the site says: its own, and what was confirmed. ``Proposable.stands`` says the same of one."""
        return self.filter(models.Q(organisation=None) | models.Q(confirmation=Confirmation.CONFIRMED))

    def not_refused(self) -> Self:
        """Returns what readers may see: what stands, and, in the name of who brought it, what is proposed."""
        return self.exclude(confirmation=Confirmation.REFUSED)

    def newest_first(self, own: Organisation | None, *printed: str) -> Self:
        """Returns what is one's own, or the site's, newest first; then that of others, which nobody saw until it stood,
        by what a page prints of it: nobody learns what was proposed first.
        """
        known = models.Q(organisation=own) | models.Q(organisation__slug=EDITORS)
        since = models.Case(models.When(known, then=models.F("pk"))).desc(nulls_last=True)
        return self.order_by(since, *printed)


class Proposable(models.Model):
    """What an organisation brings: in its own name until staff, or the one it concerns, confirm it.

    A model has an ``organisation`` beside it: none where the site itself speaks.
    """

    # The columns of the texts that must be public before staff decide on a row, and on which rows they do.
    CONCERNED: ClassVar[tuple[str, ...]] = ()
    DECIDED_ON: ClassVar[models.Q] = models.Q()
    # On which they will as soon as its own organisation goes on: what may wait for staff is counted with them.
    SOON: ClassVar[models.Q] = models.Q(pk__in=())
    # Which rows are public without such a text.
    ALSO_PUBLIC: ClassVar[models.Q] = models.Q(pk__in=())

    confirmation = models.CharField(max_length=10, choices=Confirmation, default=Confirmation.PROPOSED)

    objects = ProposableQuerySet[Self].as_manager()

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        """Whether the site says it; else who brought it does, and is named wherever it is shown."""
        return self.organisation_id is None or self.confirmation == Confirmation.CONFIRMED  # type: ignore[attr-defined]

    @property
    def proposed_by(self) -> str:
        """Who merely proposes it, in the reader's language; empty where it stands."""
        return "" if self.stands else str(self.organisation)  # type: ignore[attr-defined]

    @property
    def proposal_label(self) -> str:
        """The same as words beside it: ``proposed by …``."""
        return "" if self.stands else _("proposed by %(organisation)s") % {"organisation": self.proposed_by}


class Membership(models.Model):
    """A person's role in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="one_role_per_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.role}"


def memberships_of(by: str, organisation: str, roles: list[str]) -> models.QuerySet[Membership]:
    """Returns, inside a query, the membership by which the person of a row (its column ``by``) has one of these roles.

    Nobody who is not active has any, and none but staff among the editors of the site.
    """
    own = Membership.objects.filter(user_id=models.OuterRef(by), organisation_id=models.OuterRef(organisation))
    return own.filter(role__in=roles, user__is_active=True).exclude(organisation__slug=EDITORS, user__is_staff=False)


def digest_of(token: str) -> str:
    """Returns the SHA-256 of a token in hexadecimal: what is stored of it, so that a copy of the database opens
    nothing.
    """
    return hashlib.sha256(token.encode()).hexdigest()


def in_a_week() -> datetime:
    """Returns the time at which an invitation made now expires."""
    return timezone.now() + timedelta(days=Invitation.DAYS)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Returns the invitations that were neither accepted nor withdrawn, and have not run out."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())

    def open(self) -> Self:
        """Returns the invitations that can still be accepted: who sent one is an administrator still."""
        still_given = memberships_of("invited_by", "organisation", [Role.ADMINISTRATOR])
        return self.waiting().filter(models.Exists(still_given))


class Invitation(models.Model):
    """An invitation to an organisation: a link by mail whose token works once and for seven days."""

    DAYS = 7

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("email address"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MEMBER)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_a_week)
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.role}"
