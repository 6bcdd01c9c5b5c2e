"""Permissions: the one table of what each role may do, and the functions by which views and services ask it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet

from lawcompare.accounts.models import EDITORS, Membership, Person, Role, User

# What each role may do in its organisation. A role may do what its column says and nothing else.
MAY: dict[str, frozenset[str]] = {
    Role.MEMBER: frozenset({"annotate"}),
    Role.REVIEWER: frozenset({"annotate", "review", "map"}),
    Role.EDITOR: frozenset({"annotate", "review", "map", "import", "categorise", "open-original"}),
    Role.ADMINISTRATOR: frozenset({"annotate", "review", "map", "import", "categorise", "open-original", "invite"}),
}

# What a stolen password alone does not open: whatever a member may not do.
NEEDS_SECOND_FACTOR = frozenset().union(*MAY.values()) - MAY[Role.MEMBER]
# Recovery codes stand in for one of these; alone they are none.
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def membership_of(user: Person) -> Membership | None:
    """Returns the membership under which a signed-in person acts, or None for a visitor and for a person without one.

    A person of several organisations acts under the one of this session, or of the work that is done for them, and
    under no other; without either under the first. Nobody but staff acts for the editors of the site, whatever
    membership there is.
    """
    if not user.is_authenticated:
        return None
    if not hasattr(user, "_membership"):
        memberships, chosen = list(_memberships(user)), getattr(user, "acting_for", None)
        mine = (one for one in memberships if chosen is None or one.organisation_id == chosen)
        user._membership = next(mine, None)
        if memberships:
            user._has_second_factor = memberships[0].has_second_factor
    return user._membership


def act_for(user: Any, organisation: int | None) -> Membership | None:
    """Puts the organisation, by its key, on the person for whom something is done; returns the membership in it.

    None: the first of theirs.
    """
    user.acting_for = organisation
    user.__dict__.pop("_membership", None)
    return membership_of(user)


def _memberships(user: User) -> QuerySet[Any]:
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=SECOND_FACTORS)
    memberships = user.memberships.select_related("organisation").order_by("pk")
    if not user.is_staff:
        memberships = memberships.exclude(organisation__slug=EDITORS)
    return memberships.annotate(has_second_factor=Exists(factors))


def may(user: Person, action: str) -> bool:
    """Returns whether the person may do ``action`` in the organisation they act under.

    Their role must allow it, and where the action needs a second factor this session must have passed one.
    """
    return role_allows(user, action) and (action not in NEEDS_SECOND_FACTOR or has_second_factor(user))


def membership_that_may(user: Person, action: str, refusal: str) -> Membership:
    """Returns the membership under which the person does ``action``. Raises ``PermissionDenied`` with the refusal."""
    membership = membership_of(user)
    if membership is None or not may(user, action):
        raise PermissionDenied(refusal)
    return membership


def role_allows(user: Person, action: str) -> bool:
    """Returns whether the person's role includes ``action``, second factor or not; decide by ``may``."""
    membership = membership_of(user)
    return membership is not None and action in MAY[membership.role]


def has_second_factor(user: Person) -> bool:
    """Returns whether the person has a second factor and their session has passed it.

    A session from before it was set up may be a thief's. Outside a session, in a command, having one is enough.
    """
    return getattr(user, "passed_second_factor", None) is not False and has_set_up_second_factor(user)


def is_staff(user: Person) -> bool:
    """Returns whether the person runs the site, in a session with a second factor."""
    return bool(user.is_authenticated and user.is_staff and has_second_factor(user))


def has_set_up_second_factor(user: Person) -> bool:
    """Returns whether the person has set up an authenticator app or a passkey."""
    if not user.is_authenticated:
        return False
    if not hasattr(user, "_has_second_factor"):
        factors = Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS)
        user._has_second_factor = factors.exists()
    return user._has_second_factor


def lacks_second_factor(user: Person) -> bool:
    """Returns whether the person's role, or being staff, needs a second factor that their session has not passed.

    Where the site says so, every role needs it: to read what is its organisation's own.
    """
    if not user.is_authenticated:
        return False
    membership = membership_of(user)
    needed = NEEDS_SECOND_FACTOR | (MAY[Role.MEMBER] if settings.PRIVATE_NEEDS_SECOND_FACTOR else frozenset())
    asked = user.is_staff or (membership is not None and bool(MAY[membership.role] & needed))
    return asked and not has_second_factor(user)
