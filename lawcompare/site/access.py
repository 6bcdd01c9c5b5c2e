"""Who may use the pages of the workspace."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import Membership


def require_membership(user: Any) -> Membership:
    """Returns the membership under which a person acts. Raises ``PermissionDenied`` where there is none."""
    membership = membership_of(user)
    if membership is None:
        raise PermissionDenied(_("Only members of an organisation have a workspace."))
    return membership
