"""Withdrawing a version or a law from public view, and restoring it. Rows are only added and closed, never deleted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership
from lawcompare.audit.services import record
from lawcompare.laws.models import Law, Origin, Version, Withdrawal


def may_withdraw(user: Any, target: Law | Version) -> bool:
    """Returns whether the person is an editor and no text concerned was brought here by another organisation."""
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return False
    texts = {"version": target} if isinstance(target, Version) else {"version__law": target}
    return not Origin.objects.filter(**texts).exclude(organisation=membership.organisation).exists()


def _editor_of(user: Any, target: Law | Version) -> Membership:
    membership = membership_of(user)
    if membership is None or not may_withdraw(user, target):
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can do this."))
    return membership


@transaction.atomic
def withdraw(user: Any, target: Law | Version, reason: str) -> Withdrawal:
    """Withdraw a version, or a law with all its versions, for a reason that readers will see.

    Returns the withdrawal; one that stands already is returned unchanged. Raises ``PermissionDenied``.
    """
    membership = _editor_of(user, target)
    named = {"version": target} if isinstance(target, Version) else {"law": target}
    details = {"reason": reason, "organisation": membership.organisation, "by": user}
    withdrawal, is_new = Withdrawal.objects.standing().get_or_create(**named, restored_at=None, defaults=details)
    if is_new:
        record("withdraw", _subject(target), by=user, organisation=membership.organisation.slug, reason=reason)
    return withdrawal


@transaction.atomic
def restore(user: Any, withdrawal: Withdrawal) -> None:
    """Make public again what was withdrawn. Raises ``PermissionDenied``."""
    target = withdrawal.version or withdrawal.law
    assert target is not None  # the database asks for one of the two
    membership = _editor_of(user, target)
    held = Withdrawal.objects.standing().filter(pk=withdrawal.pk)
    if held.update(restored_at=timezone.now(), restored_by=user):
        record("restore", _subject(target), by=user, organisation=membership.organisation.slug)


def _subject(target: Law | Version) -> str:
    return f"text/{target.address}" if isinstance(target, Version) else f"law/{target.slug}"
