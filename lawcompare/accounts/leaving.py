"""What a person opened in the name of an organisation and their role no longer allows: it ends with the role.

Apps register what their people leave open. Whether a link still opens is asked anew each time (``still_given``), so
that none outlives whichever way a role was lost; here it is closed for good, logged, and named to who removes somebody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import Exists, QuerySet

from lawcompare.accounts.access import MAY
from lawcompare.accounts.models import Membership, Person, User, memberships_of
from lawcompare.core.log.services import record_each


@dataclass(frozen=True)
class Opening:
    """Rows that one person opens and that stay open for others, or keep others waiting."""

    action: str  # what the person's role must allow
    by: str  # the column of who opened it
    rows: Callable[[], QuerySet[Any]]
    close: Callable[[], dict[str, Any]]  # what is set to close them
    logged: str
    describe: Callable[[Any], str]
    organisation: str = "organisation"


OPENINGS: list[Opening] = []
# What else ends where a person has another role, or none.
ENDINGS: list[Callable[[User], None]] = []


def still_given(action: str, by: str = "by", organisation: str = "organisation") -> Exists:
    """Returns the condition that whoever opened a row is still one whose role in its organisation allows ``action``."""
    return Exists(memberships_of(by, organisation, [role for role in MAY if action in MAY[role]]))


def left_open(membership: Membership, role: str = "") -> list[str]:
    """Returns a line for each thing that ends when the person has another role, or none."""
    return [
        opening.describe(row)
        for opening in OPENINGS
        if opening.action not in MAY.get(role, ())
        for row in opening.rows().filter(
            **{opening.by: membership.user_id, opening.organisation: membership.organisation_id}
        )
    ]


def end_left_open(user: User, by: Person | None) -> list[str]:
    """Close what the person opened and may no longer; ``by`` is who took the role. Returns a line for each."""
    for end in ENDINGS:
        end(user)
    ended = []
    for opening in OPENINGS:
        given = still_given(opening.action, opening.by, opening.organisation)
        by_slug: dict[str, list[Any]] = {}
        for row in opening.rows().filter(**{opening.by: user.pk}).exclude(given):
            ended.append(opening.describe(row))
            by_slug.setdefault(reduce(getattr, opening.organisation.split("__"), row).slug, []).append(row)
        for slug, rows in by_slug.items():
            type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(**opening.close())
            record_each(opening.logged, [f"{row._meta.model_name}/{row.pk}" for row in rows], by, slug, gave=user.pk)
    return ended
