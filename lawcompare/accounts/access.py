"""Who may do what: the one table, and the questions that views and services ask of it."""

from typing import Any

from lawcompare.accounts.models import Membership, Role

# What each role may do in its organisation. A role may do what its column says and nothing else.
MAY: dict[str, frozenset[str]] = {
    Role.MEMBER: frozenset({"annotate"}),
    Role.REVIEWER: frozenset({"annotate", "review"}),
    Role.EDITOR: frozenset({"annotate", "review", "import"}),
    Role.ADMINISTRATOR: frozenset({"annotate", "review", "import", "invite"}),
}


def membership_of(user: Any) -> Membership | None:
    """The membership a signed-in person acts under, or None. A person of several organisations acts under the first."""
    if not user.is_authenticated:
        return None
    if not hasattr(user, "_membership"):
        user._membership = user.memberships.select_related("organisation").order_by("pk").first()
    return user._membership


def may(user: Any, action: str) -> bool:
    """Whether the person may do ``action`` in the organisation they act under."""
    membership = membership_of(user)
    return membership is not None and action in MAY[membership.role]
