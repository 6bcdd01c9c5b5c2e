"""What editors do to the list of kinds of risk: every change is kept with what was before and after."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Membership
from lawcompare.annotations.models import Category, CategoryChange
from lawcompare.audit.services import record

FIELDS = ("label", "label_km", "question", "question_km", "is_retired")


@transaction.atomic
def change_category(user: Any, category: Category) -> bool:
    """Store the words of a category, and whether it is retired. Returns whether anything of it is new."""
    membership = _editor(user)
    stored = Category.objects.select_for_update().get(pk=category.pk)
    before, after = _fields_of(stored), _fields_of(category)
    if before == after:
        return False
    category.save(update_fields=FIELDS)
    CategoryChange.objects.create(
        category=category, before=before, after=after, organisation=membership.organisation, by=user
    )
    record("change category", f"category/{category.code}", by=user, organisation=membership.organisation.slug)
    return True


@transaction.atomic
def add_category(user: Any, category: Category) -> None:
    """Put a new category at the end of the list."""
    membership = _editor(user)
    last = Category.objects.aggregate(last=Max("position"))["last"]
    category.position = 0 if last is None else last + 1
    category.save(force_insert=True)
    CategoryChange.objects.create(
        category=category, after=_fields_of(category), organisation=membership.organisation, by=user
    )
    record("add category", f"category/{category.code}", by=user, organisation=membership.organisation.slug)


def _fields_of(category: Category) -> dict[str, Any]:
    return {name: getattr(category, name) for name in FIELDS}


def _editor(user: Any) -> Membership:
    membership = membership_of(user)
    if membership is None or not may(user, "categorise"):
        raise PermissionDenied(_("Only an editor can change the kinds of risk."))
    return membership
